//! The rows of one source, with their verdicts and sums.

use super::{
    Totals,
    discount_table::DiscountTable,
    sources::{Health, name_account},
};
use crate::{
    domain::{
        Fault, Freshness, HourlyCost, Measured, Record, Report, ResourceKey, Timestamp, UsdPerHour,
    },
    rules::{self, Finding, Thresholds, Verdict},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

/// What a row is judged by and discounted with.
#[derive(Clone, Copy)]
pub(super) struct RuleInputs<'a> {
    pub thresholds: &'a Thresholds,
    pub discounts: &'a DiscountTable,
}

/// A row with its verdicts.
#[derive(Clone, Debug)]
pub(super) struct JudgedRow {
    pub record: Arc<Record>,
    pub verdicts: Arc<[Verdict]>,
}

impl JudgedRow {
    fn new(mut record: Record, judge: &RuleInputs<'_>, now: Timestamp) -> Self {
        record.head.discount = judge.discounts.of(&record.head);
        let verdicts = rules::judge(&record.head, judge.thresholds, now);
        record.head.waste = waste(&verdicts);
        Self {
            record: Arc::new(record),
            verdicts: verdicts.into(),
        }
    }

    fn key(&self) -> &ResourceKey {
        &self.record.head.key
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
                worst = Some(finding.waste);
            }
            Verdict::Unknown { rule, why } if unknown.is_none() && rules::is_required(rule) => {
                unknown = Some(why);
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
#[derive(Clone, Debug)]
pub(super) struct SourceTable {
    pub health: Health,
    /// When the report was taken that changed the rows last.
    applied: Option<Timestamp>,
    totals: Totals,
    rows: Vec<JudgedRow>,
    places: HashMap<ResourceKey, usize>,
}

impl SourceTable {
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            health: Health::new(at),
            applied: None,
            totals: Totals::default(),
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Applies a report, without the rows `held` elsewhere.
    pub(super) fn apply(
        &mut self,
        mut report: Report,
        held: &HashSet<ResourceKey>,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) {
        let Freshness {
            listed,
            is_failing,
            is_new,
            ..
        } = report.freshness;
        if report.at >= self.health.last_try {
            self.health.last_try = report.at;
            (self.health.notes, self.health.faults) = std::mem::take(&mut report.faults)
                .into_iter()
                .partition(Fault::is_quiet);
            self.health.remarks = std::mem::take(&mut report.notes);
            self.health.failures = if is_failing {
                self.health.failures.saturating_add(1)
            } else {
                0
            };
        }
        self.health.last_good = self.health.last_good.max(listed);
        let is_newest = self.applied.is_none_or(|applied| report.at >= applied);
        if !is_new || !is_newest {
            return;
        }
        self.applied = Some(report.at);
        self.health.complete = report.complete;
        if !held.is_empty() {
            report.rows.retain(|row| !held.contains(&row.head.key));
        }
        if report.complete {
            self.rows.clear();
            self.places.clear();
        }
        self.merge(report.rows, report.complete, judge, now);
        self.totals = sum(self.rows.iter(), &BTreeSet::new());
    }

    /// Adds rows, and replaces those that are there. Of a resource that a complete report lists
    /// twice, the first row counts.
    fn merge(
        &mut self,
        records: Vec<Record>,
        complete: bool,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) {
        for record in records {
            match self.places.entry(record.head.key.clone()) {
                Entry::Vacant(place) => {
                    place.insert(self.rows.len());
                    self.rows.push(JudgedRow::new(record, judge, now));
                }
                Entry::Occupied(_) if complete => {}
                Entry::Occupied(place) => {
                    if let Some(row) = self.rows.get_mut(*place.get()) {
                        *row = JudgedRow::new(record, judge, now);
                    }
                }
            }
        }
    }

    /// The sums over the rows; the waste of the rows in `snoozed` is summed apart.
    pub(super) fn totals(&self, snoozed: &BTreeSet<ResourceKey>) -> Totals {
        if snoozed.iter().any(|key| self.places.contains_key(key)) {
            sum(self.rows.iter(), snoozed)
        } else {
            self.totals
        }
    }

    /// Gives every row what it pays less than list now.
    pub(super) fn discount(&mut self, discounts: &DiscountTable) {
        for row in &mut self.rows {
            let discount = discounts.of(&row.record.head);
            if row.record.head.discount != discount {
                Arc::make_mut(&mut row.record).head.discount = discount;
            }
        }
        self.totals = sum(self.rows.iter(), &BTreeSet::new());
    }

    /// Whether any of its rows is billed.
    pub(super) fn is_billed(&self) -> bool {
        self.totals.billed_rows > 0
    }

    fn index(&mut self) {
        self.places = self
            .rows
            .iter()
            .enumerate()
            .map(|(place, row)| (row.key().clone(), place))
            .collect();
    }

    /// Gives rows without account their account.
    pub(super) fn name_account(&mut self, account: &Arc<str>) {
        for row in &mut self.rows {
            name_account(&mut Arc::make_mut(&mut row.record).head.key, account);
            let mut verdicts = row.verdicts.to_vec();
            for verdict in &mut verdicts {
                if let Verdict::Finding(finding) = verdict {
                    name_account(&mut finding.key, account);
                }
            }
            row.verdicts = verdicts.into();
        }
        self.index();
    }

    /// Forgets these rows, where it has them.
    pub(super) fn drop_rows<'a>(&mut self, keys: impl Iterator<Item = &'a ResourceKey>) {
        let drop: HashSet<&ResourceKey> =
            keys.filter(|key| self.places.contains_key(*key)).collect();
        if !drop.is_empty() {
            self.rows.retain(|row| !drop.contains(row.key()));
            self.index();
            self.totals = sum(self.rows.iter(), &BTreeSet::new());
        }
    }

    pub(super) fn row(&self, key: &ResourceKey) -> Option<&JudgedRow> {
        self.rows.get(*self.places.get(key)?)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.rows.iter().map(|row| &row.record)
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.rows
            .iter()
            .flat_map(|row| row.verdicts.iter())
            .filter_map(|verdict| match verdict {
                Verdict::Finding(finding) => Some(&**finding),
                _ => None,
            })
    }
}

/// Whether a rule that decides the waste of the row could say something, or any found waste.
fn is_judged(row: &JudgedRow) -> bool {
    row.verdicts.iter().any(|verdict| match verdict {
        Verdict::Finding(finding) => finding.waste.0 > 0.0 || rules::is_required(finding.rule),
        Verdict::Pass { rule, .. } => rules::is_required(rule),
        Verdict::Unknown { .. } => false,
    })
}

fn sum<'a>(rows: impl Iterator<Item = &'a JudgedRow>, snoozed: &BTreeSet<ResourceKey>) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let head = &row.record.head;
        totals.rows += 1;
        match &head.burn {
            HourlyCost::Nothing(_) => {}
            HourlyCost::Unpriced(_) => {
                totals.billed_rows += 1;
                totals.unpriced_rows += 1;
            }
            HourlyCost::Priced {
                unit,
                quantity,
                estimate,
                ..
            } => {
                totals.billed_rows += 1;
                totals.burn += *unit * *quantity;
                totals.effective += head.effective().unwrap_or_default();
                totals.estimated_rows += usize::from(*estimate);
            }
        }
        if is_judged(row) {
            totals.judged_rows += 1;
            totals.as_of = totals.as_of.into_iter().chain(head.as_of).min();
        }
        if snoozed.contains(&head.key) {
            totals.snoozed += head.waste.known().copied().unwrap_or_default();
            continue;
        }
        match &head.waste {
            // A floor, where the price is not known: the burn does not hold it either.
            Measured::Known(_) if matches!(head.burn, HourlyCost::Unpriced(_)) => {}
            Measured::Known(waste) => totals.waste += *waste,
            Measured::Unknown(why) => {
                totals.unjudged_rows += 1;
                totals.pending_rows += usize::from(why.is_pending());
            }
        }
        totals.wasting_rows += usize::from(head.waste.known().is_some_and(|waste| waste.0 > 0.0));
    }
    totals
}
