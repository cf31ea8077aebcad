//! The tag editor.

use super::{
    super::{overlay::Overlay, styled_line::StyledLine},
    parts::{field, keys, title},
};
use crate::{
    domain::text,
    screen::{
        App,
        actions::Action,
        dialogs::{
            TagEditor, TagLine,
            tag_editor::{TagChange, TagPresence},
        },
        input::keymap::Context,
        notices::dialogs as wording,
        theme::Role,
    },
};

pub(super) fn tags(app: &App, editor: &TagEditor, width: u16) -> Overlay {
    let title = title(
        wording::tags_title,
        &editor.names,
        editor.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    let (line, column) = field("> ", &editor.field, width);
    out.head.push(line);
    out.typing = editor.cursor.is_none().then_some((0, column));
    out.head.push(match &editor.error {
        Some(error) => StyledLine::of(error.clone(), Role::Error),
        None => StyledLine::of(wording::TAGS_HINT, Role::Dim),
    });
    if editor.unread > 0 {
        out.head.push(StyledLine::of(
            wording::tags_unknown(editor.unread),
            Role::Warning,
        ));
    }
    out.head.push(StyledLine::new());
    out.lines = editor
        .lines
        .iter()
        .map(|line| tag(line, editor.targets.len(), usize::from(width)))
        .collect();
    out.selected = editor.cursor;
    out.list = Some(0);
    if out.lines.is_empty() {
        out.lines
            .push(StyledLine::of(format!(" {}", wording::NO_TAGS), Role::Dim));
        out.list = None;
    }
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::ADDS_LINE),
            (&[Action::Up, Action::Down], wording::keys::SELECTS_TAG),
            (&[Action::Complete], wording::keys::EDITS),
            (&[Action::RemoveLine], wording::keys::REMOVES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn tag(line: &TagLine, targets: usize, width: usize) -> StyledLine {
    let TagLine {
        key, has, change, ..
    } = line;
    let key = text::cut(&text::printable(key), 28).into_owned();
    let old = match has {
        TagPresence::All(value) => value.clone(),
        TagPresence::Some {
            targets: some,
            values,
        } => wording::mixed_tag(*some, targets, *values),
        TagPresence::None if line.is_required && *change == TagChange::Keep => {
            wording::TAG_REQUIRED.to_owned()
        }
        TagPresence::None => String::new(),
    };
    let (sign, role) = match change {
        TagChange::Keep => (" ", Role::Text),
        TagChange::Fill(_) | TagChange::Set(_) => ("+", Role::Success),
        TagChange::Remove => ("-", Role::Error),
    };
    let words = StyledLine::of(format!("{sign} {key}"), role).tab(24);
    // The new value, or the removal, stays visible however long the old value is.
    let room = width.saturating_sub(words.width());
    let old = match change {
        TagChange::Keep => old,
        TagChange::Fill(new) | TagChange::Set(new) => text::cut(
            &old,
            room.saturating_sub(3 + text::width(new)).max(room / 3),
        )
        .into_owned(),
        TagChange::Remove => {
            let room = room.saturating_sub(text::width(wording::TAG_REMOVED) + 2);
            text::cut(&old, room).into_owned()
        }
    };
    match change {
        TagChange::Keep => {
            let role = match has {
                TagPresence::All(_) => Role::Text,
                _ => Role::Dim,
            };
            let words = words.add(old, role);
            offers(words, line, width)
        }
        TagChange::Fill(new) => filled(words, has, new, targets),
        TagChange::Set(new) if old.is_empty() => words.add(new.clone(), Role::Success),
        TagChange::Set(new) => words
            .add(format!("{old} → "), Role::Dim)
            .add(new.clone(), Role::Success),
        TagChange::Remove => words
            .add(old, Role::Dim)
            .add(format!("  {}", wording::TAG_REMOVED), Role::Error),
    }
}

/// The value that the targets without the key get.
fn filled(words: StyledLine, has: &TagPresence, new: &str, targets: usize) -> StyledLine {
    let missing = match has {
        TagPresence::Some { targets: some, .. } => targets.saturating_sub(*some),
        TagPresence::All(_) => 0,
        TagPresence::None => targets,
    };
    let words = words.add(new.to_owned(), Role::Success);
    if missing == targets {
        return words;
    }
    words.add(format!("  {}", wording::tag_filled(missing)), Role::Dim)
}

/// Behind a tag that some targets lack: the values that others use, as far as there is room.
fn offers(words: StyledLine, line: &TagLine, width: usize) -> StyledLine {
    let values: Vec<&str> = line.offers.iter().map(String::as_str).take(3).collect();
    if values.is_empty() || matches!(line.has, TagPresence::All(_)) {
        return words;
    }
    let offer = format!("  {}", wording::tag_offers(&values.join(", ")));
    let room = width.saturating_sub(words.width());
    words.add(
        text::cut(&text::printable(&offer), room).into_owned(),
        Role::Dim,
    )
}
