//! Changes by EC2: instances.
//!
//! One attempt each. Must not know plans, rows or screens.

use crate::{
    aws::{Session, fault},
    domain::Fault,
};
use aws_config::retry::RetryConfig;

pub(super) async fn stop_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let sent = session.ec2.stop_instances().instance_ids(id).customize().config_override(once()).send().await;
    sent.map(drop).map_err(|error| fault::from_sdk("ec2:StopInstances", &error))
}

pub(super) fn once() -> aws_sdk_ec2::config::Builder {
    aws_sdk_ec2::Config::builder().retry_config(RetryConfig::disabled())
}
