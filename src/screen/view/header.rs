//! The header: account, hourly cost, waste, cost of the month, and when its budget is crossed.

use super::{
    freshness, phrases,
    sheets::forecast,
    sparkline::{gauge, spark},
    styled_line::StyledLine,
    tabs,
    text_writer::Canvas,
};
use crate::screen::notices::page as wording;
use crate::{
    domain::{Measured, Series, Usd, text, time::timestamp},
    inventory::{BudgetForecast, Totals},
    screen::{App, state::access, theme::Role},
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Columns of the burn's sparkline, wide and narrow.
const SPARK: (u16, u16) = (16, 6);

/// Columns of the bar that the month fills.
const BAR: u16 = 10;
/// Ranks of the pieces at the left, compared with those at the right.
const TITLE: u8 = 5;
const REGIONS: u8 = 12;
const LAST: u8 = 14;

/// A piece at the right of the line.
struct Piece {
    words: StyledLine,
    /// A figure in place of text, and its width in columns.
    figure: Option<(Figure, u16)>,
    /// Columns before it.
    gap: u16,
    /// Who comes first where room is short: the lowest.
    rank: u8,
}

enum Figure {
    /// The burn over time.
    Spark,
    /// The share of a budget that is spent.
    Bar(f64, Role),
}

impl Piece {
    fn new(rank: u8, gap: u16, words: StyledLine) -> Self {
        Self {
            words,
            figure: None,
            gap,
            rank,
        }
    }

    fn width(&self) -> u16 {
        self.figure
            .as_ref()
            .map_or(self.words.width() as u16, |(_, columns)| *columns)
    }

    fn is_empty(&self) -> bool {
        self.width() == 0
    }
}

/// Draws it. Where room is short, the less important pieces are dropped first.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let gap = if area.width < 100 { 2 } else { 3 };
    let mut pieces: Vec<Piece> = live(app, area.width, gap)
        .into_iter()
        .chain(bill(app, gap))
        .chain(state(app, area.width, gap))
        .collect();
    pieces.retain(|piece| !piece.is_empty());
    let brand = StyledLine::of(" spendtop", Role::ProgramName);
    let mut room = area.width.saturating_sub(brand.width() as u16);
    let (mut title, mut regions) = (StyledLine::new(), StyledLine::new());
    let mut shown = vec![false; pieces.len()];
    for rank in 0..=LAST {
        for (piece, shown) in pieces
            .iter()
            .zip(&mut shown)
            .filter(|(piece, _)| piece.rank == rank)
        {
            let needs = piece.width() + piece.gap;
            *shown = needs <= room;
            room -= if *shown { needs } else { 0 };
        }
        match rank {
            TITLE => title = title_in(&format!("  {}", app.title), title_role(app), &mut room),
            REGIONS => {
                let all = self::regions(app);
                if all.width() <= usize::from(room) {
                    room -= all.width() as u16;
                    regions = all;
                }
            }
            _ => {}
        }
    }
    let mut writer = canvas.line(area, 0);
    brand.and(title).and(regions).write_to(&mut writer);
    let shown: Vec<&Piece> = pieces
        .iter()
        .zip(shown)
        .filter_map(|(piece, shown)| shown.then_some(piece))
        .collect();
    let right: u16 = shown.iter().map(|piece| piece.width() + piece.gap).sum();
    writer.advance(writer.remaining().saturating_sub(right + 1));
    for piece in shown {
        writer.advance(piece.gap);
        match &piece.figure {
            Some((Figure::Spark, columns)) => spark(
                &mut writer.split_left(*columns),
                &shape(app.inventory.burn_by_start()),
                None,
                Role::Chart,
            ),
            Some((Figure::Bar(share, role), columns)) => {
                gauge(&mut writer.split_left(*columns), *columns, *share, *role);
            }
            None => piece.words.write_to(&mut writer),
        }
    }
}

/// The hourly cost, effective and at list price, and the waste in it.
fn live(app: &App, width: u16, gap: u16) -> Vec<Piece> {
    let totals = app.inventory.totals(None);
    let known = freshness::has_answers(app);
    if !known {
        return vec![
            Piece::new(0, gap, StyledLine::of(wording::BURN_LOADING, Role::Dim)),
            Piece::new(0, gap, StyledLine::of(wording::WASTE_LOADING, Role::Dim)),
        ];
    }
    let of_age = |role| {
        if freshness::burn_age(app).is_some() {
            Role::Dim
        } else {
            role
        }
    };
    let burn = burn(app, &totals, width);
    let off = forecast::differs(totals.effective.0, totals.burn.0);
    let list = if off {
        StyledLine::of(wording::list(Usd(totals.burn.0)), Role::Dim)
    } else {
        StyledLine::new()
    };
    let share = if totals.burn.0 > 0.0 {
        totals.waste.0 / totals.burn.0
    } else {
        0.0
    };
    let waste = StyledLine::of(wording::WASTE, Role::Dim)
        .add(
            totals.waste.to_string(),
            of_age(super::table::cell::waste(totals.waste.0)),
        )
        .add(format!(" {:.0}%", share * 100.0), Role::Dim);
    // Never silently lost.
    let waste = if totals.snoozed.0 > 0.0 {
        waste.add(
            wording::snoozed(&totals.snoozed.to_string()),
            Role::Changing,
        )
    } else {
        waste
    };
    let columns = if width >= 120 { SPARK.0 } else { SPARK.1 };
    let mut graph = Piece::new(10, 1, StyledLine::new());
    graph.figure = Some((Figure::Spark, columns));
    vec![
        Piece::new(0, gap, burn),
        Piece::new(9, 1, list),
        graph,
        Piece::new(0, gap, waste),
    ]
}

/// The hourly cost with its age if it is stale, what is unpriced, and the profiles it is of.
fn burn(app: &App, totals: &Totals, width: u16) -> StyledLine {
    let age = freshness::burn_age(app);
    let of_age = |role| if age.is_some() { Role::Dim } else { role };
    let mut burn = StyledLine::of(wording::BURN, Role::Dim).add(
        totals.effective.to_string(),
        of_age(Role::of_cost(totals.effective.0)),
    );
    if let Some(age) = age {
        burn = burn.add(
            format!(" {}", wording::old(&timestamp::short(age))),
            Role::Warning,
        );
    }
    if totals.unpriced_rows > 0 {
        burn = burn.add(
            wording::unpriced(totals.unpriced_rows, width < 120),
            Role::Warning,
        );
    }
    if let Some(profiles) = freshness::silent_profiles(app) {
        burn = burn.add(format!(" {profiles}"), Role::Warning);
    }
    burn
}

/// The cost of the month, its budget, its forecast, and when the budget is crossed.
fn bill(app: &App, gap: u16) -> Vec<Piece> {
    let outlook = &app.costs.month;
    let Measured::Known(month) = &outlook.month_to_date else {
        return vec![Piece::new(
            LAST,
            gap,
            StyledLine::of(wording::MONTH_UNKNOWN, Role::Dim),
        )];
    };
    let currency = month.currency;
    let amount = currency.format(month.amount.0);
    let mtd = StyledLine::of(wording::MONTH, Role::Dim).add(amount, Role::Emphasis);
    let forecast = |role| {
        outlook
            .month_end
            .known()
            .map_or_else(StyledLine::new, |end| {
                StyledLine::of(wording::forecast(&currency.format(end.mean.0)), role)
            })
    };
    let friday = if app.costs.friday.0 > 0.0 {
        StyledLine::of(wording::SINCE_FRIDAY, Role::Dim)
            .add(app.costs.friday.to_string(), Role::Text)
    } else {
        StyledLine::new()
    };
    let friday = Piece::new(13, gap, friday);
    let Some(BudgetForecast { budget, crossing }) = &outlook.budget else {
        return vec![
            Piece::new(3, gap, mtd),
            Piece::new(7, 1, forecast(Role::Dim)),
            friday,
        ];
    };
    let share = if budget.limit.0 > 0.0 {
        budget.spent.0 / budget.limit.0
    } else {
        0.0
    };
    let over = outlook
        .month_end
        .known()
        .is_some_and(|end| end.mean > budget.limit);
    let fill = if share >= 1.0 {
        Role::HighCost
    } else if over {
        Role::MediumCost
    } else {
        Role::Chart
    };
    // A budget of more than these services is no measure of their month.
    let same = (budget.spent.0 - month.amount.0).abs() <= month.amount.0 * 0.05;
    let (mtd, of) = if same {
        (
            mtd.add(
                format!("/{}", budget.currency.format(budget.limit.0)),
                Role::Dim,
            ),
            StyledLine::new(),
        )
    } else {
        (
            mtd,
            StyledLine::of(
                wording::budget(
                    &budget.currency.format(budget.spent.0),
                    &budget.currency.format(budget.limit.0),
                ),
                Role::Dim,
            ),
        )
    };
    let (when, pressing) = match crossing {
        _ if share >= 1.0 => (StyledLine::of(wording::OVER_BUDGET, Role::HighCost), true),
        Measured::Known(Some(crossing)) => {
            let soon = phrases::days_ahead(app, crossing.at) <= phrases::SOON;
            (
                StyledLine::of(
                    phrases::day(crossing.at),
                    if soon { Role::HighCost } else { Role::Text },
                ),
                soon,
            )
        }
        _ => (StyledLine::new(), false),
    };
    let mut bar = Piece::new(11, 1, StyledLine::new());
    bar.figure = Some((Figure::Bar(share, fill), BAR));
    vec![
        Piece::new(3, gap, mtd),
        Piece::new(8, gap, of),
        bar,
        Piece::new(
            7,
            1,
            forecast(if over { Role::HighCost } else { Role::Dim }),
        ),
        Piece::new(if pressing { 4 } else { 8 }, 1, when),
        friday,
    ]
}

/// Read-only, and how old the rows are: on wide screens that stands beside the tabs. Old news go
/// before the month.
fn state(app: &App, width: u16, gap: u16) -> Vec<Piece> {
    let mode = access::badge(app).map_or_else(StyledLine::new, |badge| {
        StyledLine::of(badge, Role::Emphasis)
    });
    let fresh = if width < tabs::WIDE {
        freshness::age(app)
    } else {
        StyledLine::new()
    };
    vec![
        Piece::new(1, gap, mode),
        Piece::new(if freshness::is_old(app) { 2 } else { 6 }, gap, fresh),
    ]
}

/// The role of the title; a protected account is highlighted.
fn title_role(app: &App) -> Role {
    if app
        .locations
        .iter()
        .any(|place| access::is_protected(app, &place.account))
    {
        Role::Protected
    } else {
        Role::Emphasis
    }
}

/// As many of the title's last words as there is room for: the account stands at its end.
fn title_in(title: &str, role: Role, room: &mut u16) -> StyledLine {
    let fits = |text: &str| text::width(text) <= usize::from(*room);
    let starts = std::iter::once(0).chain(title.match_indices(' ').map(|(place, _)| place));
    let shown = starts
        .map(|start| title[start..].trim_start())
        .map(|rest| format!("  {rest}"))
        .find(|rest| fits(rest) && !rest.trim().is_empty());
    let shown = shown.unwrap_or_default();
    let words = match role {
        // Its ground begins where the words do.
        Role::Protected if !shown.is_empty() => {
            StyledLine::of("  ", Role::Text).add(shown.trim_start().to_owned(), role)
        }
        role => StyledLine::of(shown, role),
    };
    *room -= words.width() as u16;
    words
}

/// The burn of the past days with its shape made plain: what burned all the time is taken off where
/// something was added.
fn shape(series: &Series) -> Series {
    let known = || series.points.iter().flatten().copied();
    let (low, high) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(0.0, f64::max),
    );
    let floor = if high > low * 1.05 { low * 0.8 } else { 0.0 };
    Series {
        points: series
            .points
            .iter()
            .map(|point| point.map(|burn| burn - floor))
            .collect(),
        ..*series
    }
}

fn regions(app: &App) -> StyledLine {
    let all: BTreeSet<&str> = app.locations.iter().map(|place| &*place.region).collect();
    let shown: Vec<&str> = all
        .iter()
        .copied()
        .filter(|region| {
            app.visibility.regions.is_empty() || app.visibility.regions.contains(*region)
        })
        .collect();
    let Some(first) = shown.first() else {
        return StyledLine::new();
    };
    let more = if shown.len() > 1 {
        format!(" +{}", shown.len() - 1)
    } else {
        String::new()
    };
    let words = StyledLine::of(format!(" · {first}{more}"), Role::Text);
    if shown.len() < all.len() {
        words.add(format!(" of {}", all.len()), Role::Warning)
    } else {
        words
    }
}
