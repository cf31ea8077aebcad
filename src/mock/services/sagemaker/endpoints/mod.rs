//! Endpoints.

pub(super) mod configs;

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, value::fields},
        simulation::{DesiredCapacity, Endpoint, EndpointState, Serverless, Variant},
    },
};

/// `ListEndpoints`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let facts = |one: &&Endpoint| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.modified(now),
        status: one.state(now).name(),
    };
    let listed = listing::filter_and_sort(
        context,
        simulation.endpoints(context.region, now),
        facts,
        "NameContains",
        Order::Newest,
    )?;
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "Endpoints",
        |one| summary(one, now),
    )
}

fn summary(one: &Endpoint, now: Timestamp) -> Value {
    fields! {
        "EndpointName": &one.name,
        "EndpointArn": &one.arn,
        "EndpointStatus": one.state(now).name(),
        "CreationTime": one.created,
        "LastModifiedTime": one.modified(now),
    }
}

/// `DescribeEndpoint`
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("EndpointName")?;
    let (simulation, now) = (context.simulation(), context.now);
    Ok(body(simulation.endpoint(context.region, name, now)?, now))
}

/// The members of the describe answer.
pub(super) fn body(one: &Endpoint, now: Timestamp) -> Value {
    let mut out = summary(one, now);
    out.set("EndpointConfigName", &one.config_name);
    let variants: Vec<Value> = one
        .variants
        .iter()
        .map(|each| variant(one, each, now))
        .collect();
    out.set_all(fields! {
        "ProductionVariants": variants,
        "FailureReason": (one.state(now) == EndpointState::Failed)
            .then_some("The primary container did not pass the ping health check."),
        "AsyncInferenceConfig": configs::asynchronous(one),
    });
    out
}

fn variant(endpoint: &Endpoint, one: &Variant, now: Timestamp) -> Value {
    let weight = one.weight.value(now);
    let counted = one.serverless.is_none();
    let changing = matches!(
        endpoint.state(now),
        EndpointState::Updating | EndpointState::Creating
    );
    fields! {
        "VariantName": &one.name,
        "DeployedImages": vec![fields! {
            "SpecifiedImage": &one.image,
            "ResolvedImage": &one.image,
            "ResolutionTime": endpoint.created,
        }],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": counted.then(|| endpoint.current(one, now)),
        "DesiredInstanceCount": counted.then(|| endpoint.desired(one, now)),
        "VariantStatus": changing.then(|| vec![fields! {
            "Status": "Updating",
            "StartTime": endpoint.modified(now),
        }]),
        "CurrentServerlessConfig": one.serverless.map(serverless),
        "DesiredServerlessConfig": one.serverless.map(serverless),
        "ManagedInstanceScaling": one.managed.map(managed),
        "CapacityReservationConfig": endpoint.training_plan.as_ref().map(|plan| {
            let account = endpoint.arn.split(':').nth(4).unwrap_or_default();
            let used = endpoint.current(one, now);
            fields! {
                "MlReservationArn": format!(
                    "arn:aws:sagemaker:{}:{account}:training-plan/{plan}",
                    endpoint.region
                ),
                "CapacityReservationPreference": "capacity-reservations-only",
                "TotalInstanceCount": used,
                "AvailableInstanceCount": 0,
                "UsedByCurrentEndpoint": used,
            }
        }),
        "RoutingConfig": one.managed.map(|_| fields! {
            "RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS",
        }),
    }
}

fn serverless(one: Serverless) -> Value {
    fields! {
        "MemorySizeInMB": one.memory_mb,
        "MaxConcurrency": one.max_concurrency,
        "ProvisionedConcurrency": one.provisioned_concurrency,
    }
}

fn managed((min, max): (u32, u32)) -> Value {
    fields! { "Status": "ENABLED", "MinInstanceCount": min, "MaxInstanceCount": max }
}

/// `DeleteEndpoint`
pub(super) fn delete(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("EndpointName")?;
    context
        .simulation_mut()
        .delete_endpoint(context.region, name, context.now)?;
    Ok(Value::EMPTY)
}

/// `UpdateEndpointWeightsAndCapacities`
pub(super) fn update(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("EndpointName")?;
    if !context.input.has("DesiredWeightsAndCapacities") {
        return Err(Failure::Missing("DesiredWeightsAndCapacities".to_owned()));
    }
    let mut updates = Vec::new();
    for update in context.input.children("DesiredWeightsAndCapacities")? {
        let count = update.int("DesiredInstanceCount")?;
        updates.push(DesiredCapacity {
            variant: update.need_text("VariantName")?.to_owned(),
            weight: update.float("DesiredWeight")?,
            count: count.and_then(|count| u32::try_from(count).ok()),
        });
    }
    if updates.is_empty() {
        return Err(context.input.invalid(
            "DesiredWeightsAndCapacities",
            "Member must have length greater than or equal to 1",
        ));
    }
    let arn = context.simulation_mut().update_weights_and_capacities(
        context.region,
        name,
        &updates,
        context.now,
    )?;
    Ok(fields! { "EndpointArn": arn })
}
