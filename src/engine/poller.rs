//! One task per source: it polls the source at its cadence, one poll at a time, and sends the
//! reports.

use super::{
    backoff::{Backoff, Jitter},
    start_queue::{self, FirstPoll},
};
use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{
        Fault, FaultKind, Freshness, Location, PaneId, Report, ResourceKey, ResourceKind, SourceId,
    },
};
use futures_util::FutureExt;
use std::{
    collections::{BTreeSet, HashMap},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// The most sources of one profile in one region that are polled at the same time. There is no
/// limit over all of them: a region that never answers would hold the others up.
const MAX_CONCURRENT: usize = 8;
/// The longest poll. Requests, lists and helpers have limits of their own, which are shorter.
const MAX_POLL: Duration = Duration::from_mins(15);
/// The shortest time between two polls of one inventory, also while the waiter follows an action.
const MIN_GAP: Duration = Duration::from_secs(1);
/// Sources with at least this cadence are paid: a page of Cost Explorer costs $0.01.
const PAID_CADENCE: Duration = Duration::from_hours(1);
/// The time between the first polls of two sources.
const STAGGER: Duration = Duration::from_millis(20);
/// The most of these times before the first poll of a source whose turn it is.
const MAX_STEPS: u32 = start_queue::FIRST as u32;

/// Requests to one poller. A request during a poll waits for its end; several merge into one.
#[derive(Debug)]
struct PollRequest {
    source: SourceId,
    /// The kinds of the rows of its last inventory.
    kinds: Mutex<BTreeSet<ResourceKind>>,
    /// A poll costs money (Cost Explorer): only a request for its pane polls it.
    paid: bool,
    now: Notify,
    soon: Notify,
    /// Another source of the profile has an answer again after an outage.
    recovered: Notify,
}

impl PollRequest {
    /// Keeps the kinds of the rows of `report`.
    fn list_kinds(&self, report: &Report) {
        *self.kinds.lock().unwrap_or_else(PoisonError::into_inner) =
            report.rows.iter().map(|row| row.head.key.kind).collect();
    }
}

/// Sends requests to all pollers.
#[derive(Clone, Debug)]
pub(super) struct PollerHandle {
    sources: Arc<[Arc<PollRequest>]>,
}

impl PollerHandle {
    pub(super) fn new(sources: &[Box<dyn Source>]) -> Self {
        let request = |source: &dyn Source| {
            let paid = source.cadence().inventory >= PAID_CADENCE;
            Arc::new(PollRequest {
                source: source.id().clone(),
                kinds: Mutex::default(),
                paid,
                now: Notify::new(),
                soon: Notify::new(),
                recovered: Notify::new(),
            })
        };
        Self {
            sources: sources
                .iter()
                .map(|source| request(source.as_ref()))
                .collect(),
        }
    }

    /// Polls `pane`, or every source that is not paid, now.
    pub(super) fn refresh_now(&self, pane: Option<PaneId>) {
        for request in self
            .sources
            .iter()
            .filter(|request| pane.map_or(!request.paid, |pane| request.source.pane == pane))
        {
            request.now.notify_one();
        }
    }

    /// Polls the inventory that lists `key` again soon.
    pub(super) fn refresh_soon(&self, key: &ResourceKey) {
        for request in self.sources.iter() {
            let place = &request.source.place;
            let lists = request
                .kinds
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&key.kind);
            if lists && place.region == key.region && place.account == key.account {
                request.soon.notify_one();
            }
        }
    }

    /// Tells the sources of the profile of `source` that its outage is over.
    fn recover(&self, source: &SourceId) {
        let profile = &source.place.profile;
        for request in self.sources.iter() {
            if request.source.place.profile == *profile {
                request.recovered.notify_one();
            }
        }
    }
}

/// The context that all pollers share.
#[derive(Clone)]
pub(super) struct PollerContext {
    pub(super) clock: Clock,
    pub(super) tx: mpsc::Sender<Report>,
    pub(super) cancel: CancellationToken,
    gates: Gates,
}

/// The permits of each profile in each region.
type Gates = Arc<Mutex<HashMap<Location, Arc<Semaphore>>>>;

impl PollerContext {
    pub(super) fn new(clock: Clock, tx: mpsc::Sender<Report>, cancel: CancellationToken) -> Self {
        Self {
            clock,
            tx,
            cancel,
            gates: Gates::default(),
        }
    }

    fn gate(&self, place: &Location) -> Arc<Semaphore> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(place.clone());
        gate.or_insert_with(|| Arc::new(Semaphore::new(MAX_CONCURRENT)))
            .clone()
    }
}

/// Starts a poller for each source, in their order. Paid sources do not wait for their turn: they
/// take none of the request limits.
pub(super) fn start(
    sources: Vec<Box<dyn Source>>,
    pollers: &PollerHandle,
    context: &PollerContext,
    tasks: &mut JoinSet<()>,
) {
    let is_free = |source: &&Arc<PollRequest>| !source.paid;
    let count = pollers.sources.iter().filter(is_free).count();
    let (turns, queue) = start_queue::turns(count, context.cancel.clone());
    tasks.spawn(queue);
    let mut turns = turns.into_iter();
    let requests = pollers.sources.iter().cloned();
    for (index, (source, request)) in sources.into_iter().zip(requests).enumerate() {
        let turn = if request.paid { None } else { turns.next() };
        let (pollers, context) = (pollers.clone(), context.clone());
        tasks.spawn(async move {
            let first_poll = match turn {
                Some(turn) => match turn.wait().await {
                    None => return,
                    first_poll => first_poll,
                },
                None => None,
            };
            let delay = STAGGER * u32::try_from(index).unwrap_or(u32::MAX).min(MAX_STEPS);
            let begin = (Instant::now() + delay, first_poll);
            run(source, request, begin, &pollers, context).await;
        });
    }
}

/// Polls `source` from `first` on until shutdown.
async fn run(
    mut source: Box<dyn Source>,
    request: Arc<PollRequest>,
    (first, mut first_poll): (Instant, Option<FirstPoll>),
    pollers: &PollerHandle,
    shared: PollerContext,
) {
    let cadence = source.cadence();
    let mut jitter = Jitter::new();
    let mut inventory = Backoff::new(cadence.inventory, first);
    let mut metrics = Backoff::new(cadence.metrics, first);
    let mut is_listed = false;
    loop {
        let (kind, due) = if is_listed && metrics.due < inventory.due {
            (PollKind::Metrics, metrics.due)
        } else {
            (PollKind::Inventory, inventory.due)
        };
        tokio::select! {
            biased;
            () = shared.cancel.cancelled() => return,
            () = request.now.notified() => {
                source.refresh();
                inventory.refresh_now(Instant::now());
                metrics.refresh_now(Instant::now());
                continue;
            }
            () = request.soon.notified() => {
                inventory.refresh_after(Instant::now(), MIN_GAP);
                continue;
            }
            () = request.recovered.notified() => {
                inventory.recover(Instant::now(), MIN_GAP);
                metrics.recover(Instant::now(), MIN_GAP);
                continue;
            }
            () = tokio::time::sleep_until(due) => {}
        }
        let Some(report) = poll(source.as_mut(), kind, &shared).await else {
            return;
        };
        drop(first_poll.take());
        let backoff = match kind {
            PollKind::Inventory => &mut inventory,
            PollKind::Metrics => &mut metrics,
        };
        if record(backoff, kind, &report, &mut jitter) {
            pollers.recover(&report.source);
        }
        if kind == PollKind::Inventory {
            is_listed |= report.freshness.listed.is_some();
            request.list_kinds(&report);
        }
        if shared.tx.send(report).await.is_err() {
            return;
        }
    }
}

/// Sets when the next poll of this kind is due; returns whether an outage is over. A list that was
/// read in part continues soon.
fn record(backoff: &mut Backoff, kind: PollKind, report: &Report, jitter: &mut Jitter) -> bool {
    let is_over = backoff.record(Instant::now(), report.freshness.outcome, jitter);
    if kind == PollKind::Inventory && report.freshness.is_partial {
        backoff.refresh_after(Instant::now(), MIN_GAP);
    }
    is_over
}

/// One poll; `None` at shutdown. A panic, or a poll without an end, fails this poll of this source
/// only.
async fn poll(source: &mut dyn Source, kind: PollKind, shared: &PollerContext) -> Option<Report> {
    let id = source.id().clone();
    let gate = shared.gate(&id.place);
    let polling = async {
        let _permit = gate.acquire().await;
        let polling = AssertUnwindSafe(source.poll(kind)).catch_unwind();
        tokio::time::timeout(MAX_POLL, polling).await
    };
    let polled = tokio::select! {
        biased;
        () = shared.cancel.cancelled() => return None,
        polled = polling => polled,
    };
    let (kind, message) = match polled {
        Ok(Ok(report)) => return Some(report),
        Ok(Err(_)) => (
            FaultKind::Broken,
            "the collector failed; the log has the details",
        ),
        Err(_) => (FaultKind::Timeout, "no end after 15 minutes"),
    };
    let fault = Fault::new(kind, format!("spendtop:{}", id.pane), message);
    Some(Report {
        source: id,
        at: shared.clock.now(),
        ended: Vec::new(),
        rows: Vec::new(),
        complete: false,
        faults: vec![fault],
        notes: Vec::new(),
        costs: None,
        watch: None,
        freshness: Freshness::failed(None),
    })
}
