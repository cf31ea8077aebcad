//! A collapsed tile: digit, title, count, cost, waste, and its first row or fault in one line.

use super::{cell, tile::digit, waste_ranking};
use crate::screen::notices::{self, page as wording};
use crate::screen::view::{source_faults, text_writer::Canvas, tile_finding};
use crate::{
    domain::text,
    screen::{App, Tile, theme::Role},
};
use ratatui::layout::Rect;

/// Draws `tile` in one line.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, tile: Tile, area: Rect) {
    let Some(table) = app.table(tile) else { return };
    let mut writer = canvas.line(area, 0);
    writer
        .advance(1)
        .write(&digit(app, tile).unwrap_or_default(), Role::Key)
        .advance(1);
    let short = if tile == Tile::Waste {
        wording::WASTE_SHORT
    } else {
        tile_finding::title(app, tile)
    };
    writer.split_left(11).write(short, Role::Emphasis);
    let Tile::Pane(id) = tile else {
        writer
            .advance(1)
            .write(&format!("{:>4}", table.total), Role::Text);
        return;
    };
    if app.inventory.loading(id) {
        writer.advance(1).write(wording::READING, Role::Changing);
        return;
    }
    let totals = app.inventory.totals(Some(id));
    writer
        .advance(1)
        .write(&format!("{:>4} ", totals.rows), Role::Text);
    for (amount, role) in [
        (totals.burn, Role::of_cost(totals.burn.0)),
        (totals.waste, cell::waste(totals.waste.0)),
    ] {
        let amount = if amount.0 > 0.0 {
            amount.to_string()
        } else {
            String::new()
        };
        writer.write(&text::fit(&amount, 9, true), role);
    }
    let label = if totals.waste.0 > 0.0 {
        " waste "
    } else {
        "       "
    };
    writer.write(label, Role::Dim);
    if let Some(fault) = source_faults::faults(app, tile).first() {
        writer.write(fault, Role::Error);
    } else if let Some(first) = table.rows.first() {
        writer.write(waste_ranking::name(first), Role::Text);
        if first.head.name.trim().is_empty() {
            return;
        }
        if table.rows.len() > 1 {
            writer.write(
                &format!(" {}", notices::and_more(table.rows.len() - 1)),
                Role::Dim,
            );
        }
    }
}
