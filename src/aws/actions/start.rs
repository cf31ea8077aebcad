//! Requests of `start`: EC2 instances and notebook instances.

use super::{
    client_config::{self, send},
    dry_run,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::start::Call},
};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::Ec2StartInstances, Api::SageMakerStartNotebookInstance];
    const DRY_RUN: &'static [Api] = &[Api::Ec2StartInstances];

    fn on_instance(id: &Arc<str>) -> Option<Self> {
        Some(Self::Instance(id.clone()))
    }

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        match self {
            Self::Instance(id) => retry.send(|| start_instance(session, id)).await,
            Self::Notebook(name) => retry.send(|| start_notebook(session, name)).await,
        }
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match self {
            Self::Instance(id) => describe::instance(session, id).await,
            Self::Notebook(name) => describe::notebook(session, name).await,
        }
    }

    async fn dry_run(&self, session: &Session, ids: Vec<String>) -> Option<Result<(), Fault>> {
        let Self::Instance(_) = self else {
            return None;
        };
        let request = session
            .ec2
            .start_instances()
            .dry_run(true)
            .set_instance_ids(Some(ids));
        let once = request.customize().config_override(client_config::ec2());
        Some(dry_run::permitted(
            Api::Ec2StartInstances,
            once.send().await,
        ))
    }
}

/// No token: EC2 answers the same success for a running instance, which continues to run.
async fn start_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let request = session.ec2.start_instances().instance_ids(id);
    send!(request, ec2, Ec2StartInstances)
}

/// No token: a notebook instance that is not stopped is refused.
async fn start_notebook(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .start_notebook_instance()
        .notebook_instance_name(name);
    send!(request, sagemaker, SageMakerStartNotebookInstance)
}
