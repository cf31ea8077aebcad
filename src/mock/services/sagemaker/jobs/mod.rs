//! Jobs: training, processing, batch transform, tuning.

pub mod processing;
pub mod training;
pub mod transform;
pub mod tuning;

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::mock::{
    protocol::{Failure, Value},
    simulation::{Job, JobKind, Simulation},
};

const STATUSES: &[&str] = &["InProgress", "Completed", "Failed", "Stopping", "Stopped"];

/// The jobs of a kind that the request asks for, in its order.
fn list_jobs<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
    kind: JobKind,
    statuses: &[&'static str],
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
        statuses,
        order,
    )
}

/// Stops the job that the request names.
fn stop(context: &Context<'_>, kind: JobKind, member: &str) -> Answer {
    let name = context.input.need_name(member, 63)?;
    context
        .simulation_mut()
        .stop_job(kind, context.region, name, context.now)?;
    Ok(Value::EMPTY)
}

fn role(simulation: &Simulation) -> String {
    format!(
        "arn:aws:iam::{}:role/service-role/AmazonSageMaker-ExecutionRole",
        simulation.account.id
    )
}

fn bucket(simulation: &Simulation, one: &Job) -> String {
    format!("s3://sagemaker-{}-{}/", one.region, simulation.account.id)
}
