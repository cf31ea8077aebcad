//! Facts of jobs: what is lost when they are stopped.
//!
//! Must not know what a job costs beyond the rate that is handed in.

use super::{Asking, Found, fault, stamps::stamped};
use crate::domain::{Fault, JobKind, Stamp, Usd, UsdPerHour, Warning, time::seconds_between};
use aws_sdk_sagemaker::types::ProcessingS3UploadMode;

/// One job of `kind`, at `rate` list dollars an hour where it is priced.
pub async fn job(asking: &Asking<'_>, kind: JobKind, id: &str, rate: Option<UsdPerHour>) -> Found {
    let mut found = Found::default();
    let now = asking.now;
    match kind {
        JobKind::Training => found.add(training(asking, id).await.map(|since| since.map(|since| lost(since, now, rate)))),
        JobKind::Processing => found.add(processing(asking, id).await.map(|since| since.map(|since| lost(since, now, rate)))),
        JobKind::Customization => found.add(customization(asking, id).await.map(|since| since.map(|since| lost(since, now, None)))),
        JobKind::Tuning => found.add(children(asking, id).await),
        // What they have answered so far stays where it is.
        JobKind::Transform | JobKind::BatchInference => {}
    }
    found
}

fn lost(since: Stamp, now: Stamp, rate: Option<UsdPerHour>) -> Warning {
    let ran = seconds_between(since, now).max(0.0);
    Warning::NoCheckpoints { ran, cost: rate.filter(|rate| rate.0 > 0.0).map(|rate| Usd(rate.0 * ran / 3_600.0)) }
}

/// Since when a training job works, if it keeps nothing on the way.
async fn training(asking: &Asking<'_>, name: &str) -> Result<Option<Stamp>, Fault> {
    const OPERATION: &str = "sagemaker:DescribeTrainingJob";
    let request = asking.session.sagemaker.describe_training_job().training_job_name(name);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await?;
    let kept = answer.checkpoint_config().is_some_and(|config| !config.s3_uri().unwrap_or_default().is_empty());
    Ok(if kept { None } else { stamped(answer.training_start_time()) })
}

/// Since when a processing job works, if it hands everything over at its end.
async fn processing(asking: &Asking<'_>, name: &str) -> Result<Option<Stamp>, Fault> {
    const OPERATION: &str = "sagemaker:DescribeProcessingJob";
    let request = asking.session.sagemaker.describe_processing_job().processing_job_name(name);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await?;
    let outputs = answer.processing_output_config().map(aws_sdk_sagemaker::types::ProcessingOutputConfig::outputs).unwrap_or_default();
    let kept =
        outputs.iter().filter_map(|one| one.s3_output()).any(|one| one.s3_upload_mode() == Some(&ProcessingS3UploadMode::Continuous));
    Ok(if kept { None } else { stamped(answer.processing_start_time()) })
}

/// Since when a customization works: it makes its model at the end.
async fn customization(asking: &Asking<'_>, id: &str) -> Result<Option<Stamp>, Fault> {
    const OPERATION: &str = "bedrock:GetModelCustomizationJob";
    let request = asking.session.bedrock.get_model_customization_job().job_identifier(id);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await?;
    Ok(stamped(Some(answer.creation_time())))
}

/// The training jobs that a tuning job runs now.
async fn children(asking: &Asking<'_>, name: &str) -> Result<Option<Warning>, Fault> {
    const OPERATION: &str = "sagemaker:DescribeHyperParameterTuningJob";
    let request = asking.session.sagemaker.describe_hyper_parameter_tuning_job().hyper_parameter_tuning_job_name(name);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await?;
    let running = answer.training_job_status_counters().and_then(aws_sdk_sagemaker::types::TrainingJobStatusCounters::in_progress);
    let running = running.and_then(|running| u32::try_from(running).ok()).unwrap_or(0);
    Ok((running > 0).then_some(Warning::Children { running }))
}
