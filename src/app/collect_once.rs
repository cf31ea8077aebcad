//! Collects inventory and metrics of every source once, for commands that print and exit.

use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{Fault, FaultKind, Freshness, Report, SourceId},
};
use std::{
    collections::BTreeSet,
    io::{self, IsTerminal, Write},
    pin::pin,
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// Time that a one-shot command waits for its sources.
pub const TIMEOUT: Duration = Duration::from_secs(45);
/// Time for sources that AWS bills, where the command is about them: their answers are not asked
/// again for hours.
pub const PAID: Duration = Duration::from_mins(2);
/// Time for sources that AWS bills, where they only add to the rows.
pub const PAID_BESIDE: Duration = Duration::from_secs(30);
/// Time between two polls of a source that reads its rows in parts.
const GAP: Duration = Duration::from_secs(1);
/// Sources that are polled no more often than this are billed.
const SELDOM: Duration = Duration::from_hours(1);
/// Most sources that the message names.
const MOST_NAMED: usize = 6;
/// Time after which a silent command names the sources that it waits for: in a terminal, and
/// elsewhere, where a person may not be watching.
const SILENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(25));

/// The longest waits of a one-shot command.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// For sources that AWS does not bill.
    pub free: Duration,
    /// For sources that AWS bills.
    pub paid: Duration,
}

impl Waits {
    fn of(self, source: &dyn Source) -> Duration {
        if source.cadence().inventory >= SELDOM {
            self.paid
        } else {
            self.free
        }
    }
}

/// Collects two reports of each source, inventory and metrics, in order of arrival. A source that
/// does not answer in time contributes a report with a fault and no further rows. Names on stderr
/// the sources that it waits for.
pub async fn collect(sources: Vec<Box<dyn Source>>, waits: Waits, clock: &Clock) -> Vec<Report> {
    let mut readers = JoinSet::new();
    let mut pending = Vec::new();
    for source in sources {
        pending.push(source.id().clone());
        let timeout = waits.of(source.as_ref());
        readers.spawn(collect_source(source, timeout, clock.clone()));
    }
    let mut reports = Vec::new();
    let silence = if io::stderr().is_terminal() {
        SILENCE.0
    } else {
        SILENCE.1
    };
    let mut silence = pin!(sleep(silence));
    let mut is_silent = true;
    loop {
        tokio::select! {
            read = readers.join_next() => match read {
                None => return reports,
                Some(Ok((id, read))) => {
                    pending.retain(|other| *other != id);
                    reports.extend(read);
                }
                Some(Err(error)) => tracing::error!(%error, "a collector task failed"),
            },
            () = &mut silence, if is_silent => {
                is_silent = false;
                // A closed stderr is not an error.
                drop(writeln!(io::stderr(), "spendtop: {}", waiting(&pending)));
            }
        }
    }
}

/// `waiting for gpus in us-east-1, spend in us-east-1`.
fn waiting(pending: &[SourceId]) -> String {
    let names: BTreeSet<String> = pending
        .iter()
        .map(|id| format!("{} in {}", id.pane, id.place.region))
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    let rest = match names.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let named = &names[..names.len().min(MOST_NAMED)];
    format!("waiting for {}{rest}", named.join(", "))
}

async fn collect_source(
    mut source: Box<dyn Source>,
    timeout: Duration,
    clock: Clock,
) -> (SourceId, Vec<Report>) {
    let id = source.id().clone();
    let end = tokio::time::Instant::now() + timeout;
    let mut reports = Vec::with_capacity(2);
    for kind in [PollKind::Inventory, PollKind::Metrics] {
        let mut answer = tokio::time::timeout_at(end, source.poll(kind)).await;
        while let Ok(report) = &answer
            && kind == PollKind::Inventory
            && report.freshness.is_partial
        {
            // A source that runs out of time keeps the rows read so far.
            let next = async {
                sleep(GAP).await;
                source.poll(kind).await
            };
            let Ok(next) = tokio::time::timeout_at(end, next).await else {
                break;
            };
            answer = Ok(next);
        }
        if let Ok(report) = answer {
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
                ended: Vec::new(),
                rows: Vec::new(),
                complete: false,
                faults: vec![fault],
                notes: Vec::new(),
                costs: None,
                watch: None,
                freshness: Freshness::failed(None),
            });
            break;
        }
    }
    (id, reports)
}
