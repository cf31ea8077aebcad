//! Money besides the rows: bills, discounts, and the error of the own estimate.

use super::Store;
use crate::{
    domain::{
        CommonFields, Costs, Discount, HourlyCost, Reason, Record, Service, Timestamp,
        UNKNOWN_ACCOUNT, Usd,
    },
    pricing::reconcile,
};
use std::{collections::BTreeMap, sync::Arc};

/// The own estimate of a service's last closed day and its bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconciliation {
    /// The service.
    pub service: Service,
    /// Beginning of the day, UTC.
    pub day: Timestamp,
    /// The effective cost of the rows on that day, ended ones included.
    pub estimate: Usd,
    /// Cost Explorer's amount for the lines with a list rate.
    pub billed: Usd,
}

impl Reconciliation {
    /// The error of the estimate: estimate / billed - 1; `None` where nothing was billed.
    pub fn error(&self) -> Option<f64> {
        (self.billed.0 > 0.0).then(|| self.estimate.0 / self.billed.0 - 1.0)
    }
}

impl Store {
    /// Stores the costs of an account.
    pub(super) fn take_costs(&mut self, costs: Costs) {
        replace_costs(&mut self.costs, costs);
    }

    /// Sets the discounts of the rows as inferred from the bills, where bill and rows agree.
    pub(super) fn apply_discounts(&mut self) {
        let refused = self
            .disagreements()
            .into_iter()
            .map(|(account, one)| (account, one.service));
        let refused = refused.collect();
        if self.discounts.infer(&self.costs, &refused) {
            for table in self.tables.values_mut() {
                Arc::make_mut(table).discount(&self.discounts);
            }
        }
    }

    /// The bills that no other watched account's bill includes.
    pub(super) fn counted_costs(&self) -> impl Iterator<Item = &Costs> {
        self.costs
            .iter()
            .filter(|costs| payer(costs, &self.costs).is_none())
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = &CommonFields> {
        self.records().map(|record| &record.head)
    }

    /// The own estimate of the last closed day and the bill, by service (see [`reconcile`]).
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
            for head in self
                .heads()
                .chain(self.ended())
                .filter(|head| costs.covers(&head.key.account))
            {
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

    /// Rows billed at an unknown price, with the reasons.
    pub fn unpriced(&self) -> Vec<(Arc<Record>, Reason)> {
        let why = |record: &Arc<Record>| match &record.head.burn {
            HourlyCost::Unpriced(why) => Some((record.clone(), why.clone())),
            _ => None,
        };
        self.records().filter_map(why).collect()
    }

    /// The discounts in use: the configured ones, then those inferred from the bills.
    pub fn discounts(&self) -> &[Discount] {
        &self.discounts.all
    }
}

/// Keeps one bill per account: the newest. A known account replaces the same profile's bill without
/// an account.
fn replace_costs(known: &mut Vec<Costs>, costs: Costs) {
    let same = |old: &Costs| {
        old.place.account == costs.place.account
            && (&*costs.place.account != UNKNOWN_ACCOUNT
                || old.place.profile == costs.place.profile)
    };
    if known.iter().any(|old| same(old) && old.at > costs.at) {
        return;
    }
    // A failed read does not remove the old amount.
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

/// The other account whose bill includes that of `costs`, if there is one.
pub(super) fn payer<'a>(costs: &Costs, all: &'a [Costs]) -> Option<&'a Costs> {
    let account = &costs.place.account;
    all.iter().find(|other| {
        other.place.account != *account
            && other.linked.contains(account)
            && other.month_to_date.known().is_some()
            // Of two bills that include each other, that of the lower account id counts.
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
