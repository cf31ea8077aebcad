//! Batch transform jobs.

use super::super::listing::{self, Order};
use super::{Answer, Context, bucket};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Value, value::fields},
        simulation::{Job, JobKind, JobState},
    },
};

/// `ListTransformJobs`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let listed = super::list_jobs(context, &simulation, JobKind::Transform, Order::Newest)?;
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "TransformJobSummaries",
        |one| {
            let mut out = summary(one, now);
            out.set("LastModifiedTime", one.life.since(now));
            out
        },
    )
}

fn summary(one: &Job, now: Timestamp) -> Value {
    fields! {
        "TransformJobName": &one.name,
        "TransformJobArn": &one.arn,
        "CreationTime": one.created,
        "TransformEndTime": one.ended(now),
        "TransformJobStatus": one.state(now).name(),
        "FailureReason": (one.state(now) == JobState::Failed).then_some(&one.failure_reason),
    }
}

/// `DescribeTransformJob`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("TransformJobName")?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.job(JobKind::Transform, context.region, name, now)?;
    let source = fields! { "S3DataType": "S3Prefix", "S3Uri": one.inputs.first().cloned() };
    let input = fields! {
        "DataSource": fields! { "S3DataSource": source },
        "ContentType": "application/json",
        "SplitType": "Line",
    };
    let mut out = summary(one, now);
    out.set_all(fields! {
        "ModelName": one.model.clone(),
        "TransformInput": input,
        "TransformOutput": fields! { "S3OutputPath": bucket(&simulation, one) },
        "TransformResources": fields! {
            "InstanceType": &one.instance_type,
            "InstanceCount": one.instances(),
        },
        "TransformStartTime": one.started().filter(|at| *at <= now),
    });
    Ok(out)
}
