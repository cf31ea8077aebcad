//! Drawing. Reads the state, never changes it; only what is visible costs anything.
//!
//! ```text
//!  header.rs    spendtop  account · regions                 BURN ▁▂▅  IDLE  MTD
//!  tabs.rs      1 Overview  2 GPUs 14  ...                  live 3s · CE to Fri 18:00
//!  tile.rs      ┌ title, counts, dollars, faults ──┐┌ ...
//!  chart.rs     │ bars of dollars, in full │        facets.rs: a line of choices above it
//!  rows.rs      │ columns and rows                 ││        waste.rs: the ranking
//!               └──────────────────────────────────┘└ ...    empty.rs: why there is nothing
//!  fold.rs       a tile in one line                          look.rs: the row under the cursor
//!  footer.rs    keys, or the filter line                     toasts.rs above it
//! ```
//!
//! On top of it: [`overlay`], which every sheet and dialog is drawn by.

mod activity;
pub mod borders;
mod by_rule;
pub mod cell;
mod chart;
mod collapsed_tile;
pub mod columns;
mod confirm;
mod confirm_level;
mod contributors;
mod details;
mod dialogs;
mod empty;
mod errors;
mod footer;
mod forecast;
pub mod glyphs;
pub mod groupings;
mod header;
mod help;
mod journal;
pub mod overlay;
mod palette;
mod phrases;
mod preview;
pub mod rows;
mod scheduled;
mod settings;
pub mod sparkline;
pub mod styled_line;
pub mod tabs;
#[cfg(test)]
pub(super) mod tests;
pub mod text_writer;
mod tile;
mod toasts;
mod waste;
mod why;

use super::{
    App, layout,
    theme::{Role, Theme},
};
use glyphs::Glyphs;
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
};
use text_writer::Canvas;

/// Draws the screen.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    if let Some(cursor) = draw(app, frame.buffer_mut()) {
        frame.set_cursor_position(cursor);
    }
}

/// Draws the screen into `buf`. Gives the place of the text cursor, where one is typing.
pub fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let plain;
    let theme = if let Some(theme) = app.current_theme() {
        theme
    } else {
        plain = Theme::default();
        &plain
    };
    let mut canvas = Canvas {
        skin: theme.skin(app.depth),
        glyphs: Glyphs::of(app.ascii),
        buf,
    };
    let all = canvas.buf.area;
    canvas.clear(all, canvas.skin.ground());
    let places = layout::places(app);
    if places.lines.body.height == 0 {
        too_small(&mut canvas, all);
        return None;
    }
    header::draw(app, &mut canvas, places.lines.header);
    tabs::draw(app, &mut canvas, places.lines.tabs);
    // All frames before any title, the focused one last: where frames share a line its colour wins.
    let (focused, others): (Vec<_>, Vec<_>) =
        places.open.iter().partition(|(tile, _)| *tile == app.focus);
    for area in others
        .iter()
        .map(|(_, area)| area)
        .chain(&places.preview)
        .chain(&places.chart)
    {
        borders::frame(&mut canvas, *area, Role::Line);
    }
    for (_, area) in &focused {
        borders::frame(&mut canvas, *area, Role::Focus);
    }
    for (tile, area) in &places.open {
        tile::draw(app, &mut canvas, *tile, *area);
    }
    if let Some(area) = places.preview {
        preview::draw(app, &mut canvas, area);
    }
    for (tile, area) in &places.folded {
        collapsed_tile::draw(app, &mut canvas, *tile, *area);
    }
    if let Some(area) = places.facets {
        groupings::draw(app, &mut canvas, area);
    }
    if let Some(area) = places.chart {
        chart::draw(app, &mut canvas, area);
    }
    let mut cursor = footer::draw(app, &mut canvas, places.lines.footer);
    for layer in &app.layers {
        if let Some(overlay) = overlay::of(app, layer, all) {
            cursor = overlay::draw(&mut canvas, &overlay).or(cursor);
        }
    }
    toasts::draw(
        app,
        &mut canvas,
        places.lines.footer,
        overlay::question(app, all),
    );
    cursor
}

fn too_small(canvas: &mut Canvas<'_>, area: Rect) {
    let text = "too small";
    let y = area.height / 2;
    let left = area.width.saturating_sub(text.len() as u16) / 2;
    canvas.line(area, y).skip(left).say(text, Role::Strong);
    if area.height > 2 {
        let (columns, rows) = super::tile_layout::SMALLEST;
        canvas
            .line(area, y + 1)
            .say(&format!("{columns}x{rows} at least"), Role::Dim);
    }
}
