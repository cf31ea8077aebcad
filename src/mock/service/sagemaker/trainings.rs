//! Training jobs.
//!
//! Must not know encodings.

use super::{
    super::{Answer, Context},
    listing::{self, Facts, Order},
};
use crate::{
    domain::Stamp,
    mock::{
        wire::{Node, node::fields},
        world::Training,
    },
};

const STATUSES: &[&str] = &["InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting"];

/// `ListTrainingJobs`
pub fn list(context: &Context<'_>) -> Answer {
    let (world, now) = (context.world(), context.now);
    let facts = |one: &&Training| Facts {
        name: one.name.clone(),
        created: one.created,
        modified: one.life.since(now),
        status: one.state(now).name(),
    };
    let mut listed = listing::arrange(context, world.trainings(context.region, now), facts, "NameContains", STATUSES, Order::Oldest)?;
    if context.input.one_of("WarmPoolStatusEquals", &["Available", "Terminated", "Reused", "InUse"])?.is_some() {
        listed.clear();
    }
    let page = listing::page(context, listed, |one| one.name.clone())?;
    let items: Vec<Node> = page.items.into_iter().map(|one| summary(one, now)).collect();
    Ok(fields! { "TrainingJobSummaries": items, "NextToken": page.next })
}

fn summary(one: &Training, now: Stamp) -> Node {
    fields! {
        "TrainingJobName": &one.name,
        "TrainingJobArn": &one.arn,
        "CreationTime": one.created,
        "TrainingEndTime": one.ended(now),
        "LastModifiedTime": one.life.since(now),
        "TrainingJobStatus": one.state(now).name(),
    }
}

/// `DescribeTrainingJob`
pub fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_name("TrainingJobName", 63)?;
    let (world, now) = (context.world(), context.now);
    let one = world.training(context.region, name, now)?;
    let ended = one.ended(now);
    let ran = ended.unwrap_or(now).duration_since(one.started()).as_secs().max(0);
    let status = one.state(now).name();
    let mut out = summary(one, now);
    out.set("SecondaryStatus", if status == "InProgress" { "Training" } else { status });
    out.set("FailureReason", one.failure_reason.clone().filter(|_| status == "Failed"));
    out.set("AlgorithmSpecification", fields! { "TrainingImage": &one.image, "TrainingInputMode": "File" });
    out.set("RoleArn", format!("arn:aws:iam::{}:role/service-role/AmazonSageMaker-ExecutionRole", world.account.id));
    out.set("OutputDataConfig", fields! { "S3OutputPath": format!("s3://sagemaker-{}-{}/", one.region, world.account.id) });
    out.set("ResourceConfig", fields! { "InstanceType": &one.instance_type, "InstanceCount": one.instances, "VolumeSizeInGB": 100_u32 });
    out.set("StoppingCondition", fields! { "MaxRuntimeInSeconds": one.max_runtime_seconds });
    out.set("TrainingStartTime", Some(one.started()).filter(|at| *at <= now));
    out.set("TrainingTimeInSeconds", ended.map(|_| ran));
    out.set("BillableTimeInSeconds", ended.map(|_| if one.spot { ran * 3 / 10 } else { ran }));
    out.set("EnableManagedSpotTraining", one.spot);
    out.set("EnableNetworkIsolation", false);
    Ok(out)
}

/// `StopTrainingJob`
pub fn stop(context: &Context<'_>) -> Answer {
    let name = context.input.need_name("TrainingJobName", 63)?;
    context.change().stop_training(context.region, name, context.now)?;
    Ok(Node::EMPTY)
}
