//! Where the month is heading: its end, budgets and when they are crossed, how far the own estimate
//! was off, discounts, coverage. And what has no price.

use super::details::{AT, part};
use crate::screen::view::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, labelled, lines},
    table::waste,
};
use crate::{
    domain::{
        Evidence, Measured, Record, ResourceKind, Usd, Value, evidence::BudgetCrossing,
        money::costs::Forecast, pane::FieldSource, text,
    },
    screen::{App, theme::Role},
};

/// Columns of a name in a list.
const NAME: usize = 26;
/// Most rows of a list.
const LISTED: usize = 300;

/// The sheet.
pub fn forecast(app: &App, scroll: usize, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of("Outlook", Role::Focus).add(
            "  AI/ML services, credits, refunds and tax excluded",
            Role::Dim,
        ),
        width,
    );
    out.scroll = scroll;
    out.lines.extend(month(app, width));
    out.lines.extend(part("Budgets"));
    out.lines.extend(budgets(app, width));
    out.lines
        .extend(part("Own estimate beside the bill, the last closed day"));
    out.lines.extend(reconciled(app, width));
    out.lines.extend(part("Paid less than list"));
    out.lines.extend(discounts(app, width));
    let coverage = coverage(app, width);
    if !coverage.is_empty() {
        out.lines.extend(part("Savings Plans and reservations"));
        out.lines.extend(coverage);
    }
    out
}

fn month(app: &App, width: u16) -> Vec<StyledLine> {
    let (totals, money) = (app.inventory.totals(None), &app.costs);
    let mut out = match &money.month.month_to_date {
        Measured::Known(month) => {
            let through = month.through.map_or(String::new(), |at| {
                format!("to {}", phrases::clock(app, at))
            });
            let missing = if month.missing > 0 {
                format!("; {} gave no figure", month.missing)
            } else {
                String::new()
            };
            let accounts = if month.accounts == 1 {
                "1 account".to_owned()
            } else {
                format!("{} accounts", month.accounts)
            };
            labelled(
                "month to date",
                &format!(
                    "{:#}   Cost Explorer {through}, {accounts}{missing}",
                    month.amount
                ),
                Role::Emphasis,
                AT,
                width,
            )
        }
        Measured::Unknown(why) => labelled(
            "month to date",
            &format!("n/a: {why}"),
            Role::Dim,
            AT,
            width,
        ),
    };
    out.extend(match &money.month.month_end {
        Measured::Known(end) => labelled("month end", &foreseen(end), Role::Text, AT, width),
        Measured::Unknown(why) => {
            labelled("month end", &format!("n/a: {why}"), Role::Dim, AT, width)
        }
    });
    let off = if totals.burn.0 > 0.0 {
        1.0 - totals.effective.0 / totals.burn.0
    } else {
        0.0
    };
    let list = if differs(totals.effective.0, totals.burn.0) {
        format!(
            " effective, {:#} at list, {:.1} % less",
            totals.burn,
            off * 100.0
        )
    } else {
        " at list; no discount is known".to_owned()
    };
    out.extend(labelled(
        "burns",
        &format!("{:#}{list}", totals.effective),
        Role::Text,
        AT,
        width,
    ));
    let accrued = format!(
        "since Fri 18:00 UTC {:#}, today {:#}",
        money.friday, money.today
    );
    out.extend(labelled(
        "accrued",
        &format!("{accrued}: what runs now, at today's rate"),
        Role::Text,
        AT,
        width,
    ));
    out
}

/// Whether an effective rate is worth a word beside its list rate.
pub fn differs(effective: f64, list: f64) -> bool {
    (effective - list).abs() > list.abs() * 0.005
}

/// `$571,000   $541,000 to $601,000 in 80 % of cases; Cost Explorer`.
fn foreseen(end: &Forecast) -> String {
    format!(
        "{:#}   {} to {} in {:.0} % of cases; {}",
        end.mean,
        end.low,
        end.high,
        end.level * 100.0,
        end.source
    )
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
                waste::name(record),
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
        out.extend(lines(
            "none known: neither AWS Budgets nor the configuration has one",
            Role::Dim,
            1,
            width,
        ));
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
    let end = end.map_or(String::new(), |end| format!(", {end} foreseen"));
    let (when, role) = match crossing {
        _ if spent >= limit => ("passed".to_owned(), Role::HighCost),
        Measured::Known(Some(crossing)) => {
            let latest = crossing
                .latest
                .map_or_else(|| "not this month".to_owned(), phrases::day);
            let days = phrases::days_ahead(app, crossing.at);
            let role = if days <= phrases::SOON {
                Role::HighCost
            } else {
                Role::Warning
            };
            (
                format!(
                    "passed {} ({} to {latest}), in {days:.0} days",
                    phrases::day(crossing.at),
                    phrases::day(crossing.earliest)
                ),
                role,
            )
        }
        Measured::Known(None) => ("not passed this month".to_owned(), Role::Success),
        Measured::Unknown(why) => (format!("n/a: {why}"), Role::Dim),
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
        return lines("no closed day with both is known yet", Role::Dim, 1, width);
    }
    let line = |one: &crate::inventory::Reconciliation| {
        let (error, role) = match one.error() {
            Some(error) if error.abs() > 0.1 => (format!("{:+.1} %", error * 100.0), Role::Warning),
            Some(error) => (format!("{:+.1} %", error * 100.0), Role::Success),
            None => ("nothing billed".to_owned(), Role::Dim),
        };
        let day = phrases::day(one.day);
        StyledLine::of(format!(" {}", one.service), Role::Emphasis)
            .tab(NAME)
            .add(
                format!("estimate {:#}, billed {:#}, ", one.estimate, one.billed),
                Role::Text,
            )
            .add(error, role)
            .add(format!("  {day}"), Role::Dim)
    };
    let mut out: Vec<StyledLine> = app.costs.reconciliation.iter().map(line).collect();
    out.extend(lines(
        "Left out: rows that are not listed any more, and lines without a list rate.",
        Role::Dim,
        1,
        width,
    ));
    out
}

fn discounts(app: &App, width: u16) -> Vec<StyledLine> {
    let all = app.inventory.discounts();
    if all.is_empty() {
        return lines(
            "nothing known: everything is shown at list",
            Role::Dim,
            1,
            width,
        );
    }
    let line = |one: &crate::domain::Discount| {
        let off = if phrases::is_off(one) {
            format!("{:.1} % less", one.share * 100.0)
        } else {
            "billed at list".to_owned()
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
    rows.flat_map(|record| labelled_at(waste::name(record), &facts_of(app, record), width))
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

/// What a row has of its own, in words.
fn facts_of(app: &App, record: &Record) -> String {
    let Some(pane) = app.pane_of(&record.head.key) else {
        return String::new();
    };
    let own = pane
        .fields
        .iter()
        .filter(|field| matches!(field.from, FieldSource::Own(_)) && Some(field.id) != pane.facet);
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

/// What is billed at a price that is not known, with the reasons.
pub fn unpriced(app: &App, scroll: usize, width: u16) -> Overlay {
    let all = &app.costs.unpriced;
    let mut out = Overlay::new(
        StyledLine::of("Unpriced", Role::Focus).add(format!("  {}", all.len()), Role::Dim),
        width,
    );
    out.scroll = scroll;
    if all.is_empty() {
        out.lines.push(StyledLine::of(
            "Every row that is billed has a price.",
            Role::Success,
        ));
        return out;
    }
    out.lines.extend(lines(
        "Billed at a price that is not known: not in the burn, nor in any sum.",
        Role::Dim,
        0,
        width,
    ));
    for (record, why) in all.iter().take(LISTED) {
        let head = &record.head;
        let unit = head.compute.as_ref().map_or(String::new(), |compute| {
            format!("{} x{}  ", compute.unit, compute.count)
        });
        out.lines.push(
            StyledLine::of(
                text::cut(&text::printable(waste::name(record)), NAME - 1).into_owned(),
                Role::Emphasis,
            )
            .tab(NAME)
            .add(text::printable(&unit).into_owned(), Role::Text)
            .add(format!("{}  {}", head.key.kind, head.key.region), Role::Dim),
        );
        out.lines
            .extend(lines(&why.to_string(), Role::Warning, 2, width));
    }
    if all.len() > LISTED {
        out.lines.push(StyledLine::of(
            format!("and {} more", all.len() - LISTED),
            Role::Dim,
        ));
    }
    out
}
