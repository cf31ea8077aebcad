//! Jobs: training, processing, batch transform, tuning.

pub(super) mod processing;
pub(super) mod training;
pub(super) mod transform;
pub(super) mod tuning;

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::mock::{
    protocol::{Failure, Value},
    simulation::{Job, JobKind, Simulation},
};

/// The jobs of a kind that match the request, in its order.
fn list_jobs<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
    kind: JobKind,
    order: Order,
) -> Result<Vec<&'w Job>, Failure> {
    let now = context.now;
    let facts = |one: &&Job| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.life.since(now),
        status: one.state(now).name(),
    };
    listing::filter_and_sort(
        context,
        simulation.jobs(kind, context.region, now),
        facts,
        "NameContains",
        order,
    )
}

/// `StopTrainingJob`, `StopProcessingJob` and `StopTransformJob`
pub(super) fn stop(context: &Context<'_>, kind: JobKind) -> Answer {
    let name = context.input.need_text(name_member(kind))?;
    context
        .simulation_mut()
        .stop_job(kind, context.region, name, context.now)?;
    Ok(Value::EMPTY)
}

/// The member of requests and answers that names a job.
fn name_member(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Training => "TrainingJobName",
        JobKind::Processing => "ProcessingJobName",
        JobKind::Transform => "TransformJobName",
    }
}

fn bucket(simulation: &Simulation, one: &Job) -> String {
    format!("s3://sagemaker-{}-{}/", one.region, simulation.account.id)
}
