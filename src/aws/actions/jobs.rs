//! Stopping jobs, each kind by its own request.
//!
//! One attempt each.

use super::{bedrock, response, sagemaker};
use crate::{
    aws::Session,
    domain::{Fault, JobKind},
};

/// No token in any of them: a job's name is never given twice, and one that is over or stopping is
/// refused.
pub(super) async fn stop_job(session: &Session, kind: JobKind, id: &str) -> Result<(), Fault> {
    let operation = kind.stop().0;
    let (machines, models) = (&session.sagemaker, &session.bedrock);
    match kind {
        JobKind::Training => {
            let request = machines
                .stop_training_job()
                .training_job_name(id)
                .customize()
                .config_override(sagemaker::once());
            request
                .send()
                .await
                .map(drop)
                .map_err(|error| response::of(operation, &error))
        }
        JobKind::Processing => {
            let request = machines
                .stop_processing_job()
                .processing_job_name(id)
                .customize()
                .config_override(sagemaker::once());
            request
                .send()
                .await
                .map(drop)
                .map_err(|error| response::of(operation, &error))
        }
        JobKind::Transform => {
            let request = machines
                .stop_transform_job()
                .transform_job_name(id)
                .customize()
                .config_override(sagemaker::once());
            request
                .send()
                .await
                .map(drop)
                .map_err(|error| response::of(operation, &error))
        }
        JobKind::Tuning => {
            let request = machines
                .stop_hyper_parameter_tuning_job()
                .hyper_parameter_tuning_job_name(id);
            let sent = request
                .customize()
                .config_override(sagemaker::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of(operation, &error))
        }
        JobKind::Customization => {
            let request = models
                .stop_model_customization_job()
                .job_identifier(id)
                .customize()
                .config_override(bedrock::once());
            request
                .send()
                .await
                .map(drop)
                .map_err(|error| response::of(operation, &error))
        }
        JobKind::BatchInference => {
            let request = models
                .stop_model_invocation_job()
                .job_identifier(id)
                .customize()
                .config_override(bedrock::once());
            request
                .send()
                .await
                .map(drop)
                .map_err(|error| response::of(operation, &error))
        }
    }
}
