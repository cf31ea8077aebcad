//! From answers to the lines of the pane: dollars by day and what follows from them, group by
//! group.
//!
//! A day is closed when it is over and Cost Explorer has gone on to the next, or a whole day has
//! passed since.

use super::{
    billing_data::{BillingData, GroupSlice, UsageLine},
    columns::Figures,
    queries::HOURS,
};
use crate::{
    domain::{
        DayCost, Evidence, Measured, Reason, ResourceKind, Series, Service, Timestamp, Usd, Value,
        text::printable,
    },
    pricing::{
        Prices,
        discounts::DAYS as WEEK,
        forecast::{self, SpendPace},
    },
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) const LINE: ResourceKind = ResourceKind::COST_LINE;
const DAY: i64 = 86_400;

/// A row to be.
#[derive(Clone, Debug)]
pub(crate) struct SpendItem {
    pub id: Arc<str>,
    pub kind: ResourceKind,
    pub group: Arc<str>,
    pub name: Arc<str>,
    pub state: &'static str,
    pub evidence: Evidence,
    pub figures: Figures,
}

impl SpendItem {
    pub fn new(
        kind: ResourceKind,
        group: &str,
        id: &str,
        name: &str,
        evidence: Evidence,
        figures: Figures,
    ) -> Self {
        Self {
            id: format!("{group}/{id}").into(),
            kind,
            group: group.into(),
            name: name.into(),
            state: "billed",
            evidence,
            figures,
        }
    }
}

/// The days that the answers cover.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calendar {
    /// Beginning of the first day with a line.
    pub first: i64,
    /// Days up to today.
    pub days: usize,
    /// Days from the first that are closed.
    pub closed: usize,
    /// Place of the first of the month.
    pub month: usize,
    now: Timestamp,
}

impl Calendar {
    /// The days of `lines` as of `now`; `None` without a line.
    pub fn of(lines: &[UsageLine], now: Timestamp) -> Option<Self> {
        let charged = || {
            lines
                .iter()
                .filter(|line| line.usd != 0.0)
                .map(|line| line.day)
        };
        let (first, last) = (charged().min()?, charged().max()?);
        let today = now.as_second().div_euclid(DAY) * DAY;
        let ended = (now.as_second() - DAY).div_euclid(DAY) * DAY;
        let closed = last.min(today).max(ended);
        let place = |day: i64| usize::try_from((day - first) / DAY).unwrap_or(0);
        let month = forecast::month(now).0.as_second().max(first);
        Some(Self {
            first,
            days: place(today.max(first)) + 1,
            closed: place(closed.max(first)),
            month: place(month),
            now,
        })
    }

    /// End of the last closed day.
    pub fn through(&self) -> Option<Timestamp> {
        (self.closed > 0).then(|| self.at(self.closed)).flatten()
    }

    fn at(&self, place: usize) -> Option<Timestamp> {
        Timestamp::from_second(self.first + i64::try_from(place).ok()? * DAY).ok()
    }

    fn place(&self, day: i64) -> Option<usize> {
        usize::try_from((day - self.first).div_euclid(DAY))
            .ok()
            .filter(|place| *place < self.days)
    }
}

/// Dollars of each day of a calendar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Daily<'a> {
    pub calendar: &'a Calendar,
    days: Vec<f64>,
}

impl<'a> Daily<'a> {
    pub fn of(calendar: &'a Calendar, charges: impl Iterator<Item = (i64, f64)>) -> Self {
        let mut days = vec![0.0; calendar.days];
        for (day, usd) in charges {
            if let Some(sum) = calendar.place(day).and_then(|place| days.get_mut(place)) {
                *sum += usd;
            }
        }
        Self { calendar, days }
    }

    fn sum(&self, from: usize, to: usize) -> Usd {
        Usd(self.days.get(from..to).unwrap_or_default().iter().sum())
    }

    /// The calendar month so far, open days included.
    pub fn month(&self) -> Usd {
        self.sum(self.calendar.month, self.days.len())
    }

    /// The closed days of the month.
    pub fn month_closed(&self) -> Usd {
        self.sum(self.calendar.month, self.calendar.closed)
    }

    /// The last closed day.
    fn yesterday(&self) -> Option<Usd> {
        let last = self.calendar.closed.checked_sub(1)?;
        self.days.get(last).copied().map(Usd)
    }

    /// `weeks` weeks before the end of the last closed day, seven days.
    fn week(&self, weeks: usize) -> Option<Usd> {
        let to = self.calendar.closed.checked_sub(weeks * WEEK as usize)?;
        Some(self.sum(to.checked_sub(WEEK as usize)?, to))
    }

    /// Closed days, oldest first.
    pub fn closed(&self) -> Vec<Usd> {
        self.days
            .iter()
            .take(self.calendar.closed)
            .copied()
            .map(Usd)
            .collect()
    }

    fn series(&self) -> Measured<Arc<Series>> {
        let closed: Vec<Option<f64>> = self
            .days
            .iter()
            .take(self.calendar.closed)
            .copied()
            .map(Some)
            .collect();
        if closed.is_empty() {
            return Measured::unknown("no closed day on the bill yet");
        }
        let start = self.calendar.at(0).unwrap_or_default();
        Measured::Known(Arc::new(Series {
            start,
            step: 86_400,
            points: closed,
        }))
    }

    /// What follows from the days, beside `all` days of the account.
    pub fn figures(&self, all: Usd) -> Figures {
        let missing = |what: &'static str| Value::Unknown(Reason::new(what));
        let (newest, before) = (self.week(0), self.week(1));
        let growth = match (newest, before) {
            (Some(newest), Some(before)) if before.0 > 0.0 => {
                Value::Percent(newest.0 / before.0 - 1.0)
            }
            (Some(_), Some(_)) => missing("nothing was billed in the week before"),
            _ => missing("less than 14 closed days on the bill"),
        };
        let pace = SpendPace::of(&self.closed());
        let through = self.calendar.through();
        let end = pace.known().zip(through).map(|(pace, through)| {
            let from = through.max(forecast::month(self.calendar.now).0);
            forecast::month_end(
                self.month_closed(),
                from,
                pace,
                crate::domain::UsdPerHour::ZERO,
                self.calendar.now,
            )
            .mean
        });
        Figures {
            month: Value::Usd(self.month()),
            yesterday: self
                .yesterday()
                .map_or_else(|| missing("no closed day on the bill yet"), Value::Usd),
            mean: newest.map_or_else(
                || missing("less than 7 closed days on the bill"),
                |week| Value::Usd(week * (1.0 / 7.0)),
            ),
            growth,
            share: if all.0 > 0.0 {
                Value::Percent(self.month().0 / all.0)
            } else {
                missing("nothing was billed this month")
            },
            days: Value::read(&self.series(), Value::Series),
            forecast: end.map_or_else(
                || missing("too few closed days to forecast from"),
                Value::Usd,
            ),
            ..Figures::default()
        }
    }
}

/// List and net amortized dollars of the same usage.
#[derive(Clone, Copy, Debug, Default)]
struct Priced {
    paid: f64,
    list: f64,
}

/// A line at list; `None` for what has no list rate, and for what is no use of capacity (storage,
/// request time, prepaid blocks).
fn at_list(line: &UsageLine, prices: &Prices) -> Option<f64> {
    if ["Volume", "Serverless", "CapacityBlock"]
        .iter()
        .any(|word| line.usage.contains(word))
        || line.quantity <= 0.0
    {
        return None;
    }
    let quote = prices.usage(&line.service, &line.usage, None);
    quote.known().map(|quote| quote.unit.0 * line.quantity)
}

fn service(line: &UsageLine) -> Option<Service> {
    Service::of_line(&line.service, &line.usage)
}

/// Days by service, as other modules use them.
pub(super) fn day_costs(lines: &[UsageLine], calendar: &Calendar, prices: &Prices) -> Vec<DayCost> {
    let mut days: BTreeMap<(i64, Service), DayCost> = BTreeMap::new();
    for line in lines {
        let (Some(service), Some(place)) = (service(line), calendar.place(line.day)) else {
            continue;
        };
        let Ok(day) = Timestamp::from_second(line.day) else {
            continue;
        };
        let closed = place < calendar.closed;
        let new = DayCost {
            day,
            service,
            billed: Usd::ZERO,
            priced: Usd::ZERO,
            list: Usd::ZERO,
            closed,
        };
        let sum = days.entry((line.day, service)).or_insert(new);
        sum.billed += Usd(line.usd);
        if let Some(list) = at_list(line, prices) {
            sum.priced += Usd(line.usd);
            sum.list += Usd(list);
        }
    }
    days.into_values().collect()
}

/// All rows of dollars: by service, usage type, tag and account.
pub(super) fn items(
    answers: &BillingData,
    lines: &[UsageLine],
    calendar: &Calendar,
    prices: &Prices,
) -> Vec<SpendItem> {
    let all = Daily::of(calendar, lines.iter().map(|line| (line.day, line.usd))).month();
    let mut items = by_service(answers, lines, calendar, prices, all);
    items.extend(by_usage(lines, calendar, prices, all));
    for (key, told) in &answers.tags {
        let group = format!("tag:{key}");
        let named = |value: &str| {
            let value = value
                .strip_prefix(key.as_str())
                .and_then(|rest| rest.strip_prefix('$'))
                .unwrap_or(value);
            if value.is_empty() {
                "(untagged)".to_owned()
            } else {
                value.to_owned()
            }
        };
        items.extend(slice_items(
            told.as_deref().unwrap_or_default(),
            calendar,
            all,
            &group,
            &named,
        ));
    }
    let named = |id: &str| match answers.names.iter().find(|(known, _)| known == id) {
        Some((_, name)) if !name.is_empty() => format!("{} ({id})", printable(name)),
        _ => id.to_owned(),
    };
    items.extend(slice_items(
        answers.accounts.as_deref().unwrap_or_default(),
        calendar,
        all,
        "account",
        &named,
    ));
    items
}

fn by_service(
    answers: &BillingData,
    lines: &[UsageLine],
    calendar: &Calendar,
    prices: &Prices,
    all: Usd,
) -> Vec<SpendItem> {
    let mut items = Vec::new();
    for one in Service::ALL {
        let mine: Vec<&UsageLine> = lines
            .iter()
            .filter(|line| service(line) == Some(one))
            .collect();
        if mine.is_empty() {
            continue;
        }
        let mut figures = priced_figures(&mine, calendar, prices, all);
        figures.hours = hours(answers, one);
        // Only services are judged: the same dollars stand in the other groups again, and one spike
        // is one finding.
        let evidence = Evidence::Spend {
            days: daily(&mine, calendar).series(),
        };
        items.push(SpendItem::new(
            LINE,
            "service",
            one.id(),
            &one.to_string(),
            evidence,
            figures,
        ));
    }
    items
}

fn by_usage(lines: &[UsageLine], calendar: &Calendar, prices: &Prices, all: Usd) -> Vec<SpendItem> {
    let mut types: BTreeMap<(&str, &str), Vec<&UsageLine>> = BTreeMap::new();
    for line in lines {
        types
            .entry((&line.service, &line.usage))
            .or_default()
            .push(line);
    }
    let item = |((service, usage), mine): ((&str, &str), Vec<&UsageLine>)| {
        let mut figures = priced_figures(&mine, calendar, prices, all);
        figures.service = Value::text(service);
        // Models billed through the Marketplace are named in the service alone.
        let name = service
            .strip_suffix(" (Amazon Bedrock Edition)")
            .map_or_else(|| usage.to_owned(), |model| format!("{model} {usage}"));
        SpendItem::new(
            LINE,
            "usage-type",
            &format!("{service} {usage}"),
            &name,
            Evidence::None,
            figures,
        )
    };
    types.into_iter().map(item).collect()
}

fn daily<'a>(lines: &[&UsageLine], calendar: &'a Calendar) -> Daily<'a> {
    Daily::of(calendar, lines.iter().map(|line| (line.day, line.usd)))
}

/// The figures of lines with their list price over the last seven closed days.
fn priced_figures(lines: &[&UsageLine], calendar: &Calendar, prices: &Prices, all: Usd) -> Figures {
    let mut figures = daily(lines, calendar).figures(all);
    let week = calendar.closed.saturating_sub(WEEK as usize)..calendar.closed;
    let mut priced = Priced::default();
    for line in lines.iter().filter(|line| {
        calendar
            .place(line.day)
            .is_some_and(|place| week.contains(&place))
    }) {
        if let Some(list) = at_list(line, prices) {
            priced.paid += line.usd;
            priced.list += list;
        }
    }
    if priced.list > 0.0 {
        figures.list = Value::Usd(Usd(priced.list));
        figures.effective = Value::Usd(Usd(priced.paid));
        figures.discount = Value::Percent(1.0 - priced.paid / priced.list);
    } else {
        let why = || {
            Value::Unknown(Reason::new(
                "no usage with a list rate in the last 7 closed days",
            ))
        };
        (figures.list, figures.effective, figures.discount) = (why(), why(), why());
    }
    figures
}

fn slice_items(
    slices: &[GroupSlice],
    calendar: &Calendar,
    all: Usd,
    group: &str,
    named: &dyn Fn(&str) -> String,
) -> Vec<SpendItem> {
    let mut keys: BTreeMap<&str, Vec<(i64, f64)>> = BTreeMap::new();
    for slice in slices {
        keys.entry(&slice.key)
            .or_default()
            .push((slice.at, slice.usd));
    }
    let item = |(key, charges): (&str, Vec<(i64, f64)>)| {
        let daily = Daily::of(calendar, charges.into_iter());
        SpendItem::new(
            LINE,
            group,
            key,
            &named(key),
            Evidence::None,
            daily.figures(all),
        )
    };
    keys.into_iter().map(item).collect()
}

/// Dollars of each of the last hours that Cost Explorer returned.
fn hours(answers: &BillingData, of: Service) -> Value {
    let slices = match &answers.hours {
        Ok(slices) => slices,
        Err(why) => return Value::Unknown(Reason::new(why.clone())),
    };
    // The question was for AI/ML lines only: what is neither SageMaker nor Bedrock is an
    // accelerated instance.
    let service = |key: &str| Service::of_line(key, "").unwrap_or(Service::Ec2);
    let end = slices
        .iter()
        .map(|slice| slice.at)
        .max()
        .map_or(0, |last| last + 3_600);
    let first = (answers.at + 3_600).div_euclid(3_600) * 3_600 - HOURS * 3_600;
    let length = usize::try_from((end - first) / 3_600).unwrap_or(0);
    let mut points = vec![Some(0.0); length];
    for slice in slices.iter().filter(|slice| service(&slice.key) == of) {
        let place = usize::try_from((slice.at - first) / 3_600).ok();
        if let Some(sum) = place
            .and_then(|place| points.get_mut(place))
            .and_then(Option::as_mut)
        {
            *sum += slice.usd;
        }
    }
    let start = Timestamp::from_second(first).unwrap_or_default();
    if length == 0 {
        return Value::Unknown(Reason::new("no costs by the hour yet"));
    }
    Value::Series(Arc::new(Series {
        start,
        step: 3_600,
        points,
    }))
}
