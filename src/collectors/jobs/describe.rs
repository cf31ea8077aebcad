//! Describes one SageMaker job of any kind.

use super::cost::{Job, WarmPool};
use crate::aws::Api;
use crate::collectors::Context;
use crate::{
    aws::{convert::time::optional_timestamp, fault},
    domain::{Fault, JobKind, Measured},
};
use aws_sdk_sagemaker::types::{
    Channel, HyperParameterTrainingJobDefinition, ProcessingClusterConfig, ProcessingInput,
    ProcessingStoppingCondition, ResourceConfig, ResourceLimits, StoppingCondition,
    TrainingJobStatusCounters, WarmPoolStatus,
};
use std::sync::Arc;

/// The SageMaker job `name`.
pub(super) async fn describe(cx: &Context, kind: JobKind, name: &str) -> Result<Job, Fault> {
    match kind {
        JobKind::Processing => processing(cx, name).await,
        JobKind::Transform => transform(cx, name).await,
        JobKind::Tuning => tuning(cx, name).await,
        _ => training(cx, name).await,
    }
}

async fn training(cx: &Context, name: &str) -> Result<Job, Fault> {
    let request = cx.session.sagemaker.describe_training_job();
    let found = request.training_job_name(name).send().await;
    let found =
        found.map_err(|error| fault::from_sdk(Api::SageMakerDescribeTrainingJob, &error))?;
    let config = found.resource_config();
    let algorithm = found.algorithm_specification();
    let serverless = found.serverless_job_config().is_some();
    Ok(Job {
        arn: found.training_job_arn().and_then(|arn| arn.parse().ok()),
        phase: found
            .secondary_status()
            .map(|status| status.as_str().into()),
        created: optional_timestamp(found.creation_time()),
        started: optional_timestamp(found.training_start_time()),
        ended: optional_timestamp(found.training_end_time()),
        machines: match config {
            Some(config) => Measured::Known(machines(config)),
            None if serverless => Measured::unknown("a serverless job: billed by the token"),
            None => Measured::unknown("AWS does not say what it runs on"),
        },
        limit: found
            .stopping_condition()
            .and_then(StoppingCondition::max_runtime_in_seconds)
            .map(f64::from),
        spot: found.enable_managed_spot_training() == Some(true),
        ran: found.training_time_in_seconds().map(f64::from),
        billable: found.billable_time_in_seconds().map(f64::from),
        failure: found.failure_reason().map(Arc::from),
        image: algorithm
            .and_then(|algorithm| algorithm.training_image().or(algorithm.algorithm_name()))
            .map(Arc::from),
        inputs: channels(found.input_data_config()),
        tuning: found
            .tuning_job_arn()
            .and_then(|arn| arn.rsplit('/').next())
            .filter(|name| !name.is_empty())
            .map(Arc::from),
        warm: found.warm_pool_status().map(|pool| {
            let keep_alive = config.and_then(ResourceConfig::keep_alive_period_in_seconds);
            warm_pool(pool, keep_alive)
        }),
        plan: config
            .and_then(|config| config.training_plan_arn())
            .map(Arc::from),
        ..Job::new(
            JobKind::Training,
            name,
            found
                .training_job_status()
                .map_or("unknown", |status| status.as_str()),
        )
    })
}

fn warm_pool(pool: &WarmPoolStatus, keep_alive: Option<i32>) -> WarmPool {
    WarmPool {
        status: pool
            .status()
            .map_or("unknown", |status| status.as_str())
            .into(),
        retained: f64::from(
            pool.resource_retained_billable_time_in_seconds()
                .unwrap_or(0),
        ),
        keep_alive: keep_alive.map(f64::from),
    }
}

fn machines(config: &ResourceConfig) -> Vec<(Arc<str>, u32)> {
    let selected = config.selected_instance_type().map(|ty| {
        (
            ty,
            config.selected_instance_count().or(config.instance_count()),
        )
    });
    let plain = config
        .instance_type()
        .map(|ty| (ty, config.instance_count()));
    let groups = config
        .instance_groups()
        .iter()
        .filter_map(|group| Some((group.instance_type()?, group.instance_count())));
    selected
        .or(plain)
        .into_iter()
        .chain(groups)
        .map(|(ty, count)| (ty.as_str().into(), counted(count)))
        .collect()
}

fn counted(count: Option<i32>) -> u32 {
    count
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(1)
}

fn channels(channels: &[Channel]) -> Vec<Arc<str>> {
    let mut inputs: Vec<Arc<str>> = channels
        .iter()
        .filter_map(|channel| {
            let source = channel.data_source()?;
            let files = || {
                source.file_system_data_source().and_then(|files| {
                    Some(format!(
                        "{}{}",
                        files.file_system_id()?,
                        files.directory_path()?
                    ))
                })
            };
            source
                .s3_data_source()
                .and_then(|s3| s3.s3_uri())
                .map(ToOwned::to_owned)
                .or_else(files)
                .map(Arc::from)
        })
        .collect();
    inputs.sort_unstable();
    inputs
}

async fn processing(cx: &Context, name: &str) -> Result<Job, Fault> {
    let found = cx
        .session
        .sagemaker
        .describe_processing_job()
        .processing_job_name(name)
        .send()
        .await;
    let found =
        found.map_err(|error| fault::from_sdk(Api::SageMakerDescribeProcessingJob, &error))?;
    let cluster = found
        .processing_resources()
        .and_then(|resources| resources.cluster_config());
    Ok(Job {
        arn: found.processing_job_arn().and_then(|arn| arn.parse().ok()),
        created: optional_timestamp(found.creation_time()),
        started: optional_timestamp(found.processing_start_time()),
        ended: optional_timestamp(found.processing_end_time()),
        machines: Measured::or_why(
            cluster.and_then(cluster_machines),
            "AWS does not say what it runs on",
        ),
        limit: found
            .stopping_condition()
            .and_then(ProcessingStoppingCondition::max_runtime_in_seconds)
            .map(f64::from),
        failure: found
            .failure_reason()
            .or(found.exit_message())
            .map(Arc::from),
        image: found
            .app_specification()
            .and_then(|app| app.image_uri())
            .map(Arc::from),
        inputs: processing_inputs(found.processing_inputs()),
        ..Job::new(
            JobKind::Processing,
            name,
            found
                .processing_job_status()
                .map_or("unknown", |status| status.as_str()),
        )
    })
}

fn cluster_machines(cluster: &ProcessingClusterConfig) -> Option<Vec<(Arc<str>, u32)>> {
    let selected = cluster.selected_instance_type().map(|ty| {
        let count = cluster.selected_instance_count();
        (ty, count.or(cluster.instance_count()))
    });
    let configured = cluster
        .instance_type()
        .map(|ty| (ty, cluster.instance_count()));
    let (ty, count) = selected.or(configured)?;
    Some(vec![(ty.as_str().into(), counted(count))])
}

/// S3 URIs of the data, without the code that SageMaker mounts as an input of its own.
fn processing_inputs(inputs: &[ProcessingInput]) -> Vec<Arc<str>> {
    let code = "/opt/ml/processing/input/code";
    let mut inputs: Vec<Arc<str>> = inputs
        .iter()
        .filter_map(|input| input.s3_input())
        .filter(|s3| !s3.local_path().is_some_and(|path| path.starts_with(code)))
        .filter_map(|s3| s3.s3_uri().map(Arc::from))
        .collect();
    inputs.sort_unstable();
    inputs
}

async fn transform(cx: &Context, name: &str) -> Result<Job, Fault> {
    let found = cx
        .session
        .sagemaker
        .describe_transform_job()
        .transform_job_name(name)
        .send()
        .await;
    let found =
        found.map_err(|error| fault::from_sdk(Api::SageMakerDescribeTransformJob, &error))?;
    let machine = found
        .transform_resources()
        .and_then(|resources| Some((resources.instance_type()?, resources.instance_count())));
    let input = found
        .transform_input()
        .and_then(|input| input.data_source()?.s3_data_source()?.s3_uri());
    Ok(Job {
        arn: found.transform_job_arn().and_then(|arn| arn.parse().ok()),
        created: optional_timestamp(found.creation_time()),
        started: optional_timestamp(found.transform_start_time()),
        ended: optional_timestamp(found.transform_end_time()),
        machines: Measured::or_why(
            machine.map(|(ty, count)| vec![(ty.as_str().into(), counted(count))]),
            "AWS does not say what it runs on",
        ),
        failure: found.failure_reason().map(Arc::from),
        image: found
            .model_name()
            .map(|model| format!("model {model}").into()),
        inputs: input.into_iter().map(Arc::from).collect(),
        ..Job::new(
            JobKind::Transform,
            name,
            found
                .transform_job_status()
                .map_or("unknown", |status| status.as_str()),
        )
    })
}

async fn tuning(cx: &Context, name: &str) -> Result<Job, Fault> {
    let found = cx
        .session
        .sagemaker
        .describe_hyper_parameter_tuning_job()
        .hyper_parameter_tuning_job_name(name)
        .send()
        .await;
    let found = found
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeHyperParameterTuningJob, &error))?;
    let definitions: Vec<&HyperParameterTrainingJobDefinition> = found
        .training_job_definition()
        .into_iter()
        .chain(found.training_job_definitions())
        .collect();
    let first = definitions.first();
    let algorithm = first.and_then(|first| first.algorithm_specification());
    let limits = found
        .hyper_parameter_tuning_job_config()
        .and_then(|config| config.resource_limits());
    let created = optional_timestamp(found.creation_time());
    Ok(Job {
        arn: found
            .hyper_parameter_tuning_job_arn()
            .and_then(|arn| arn.parse().ok()),
        phase: Some(progress(found.training_job_status_counters(), limits)),
        created,
        started: created,
        ended: optional_timestamp(found.hyper_parameter_tuning_end_time()),
        machines: Measured::Known(
            definitions
                .iter()
                .filter_map(|one| one.resource_config())
                .flat_map(machines)
                .collect(),
        ),
        limit: limits
            .and_then(ResourceLimits::max_runtime_in_seconds)
            .map(f64::from),
        spot: first.is_some_and(|first| first.enable_managed_spot_training() == Some(true)),
        failure: found.failure_reason().map(Arc::from),
        image: algorithm
            .and_then(|algorithm| algorithm.training_image().or(algorithm.algorithm_name()))
            .map(Arc::from),
        inputs: first
            .map(|first| channels(first.input_data_config()))
            .unwrap_or_default(),
        ..Job::new(
            JobKind::Tuning,
            name,
            found
                .hyper_parameter_tuning_job_status()
                .map_or("unknown", |status| status.as_str()),
        )
    })
}

/// The tries of a tuning job: `12/40 tries, 4 run`.
fn progress(
    counters: Option<&TrainingJobStatusCounters>,
    limits: Option<&ResourceLimits>,
) -> Arc<str> {
    let begun = counters.map_or(0, |all| {
        [
            all.completed(),
            all.in_progress(),
            all.retryable_error(),
            all.non_retryable_error(),
            all.stopped(),
        ]
        .iter()
        .flatten()
        .sum::<i32>()
    });
    let running = counters
        .and_then(TrainingJobStatusCounters::in_progress)
        .unwrap_or(0);
    let max = limits
        .and_then(ResourceLimits::max_number_of_training_jobs)
        .map_or(String::new(), |max| format!("/{max}"));
    format!("{begun}{max} tries, {running} run").into()
}
