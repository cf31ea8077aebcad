//! Inference components.

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::mock::{
    protocol::{Failure, Value, value::fields},
    simulation::{InferenceComponent, Simulation},
};

/// `ListInferenceComponents`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let (endpoint, variant) = (
        context.input.text("EndpointNameEquals")?,
        context.input.text("VariantNameEquals")?,
    );
    let mut listed = simulation.components(context.region, now);
    listed.retain(|one| {
        endpoint.is_none_or(|name| one.endpoint == name)
            && variant.is_none_or(|name| one.variant == name)
    });
    let facts = |one: &&InferenceComponent| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.modified(now),
        status: one.state(now).name(),
    };
    let listed = listing::filter_and_sort(context, listed, facts, "NameContains", Order::Newest)?;
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "InferenceComponents",
        |one| summary(context, &simulation, one),
    )
}

fn summary(context: &Context<'_>, simulation: &Simulation, one: &InferenceComponent) -> Value {
    fields! {
        "InferenceComponentName": &one.name,
        "InferenceComponentArn": &one.arn,
        "EndpointName": &one.endpoint,
        "EndpointArn": format!(
            "arn:aws:sagemaker:{}:{}:endpoint/{}",
            one.region, simulation.account.id, one.endpoint.to_lowercase()
        ),
        "VariantName": &one.variant,
        "InferenceComponentStatus": one.state(context.now).name(),
        "CreationTime": one.created,
        "LastModifiedTime": one.modified(context.now),
    }
}

/// `DescribeInferenceComponent`
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("InferenceComponentName")?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.component(context.region, name, now)?;
    let mut out = summary(context, &simulation, one);
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
pub(super) fn update(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("InferenceComponentName")?;
    let wanted = context.input.need_child("DesiredRuntimeConfig")?;
    let copies = wanted
        .int("CopyCount")?
        .ok_or_else(|| Failure::Missing(wanted.path("CopyCount")))?;
    let arn = context.simulation_mut().update_component_copies(
        context.region,
        name,
        copies as u32,
        context.now,
    )?;
    Ok(fields! { "InferenceComponentArn": arn })
}
