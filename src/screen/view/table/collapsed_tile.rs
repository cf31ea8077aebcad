//! A collapsed tile: digit, title, count, cost, waste, and its first row or fault in one line.

use super::{cell, tile::digit, waste};
use crate::screen::view::{phrases, text_writer::Canvas};
use crate::{
    domain::text,
    screen::{App, Tile, theme::Role},
};
use ratatui::layout::Rect;

/// Draws `tile` in one line.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, tile: Tile, area: Rect) {
    let Some(table) = app.table(tile) else { return };
    let mut pen = canvas.line(area, 0);
    pen.skip(1)
        .say(&digit(app, tile).unwrap_or_default(), Role::Key)
        .skip(1);
    let short = if tile == Tile::Waste {
        "Waste"
    } else {
        phrases::title(app, tile)
    };
    pen.column(11).say(short, Role::Strong);
    let Tile::Pane(id) = tile else {
        pen.skip(1).say(&format!("{:>4}", table.total), Role::Text);
        return;
    };
    if app.inventory.loading(id) {
        pen.skip(1).say("reading …", Role::Changing);
        return;
    }
    let totals = app.inventory.totals(Some(id));
    pen.skip(1).say(&format!("{:>4} ", totals.rows), Role::Text);
    let money = |amount: crate::domain::UsdPerHour| {
        if amount.0 > 0.0 {
            amount.to_string()
        } else {
            String::new()
        }
    };
    pen.say(
        &text::fit(&money(totals.burn), 9, true),
        Role::heat(totals.burn.0),
    );
    pen.say(
        &text::fit(&money(totals.waste), 9, true),
        cell::waste(totals.waste.0),
    );
    pen.say(
        if totals.waste.0 > 0.0 {
            " idle  "
        } else {
            "       "
        },
        Role::Dim,
    );
    if let Some(fault) = phrases::faults(app, tile).first() {
        pen.say(fault, Role::Bad);
    } else if let Some(first) = table.rows.first() {
        pen.say(waste::name(first), Role::Text);
        if first.head.name.trim().is_empty() {
            return;
        }
        if table.rows.len() > 1 {
            pen.say(&format!(" and {} more", table.rows.len() - 1), Role::Dim);
        }
    }
}
