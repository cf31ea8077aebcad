//! DescribeTags, CreateTags, DeleteTags.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page};
use crate::{
    domain::Tags,
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::Tagging,
    },
};

/// Most tags and resources of a request.
const MAX_RESOURCES: usize = 1_000;

/// `DescribeTags`
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &["key", "resource-id", "resource-type", "value"],
    )?;
    dry_run(context)?;
    let simulation = context.simulation();
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for one in simulation.instances(context.region, context.now) {
        for (key, value) in &one.tags {
            let pass = filters.pass(&Tags::from([(key.clone(), value.clone())]), |name| {
                vec![match name {
                    "key" => key.clone(),
                    "value" => value.clone(),
                    "resource-id" => one.id.clone(),
                    _ => "instance".to_owned(),
                }]
            });
            if pass {
                rows.push((one.id.clone(), key.clone(), value.clone()));
            }
        }
    }
    rows.sort();
    let page = page(context, rows, (5, 1_000), |(id, key, _)| {
        format!("{id}/{key}")
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|(id, key, value)| {
            fields! {
                "resourceId": id,
                "resourceType": "instance",
                "key": key,
                "value": value,
            }
        })
        .collect();
    Ok(fields! { "tagSet": items, "nextToken": page.next })
}

fn resources(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let ids: Vec<String> = context
        .input
        .need_texts("ResourceId")?
        .into_iter()
        .map(str::to_owned)
        .collect();
    if ids.len() > MAX_RESOURCES {
        return error::refuse(
            "InvalidParameterValue",
            format!("A request may name at most {MAX_RESOURCES} resources."),
        );
    }
    if let Some(id) = ids.iter().find(|id| !id.contains('-')) {
        return error::refuse("InvalidID", format!("The ID '{id}' is not valid"));
    }
    Ok(ids)
}

/// `CreateTags`
pub(super) fn create(context: &Context<'_>) -> Answer {
    let ids = resources(context)?;
    let mut tags = Tags::new();
    for tag in context.input.children("Tag")? {
        tags.insert(
            tag.need_text("Key")?.to_owned(),
            tag.text("Value")?.unwrap_or_default().to_owned(),
        );
    }
    if tags.is_empty() {
        return Err(Failure::Missing("Tag".to_owned()));
    }
    dry_run(context)?;
    context
        .simulation_mut()
        .set_tags(Tagging::Ec2, context.region, &ids, &tags, context.now)?;
    Ok(fields! { "return": true })
}

/// `DeleteTags`: without tags it removes all but those of AWS.
pub(super) fn delete(context: &Context<'_>) -> Answer {
    let ids = resources(context)?;
    let mut keys = Vec::new();
    for tag in context.input.children("Tag")? {
        keys.push((
            tag.need_text("Key")?.to_owned(),
            tag.text("Value")?.map(str::to_owned),
        ));
    }
    dry_run(context)?;
    let mut simulation = context.simulation_mut();
    if keys.is_empty() {
        for id in &ids {
            let own = simulation.tags(Tagging::Ec2, context.region, id, context.now)?;
            keys.extend(
                own.into_keys()
                    .filter(|key| !key.starts_with("aws:"))
                    .map(|key| (key, None)),
            );
        }
    }
    simulation.remove_tags(Tagging::Ec2, context.region, &ids, &keys, context.now)?;
    Ok(fields! { "return": true })
}
