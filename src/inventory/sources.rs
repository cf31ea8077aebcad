//! Sources: their health, accounts that become known late, resources that two profiles reach.

use super::{Store, source_table::SourceTable};
use crate::domain::{
    Fault, Location, Note, Report, ResourceKey, SourceId, SourceScope, Timestamp, UNKNOWN_ACCOUNT,
    time::timestamp::seconds_between,
};
use std::{collections::HashSet, sync::Arc};

/// The health of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// When AWS last listed its rows, or listed none.
    pub last_good: Option<Timestamp>,
    /// When the last try was.
    pub last_try: Timestamp,
    /// The faults of the last try; a good one may have faults too (one API of several denied).
    pub faults: Vec<Fault>,
    /// States of the account that the last try met and that are no failure (see
    /// [`Fault::is_quiet`]).
    pub notes: Vec<Fault>,
    /// Notes on the numbers of the last try.
    pub remarks: Vec<Note>,
    /// The last good answer had all rows.
    pub complete: bool,
    /// Polls since its rows were last listed.
    pub failures: u32,
}

impl Health {
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            last_good: None,
            last_try: at,
            faults: Vec::new(),
            notes: Vec::new(),
            remarks: Vec::new(),
            complete: false,
            failures: 0,
        }
    }

    /// Whether the last try to list its rows brought nothing.
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }
}

/// Cadences of a pane after which a row of another profile's source no longer keeps the resource.
const CADENCES: f64 = 3.0;

impl Store {
    /// The report under the known account of its place; moves rows known under `-` to that account.
    pub(super) fn settle_account(&mut self, mut report: Report) -> Report {
        let source = &report.source;
        if &*source.place.account == UNKNOWN_ACCOUNT {
            let known = self
                .tables
                .keys()
                .find(|known| same_but_account(known, source))
                .map(|known| known.place.account.clone());
            if let Some(account) = known {
                report.source.place.account = account.clone();
                for row in &mut report.rows {
                    name_account(&mut row.head.key, &account);
                }
            }
            return report;
        }
        let nameless = SourceId {
            pane: source.pane,
            place: Location {
                account: UNKNOWN_ACCOUNT.into(),
                ..source.place.clone()
            },
        };
        if let Some(mut table) = self.tables.remove(&nameless) {
            let account = source.place.account.clone();
            Arc::make_mut(&mut table).name_account(&account);
            let scope = self
                .pane(source.pane)
                .map_or(SourceScope::Region, |pane| pane.scope);
            for (_, other) in self
                .tables
                .iter()
                .filter(|(other, _)| rival(scope, source, other))
            {
                Arc::make_mut(&mut table).drop_rows(other.records().map(|record| &record.head.key));
            }
            self.tables.entry(source.clone()).or_insert(table);
        }
        report
    }

    /// Keys of the report that another profile's source holds and keeps fresh.
    pub(super) fn rows_of_other_sources(
        &self,
        report: &Report,
        now: Timestamp,
    ) -> HashSet<ResourceKey> {
        let Some(pane) = self.pane(report.source.pane) else {
            return HashSet::new();
        };
        let rivals: Vec<&Arc<SourceTable>> = self
            .tables
            .iter()
            .filter(|(source, _)| rival(pane.scope, &report.source, source))
            .map(|(_, table)| table)
            .collect();
        if rivals.is_empty() {
            return HashSet::new();
        }
        let keeps = pane.cadence.inventory.as_secs_f64() * CADENCES;
        let fresh = |key: &ResourceKey| {
            let row = rivals.iter().find_map(|rival| rival.row(key));
            row.is_some_and(|row| seconds_between(row.record.head.read_at, now) <= keeps)
        };
        report
            .rows
            .iter()
            .map(|row| &row.head.key)
            .filter(|key| fresh(key))
            .cloned()
            .collect()
    }

    /// Removes from other profiles' sources the rows of the report that they no longer keep fresh.
    pub(super) fn take_over(&mut self, report: &Report, held: &HashSet<ResourceKey>) {
        let Some(scope) = self.pane(report.source.pane).map(|pane| pane.scope) else {
            return;
        };
        for (_, table) in self
            .tables
            .iter_mut()
            .filter(|(source, _)| rival(scope, &report.source, source))
        {
            Arc::make_mut(table).drop_rows(
                report
                    .rows
                    .iter()
                    .map(|row| &row.head.key)
                    .filter(|key| !held.contains(key)),
            );
        }
    }
}

/// Whether two sources may list the same resources: same pane and account (and region), another
/// profile.
fn rival(scope: SourceScope, source: &SourceId, other: &SourceId) -> bool {
    let (place, theirs) = (&source.place, &other.place);
    other.pane == source.pane
        && place != theirs
        && place.account == theirs.account
        && (scope == SourceScope::Account || place.region == theirs.region)
}

fn same_but_account(known: &SourceId, source: &SourceId) -> bool {
    known.pane == source.pane
        && known.place.profile == source.place.profile
        && known.place.region == source.place.region
}

/// Sets the account of a key without one.
pub(super) fn name_account(key: &mut ResourceKey, account: &Arc<str>) {
    if &*key.account == UNKNOWN_ACCOUNT {
        key.account = account.clone();
    }
}
