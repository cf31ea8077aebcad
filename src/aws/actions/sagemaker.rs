//! Changes by SageMaker: notebook instances, Studio apps, endpoints, warm pools.
//!
//! One attempt each.

use super::response::{self, BodyValidator};
use crate::{
    aws::Session,
    domain::{Fault, action::operation::AppOwner},
};
use aws_config::retry::RetryConfig;

/// No token: one that is not in service is refused.
pub(super) async fn stop_notebook(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .stop_notebook_instance()
        .notebook_instance_name(name);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:StopNotebookInstance", &error))
}

/// No token: one that is not stopped is refused.
pub(super) async fn start_notebook(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .start_notebook_instance()
        .notebook_instance_name(name);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:StartNotebookInstance", &error))
}

/// No token: the time is set to nothing, however often.
pub(super) async fn end_warm_pool(session: &Session, name: &str) -> Result<(), Fault> {
    let none = aws_sdk_sagemaker::types::ResourceConfigForUpdate::builder()
        .keep_alive_period_in_seconds(0)
        .build();
    let request = session
        .sagemaker
        .update_training_job()
        .training_job_name(name)
        .resource_config(none);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:UpdateTrainingJob", &error))
}

/// No token: by its name, which a new app may bear; so it is looked at right before, and asked
/// once.
pub(super) async fn delete_app(
    session: &Session,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .delete_app()
        .domain_id(domain)
        .app_type(app_type.into())
        .app_name(name);
    let request = match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    };
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:DeleteApp", &error))
}

/// No token: by its name, which a new endpoint may bear; so it is looked at right before, and asked
/// once.
pub(super) async fn delete_endpoint(session: &Session, name: &str) -> Result<(), Fault> {
    let sent = session
        .sagemaker
        .delete_endpoint()
        .endpoint_name(name)
        .customize()
        .config_override(once())
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:DeleteEndpoint", &error))
}

/// No token: the count is set, not added to, and refused while another change is under way.
pub(super) async fn scale_variant(
    session: &Session,
    endpoint: &str,
    variant: &str,
    count: u32,
) -> Result<(), Fault> {
    let wanted = aws_sdk_sagemaker::types::DesiredWeightAndCapacity::builder()
        .variant_name(variant)
        .desired_instance_count(i32::try_from(count).unwrap_or(i32::MAX))
        .build();
    let request = session
        .sagemaker
        .update_endpoint_weights_and_capacities()
        .endpoint_name(endpoint)
        .desired_weights_and_capacities(wanted);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:UpdateEndpointWeightsAndCapacities", &error))
}

/// No token: the count is set, not added to, and refused while another change is under way.
pub(super) async fn scale_component(
    session: &Session,
    name: &str,
    copies: u32,
) -> Result<(), Fault> {
    let wanted = aws_sdk_sagemaker::types::InferenceComponentRuntimeConfig::builder()
        .copy_count(i32::try_from(copies).unwrap_or(i32::MAX))
        .build();
    let request = session
        .sagemaker
        .update_inference_component_runtime_config()
        .inference_component_name(name)
        .desired_runtime_config(wanted);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("sagemaker:UpdateInferenceComponentRuntimeConfig", &error))
}

/// One attempt, whose answer is read to its end.
pub(super) fn once() -> aws_sdk_sagemaker::config::Builder {
    aws_sdk_sagemaker::Config::builder()
        .retry_config(RetryConfig::disabled())
        .interceptor(BodyValidator::Json)
}
