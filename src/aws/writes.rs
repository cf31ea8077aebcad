//! The only file that changes an account. Every call here was planned, confirmed and journalled before.
//!
//! One attempt each: a request without an answer may have been carried out, so it is reported as such and never sent again.
//! A throttled one was not carried out, and is tried again. Must not know plans, rows or screens.

use super::{Session, fault};
use crate::domain::{
    Fault, FaultKind, JobKind, Tags,
    verb::{AppOwner, Call, TagRoute, Timed, VARIANT_COUNT, scalable},
};
use aws_config::retry::RetryConfig;
use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ServiceNamespace};
use std::{future::Future, time::Duration};

/// IAM actions that [`carry_out`] may use.
pub const NEEDS: &[&str] = &[
    "application-autoscaling:PutScheduledAction",
    "application-autoscaling:RegisterScalableTarget",
    "bedrock:DeleteProvisionedModelThroughput",
    "bedrock:StopModelCustomizationJob",
    "bedrock:StopModelInvocationJob",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:StopInstances",
    "sagemaker:AddTags",
    "sagemaker:DeleteApp",
    "sagemaker:DeleteTags",
    "sagemaker:StopHyperParameterTuningJob",
    "sagemaker:StopNotebookInstance",
    "sagemaker:StopProcessingJob",
    "sagemaker:StopTrainingJob",
    "sagemaker:StopTransformJob",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "sagemaker:UpdateInferenceComponentRuntimeConfig",
    "sagemaker:UpdateTrainingJob",
];

/// Waits before a throttled request is sent again.
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Makes the change. `Timeout` and `Network` mean that it may or may not have happened.
pub async fn carry_out(session: &Session, call: &Call) -> Result<(), Fault> {
    match call {
        Call::StopInstance(id) => unless_throttled(|| stop_instance(session, id)).await,
        Call::StopJob { kind, id } => unless_throttled(|| stop_job(session, *kind, id)).await,
        Call::EndWarmPool(name) => unless_throttled(|| end_warm_pool(session, name)).await,
        Call::StopNotebook(name) => unless_throttled(|| stop_notebook(session, name)).await,
        Call::DeleteApp { domain, owner, app_type, name } => unless_throttled(|| delete_app(session, domain, owner, app_type, name)).await,
        Call::ScaleVariant { endpoint, variant, count } => unless_throttled(|| scale_variant(session, endpoint, variant, *count)).await,
        Call::ScaleComponent { name, copies } => unless_throttled(|| scale_component(session, name, *copies)).await,
        Call::DeleteThroughput(arn) => unless_throttled(|| delete_throughput(session, arn)).await,
        Call::ScheduleVariant { endpoint, variant, schedule, bounds } => {
            let id = scalable(endpoint, variant);
            schedule_variant(session, &id, *bounds, &Timed::of(schedule, bounds.1)).await
        }
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

async fn stop_job(session: &Session, kind: JobKind, id: &str) -> Result<(), Fault> {
    let operation = kind.stop().0;
    let (sagemaker, bedrock) = (&session.sagemaker, &session.bedrock);
    match kind {
        JobKind::Training => {
            let request = sagemaker.stop_training_job().training_job_name(id).customize().config_override(sagemaker_once());
            request.send().await.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
        JobKind::Processing => {
            let request = sagemaker.stop_processing_job().processing_job_name(id).customize().config_override(sagemaker_once());
            request.send().await.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
        JobKind::Transform => {
            let request = sagemaker.stop_transform_job().transform_job_name(id).customize().config_override(sagemaker_once());
            request.send().await.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
        JobKind::Tuning => {
            let request = sagemaker.stop_hyper_parameter_tuning_job().hyper_parameter_tuning_job_name(id);
            let sent = request.customize().config_override(sagemaker_once()).send().await;
            sent.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
        JobKind::Customization => {
            let request = bedrock.stop_model_customization_job().job_identifier(id).customize().config_override(bedrock_once());
            request.send().await.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
        JobKind::BatchInference => {
            let request = bedrock.stop_model_invocation_job().job_identifier(id).customize().config_override(bedrock_once());
            request.send().await.map(drop).map_err(|error| fault::from_sdk(operation, &error))
        }
    }
}

async fn end_warm_pool(session: &Session, name: &str) -> Result<(), Fault> {
    let none = aws_sdk_sagemaker::types::ResourceConfigForUpdate::builder().keep_alive_period_in_seconds(0).build();
    let request = session.sagemaker.update_training_job().training_job_name(name).resource_config(none);
    let sent = request.customize().config_override(sagemaker_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("sagemaker:UpdateTrainingJob", &error))
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

async fn delete_throughput(session: &Session, arn: &str) -> Result<(), Fault> {
    let request = session.bedrock.delete_provisioned_model_throughput().provisioned_model_id(arn);
    let sent = request.customize().config_override(bedrock_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("bedrock:DeleteProvisionedModelThroughput", &error))
}

/// First the target, then up, then down: should one fail, none that came before it takes anything away.
async fn schedule_variant(session: &Session, id: &str, bounds: (u32, u32), timed: &[Timed]) -> Result<(), Fault> {
    unless_throttled(|| register(session, id, bounds)).await?;
    for (place, one) in timed.iter().enumerate() {
        unless_throttled(|| put_timed(session, id, one)).await.map_err(|fault| {
            let message = format!("the target was registered and {place} of {} actions put: {}", timed.len(), fault.message);
            Fault { message: message.into(), ..fault }
        })?;
    }
    Ok(())
}

async fn register(session: &Session, id: &str, (least, most): (u32, u32)) -> Result<(), Fault> {
    let request = session
        .scaling
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .min_capacity(capacity(least))
        .max_capacity(capacity(most));
    let sent = request.customize().config_override(scaling_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("application-autoscaling:RegisterScalableTarget", &error))
}

async fn put_timed(session: &Session, id: &str, one: &Timed) -> Result<(), Fault> {
    let action = ScalableTargetAction::builder().min_capacity(capacity(one.least)).max_capacity(capacity(one.most)).build();
    let request = session
        .scaling
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .scheduled_action_name(one.name.as_ref())
        .schedule(one.cron.as_ref())
        .timezone("UTC")
        .scalable_target_action(action);
    let sent = request.customize().config_override(scaling_once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("application-autoscaling:PutScheduledAction", &error))
}

fn capacity(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
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

fn scaling_once() -> aws_sdk_applicationautoscaling::config::Builder {
    aws_sdk_applicationautoscaling::Config::builder().retry_config(RetryConfig::disabled())
}

fn bedrock_once() -> aws_sdk_bedrock::config::Builder {
    aws_sdk_bedrock::Config::builder().retry_config(RetryConfig::disabled())
}
