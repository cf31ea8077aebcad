//! Draws the state as a frame, and measures the frame. Reads the state, never changes it; only
//! visible parts cost time.
//!
//! ```text
//!  header        account · regions                 hourly cost, waste, month to date
//!  tabs          1 Overview  2 GPUs 14  ...                  live 3s · CE to Fri 18:00
//!  groupings     by service, account, tag, above a table of the bill;  chart  below it
//!  table::tile   a framed table:  rows of a pane,  waste: the ranking,  empty: the reason
//!  table::collapsed_tile  one line;  table::preview  the row under the cursor
//!  footer        active keys, or the filter line;  toasts  above it
//!  overlay       sheets and dialogs, over all of it
//! ```

mod action_progress;
mod amounts;
pub mod borders;
mod chart;
pub mod dialogs;
mod footer;
pub mod freshness;
mod glyphs;
pub mod groupings;
mod header;
mod key_labels;
mod layers;
pub mod layout;
pub mod overlay;
pub mod sheets;
mod source_faults;
pub mod sparkline;
pub mod styled_line;
pub mod table;
pub mod tabs;
#[cfg(test)]
pub(super) mod tests;
pub mod text_writer;
mod tile_finding;
mod times;
mod toasts;

use super::{
    App,
    state::{Measurements, MouseTarget, modal_stack::Layer},
    theme::{Role, Theme},
};
use crate::screen::notices::page as wording;
use glyphs::Glyphs;
use layout::ScreenLayout;
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
};
use text_writer::Canvas;

/// Draws the screen. The caller stores the measurements with [`App::store`].
pub fn view(app: &App, frame: &mut Frame<'_>) -> Measurements {
    let (cursor, measurements) = draw(app, frame.buffer_mut());
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    measurements
}

/// Draws the screen into `buf`. Returns the position of the text cursor, if the user types text,
/// and the measurements of the frame.
pub fn draw(app: &App, buf: &mut Buffer) -> (Option<Position>, Measurements) {
    let plain;
    let theme = if let Some(theme) = app.current_theme() {
        theme
    } else {
        plain = Theme::default();
        &plain
    };
    let mut canvas = Canvas::new(buf, theme.styles(app.color_support), Glyphs::of(app.ascii));
    let all = canvas.buf.area;
    canvas.clear(all, canvas.styles.background());
    let layout = ScreenLayout::of(app);
    if layout.lines.body.height == 0 {
        too_small(&mut canvas, all);
        return (None, canvas.measured);
    }
    canvas.measured.fits = true;
    let mut cursor = page(app, &mut canvas, &layout);
    let mut question = None;
    for layer in &app.layers {
        // Only the layer on top scrolls and takes clicks.
        (canvas.measured.layer_height, canvas.measured.scroll_limit) = (None, 0);
        canvas.measured.targets.clear();
        question = None;
        if let Some(overlay) = layers::content(app, layer, all) {
            let (area, typing) = overlay::draw(&mut canvas, &overlay);
            cursor = typing.or(cursor);
            question = matches!(layer, Layer::Dialog(_)).then_some(area);
        }
    }
    toasts::draw(app, &mut canvas, layout.lines.footer, question);
    if app.ascii {
        borders::to_ascii(canvas.buf);
    }
    (cursor, canvas.measured)
}

/// Draws the page below all layers. Returns the position of the text cursor in the filter line.
fn page(app: &App, canvas: &mut Canvas<'_>, layout: &ScreenLayout) -> Option<Position> {
    header::draw(app, canvas, layout.lines.header);
    tabs::draw(app, canvas, layout.lines.tabs);
    // All frames before any title, the focused one last: where frames share a line its colour wins.
    let (focused, others): (Vec<_>, Vec<_>) =
        layout.open.iter().partition(|(tile, _)| *tile == app.focus);
    for area in others
        .iter()
        .map(|(_, area)| area)
        .chain(&layout.preview)
        .chain(&layout.chart)
    {
        borders::frame(canvas, *area, Role::Border);
    }
    for (_, area) in &focused {
        borders::frame(canvas, *area, Role::Focus);
    }
    // Neighbours share an edge: a click on it acts on the first of them.
    for (tile, area) in layout.open.iter().rev() {
        canvas.target(*area, MouseTarget::Tile(*tile));
    }
    for (tile, area) in &layout.open {
        table::tile::draw(app, canvas, *tile, *area);
    }
    if let Some(area) = layout.preview {
        table::preview::draw(app, canvas, area);
    }
    for (tile, area) in &layout.folded {
        canvas.target(*area, MouseTarget::Tile(*tile));
        table::collapsed_tile::draw(app, canvas, *tile, *area);
    }
    if let Some(area) = layout.groupings {
        groupings::draw(app, canvas, area);
    }
    if let Some(area) = layout.chart {
        chart::draw(app, canvas, area);
    }
    footer::draw(app, canvas, layout.lines.footer)
}

fn too_small(canvas: &mut Canvas<'_>, area: Rect) {
    let text = wording::TOO_SMALL;
    let y = area.height / 2;
    let left = area.width.saturating_sub(text.len() as u16) / 2;
    canvas
        .line(area, y)
        .advance(left)
        .write(text, Role::Emphasis);
    if area.height > 2 {
        let (columns, rows) = layout::tiles::SMALLEST;
        canvas
            .line(area, y + 1)
            .write(&wording::needs_size(columns, rows), Role::Dim);
    }
}
