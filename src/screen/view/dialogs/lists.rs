//! The lists to choose from: one or several words, or the operations of rows.

use super::{
    super::{key_labels, overlay::Overlay, styled_line::StyledLine},
    parts::keys,
};
use crate::{
    domain::text,
    screen::{
        App,
        actions::Action,
        dialogs::{ActionMenu, ActionMenuLine, Picker},
        input::keymap::Context,
        notices::dialogs as wording,
        theme::Role,
    },
};

pub(super) fn pick(app: &App, picker: &Picker, width: u16) -> Overlay {
    let column = picker
        .items
        .iter()
        .map(|item| text::width(&item.label))
        .max()
        .unwrap_or(0)
        .clamp(8, 30)
        + 8;
    let note = picker
        .items
        .iter()
        .map(|item| text::width(&item.note))
        .max()
        .unwrap_or(0);
    let mut out = Overlay::new(
        StyledLine::of(picker.title, Role::Focus),
        width.min((column + note).max(60) as u16),
    );
    out.lines = picker
        .items
        .iter()
        .map(|item| {
            let sign = match (picker.several, item.on) {
                (true, true) => "[x] ",
                (true, false) => "[ ] ",
                (false, true) => "● ",
                (false, false) => "  ",
            };
            StyledLine::of(format!(" {sign}"), Role::Marked)
                .add(text::cut(&item.label, 32), Role::Text)
                .tab(column)
                .add(item.note.clone(), Role::Dim)
        })
        .collect();
    out.selected = Some(picker.cursor);
    out.list = Some(0);
    let toggle: &[Action] = if picker.several {
        &[Action::Toggle]
    } else {
        &[]
    };
    out.foot = keys(
        app,
        Context::Dialog,
        &[
            (&[Action::Accept], wording::keys::SELECTS),
            (toggle, wording::keys::TOGGLES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

pub(super) fn operations(app: &App, menu: &ActionMenu, width: u16) -> Overlay {
    let about = StyledLine::of(text::printable(&menu.about), Role::Focus);
    let mut out = Overlay::new(about, width);
    let keys: Vec<String> = menu
        .lines
        .iter()
        .map(|line| key_labels::key(app, &Action::Operation(line.operation)))
        .collect();
    let widest = |widths: &mut dyn Iterator<Item = usize>, default| widths.max().unwrap_or(default);
    let name = 3 + widest(&mut keys.iter().map(|key| text::width(key)), 1);
    let names = menu.lines.iter().map(|line| line.operation.id().len());
    let doc = name + 2 + widest(&mut { names }, 8);
    out.lines = menu
        .lines
        .iter()
        .zip(&keys)
        .map(|(line, key)| menu_line(line, key, [name, doc], usize::from(width)))
        .collect();
    out.selected = Some(menu.cursor);
    out.list = Some(0);
    out.foot = super::parts::keys(
        app,
        Context::Dialog,
        &[
            (&[Action::Accept], wording::keys::CONTINUES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

/// Key, name and doc of an operation, or the reason why it is unavailable. `columns`: where name
/// and doc start.
fn menu_line(line: &ActionMenuLine, key: &str, columns: [usize; 2], width: usize) -> StyledLine {
    let is_able = line.able > 0;
    let role = |able| if is_able { able } else { Role::Dim };
    let words = StyledLine::of(format!(" {key} "), role(Role::Key))
        .tab(columns[0])
        .add(line.operation.id(), role(Role::Emphasis))
        .tab(columns[1]);
    let room = width.saturating_sub(words.width());
    if !is_able {
        return match &line.why {
            Some(why) => {
                let reason = wording::unavailable(&text::printable(&why.to_string()));
                words.add(text::cut(&reason, room), Role::Dim)
            }
            None => words,
        };
    }
    let some = if line.able < line.of {
        format!("  {} of {}", line.able, line.of)
    } else {
        String::new()
    };
    let note = line.note.as_ref();
    let note = note.map_or_else(String::new, |note| format!("  {note}"));
    let room = room.saturating_sub(text::width(&some) + text::width(&note));
    words
        .add(text::cut(line.operation.doc(), room), Role::Text)
        .add(some, Role::Warning)
        .add(note, Role::Warning)
}
