//! The store: the reports of every source, judged by the rules, with their sums.

use super::{
    Health, Totals,
    burn_history::burn_by_start,
    discount_table::DiscountTable,
    source_table::{JudgedRow, RuleInputs, SourceTable},
    sources::name_account,
    sums::Sums,
};
use crate::{
    domain::{
        Costs, Discount, PaneId, PaneMeta, Record, Report, ResourceKey, Series, SourceId,
        Timestamp, UNKNOWN_ACCOUNT, WatchUse,
    },
    rules::{Finding, Thresholds, Verdict},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Rows, health, findings and bills of all sources. A clone shares everything that does not
/// change, so a snapshot costs no more with many rows than with few.
#[derive(Clone, Debug)]
pub struct Store {
    panes: Arc<[PaneMeta]>,
    pub(super) thresholds: Thresholds,
    pub(super) tables: BTreeMap<SourceId, Arc<SourceTable>>,
    findings: Arc<[Finding]>,
    pub(super) costs: Vec<Costs>,
    pub(super) discounts: DiscountTable,
    burn_by_start: Arc<Series>,
    sums: Arc<Sums>,
    /// The cost of watching each account.
    watch: BTreeMap<Arc<str>, Arc<WatchUse>>,
}

impl Store {
    /// An empty store of `panes`; findings are judged by `thresholds`.
    pub fn new(panes: Arc<[PaneMeta]>, thresholds: Thresholds) -> Self {
        Self {
            panes,
            thresholds,
            tables: BTreeMap::new(),
            findings: [].into(),
            costs: Vec::new(),
            discounts: DiscountTable::default(),
            burn_by_start: Arc::new(Series::empty(Timestamp::UNIX_EPOCH, 3600, 0)),
            sums: Arc::new(Sums::empty()),
            watch: BTreeMap::new(),
        }
    }

    /// The cost of watching, by account.
    pub fn watch(&self) -> &BTreeMap<Arc<str>, Arc<WatchUse>> {
        &self.watch
    }

    /// The store with the discounts that the configuration sets.
    #[must_use]
    pub fn with_discounts(self, configured: Vec<Discount>) -> Self {
        Self {
            discounts: DiscountTable::configured(configured),
            ..self
        }
    }

    /// Applies a report at `now`: its rows, its source's health, its rows' findings.
    pub fn apply(&mut self, report: Report, now: Timestamp) {
        let mut report = self.settle_account(report);
        if let Some(costs) = report.costs.take() {
            self.take_costs(*costs);
        }
        if let Some(watch) = report.watch.take() {
            self.watch
                .insert(report.source.place.account.clone(), Arc::from(watch));
        }
        let held = self.rows_of_other_sources(&report, now);
        self.take_over(&report, &held);
        let table = self
            .tables
            .entry(report.source.clone())
            .or_insert_with(|| Arc::new(SourceTable::new(report.at)));
        Arc::make_mut(table).apply(
            report,
            &held,
            &RuleInputs {
                thresholds: &self.thresholds,
                discounts: &self.discounts,
            },
            now,
        );
        self.refresh(now);
    }

    fn refresh(&mut self, now: Timestamp) {
        self.apply_discounts();
        self.apply_prepaid(now);
        self.apply_price_estimates(now);
        self.complete_bill(now);
        let mut findings: Vec<Finding> = self
            .tables
            .values()
            .flat_map(|table| table.findings())
            .cloned()
            .collect();
        findings.sort_by(Finding::by_rank);
        self.findings = findings.into();
        self.burn_by_start = Arc::new(burn_by_start(now, self.records()));
        self.sums = Arc::new(Sums::of(self, now));
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.tables.values().flat_map(|table| table.records())
    }

    fn of(&self, pane: PaneId) -> impl Iterator<Item = (&SourceId, &Arc<SourceTable>)> {
        self.tables
            .iter()
            .filter(move |(source, _)| source.pane == pane)
    }

    fn row(&self, key: &ResourceKey) -> Option<(&SourceId, &JudgedRow)> {
        self.tables
            .iter()
            .find_map(|(source, table)| Some((source, table.row(key)?)))
    }

    /// All panes, in tab order.
    pub fn panes(&self) -> &Arc<[PaneMeta]> {
        &self.panes
    }

    /// The pane named `id`.
    pub fn pane(&self, id: &str) -> Option<&PaneMeta> {
        self.panes.iter().find(|pane| pane.id == id)
    }

    /// The rows of a pane, in no order of interest.
    pub fn rows(&self, pane: PaneId) -> impl Iterator<Item = &Arc<Record>> {
        self.of(pane).flat_map(|(_, table)| table.records())
    }

    /// The ended rows of a pane whose costs the store still has.
    pub(super) fn ended_of(&self, pane: PaneId) -> impl Iterator<Item = &Arc<Record>> {
        self.of(pane)
            .flat_map(|(_, table)| table.ended())
            .filter(|record| self.record(&record.head.key).is_none())
    }

    /// One row.
    pub fn record(&self, key: &ResourceKey) -> Option<&Arc<Record>> {
        self.row(key).map(|(_, row)| &row.record)
    }

    /// The pane a row is in.
    pub fn pane_of(&self, key: &ResourceKey) -> Option<PaneId> {
        self.row(key).map(|(source, _)| source.pane)
    }

    /// The verdicts of every rule on a row; empty if no rule applies.
    pub fn verdicts(&self, key: &ResourceKey) -> &[Verdict] {
        self.row(key).map_or(&[], |(_, row)| &row.verdicts)
    }

    /// All findings, the most expensive first.
    pub fn findings(&self) -> &Arc<[Finding]> {
        &self.findings
    }

    /// Sums by pane; the waste of the rows in `snoozed` is summed apart.
    pub(super) fn totals(&self, snoozed: &BTreeSet<ResourceKey>) -> BTreeMap<PaneId, Totals> {
        let mut totals: BTreeMap<PaneId, Totals> = BTreeMap::new();
        for (source, table) in &self.tables {
            totals
                .entry(source.pane)
                .or_default()
                .add(&table.totals(snoozed));
        }
        totals
    }

    /// Dollars per hour of the rows that run now, by the hour they started.
    pub fn burn_by_start(&self) -> &Series {
        &self.burn_by_start
    }

    /// The sums as of the last report; computed again if they are too old to show at `now`.
    pub fn sums(&self, now: Timestamp) -> Arc<Sums> {
        if self.has_answers() && self.sums.is_stale(now) {
            Arc::new(Sums::of(self, now))
        } else {
            self.sums.clone()
        }
    }

    /// The health of each source of a pane.
    pub fn health(&self, pane: PaneId) -> Vec<(&SourceId, &Health)> {
        self.of(pane)
            .map(|(source, table)| (source, &table.health))
            .collect()
    }

    /// The sources with rows that are billed, and their health.
    pub fn burn_sources(&self) -> impl Iterator<Item = (&SourceId, &Health)> {
        self.tables
            .iter()
            .filter(|(_, table)| table.is_billed())
            .map(|(source, table)| (source, &table.health))
    }

    /// Whether no source of the pane has answered or failed yet.
    pub fn loading(&self, pane: PaneId) -> bool {
        self.of(pane).next().is_none()
    }

    /// Whether any source has answered.
    pub(super) fn has_answers(&self) -> bool {
        self.tables
            .values()
            .any(|table| table.health.last_good.is_some())
    }

    /// The key of the row that `key` named before its account was known.
    pub(super) fn named(&self, key: &ResourceKey) -> Option<ResourceKey> {
        if &*key.account != UNKNOWN_ACCOUNT {
            return None;
        }
        self.tables.keys().find_map(|source| {
            let mut named = key.clone();
            name_account(&mut named, &source.place.account);
            self.record(&named).map(|_| named)
        })
    }
}
