//! Reads every source once, inventory and metrics, for commands that print and end.

use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{Fault, FaultKind, Report},
};
use std::time::Duration;
use tokio::task::JoinSet;

/// The longest a one-shot command waits for its sources.
pub const LIMIT: Duration = Duration::from_secs(45);

/// The reports of `sources`, two each (inventory, then metrics), in the order they came. A source
/// that has not answered within `limit` is reported with a fault, and without rows beyond those it
/// already told.
pub async fn gather(sources: Vec<Box<dyn Source>>, limit: Duration, clock: &Clock) -> Vec<Report> {
    let mut readers = JoinSet::new();
    for source in sources {
        readers.spawn(read(source, limit, clock.clone()));
    }
    let mut reports = Vec::new();
    while let Some(read) = readers.join_next().await {
        match read {
            Ok(read) => reports.extend(read),
            Err(error) => tracing::error!(%error, "a reader broke off"),
        }
    }
    reports
}

async fn read(mut source: Box<dyn Source>, limit: Duration, clock: Clock) -> Vec<Report> {
    let id = source.id().clone();
    let end = tokio::time::Instant::now() + limit;
    let mut reports = Vec::with_capacity(2);
    for what in [PollKind::Inventory, PollKind::Metrics] {
        if let Ok(report) = tokio::time::timeout_at(end, source.poll(what)).await {
            let lost = !report.complete && report.rows.is_empty();
            reports.push(report);
            if lost {
                break;
            }
        } else {
            let operation = format!("spendtop:{}", id.pane);
            let fault = Fault::new(
                FaultKind::Timeout,
                operation,
                format!("no answer within {} s", limit.as_secs()),
            );
            reports.push(Report {
                source: id.clone(),
                at: clock.now(),
                rows: Vec::new(),
                complete: false,
                faults: vec![fault],
                costs: None,
            });
            break;
        }
    }
    reports
}
