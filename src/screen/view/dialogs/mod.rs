//! The dialogs: count, scheduled scaling, tags, lists, operations, quit; the others in their files.

pub mod confirm;
pub mod parts;
pub mod scheduled;
pub mod settings;

use super::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, lines},
};
use crate::screen::notices::dialogs as wording;
use crate::{
    domain::{UsdPerHour, action::schedule::GRACE, text},
    screen::{
        App,
        actions::Action,
        dialogs::{
            ActionMenu, CountInput, Dialog, Picker, QuitDialog, QuitTarget, ScheduledScalingInput,
            TagEditor, UpcomingActions,
            tag_editor::{TagChange, TagPresence},
        },
        input::keymap::Context,
        theme::Role,
    },
};
use parts::{answers, field, keys, title};

/// The dialog.
pub fn dialog(app: &App, dialog: &Dialog, width: u16) -> Overlay {
    match dialog {
        Dialog::Count(ask) => count(app, ask, width.min(64)),
        Dialog::Schedule(ask) => schedule(app, ask, width.min(76)),
        Dialog::Later(ask) => scheduled::later(app, ask, width),
        Dialog::Snooze(ask) => scheduled::snooze(app, ask, width.min(64)),
        Dialog::ScheduledList(list) => scheduled::scheduled_list(app, list, width),
        Dialog::Bounds(ask) => settings::bounds(app, ask, width.min(64)),
        Dialog::Swap(ask) => settings::swap(app, ask, width),
        Dialog::Tags(editor) => tags(app, editor, width),
        Dialog::Pick(picker) => pick(app, picker, width),
        Dialog::Operations(menu) => operations(app, menu, width),
        Dialog::Quit(ask) => quit(ask, width.min(56)),
        Dialog::Confirm(ask) => super::dialogs::confirm::confirm(app, ask, width),
    }
}

fn count(app: &App, ask: &CountInput, width: u16) -> Overlay {
    let title = title(wording::scale_title, &ask.names, ask.targets.len(), width);
    let mut out = Overlay::new(title, width);
    let (low, high) = ask.now;
    let now = wording::count_range(low, high);
    out.head.push(
        StyledLine::of(wording::NOW, Role::Dim)
            .add(format!("{now} {}", ask.unit), Role::Emphasis)
            .add(
                format!("  {}", wording::minimum_label(ask.minimum)),
                Role::Dim,
            ),
    );
    if let Some(suggested) = ask.suggested {
        out.head.push(
            StyledLine::of(wording::SUGGESTED_COUNT, Role::Dim)
                .add(suggested.to_string(), Role::Success),
        );
    }
    out.head.push(StyledLine::new());
    let (line, column) = field(&wording::count_label(ask.unit), &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match (&ask.error, ask.saves()) {
        (Some(error), _) => StyledLine::of(error.clone(), Role::Error),
        (None, Some(UsdPerHour(saves))) if saves > 0.0 => StyledLine::of(wording::SAVES, Role::Dim)
            .add(format!("{:#}", UsdPerHour(saves)), Role::Success),
        (None, Some(UsdPerHour(saves))) if saves < 0.0 => StyledLine::of(wording::COSTS, Role::Dim)
            .add(wording::more(UsdPerHour(-saves)), Role::HighCost),
        _ => StyledLine::new(),
    });
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (&[Action::Up, Action::Down], wording::keys::ONE_MORE_OR_LESS),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn schedule(app: &App, ask: &ScheduledScalingInput, width: u16) -> Overlay {
    let title = title(
        wording::scheduled_scaling_title,
        &ask.names,
        ask.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    let plain = wording::hours(&ask.suggested);
    out.head.push(
        StyledLine::of(wording::NOW, Role::Dim)
            .add(ask.now.to_string(), Role::Emphasis)
            .add(wording::SUGGESTED_HOURS, Role::Dim)
            .add(plain, Role::Success),
    );
    out.head.push(StyledLine::new());
    let (line, column) = field(wording::HOURS_LABEL, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    let wrong = ask.error.clone().or_else(|| ask.schedule().err());
    out.head.push(match (wrong, ask.saves()) {
        (Some(error), _) => StyledLine::of(error, Role::Error),
        (None, Some(UsdPerHour(saves))) if saves >= 0.0 => {
            StyledLine::of(wording::SAVES, Role::Dim)
                .add(format!("{:#}", UsdPerHour(saves)), Role::Success)
                .add(wording::WEEKLY_MEAN, Role::Dim)
        }
        (None, Some(UsdPerHour(saves))) => StyledLine::of(wording::COSTS, Role::Dim)
            .add(wording::more(UsdPerHour(-saves)), Role::HighCost)
            .add(wording::WEEKLY_MEAN, Role::Dim),
        (None, None) => StyledLine::of(wording::PRICE_UNKNOWN, Role::Dim),
    });
    for timed in ask.scheduled_actions().into_iter().flatten() {
        out.head.push(
            StyledLine::of(format!("{} UTC", timed.cron), Role::Text)
                .tab(48)
                .add(timed.format_limits(), Role::Emphasis),
        );
    }
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn tags(app: &App, editor: &TagEditor, width: u16) -> Overlay {
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
        .map(|line| {
            tag(
                &line.key,
                &line.has,
                &line.change,
                editor.targets.len(),
                usize::from(width),
            )
        })
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

fn tag(
    key: &str,
    has: &TagPresence,
    change: &TagChange,
    targets: usize,
    width: usize,
) -> StyledLine {
    let key = text::cut(&text::printable(key), 28).into_owned();
    let old = match has {
        TagPresence::All(value) => value.clone(),
        TagPresence::Some {
            targets: some,
            values,
        } => wording::mixed_tag(*some, targets, *values),
        TagPresence::None => String::new(),
    };
    let (sign, role) = match change {
        TagChange::Keep => (" ", Role::Text),
        TagChange::Set(_) => ("+", Role::Success),
        TagChange::Remove => ("-", Role::Error),
    };
    let words = StyledLine::of(format!("{sign} {key}"), role).tab(24);
    // The new value, or the removal, stays visible however long the old value is.
    let room = width.saturating_sub(words.width());
    let old = match change {
        TagChange::Keep => old,
        TagChange::Set(new) => text::cut(
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
        TagChange::Keep => words.add(
            old,
            if matches!(has, TagPresence::All(_)) {
                Role::Text
            } else {
                Role::Dim
            },
        ),
        TagChange::Set(new) if old.is_empty() => words.add(new.clone(), Role::Success),
        TagChange::Set(new) => words
            .add(format!("{old} → "), Role::Dim)
            .add(new.clone(), Role::Success),
        TagChange::Remove => words
            .add(old, Role::Dim)
            .add(format!("  {}", wording::TAG_REMOVED), Role::Error),
    }
}

fn pick(app: &App, picker: &Picker, width: u16) -> Overlay {
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

fn operations(app: &App, menu: &ActionMenu, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of(text::printable(&menu.about), Role::Focus),
        width,
    );
    let keys: Vec<String> = menu
        .lines
        .iter()
        .map(|line| phrases::key(app, &Action::Operation(line.operation)))
        .collect();
    let first = 3 + keys.iter().map(|key| text::width(key)).max().unwrap_or(1);
    let second = first
        + 2
        + menu
            .lines
            .iter()
            .map(|line| line.operation.id().len())
            .max()
            .unwrap_or(8);
    out.lines = menu
        .lines
        .iter()
        .zip(keys)
        .map(|(line, key)| {
            let able = line.able > 0;
            let words =
                StyledLine::of(format!(" {key} "), if able { Role::Key } else { Role::Dim })
                    .tab(first)
                    .add(
                        line.operation.id(),
                        if able { Role::Emphasis } else { Role::Dim },
                    )
                    .tab(second);
            let some = if able && line.able < line.of {
                format!("  {} of {}", line.able, line.of)
            } else {
                String::new()
            };
            let room = usize::from(width).saturating_sub(words.width() + text::width(&some));
            match &line.why {
                Some(why) if !able => words.add(
                    text::cut(
                        &wording::unavailable(&text::printable(&why.to_string())),
                        room,
                    ),
                    Role::Dim,
                ),
                _ if able => {
                    let note = line
                        .note
                        .as_ref()
                        .map_or_else(String::new, |note| format!("  {note}"));
                    let room = room.saturating_sub(text::width(&note));
                    words
                        .add(text::cut(line.operation.doc(), room), Role::Text)
                        .add(some, Role::Warning)
                        .add(note, Role::Warning)
                }
                _ => words,
            }
        })
        .collect();
    out.selected = Some(menu.cursor);
    out.list = Some(0);
    out.foot = self::keys(
        app,
        Context::Dialog,
        &[
            (&[Action::Accept], wording::keys::CONTINUES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn quit(ask: &QuitDialog, width: u16) -> Overlay {
    let (title, note) = match ask.what {
        QuitTarget::Program if ask.open.is_empty() => (wording::QUIT_SCHEDULED_TITLE, ""),
        QuitTarget::Program => (wording::QUIT_RUNNING_TITLE, wording::QUIT_RUNNING),
        QuitTarget::Plans => (wording::CANCEL_TITLE, wording::CANCEL),
    };
    let mut out = Overlay::new(StyledLine::of(title, Role::Warning), width);
    out.role = Role::Warning;
    out.lines = ask
        .open
        .iter()
        .map(|line| StyledLine::of(format!(" {line}"), Role::Changing))
        .collect();
    if !note.is_empty() {
        out.foot.extend(lines(note, Role::Dim, 1, width));
    }
    if let Some(ahead) = &ask.ahead {
        out.foot.extend(upcoming(ahead, width));
    }
    out.foot.extend([StyledLine::new(), answers(ask.yes)]);
    out
}

/// The scheduled operations, and what happens to them after the end of this session.
fn upcoming(ahead: &UpcomingActions, width: u16) -> Vec<StyledLine> {
    let next = wording::scheduled_summary(ahead.count, &ahead.next);
    let note = wording::scheduled_after_quit(ahead.count, ahead.saved, (GRACE / 60.0).round());
    let mut out = lines(&next, Role::Changing, 1, width);
    out.extend(lines(&note, Role::Dim, 1, width));
    out
}
