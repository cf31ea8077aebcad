//! Requests of `reboot`: EC2 instances.
//!
//! No token: a second request is a second reboot. Without an answer the outcome stays unknown.

use super::{
    client_config::{self, send},
    dry_run,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::reboot::Call},
};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::Ec2RebootInstances];
    const DRY_RUN: &'static [Api] = &[Api::Ec2RebootInstances];

    fn on_instance(id: &Arc<str>) -> Option<Self> {
        Some(Self::Instance(id.clone()))
    }

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        let Self::Instance(id) = self;
        let request = || async {
            let request = session.ec2.reboot_instances().instance_ids(id.as_ref());
            send!(request, ec2, Ec2RebootInstances)
        };
        retry.send(request).await
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        let Self::Instance(id) = self;
        describe::instance(session, id).await
    }

    async fn dry_run(&self, session: &Session, ids: Vec<String>) -> Option<Result<(), Fault>> {
        let request = session
            .ec2
            .reboot_instances()
            .dry_run(true)
            .set_instance_ids(Some(ids));
        let once = request.customize().config_override(client_config::ec2());
        Some(dry_run::permitted(
            Api::Ec2RebootInstances,
            once.send().await,
        ))
    }
}
