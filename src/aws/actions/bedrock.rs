//! Changes by Bedrock: provisioned throughput.
//!
//! One attempt each.

use super::response::{self, BodyValidator};
use crate::{aws::Session, domain::Fault};
use aws_config::retry::RetryConfig;

/// No token: an ARN is never given twice.
pub(super) async fn delete_throughput(session: &Session, arn: &str) -> Result<(), Fault> {
    let request = session
        .bedrock
        .delete_provisioned_model_throughput()
        .provisioned_model_id(arn);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("bedrock:DeleteProvisionedModelThroughput", &error))
}

/// No token: the model is set; the same one a second time changes nothing.
pub(super) async fn swap_model(session: &Session, arn: &str, model: &str) -> Result<(), Fault> {
    let request = session
        .bedrock
        .update_provisioned_model_throughput()
        .provisioned_model_id(arn)
        .desired_model_id(model);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("bedrock:UpdateProvisionedModelThroughput", &error))
}

/// One attempt, whose answer is read to its end.
pub(super) fn once() -> aws_sdk_bedrock::config::Builder {
    aws_sdk_bedrock::Config::builder()
        .retry_config(RetryConfig::disabled())
        .interceptor(BodyValidator::Json)
}
