//! Money beside the rows: bills, discounts, how far the own estimate was off.

use super::Store;
use crate::{
    domain::{
        CommonFields, Costs, Discount, HourlyCost, Reason, Record, Service, Timestamp,
        UNKNOWN_ACCOUNT, Usd,
    },
    pricing::reconcile,
};
use std::{collections::BTreeMap, sync::Arc};

/// The own estimate of a service's last closed day beside its bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconciliation {
    /// Which service.
    pub service: Service,
    /// Beginning of the day, UTC.
    pub day: Timestamp,
    /// What the rows that are still listed come to on that day, effective.
    pub estimate: Usd,
    /// What Cost Explorer has for the lines with a list rate.
    pub billed: Usd,
}

impl Reconciliation {
    /// How far the estimate is off: estimate / billed - 1; `None` where nothing was billed.
    pub fn error(&self) -> Option<f64> {
        (self.billed.0 > 0.0).then(|| self.estimate.0 / self.billed.0 - 1.0)
    }
}

impl Store {
    /// Takes in what the bill says.
    pub(super) fn take_costs(&mut self, costs: Costs) {
        replace_costs(&mut self.costs, costs);
    }

    /// Gives the rows the discounts that the bills teach, as far as bill and rows agree.
    pub(super) fn apply_discounts(&mut self) {
        let refused = self
            .disagreements()
            .into_iter()
            .map(|(account, one)| (account, one.service));
        let refused = refused.collect();
        if self.discounts.infer(&self.costs, refused) {
            for table in self.tables.values_mut() {
                Arc::make_mut(table).discount(&self.discounts);
            }
        }
    }

    /// The bills without those that another watched account's bill holds.
    pub(super) fn counted_costs(&self) -> impl Iterator<Item = &Costs> {
        self.costs
            .iter()
            .filter(|costs| payer(costs, &self.costs).is_none())
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = &CommonFields> {
        self.records().map(|record| &record.head)
    }

    /// The own estimate of the last closed day beside the bill, by service (see [`reconcile`]).
    /// Empty until the bill has a closed day.
    pub fn reconciliation(&self) -> Vec<Reconciliation> {
        let mut sums: BTreeMap<Service, (Timestamp, Usd, Usd)> = BTreeMap::new();
        for costs in self.counted_costs() {
            let Some((day, ends)) = last_closed_day(costs) else {
                continue;
            };
            for billed in costs
                .days
                .iter()
                .filter(|one| one.day == day && one.priced > Usd::ZERO)
            {
                sums.entry(billed.service)
                    .or_insert((day, Usd::ZERO, Usd::ZERO))
                    .2 += billed.priced;
            }
            for head in self.heads().chain(self.ended()).filter(|head| {
                head.key.account == costs.place.account || costs.linked.contains(&head.key.account)
            }) {
                if let (Some(service), Some(usd)) =
                    (head.service, reconcile::estimate(head, day, ends))
                {
                    sums.entry(service).or_insert((day, Usd::ZERO, Usd::ZERO)).1 += usd;
                }
            }
        }
        sums.into_iter()
            .filter(|(_, (_, estimate, billed))| *estimate > Usd::ZERO || *billed > Usd::ZERO)
            .map(|(service, (day, estimate, billed))| Reconciliation {
                service,
                day,
                estimate,
                billed,
            })
            .collect()
    }

    /// Rows that are billed at a price that is not known, and why it is not.
    pub fn unpriced(&self) -> Vec<(Arc<Record>, Reason)> {
        let why = |record: &Arc<Record>| match &record.head.burn {
            HourlyCost::Unpriced(why) => Some((record.clone(), why.clone())),
            _ => None,
        };
        self.records().filter_map(why).collect()
    }

    /// The discount: the configured one, else the one of the bill.
    pub fn discounts(&self) -> &[Discount] {
        &self.discounts.all
    }
}

/// One figure an account: the newest. A known account replaces the same profile's nameless figure.
fn replace_costs(known: &mut Vec<Costs>, costs: Costs) {
    let same = |old: &Costs| {
        old.place.account == costs.place.account
            && (&*costs.place.account != UNKNOWN_ACCOUNT
                || old.place.profile == costs.place.profile)
    };
    if known.iter().any(|old| same(old) && old.at > costs.at) {
        return;
    }
    // A failed look at the figure does not take the old figure away.
    let keep = known
        .iter()
        .find(|old| same(old) && old.month_to_date.known().is_some())
        .cloned();
    let nameless = |old: &Costs| {
        &*old.place.account == UNKNOWN_ACCOUNT && old.place.profile == costs.place.profile
    };
    known.retain(|old| !(same(old) || nameless(old)));
    known.push(match keep {
        Some(old) if costs.month_to_date.known().is_none() => old,
        _ => costs,
    });
}

/// The other account whose bill holds that of `costs`, if it has one.
pub(super) fn payer<'a>(costs: &Costs, all: &'a [Costs]) -> Option<&'a Costs> {
    let account = &costs.place.account;
    all.iter().find(|other| {
        other.place.account != *account
            && other.linked.contains(account)
            && other.month_to_date.known().is_some()
            // Of two that hold each other the first counts.
            && !(costs.linked.contains(&other.place.account) && *account < other.place.account)
    })
}

/// Start and end of the last closed day.
pub(super) fn last_closed_day(costs: &Costs) -> Option<(Timestamp, Timestamp)> {
    let closed = costs.days.iter().filter(|day| day.closed);
    let day = closed.map(|day| day.day).max()?;
    Some((
        day,
        day.saturating_add(jiff::SignedDuration::from_hours(24))
            .unwrap_or(day),
    ))
}
