//! The amount spent in a window of time, in all accounts: from their bills as far as they are
//! closed, and from the own estimate of the rest (see [`super::bill`]).

use super::{Store, bill::Bill};
use crate::domain::{CommonFields, Costs, Currency, Measured, Reason, Service, Timestamp, Usd};
use std::{collections::BTreeMap, sync::Arc};

/// The amount spent in a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowCost {
    /// Billed and estimated cost together, without prepaid fees.
    pub usage: Usd,
    /// The billed part of `usage`.
    pub billed: Usd,
    /// The end of the bills; `None`: all of it is estimated.
    pub through: Option<Timestamp>,
    /// The prepaid fees that fell due in the window.
    pub prepaid: Usd,
    /// Why the amount may be higher; `None`: nothing is known to be missing.
    pub gap: Option<Reason>,
}

impl WindowCost {
    /// Usage and prepaid fees together.
    pub fn total(&self) -> Usd {
        self.usage + self.prepaid
    }

    /// Records that a bill ends at `through`: the earliest end counts.
    fn seam(&mut self, through: Option<Timestamp>) {
        self.through = match (self.through, through) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// The bills of all accounts in dollars with their rows, and the rows without a bill.
pub(super) struct Ledger<'a> {
    bills: Vec<Bill<'a>>,
    rest: Vec<&'a CommonFields>,
}

impl Store {
    /// Ended resources without a row that cost something in the last days.
    pub(super) fn ended(&self) -> impl Iterator<Item = &CommonFields> {
        let ended = self.tables.values().flat_map(|table| table.ended());
        ended
            .map(|record| &record.head)
            .filter(|head| self.record(&head.key).is_none())
    }

    /// The present bills and rows. Rows are priced in dollars: a bill in another currency is left
    /// out.
    pub(super) fn ledger(&self) -> Ledger<'_> {
        let mut rows: BTreeMap<&Arc<str>, Vec<&CommonFields>> = BTreeMap::new();
        for head in self.heads().chain(self.ended()) {
            if head.key.kind.service().is_some() {
                rows.entry(&head.key.account).or_default().push(head);
            }
        }
        let bills = self.counted_costs().filter(|costs| {
            costs.month_to_date.known().is_some() && costs.currency == Currency::USD
        });
        Ledger {
            bills: bills.map(|costs| bill_of(costs, &mut rows)).collect(),
            rest: rows.into_values().flatten().collect(),
        }
    }

    /// The amount spent from `start` to `now` on all services.
    pub fn spent(&self, start: Timestamp, now: Timestamp) -> WindowCost {
        self.spent_by(&self.ledger(), start, now)
    }

    /// As [`Store::spent`], from the bills and rows of `ledger`.
    pub(super) fn spent_by(
        &self,
        ledger: &Ledger<'_>,
        start: Timestamp,
        now: Timestamp,
    ) -> WindowCost {
        let mut window = ledger.spent(start, now);
        self.add_prepaid(&mut window, start, now);
        window
    }
}

/// The bill of `costs` with the rows of its accounts, which are removed from `rows`.
fn bill_of<'a>(
    costs: &'a Costs,
    rows: &mut BTreeMap<&'a Arc<str>, Vec<&'a CommonFields>>,
) -> Bill<'a> {
    let accounts = std::iter::once(&costs.place.account).chain(&costs.linked);
    let mine = accounts.filter_map(|account| rows.remove(account));
    Bill::new(costs, mine.flatten().collect())
}

impl<'a> Ledger<'a> {
    /// The bill of `costs`; `None` where it is not in dollars.
    pub(super) fn bill(&self, costs: &Costs) -> Option<&Bill<'a>> {
        self.bills
            .iter()
            .find(|bill| bill.costs.place == costs.place)
    }

    /// The amount spent from `start` to `now`.
    fn spent(&self, start: Timestamp, now: Timestamp) -> WindowCost {
        let mut window = WindowCost::default();
        let mut gap = None;
        for bill in &self.bills {
            for service in Service::ALL {
                let part = bill.of_service(service, start, now);
                window.usage += part.usd;
                window.billed += part.billed;
                if part.usd > part.billed {
                    window.seam(bill.through(service));
                }
                gap = gap.or_else(|| bill.gap(service, start, now));
            }
        }
        window.usage += estimate(self.rest.iter().copied(), (start, now));
        let mut rest = self.rest.iter();
        window.gap = gap.or_else(|| rest.find_map(|head| self::gap(head, start, now)));
        let is_billed = |through: &Timestamp| *through > start && window.billed > Usd::ZERO;
        window.through = window.through.filter(is_billed);
        window
    }
}

/// Why the cost of `head` since `start` may be higher; `None` where nothing is missing.
pub(super) fn gap(head: &CommonFields, start: Timestamp, now: Timestamp) -> Option<Reason> {
    if let Measured::Unknown(why) = head.spent_at_list(start, now) {
        return Some(why);
    }
    let gap = head.history.gap.as_ref().filter(|gap| gap.until > start)?;
    Some(gap.why.clone())
}

/// Effective dollars of `rows` from one moment to another, as far as they are known.
pub(super) fn estimate<'a>(
    rows: impl Iterator<Item = &'a CommonFields>,
    (from, to): (Timestamp, Timestamp),
) -> Usd {
    let one = |head: &CommonFields| {
        let list = head.spent_at_list(from, to).known().copied()?;
        Some(list * head.paid_share())
    };
    rows.filter_map(one).sum()
}
