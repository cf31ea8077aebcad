//! One task a source: reads it at its cadence, never twice at once, and tells what it read.

use super::backoff::{Backoff, Jitter};
use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{Fault, FaultKind, Freshness, PaneId, Report, ResourceKey, ResourceKind, SourceId},
};
use futures_util::FutureExt;
use std::{
    collections::BTreeSet,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// How many sources are read at the same time.
const AT_ONCE: usize = 8;
/// Two readings of one inventory are at least so far apart, even while an action on it is watched.
const BURST_GAP: Duration = Duration::from_secs(1);
/// Sources that are asked no oftener than this have their reason: a page of Cost Explorer costs
/// $0.01.
const SELDOM: Duration = Duration::from_hours(1);
/// The first readings start so far apart.
const STAGGER: Duration = Duration::from_millis(20);

/// What can be asked of one poller from outside. A request made while a poll is under way is kept;
/// ten are one.
#[derive(Debug)]
struct PollRequest {
    source: SourceId,
    /// The sorts of rows its last reading had.
    kinds: Mutex<BTreeSet<ResourceKind>>,
    /// Asking costs money (Cost Explorer): only who asks for its pane has it asked.
    paid: bool,
    now: Notify,
    burst: Notify,
}

/// The knobs of all pollers.
#[derive(Clone, Debug)]
pub(super) struct PollerHandle {
    sources: Arc<[Arc<PollRequest>]>,
}

impl PollerHandle {
    pub(super) fn new(sources: &[Box<dyn Source>]) -> Self {
        let knob = |source: &dyn Source| {
            let paid = source.cadence().inventory >= SELDOM;
            Arc::new(PollRequest {
                source: source.id().clone(),
                kinds: Mutex::default(),
                paid,
                now: Notify::new(),
                burst: Notify::new(),
            })
        };
        Self {
            sources: sources.iter().map(|source| knob(source.as_ref())).collect(),
        }
    }

    /// Read `pane`, or everything that costs nothing to list, now.
    pub(super) fn refresh_now(&self, pane: Option<PaneId>) {
        for knob in self
            .sources
            .iter()
            .filter(|knob| pane.map_or(!knob.paid, |pane| knob.source.pane == pane))
        {
            knob.now.notify_one();
        }
    }

    /// Read the inventory that lists `key` again soon.
    pub(super) fn refresh_soon(&self, key: &ResourceKey) {
        for knob in self.sources.iter() {
            let place = &knob.source.place;
            let lists = knob
                .kinds
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&key.kind);
            if lists && place.region == key.region && place.account == key.account {
                knob.burst.notify_one();
            }
        }
    }
}

/// What all pollers share.
#[derive(Clone)]
pub(super) struct PollerContext {
    pub(super) clock: Clock,
    pub(super) tx: mpsc::Sender<Report>,
    pub(super) cancel: CancellationToken,
    gate: Arc<Semaphore>,
}

impl PollerContext {
    pub(super) fn new(clock: Clock, tx: mpsc::Sender<Report>, cancel: CancellationToken) -> Self {
        Self {
            clock,
            tx,
            cancel,
            gate: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

/// Polls `source`, the `place`th of all, until the console leaves.
pub(super) async fn run(
    mut source: Box<dyn Source>,
    knobs: PollerHandle,
    place: usize,
    shared: PollerContext,
) {
    let Some(knob) = knobs.sources.get(place).cloned() else {
        return;
    };
    let cadence = source.cadence();
    let first = Instant::now() + STAGGER * u32::try_from(place).unwrap_or(u32::MAX).min(50);
    let mut dice = Jitter::new();
    let mut inventory = Backoff::new(cadence.inventory, first);
    let mut metrics = Backoff::new(cadence.metrics, first);
    let mut listed = false;
    loop {
        let what = if listed && metrics.due < inventory.due {
            PollKind::Metrics
        } else {
            PollKind::Inventory
        };
        let due = if what == PollKind::Metrics {
            metrics.due
        } else {
            inventory.due
        };
        tokio::select! {
            biased;
            () = shared.cancel.cancelled() => return,
            () = knob.now.notified() => {
                inventory.hurry(Instant::now());
                metrics.hurry(Instant::now());
                continue;
            }
            () = knob.burst.notified() => {
                inventory.sooner(Instant::now(), BURST_GAP);
                continue;
            }
            () = tokio::time::sleep_until(due) => {}
        }
        let Some(report) = read(source.as_mut(), what, &shared).await else {
            return;
        };
        let failed = failed(&report);
        match what {
            PollKind::Inventory => {
                inventory.done(Instant::now(), failed, &mut dice);
                listed |= !failed;
                *knob.kinds.lock().unwrap_or_else(PoisonError::into_inner) =
                    report.rows.iter().map(|row| row.head.key.kind).collect();
            }
            PollKind::Metrics => metrics.done(Instant::now(), failed, &mut dice),
        }
        if shared.tx.send(report).await.is_err() {
            return;
        }
    }
}

/// One reading; `None` when the console leaves. A reader that panics costs its source this reading,
/// nobody else anything.
async fn read(source: &mut dyn Source, what: PollKind, shared: &PollerContext) -> Option<Report> {
    let id = source.id().clone();
    let reading = async {
        let _permit = shared.gate.acquire().await;
        AssertUnwindSafe(source.poll(what)).catch_unwind().await
    };
    let read = tokio::select! {
        biased;
        () = shared.cancel.cancelled() => return None,
        read = reading => read,
    };
    Some(read.unwrap_or_else(|_| {
        let fault = Fault::new(
            FaultKind::Broken,
            format!("spendtop:{}", id.pane),
            "the reader failed; the log has the details",
        );
        Report {
            source: id,
            at: shared.clock.now(),
            rows: Vec::new(),
            complete: false,
            faults: vec![fault],
            costs: None,
            freshness: Freshness::failed(None),
        }
    }))
}

/// Whether to ask less often: nothing could be read, or the service is in trouble. One denied call
/// beside good rows is no reason.
fn failed(report: &Report) -> bool {
    let in_trouble = |fault: &Fault| {
        matches!(
            fault.kind,
            FaultKind::Throttled | FaultKind::Network | FaultKind::Timeout | FaultKind::Service
        )
    };
    report.faults.iter().any(in_trouble)
        || (!report.complete && report.rows.is_empty() && !report.faults.is_empty())
}
