//! Comparison of the bills with the rows: contradictions, and costs without a row.

use super::{
    Store,
    money::{last_closed_day, payer},
};
use crate::{
    domain::{CommonFields, Costs, Currency, Evidence, HourlyCost, Note, PaneMeta, Service, Usd},
    pricing::reconcile,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The least dollars a day that are worth a note.
const MIN_DAILY: Usd = Usd(1.0);

/// A billed service without a billed row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnseenCost {
    /// The service.
    pub service: Service,
    /// A day, mean of the last seven closed days.
    pub daily: Usd,
    /// Its currency.
    pub currency: Currency,
}

/// A service whose bill and rows differ by more than [`reconcile::AGREES`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Disagreement {
    pub service: Service,
    /// The bill of the last closed day, in the regions that are read.
    pub billed: Usd,
    /// The rows of that day at list.
    pub estimate: Usd,
}

impl Store {
    /// Whether every pane that lists resources has answered, in `account` or in any: only then are
    /// the rows compared with the bill. `spendtop ls PANE` reads one pane.
    pub(super) fn has_read_all_panes(&self, account: Option<&str>) -> bool {
        let is_read = |pane: &PaneMeta| {
            self.tables.iter().any(|(source, table)| {
                source.pane == pane.id
                    && account.is_none_or(|account| *source.place.account == *account)
                    && table.health.last_good.is_some()
            })
        };
        self.panes()
            .iter()
            .filter(|pane| !pane.is_bill && !pane.has_contributors)
            .all(is_read)
    }

    /// Services for which the bill of the last closed day and the rows of that day, at list, differ
    /// by more than [`reconcile::AGREES`]: by account. An account is compared once all its sources
    /// have answered, if its bill includes no other account.
    pub(super) fn disagreements(&self) -> Vec<(Arc<str>, Disagreement)> {
        let mut found = Vec::new();
        for costs in self.costs.iter().filter(|costs| costs.linked.len() < 2) {
            let account = &costs.place.account;
            let Some((start, end)) = last_closed_day(costs) else {
                continue;
            };
            let tables = || {
                self.tables
                    .iter()
                    .filter(|(source, _)| source.place.account == *account)
            };
            let has_pending = tables().any(|(_, table)| table.health.last_good.is_none());
            if has_pending || !self.has_read_all_panes(Some(account)) {
                continue;
            }
            let regions: BTreeSet<&str> =
                tables().map(|(source, _)| &*source.place.region).collect();
            for discount in costs
                .discounts
                .iter()
                .filter(|one| !self.discounts.sets(one.service))
            {
                let service = discount.service;
                let billed: Usd = costs
                    .last_day
                    .iter()
                    .filter(|cost| cost.service == service && regions.contains(cost.region))
                    .map(|cost| cost.billed)
                    .sum();
                let is_compared = |head: &&CommonFields| {
                    head.key.account == *account
                        && head.service == Some(service)
                        && !matches!(head.evidence, Evidence::Job(_))
                };
                let compared = || self.heads().chain(self.ended()).filter(is_compared);
                let estimate: Usd = compared()
                    .filter_map(|head| reconcile::estimate_at_list(head, start, end))
                    .sum();
                // A notebook that stopped that day may have run for any part of it.
                let has_gap = compared().any(|head| {
                    let gap = head.history.gap.as_ref();
                    gap.is_some_and(|gap| gap.until > start)
                });
                let is_lower_bound = has_gap && billed > estimate;
                if !reconcile::agrees(billed, estimate) && !is_lower_bound {
                    let one = Disagreement {
                        service,
                        billed,
                        estimate,
                    };
                    found.push((account.clone(), one));
                }
            }
        }
        found
    }

    /// Billed services without a billed row, once all sources have answered: the cost is in a
    /// region or a feature that no source reads.
    pub fn billed_without_rows(&self) -> Vec<UnseenCost> {
        let has_pending = self
            .tables
            .values()
            .any(|table| table.health.last_good.is_none());
        let mut found = Vec::new();
        if has_pending || !self.has_read_all_panes(None) {
            return found;
        }
        for service in Service::ALL {
            let is_billed = |head: &&CommonFields| {
                head.service == Some(service)
                    && (head.effective().is_some_and(|rate| rate.0 > 0.0)
                        || matches!(head.burn, HourlyCost::Unpriced(_)))
            };
            if self.heads().any(|head| is_billed(&head)) {
                continue;
            }
            let Some(currency) = self.counted_costs().map(|costs| costs.currency).next() else {
                continue;
            };
            let daily: Usd = self
                .counted_costs()
                .filter(|costs| costs.currency == currency)
                .map(|costs| daily_mean(costs, service))
                .sum();
            if daily >= MIN_DAILY {
                found.push(UnseenCost {
                    service,
                    daily,
                    currency,
                });
            }
        }
        found
    }

    /// Regions with AI/ML costs on a counted bill that no source reads, most expensive first.
    fn unwatched_regions(&self) -> Vec<Note> {
        let watched: BTreeSet<&str> = self
            .tables
            .keys()
            .map(|source| &*source.place.region)
            .collect();
        let mut sums: BTreeMap<(&'static str, Currency), Usd> = BTreeMap::new();
        for costs in self.counted_costs() {
            let unwatched = costs
                .daily
                .iter()
                .filter(|cost| !watched.contains(cost.region));
            for cost in unwatched {
                *sums.entry((cost.region, costs.currency)).or_default() += cost.billed;
            }
        }
        let mut sums: Vec<_> = sums
            .into_iter()
            .filter(|(_, daily)| *daily >= MIN_DAILY)
            .collect();
        sums.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
        let note = |((region, currency), daily)| Note::RegionNotWatched {
            region,
            daily,
            currency,
        };
        sums.into_iter().map(note).collect()
    }

    /// Billed usage that no pane lists.
    fn unlisted_costs(&self) -> Vec<Note> {
        let mut sums: BTreeMap<(&'static str, Currency), Usd> = BTreeMap::new();
        for costs in self.counted_costs() {
            for cost in &costs.unlisted {
                *sums.entry((cost.name, costs.currency)).or_default() += cost.daily;
            }
        }
        let is_worth_a_note = |(_, daily): &(_, Usd)| *daily >= MIN_DAILY;
        let note = |((name, currency), daily)| Note::Unlisted {
            name,
            daily,
            currency,
        };
        sums.into_iter().filter(is_worth_a_note).map(note).collect()
    }

    /// Facts that a person should know although nothing failed.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        let sources = self
            .tables
            .values()
            .flat_map(|table| table.health.remarks.clone());
        let apart = self
            .disagreements()
            .into_iter()
            .map(|(_, one)| Note::BillNotBurn {
                service: one.service,
                billed: one.billed,
                estimate: one.estimate,
            });
        let members = self.costs.iter().filter_map(|costs| {
            Some(Note::BilledByPayer {
                account: costs.place.account.clone(),
                payer: payer(costs, &self.costs)?.place.account.clone(),
            })
        });
        let unseen = self
            .billed_without_rows()
            .into_iter()
            .map(|one| Note::BilledWithoutRows {
                service: one.service,
                daily: one.daily,
                currency: one.currency,
            });
        let apart = apart.chain(self.unwatched_regions());
        let unseen = unseen.chain(self.unlisted_costs());
        for note in sources.chain(apart).chain(members).chain(unseen) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }
}

/// Dollars a day of `service`, mean of the last seven closed days.
fn daily_mean(costs: &Costs, service: Service) -> Usd {
    const WEEK: f64 = 7.0;
    let Some((last, _)) = last_closed_day(costs) else {
        return Usd::ZERO;
    };
    let first = last.as_second() - 6 * 86_400;
    let days = costs
        .days
        .iter()
        .filter(|day| day.service == service && day.closed && day.day.as_second() >= first);
    days.map(|day| day.billed).sum::<Usd>() * (1.0 / WEEK)
}
