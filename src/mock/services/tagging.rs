//! Resource Groups Tagging API: tags of many resources at once, read only.

use super::{Answer, Context, Operations, sagemaker::pairs};
use crate::{
    domain::Tags,
    mock::protocol::{Value, value::fields},
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[("GetResources", resources)];

/// `GetResources` by ARN: resources without tags are left out, as AWS leaves them out.
fn resources(context: &Context<'_>) -> Answer {
    let (simulation, input) = (context.simulation(), &context.input);
    let wanted = input.texts("ResourceARNList")?;
    let mut found: Vec<(String, Tags)> = simulation
        .tagged_resources(context.region, context.now)
        .filter(|(arn, _)| wanted.is_empty() || wanted.contains(&arn.as_str()))
        .collect();
    found.sort();
    let page = context.page(
        found,
        ("PaginationToken", "ResourcesPerPage"),
        100,
        |(arn, _)| arn.clone(),
    )?;
    let mapping = |(arn, tags): (String, Tags)| {
        fields! { "ResourceARN": arn, "Tags": pairs(tags) }
    };
    Ok(fields! {
        "ResourceTagMappingList": page.items.into_iter().map(mapping).collect::<Vec<Value>>(),
        "PaginationToken": page.next.unwrap_or_default(),
    })
}
