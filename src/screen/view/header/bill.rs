//! The cost of the month in the header: forecast, budget, and when the budget is crossed.

use super::super::{styled_line::StyledLine, times};
use super::{Figure, LAST, Piece};
use crate::screen::notices::page as wording;
use crate::{
    domain::{Measured, Usd, evidence::BudgetCrossing},
    inventory::BudgetForecast,
    screen::{App, theme::Role},
};

/// Columns of the bar that shows the spent share of the budget.
const BAR: u16 = 10;

/// The pieces; without a bill a single one.
pub(super) fn pieces(app: &App, gap: u16) -> Vec<Piece> {
    let Measured::Known(month) = &app.costs.month.month_to_date else {
        let unknown = StyledLine::of(wording::MONTH_UNKNOWN, Role::Dim);
        return vec![Piece::new(LAST, gap, unknown)];
    };
    let amount = month.currency.format(month.amount.0);
    let spent = StyledLine::of(wording::MONTH, Role::Dim).add(amount, Role::Emphasis);
    let cost = &app.costs.friday;
    let friday = if cost.total() > Usd::ZERO {
        let amount = wording::at_least(cost.total(), cost.gap.is_some());
        StyledLine::of(wording::SINCE_FRIDAY, Role::Dim).add(amount, Role::Text)
    } else {
        StyledLine::new()
    };
    let friday = Piece::new(13, gap, friday);
    match &app.costs.month.budget {
        Some(forecast) => budget(app, forecast, spent, month.amount, gap)
            .into_iter()
            .chain([friday])
            .collect(),
        None => vec![
            Piece::new(3, gap, spent),
            Piece::new(7, 1, month_end(app, Role::Dim)),
            friday,
        ],
    }
}

/// The estimated cost at the end of the month; empty if unknown.
fn month_end(app: &App, role: Role) -> StyledLine {
    let month = &app.costs.month;
    let (Some(spent), Some(end)) = (month.month_to_date.known(), month.month_end.known()) else {
        return StyledLine::new();
    };
    StyledLine::of(wording::forecast(&spent.currency.format(end.mean.0)), role)
}

/// The cost of the month with its budget. A budget that counts other costs too has a piece of its
/// own.
fn budget(
    app: &App,
    BudgetForecast { budget, crossing }: &BudgetForecast,
    spent: StyledLine,
    month: Usd,
    gap: u16,
) -> Vec<Piece> {
    let share = if budget.limit.0 > 0.0 {
        budget.spent.0 / budget.limit.0
    } else {
        0.0
    };
    let month_end = app.costs.month.month_end.known();
    let is_over = month_end.is_some_and(|end| end.mean > budget.limit);
    let fill = if share >= 1.0 {
        Role::HighCost
    } else if is_over {
        Role::MediumCost
    } else {
        Role::Chart
    };
    let limit = budget.currency.format(budget.limit.0);
    let is_same = (budget.spent.0 - month.0).abs() <= month.0 * 0.05;
    let (spent, other) = if is_same {
        (spent.add(format!("/{limit}"), Role::Dim), StyledLine::new())
    } else {
        let text = wording::budget(&budget.currency.format(budget.spent.0), &limit);
        (spent, StyledLine::of(text, Role::Dim))
    };
    let (day, is_urgent) = crossing_day(app, crossing, share);
    let mut bar = Piece::new(11, 1, StyledLine::new());
    bar.figure = Some((Figure::Bar(share, fill), BAR));
    let role = if is_over { Role::HighCost } else { Role::Dim };
    vec![
        Piece::new(3, gap, spent),
        Piece::new(8, gap, other),
        bar,
        Piece::new(7, 1, self::month_end(app, role)),
        Piece::new(if is_urgent { 4 } else { 8 }, 1, day),
    ]
}

/// The day on which the budget is crossed, and whether that is soon.
fn crossing_day(
    app: &App,
    crossing: &Measured<Option<BudgetCrossing>>,
    share: f64,
) -> (StyledLine, bool) {
    match crossing {
        _ if share >= 1.0 => (StyledLine::of(wording::OVER_BUDGET, Role::HighCost), true),
        Measured::Known(Some(crossing)) => {
            let is_soon = times::days_ahead(app, crossing.at) <= times::SOON;
            let role = if is_soon { Role::HighCost } else { Role::Text };
            (StyledLine::of(times::day(crossing.at), role), is_soon)
        }
        _ => (StyledLine::new(), false),
    }
}
