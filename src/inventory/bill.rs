//! The cost of one account in a window, from its bill and its rows.
//!
//! ```text
//! a closed hour     the bill by the hour, where AWS has it
//! a closed day      the bill by the day
//! a part of one     the rows in that part, and the same part of the dollars by which the bill
//!                   exceeds the rows of that day
//! an open day       the hours that are billed and the estimate since, or the bill so far if it is
//!                   more
//! ```
//!
//! The estimate is the cost of the rows, ended ones included. The end of the bill shows two facts
//! that the rows do not:
//!
//! - a row that reports when it stopped and not when it started ran at the end of the bill, if the
//!   bill exceeds the rows there by its rate; then it ran until it stopped;
//! - an amount by which the bill exceeded the rows on each of the last seven days and at its end is
//!   a cost that no pane lists (a volume, a region that is not read), and continues.

use super::spent::{estimate, gap};
use crate::domain::{
    CommonFields, CostGap, CostSpan, Costs, DayCost, HourCosts, Reason, Service, Timestamp, Usd,
    UsdPerHour, time::timestamp::seconds_between,
};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Hours at the end of a bill that show which rows ran then.
const LAST_HOURS: i64 = 3;
/// Closed days on each of which a cost without a row must appear to count as steady.
const STEADY_DAYS: i64 = 7;
/// The unexplained dollars may be lower than the rate of a row by this factor.
const ROUNDING: f64 = 1.05;
/// Dollars an hour, and the share of the bill, up to which a difference needs no explanation.
const MIN_UNEXPLAINED: f64 = 1.0;
const MIN_SHARE: f64 = 0.05;

/// A start and an end.
type Span = (Timestamp, Timestamp);

/// The bill of an account with its rows.
pub(super) struct Bill<'a> {
    pub costs: &'a Costs,
    rows: BTreeMap<Service, Vec<&'a CommonFields>>,
    /// The costs that the end of the bill shows, by service.
    ends: BTreeMap<Service, BillEnd<'a>>,
}

/// The costs that the end of a service's bill shows beyond the rows.
#[derive(Default)]
struct BillEnd<'a> {
    /// Stopped rows that ran at the end of the bill, with their cost from then on.
    ran: Vec<(&'a CommonFields, CostSpan)>,
    /// The steady cost that no pane lists: since when, dollars an hour.
    steady: Option<(Timestamp, UsdPerHour)>,
    /// The cost that neither explains, dollars an hour; zero where it is small.
    unexplained: UsdPerHour,
}

/// Dollars, and the billed part of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub usd: Usd,
    pub billed: Usd,
}

impl Spent {
    fn new(billed: Usd, estimated: Usd) -> Self {
        Self {
            usd: billed + estimated,
            billed,
        }
    }
}

impl<'a> Bill<'a> {
    /// The bill `costs`, with the `rows` of its accounts.
    pub(super) fn new(costs: &'a Costs, rows: Vec<&'a CommonFields>) -> Self {
        let mut bill = Self {
            costs,
            rows: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for head in rows {
            if let Some(service) = head.key.kind.service() {
                bill.rows.entry(service).or_default().push(head);
            }
        }
        for service in Service::ALL {
            if let Some(end) = bill.look_at_end(service) {
                bill.ends.insert(service, end);
            }
        }
        bill
    }

    /// The end of the closed hours and days on the bill `costs`, the latest of all services.
    pub(super) fn end(costs: &Costs) -> Option<Timestamp> {
        let hours = costs.hours.iter().map(|hours| hours.span().1);
        hours.max().max(costs.through)
    }

    /// The end of the closed hours and days of a service.
    pub(super) fn through(&self, service: Service) -> Option<Timestamp> {
        let hours = self.hours(service).map(|hours| hours.span().1);
        hours.max(self.costs.through)
    }

    /// The cost of `service` from `start` to `now`.
    pub(super) fn of_service(&self, service: Service, start: Timestamp, now: Timestamp) -> Spent {
        let mut sum = Spent::default();
        let mut day = midnight(start);
        while day < now {
            let next = after(day, DAY);
            let part = self.of_part(service, day, (start.max(day), now.min(next)));
            sum.usd += part.usd;
            sum.billed += part.billed;
            day = next;
        }
        sum
    }

    /// The cost of `services` in `[start, now)` beyond their bill so far.
    pub(super) fn unbilled(&self, services: &[Service], start: Timestamp, now: Timestamp) -> Usd {
        let spent = services
            .iter()
            .map(|service| self.of_service(*service, start, now).usd);
        let days = self.costs.days.iter();
        let mine = days.filter(|day| day.day >= start && services.contains(&day.service));
        let billed: Usd = mine.map(DayCost::usage).sum();
        Usd((spent.sum::<Usd>() - billed).0.max(0.0))
    }

    /// Why the cost of `service` since `start` may be higher; `None` where nothing is missing.
    pub(super) fn gap(&self, service: Service, start: Timestamp, now: Timestamp) -> Option<Reason> {
        let start = self.through(service).map_or(start, |end| end.max(start));
        let end = self.ends.get(&service);
        let is_told = |head: &CommonFields| {
            end.is_some_and(|end| end.ran.iter().any(|(ran, _)| ran.key == head.key))
        };
        let mut rows = self.of(service).filter(|head| !is_told(head));
        let unexplained = || {
            let rate = end.map(|end| end.unexplained).filter(|rate| rate.0 > 0.0)?;
            Some(Reason::new(format!(
                "the bill of {service} ends with {rate:#} that no row explains"
            )))
        };
        rows.find_map(|head| gap(head, start, now))
            .or_else(unexplained)
    }

    /// The cost in the part `part` of the day that begins at `day`.
    fn of_part(&self, service: Service, day: Timestamp, part: Span) -> Spent {
        let whole = (day, after(day, DAY));
        let is_closed = self.costs.through.is_some_and(|through| whole.1 <= through);
        let billed = self.billed_on(service, day);
        if is_closed && part == whole {
            return Spent::new(billed, Usd::ZERO);
        }
        let hours = self.hours(service);
        let (known, rest) = split(hours, part);
        let estimated = self.estimate(service, &rest);
        if is_closed {
            let (all_known, all_rest) = split(hours, whole);
            let beyond = billed - all_known - self.estimate(service, &all_rest);
            let share = seconds(&rest) / seconds(&all_rest).max(1.0);
            let beyond = Usd(beyond.0.max(0.0) * share);
            return Spent::new(known + beyond, estimated);
        }
        if part.0 == day && billed > known + estimated {
            return Spent::new(billed, Usd::ZERO);
        }
        Spent::new(known, estimated)
    }

    /// The own estimate of `spans`.
    fn estimate(&self, service: Service, spans: &[Span]) -> Usd {
        let end = self.ends.get(&service);
        let one = |span: &Span| {
            let told: Usd = end.map_or(Usd::ZERO, |end| {
                let ran = end.ran.iter().map(|(_, cost)| cost.within(span.0, span.1));
                let steady = end.steady.map(|(from, rate)| {
                    rate.over(seconds_between(from.max(span.0), span.1).max(0.0))
                });
                ran.chain(steady).sum()
            });
            estimate(self.of(service), *span) + told
        };
        spans.iter().map(one).sum()
    }

    /// Compares the end of a service's bill with the rows.
    fn look_at_end(&self, service: Service) -> Option<BillEnd<'a>> {
        let (end, billed, own) = self.rates_at_end(service)?;
        let mut rest = billed - own;
        let mut stopped: Vec<(&'a CommonFields, &'a CostGap, f64)> = Vec::new();
        for head in self.rows.get(&service).into_iter().flatten() {
            let gap = head.history.gap.as_ref().filter(|gap| gap.until > end);
            if let Some((gap, rate)) = gap.and_then(|gap| Some((gap, gap.rate?))) {
                stopped.push((head, gap, rate.0 * head.paid_share()));
            }
        }
        stopped.sort_by(|a, b| b.2.total_cmp(&a.2));
        let mut found = BillEnd::default();
        for (head, gap, rate) in stopped {
            if rate <= rest * ROUNDING {
                rest -= rate;
                let span = CostSpan {
                    from: end,
                    to: gap.until,
                    rate: UsdPerHour(rate),
                };
                found.ran.push((head, span));
            }
        }
        let steady = self.steady_rate(service).min(rest).max(0.0);
        found.steady = (steady > 0.0).then_some((end, UsdPerHour(steady)));
        if rest - steady > MIN_UNEXPLAINED.max(MIN_SHARE * billed) {
            found.unexplained = UsdPerHour(rest - steady);
        }
        Some(found)
    }

    /// The end of a service's bill, and the dollars an hour just before it: on the bill, and of the
    /// rows.
    fn rates_at_end(&self, service: Service) -> Option<(Timestamp, f64, f64)> {
        let hours = self.hours(service);
        let (span, billed) = match (hours, self.costs.through) {
            (Some(hours), through) if Some(hours.span().1) >= through => {
                let (first, end) = hours.span();
                let span = (after(end, -LAST_HOURS * HOUR).max(first), end);
                (span, split(Some(hours), span).0)
            }
            (_, Some(through)) => {
                let day = after(through, -DAY);
                ((day, through), self.billed_on(service, day))
            }
            _ => return None,
        };
        let own = estimate(self.of(service), span);
        let hours = (seconds_between(span.0, span.1) / 3_600.0).max(1.0);
        Some((span.1, billed.0 / hours, own.0 / hours))
    }

    /// The least dollars an hour by which the bill exceeded the rows on any of the last closed
    /// days.
    fn steady_rate(&self, service: Service) -> f64 {
        let Some(through) = self.costs.through else {
            return 0.0;
        };
        let beyond = |back: i64| {
            let day = after(through, -back * DAY);
            let own = estimate(self.of(service), (day, after(day, DAY)));
            (self.billed_on(service, day) - own).0 / 24.0
        };
        (1..=STEADY_DAYS).map(beyond).fold(f64::INFINITY, f64::min)
    }

    /// The bill of a day so far.
    fn billed_on(&self, service: Service, day: Timestamp) -> Usd {
        let days = self.costs.days.iter();
        days.filter(|one| one.day == day && one.service == service)
            .map(DayCost::usage)
            .sum()
    }

    fn hours(&self, service: Service) -> Option<&'a HourCosts> {
        self.costs.hours_of(service)
    }

    fn of(&self, service: Service) -> impl Iterator<Item = &'a CommonFields> {
        self.rows.get(&service).into_iter().flatten().copied()
    }
}

/// The dollars of the billed hours within `part`, and the spans that are not billed by the hour.
fn split(hours: Option<&HourCosts>, part: Span) -> (Usd, Vec<Span>) {
    let Some(hours) = hours else {
        return (Usd::ZERO, vec![part]);
    };
    let (first, through) = hours.span();
    let (from, to) = (first.max(part.0), through.min(part.1));
    if from >= to {
        return (Usd::ZERO, vec![part]);
    }
    let within = |place: &usize| (from..to).contains(&hours.hours.at(*place));
    let places = (0..hours.hours.points.len()).filter(within);
    let billed = places.filter_map(|place| hours.hours.points.get(place).copied().flatten());
    let rest = [(part.0, from), (to, part.1)];
    (
        Usd(billed.sum()),
        rest.into_iter().filter(|(from, to)| from < to).collect(),
    )
}

fn seconds(spans: &[Span]) -> f64 {
    spans
        .iter()
        .map(|(from, to)| seconds_between(*from, *to))
        .sum()
}

fn midnight(at: Timestamp) -> Timestamp {
    let day = at.as_second().div_euclid(DAY);
    Timestamp::from_second(day * DAY).unwrap_or(at)
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}
