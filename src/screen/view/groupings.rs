//! The line of groupings above a table.

use super::{key_labels, text_writer::Canvas};
use crate::{
    domain::text,
    screen::{
        App,
        actions::Action,
        state::{MouseTarget, table::Table},
        theme::Role,
    },
};
use ratatui::layout::Rect;

/// Columns before the first label.
const LEFT: u16 = 2;

/// Draws it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(table) = app.focused() else { return };
    let asked = table
        .groupings
        .field()
        .is_some_and(|field| table.filter.query.asks(field));
    let shown = table.groupings.place();
    let labels = labels(table, area.width);
    let mut x = area.x + LEFT;
    for (place, label) in labels.iter().enumerate() {
        let width = text::width(label) as u16 + 2;
        canvas.target(Rect { x, width, ..area }, MouseTarget::Grouping(place));
        x += width + 1;
    }
    let mut writer = canvas.line(area, 0);
    writer.advance(LEFT);
    for (place, label) in labels.iter().enumerate() {
        let role = if place == shown && !asked {
            Role::Focus
        } else {
            Role::Dim
        };
        let (open, close) = if place == shown && !asked {
            ("[", "]")
        } else {
            (" ", " ")
        };
        writer
            .write(open, role)
            .write(label, role)
            .write(close, role)
            .advance(1);
    }
    let keys = [Action::PreviousGrouping, Action::NextGrouping]
        .map(|action| key_labels::key(app, &action))
        .join(" ");
    if usize::from(writer.remaining()) > keys.len() + 2 {
        writer.advance(1).write(&keys, Role::Key);
    }
}

/// The labels, shortened until they fit.
fn labels(table: &Table, width: u16) -> Vec<String> {
    let cut = |most: usize| -> Vec<String> {
        table
            .groupings
            .values
            .iter()
            .map(|value| text::cut(&text::printable(value), most).into_owned())
            .collect()
    };
    let fits = |labels: &Vec<String>| {
        labels
            .iter()
            .map(|label| text::width(label) + 3)
            .sum::<usize>()
            + usize::from(LEFT)
            <= usize::from(width)
    };
    [24, 16, 12, 9, 6]
        .into_iter()
        .map(cut)
        .find(fits)
        .unwrap_or_else(|| cut(4))
}
