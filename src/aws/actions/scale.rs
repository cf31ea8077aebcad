//! Requests of `scale`: variants, inference components and instance groups.

use super::{
    client_config::send, instance_group, operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::scale::Call},
};

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[
        Api::SageMakerUpdateCluster,
        Api::SageMakerUpdateEndpointWeightsAndCapacities,
        Api::SageMakerUpdateInferenceComponentRuntimeConfig,
    ];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        match self {
            Self::Variant {
                endpoint,
                variant,
                count,
            } => {
                retry
                    .send(|| scale_variant(session, endpoint, variant, *count))
                    .await
            }
            Self::Component { name, copies } => {
                retry.send(|| scale_component(session, name, *copies)).await
            }
            Self::InstanceGroup {
                cluster,
                group,
                count,
            } => instance_group::scale(retry, session, cluster, group, *count).await,
        }
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match self {
            Self::Variant {
                endpoint, variant, ..
            } => describe::variant(session, endpoint, variant).await,
            Self::Component { name, .. } => describe::component(session, name).await,
            Self::InstanceGroup { cluster, group, .. } => {
                describe::instance_group(session, cluster, group).await
            }
        }
    }
}

/// No token: the count is set, not added to, and refused while another change is under way.
async fn scale_variant(
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
    send!(
        request,
        sagemaker,
        SageMakerUpdateEndpointWeightsAndCapacities
    )
}

/// No token: the count is set, not added to, and refused while another change is under way.
async fn scale_component(session: &Session, name: &str, copies: u32) -> Result<(), Fault> {
    let wanted = aws_sdk_sagemaker::types::InferenceComponentRuntimeConfig::builder()
        .copy_count(i32::try_from(copies).unwrap_or(i32::MAX))
        .build();
    let request = session
        .sagemaker
        .update_inference_component_runtime_config()
        .inference_component_name(name)
        .desired_runtime_config(wanted);
    send!(
        request,
        sagemaker,
        SageMakerUpdateInferenceComponentRuntimeConfig
    )
}
