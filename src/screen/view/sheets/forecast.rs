//! The forecast of the month: its end, budgets and when they are crossed, how far the own estimate
//! was off, discounts, coverage. And the rows without a price.

use super::details::{AT, part};
use crate::screen::notices;
use crate::screen::view::{
    amounts,
    overlay::Overlay,
    styled_line::{StyledLine, labelled, lines},
    table::waste_ranking,
    times,
};
use crate::{
    domain::{
        Evidence, Measured, Reason, Record, ResourceKind, Usd, Value, evidence::BudgetCrossing,
        pane::FieldSource, text,
    },
    screen::{
        App,
        notices::sheets::{self, forecast as wording},
        theme::Role,
    },
};

/// Columns of a name in a list.
const NAME: usize = 26;
/// Most rows of a list.
const MAX_LISTED: usize = 300;

/// The sheet.
pub fn forecast(app: &App, scroll: usize, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of(wording::TITLE, Role::Focus).add(format!("  {}", wording::SCOPE), Role::Dim),
        width,
    );
    out.scroll = scroll;
    out.lines.extend(month(app, width));
    out.lines.extend(part(wording::BUDGETS));
    out.lines.extend(budgets(app, width));
    out.lines.extend(part(wording::RECONCILED));
    out.lines.extend(reconciled(app, width));
    out.lines.extend(part(wording::DISCOUNTS));
    out.lines.extend(discounts(app, width));
    let coverage = coverage(app, width);
    if !coverage.is_empty() {
        out.lines.extend(part(wording::COVERAGE));
        out.lines.extend(coverage);
    }
    out
}

fn month(app: &App, width: u16) -> Vec<StyledLine> {
    let (totals, money) = (app.inventory.totals(None), &app.costs);
    let unknown = |label, why: &Reason| {
        let why = sheets::unknown(&why.to_string());
        labelled(label, &why, Role::Dim, AT, width)
    };
    let mut out = match &money.month.month_to_date {
        Measured::Known(month) => {
            let through = month.through.map(|at| times::clock(app, at));
            labelled(
                wording::MONTH_TO_DATE,
                &wording::month(month, through.as_deref()),
                Role::Emphasis,
                AT,
                width,
            )
        }
        Measured::Unknown(why) => unknown(wording::MONTH_TO_DATE, why),
    };
    out.extend(match &money.month.month_end {
        Measured::Known(end) => {
            let range = wording::range(end);
            labelled(wording::MONTH_END, &range, Role::Text, AT, width)
        }
        Measured::Unknown(why) => unknown(wording::MONTH_END, why),
    });
    let off = if totals.burn.0 > 0.0 {
        1.0 - totals.effective.0 / totals.burn.0
    } else {
        0.0
    };
    let list = if differs(totals.effective.0, totals.burn.0) {
        wording::effective(totals.burn, off)
    } else {
        wording::NO_DISCOUNT.to_owned()
    };
    out.extend(labelled(
        "burn",
        &format!("{:#}{list}", totals.effective),
        Role::Text,
        AT,
        width,
    ));
    out.extend(spent(app, width));
    out
}

/// Prepaid capacity, and the cost since Friday and today.
fn spent(app: &App, width: u16) -> Vec<StyledLine> {
    let (totals, money) = (app.inventory.totals(None), &app.costs);
    let mut out = Vec::new();
    if totals.prepaid.0 > 0.0 {
        let text = wording::prepaid(totals.prepaid, totals.idle_prepaid);
        out.extend(labelled("prepaid", &text, Role::Text, AT, width));
    }
    for (label, cost) in [
        (wording::SINCE_FRIDAY, &money.friday),
        (wording::TODAY, &money.today),
    ] {
        let through = cost.through.map(|at| times::clock(app, at));
        let text = wording::spent(cost, through.as_deref());
        out.extend(labelled(label, &text, Role::Text, AT, width));
    }
    out
}

/// Whether an effective rate differs from its list rate by more than 0.5 %.
pub fn differs(effective: f64, list: f64) -> bool {
    (effective - list).abs() > list.abs() * 0.005
}

fn budgets(app: &App, width: u16) -> Vec<StyledLine> {
    let mut out = Vec::new();
    for record in &app.costs.bill {
        if let Evidence::Budget {
            limit,
            spent,
            crossing,
            month_end,
        } = &record.head.evidence
        {
            out.extend(budget(
                app,
                waste_ranking::name(record),
                (*spent, *limit),
                crossing,
                month_end.known().map(|end| end.mean),
                width,
            ));
        }
    }
    if out.is_empty()
        && let Some(first) = &app.costs.month.budget
    {
        let one = &first.budget;
        out.extend(budget(
            app,
            &one.name,
            (one.spent, one.limit),
            &first.crossing,
            one.forecast.known().copied(),
            width,
        ));
    }
    if out.is_empty() {
        out.extend(lines(wording::NO_BUDGET, Role::Dim, 1, width));
    }
    out
}

fn budget(
    app: &App,
    name: &str,
    (spent, limit): (Usd, Usd),
    crossing: &Measured<Option<BudgetCrossing>>,
    end: Option<Usd>,
    width: u16,
) -> Vec<StyledLine> {
    let share = if limit.0 > 0.0 {
        spent.0 / limit.0
    } else {
        0.0
    };
    let end = end.map_or(String::new(), wording::month_end);
    let (when, role) = match crossing {
        _ if spent >= limit => (wording::EXCEEDED.to_owned(), Role::HighCost),
        Measured::Known(Some(crossing)) => {
            let latest = crossing
                .latest
                .map_or_else(|| wording::NOT_THIS_MONTH.to_owned(), times::day);
            let days = times::days_ahead(app, crossing.at);
            let role = if days <= times::SOON {
                Role::HighCost
            } else {
                Role::Warning
            };
            (
                wording::exceeded_on(
                    &times::day(crossing.at),
                    &times::day(crossing.earliest),
                    &latest,
                    days,
                ),
                role,
            )
        }
        Measured::Known(None) => (wording::NOT_EXCEEDED.to_owned(), Role::Success),
        Measured::Unknown(why) => (sheets::unknown(&why.to_string()), Role::Dim),
    };
    let head = StyledLine::of(
        format!(" {}", text::cut(&text::printable(name), NAME - 2)),
        Role::Emphasis,
    );
    let line = head.tab(NAME).add(
        format!("{spent} of {limit} ({:.0} %){end}", share * 100.0),
        Role::Text,
    );
    if line.width() + 3 + text::width(&when) <= usize::from(width) {
        return vec![line.add(format!("   {when}"), role)];
    }
    let mut out = vec![line];
    out.extend(lines(&when, role, NAME, width));
    out
}

fn reconciled(app: &App, width: u16) -> Vec<StyledLine> {
    if app.costs.reconciliation.is_empty() {
        return lines(wording::NO_CLOSED_DAY, Role::Dim, 1, width);
    }
    let line = |one: &crate::inventory::Reconciliation| {
        let (error, role) = match one.error() {
            Some(error) if error.abs() > 0.1 => (format!("{:+.1} %", error * 100.0), Role::Warning),
            Some(error) => (format!("{:+.1} %", error * 100.0), Role::Success),
            None => (wording::NOTHING_BILLED.to_owned(), Role::Dim),
        };
        let day = times::day(one.day);
        StyledLine::of(format!(" {}", one.service), Role::Emphasis)
            .tab(NAME)
            .add(wording::compared(one.estimate, one.billed), Role::Text)
            .add(error, role)
            .add(format!("  {day}"), Role::Dim)
    };
    let mut out: Vec<StyledLine> = app.costs.reconciliation.iter().map(line).collect();
    out.extend(lines(wording::EXCLUDED, Role::Dim, 1, width));
    out
}

fn discounts(app: &App, width: u16) -> Vec<StyledLine> {
    let all = app.inventory.discounts();
    if all.is_empty() {
        return lines(wording::NO_DISCOUNTS, Role::Dim, 1, width);
    }
    let line = |one: &crate::domain::Discount| {
        let off = if amounts::is_off(one) {
            wording::less(one.share)
        } else {
            wording::AT_LIST.to_owned()
        };
        StyledLine::of(format!(" {}", one.service), Role::Emphasis)
            .tab(NAME)
            .add(off, Role::Text)
            .add(format!("   {}", one.source), Role::Dim)
    };
    all.iter().map(line).collect()
}

fn coverage(app: &App, width: u16) -> Vec<StyledLine> {
    let rows = app
        .costs
        .bill
        .iter()
        .filter(|record| record.head.key.kind == ResourceKind::COVERAGE);
    rows.flat_map(|record| labelled_at(waste_ranking::name(record), &facts_of(app, record), width))
        .collect()
}

fn labelled_at(name: &str, text: &str, width: u16) -> Vec<StyledLine> {
    crate::screen::view::styled_line::beside(
        StyledLine::of(
            format!(" {}", text::cut(&text::printable(name), NAME - 2)),
            Role::Emphasis,
        ),
        text,
        Role::Text,
        NAME,
        width,
    )
}

/// The fields of the pane's own of a row, in words.
fn facts_of(app: &App, record: &Record) -> String {
    let Some(pane) = app.pane_of(&record.head.key) else {
        return String::new();
    };
    let own = pane.fields.iter().filter(|field| {
        !matches!(field.from, FieldSource::Head(_)) && Some(field.id) != pane.grouping
    });
    let told = own.filter_map(|field| {
        let value = field.value(record, app.now);
        match &value {
            Value::None | Value::Series(_) => None,
            Value::Unknown(why) => Some(format!("{} n/a ({why})", field.title)),
            known => Some(format!("{} {}", field.title, known.show())),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The rows that AWS bills at an unknown price, with the reasons.
pub fn unpriced(app: &App, scroll: usize, width: u16) -> Overlay {
    let all = &app.costs.unpriced;
    let mut out = Overlay::new(
        StyledLine::of(sheets::unpriced::TITLE, Role::Focus)
            .add(format!("  {}", all.len()), Role::Dim),
        width,
    );
    out.scroll = scroll;
    if all.is_empty() {
        out.lines
            .push(StyledLine::of(sheets::unpriced::NONE, Role::Success));
        return out;
    }
    out.lines
        .extend(lines(sheets::unpriced::EXCLUDED, Role::Dim, 0, width));
    for (record, why) in all.iter().take(MAX_LISTED) {
        let head = &record.head;
        let unit = head.compute.as_ref().map_or(String::new(), |compute| {
            format!("{} x{}  ", compute.unit, compute.count)
        });
        out.lines.push(
            StyledLine::of(
                text::cut(&text::printable(waste_ranking::name(record)), NAME - 1).into_owned(),
                Role::Emphasis,
            )
            .tab(NAME)
            .add(text::printable(&unit).into_owned(), Role::Text)
            .add(format!("{}  {}", head.key.kind, head.key.region), Role::Dim),
        );
        out.lines
            .extend(lines(&why.to_string(), Role::Warning, 2, width));
    }
    if all.len() > MAX_LISTED {
        out.lines.push(StyledLine::of(
            notices::and_more(all.len() - MAX_LISTED),
            Role::Dim,
        ));
    }
    out
}
