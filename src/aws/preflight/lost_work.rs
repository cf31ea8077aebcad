//! Preflight checks of jobs: the work that a stop loses.

use super::{PreflightSession, TargetFacts};
use crate::aws::Api;
use crate::aws::convert::time::optional_timestamp;
use crate::domain::{
    Fault, JobKind, Timestamp, Usd, UsdPerHour, Warning, time::timestamp::seconds_between,
};
use aws_sdk_sagemaker::{
    operation::describe_training_job::DescribeTrainingJobOutput, types::ProcessingS3UploadMode,
};

/// One job of `kind`, at `rate` list dollars an hour where it is priced.
pub(super) async fn job(
    reader: &PreflightSession<'_>,
    kind: JobKind,
    id: &str,
    rate: Option<UsdPerHour>,
) -> TargetFacts {
    let mut found = TargetFacts::default();
    let now = reader.now;
    match kind {
        JobKind::Training => found.add(training(reader, id, rate).await),
        JobKind::Processing => found.add(
            processing(reader, id)
                .await
                .map(|since| since.map(|since| lost_work(since, now, rate))),
        ),
        JobKind::Customization => found.add(
            customization(reader, id)
                .await
                .map(|since| since.map(|since| lost_work(since, now, None))),
        ),
        JobKind::Transform => found.add(
            transform(reader, id)
                .await
                .map(|since| since.map(|since| lost_work(since, now, rate))),
        ),
        JobKind::Tuning => found.add(children(reader, id).await),
        // Its output so far stays.
        JobKind::BatchInference => {}
    }
    found
}

fn lost_work(since: Timestamp, now: Timestamp, rate: Option<UsdPerHour>) -> Warning {
    let ran = seconds_between(since, now).max(0.0);
    Warning::NoCheckpoints {
        ran,
        cost: rate
            .filter(|rate| rate.0 > 0.0)
            .map(|rate| Usd(rate.0 * ran / 3_600.0)),
    }
}

async fn describe(
    reader: &PreflightSession<'_>,
    name: &str,
) -> Result<DescribeTrainingJobOutput, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeTrainingJob;
    let request = reader
        .session
        .sagemaker
        .describe_training_job()
        .training_job_name(name);
    reader.send(OPERATION, request.send()).await
}

/// The work that a training job without checkpoints loses, and the tuning job that retries it.
async fn training(
    reader: &PreflightSession<'_>,
    name: &str,
    rate: Option<UsdPerHour>,
) -> Result<Vec<Warning>, Fault> {
    let answer = describe(reader, name).await?;
    let kept = answer
        .checkpoint_config()
        .is_some_and(|config| !config.s3_uri().unwrap_or_default().is_empty());
    let since = optional_timestamp(answer.training_start_time()).filter(|_| !kept);
    let tuning = answer
        .tuning_job_arn()
        .and_then(|arn| arn.rsplit('/').next());
    let retried = tuning.map(|tuning| Warning::Retried {
        tuning: tuning.into(),
    });
    Ok(since
        .map(|since| lost_work(since, reader.now, rate))
        .into_iter()
        .chain(retried)
        .collect())
}

/// The warm pool of the training job `name`: how long it would be kept.
pub(super) async fn warm_pool(reader: &PreflightSession<'_>, name: &str) -> TargetFacts {
    let mut found = TargetFacts::default();
    found.add(describe(reader, name).await.map(|answer| {
        let kept = answer
            .resource_config()
            .and_then(aws_sdk_sagemaker::types::ResourceConfig::keep_alive_period_in_seconds);
        let ended = optional_timestamp(answer.training_end_time());
        ended.zip(kept).map(|(ended, kept)| Warning::WarmPool {
            left: (f64::from(kept) - seconds_between(ended, reader.now)).max(0.0),
        })
    }));
    found
}

/// When a transform job started. AWS stores no output of a stopped one.
async fn transform(reader: &PreflightSession<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeTransformJob;
    let request = reader
        .session
        .sagemaker
        .describe_transform_job()
        .transform_job_name(name);
    let answer = reader.send(OPERATION, request.send()).await?;
    Ok(optional_timestamp(answer.transform_start_time()))
}

/// When a processing job started, if it uploads its output at the end.
async fn processing(reader: &PreflightSession<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeProcessingJob;
    let request = reader
        .session
        .sagemaker
        .describe_processing_job()
        .processing_job_name(name);
    let answer = reader.send(OPERATION, request.send()).await?;
    let outputs = answer
        .processing_output_config()
        .map(aws_sdk_sagemaker::types::ProcessingOutputConfig::outputs)
        .unwrap_or_default();
    let kept = outputs
        .iter()
        .filter_map(|one| one.s3_output())
        .any(|one| one.s3_upload_mode() == Some(&ProcessingS3UploadMode::Continuous));
    Ok(if kept {
        None
    } else {
        optional_timestamp(answer.processing_start_time())
    })
}

/// When a customization started. It creates its model at the end.
async fn customization(
    reader: &PreflightSession<'_>,
    id: &str,
) -> Result<Option<Timestamp>, Fault> {
    const OPERATION: Api = Api::BedrockGetModelCustomizationJob;
    let request = reader
        .session
        .bedrock
        .get_model_customization_job()
        .job_identifier(id);
    let answer = reader.send(OPERATION, request.send()).await?;
    Ok(optional_timestamp(Some(answer.creation_time())))
}

/// The training jobs that a tuning job runs now.
async fn children(reader: &PreflightSession<'_>, name: &str) -> Result<Option<Warning>, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeHyperParameterTuningJob;
    let request = reader
        .session
        .sagemaker
        .describe_hyper_parameter_tuning_job()
        .hyper_parameter_tuning_job_name(name);
    let answer = reader.send(OPERATION, request.send()).await?;
    let running = answer
        .training_job_status_counters()
        .and_then(aws_sdk_sagemaker::types::TrainingJobStatusCounters::in_progress);
    let running = running
        .and_then(|running| u32::try_from(running).ok())
        .unwrap_or(0);
    Ok((running > 0).then_some(Warning::Children { running }))
}
