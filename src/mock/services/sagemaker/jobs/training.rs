//! Training jobs.

use super::super::{
    execution_role,
    listing::{self, Order},
};
use super::{Answer, Context, bucket};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, value::fields},
        simulation::{Job, JobKind, Simulation},
    },
};

/// `ListTrainingJobs`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let mut listed = super::list_jobs(context, &simulation, JobKind::Training, Order::Oldest)?;
    if let Some(status) = context.input.text("WarmPoolStatusEquals")? {
        listed.retain(|one| one.warm_status(now) == Some(status));
    }
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "TrainingJobSummaries",
        |one| summary(one, now),
    )
}

fn summary(one: &Job, now: Timestamp) -> Value {
    fields! {
        "TrainingJobName": &one.name,
        "TrainingJobArn": &one.arn,
        "CreationTime": one.created,
        "TrainingEndTime": one.ended(now),
        "LastModifiedTime": one.life.since(now),
        "TrainingJobStatus": one.state(now).name(),
        "WarmPoolStatus": warm_pool(one, now),
    }
}

fn warm_pool(one: &Job, now: Timestamp) -> Option<Value> {
    one.warm_status(now).map(|status| {
        fields! {
            "Status": status,
            "ResourceRetainedBillableTimeInSeconds":
                one.ended(now).map(|_| one.warm_pool_seconds(now)),
            "ReusedByJob": one
                .warm
                .reused_by
                .as_ref()
                .filter(|_| status == "Reused")
                .map(|(_, name)| name.clone()),
        }
    })
}

/// `DescribeTrainingJob`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("TrainingJobName")?;
    let simulation = context.simulation();
    let one = simulation.job(JobKind::Training, context.region, name, context.now)?;
    Ok(body(&simulation, one, context.now))
}

/// The members of the describe answer.
pub(crate) fn body(simulation: &Simulation, one: &Job, now: Timestamp) -> Value {
    let transitions = one.transitions(now);
    let tuning = one
        .tuning
        .as_ref()
        .and_then(|name| simulation.tuning(&one.region, name, now).ok());
    let is_failed = one.state(now).name() == "Failed";
    let mut out = summary(one, now);
    out.set_all(fields! {
        "TuningJobArn": tuning.map(|tuning| &tuning.arn),
        "SecondaryStatus": transitions.last().map(|(status, ..)| *status),
        "SecondaryStatusTransitions": secondary_transitions(one, &transitions, now),
        "FailureReason": is_failed.then_some(&one.failure_reason),
        "AlgorithmSpecification": fields! {
            "TrainingImage": &one.image,
            "TrainingInputMode": "File",
        },
        "RoleArn": execution_role(simulation),
        "InputDataConfig": channels(one),
        "OutputDataConfig": fields! { "S3OutputPath": bucket(simulation, one) },
        "CheckpointConfig": one.checkpoint.as_ref().map(|place| fields! {
            "S3Uri": place,
            "LocalPath": "/opt/ml/checkpoints",
        }),
        "ResourceConfig": resources(one),
        "StoppingCondition": stopping(one),
        "TrainingStartTime": one.started().filter(|at| *at <= now),
        "TrainingTimeInSeconds": one
            .ended(now)
            .map(|_| one.runtime_seconds(now))
            .filter(|seconds| *seconds > 0),
        "BillableTimeInSeconds": one.billable(now).filter(|seconds| *seconds > 0),
        "ModelArtifacts": (one.state(now).name() == "Completed").then(|| {
            let place = format!("{}{}/output/model.tar.gz", bucket(simulation, one), one.name);
            fields! { "S3ModelArtifacts": place }
        }),
        "EnableManagedSpotTraining": one.spot.is_some(),
        "EnableNetworkIsolation": false,
        "EnableInterContainerTrafficEncryption": false,
    });
    out
}

/// Each secondary status until the next one starts or the job ends.
fn secondary_transitions(
    one: &Job,
    transitions: &[(&'static str, Timestamp, &'static str)],
    now: Timestamp,
) -> Vec<Value> {
    let ends = transitions
        .iter()
        .map(|(_, at, _)| Some(*at))
        .skip(1)
        .chain([None]);
    transitions
        .iter()
        .zip(ends)
        .map(|((status, at, message), end)| {
            fields! {
                "Status": *status,
                "StartTime": *at,
                "EndTime": end.or_else(|| one.ended(now)),
                "StatusMessage": *message,
            }
        })
        .collect()
}

/// `InputDataConfig`: a channel for each place.
pub(super) fn channels(one: &Job) -> Vec<Value> {
    let names = ["train", "validation", "test"];
    let channel = |(n, uri): (usize, &String)| {
        let name = names
            .get(n)
            .map_or_else(|| format!("channel-{}", n + 1), |name| (*name).to_owned());
        let source = fields! {
            "S3DataType": "S3Prefix",
            "S3Uri": uri,
            "S3DataDistributionType": "FullyReplicated",
        };
        fields! {
            "ChannelName": name,
            "DataSource": fields! { "S3DataSource": source },
            "CompressionType": "None",
            "RecordWrapperType": "None",
        }
    };
    one.inputs.iter().enumerate().map(channel).collect()
}

/// `ResourceConfig`
pub(super) fn resources(one: &Job) -> Value {
    fields! {
        "InstanceType": &one.instance_type,
        "InstanceCount": one.instances(),
        "VolumeSizeInGB": one.volume_gb,
        "KeepAlivePeriodInSeconds": (one.warm.keep_alive > 0).then_some(one.warm.keep_alive),
    }
}

/// `StoppingCondition`
pub(super) fn stopping(one: &Job) -> Value {
    fields! {
        "MaxRuntimeInSeconds": one.max_runtime_seconds,
        "MaxWaitTimeInSeconds": one.max_runtime_seconds.filter(|_| one.spot.is_some()),
    }
}

/// `UpdateTrainingJob`: changes the keep-alive period.
pub(crate) fn update(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("TrainingJobName")?;
    let config = context.input.need_child("ResourceConfig")?;
    let seconds = config.int("KeepAlivePeriodInSeconds")?;
    let seconds =
        seconds.ok_or_else(|| Failure::Missing(config.path("KeepAlivePeriodInSeconds")))?;
    let arn =
        context
            .simulation_mut()
            .keep_alive(context.region, name, seconds as u32, context.now)?;
    Ok(fields! { "TrainingJobArn": arn })
}
