//! The first line: whose account, what burns, what is idle, what the month has cost.
//!
//! Must not know the panes.

use super::{facts, pen::Canvas, spark::spark, tabs, words::Words};
use crate::{
    domain::{Reading, Series, text},
    screen::{App, theme::Role},
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Columns of the burn's sparkline, wide and narrow.
const SPARK: (u16, u16) = (16, 7);

/// Draws it. Where room is short, what is less needed goes first: sparkline, regions, month to date.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let totals = app.world.totals(None);
    let known = app.world.panes().iter().any(|pane| !app.world.loading(pane.id)) && !(totals.rows == 0 && facts::failing(app) > 0);
    let mut burn = Words::of("BURN ", Role::Dim);
    burn = if known { burn.add(totals.burn.to_string(), Role::heat(totals.burn.0)) } else { burn.add("…", Role::Dim) };
    if totals.unpriced > 0 {
        burn = burn.add(format!(" +{}{}", totals.unpriced, if area.width < 120 { "?" } else { " unpriced" }), Role::Warn);
    }
    let share = if totals.burn.0 > 0.0 { totals.waste.0 / totals.burn.0 } else { 0.0 };
    let idle = if known {
        Words::of("IDLE ", Role::Dim)
            .add(totals.waste.to_string(), super::cell::waste(totals.waste.0))
            .add(format!(" {:.0}%", share * 100.0), Role::Dim)
    } else {
        Words::of("IDLE …", Role::Dim)
    };
    let month = match app.world.month_to_date() {
        Reading::Known(month) => Words::of("MTD ", Role::Dim).add(month.amount.to_string(), Role::Strong),
        Reading::Unknown(_) => Words::of("MTD n/a", Role::Dim),
    };
    let mode = if app.read_only { Words::of("read-only", Role::Good) } else { Words::new() };
    let series = app.world.burn_by_start();
    let spark_width = if area.width >= 120 { SPARK.0 } else { SPARK.1 };

    let brand = Words::of(" spendtop", Role::Brand);
    let title = format!("  {}", app.title);
    let regions = regions(app);
    let width = |words: &Words| if words.is_empty() { 0 } else { words.width() as u16 + 3 };
    let mut room = area.width.saturating_sub(width(&brand) + width(&burn) + width(&idle));
    let mode = take(&mut room, width(&mode), mode);
    // On wide screens the age stands beside the tabs. Old news go before the month.
    let mut fresh = if area.width < 120 { tabs::age(app) } else { Words::new() };
    let mut old = Words::new();
    if tabs::is_old(app) {
        old = take(&mut room, width(&fresh), std::mem::take(&mut fresh));
    }
    let told = app.world.month_to_date().known().is_some();
    let mut month = if told { take(&mut room, width(&month), month) } else { month };
    let title = title_in(&title, &mut room);
    let fresh = take(&mut room, width(&fresh), fresh);
    let graph = if known && spark_width < room { spark_width } else { 0 };
    room -= if graph > 0 { graph + 1 } else { 0 };
    let regions = take(&mut room, regions.width() as u16, regions);
    if !told {
        month = take(&mut room, width(&month), month);
    }

    let mut pen = canvas.line(area, 0);
    brand.and(title).and(regions).write(&mut pen);
    let right =
        width(&burn) + if graph > 0 { graph + 1 } else { 0 } + width(&idle) + width(&month) + width(&mode) + width(&fresh) + width(&old)
            - 2;
    pen.skip(pen.left().saturating_sub(right));
    burn.write(&mut pen);
    if graph > 0 {
        pen.skip(1);
        spark(&mut pen.column(graph), &shape(series), None, Role::Graph);
    }
    for words in [idle, month, mode, fresh, old].iter().filter(|words| !words.is_empty()) {
        pen.skip(3);
        words.write(&mut pen);
    }
}

/// As many of the title's last words as there is room for: the account stands at its end.
fn title_in(title: &str, room: &mut u16) -> Words {
    let fits = |text: &str| text::width(text) <= usize::from(*room);
    let starts = std::iter::once(0).chain(title.match_indices(' ').map(|(place, _)| place));
    let shown =
        starts.map(|start| title[start..].trim_start()).map(|rest| format!("  {rest}")).find(|rest| fits(rest) && !rest.trim().is_empty());
    let words = Words::of(shown.unwrap_or_default(), Role::Strong);
    *room -= words.width() as u16;
    words
}

/// `words`, if there is room for what they need.
fn take(room: &mut u16, needs: u16, words: Words) -> Words {
    if needs > *room {
        return Words::new();
    }
    *room -= needs;
    words
}

/// The burn of the past days with its shape made plain: what burned all the time is taken off where something was added.
fn shape(series: &Series) -> Series {
    let known = || series.points.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
    let floor = if high > low * 1.05 { low * 0.8 } else { 0.0 };
    Series { points: series.points.iter().map(|point| point.map(|burn| burn - floor)).collect(), ..*series }
}

fn regions(app: &App) -> Words {
    let all: BTreeSet<&str> = app.places.iter().map(|place| &*place.region).collect();
    let shown: Vec<&str> =
        all.iter().copied().filter(|region| app.shown.regions.is_empty() || app.shown.regions.contains(*region)).collect();
    let Some(first) = shown.first() else { return Words::new() };
    let more = if shown.len() > 1 { format!(" +{}", shown.len() - 1) } else { String::new() };
    let words = Words::of(format!(" · {first}{more}"), Role::Text);
    if shown.len() < all.len() { words.add(format!(" of {}", all.len()), Role::Warn) } else { words }
}
