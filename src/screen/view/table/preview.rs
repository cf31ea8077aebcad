//! The preview of the row under the cursor, where the page has room: the first lines of the
//! resource's sheet.

use super::waste_ranking;
use crate::screen::notices::page as wording;
use crate::screen::view::{
    borders, key_labels,
    sheets::{by_rule, details, why},
    text_writer::Canvas,
};
use crate::screen::{App, actions::Action, theme::Role};
use ratatui::layout::{Margin, Rect};

/// Draws the preview in `area`, inside the frame.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(record) = app.subject() else { return };
    let mut writer = borders::title(canvas, area);
    writer
        .write(" ", Role::Text)
        .write(waste_ranking::name(record), Role::Emphasis);
    let siblings = app
        .focused()
        .map_or(1, |table| table.members(&record.head.key).len());
    let alike = details::alike_of(app, &record.head.key);
    if siblings > 1 && alike.is_none() {
        writer.write(&format!("  {}", wording::first_of(siblings)), Role::Dim);
    }
    writer
        .write("  ", Role::Text)
        .write(&key_labels::key(app, &Action::Details), Role::Key)
        .write(&format!(" {} ", wording::DETAILS), Role::Dim);
    let inside = area.inner(Margin::new(1, 1));
    let inner = Rect {
        width: inside.width.saturating_sub(1),
        ..inside
    };
    if let Some(alike) = alike {
        for (y, words) in by_rule::body(app, alike, inner.width)
            .iter()
            .take(usize::from(inner.height))
            .enumerate()
        {
            words.write_to(&mut canvas.line(inner, y as u16));
        }
        return;
    }
    let mut lines = details::money(record, inner.width);
    lines.extend(why::verdicts(app, record, inner.width, true));
    if lines.len() < usize::from(inner.height) / 2 {
        lines = details::body(app, record, inner.width);
    }
    for (y, words) in lines.iter().take(usize::from(inner.height)).enumerate() {
        words.write_to(&mut canvas.line(inner, y as u16));
    }
}
