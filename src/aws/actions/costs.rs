//! Changes by Cost Explorer: feedback on an anomaly.
//!
//! One attempt each.

use super::response::{self, BodyValidator};
use crate::{
    aws::Session,
    domain::{Fault, Feedback},
};
use aws_config::retry::RetryConfig;

/// No token: the answer is set; the same one a second time changes nothing.
pub(super) async fn give_feedback(
    session: &Session,
    anomaly: &str,
    feedback: Feedback,
) -> Result<(), Fault> {
    let once = aws_sdk_costexplorer::Config::builder()
        .retry_config(RetryConfig::disabled())
        .interceptor(BodyValidator::Json);
    let request = session
        .costs
        .provide_anomaly_feedback()
        .anomaly_id(anomaly)
        .feedback(feedback.id().into());
    let sent = request.customize().config_override(once).send().await;
    sent.map(drop)
        .map_err(|error| response::of("ce:ProvideAnomalyFeedback", &error))
}
