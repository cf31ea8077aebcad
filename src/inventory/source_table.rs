//! The rows of one source, with their verdicts and sums.

use super::{
    Totals,
    money::DiscountTable,
    sources::{Health, name_account},
};
use crate::{
    domain::{HourlyCost, Measured, Record, Report, ResourceKey, Timestamp, UsdPerHour},
    rules::{self, Finding, Thresholds, Verdict},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What a report changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportDiff {
    /// Rows that were not there before.
    pub added: Vec<ResourceKey>,
    /// Rows that are no longer there.
    pub gone: Vec<ResourceKey>,
    /// Rows whose state, count or burn is another than before.
    pub changed: Vec<ResourceKey>,
}

/// What a row is judged by and discounted with.
#[derive(Clone, Copy)]
pub(super) struct RuleInputs<'a> {
    pub thresholds: &'a Thresholds,
    pub deals: &'a DiscountTable,
}

/// A row and what the rules say of it.
#[derive(Debug)]
pub(super) struct JudgedRow {
    pub record: Arc<Record>,
    pub verdicts: Vec<Verdict>,
}

impl JudgedRow {
    fn new(mut record: Record, judge: &RuleInputs<'_>, now: Timestamp) -> Self {
        record.head.discount = judge.deals.of(&record.head);
        let verdicts = rules::judge(&record.head, judge.thresholds, now);
        record.head.waste = waste(&verdicts);
        Self {
            record: Arc::new(record),
            verdicts,
        }
    }

    fn key(&self) -> &ResourceKey {
        &self.record.head.key
    }

    fn is_unlike(&self, other: &Self) -> bool {
        let (a, b) = (&self.record.head, &other.record.head);
        a.state != b.state || a.compute != b.compute || a.burn.rate() != b.burn.rate()
    }
}

/// The waste of a row: its dearest finding; not known while a rule that decides it cannot say and
/// none found anything; else zero.
fn waste(verdicts: &[Verdict]) -> Measured<UsdPerHour> {
    let mut unknown = None;
    let mut worst: Option<UsdPerHour> = None;
    for verdict in verdicts {
        match verdict {
            // One that calls nothing waste settles nothing.
            Verdict::Finding(finding) if finding.waste > worst.unwrap_or_default() => {
                worst = Some(finding.waste)
            }
            Verdict::Unknown { rule, why } if unknown.is_none() && rules::decides(rule) => {
                unknown = Some(why)
            }
            _ => {}
        }
    }
    match (worst, unknown) {
        (Some(waste), _) => Measured::Known(waste),
        (None, Some(why)) => Measured::Unknown(why.clone()),
        (None, None) => Measured::Known(UsdPerHour::ZERO),
    }
}

/// One source's rows.
#[derive(Debug)]
pub(super) struct SourceTable {
    pub health: Health,
    pub totals: Totals,
    /// Rows whose findings rest.
    resting: Arc<BTreeSet<ResourceKey>>,
    rows: Vec<JudgedRow>,
    places: HashMap<ResourceKey, usize>,
}

impl SourceTable {
    pub fn new(at: Timestamp) -> Self {
        Self {
            health: Health::new(at),
            totals: Totals::default(),
            resting: Arc::default(),
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Takes a report in, without the rows `held` elsewhere.
    pub fn apply(
        &mut self,
        mut report: Report,
        held: &HashSet<ResourceKey>,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) -> ReportDiff {
        let brought = report.complete || !report.rows.is_empty();
        let newest = self.health.last_good.is_none_or(|good| report.at >= good);
        if report.at >= self.health.last_try {
            self.health.last_try = report.at;
            self.health.faults = std::mem::take(&mut report.faults);
            self.health.failures = if brought {
                0
            } else {
                self.health.failures.saturating_add(1)
            };
        }
        if !brought || !newest {
            return ReportDiff::default();
        }
        self.health.last_good = Some(report.at);
        self.health.complete = report.complete;
        if !held.is_empty() {
            report.rows.retain(|row| !held.contains(&row.head.key));
        }
        let diff = if report.complete {
            self.replace(report.rows, judge, now)
        } else {
            self.merge(report.rows, judge, now)
        };
        self.sum();
        diff
    }

    fn replace(
        &mut self,
        records: Vec<Record>,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) -> ReportDiff {
        let mut diff = ReportDiff::default();
        let mut rows: Vec<JudgedRow> = Vec::with_capacity(records.len());
        let mut kept = vec![false; self.rows.len()];
        let mut in_place = records.len() == self.rows.len();
        let mut seen: HashSet<ResourceKey> = HashSet::new();
        for record in records {
            let row = JudgedRow::new(record, judge, now);
            let place = rows.len();
            let before = match self.rows.get(place) {
                Some(old) if old.key() == row.key() => Some(place),
                _ => self.places.get(row.key()).copied(),
            };
            in_place &= before == Some(place);
            match before.and_then(|before| Some((before, self.rows.get(before)?))) {
                // AWS listed it twice: the first stands.
                Some((before, _)) if kept.get(before).copied().unwrap_or(false) => continue,
                Some((before, old)) => {
                    if row.is_unlike(old) {
                        diff.changed.push(row.key().clone());
                    }
                    if let Some(kept) = kept.get_mut(before) {
                        *kept = true;
                    }
                }
                None if !seen.insert(row.key().clone()) => continue,
                None => diff.added.push(row.key().clone()),
            }
            rows.push(row);
        }
        diff.gone.extend(
            self.rows
                .iter()
                .zip(kept)
                .filter(|(_, kept)| !kept)
                .map(|(row, _)| row.key().clone()),
        );
        self.rows = rows;
        if !in_place || self.places.len() != self.rows.len() {
            self.index();
        }
        diff
    }

    fn merge(
        &mut self,
        records: Vec<Record>,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) -> ReportDiff {
        let mut diff = ReportDiff::default();
        for record in records {
            let row = JudgedRow::new(record, judge, now);
            if let Some(old) = self
                .places
                .get(row.key())
                .and_then(|place| self.rows.get_mut(*place))
            {
                if row.is_unlike(old) {
                    diff.changed.push(row.key().clone());
                }
                *old = row;
            } else {
                diff.added.push(row.key().clone());
                self.places.insert(row.key().clone(), self.rows.len());
                self.rows.push(row);
            }
        }
        diff
    }

    /// Lets the findings of these rows rest, and no others.
    pub fn rest(&mut self, resting: &Arc<BTreeSet<ResourceKey>>) {
        if self.resting != *resting {
            self.resting = resting.clone();
            self.sum();
        }
    }

    /// Gives every row what it pays less than list now.
    pub fn discount(&mut self, deals: &DiscountTable) {
        for row in &mut self.rows {
            let discount = deals.of(&row.record.head);
            if row.record.head.discount != discount {
                Arc::make_mut(&mut row.record).head.discount = discount;
            }
        }
        self.sum();
    }

    fn index(&mut self) {
        self.places = self
            .rows
            .iter()
            .enumerate()
            .map(|(place, row)| (row.key().clone(), place))
            .collect();
    }

    fn sum(&mut self) {
        self.totals = Totals::default();
        for row in &self.rows {
            let (head, totals) = (&row.record.head, &mut self.totals);
            totals.rows += 1;
            match &head.burn {
                HourlyCost::Nothing(_) => {}
                HourlyCost::Unpriced(_) => {
                    totals.billed += 1;
                    totals.unpriced += 1;
                }
                HourlyCost::Priced {
                    unit,
                    quantity,
                    estimate,
                    ..
                } => {
                    totals.billed += 1;
                    totals.burn += *unit * *quantity;
                    totals.effective += head.effective().unwrap_or_default();
                    totals.estimated += usize::from(*estimate);
                }
            }
            if self.resting.contains(&head.key) {
                totals.snoozed += head.waste.known().copied().unwrap_or_default();
                continue;
            }
            match &head.waste {
                Measured::Known(waste) => totals.waste += *waste,
                Measured::Unknown(_) => totals.unjudged += 1,
            }
            totals.wasting += usize::from(head.waste.known().is_some_and(|waste| waste.0 > 0.0));
        }
    }

    /// Gives rows without account their account; the keys they had.
    pub fn name_account(&mut self, account: &Arc<str>) -> Vec<ResourceKey> {
        let mut old = Vec::with_capacity(self.rows.len());
        for row in &mut self.rows {
            old.push(row.key().clone());
            name_account(&mut Arc::make_mut(&mut row.record).head.key, account);
            for verdict in &mut row.verdicts {
                if let Verdict::Finding(finding) = verdict {
                    name_account(&mut finding.key, account);
                }
            }
        }
        self.index();
        old
    }

    /// Forgets these rows, where it has them.
    pub fn drop_rows<'a>(&mut self, keys: impl Iterator<Item = &'a ResourceKey>) {
        let drop: HashSet<&ResourceKey> =
            keys.filter(|key| self.places.contains_key(*key)).collect();
        if !drop.is_empty() {
            self.rows.retain(|row| !drop.contains(row.key()));
            self.index();
            self.sum();
        }
    }

    pub fn row(&self, key: &ResourceKey) -> Option<&JudgedRow> {
        self.rows.get(*self.places.get(key)?)
    }

    pub fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.rows.iter().map(|row| &row.record)
    }

    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.rows
            .iter()
            .flat_map(|row| &row.verdicts)
            .filter_map(|verdict| match verdict {
                Verdict::Finding(finding) => Some(&**finding),
                _ => None,
            })
    }
}
