//! Endpoint configurations, which hold the instance types.

use super::super::super::{Answer, Context};
use super::super::{
    execution_role,
    listing::{self, ListKeys, Order},
};
use super::{managed, serverless};
use crate::mock::{
    protocol::{Value, value::fields},
    simulation::{Endpoint, Variant},
};

/// `ListEndpointConfigs`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let facts = |one: &&Endpoint| ListKeys {
        name: one.config_name.clone(),
        created: one.created,
        modified: one.created,
        status: "",
    };
    let listed = listing::filter_and_sort(
        context,
        simulation.endpoint_configs(context.region, now),
        facts,
        "NameContains",
        Order::Newest,
    )?;
    listing::answer(
        context,
        listed,
        |one| one.config_name.clone(),
        "EndpointConfigs",
        summary,
    )
}

fn summary(one: &Endpoint) -> Value {
    fields! {
        "EndpointConfigName": &one.config_name,
        "EndpointConfigArn": one.config_arn(),
        "CreationTime": one.created,
    }
}

/// `DescribeEndpointConfig`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("EndpointConfigName")?;
    let simulation = context.simulation();
    let one = simulation.endpoint_config(context.region, name, context.now)?;
    let mut out = summary(one);
    out.set_all(fields! {
        "ProductionVariants": one.variants.iter().map(variant).collect::<Vec<_>>(),
        "AsyncInferenceConfig": asynchronous(one),
        "EnableNetworkIsolation": false,
    });
    let role = one.hosts_components().then(|| execution_role(&simulation));
    out.set("ExecutionRoleArn", role);
    Ok(out)
}

fn variant(one: &Variant) -> Value {
    let counted = one.serverless.is_none();
    fields! {
        "VariantName": &one.name,
        "ModelName": one.model.clone(),
        "InitialInstanceCount": counted.then(|| one.fleet.initial().max(1)),
        "InstanceType": one.instance_type.clone(),
        "InitialVariantWeight": one.weight.value(one.weight.start()),
        "ServerlessConfig": one.serverless.map(serverless),
        "ManagedInstanceScaling": one.managed.map(managed),
        "RoutingConfig": one.managed.map(|_| fields! {
            "RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS",
        }),
    }
}

/// `AsyncInferenceConfig`, of an asynchronous endpoint.
pub(crate) fn asynchronous(one: &Endpoint) -> Option<Value> {
    let path = one.async_output.clone()?;
    Some(fields! {
        "ClientConfig": fields! { "MaxConcurrentInvocationsPerInstance": 4_u32 },
        "OutputConfig": fields! { "S3OutputPath": path },
    })
}
