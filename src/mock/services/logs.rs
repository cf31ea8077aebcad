//! CloudWatch Logs: the streams that notebook instances write, read only.

use super::{Answer, Context, Operations};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Error, Value, value::fields},
        simulation::{Notebook, after},
    },
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[("DescribeLogStreams", streams)];

/// The log group of notebook instances (SageMaker Developer Guide, "Log groups and streams that
/// Amazon SageMaker AI sends to Amazon CloudWatch Logs").
const NOTEBOOKS: &str = "/aws/sagemaker/NotebookInstances";
/// CPU utilisation in percent from which the Jupyter server writes.
const MIN_LOGGED_PERCENT: f64 = 5.0;
/// Seconds between two looks at the load, and looks back.
const STEP: i64 = 900;
const STEPS: i64 = 7 * 96;

/// `DescribeLogStreams`
fn streams(context: &Context<'_>) -> Answer {
    let group = context.input.text("logGroupName")?.unwrap_or_default();
    let simulation = context.simulation();
    let notebooks = simulation.notebooks(context.region, context.now);
    if group != NOTEBOOKS || notebooks.is_empty() {
        return Err(Error::new(
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )
        .into());
    }
    let prefix = context
        .input
        .text("logStreamNamePrefix")?
        .unwrap_or_default();
    let mut streams: Vec<(String, &Notebook)> = notebooks
        .into_iter()
        .map(|one| (format!("{}/jupyter.log", one.name), one))
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    streams.sort_by(|one, other| one.0.cmp(&other.0));
    let page = context.page(streams, ("nextToken", "limit"), 50, |(name, _)| {
        name.clone()
    })?;
    let account = &simulation.account.id;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(name, one)| {
            let last = last_line(one, context.now);
            fields! {
                "logStreamName": name,
                "creationTime": one.created.as_millisecond(),
                "firstEventTimestamp": one.created.as_millisecond(),
                "lastEventTimestamp": last.as_millisecond(),
                "lastIngestionTime": last.as_millisecond(),
                "uploadSequenceToken": "49000000000000000000000000000000000000000000000000000000",
                "arn": format!(
                    "arn:aws:logs:{}:{account}:log-group:{NOTEBOOKS}:log-stream:{name}",
                    context.region
                ),
                "storedBytes": 0,
            }
        })
        .collect();
    Ok(fields! { "logStreams": items, "nextToken": page.next })
}

/// The time of the last line: when a person last worked, or else the start of the server.
fn last_line(one: &Notebook, now: Timestamp) -> Timestamp {
    let start = one.modified(now);
    (0..STEPS)
        .map(|step| after(now, -((step * STEP) as f64)))
        .take_while(|at| *at > start)
        .find(|at| one.cpu.at(*at) >= MIN_LOGGED_PERCENT)
        .unwrap_or(start)
}
