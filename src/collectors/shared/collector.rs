//! Any pane as a source: keeps its typed items and signals, and erases them into a whole report
//! after every poll.
//!
//! After a failed poll the last known items stay, and the report says so (see [`Freshness`]). So do
//! metrics that could not be read again: their row has their time (see `CommonFields::as_of`).

use super::column::{Column, ColumnValue};
use crate::aws::api;
use crate::collectors::{Context, MetricReport, Pane, PollKind, Source};
use crate::domain::{
    Cadence, CommonField, Fault, FaultCause, FaultKind, FieldMeta, Freshness, PaneMeta,
    PollOutcome, Record, Report, SourceId, Timestamp, Visibility, WatchUse, pane::FieldSource,
};
use futures_util::future::BoxFuture;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Instant,
};

/// One pane in one place.
pub(crate) struct Collector<P: Pane> {
    pane: P,
    cx: Context,
    id: SourceId,
    /// Items and when each was read.
    items: BTreeMap<Arc<str>, (P::Item, Timestamp)>,
    signals: HashMap<Arc<str>, ItemMetrics<P::Metrics>>,
    /// The last look at the inventory saw everything.
    complete: bool,
    freshness: Freshness,
    listing: Vec<Fault>,
    measuring: Vec<Fault>,
}

/// The metrics of one item.
struct ItemMetrics<M> {
    metrics: M,
    read: Timestamp,
    /// A later read had more unread metrics than these.
    is_held: bool,
}

impl<P: Pane> Collector<P> {
    /// Nothing read yet.
    pub(crate) fn new(cx: Context) -> Self {
        let id = SourceId {
            pane: P::ID,
            place: cx.place().clone(),
        };
        Self {
            pane: P::default(),
            cx,
            id,
            items: BTreeMap::new(),
            signals: HashMap::new(),
            complete: false,
            freshness: Freshness::default(),
            listing: Vec::new(),
            measuring: Vec::new(),
        }
    }

    async fn list(&mut self) {
        let found = self.pane.inventory(&self.cx).await;
        let now = self.cx.clock.now();
        // AWS's word that there is nothing to read is an answer.
        let is_quiet = !found.faults.is_empty() && found.faults.iter().all(Fault::is_quiet);
        let has_rows = found.has_answer && !found.items.is_empty();
        self.freshness = if found.complete || has_rows || is_quiet {
            Freshness::listed(now)
        } else {
            Freshness::failed(self.freshness.listed)
        };
        self.freshness.is_partial = self.pane.is_partial();
        self.freshness.outcome = outcome(&found.faults, !self.freshness.is_failing);
        if found.complete {
            self.items.clear();
        }
        self.items.extend(
            found
                .items
                .into_iter()
                .map(|item| (P::id(&item), (item, now))),
        );
        self.complete = found.complete;
        self.listing = found.faults;
        self.signals.retain(|id, _| self.items.contains_key(id));
    }

    /// Reads the metrics; returns whether AWS gave all of some item's.
    async fn measure(&mut self) -> bool {
        self.freshness.is_new = false;
        self.freshness.outcome = PollOutcome::Good;
        let items: Vec<P::Item> = self.items.values().map(|(item, _)| item.clone()).collect();
        if items.is_empty() {
            self.measuring.clear();
            return false;
        }
        let MetricReport { signals, faults } = self.pane.metrics(&self.cx, &items).await;
        self.freshness.is_new = !signals.is_empty();
        let mut has_answered = faults.is_empty();
        for (id, metrics, asked) in signals {
            has_answered |= P::count_unread(&metrics) == 0;
            self.keep(id, metrics, asked);
        }
        self.freshness.outcome = outcome(&faults, has_answered);
        self.measuring = faults;
        has_answered
    }

    /// Stores `metrics` of the item `id`, unless the stored ones have fewer unread ones.
    fn keep(&mut self, id: Arc<str>, metrics: P::Metrics, read: Timestamp) {
        let unread = P::count_unread(&metrics);
        if let Some(known) = self.signals.get_mut(&id)
            && unread > P::count_unread(&known.metrics)
        {
            known.is_held = true;
            return;
        }
        let metrics = ItemMetrics {
            metrics,
            read,
            is_held: false,
        };
        self.signals.insert(id, metrics);
    }

    /// The row of `item`, which was listed at `listed`. Metrics that could not be read again do not
    /// count if the resource was started since.
    fn record(&self, id: &str, item: &P::Item, listed: Timestamp, now: Timestamp) -> Record {
        let known = self.signals.get(id);
        let row = |known: Option<&ItemMetrics<P::Metrics>>| {
            P::row(&self.cx, item, known.map(|known| &known.metrics), now)
        };
        let (mut head, mut cells) = row(known);
        head.measured_at = known.map(|known| known.read);
        if let Some(held) = known.filter(|known| known.is_held) {
            if head.since > Some(held.read) {
                (head, cells) = row(None);
            } else {
                head.as_of = Some(held.read);
            }
        }
        head.read_at = listed;
        let own = P::FIELDS.iter().filter_map(|field| match field.from {
            ColumnValue::Own(get) | ColumnValue::Paid(get) => Some(get(&cells)),
            ColumnValue::Head(_) => None,
        });
        Record {
            own: own.collect(),
            head,
        }
    }

    fn report(&mut self) -> Report {
        let now = self.cx.clock.now();
        let rows: Vec<Record> = self
            .items
            .iter()
            .map(|(id, (item, listed))| self.record(id, item, *listed, now))
            .collect();
        let burns = self.items.keys().zip(&rows);
        let burns = burns.filter_map(|(id, row)| Some((id.clone(), row.head.burn.rate()?)));
        self.cx.burns = Arc::new(burns.collect());
        let ended = self.pane.ended().into_iter();
        let ended = ended.map(|item| self.record(&P::id(&item), &item, now, now));
        let mut faults = self.listing.clone();
        for fault in &self.measuring {
            super::context::push_fault(&mut faults, fault.clone());
        }
        Report {
            source: self.id.clone(),
            at: now,
            ended: ended.collect(),
            rows,
            complete: self.complete,
            faults,
            notes: self.pane.notes(),
            costs: self.pane.costs(&self.cx).map(Box::new),
            freshness: self.freshness,
            watch: Some(Box::new(self.watch_use())),
        }
    }

    /// The cost of watching the account so far.
    fn watch_use(&self) -> WatchUse {
        let (calls, seconds) = self.cx.session.calls.account_use();
        WatchUse {
            seconds,
            calls,
            plan: self.cx.session.metrics.plan(),
        }
    }
}

/// The outcome of a poll with these `faults`; `has_answered`: AWS answered some of the requests.
fn outcome(faults: &[Fault], has_answered: bool) -> PollOutcome {
    let is_any = |predicate: fn(&Fault) -> bool| faults.iter().any(predicate);
    let passes = |fault: &Fault| {
        matches!(
            fault.kind,
            FaultKind::Throttled | FaultKind::Network | FaultKind::Timeout | FaultKind::Service
        )
    };
    let is_login = |fault: &Fault| {
        matches!(
            fault.kind,
            FaultKind::NoCredentials | FaultKind::BadCredentials
        )
    };
    if is_any(|fault| fault.cause == FaultCause::CredentialsPending) {
        PollOutcome::Pending
    } else if has_answered {
        if is_any(passes) {
            PollOutcome::Failed
        } else {
            PollOutcome::Good
        }
    } else if is_any(passes) || is_any(is_login) {
        PollOutcome::Outage
    } else if faults.is_empty() {
        PollOutcome::Good
    } else {
        PollOutcome::Failed
    }
}

impl<P: Pane> Source for Collector<P> {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn cadence(&self) -> Cadence {
        P::CADENCE
    }

    fn refresh(&mut self) {
        self.cx.session.credentials.refresh();
        self.cx.session.metrics.refresh();
    }

    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report> {
        Box::pin(api::restrict(P::NEEDS, async move {
            let started = Instant::now();
            let (faults, has_answered) = match what {
                PollKind::Inventory => {
                    self.list().await;
                    (&self.listing, self.freshness.is_new)
                }
                PollKind::Metrics => {
                    let has_answered = self.measure().await;
                    (&self.measuring, has_answered)
                }
            };
            let credentials = &self.cx.session.credentials;
            credentials.judge(faults, has_answered, started);
            self.report()
        }))
    }
}

/// The metadata of pane `P`.
pub(crate) fn meta<P: Pane>() -> PaneMeta {
    let named = |head: &CommonField| {
        P::FIELDS
            .iter()
            .any(|field| matches!(field.from, ColumnValue::Head(named) if named == *head))
    };
    let details = |heads: &'static [CommonField]| {
        heads
            .iter()
            .filter(|head| !named(head))
            .map(|head| erased(&Column::<P::Cells>::common(*head, Visibility::Detail), 0))
    };
    let mut fields = Vec::new();
    let mut own = 0;
    for field in P::FIELDS {
        fields.push(erased(field, own));
        match field.from {
            ColumnValue::Own(_) | ColumnValue::Paid(_) => own += 1,
            ColumnValue::Head(CommonField::Burn) => fields.extend(details(P::MONEY)),
            ColumnValue::Head(_) => {}
        }
    }
    fields.extend(details(P::IDENTITY));
    PaneMeta {
        id: P::ID,
        title: P::TITLE,
        doc: P::DOC,
        kinds: P::KINDS,
        fields,
        operations: P::OPERATIONS,
        needs: P::NEEDS.iter().map(|api| api.iam_action()).collect(),
        cadence: P::CADENCE,
        scope: P::SCOPE,
        sort: P::SORT,
        tile: P::TILE,
        is_bill: P::IS_BILL,
        has_contributors: P::HAS_CONTRIBUTORS,
        chart: P::CHART,
        grouping: P::GROUPING,
    }
}

/// `field`, which is the `own`th of the pane's own if it is one.
fn erased<R>(field: &Column<R>, own: usize) -> FieldMeta {
    field.with_source(match field.from {
        ColumnValue::Head(head) => FieldSource::Head(head),
        ColumnValue::Own(_) => FieldSource::Own(own),
        ColumnValue::Paid(_) => FieldSource::Paid(own),
    })
}
