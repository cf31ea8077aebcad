//! ListTags, AddTags, DeleteTags by ARN.

use super::super::{Answer, Context};
use crate::{
    domain::Tags,
    mock::{
        protocol::{Failure, Value, value::fields},
        simulation::Tagging,
    },
};

fn resource<'a>(context: &Context<'a>) -> Result<&'a str, Failure> {
    context.input.need_text("ResourceArn")
}

/// Tags as SageMaker writes them.
pub(in crate::mock::services) fn pairs(tags: Tags) -> Vec<Value> {
    tags.into_iter()
        .map(|(key, value)| fields! { "Key": key, "Value": value })
        .collect()
}

/// `ListTags`: pages of 50 or more.
pub(super) fn list(context: &Context<'_>) -> Answer {
    let arn = resource(context)?;
    let tags = context
        .simulation()
        .tags(Tagging::SageMaker, context.region, arn, context.now)?;
    let tags: Vec<(String, String)> = tags.into_iter().collect();
    let page = context.page(tags, ("NextToken", "MaxResults"), 50, |(key, _)| {
        key.clone()
    })?;
    Ok(fields! { "Tags": pairs(page.items.into_iter().collect()), "NextToken": page.next })
}

/// `AddTags`
pub(super) fn add(context: &Context<'_>) -> Answer {
    let arn = resource(context)?;
    if !context.input.has("Tags") {
        return Err(Failure::Missing("Tags".to_owned()));
    }
    let mut tags = Tags::new();
    for tag in context.input.children("Tags")? {
        tags.insert(
            tag.need_text("Key")?.to_owned(),
            tag.need_text("Value")?.to_owned(),
        );
    }
    let mut simulation = context.simulation_mut();
    simulation.set_tags(
        Tagging::SageMaker,
        context.region,
        &[arn.to_owned()],
        &tags,
        context.now,
    )?;
    let all = simulation.tags(Tagging::SageMaker, context.region, arn, context.now)?;
    Ok(fields! { "Tags": pairs(all) })
}

/// `DeleteTags`
pub(super) fn delete(context: &Context<'_>) -> Answer {
    let arn = resource(context)?;
    let keys: Vec<_> = context
        .input
        .need_texts("TagKeys")?
        .into_iter()
        .map(|key| (key.to_owned(), None))
        .collect();
    context.simulation_mut().remove_tags(
        Tagging::SageMaker,
        context.region,
        &[arn.to_owned()],
        &keys,
        context.now,
    )?;
    Ok(Value::EMPTY)
}
