//! Requests of `swap-model`: the model of provisioned throughput.

use super::{client_config::send, operation_requests::OperationRequests, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::swap_model::Call},
};

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::BedrockUpdateProvisionedModelThroughput];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        retry.send(|| update(session, self)).await
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        describe::settings::model(session, &self.arn).await
    }
}

/// No token: the model is set; the same one a second time changes nothing.
async fn update(session: &Session, call: &Call) -> Result<(), Fault> {
    let request = session
        .bedrock
        .update_provisioned_model_throughput()
        .provisioned_model_id(call.arn.as_ref())
        .desired_model_id(call.model.as_ref());
    send!(request, bedrock, BedrockUpdateProvisionedModelThroughput)
}
