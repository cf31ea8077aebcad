//! Requests of `terminate`: EC2 instances.
//!
//! No token: an id is never given twice, and a terminated instance stays so.

use super::{
    client_config::{self, send},
    dry_run,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::terminate::Call},
};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::Ec2TerminateInstances];
    const DRY_RUN: &'static [Api] = &[Api::Ec2TerminateInstances];

    fn on_instance(id: &Arc<str>) -> Option<Self> {
        Some(Self::Instance(id.clone()))
    }

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        let Self::Instance(id) = self;
        let request = || async {
            let request = session.ec2.terminate_instances().instance_ids(id.as_ref());
            send!(request, ec2, Ec2TerminateInstances)
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
            .terminate_instances()
            .dry_run(true)
            .set_instance_ids(Some(ids));
        let once = request.customize().config_override(client_config::ec2());
        Some(dry_run::permitted(
            Api::Ec2TerminateInstances,
            once.send().await,
        ))
    }
}
