//! From answers to the lines of the pane, group by group.

use super::{
    billing_data::{BillingData, GroupSlice, UsageLine},
    calendar::{Calendar, Daily},
    columns::CostCells,
    hours,
    list_prices::{ListPrices, name},
    scope::service,
};
use crate::{
    domain::{
        DayCost, Evidence, Measured, Reason, ResourceKind, Service, Timestamp, Usd, Value,
        text::printable,
    },
    pricing::{Prices, discounts::UsageTotal},
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) const LINE: ResourceKind = ResourceKind::COST_LINE;

/// A row to be.
#[derive(Clone, Debug)]
pub(crate) struct SpendItem {
    pub id: Arc<str>,
    pub kind: ResourceKind,
    pub group: Arc<str>,
    pub name: Arc<str>,
    pub state: &'static str,
    pub evidence: Evidence,
    pub cells: CostCells,
}

impl SpendItem {
    pub(crate) fn new(
        kind: ResourceKind,
        group: &str,
        id: &str,
        name: &str,
        evidence: Evidence,
        cells: CostCells,
    ) -> Self {
        Self {
            id: format!("{group}/{id}").into(),
            kind,
            group: group.into(),
            name: name.into(),
            state: "billed",
            evidence,
            cells,
        }
    }
}

/// The bill as its rows are made of it.
pub(super) struct Bill<'a> {
    pub answers: &'a BillingData,
    pub lines: &'a [UsageLine],
    pub calendar: &'a Calendar,
    pub list: &'a ListPrices<'a>,
    pub prices: &'a Prices,
}

/// Days by service, as other modules use them.
pub(super) fn day_costs(bill: &Bill<'_>) -> Vec<DayCost> {
    let mut days: BTreeMap<(i64, Service), DayCost> = BTreeMap::new();
    for line in bill.lines {
        let (Some(service), Some(place)) = (service(line), bill.calendar.place(line.day)) else {
            continue;
        };
        let Ok(day) = Timestamp::from_second(line.day) else {
            continue;
        };
        let new = DayCost {
            day,
            service,
            billed: Usd::ZERO,
            fees: Usd::ZERO,
            priced: Usd::ZERO,
            list: Usd::ZERO,
            closed: place < bill.calendar.closed,
        };
        let day = days.entry((line.day, service)).or_insert(new);
        day.billed += Usd(line.usd);
        if Service::is_paid_ahead(&line.usage) {
            day.fees += Usd(line.usd);
        }
    }
    for listed in bill.list.lines() {
        let day = service(listed.line).and_then(|of| days.get_mut(&(listed.line.day, of)));
        if let Some(day) = day {
            day.priced += Usd(listed.line.usd);
            day.list += Usd(listed.list);
        }
    }
    days.into_values().collect()
}

/// All rows of dollars: by service, usage type, tag, model and account.
pub(super) fn items(bill: &Bill<'_>) -> Vec<SpendItem> {
    let all = Daily::of(
        bill.calendar,
        bill.lines.iter().map(|line| (line.day, line.usd)),
    )
    .month();
    let mut items = by_service(bill, all);
    items.extend(by_usage(bill, all));
    for (key, part) in &bill.answers.tags {
        let slices = part.known().map_or(&[][..], Vec::as_slice);
        let named = |value: &str| tag_value(key, value, slices);
        let group = format!("tag:{key}");
        items.extend(slice_items(slices, bill.calendar, all, &group, &named));
    }
    if let Some(slices) = bill.answers.models.known() {
        let named = |key: &str| match key.split_once('$') {
            Some((_, model)) => model.to_owned(),
            None => key.to_owned(),
        };
        let of_models: Vec<GroupSlice> = slices
            .iter()
            .filter(|slice| {
                slice
                    .key
                    .split_once('$')
                    .is_some_and(|(_, of)| !of.is_empty())
            })
            .cloned()
            .collect();
        items.extend(slice_items(&of_models, bill.calendar, all, "model", &named));
    }
    if let Some((slices, names)) = bill.answers.accounts.known() {
        let named = |id: &str| match names.iter().find(|(known, _)| known == id) {
            Some((_, name)) if !name.is_empty() => format!("{} ({id})", printable(name)),
            _ => id.to_owned(),
        };
        items.extend(slice_items(slices, bill.calendar, all, "account", &named));
    }
    items
}

/// Cost Explorer writes `key$value`. Where no cost at all has a value, the key is probably not
/// activated as cost allocation tag, and then it says nothing of tags.
fn tag_value(key: &str, value: &str, slices: &[GroupSlice]) -> String {
    let plain = value
        .strip_prefix(key)
        .and_then(|rest| rest.strip_prefix('$'))
        .unwrap_or(value);
    match plain {
        "" if is_without_values(key, slices) => "(no value: not activated?)".to_owned(),
        "" => "(untagged)".to_owned(),
        plain => plain.to_owned(),
    }
}

/// Whether there are costs and none of them has a value of the tag.
pub(super) fn is_without_values(key: &str, slices: &[GroupSlice]) -> bool {
    let untagged = |slice: &GroupSlice| slice.key.strip_prefix(key).is_some_and(|rest| rest == "$");
    !slices.is_empty() && slices.iter().all(untagged)
}

fn by_service(bill: &Bill<'_>, all: Usd) -> Vec<SpendItem> {
    let mut items = Vec::new();
    for one in Service::ALL {
        let mine: Vec<&UsageLine> = bill
            .lines
            .iter()
            .filter(|line| service(line) == Some(one))
            .collect();
        if mine.is_empty() {
            continue;
        }
        let daily = daily(&mine, bill.calendar);
        let mut cells = priced(daily.cost_cells(all), bill.list.of_service(one));
        cells.hours = hours::cell(bill.answers, one);
        // Only services have evidence: the other groups repeat the same dollars, and one spike is
        // one finding.
        let evidence = Evidence::Spend {
            days: daily.series(),
        };
        items.push(SpendItem::new(
            LINE,
            "service",
            one.id(),
            &one.to_string(),
            evidence,
            cells,
        ));
    }
    items
}

fn by_usage(bill: &Bill<'_>, all: Usd) -> Vec<SpendItem> {
    let mut types: BTreeMap<(&str, &str), Vec<&UsageLine>> = BTreeMap::new();
    for line in bill.lines {
        types
            .entry((&line.service, &line.usage))
            .or_default()
            .push(line);
    }
    let item = |((service, usage), mine): ((&str, &str), Vec<&UsageLine>)| {
        let cells = daily(&mine, bill.calendar).cost_cells(all);
        let mut cells = priced(cells, bill.list.of_usage(service, usage));
        cells.service = Value::text(service);
        let charges = bill.list.charges((service, usage), &mine, bill.prices);
        SpendItem::new(
            LINE,
            "usage-type",
            &format!("{service} {usage}"),
            &name((service, usage)),
            Evidence::Charges(Box::new(charges)),
            cells,
        )
    };
    types.into_iter().map(item).collect()
}

fn daily<'a>(lines: &[&UsageLine], calendar: &'a Calendar) -> Daily<'a> {
    Daily::of(calendar, lines.iter().map(|line| (line.day, line.usd)))
}

/// `cells` with the list price of the last seven closed days.
fn priced(cells: CostCells, total: Option<(UsageTotal, Measured<f64>)>) -> CostCells {
    if let Some((total, share)) = total {
        CostCells {
            list: Value::Usd(Usd(total.list)),
            effective: Value::Usd(Usd(total.paid)),
            discount: Value::read(&share, Value::Percent),
            ..cells
        }
    } else {
        let why = "no usage with a list rate in the last 7 closed days";
        let none = || Value::Unknown(Reason::new(why));
        CostCells {
            list: none(),
            effective: none(),
            discount: none(),
            ..cells
        }
    }
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
            daily.cost_cells(all),
        )
    };
    keys.into_iter().map(item).collect()
}
