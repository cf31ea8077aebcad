//! Collects inventory and metrics of every source once, for commands that print and exit.

use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{Fault, FaultKind, Freshness, Report},
};
use std::time::Duration;
use tokio::task::JoinSet;

/// Time that a one-shot command waits for its sources.
pub const TIMEOUT: Duration = Duration::from_secs(45);
/// More time for sources that AWS bills: their answers are not asked again for hours.
const PAID: Duration = Duration::from_secs(75);
/// Sources that are polled no more often than this are billed.
const SELDOM: Duration = Duration::from_hours(1);

/// Collects two reports of each source, inventory and metrics, in order of arrival. A source that
/// does not answer within `timeout` contributes a report with a fault and no further rows.
pub async fn collect(
    sources: Vec<Box<dyn Source>>,
    timeout: Duration,
    clock: &Clock,
) -> Vec<Report> {
    let mut readers = JoinSet::new();
    for source in sources {
        readers.spawn(collect_source(source, timeout, clock.clone()));
    }
    let mut reports = Vec::new();
    while let Some(read) = readers.join_next().await {
        match read {
            Ok(read) => reports.extend(read),
            Err(error) => tracing::error!(%error, "a collector task failed"),
        }
    }
    reports
}

async fn collect_source(
    mut source: Box<dyn Source>,
    timeout: Duration,
    clock: Clock,
) -> Vec<Report> {
    let id = source.id().clone();
    let is_paid = source.cadence().inventory >= SELDOM;
    let timeout = timeout + if is_paid { PAID } else { Duration::ZERO };
    let end = tokio::time::Instant::now() + timeout;
    let mut reports = Vec::with_capacity(2);
    for kind in [PollKind::Inventory, PollKind::Metrics] {
        if let Ok(report) = tokio::time::timeout_at(end, source.poll(kind)).await {
            let failed = report.freshness.is_failing;
            reports.push(report);
            if failed {
                break;
            }
        } else {
            let operation = format!("spendtop:{}", id.pane);
            let fault = Fault::new(
                FaultKind::Timeout,
                operation,
                format!("no answer within {} s", timeout.as_secs()),
            );
            reports.push(Report {
                source: id.clone(),
                at: clock.now(),
                rows: Vec::new(),
                complete: false,
                faults: vec![fault],
                notes: Vec::new(),
                costs: None,
                freshness: Freshness::failed(None),
            });
            break;
        }
    }
    reports
}
