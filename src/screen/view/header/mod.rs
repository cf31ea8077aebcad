//! The header: account, hourly cost, waste, cost of the month, and when its budget is crossed.

mod bill;

use super::{
    freshness,
    sheets::forecast,
    sparkline::{gauge, spark},
    styled_line::StyledLine,
    tabs,
    text_writer::Canvas,
};
use crate::screen::notices::page as wording;
use crate::{
    domain::{Series, Usd, UsdPerHour, text, time::timestamp},
    inventory::Totals,
    screen::{App, state::access, theme::Role},
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Columns of the sparkline of the hourly cost, wide and narrow.
const SPARK: (u16, u16) = (16, 6);

/// Columns from which on the count of rows that could not be judged has its word.
const UNJUDGED: u16 = 120;
/// Columns from which on the count of rows with waste of unknown price has its word.
const UNPRICED: u16 = 160;

/// Ranks of the age of the rows, of title and regions among the pieces.
const AGE: u8 = 2;
const TITLE: u8 = 5;
const REGIONS: u8 = 12;
/// The last rank.
const LAST: u8 = 14;

/// A piece at the right of the line.
struct Piece {
    words: StyledLine,
    /// A figure in place of text, and its width in columns.
    figure: Option<(Figure, u16)>,
    /// Columns before it.
    gap: u16,
    /// Pieces with a high rank are dropped first.
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

/// Draws the header. If it is too narrow, the less important pieces are dropped first.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let gap = if area.width < 100 { 2 } else { 3 };
    let mut pieces: Vec<Piece> = live(app, area.width, gap)
        .into_iter()
        .chain(bill::pieces(app, gap))
        .chain(state(app, area.width, gap))
        .collect();
    pieces.retain(|piece| !piece.is_empty());
    let brand = StyledLine::of(" spendtop", Role::ProgramName);
    let brand_columns = brand.width() as u16;
    let is_narrow = area.width < 100;
    let first = if is_narrow { 1 } else { brand_columns };
    let (title, pieces) = fit(app, pieces, area.width.saturating_sub(first));
    let right: u16 = pieces.iter().map(|piece| piece.width() + piece.gap).sum();
    let needed = brand_columns + title.width() as u16 + right;
    let mut writer = canvas.line(area, 0);
    // The program's own name is the least important piece: it makes room for a figure.
    if !is_narrow || needed <= area.width {
        brand.and(title).write_to(&mut writer);
    } else {
        title.write_to(&mut writer);
    }
    writer.advance(writer.remaining().saturating_sub(right + 1));
    for piece in &pieces {
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

/// The title with the regions, and the pieces that fit into `room`, by rank.
fn fit(app: &App, pieces: Vec<Piece>, mut room: u16) -> (StyledLine, Vec<Piece>) {
    let (mut title, mut regions) = (StyledLine::new(), StyledLine::new());
    let mut fits = vec![false; pieces.len()];
    let account = app.title.split_whitespace().next_back().unwrap_or_default();
    let account_columns = text::width(account) as u16 + 2;
    for rank in 0..=LAST {
        for (piece, fits) in pieces
            .iter()
            .zip(&mut fits)
            .filter(|(piece, _)| piece.rank == rank)
        {
            let columns = piece.width() + piece.gap;
            // The header always shows the account: pieces that rank before the title leave room for
            // it.
            let is_before_title = (AGE + 1..TITLE).contains(&rank);
            let spared = if is_before_title { account_columns } else { 0 };
            *fits = columns + spared <= room;
            room -= if *fits { columns } else { 0 };
        }
        match rank {
            TITLE => title = cut_title(&format!("  {}", app.title), title_role(app), &mut room),
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
    let fitting = pieces.into_iter().zip(fits);
    let fitting = fitting.filter_map(|(piece, fits)| fits.then_some(piece));
    (title.and(regions), fitting.collect())
}

/// The hourly cost, effective and at list price, and the waste in it.
fn live(app: &App, width: u16, gap: u16) -> Vec<Piece> {
    let totals = app.inventory.totals(None);
    if !freshness::has_answers(app) {
        let (burn, waste) = if freshness::is_reading(app) {
            (wording::BURN_LOADING, wording::WASTE_LOADING)
        } else {
            (wording::BURN_UNKNOWN, wording::WASTE_UNKNOWN)
        };
        return vec![
            Piece::new(0, gap, StyledLine::of(burn, Role::Dim)),
            Piece::new(0, gap, StyledLine::of(waste, Role::Dim)),
        ];
    }
    let burn = burn(app, &totals, width);
    let is_discounted = forecast::differs(totals.effective.0, totals.burn.0);
    let list = if is_discounted {
        StyledLine::of(wording::list(Usd(totals.burn.0)), Role::Dim)
    } else {
        StyledLine::new()
    };
    let columns = if width >= 120 { SPARK.0 } else { SPARK.1 };
    let mut graph = Piece::new(10, 1, StyledLine::new());
    graph.figure = Some((Figure::Spark, columns));
    vec![
        Piece::new(0, gap, burn),
        Piece::new(9, 1, list),
        graph,
        Piece::new(0, gap, waste(app, &totals, width)),
        Piece::new(LAST, gap, prepaid(&totals)),
    ]
}

/// The rate of prepaid capacity, which is in neither burn nor waste; empty without any.
fn prepaid(totals: &Totals) -> StyledLine {
    if totals.prepaid.0 <= 0.0 {
        return StyledLine::new();
    }
    let words = wording::prepaid(totals.prepaid, totals.idle_prepaid);
    StyledLine::of(words, Role::Dim)
}

/// The waste and its share of the burn, the age of the metrics behind it if they could not be read
/// since, and the count of rows that could not be judged. No figure if no row could be judged.
fn waste(app: &App, totals: &Totals, width: u16) -> StyledLine {
    let unjudged = totals.unjudged_rows - totals.pending_rows;
    if totals.judged_rows == 0 && totals.unjudged_rows > 0 {
        return if unjudged == 0 {
            StyledLine::of(wording::WASTE_LOADING, Role::Dim)
        } else {
            StyledLine::of(wording::WASTE_UNKNOWN, Role::Warning)
                .add(wording::unjudged(unjudged, width < UNJUDGED), Role::Warning)
        };
    }
    let age = freshness::waste_age(totals, app.now);
    let is_old = age.is_some() || freshness::burn_age(app).is_some();
    // At the effective price, as the burn before it.
    let wasted = totals.effective_waste;
    let role = super::table::cell::waste(wasted.0);
    let share = if totals.effective.0 > 0.0 {
        wasted.0 / totals.effective.0
    } else {
        0.0
    };
    let mut waste = StyledLine::of(wording::WASTE, Role::Dim)
        .add(at_least(app, wasted), if is_old { Role::Dim } else { role })
        .add(format!(" {:.0}%", share * 100.0), Role::Dim);
    if let Some(age) = age {
        let old = wording::old(&timestamp::short(age));
        waste = waste.add(format!(" {old}"), Role::Warning);
    }
    if totals.unpriced_wasting_rows > 0 {
        let words = wording::unpriced(totals.unpriced_wasting_rows, width < UNPRICED);
        waste = waste.add(words, Role::Warning);
    }
    if unjudged > 0 {
        waste = waste.add(wording::unjudged(unjudged, width < UNJUDGED), Role::Warning);
    }
    // Snoozed waste stays visible.
    if totals.effective_snoozed.0 > 0.0 {
        let snoozed = wording::snoozed(&totals.effective_snoozed.to_string());
        waste = waste.add(snoozed, Role::Changing);
    }
    waste
}

/// `$148/h`, or `≥$148/h` while a source has not answered yet.
fn at_least(app: &App, rate: UsdPerHour) -> String {
    let mark = if freshness::is_partial(app) {
        wording::AT_LEAST
    } else {
        ""
    };
    format!("{mark}{rate}")
}

/// The burn, its age if it is stale, the count of unpriced rows, and the profiles that did not
/// answer.
fn burn(app: &App, totals: &Totals, width: u16) -> StyledLine {
    let age = freshness::burn_age(app);
    let if_fresh = |role| if age.is_some() { Role::Dim } else { role };
    let mut burn = StyledLine::of(wording::BURN, Role::Dim).add(
        at_least(app, totals.effective),
        if_fresh(Role::of_cost(totals.effective.0)),
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

/// The read-only badge, and the age of the rows; wide screens show the age beside the tabs. It
/// ranks before the cost of the month at every width, because no figure is reliable without its
/// age.
fn state(app: &App, width: u16, gap: u16) -> Vec<Piece> {
    let mode = access::badge(app).map_or_else(StyledLine::new, |badge| {
        StyledLine::of(badge, Role::Emphasis)
    });
    let fresh = if width < tabs::WIDE {
        freshness::age(app)
    } else {
        StyledLine::new()
    };
    vec![Piece::new(1, gap, mode), Piece::new(AGE, gap, fresh)]
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

/// The last words of the title that fit into `room`; the account is at its end.
fn cut_title(title: &str, role: Role, room: &mut u16) -> StyledLine {
    let fits = |text: &str| text::width(text) <= usize::from(*room);
    let starts = std::iter::once(0).chain(title.match_indices(' ').map(|(place, _)| place));
    let cut = starts
        .map(|start| title[start..].trim_start())
        .map(|rest| format!("  {rest}"))
        .find(|rest| fits(rest) && !rest.trim().is_empty());
    let cut = cut.unwrap_or_default();
    let words = match role {
        // The background starts with the text.
        Role::Protected if !cut.is_empty() => {
            StyledLine::of("  ", Role::Text).add(cut.trim_start().to_owned(), role)
        }
        role => StyledLine::of(cut, role),
    };
    *room -= words.width() as u16;
    words
}

/// The hourly cost of the past days, less most of its minimum, so that changes are visible.
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
    let visible: Vec<&str> = all
        .iter()
        .copied()
        .filter(|region| {
            app.visibility.regions.is_empty() || app.visibility.regions.contains(*region)
        })
        .collect();
    let Some(first) = visible.first() else {
        return StyledLine::new();
    };
    let more = if visible.len() > 1 {
        format!(" +{}", visible.len() - 1)
    } else {
        String::new()
    };
    let words = StyledLine::of(format!(" · {first}{more}"), Role::Text);
    if visible.len() < all.len() {
        words.add(format!(" of {}", all.len()), Role::Warning)
    } else {
        words
    }
}
