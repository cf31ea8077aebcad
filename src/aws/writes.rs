//! The only file that changes an account. Every call here was planned, confirmed and journalled before.
//!
//! One attempt each: a request without an answer may have been carried out, so it is reported as such and never sent again.
//! A throttled one was not carried out, and is tried again. Must not know plans, rows or screens.

use super::{Session, fault};
use crate::domain::{
    Fault, FaultKind, Tags,
    verb::{AppOwner, Call, TagRoute},
};
use aws_config::retry::RetryConfig;
use std::{future::Future, time::Duration};

/// IAM actions that [`carry_out`] may use.
pub const NEEDS: &[&str] = &[
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:StopInstances",
    "sagemaker:AddTags",
    "sagemaker:DeleteApp",
    "sagemaker:DeleteTags",
    "sagemaker:StopNotebookInstance",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "sagemaker:UpdateInferenceComponentRuntimeConfig",
];

/// Waits before a throttled request is sent again.
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Makes the change. `Timeout` and `Network` mean that it may or may not have happened.
pub async fn carry_out(session: &Session, call: &Call) -> Result<(), Fault> {
    match call {
        Call::StopInstance(id) => unless_throttled(|| stop_instance(session, id)).await,
        Call::StopNotebook(name) => unless_throttled(|| stop_notebook(session, name)).await,
        Call::DeleteApp { domain, owner, app_type, name } => unless_throttled(|| delete_app(session, domain, owner, app_type, name)).await,
        Call::ScaleVariant { endpoint, variant, count } => unless_throttled(|| scale_variant(session, endpoint, variant, *count)).await,
        Call::ScaleComponent { name, copies } => unless_throttled(|| scale_component(session, name, *copies)).await,
        Call::Tag { route, set, remove } => tag(session, route, set, remove).await,
    }
}

async fn unless_throttled<F: Future<Output = Result<(), Fault>>>(send: impl Fn() -> F) -> Result<(), Fault> {
    for wait in WAITS {
        match send().await {
            Err(fault) if fault.kind == FaultKind::Throttled => tokio::time::sleep(wait).await,
            other => return other,
        }
    }
    send().await
}

async fn stop_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let once = aws_sdk_ec2::Config::builder().retry_config(RetryConfig::disabled());
    let sent = session.ec2.stop_instances().instance_ids(id).customize().config_override(once).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("ec2:StopInstances", &error))
}

async fn stop_notebook(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session.sagemaker.stop_notebook_instance().notebook_instance_name(name);
    let sent = request.customize().config_override(sagemaker_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:StopNotebookInstance", &error))
}

async fn delete_app(session: &Session, domain: &str, owner: &AppOwner, app_type: &str, name: &str) -> Result<(), Fault> {
    let request = session.sagemaker.delete_app().domain_id(domain).app_type(app_type.into()).app_name(name);
    let request = match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    };
    let sent = request.customize().config_override(sagemaker_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:DeleteApp", &error))
}

async fn scale_variant(session: &Session, endpoint: &str, variant: &str, count: u32) -> Result<(), Fault> {
    let wanted = aws_sdk_sagemaker::types::DesiredWeightAndCapacity::builder()
        .variant_name(variant)
        .desired_instance_count(i32::try_from(count).unwrap_or(i32::MAX))
        .build();
    let request = session.sagemaker.update_endpoint_weights_and_capacities().endpoint_name(endpoint).desired_weights_and_capacities(wanted);
    let sent = request.customize().config_override(sagemaker_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:UpdateEndpointWeightsAndCapacities", &error))
}

async fn scale_component(session: &Session, name: &str, copies: u32) -> Result<(), Fault> {
    let wanted =
        aws_sdk_sagemaker::types::InferenceComponentRuntimeConfig::builder().copy_count(i32::try_from(copies).unwrap_or(i32::MAX)).build();
    let request =
        session.sagemaker.update_inference_component_runtime_config().inference_component_name(name).desired_runtime_config(wanted);
    let sent = request.customize().config_override(sagemaker_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:UpdateInferenceComponentRuntimeConfig", &error))
}

/// First what is added, then what is removed: should the second fail, nothing is lost.
async fn tag(session: &Session, route: &TagRoute, set: &Tags, remove: &[String]) -> Result<(), Fault> {
    if let TagRoute::SageMaker(arn) | TagRoute::Bedrock(arn) = route {
        session.retagged.mark(arn);
    }
    if !set.is_empty() {
        unless_throttled(|| add_tags(session, route, set)).await?;
    }
    if remove.is_empty() {
        return Ok(());
    }
    unless_throttled(|| remove_tags(session, route, remove)).await.map_err(|fault| {
        if set.is_empty() {
            return fault;
        }
        let message = format!("tags were added, but not removed: {}", fault.message);
        Fault { message: message.into(), ..fault }
    })
}

async fn add_tags(session: &Session, route: &TagRoute, set: &Tags) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let once = aws_sdk_ec2::Config::builder().retry_config(RetryConfig::disabled());
            let tags = set.iter().map(|(key, value)| aws_sdk_ec2::types::Tag::builder().key(key).value(value).build()).collect();
            let request = session.ec2.create_tags().resources(id.as_ref()).set_tags(Some(tags));
            let sent = request.customize().config_override(once).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("ec2:CreateTags", &error))
        }
        TagRoute::SageMaker(arn) => {
            let tags = set.iter().map(|(key, value)| aws_sdk_sagemaker::types::Tag::builder().key(key).value(value).build()).collect();
            let request = session.sagemaker.add_tags().resource_arn(arn.as_ref()).set_tags(Some(tags));
            let sent = request.customize().config_override(sagemaker_once()).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:AddTags", &error))
        }
        TagRoute::Bedrock(arn) => {
            let make = |(key, value): (&String, &String)| aws_sdk_bedrock::types::Tag::builder().key(key).value(value).build().ok();
            let tags = set.iter().filter_map(make).collect();
            let request = session.bedrock.tag_resource().resource_arn(arn.as_ref()).set_tags(Some(tags));
            let sent = request.customize().config_override(bedrock_once()).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("bedrock:TagResource", &error))
        }
    }
}

async fn remove_tags(session: &Session, route: &TagRoute, keys: &[String]) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let once = aws_sdk_ec2::Config::builder().retry_config(RetryConfig::disabled());
            let tags = keys.iter().map(|key| aws_sdk_ec2::types::Tag::builder().key(key).build()).collect();
            let request = session.ec2.delete_tags().resources(id.as_ref()).set_tags(Some(tags));
            let sent = request.customize().config_override(once).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("ec2:DeleteTags", &error))
        }
        TagRoute::SageMaker(arn) => {
            let request = session.sagemaker.delete_tags().resource_arn(arn.as_ref()).set_tag_keys(Some(keys.to_vec()));
            let sent = request.customize().config_override(sagemaker_once()).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:DeleteTags", &error))
        }
        TagRoute::Bedrock(arn) => {
            let request = session.bedrock.untag_resource().resource_arn(arn.as_ref()).set_tag_keys(Some(keys.to_vec()));
            let sent = request.customize().config_override(bedrock_once()).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk("bedrock:UntagResource", &error))
        }
    }
}

fn sagemaker_once() -> aws_sdk_sagemaker::config::Builder {
    aws_sdk_sagemaker::Config::builder().retry_config(RetryConfig::disabled())
}

fn bedrock_once() -> aws_sdk_bedrock::config::Builder {
    aws_sdk_bedrock::Config::builder().retry_config(RetryConfig::disabled())
}
