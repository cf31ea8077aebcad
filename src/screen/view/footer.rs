//! The footer: the active keys, or the filter line.

use super::{
    freshness, key_labels,
    styled_line::StyledLine,
    text_writer::{Canvas, TextWriter},
};
use crate::screen::notices::{fault_remedies, page as wording};
use crate::screen::{
    App,
    actions::Action,
    help,
    input::keymap::spell,
    state::{
        access,
        modal_stack::{FilterLine, Layer},
    },
    theme::Role,
};
use ratatui::layout::{Position, Rect};

/// Draws the footer; if every source fails for one reason, that reason comes first. Returns the
/// position of the text cursor while the filter line is open.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    if let Some(Layer::Filter(line)) = app.layers.last() {
        return Some(filter(app, canvas, area, line));
    }
    let right = right(app);
    let mut writer = canvas.line(area, 0);
    writer
        .split_right(right.width() as u16 + 1)
        .by(|writer| right.write_to(writer));
    writer.advance(1);
    if let Some((fault, profile)) = freshness::outage(app) {
        let outage = fault_remedies::outage(fault, profile);
        writer.write(&outage, Role::Error).advance(2);
    }
    for mut hint in help::hints(app) {
        if app.ascii {
            hint.key = hint.key.replace('⏎', "enter");
        }
        let needs =
            crate::domain::text::width(&hint.key) + 1 + crate::domain::text::width(&hint.word);
        if needs + 2 > usize::from(writer.remaining()) {
            break;
        }
        let (key, word) = if hint.enabled {
            (Role::Key, Role::Text)
        } else {
            (Role::Dim, Role::Dim)
        };
        writer
            .write(&hint.key, key)
            .advance(1)
            .write(&hint.word, word)
            .advance(2);
    }
    None
}

/// The right half: keys of a sequence, actions under way, unread errors, the read-only badge.
fn right(app: &App) -> StyledLine {
    let mut words = StyledLine::new();
    if !app.sequence.keys.is_empty() {
        words = words.add(format!("{} … ", spell(&app.sequence.keys)), Role::Key);
    }
    let (open, all) = app
        .running_plans
        .values()
        .fold((0, 0), |(open, all), running| {
            (open + running.open.len(), all + running.total)
        });
    if open > 0 {
        words = words.add(wording::in_progress(open, all), Role::Changing);
    }
    let scheduled = app.schedules.scheduled_count();
    if scheduled > 0 {
        words = words.add(wording::scheduled(scheduled), Role::Changing);
    }
    if app.unread_errors > 0 {
        words = words
            .add(key_labels::key(app, &Action::Errors), Role::Key)
            .add(wording::errors(app.unread_errors), Role::Error);
    }
    match access::badge(app) {
        Some(badge) => words.add(format!("{badge} "), Role::Emphasis),
        None => words,
    }
}

fn filter(app: &App, canvas: &mut Canvas<'_>, area: Rect, line: &FilterLine) -> Position {
    let table = app.focused();
    let mut writer = canvas.line(area, 0);
    let note = match table {
        Some(table) => match &table.filter.error {
            Some(error) => StyledLine::of(error.message.clone(), Role::Error),
            None => StyledLine::of(
                wording::matches(table.rows.len(), table.total),
                Role::Marked,
            ),
        },
        None => StyledLine::new(),
    };
    let room = (note.width() as u16 + 2).min(area.width / 2);
    writer.split_right(room).by(|writer| note.write_to(writer));
    writer.write(" /", Role::Key);
    let width = writer.remaining().saturating_sub(1);
    let skip = line.field.scroll_columns(usize::from(width));
    let start = writer.x();
    let text = line.field.text();
    writer.write(&after(text, skip), Role::Text);
    if text.is_empty() {
        writer.advance(1).write(wording::FILTER_EXAMPLE, Role::Dim);
    }
    Position::new(
        start + line.field.column().saturating_sub(skip) as u16,
        area.y,
    )
}

/// `text` without its first `columns` columns.
pub(super) fn after(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .skip_while(|c| {
            let wide = crate::domain::text::width(c.encode_utf8(&mut [0; 4]));
            let skip = used < columns;
            used += wide;
            skip
        })
        .collect()
}

impl TextWriter<'_> {
    fn by(mut self, write: impl FnOnce(&mut Self)) {
        write(&mut self);
    }
}
