//! Any pane as a source: keeps its typed items and signals, and erases them into a whole report
//! after every poll.
//!
//! A failed poll keeps what was known, and its report says so (see [`Freshness`]).

use super::column::{Column, ColumnValue};
use crate::aws::{Api, api};
use crate::collectors::{Context, MetricReport, Pane, PollKind, Source};
use crate::domain::{
    Cadence, CommonField, Fault, FaultKind, FieldMeta, Freshness, PaneMeta, Record, Report,
    SourceId, Timestamp, Visibility, pane::FieldSource,
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
    signals: HashMap<Arc<str>, P::Metrics>,
    /// The last look at the inventory saw everything.
    complete: bool,
    freshness: Freshness,
    listing: Vec<Fault>,
    measuring: Vec<Fault>,
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
        self.freshness = if found.complete || !found.items.is_empty() || is_quiet {
            Freshness::listed(now)
        } else {
            Freshness::failed(self.freshness.listed)
        };
        self.freshness.is_partial = self.pane.is_partial();
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

    async fn measure(&mut self) {
        self.freshness.is_new = false;
        let items: Vec<P::Item> = self.items.values().map(|(item, _)| item.clone()).collect();
        if items.is_empty() {
            self.measuring.clear();
            return;
        }
        let MetricReport { signals, faults } = self.pane.metrics(&self.cx, &items).await;
        if faults.iter().any(hides_metrics) {
            // What was measured before says more than a request that brought nothing.
            for (id, signal) in signals {
                self.signals.entry(id).or_insert(signal);
            }
        } else {
            self.signals.extend(signals);
            self.freshness.is_new = true;
        }
        self.measuring = faults;
    }

    fn report(&self) -> Report {
        let now = self.cx.clock.now();
        let rows = self
            .items
            .iter()
            .map(|(id, (item, read))| {
                let (mut head, row) = P::row(&self.cx, item, self.signals.get(id), now);
                head.read_at = *read;
                let own = P::FIELDS.iter().filter_map(|field| match field.from {
                    ColumnValue::Own(get) => Some(get(&row)),
                    ColumnValue::Head(_) => None,
                });
                Record {
                    own: own.collect(),
                    head,
                }
            })
            .collect();
        let mut faults = self.listing.clone();
        for fault in &self.measuring {
            super::context::push_fault(&mut faults, fault.clone());
        }
        Report {
            source: self.id.clone(),
            at: now,
            rows,
            complete: self.complete,
            faults,
            notes: self.pane.notes(),
            costs: self.pane.costs(&self.cx).map(Box::new),
            freshness: self.freshness,
        }
    }
}

/// Whether `fault` left metrics unread that the next poll may bring: the identity may read them,
/// and the service is offered.
fn hides_metrics(fault: &Fault) -> bool {
    *fault.operation == *Api::CloudWatchGetMetricData.iam_action()
        && !matches!(fault.kind, FaultKind::Denied | FaultKind::Unavailable)
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
    }

    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report> {
        Box::pin(api::restrict(P::NEEDS, async move {
            let started = Instant::now();
            let faults = match what {
                PollKind::Inventory => {
                    self.list().await;
                    &self.listing
                }
                PollKind::Metrics => {
                    self.measure().await;
                    &self.measuring
                }
            };
            let credentials = &self.cx.session.credentials;
            credentials.judge(faults, self.freshness.is_new, started);
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
            ColumnValue::Own(_) => own += 1,
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
    })
}
