//! Sums over rows: burn, and its wasted part, at list and as paid.

use super::source_table::JudgedRow;
use crate::{
    domain::{
        CommonFields, HourlyCost, Measured, Parent, ResourceKey, ResourceKind, Timestamp,
        UsdPerHour,
    },
    rules::{self, Verdict},
};
use std::collections::BTreeSet;

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Rows.
    pub rows: usize,
    /// Rows that cost something now, priced or not.
    pub billed_rows: usize,
    /// List dollars per hour of all priced rows.
    pub burn: UsdPerHour,
    /// Effective dollars per hour of all priced rows: list price less known discounts.
    pub effective: UsdPerHour,
    /// List dollars per hour of waste, each row counted once.
    pub waste: UsdPerHour,
    /// Effective dollars of `waste`, to compare with `effective`.
    pub effective_waste: UsdPerHour,
    /// Waste of rows with snoozed findings; not in `waste`.
    pub snoozed: UsdPerHour,
    /// Effective dollars of `snoozed`.
    pub effective_snoozed: UsdPerHour,
    /// Dollars per hour of the capacity that was paid for in advance, each instance counted once;
    /// in no other sum.
    pub prepaid: UsdPerHour,
    /// The part of `prepaid` that findings call idle or unused.
    pub idle_prepaid: UsdPerHour,
    /// Rows billed at an unknown price.
    pub unpriced_rows: usize,
    /// Rows priced by a rule instead of a list.
    pub estimated_rows: usize,
    /// Rows that waste something.
    pub wasting_rows: usize,
    /// Rows with waste at an unknown price; not in `waste`.
    pub unpriced_wasting_rows: usize,
    /// Rows with unknown waste.
    pub unjudged_rows: usize,
    /// Of the unjudged rows, those without metrics yet.
    pub pending_rows: usize,
    /// Rows whose waste the rules could judge.
    pub judged_rows: usize,
    /// When the oldest metrics behind the judgement were read, if they could not be read again
    /// since.
    pub as_of: Option<Timestamp>,
}

impl Totals {
    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.billed_rows += other.billed_rows;
        self.burn += other.burn;
        self.effective += other.effective;
        self.waste += other.waste;
        self.effective_waste += other.effective_waste;
        self.snoozed += other.snoozed;
        self.effective_snoozed += other.effective_snoozed;
        self.prepaid += other.prepaid;
        self.idle_prepaid += other.idle_prepaid;
        self.unpriced_rows += other.unpriced_rows;
        self.estimated_rows += other.estimated_rows;
        self.wasting_rows += other.wasting_rows;
        self.unpriced_wasting_rows += other.unpriced_wasting_rows;
        self.unjudged_rows += other.unjudged_rows;
        self.pending_rows += other.pending_rows;
        self.judged_rows += other.judged_rows;
        self.as_of = self.as_of.into_iter().chain(other.as_of).min();
    }
}

/// The sums over `rows`; the waste of those in `snoozed` is summed apart.
pub(super) fn sum(rows: &[JudgedRow], snoozed: &BTreeSet<ResourceKey>) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let head = &row.record.head;
        totals.rows += 1;
        totals.add_burn(head);
        totals.add_prepaid(row);
        if is_judged(row) {
            totals.judged_rows += 1;
            totals.as_of = totals.as_of.into_iter().chain(head.as_of).min();
        }
        let waste = counted_waste(head, rows);
        let is_wasting = head.waste.known().is_some_and(|waste| waste.0 > 0.0);
        if snoozed.contains(&head.key) {
            totals.snoozed += waste;
            totals.effective_snoozed += waste * head.paid_share();
            continue;
        }
        match &head.waste {
            Measured::Known(_) => {
                totals.waste += waste;
                totals.effective_waste += waste * head.paid_share();
            }
            Measured::Unknown(_) if head.waste_estimate.is_some() => {
                totals.unpriced_wasting_rows += 1;
            }
            Measured::Unknown(why) => {
                totals.unjudged_rows += 1;
                totals.pending_rows += usize::from(why.is_pending());
            }
        }
        totals.wasting_rows += usize::from(is_wasting);
    }
    totals
}

/// Whether a rule that decides the waste of the row has judged it, or any rule found waste.
fn is_judged(row: &JudgedRow) -> bool {
    row.verdicts.iter().any(|verdict| match verdict {
        Verdict::Finding(finding) => finding.is_waste() || rules::is_required(finding.rule),
        Verdict::Pass { rule, .. } => rules::is_required(rule),
        Verdict::Unknown { .. } => false,
    })
}

impl Totals {
    fn add_burn(&mut self, head: &CommonFields) {
        match &head.burn {
            HourlyCost::Nothing(_) => {}
            HourlyCost::Unpriced(_) => {
                self.billed_rows += 1;
                self.unpriced_rows += 1;
            }
            HourlyCost::Priced {
                unit,
                quantity,
                estimate,
                ..
            } => {
                self.billed_rows += 1;
                self.burn += *unit * *quantity;
                self.effective += head.effective().unwrap_or_default();
                self.estimated_rows += usize::from(*estimate);
            }
        }
    }
}

impl Totals {
    fn add_prepaid(&mut self, row: &JudgedRow) {
        let Some(prepaid) = &row.record.head.prepaid else {
            return;
        };
        let rate = prepaid.rate().known().copied().unwrap_or_default();
        self.prepaid += rate;
        let exposed = row.verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Finding(finding) if rules::is_required(finding.rule) => Some(finding.exposure),
            _ => None,
        });
        let idle = exposed.fold(0.0, |most: f64, one| most.max(one.0));
        self.idle_prepaid += UsdPerHour(idle.min(rate.0));
    }
}

/// The waste of a row that counts in the sums. That of a tuning job is part of the burn of its
/// tries, as far as they do not waste it themselves.
fn counted_waste(head: &CommonFields, rows: &[JudgedRow]) -> UsdPerHour {
    let waste = head.waste.known().copied().unwrap_or_default();
    let burns = !matches!(head.burn, HourlyCost::Nothing(_));
    if burns || waste.0 <= 0.0 || head.key.kind != ResourceKind::TUNING_JOB {
        return waste;
    }
    let parent = Some(Parent::Tuning(head.name.clone()));
    let is_try = |other: &&CommonFields| other.parent == parent;
    let unused = |other: &CommonFields| {
        let burn = other.burn.rate().unwrap_or_default().0;
        burn - other.waste.known().map_or(0.0, |waste| waste.0)
    };
    let tries = rows.iter().map(|row| &row.record.head).filter(is_try);
    UsdPerHour(waste.0.min(tries.map(unused).sum::<f64>().max(0.0)))
}
