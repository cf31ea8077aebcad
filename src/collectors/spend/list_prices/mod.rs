//! The lines of the bill beside their list price, and which of them a discount is inferred from.
//!
//! List prices are Cost Explorer's own where it has them, else those of the rate cards.

mod charges;
#[cfg(test)]
mod tests;

use super::{
    billing_data::{BillLines, UsageLine},
    calendar::Calendar,
    scope,
};
use crate::{
    domain::{Currency, Measured, Note, Reason, RegionCost, Service, Usd},
    pricing::{
        BillLine, Component, Prices,
        discounts::{UsageTotal, find_contradiction, format_ratio},
        usage_type::BilledUsage,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// Refused lines of more than this share of a service's dollars refuse its discount.
const MAX_REFUSED_SHARE: f64 = 0.5;
/// Lines of fewer dollars a week are refused without a note.
const WORTH_A_NOTE: f64 = 1.0;

/// A usage type: Cost Explorer's `SERVICE` and `USAGE_TYPE`.
type UsageKey<'a> = (&'a str, &'a str);

/// A line with its list price.
pub(super) struct ListedLine<'a> {
    pub line: &'a UsageLine,
    pub list: f64,
}

/// All lines with a list price.
pub(super) struct ListPrices<'a> {
    lines: Vec<ListedLine<'a>>,
    /// The last seven closed days of each usage type.
    totals: BTreeMap<UsageKey<'a>, UsageTotal>,
    /// Usage types that give no discount, and why.
    refused: BTreeMap<UsageKey<'a>, Reason>,
    /// Services that no discount is inferred of, and why.
    pub refused_services: BTreeMap<Service, Reason>,
    pub notes: Vec<Note>,
    currency: Currency,
}

impl<'a> ListPrices<'a> {
    /// The lines of `bill` at list.
    pub(super) fn new(bill: &'a BillLines, calendar: &Calendar, prices: &Prices) -> Self {
        let mut own = Self {
            lines: listed(bill, prices),
            totals: BTreeMap::new(),
            refused: BTreeMap::new(),
            refused_services: BTreeMap::new(),
            notes: Vec::new(),
            currency: bill.currency(),
        };
        for ListedLine { line, list } in &own.lines {
            if calendar.is_in_week(line.day) {
                let none = UsageTotal {
                    paid: 0.0,
                    list: 0.0,
                };
                let total = own
                    .totals
                    .entry((&line.service, &line.usage))
                    .or_insert(none);
                total.paid += line.usd;
                total.list += list;
            }
        }
        let has_own_list = bill.lines.iter().any(|line| line.list.is_some());
        own.refuse_usage(bill.operations.is_none() && !has_own_list);
        for service in Service::ALL {
            own.refuse_service(service);
        }
        let currency = bill.currency();
        if currency != Currency::USD {
            own.notes.push(Note::Currency { currency });
        }
        own
    }

    /// Refuses usage types whose billed cost and list cost do not match. `any_system`: the bill
    /// does not say which instances run Linux, and the rate cards list only Linux.
    fn refuse_usage(&mut self, any_system: bool) {
        for (key, total) in self.totals.iter().filter(|(_, total)| total.list > 0.0) {
            let is_worth_a_note = total.paid.max(total.list) >= WORTH_A_NOTE;
            let ratio = total.ratio();
            let why = if any_system && key.0 == scope::EC2 && ratio > 1.001 {
                if is_worth_a_note && !self.notes.contains(&Note::SystemUnknown) {
                    self.notes.push(Note::SystemUnknown);
                }
                Reason::new("the bill does not say which instances run Linux, which the cards list")
            } else if total.paid <= 0.0 {
                Reason::new("nothing was paid for it: free tier or covered elsewhere")
            } else if !total.is_plausible() {
                if is_worth_a_note {
                    self.notes.push(Note::LineNotAtList {
                        usage: name(*key).into(),
                        ratio,
                    });
                }
                not_at_list(ratio)
            } else {
                continue;
            };
            self.refused.insert(*key, why);
        }
    }

    /// Refuses a service most of whose dollars were refused, or whose lines contradict each other.
    fn refuse_service(&mut self, service: Service) {
        let mine = |key: &UsageKey<'_>| Service::of_line(key.0, key.1) == Some(service);
        let totals = || self.totals.iter().filter(|(key, _)| mine(key));
        let sum = |totals: &mut dyn Iterator<Item = (&UsageKey<'a>, &UsageTotal)>| {
            totals.fold((0.0, 0.0), |(paid, list), (_, total)| {
                (paid + total.paid, list + total.list)
            })
        };
        let (paid, list) = sum(&mut totals());
        let (refused, _) = sum(&mut totals().filter(|(key, _)| self.refused.contains_key(*key)));
        if refused > MAX_REFUSED_SHARE * paid && list > 0.0 {
            let ratio = paid / list;
            self.refused_services.insert(service, not_at_list(ratio));
            if paid.max(list) >= WORTH_A_NOTE {
                self.notes.push(Note::ServiceNotAtList { service, ratio });
            }
            return;
        }
        let (keys, sums): (Vec<UsageKey<'a>>, Vec<UsageTotal>) = totals()
            .filter(|(key, _)| !self.refused.contains_key(*key))
            .map(|(key, total)| (*key, total.clone()))
            .unzip();
        let place = find_contradiction(&sums);
        if let Some(key) = place.and_then(|place| keys.get(place)) {
            let usage: Arc<str> = name(*key).into();
            let why = format!(
                "{usage} alone deviates from its list price by more than all lines together"
            );
            self.refused_services.insert(service, Reason::new(why));
            self.notes
                .push(Note::LineOutweighsService { service, usage });
        }
    }

    /// The lines that a discount is inferred from.
    pub(super) fn lines(&self) -> impl Iterator<Item = &ListedLine<'a>> {
        let is_refused = |listed: &&ListedLine<'_>| {
            let key = (listed.line.service.as_str(), listed.line.usage.as_str());
            !self.refused.contains_key(&key)
        };
        self.lines.iter().filter(is_refused)
    }

    /// The last closed day by service and region, without the cost of jobs, which have ended.
    pub(super) fn last_day(&self, calendar: &Calendar, prices: &Prices) -> Vec<RegionCost> {
        const JOBS: [Component; 3] = [
            Component::Training,
            Component::Processing,
            Component::Transform,
        ];
        let mut sums: BTreeMap<(Service, &'static str), f64> = BTreeMap::new();
        for ListedLine { line, .. } in self.lines() {
            let last = calendar.closed.checked_sub(1);
            let Some(service) = scope::service(line).filter(|_| calendar.place(line.day) == last)
            else {
                continue;
            };
            let meaning = prices.usage_type_meaning(&line.service, &line.usage);
            let is_job = matches!(&meaning.what, BilledUsage::Ml(_, part) if JOBS.contains(part));
            if let Some(region) = meaning.region.filter(|_| !is_job && last.is_some()) {
                *sums.entry((service, region)).or_default() += line.usd;
            }
        }
        let cost = |((service, region), usd)| RegionCost {
            service,
            region,
            billed: Usd(usd),
        };
        sums.into_iter().map(cost).collect()
    }

    /// Paid and list dollars of a usage type in the last seven closed days, and the discount in it.
    pub(super) fn of_usage(
        &self,
        service: &str,
        usage: &str,
    ) -> Option<(UsageTotal, Measured<f64>)> {
        let total = self
            .totals
            .get(&(service, usage))
            .filter(|total| total.list > 0.0)?;
        let share = match self.refused.get(&(service, usage)) {
            Some(why) => Measured::Unknown(why.clone()),
            None => Measured::Known(1.0 - total.ratio()),
        };
        Some((total.clone(), share))
    }

    /// The same of a service: the usage types that were not refused.
    pub(super) fn of_service(&self, service: Service) -> Option<(UsageTotal, Measured<f64>)> {
        let mut sum = UsageTotal {
            paid: 0.0,
            list: 0.0,
        };
        let refused = self.refused_services.get(&service);
        for (key, total) in &self.totals {
            let is_mine = Service::of_line(key.0, key.1) == Some(service);
            if is_mine && (refused.is_some() || !self.refused.contains_key(key)) {
                sum.paid += total.paid;
                sum.list += total.list;
            }
        }
        let share = match refused {
            Some(why) => Measured::Unknown(why.clone()),
            None => Measured::Known(1.0 - sum.ratio()),
        };
        (sum.list > 0.0).then_some((sum, share))
    }
}

fn not_at_list(ratio: f64) -> Reason {
    Reason::new(format!(
        "the bill is {} x list, unit unclear",
        format_ratio(ratio)
    ))
}

/// The display name of a usage type. For a model billed through the Marketplace, only the service
/// has the name of the model.
pub(super) fn name((service, usage): UsageKey<'_>) -> String {
    match service.strip_suffix(" (Amazon Bedrock Edition)") {
        Some(model) => format!("{model} {usage}").trim_end().to_owned(),
        None if usage.is_empty() => service.to_owned(),
        None => usage.to_owned(),
    }
}

/// All lines of `bill` that have a list price: of instances those by operation, where they are
/// known.
fn listed<'a>(bill: &'a BillLines, prices: &Prices) -> Vec<ListedLine<'a>> {
    let has_own_list = bill.lines.iter().any(|line| line.list.is_some());
    let operations = bill.operations.as_deref().filter(|_| !has_own_list);
    let lines = bill
        .lines
        .iter()
        .filter(|line| operations.is_none() || line.service != scope::EC2)
        .chain(operations.unwrap_or_default());
    let list = |line: &UsageLine| {
        if has_own_list {
            let is_capacity = !["Volume", "Serverless", "CapacityBlock", "SpotUsage"]
                .iter()
                .any(|word| line.usage.contains(word));
            return line.list.filter(|_| is_capacity);
        }
        let line = BillLine {
            service: &line.service,
            usage_type: &line.usage,
            operation: &line.operation,
            quantity: line.quantity,
            paid: line.usd,
        };
        let cost = prices.list_cost(&line);
        cost.known()
            .filter(|_| bill.currency() == Currency::USD)
            .map(|usd| usd.0)
    };
    lines
        .filter_map(|line| {
            Some(ListedLine {
                line,
                list: list(line)?,
            })
        })
        .collect()
}
