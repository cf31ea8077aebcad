//! Money beside the rows: the month so far and its end, budgets, discounts, how far the own estimate was off.
//!
//! Must not know how the bill is read or a forecast worked out.

use super::{World, source::UNKNOWN};
use crate::domain::{
    Budget, Burn, Costs, Discount, Forecast, Reading, Record, Service, Stamp, Usd, Why, Window, accrual, evidence::Crossing,
};
use std::sync::Arc;

/// What Cost Explorer says of this month, all accounts together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthToDate {
    /// Sum over the accounts that answered.
    pub amount: Usd,
    /// The earliest end of what an account's figure covers.
    pub through: Option<Stamp>,
    /// Accounts in the sum.
    pub accounts: usize,
    /// Accounts that gave no figure.
    pub missing: usize,
}

/// Where this month is heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// Spent so far.
    pub month_to_date: Reading<MonthToDate>,
    /// The whole month, all accounts together.
    pub month_end: Reading<Forecast>,
    /// The budget that is crossed first; where none is, the one with the largest share spent.
    pub budget: Option<BudgetOutlook>,
}

/// A budget, and when it is crossed.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetOutlook {
    /// The budget.
    pub budget: Budget,
    /// When; known `None`: not this month.
    pub crossing: Reading<Option<Crossing>>,
}

/// The own estimate of a service's last closed day beside its bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconciled {
    /// Which service.
    pub service: Service,
    /// Beginning of the day, UTC.
    pub day: Stamp,
    /// What the rows that are still listed come to on that day, effective.
    pub estimate: Usd,
    /// What Cost Explorer has for the lines with a list rate.
    pub billed: Usd,
}

impl Reconciled {
    /// How far the estimate is off: estimate / billed - 1; `None` where nothing was billed.
    pub fn error(&self) -> Option<f64> {
        (self.billed.0 > 0.0).then(|| self.estimate.0 / self.billed.0 - 1.0)
    }
}

impl World {
    /// Takes in what the bill says.
    pub(super) fn take_costs(&mut self, costs: Costs) {
        keep(&mut self.costs, costs);
        self.version += 1;
    }

    /// This month's cost so far, AI/ML services, as Cost Explorer has it.
    pub fn month_to_date(&self) -> Reading<MonthToDate> {
        month_to_date(&self.costs)
    }

    /// Where this month is heading.
    pub fn outlook(&self, _now: Stamp) -> Outlook {
        Outlook { month_to_date: self.month_to_date(), month_end: Reading::unknown("not asked"), budget: None }
    }

    /// The own estimate of the last closed day beside the bill, by service. Empty until the bill is known.
    pub fn reconciliation(&self) -> Vec<Reconciled> {
        Vec::new()
    }

    /// Rows that are billed at a price that is not known, and why it is not.
    pub fn unpriced(&self) -> Vec<(Arc<Record>, Why)> {
        let why = |record: &Arc<Record>| match &record.head.burn {
            Burn::Unpriced(why) => Some((record.clone(), why.clone())),
            _ => None,
        };
        self.tables.values().flat_map(super::table::Table::records).filter_map(why).collect()
    }

    /// Effective dollars that all rows with a known price and start accrued in `window`.
    pub fn accrued(&self, window: Window, now: Stamp) -> Usd {
        let heads = self.tables.values().flat_map(super::table::Table::records).map(|record| &record.head);
        let one = |head: &crate::domain::Head| accrual::accrued(head.effective()?, head.since, window, now).known().copied();
        heads.filter_map(one).sum()
    }

    /// What is paid less than list: the configuration's word first, then what was learnt.
    pub fn discounts(&self) -> &[Discount] {
        &self.discounts
    }
}

/// One figure an account: the newest. A known account replaces the same profile's nameless figure.
fn keep(known: &mut Vec<Costs>, costs: Costs) {
    let same = |old: &Costs| {
        old.place.account == costs.place.account && (&*costs.place.account != UNKNOWN || old.place.profile == costs.place.profile)
    };
    if known.iter().any(|old| same(old) && old.at > costs.at) {
        return;
    }
    // A failed look at the figure does not take the old figure away.
    let keep = known.iter().find(|old| same(old) && old.month_to_date.known().is_some()).cloned();
    let nameless = |old: &Costs| &*old.place.account == UNKNOWN && old.place.profile == costs.place.profile;
    known.retain(|old| !(same(old) || nameless(old)));
    known.push(match keep {
        Some(old) if costs.month_to_date.known().is_none() => old,
        _ => costs,
    });
}

fn month_to_date(costs: &[Costs]) -> Reading<MonthToDate> {
    let figures: Vec<(Usd, Option<Stamp>)> =
        costs.iter().filter_map(|costs| costs.month_to_date.known().map(|usd| (*usd, costs.through))).collect();
    if figures.is_empty() {
        let why = costs.iter().find_map(|costs| costs.month_to_date.why().cloned());
        return why.map_or_else(|| Reading::unknown("Cost Explorer has not answered yet"), Reading::Unknown);
    }
    Reading::Known(MonthToDate {
        amount: figures.iter().map(|(usd, _)| *usd).sum(),
        through: figures.iter().filter_map(|(_, through)| *through).min(),
        accounts: figures.len(),
        missing: costs.len() - figures.len(),
    })
}
