//! Requests of `stop`: EC2 instances, notebook instances, Studio apps, jobs and warm pools.

use super::{
    client_config::{self, send},
    dry_run,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{
        Fault, JobKind, ObservedState,
        action::ops::stop::{AppOwner, Call},
    },
};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[
        Api::BedrockStopModelCustomizationJob,
        Api::BedrockStopModelInvocationJob,
        Api::Ec2StopInstances,
        Api::SageMakerDeleteApp,
        Api::SageMakerStopHyperParameterTuningJob,
        Api::SageMakerStopNotebookInstance,
        Api::SageMakerStopProcessingJob,
        Api::SageMakerStopTrainingJob,
        Api::SageMakerStopTransformJob,
        Api::SageMakerUpdateTrainingJob,
    ];
    const DRY_RUN: &'static [Api] = &[Api::Ec2StopInstances];

    fn on_instance(id: &Arc<str>) -> Option<Self> {
        Some(Self::Instance(id.clone()))
    }

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        match self {
            Self::Instance(id) => retry.send(|| stop_instance(session, id)).await,
            Self::Notebook(name) => retry.send(|| stop_notebook(session, name)).await,
            Self::App {
                domain,
                owner,
                app_type,
                name,
            } => {
                retry
                    .send(|| delete_app(session, domain, owner, app_type, name))
                    .await
            }
            Self::Job { kind, id } => retry.send(|| stop_job(session, *kind, id)).await,
            Self::WarmPool(name) => retry.send(|| end_warm_pool(session, name)).await,
        }
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match self {
            Self::Instance(id) => describe::instance(session, id).await,
            Self::Notebook(name) => describe::notebook(session, name).await,
            Self::App {
                domain,
                owner,
                app_type,
                name,
            } => describe::app(session, domain, owner, app_type, name).await,
            Self::Job { kind, id } => describe::job(session, *kind, id).await,
            Self::WarmPool(name) => describe::warm_pool(session, name).await,
        }
    }

    async fn dry_run(&self, session: &Session, ids: Vec<String>) -> Option<Result<(), Fault>> {
        let Self::Instance(_) = self else {
            return None;
        };
        let request = session
            .ec2
            .stop_instances()
            .dry_run(true)
            .set_instance_ids(Some(ids));
        let once = request.customize().config_override(client_config::ec2());
        Some(dry_run::permitted(Api::Ec2StopInstances, once.send().await))
    }
}

/// No token: EC2 answers the same success for a stopped instance, which stays stopped.
async fn stop_instance(session: &Session, id: &str) -> Result<(), Fault> {
    let request = session.ec2.stop_instances().instance_ids(id);
    send!(request, ec2, Ec2StopInstances)
}

/// No token: a notebook instance that is not in service is refused.
async fn stop_notebook(session: &Session, name: &str) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .stop_notebook_instance()
        .notebook_instance_name(name);
    send!(request, sagemaker, SageMakerStopNotebookInstance)
}

/// No token: the app is found by its name, which a new app may have; so it is described right
/// before, and the request is sent once.
async fn delete_app(
    session: &Session,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> Result<(), Fault> {
    let request = session
        .sagemaker
        .delete_app()
        .domain_id(domain)
        .app_type(app_type.into())
        .app_name(name);
    let request = match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    };
    send!(request, sagemaker, SageMakerDeleteApp)
}

/// No token: the keep-alive period is set to zero, however often.
async fn end_warm_pool(session: &Session, name: &str) -> Result<(), Fault> {
    let none = aws_sdk_sagemaker::types::ResourceConfigForUpdate::builder()
        .keep_alive_period_in_seconds(0)
        .build();
    let request = session
        .sagemaker
        .update_training_job()
        .training_job_name(name)
        .resource_config(none);
    send!(request, sagemaker, SageMakerUpdateTrainingJob)
}

/// No token in any of them: a job's name is never given twice, and a finished or stopping job is
/// refused.
async fn stop_job(session: &Session, kind: JobKind, id: &str) -> Result<(), Fault> {
    let Session {
        sagemaker: machines,
        bedrock: models,
        ..
    } = session;
    match kind {
        JobKind::Training => {
            let request = machines.stop_training_job().training_job_name(id);
            send!(request, sagemaker, SageMakerStopTrainingJob)
        }
        JobKind::Processing => {
            let request = machines.stop_processing_job().processing_job_name(id);
            send!(request, sagemaker, SageMakerStopProcessingJob)
        }
        JobKind::Transform => {
            let request = machines.stop_transform_job().transform_job_name(id);
            send!(request, sagemaker, SageMakerStopTransformJob)
        }
        JobKind::Tuning => {
            let request = machines
                .stop_hyper_parameter_tuning_job()
                .hyper_parameter_tuning_job_name(id);
            send!(request, sagemaker, SageMakerStopHyperParameterTuningJob)
        }
        JobKind::Customization => {
            let request = models.stop_model_customization_job().job_identifier(id);
            send!(request, bedrock, BedrockStopModelCustomizationJob)
        }
        JobKind::BatchInference => {
            let request = models.stop_model_invocation_job().job_identifier(id);
            send!(request, bedrock, BedrockStopModelInvocationJob)
        }
    }
}
