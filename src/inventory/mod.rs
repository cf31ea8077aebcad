//! What is known now: the rows of every source, each source's health, what wastes, what is being
//! done.
//!
//! A pure store: reports go in, questions are answered.
//!
//! Rules it keeps:
//! - a failed report changes only its source's health; an incomplete one adds and updates; only a
//!   complete one removes;
//! - a report older than what is known changes no row;
//! - a resource reached by two profiles is one row;
//! - burn, waste and counts of a total are the sums over its rows, and the waste of one row is the
//!   largest of its findings.

mod burn_history;
pub mod contributors;
pub mod guards;
mod money;
pub mod pane_view;
mod pending;
pub mod query;
mod source_table;
mod sources;
#[cfg(test)]
mod tests;

use crate::{
    domain::{
        Costs, Discount, PaneId, PaneMeta, Record, Report, ResourceKey, Series, SourceId,
        StatusUpdate, Timestamp, UsdPerHour,
    },
    rules::{Finding, Thresholds, Verdict},
};
use burn_history::BurnHistory;
use source_table::{RuleInputs, SourceTable};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

pub use money::{BudgetForecast, MonthForecast, MonthToDate, Reconciliation};
pub use pending::PendingAction;
pub use source_table::ReportDiff;
pub use sources::Health;

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Rows.
    pub rows: usize,
    /// Rows that cost something now, priced or not.
    pub billed: usize,
    /// List dollars per hour of all priced rows.
    pub burn: UsdPerHour,
    /// Effective dollars per hour of all priced rows: list, less what is known to be discounted.
    pub effective: UsdPerHour,
    /// List dollars per hour with nothing to show for them, each row counted once.
    pub waste: UsdPerHour,
    /// The same of rows whose findings rest: not in `waste`.
    pub snoozed: UsdPerHour,
    /// Rows that are billed at a price that is not known.
    pub unpriced: usize,
    /// Rows priced by a rule and not by a list.
    pub estimated: usize,
    /// Rows that waste something.
    pub wasting: usize,
    /// Rows whose waste is not known.
    pub unjudged: usize,
}

impl Totals {
    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.billed += other.billed;
        self.burn += other.burn;
        self.effective += other.effective;
        self.waste += other.waste;
        self.snoozed += other.snoozed;
        self.unpriced += other.unpriced;
        self.estimated += other.estimated;
        self.wasting += other.wasting;
        self.unjudged += other.unjudged;
    }
}

/// The store.
#[derive(Debug)]
pub struct Inventory {
    panes: Arc<[PaneMeta]>,
    thresholds: Thresholds,
    tables: BTreeMap<SourceId, SourceTable>,
    findings: Vec<Finding>,
    pending: HashMap<ResourceKey, PendingAction>,
    costs: Vec<Costs>,
    deals: money::DiscountTable,
    history: BurnHistory,
    resting: Arc<BTreeSet<ResourceKey>>,
    version: u64,
}

impl Inventory {
    /// Nothing known yet of `panes`; findings are judged by `thresholds`.
    pub fn new(panes: Arc<[PaneMeta]>, thresholds: Thresholds) -> Self {
        Self {
            panes,
            thresholds,
            tables: BTreeMap::new(),
            findings: Vec::new(),
            pending: HashMap::new(),
            costs: Vec::new(),
            deals: money::DiscountTable::default(),
            history: BurnHistory::default(),
            resting: Arc::default(),
            version: 0,
        }
    }

    /// With what the configuration says is paid less than list.
    #[must_use]
    pub fn with_discounts(self, configured: Vec<Discount>) -> Self {
        Self {
            deals: money::DiscountTable::configured(configured),
            ..self
        }
    }

    /// Takes a report in at `now`: its rows, its source's health, its rows' findings. Says what
    /// changed.
    pub fn apply(&mut self, report: Report, now: Timestamp) -> ReportDiff {
        let mut report = self.settle_account(report);
        if let Some(costs) = report.costs.take() {
            self.take_costs(*costs);
        }
        let held = self.held_elsewhere(&report, now);
        self.take_over(&report, &held);
        let source = report.source.clone();
        let table = self
            .tables
            .entry(source)
            .or_insert_with(|| SourceTable::new(report.at));
        table.rest(&self.resting);
        let diff = table.apply(
            report,
            &held,
            &RuleInputs {
                thresholds: &self.thresholds,
                deals: &self.deals,
            },
            now,
        );
        self.refresh(now);
        diff
    }

    /// Takes in a step of an action.
    pub fn acted(&mut self, outcome: &StatusUpdate) {
        let known = self.pending.remove(&outcome.key);
        let mut pending = PendingAction::after(known, outcome);
        if pending.was.is_none() {
            let largest = self
                .findings
                .iter()
                .find(|finding| finding.key == outcome.key && finding.waste.0 > 0.0);
            pending.was = largest
                .and_then(|finding| Some((finding.rule, self.record(&outcome.key)?.clone())));
        }
        self.pending.insert(outcome.key.clone(), pending);
        self.version += 1;
    }

    /// Lets time pass: actions that are over leave their rows after a while, and the burn is noted.
    pub fn tick(&mut self, now: Timestamp) {
        let before = self.pending.len();
        self.pending.retain(|_, pending| !pending.is_stale(now));
        if self.pending.len() != before {
            self.version += 1;
        }
        if self
            .tables
            .values()
            .any(|table| table.health.last_good.is_some())
            && self.history.note(now, self.totals(None).burn)
        {
            self.version += 1;
        }
    }

    /// Lets the findings of these rows rest, and no others: they are not in the ranking, and their
    /// waste is told apart.
    pub fn rest(&mut self, keys: BTreeSet<ResourceKey>, now: Timestamp) {
        if *self.resting == keys {
            return;
        }
        self.resting = Arc::new(keys);
        self.tables
            .values_mut()
            .for_each(|table| table.rest(&self.resting));
        self.refresh(now);
    }

    fn refresh(&mut self, now: Timestamp) {
        self.findings.clear();
        self.findings.extend(
            self.tables
                .values()
                .flat_map(SourceTable::findings)
                .filter(|finding| !self.resting.contains(&finding.key))
                .cloned(),
        );
        self.findings.sort_by(Finding::by_rank);
        self.history
            .started(now, self.tables.values().flat_map(SourceTable::records));
        self.version += 1;
        self.tick(now);
    }

    /// All panes, in tab order.
    pub fn panes(&self) -> &Arc<[PaneMeta]> {
        &self.panes
    }

    /// The pane named `id`.
    pub fn pane(&self, id: &str) -> Option<&PaneMeta> {
        self.panes.iter().find(|pane| pane.id == id)
    }

    /// The rows of a pane, in no order of interest (see [`view`]).
    pub fn rows(&self, pane: PaneId) -> impl Iterator<Item = &Arc<Record>> {
        self.of(pane).flat_map(|(_, table)| table.records())
    }

    fn of(&self, pane: PaneId) -> impl Iterator<Item = (&SourceId, &SourceTable)> {
        self.tables
            .iter()
            .filter(move |(source, _)| source.pane == pane)
    }

    /// One row.
    pub fn record(&self, key: &ResourceKey) -> Option<&Arc<Record>> {
        self.tables
            .values()
            .find_map(|table| table.row(key))
            .map(|row| &row.record)
    }

    /// The pane a row is in.
    pub fn pane_of(&self, key: &ResourceKey) -> Option<PaneId> {
        self.tables
            .iter()
            .find(|(_, table)| table.row(key).is_some())
            .map(|(source, _)| source.pane)
    }

    /// Grows by at least one with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// All findings, the dearest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What every rule says of a row; empty if none applies.
    pub fn verdicts(&self, key: &ResourceKey) -> &[Verdict] {
        self.tables
            .values()
            .find_map(|table| table.row(key))
            .map_or(&[], |row| &row.verdicts)
    }

    /// Sums over a pane, or over everything. Costs no more with many rows than with few.
    pub fn totals(&self, pane: Option<PaneId>) -> Totals {
        let mut totals = Totals::default();
        for (_, table) in self
            .tables
            .iter()
            .filter(|(source, _)| pane.is_none_or(|pane| source.pane == pane))
        {
            totals.add(&table.totals);
        }
        totals
    }

    /// Dollars per hour of everything, as noted while this program ran.
    pub fn burn_history(&self) -> Series {
        self.history.noted()
    }

    /// Dollars per hour of what runs now, by when it started: the burn of the past hours without
    /// what has ended since.
    pub fn burn_by_start(&self) -> &Series {
        &self.history.started
    }

    /// How each source of a pane is doing.
    pub fn health(&self, pane: PaneId) -> Vec<(&SourceId, &Health)> {
        self.of(pane)
            .map(|(source, table)| (source, &table.health))
            .collect()
    }

    /// No source of the pane has answered or failed yet.
    pub fn loading(&self, pane: PaneId) -> bool {
        self.of(pane).next().is_none()
    }

    /// What is being done, or was just done, to a row.
    pub fn pending(&self, key: &ResourceKey) -> Option<&PendingAction> {
        self.pending.get(key)
    }

    /// Everything that is being done or was just done.
    pub fn all_pending(&self) -> impl Iterator<Item = (&ResourceKey, &PendingAction)> {
        self.pending.iter()
    }
}
