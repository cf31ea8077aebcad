//! Requests of `delete`: endpoints and provisioned throughput.

use super::{client_config::send, operation_requests::OperationRequests, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::delete::Call},
};

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[
        Api::BedrockDeleteProvisionedModelThroughput,
        Api::SageMakerDeleteEndpoint,
    ];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        match self {
            Self::Endpoint(name) => retry.send(|| delete_endpoint(session, name)).await,
            Self::Throughput(arn) => retry.send(|| delete_throughput(session, arn)).await,
        }
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match self {
            Self::Endpoint(name) => describe::endpoint(session, name).await,
            Self::Throughput(arn) => describe::throughput(session, arn).await,
        }
    }
}

/// No token: the endpoint is found by its name, which a new one may have; so it is described right
/// before, and the request is sent once.
async fn delete_endpoint(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session.sagemaker.delete_endpoint().endpoint_name(name);
    send!(request, sagemaker, SageMakerDeleteEndpoint)
}

/// No token: an ARN is never given twice.
async fn delete_throughput(session: &Session, arn: &str) -> Result<(), Fault> {
    let request = session
        .bedrock
        .delete_provisioned_model_throughput()
        .provisioned_model_id(arn);
    send!(request, bedrock, BedrockDeleteProvisionedModelThroughput)
}
