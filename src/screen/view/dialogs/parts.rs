//! Parts that several dialogs share: names in a title, a text field, a line of keys.

use crate::{
    domain::{UsdPerHour, text},
    screen::{
        App,
        actions::Action,
        input::{keymap::Context, text_field::TextField},
        notices::{self, dialogs as wording},
        theme::Role,
        view::{footer::after, key_labels, styled_line::StyledLine},
    },
};
use std::sync::Arc;

/// The first three of `names`, and how many more of `all` there are.
pub fn named(names: &[Arc<str>], all: usize) -> String {
    let first: Vec<_> = names
        .iter()
        .take(3)
        .map(|name| text::printable(name))
        .collect();
    let more = if all > first.len() {
        format!(" {}", notices::and_more(all - first.len()))
    } else {
        String::new()
    };
    format!("{}{more}", first.join(", "))
}

/// The title of a dialog: `title` with `names`, cut to `width`.
pub fn title(title: fn(&str) -> String, names: &[Arc<str>], all: usize, width: u16) -> StyledLine {
    let room = usize::from(width).saturating_sub(text::width(&title("")) + 2);
    StyledLine::of(title(&text::cut(&named(names, all), room)), Role::Focus)
}

/// `label`, then the field; the text cursor's column.
pub fn field(label: &str, field: &TextField, width: u16) -> (StyledLine, u16) {
    let start = text::width(label);
    let room = usize::from(width).saturating_sub(start + 1);
    let skip = field.scroll_columns(room);
    (
        StyledLine::of(label, Role::Key).add(after(field.text(), skip), Role::Emphasis),
        (start + field.column().saturating_sub(skip)) as u16,
    )
}

/// The saving or the additional cost of a change.
pub fn saving(rate: UsdPerHour) -> StyledLine {
    if rate.0 >= 0.0 {
        StyledLine::of(wording::SAVES, Role::Dim).add(format!("{rate:#}"), Role::Success)
    } else {
        StyledLine::of(wording::COSTS, Role::Dim)
            .add(wording::more(UsdPerHour(-rate.0)), Role::HighCost)
    }
}

/// The keys of a dialog that takes numbers.
pub fn number_keys(app: &App) -> Vec<StyledLine> {
    keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (&[Action::Up, Action::Down], wording::keys::CHANGES_BY_ONE),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    )
}

/// An empty line, then keys with their effects.
pub fn keys(app: &App, context: Context, list: &[(&[Action], &str)]) -> Vec<StyledLine> {
    let mut words = StyledLine::new();
    for (actions, does) in list.iter().filter(|(actions, _)| !actions.is_empty()) {
        let keys: Vec<String> = actions
            .iter()
            .map(|action| key_labels::key_in(app, context, action))
            .collect();
        words = words
            .add(keys.join(" "), Role::Key)
            .add(format!(" {does}  "), Role::Dim);
    }
    vec![StyledLine::new(), words]
}

/// No and Yes, with the one that Enter gives highlighted.
pub fn answers(yes: bool) -> StyledLine {
    let (no, role) = if yes {
        (Role::Dim, Role::Cursor)
    } else {
        (Role::Cursor, Role::Dim)
    };
    StyledLine::of(if yes { "  No  " } else { "▸ No  " }, no)
        .add("   ", Role::Text)
        .add(if yes { "▸ Yes " } else { "  Yes " }, role)
}
