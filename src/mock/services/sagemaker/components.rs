//! Inference components.

use super::super::{Answer, Context};
use super::listing::{self, Facts, Order};
use crate::mock::{
    protocol::{Failure, Value, value::fields},
    simulation::{InferenceComponent, Simulation},
};

const STATUSES: &[&str] = &["InService", "Creating", "Updating", "Failed", "Deleting"];

/// `ListInferenceComponents`
pub fn list(context: &Context<'_>) -> Answer {
    let (world, now) = (context.world(), context.now);
    let (endpoint, variant) = (
        context.input.text("EndpointNameEquals")?,
        context.input.text("VariantNameEquals")?,
    );
    let mut listed = world.components(context.region, now);
    listed.retain(|one| {
        endpoint.is_none_or(|name| one.endpoint == name)
            && variant.is_none_or(|name| one.variant == name)
    });
    let facts = |one: &&InferenceComponent| Facts {
        name: one.name.clone(),
        created: one.created,
        modified: one.modified(now),
        status: one.state(now).name(),
    };
    let listed = listing::arrange(
        context,
        listed,
        facts,
        "NameContains",
        STATUSES,
        Order::Newest,
    )?;
    let page = listing::page(context, listed, |one| one.name.clone())?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| summary(context, &world, one))
        .collect();
    Ok(fields! { "InferenceComponents": items, "NextToken": page.next })
}

fn summary(context: &Context<'_>, world: &Simulation, one: &InferenceComponent) -> Value {
    fields! {
        "InferenceComponentName": &one.name,
        "InferenceComponentArn": &one.arn,
        "EndpointName": &one.endpoint,
        "EndpointArn": format!("arn:aws:sagemaker:{}:{}:endpoint/{}", one.region, world.account.id, one.endpoint.to_lowercase()),
        "VariantName": &one.variant,
        "InferenceComponentStatus": one.state(context.now).name(),
        "CreationTime": one.created,
        "LastModifiedTime": one.modified(context.now),
    }
}

/// `DescribeInferenceComponent`
pub fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_name("InferenceComponentName", 63)?;
    let (world, now) = (context.world(), context.now);
    let one = world.component(context.region, name, now)?;
    let mut out = summary(context, &world, one);
    let needs = fields! {
        "NumberOfCpuCoresRequired": (one.cpus > 0.0).then_some(one.cpus),
        "NumberOfAcceleratorDevicesRequired": (one.accelerators > 0.0).then_some(one.accelerators),
        "MinMemoryRequiredInMb": one.memory_mb,
    };
    out.set(
        "Specification",
        fields! { "ModelName": &one.model, "ComputeResourceRequirements": needs },
    );
    out.set(
        "RuntimeConfig",
        fields! { "DesiredCopyCount": one.desired(now), "CurrentCopyCount": one.current(now) },
    );
    Ok(out)
}

/// `UpdateInferenceComponentRuntimeConfig`
pub fn update(context: &Context<'_>) -> Answer {
    let name = context.input.need_name("InferenceComponentName", 63)?;
    let wanted = context.input.need_child("DesiredRuntimeConfig")?;
    let copies = wanted
        .within("CopyCount", 0..=1_000)?
        .ok_or_else(|| Failure::Missing(wanted.path("CopyCount")))?;
    let arn = context.change().update_component_copies(
        context.region,
        name,
        copies as u32,
        context.now,
    )?;
    Ok(fields! { "InferenceComponentArn": arn })
}
