//! Changes by EC2: instances.
//!
//! One attempt each.

use super::response::{self, BodyValidator};
use crate::{aws::Session, domain::Fault};
use aws_config::retry::RetryConfig;

/// No token: what is stopped already is answered with the same success, and stays so.
pub(super) async fn stop_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let sent = session
        .ec2
        .stop_instances()
        .instance_ids(id)
        .customize()
        .config_override(once())
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| response::of("ec2:StopInstances", &error))
}

/// No token: what runs already is answered with the same success, and goes on.
pub(super) async fn start_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let sent = session
        .ec2
        .start_instances()
        .instance_ids(id)
        .customize()
        .config_override(once())
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| response::of("ec2:StartInstances", &error))
}

/// No token, and nothing stands in: a second one is a second reboot. Without an answer it stays
/// unknown.
pub(super) async fn reboot_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let sent = session
        .ec2
        .reboot_instances()
        .instance_ids(id)
        .customize()
        .config_override(once())
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| response::of("ec2:RebootInstances", &error))
}

/// No token: an id is never given twice, and what is terminated stays so.
pub(super) async fn terminate_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let sent = session
        .ec2
        .terminate_instances()
        .instance_ids(id)
        .customize()
        .config_override(once())
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| response::of("ec2:TerminateInstances", &error))
}

/// One attempt, whose answer is read to its end.
pub(super) fn once() -> aws_sdk_ec2::config::Builder {
    aws_sdk_ec2::Config::builder()
        .retry_config(RetryConfig::disabled())
        .interceptor(BodyValidator::Xml)
}
