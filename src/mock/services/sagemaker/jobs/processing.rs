//! Processing jobs.

use super::super::{
    execution_role,
    listing::{self, Order},
};
use super::{Answer, Context, bucket};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Value, value::fields},
        simulation::{Job, JobKind, JobState},
    },
};

/// `ListProcessingJobs`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let listed = super::list_jobs(context, &simulation, JobKind::Processing, Order::Oldest)?;
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "ProcessingJobSummaries",
        |one| summary(one, now),
    )
}

fn summary(one: &Job, now: Timestamp) -> Value {
    let state = one.state(now);
    fields! {
        "ProcessingJobName": &one.name,
        "ProcessingJobArn": &one.arn,
        "CreationTime": one.created,
        "ProcessingEndTime": one.ended(now),
        "LastModifiedTime": one.life.since(now),
        "ProcessingJobStatus": state.name(),
        "FailureReason": (state == JobState::Failed).then_some(&one.failure_reason),
        "ExitMessage": (state == JobState::Stopped && one.exceeded_limit())
            .then_some("MaxRuntimeExceeded"),
    }
}

/// `DescribeProcessingJob`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("ProcessingJobName")?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.job(JobKind::Processing, context.region, name, now)?;
    let input = |(n, uri): (usize, &String)| {
        let local = format!("/opt/ml/processing/input-{}", n + 1);
        let s3 = fields! {
            "S3Uri": uri,
            "LocalPath": local,
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        };
        fields! { "InputName": format!("input-{}", n + 1), "AppManaged": false, "S3Input": s3 }
    };
    let cluster = fields! {
        "InstanceType": &one.instance_type,
        "InstanceCount": one.instances(),
        "VolumeSizeInGB": one.volume_gb,
    };
    let output = fields! {
        "S3Uri": bucket(&simulation, one),
        "LocalPath": "/opt/ml/processing/output",
        "S3UploadMode": "EndOfJob",
    };
    let mut out = summary(one, now);
    out.set_all(fields! {
        "ProcessingInputs": one
            .inputs
            .iter()
            .enumerate()
            .map(input)
            .collect::<Vec<Value>>(),
        "ProcessingOutputConfig": fields! {
            "Outputs": vec![fields! { "OutputName": "output", "S3Output": output }],
        },
        "ProcessingResources": fields! { "ClusterConfig": cluster },
        "StoppingCondition": fields! { "MaxRuntimeInSeconds": one.max_runtime_seconds },
        "AppSpecification": fields! { "ImageUri": &one.image },
        "RoleArn": execution_role(&simulation),
        "ProcessingStartTime": one.started().filter(|at| *at <= now),
    });
    Ok(out)
}
