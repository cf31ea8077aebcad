//! The first line: whose account, what burns, what is idle, what the month has cost.
//!
//! Must not know the panes.

use super::{pen::Canvas, spark::spark, words::Words};
use crate::{
    domain::{Reading, Series},
    screen::{App, theme::Role},
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Columns of the burn's sparkline, wide and narrow.
const SPARK: (u16, u16) = (16, 7);

/// Draws it. Where room is short, what is less needed goes first: sparkline, regions, month to date.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let totals = app.world.totals(None);
    let known = totals.rows > 0;
    let mut burn = Words::of("BURN ", Role::Dim);
    burn = if known { burn.add(totals.burn.to_string(), Role::heat(totals.burn.0)) } else { burn.add("…", Role::Dim) };
    if totals.unpriced > 0 {
        burn = burn.add(format!(" +{} unpriced", totals.unpriced), Role::Warn);
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
    let title = Words::of(format!("  {}", app.title), Role::Strong);
    let regions = regions(app);
    let width = |words: &Words| if words.is_empty() { 0 } else { words.width() as u16 + 3 };
    let mut room = area.width.saturating_sub(width(&brand) + width(&burn) + width(&idle));
    let mut fits = |needs: u16| {
        let yes = needs <= room;
        room -= if yes { needs } else { 0 };
        yes
    };
    let mode = if fits(width(&mode)) { mode } else { Words::new() };
    let month = if fits(width(&month)) { month } else { Words::new() };
    let title = if fits(title.width() as u16) { title } else { Words::new() };
    let graph = if known && fits(spark_width + 1) { spark_width } else { 0 };
    let regions = if fits(regions.width() as u16) { regions } else { Words::new() };

    let mut pen = canvas.line(area, 0);
    brand.and(title).and(regions).write(&mut pen);
    let right = width(&burn) + if graph > 0 { graph + 1 } else { 0 } + width(&idle) + width(&month) + width(&mode) - 2;
    pen.skip(pen.left().saturating_sub(right));
    burn.write(&mut pen);
    if graph > 0 {
        pen.skip(1);
        spark(&mut pen.column(graph), &recent(series, graph), None, Role::Graph);
    }
    for words in [idle, month, mode].iter().filter(|words| !words.is_empty()) {
        pen.skip(3);
        words.write(&mut pen);
    }
}

/// As many of the newest points as give `columns` columns of equally many points.
fn recent(series: &Series, columns: u16) -> Series {
    let columns = usize::from(columns).max(1);
    let per = (series.points.len() / columns).max(1);
    series.tail(per * columns)
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
