//! The columns of the Spend pane, each with its window.

use crate::collectors::shared::column::Column;
use crate::domain::{CommonField, Currency, Value, Visibility};

/// The cells of a line, a budget or a commitment. Cells that do not apply are blank.
#[derive(Clone, Debug)]
pub(crate) struct CostCells {
    pub month: Value,
    pub yesterday: Value,
    pub mean: Value,
    pub growth: Value,
    pub share: Value,
    pub days: Value,
    pub hours: Value,
    pub list: Value,
    pub effective: Value,
    pub discount: Value,
    pub forecast: Value,
    pub limit: Value,
    pub exceeds_on: Value,
    pub covered: Value,
    pub used: Value,
    pub unused: Value,
    pub service: Value,
    pub source: Value,
}

impl Default for CostCells {
    fn default() -> Self {
        let none = || Value::None;
        Self {
            month: none(),
            yesterday: none(),
            mean: none(),
            growth: none(),
            share: none(),
            days: none(),
            hours: none(),
            list: none(),
            effective: none(),
            discount: none(),
            forecast: none(),
            limit: none(),
            exceeds_on: none(),
            covered: none(),
            used: none(),
            unused: none(),
            service: none(),
            source: none(),
        }
    }
}

impl CostCells {
    /// Counts the amounts in `currency`.
    pub(crate) fn count_in(&mut self, currency: Currency) {
        if currency == Currency::USD {
            return;
        }
        for value in [
            &mut self.month,
            &mut self.yesterday,
            &mut self.mean,
            &mut self.list,
            &mut self.effective,
            &mut self.forecast,
            &mut self.limit,
        ] {
            if let Value::Usd(amount) = value {
                *value = Value::Money(amount.0, currency);
            }
        }
    }
}

/// A row: its group and its figures.
pub(crate) struct SpendCells {
    pub group: Value,
    pub cells: CostCells,
}

macro_rules! cell {
    ($name:ident) => {
        |row| row.cells.$name.clone()
    };
}

pub(super) const FIELDS: &[Column<SpendCells>] = &[
    Column::name(16),
    Column::number(
        "month",
        "month",
        8,
        Visibility::Always,
        "dollars since the first of the month, UTC, open days included",
        cell!(month),
    ),
    Column::number(
        "last_day",
        "last day",
        8,
        Visibility::Always,
        "dollars of the last closed UTC day",
        cell!(yesterday),
    ),
    Column::number(
        "mean_7d",
        "mean 7d",
        8,
        Visibility::Always,
        "dollars a day, mean of the last 7 closed UTC days",
        cell!(mean),
    ),
    Column::number(
        "growth",
        "growth",
        6,
        Visibility::Always,
        "the last 7 closed days over the 7 before, less one: fraction by which it grew",
        cell!(growth),
    ),
    Column::number(
        "share",
        "share",
        6,
        Visibility::Always,
        "fraction of the month's AI/ML dollars; of its limit for a budget",
        cell!(share),
    ),
    Column::text(
        "days",
        "days",
        14,
        Visibility::Medium,
        "dollars of each closed UTC day, up to 35",
        cell!(days),
    ),
    Column::number(
        "forecast",
        "forecast",
        8,
        Visibility::Medium,
        "the whole month: the bill so far, and the line's part of the time since and of the \
         header's forecast; AWS's own for its budgets, unless spending exceeds it",
        cell!(forecast),
    ),
    Column::number(
        "discount",
        "disc",
        6,
        Visibility::Medium,
        "1 - paid / list of the same usage, last 7 closed days, where the usage type has a list \
         rate; unknown where the two cannot be of the same thing",
        cell!(discount),
    ),
    Column::number(
        "list_7d",
        "list 7d",
        8,
        Visibility::Wide,
        "list dollars of usage with a list rate, last 7 closed days",
        cell!(list),
    ),
    Column::number(
        "paid_7d",
        "paid 7d",
        8,
        Visibility::Wide,
        "net amortized dollars of the same usage, last 7 closed days",
        cell!(effective),
    ),
    Column::number(
        "limit",
        "limit",
        8,
        Visibility::Wide,
        "limit of the budget in a calendar month",
        cell!(limit),
    ),
    Column::text(
        "exceeds_on",
        "exceeds on",
        24,
        Visibility::Wide,
        "day the budget is exceeded, earliest to latest of an 80 % interval",
        cell!(exceeds_on),
    ),
    Column::number(
        "covered",
        "covered",
        7,
        Visibility::Wide,
        "fraction of the usage that is covered, last 7 days",
        cell!(covered),
    ),
    Column::number(
        "used",
        "used",
        6,
        Visibility::Wide,
        "fraction of the commitment that is used, last 7 days",
        cell!(used),
    ),
    Column::number(
        "unused",
        "unused",
        7,
        Visibility::Wide,
        "unused commitment, dollars per hour, last 7 days",
        cell!(unused),
    ),
    Column::text(
        "hours",
        "hours",
        14,
        Visibility::Detail,
        "dollars of each of the last 48 hours, where billed by hour",
        cell!(hours),
    ),
    Column::text(
        "group",
        "group",
        10,
        Visibility::Wide,
        "grouping of the lines; every grouping sums up the same dollars",
        |row| row.group.clone(),
    ),
    Column::text(
        "service",
        "service",
        20,
        Visibility::Detail,
        "the service as the bill names it",
        cell!(service),
    ),
    Column::text(
        "origin",
        "origin",
        14,
        Visibility::Detail,
        "where the budget or commitment is defined",
        cell!(source),
    ),
    Column::sized(CommonField::State, 8, Visibility::Detail),
];
