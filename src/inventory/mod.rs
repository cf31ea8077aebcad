//! The inventory: the rows of every source, each source's health, findings, and actions under way.
//!
//! [`Store`] holds the rows read and their verdicts. The engine owns one, applies reports to it off
//! the render path, and hands out snapshots (`Arc<Store>`). [`Inventory`] is a snapshot together
//! with the state that belongs to one console: actions under way, snoozed findings, the burn seen
//! so far.
//!
//! Rules that a store keeps:
//! - a failed report changes only its source's health; an incomplete one adds and updates; only a
//!   complete one removes;
//! - a report older than the last one changes no row;
//! - a resource reached by two profiles is one row;
//! - burn, waste and counts of a total are the sums over its rows, and the waste of one row is the
//!   largest of its findings.

mod bill;
mod bill_checks;
mod bill_rows;
mod burn_history;
pub mod contributors;
mod discount_table;
mod event;
pub mod guards;
mod money;
mod month;
pub mod pane_view;
mod past_costs;
mod pending;
mod prepaid;
mod price_estimates;
pub mod query;
mod source_table;
mod sources;
mod spent;
mod store;
mod sums;
#[cfg(test)]
mod tests;
mod totals;

use crate::{
    domain::{
        Discount, Measured, Note, PaneId, PaneMeta, Reason, Record, Report, ResourceKey, Series,
        SourceId, StatusUpdate, Timestamp,
    },
    rules::{Finding, Thresholds, Verdict},
};
use burn_history::BurnHistory;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

pub use bill_checks::UnseenCost;
pub use event::{AppliedReport, Event};
pub use money::Reconciliation;
pub use month::{BudgetForecast, MonthForecast, MonthToDate};
pub use pending::PendingAction;
pub use sources::Health;
pub use spent::WindowCost;
pub use store::Store;
pub use sums::Sums;
pub use totals::Totals;

/// A snapshot of the store, and the state of one console.
#[derive(Clone, Debug)]
pub struct Inventory {
    store: Arc<Store>,
    /// The store's findings without the snoozed ones.
    findings: Arc<[Finding]>,
    totals: BTreeMap<PaneId, Totals>,
    pending: HashMap<ResourceKey, PendingAction>,
    snoozed: BTreeSet<ResourceKey>,
    burn_history: BurnHistory,
    version: u64,
}

impl Inventory {
    /// An empty inventory of `panes`; findings are judged by `thresholds`.
    pub fn new(panes: Arc<[PaneMeta]>, thresholds: Thresholds) -> Self {
        Self::of(Arc::new(Store::new(panes, thresholds)))
    }

    /// The inventory of a console that starts with `store`.
    pub fn of(store: Arc<Store>) -> Self {
        Self {
            findings: store.findings().clone(),
            store,
            totals: BTreeMap::new(),
            pending: HashMap::new(),
            snoozed: BTreeSet::new(),
            burn_history: BurnHistory::default(),
            version: 0,
        }
    }

    /// The inventory with the discounts that the configuration sets.
    #[must_use]
    pub fn with_discounts(mut self, configured: Vec<Discount>) -> Self {
        let store = Arc::unwrap_or_clone(self.store).with_discounts(configured);
        self.store = Arc::new(store);
        self
    }

    /// The snapshot, to start an engine with.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Takes `store` in place of the present snapshot. The cost does not depend on the number of
    /// rows while nothing is snoozed.
    pub fn replace(&mut self, store: Arc<Store>, now: Timestamp) {
        self.store = store;
        self.name_pending();
        self.refresh(now);
    }

    /// Applies a report to the snapshot itself: for one-shot commands, which have no engine.
    pub fn apply(&mut self, report: Report, now: Timestamp) {
        Arc::make_mut(&mut self.store).apply(report, now);
        self.name_pending();
        self.refresh(now);
    }

    /// Applies the status of an action.
    pub fn acted(&mut self, outcome: &StatusUpdate) {
        let known = self.pending.remove(&outcome.key);
        let mut pending = PendingAction::after(known, outcome);
        if pending.was.is_none() {
            let largest = self
                .findings
                .iter()
                .find(|finding| finding.key == outcome.key && finding.is_waste());
            pending.was = largest
                .and_then(|finding| Some((finding.rule, self.record(&outcome.key)?.clone())));
        }
        self.pending.insert(outcome.key.clone(), pending);
        self.version += 1;
    }

    /// Advances the time: finished actions leave their rows after a while, and the burn is
    /// recorded.
    pub fn tick(&mut self, now: Timestamp) {
        let before = self.pending.len();
        self.pending.retain(|_, pending| !pending.is_stale(now));
        if self.pending.len() != before {
            self.version += 1;
        }
        if self.store.has_answers() && self.burn_history.note(now, self.totals(None).burn) {
            self.version += 1;
        }
    }

    /// Snoozes the findings of these rows and of no others: they leave the ranking, and their waste
    /// is summed separately.
    pub fn snooze(&mut self, keys: BTreeSet<ResourceKey>, now: Timestamp) {
        if self.snoozed == keys {
            return;
        }
        self.snoozed = keys;
        self.refresh(now);
    }

    /// Moves actions on rows of an unknown account to the row's key once the account is known.
    fn name_pending(&mut self) {
        let named: Vec<(ResourceKey, ResourceKey)> = self
            .pending
            .keys()
            .filter(|key| self.store.record(key).is_none())
            .filter_map(|key| Some((key.clone(), self.store.named(key)?)))
            .collect();
        for (old, key) in named {
            if let Some(pending) = self.pending.remove(&old) {
                self.pending.insert(key, pending);
            }
        }
    }

    fn refresh(&mut self, now: Timestamp) {
        self.findings = if self.snoozed.is_empty() {
            self.store.findings().clone()
        } else {
            self.store
                .findings()
                .iter()
                .filter(|finding| !self.snoozed.contains(&finding.key))
                .cloned()
                .collect()
        };
        self.totals = self.store.totals(&self.snoozed);
        self.version += 1;
        self.tick(now);
    }

    /// All panes, in tab order.
    pub fn panes(&self) -> &Arc<[PaneMeta]> {
        self.store.panes()
    }

    /// The pane named `id`.
    pub fn pane(&self, id: &str) -> Option<&PaneMeta> {
        self.store.pane(id)
    }

    /// The rows of a pane, in no order of interest (see [`pane_view`]).
    pub fn rows(&self, pane: PaneId) -> impl Iterator<Item = &Arc<Record>> {
        self.store.rows(pane)
    }

    /// One row.
    pub fn record(&self, key: &ResourceKey) -> Option<&Arc<Record>> {
        self.store.record(key)
    }

    /// The pane a row is in.
    pub fn pane_of(&self, key: &ResourceKey) -> Option<PaneId> {
        self.store.pane_of(key)
    }

    /// Grows by at least one with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// All findings that are not snoozed, the most expensive first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The verdicts of every rule on a row; empty if no rule applies.
    pub fn verdicts(&self, key: &ResourceKey) -> &[Verdict] {
        self.store.verdicts(key)
    }

    /// Sums over a pane, or over everything. The cost does not depend on the number of rows.
    pub fn totals(&self, pane: Option<PaneId>) -> Totals {
        match pane {
            Some(pane) => self.totals.get(pane).copied().unwrap_or_default(),
            None => self
                .totals
                .values()
                .fold(Totals::default(), |mut sum, one| {
                    sum.add(one);
                    sum
                }),
        }
    }

    /// Dollars per hour of everything, as noted while this program ran.
    pub fn burn_history(&self) -> Series {
        self.burn_history.series()
    }

    /// Dollars per hour of the rows that run now, by the hour they started: the burn of the past
    /// hours without the rows that ended since.
    pub fn burn_by_start(&self) -> &Series {
        self.store.burn_by_start()
    }

    /// The health of each source of a pane.
    pub fn health(&self, pane: PaneId) -> Vec<(&SourceId, &Health)> {
        self.store.health(pane)
    }

    /// The sources with rows that are billed, and their health.
    pub fn burn_sources(&self) -> impl Iterator<Item = (&SourceId, &Health)> {
        self.store.burn_sources()
    }

    /// Whether no source of the pane has answered or failed yet.
    pub fn loading(&self, pane: PaneId) -> bool {
        self.store.loading(pane)
    }

    /// Billed services without a billed row.
    pub fn billed_without_rows(&self) -> Vec<UnseenCost> {
        self.store.billed_without_rows()
    }

    /// Facts that a person should know although nothing failed.
    pub fn notes(&self) -> Vec<Note> {
        self.store.notes()
    }

    /// This month's cost so far of the AI/ML services, as Cost Explorer reports it.
    pub fn month_to_date(&self) -> Measured<MonthToDate> {
        self.store.month_to_date()
    }

    /// The month's forecast and the first budget it crosses.
    pub fn month_forecast(&self, now: Timestamp) -> MonthForecast {
        self.store.month_forecast(now)
    }

    /// The console's estimate of the last closed day and the bill, by service.
    pub fn reconciliation(&self) -> Vec<Reconciliation> {
        self.store.reconciliation()
    }

    /// Rows that are billed at an unknown price, and why it is unknown.
    pub fn unpriced(&self) -> Vec<(Arc<Record>, Reason)> {
        self.store.unpriced()
    }

    /// Sums over all rows and the bill. The cost does not depend on the number of rows while
    /// reports arrive.
    pub fn sums(&self, now: Timestamp) -> Arc<Sums> {
        self.store.sums(now)
    }

    /// The discounts in use: those of the configuration first, then those inferred from the bill.
    pub fn discounts(&self) -> &[Discount] {
        self.store.discounts()
    }

    /// The action on a row that is under way or just ended.
    pub fn pending(&self, key: &ResourceKey) -> Option<&PendingAction> {
        self.pending.get(key)
    }

    /// Every action that is under way or just ended.
    pub fn all_pending(&self) -> impl Iterator<Item = (&ResourceKey, &PendingAction)> {
        self.pending.iter()
    }
}
