//! The rows of the bill, completed with what only all rows together tell: a budget with the amount
//! spent since the bill, a line with its part of the account's month.
//!
//! ```text
//! line = billed this month + unbilled cost of its service * its part of the service's pace
//!                          + rest of the account's month  * its part of the account's pace
//! ```
//!
//! The lines of a grouping that covers the bill so add up to the month's end of the header, and no
//! line ends below its month so far. The pace is the sum of the recent closed days and the open
//! one, without fees for a time ahead. Cost Explorer tells such fees of usage types only: the
//! groups of a tag and of accounts count them.

use super::{Store, month::unbilled, spent::Ledger};
use crate::{
    domain::{
        CommonFields, Costs, Currency, DayCost, Evidence, Measured, PaneMeta, Record, ResourceKey,
        ResourceKind, Service, Timestamp, Usd, Value, pane::FieldSource,
    },
    pricing::{
        budget::{self, BudgetOutlook},
        forecast::{self, MAX_DAYS},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The groups of lines that are of one service each: the first part of their ids.
const BY_SERVICE: &str = "service";
const BY_MODEL: &str = "model";

/// An account's month beyond its bill so far.
struct MonthAhead {
    currency: Currency,
    /// From now to the month's end.
    rest: Measured<Usd>,
    services: BTreeMap<Service, ServiceAhead>,
}

/// A service in the month of an account.
struct ServiceAhead {
    /// The own estimate of the time since the bill.
    unbilled: Usd,
    pace: Usd,
}

impl MonthAhead {
    fn of(store: &Store, ledger: &Ledger<'_>, costs: &Costs, now: Timestamp) -> Self {
        let of_service = |service: Service| {
            let ahead = ServiceAhead {
                unbilled: unbilled(ledger, costs, &[service], now),
                pace: pace_of_service(&costs.days, service),
            };
            (service, ahead)
        };
        let services: BTreeMap<_, _> = Service::ALL.into_iter().map(of_service).collect();
        let unbilled: Usd = services.values().map(|one| one.unbilled).sum();
        let billed = costs.month_to_date.known().copied().unwrap_or_default();
        let end = store.account_month_end(ledger, costs, now);
        Self {
            currency: costs.currency,
            rest: end.map(|end| Usd((end.mean - billed - unbilled).0.max(0.0))),
            services,
        }
    }

    /// The part of a line of `service` alone: with `pace`, or the whole service.
    fn of_service(&self, service: Service, pace: Option<Usd>) -> Measured<Usd> {
        let one = self.services.get(&service);
        let (unbilled, whole) = one.map_or_else(Default::default, |one| (one.unbilled, one.pace));
        let all = self.services.values().map(|one| one.pace).sum();
        let estimated = unbilled * pace.map_or(1.0, |pace| share(pace, whole));
        let share = share(pace.unwrap_or(whole), all);
        self.rest.clone().map(|rest| estimated + rest * share)
    }

    /// The part of a line of several services, `pace` of the pace `group` of its grouping.
    fn of_group(&self, pace: Usd, group: Usd) -> Measured<Usd> {
        let unbilled: Usd = self.services.values().map(|one| one.unbilled).sum();
        let share = share(pace, group);
        self.rest.clone().map(|rest| (unbilled + rest) * share)
    }
}

fn share(part: Usd, whole: Usd) -> f64 {
    if whole > Usd::ZERO {
        part.0 / whole.0
    } else {
        0.0
    }
}

fn pace_of_service(days: &[DayCost], service: Service) -> Usd {
    let closed = budget::closed_days(days, &[service]);
    let open = days
        .iter()
        .filter(|day| !day.closed && day.service == service);
    closed.iter().rev().take(MAX_DAYS).copied().sum::<Usd>() + open.map(DayCost::usage).sum()
}

/// A line of the bill as the pane shows it.
struct Line<'a> {
    head: &'a CommonFields,
    group: &'a str,
    month: Usd,
    pace: Usd,
}

impl<'a> Line<'a> {
    fn of(record: &'a Record, cells: &LineCells, now: Timestamp) -> Option<Self> {
        let head = &record.head;
        let month = match record.own.get(cells.month)? {
            Value::Usd(usd) => *usd,
            Value::Money(amount, _) => Usd(*amount),
            _ => return None,
        };
        let is_line = head.key.kind == ResourceKind::COST_LINE;
        let group = head.key.id.split('/').next().filter(|_| is_line)?;
        let pace = match &head.evidence {
            Evidence::Charges(usage) if Service::is_paid_ahead(&usage.usage_type) => Usd::ZERO,
            _ => pace_of_line(record.own.get(cells.days), month, now),
        };
        Some(Self {
            head,
            group,
            month,
            pace,
        })
    }

    /// Its only service; `None` for a line of several.
    fn service(&self) -> Option<Service> {
        match (&self.head.evidence, self.group) {
            (Evidence::Charges(usage), _) => Service::of_line(&usage.service, &usage.usage_type),
            (_, BY_SERVICE) => {
                let (_, id) = self.head.key.id.split_once('/')?;
                Service::ALL.into_iter().find(|service| service.id() == id)
            }
            (_, BY_MODEL) => Some(Service::Bedrock),
            _ => None,
        }
    }
}

/// The newest closed days of a line, and the part of its `month` that is still open.
fn pace_of_line(days: Option<&Value>, month: Usd, now: Timestamp) -> Usd {
    let Some(Value::Series(days)) = days else {
        return month;
    };
    let begin = forecast::month(now).0;
    let points = days.points.iter().enumerate();
    let of_month = points.filter(|(place, _)| days.at(*place) >= begin);
    let closed: f64 = of_month.filter_map(|(_, usd)| *usd).sum();
    let newest: f64 = days.points.iter().rev().take(MAX_DAYS).flatten().sum();
    Usd(newest + (month.0 - closed).max(0.0))
}

/// Where a row of the pane has the cells.
struct LineCells {
    month: usize,
    days: usize,
    forecast: usize,
}

impl LineCells {
    fn of(pane: &PaneMeta) -> Option<Self> {
        let place = |id| match pane.field(id)?.from {
            FieldSource::Own(place) => Some(place),
            _ => None,
        };
        Some(Self {
            month: place("month")?,
            days: place("days")?,
            forecast: place("forecast")?,
        })
    }
}

impl Store {
    /// Completes the rows of the bill: budgets and lines.
    pub(super) fn complete_bill(&mut self, now: Timestamp) {
        if self.costs.is_empty() {
            return;
        }
        let ledger = self.ledger();
        let budgets = self.outlooks(&ledger, now);
        let accounts: HashMap<Arc<str>, MonthAhead> = self
            .costs
            .iter()
            .map(|costs| {
                let ahead = MonthAhead::of(self, &ledger, costs, now);
                (costs.place.account.clone(), ahead)
            })
            .collect();
        let panes = self.panes().clone();
        for (source, table) in &mut self.tables {
            let Some(pane) = panes
                .iter()
                .find(|pane| pane.id == source.pane && pane.is_bill)
            else {
                continue;
            };
            let of = |head: &CommonFields| {
                let one = budgets
                    .iter()
                    .find(|(account, name, _)| head.key.account == *account && head.name == *name);
                one.map(|(.., outlook)| outlook)
            };
            if !budgets.is_empty() {
                Arc::make_mut(table).apply_outlooks(pane, &of, &self.thresholds, now);
            }
            let Some(cells) = LineCells::of(pane) else {
                continue;
            };
            let forecasts = forecasts(table.records(), &cells, &accounts, now);
            if !forecasts.is_empty() {
                Arc::make_mut(table).set_cells(cells.forecast, forecasts);
            }
        }
    }

    /// The outlook of each budget, by account and name.
    fn outlooks(
        &self,
        ledger: &Ledger<'_>,
        now: Timestamp,
    ) -> Vec<(Arc<str>, Arc<str>, BudgetOutlook)> {
        self.costs
            .iter()
            .flat_map(|costs| costs.budgets.iter().map(move |budget| (costs, budget)))
            .filter_map(|(costs, budget)| {
                let outlook = self.outlook(ledger, (costs, budget), now)?;
                let account = costs.place.account.clone();
                Some((account, budget.name.clone(), outlook))
            })
            .collect()
    }
}

/// The forecasts of the lines in `records` that show another one.
fn forecasts<'a>(
    records: impl Iterator<Item = &'a Arc<Record>>,
    cells: &LineCells,
    accounts: &HashMap<Arc<str>, MonthAhead>,
    now: Timestamp,
) -> Vec<(ResourceKey, Value)> {
    let lines: Vec<(&Record, Line<'_>)> = records
        .filter_map(|record| Some((&**record, Line::of(record, cells, now)?)))
        .collect();
    let mut groups: HashMap<(&Arc<str>, &str), Usd> = HashMap::new();
    for (_, line) in &lines {
        *groups
            .entry((&line.head.key.account, line.group))
            .or_default() += line.pace;
    }
    let changed = |(record, line): &(&Record, Line<'_>)| {
        let ahead = accounts.get(&line.head.key.account)?;
        let part = line.service().map_or_else(
            || {
                let group = groups.get(&(&line.head.key.account, line.group));
                ahead.of_group(line.pace, group.copied().unwrap_or_default())
            },
            |service| {
                let pace = (line.group != BY_SERVICE).then_some(line.pace);
                ahead.of_service(service, pace)
            },
        );
        let new = Value::read(&part, |part| {
            let end = line.month + part;
            match ahead.currency {
                Currency::USD => Value::Usd(end),
                other => Value::Money(end.0, other),
            }
        });
        let old = record.own.get(cells.forecast)?;
        (!is_same_cent(old, &new)).then(|| (line.head.key.clone(), new))
    };
    lines.iter().filter_map(changed).collect()
}

fn is_same_cent(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Usd(old), Value::Usd(new)) => (*old - *new).0.abs() < 0.005,
        _ => old == new,
    }
}
