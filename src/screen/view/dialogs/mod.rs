//! The smaller questions: how many, which tags, which of a list, which operation, really quit.

pub mod confirm;
pub mod parts;
pub mod scheduled;
pub mod settings;

use super::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::{UsdPerHour, WeeklySchedule, action::schedule::GRACE, text},
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
use parts::{answers, field, keys, named};

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
    let mut out = Overlay::new(
        StyledLine::of(
            format!(
                "Scale {}",
                text::cut(
                    &named(&ask.names, ask.targets.len()),
                    usize::from(width).saturating_sub(10)
                )
            ),
            Role::Focus,
        ),
        width,
    );
    let (low, high) = ask.now;
    let now = if low == high {
        low.to_string()
    } else {
        format!("{low} to {high}")
    };
    out.head.push(
        StyledLine::of("now ", Role::Dim)
            .add(format!("{now} {}", ask.unit), Role::Emphasis)
            .add(format!("  {} at least", ask.minimum), Role::Dim),
    );
    if let Some(suggested) = ask.suggested {
        out.head.push(
            StyledLine::of("metrics say ", Role::Dim)
                .add(suggested.to_string(), Role::Success)
                .add(" would do", Role::Dim),
        );
    }
    out.head.push(StyledLine::new());
    let (line, column) = field(&format!("{} wanted: ", ask.unit), &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match (&ask.error, ask.saves()) {
        (Some(error), _) => StyledLine::of(error.clone(), Role::Error),
        (None, Some(UsdPerHour(saves))) if saves > 0.0 => StyledLine::of("saves ", Role::Dim)
            .add(format!("{:#}", UsdPerHour(saves)), Role::Success),
        (None, Some(UsdPerHour(saves))) if saves < 0.0 => StyledLine::of("costs ", Role::Dim)
            .add(format!("{:#} more", UsdPerHour(-saves)), Role::HighCost),
        _ => StyledLine::new(),
    });
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], "shows the plan"),
            (&[Action::Up, Action::Down], "one more or less"),
            (&[Action::Cancel], "leaves it"),
        ],
    );
    out
}

fn schedule(app: &App, ask: &ScheduledScalingInput, width: u16) -> Overlay {
    let title = format!(
        "Schedule {}",
        text::cut(
            &named(&ask.names, ask.targets.len()),
            usize::from(width).saturating_sub(12)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    let WeeklySchedule {
        inside, outside, ..
    } = ask.suggested;
    let plain = format!("{} UTC: {inside} in, {outside} out", ask.suggested.when());
    out.head.push(
        StyledLine::of("now ", Role::Dim)
            .add(ask.now.to_string(), Role::Emphasis)
            .add(" day and night  suggested ", Role::Dim)
            .add(plain, Role::Success),
    );
    out.head.push(StyledLine::new());
    let (line, column) = field("days, hours UTC, in, out: ", &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    let wrong = ask.error.clone().or_else(|| ask.schedule().err());
    out.head.push(match (wrong, ask.saves()) {
        (Some(error), _) => StyledLine::of(error, Role::Error),
        (None, Some(UsdPerHour(saves))) if saves >= 0.0 => StyledLine::of("saves ", Role::Dim)
            .add(format!("{:#}", UsdPerHour(saves)), Role::Success)
            .add("  mean of a week", Role::Dim),
        (None, Some(UsdPerHour(saves))) => StyledLine::of("costs ", Role::Dim)
            .add(format!("{:#} more", UsdPerHour(-saves)), Role::HighCost)
            .add("  mean of a week", Role::Dim),
        (None, None) => StyledLine::of("its price is not known", Role::Dim),
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
            (&[Action::Accept], "shows the plan"),
            (&[Action::Cancel], "leaves it"),
        ],
    );
    out
}

fn tags(app: &App, editor: &TagEditor, width: u16) -> Overlay {
    let title = format!(
        "Tags of {}",
        text::cut(
            &named(&editor.names, editor.targets.len()),
            usize::from(width).saturating_sub(12)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    let (line, column) = field("> ", &editor.field, width);
    out.head.push(line);
    out.typing = editor.cursor.is_none().then_some((0, column));
    out.head.push(match &editor.error {
        Some(error) => StyledLine::of(error.clone(), Role::Error),
        None => StyledLine::of(
            "key=value adds or changes, -key removes; an empty line shows the plan",
            Role::Dim,
        ),
    });
    if editor.unread > 0 {
        out.head.push(StyledLine::of(
            format!("the tags of {} of them are not known", editor.unread),
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
        out.lines.push(StyledLine::of(" no tags yet", Role::Dim));
        out.list = None;
    }
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], "takes it"),
            (&[Action::Up, Action::Down], "to a tag"),
            (&[Action::Complete], "edits it"),
            (&[Action::RemoveLine], "removes it"),
            (&[Action::Cancel], "leaves"),
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
        } => format!("on {some} of {targets}, {values} values"),
        TagPresence::None => String::new(),
    };
    let (sign, role) = match change {
        TagChange::Keep => (" ", Role::Text),
        TagChange::Set(_) => ("+", Role::Success),
        TagChange::Remove => ("-", Role::Error),
    };
    let words = StyledLine::of(format!("{sign} {key}"), role).tab(24);
    // What it becomes, or that it goes, is seen however long it was.
    let room = width.saturating_sub(words.width());
    let old = match change {
        TagChange::Keep => old,
        TagChange::Set(new) => text::cut(
            &old,
            room.saturating_sub(3 + text::width(new)).max(room / 3),
        )
        .into_owned(),
        TagChange::Remove => text::cut(&old, room.saturating_sub(6)).into_owned(),
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
        TagChange::Remove => words.add(old, Role::Dim).add("  goes", Role::Error),
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
            (&[Action::Accept], "takes it"),
            (toggle, "chooses"),
            (&[Action::Cancel], "leaves"),
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
                    text::cut(&format!("no: {}", text::printable(&why.to_string())), room),
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
            (&[Action::Accept], "goes on: it asks first"),
            (&[Action::Cancel], "leaves"),
        ],
    );
    out
}

fn quit(ask: &QuitDialog, width: u16) -> Overlay {
    let (title, note) = match ask.what {
        QuitTarget::Program if ask.open.is_empty() => ("Quit with something agreed for later?", ""),
        QuitTarget::Program => (
            "Quit while something is under way?",
            "What AWS has accepted goes on without spendtop; what it has not been asked yet is left out.",
        ),
        QuitTarget::Plans => (
            "Cancel what has not begun?",
            "What AWS was asked already goes on; the rest is left out, and the journal says so. Once more the same key: quit.",
        ),
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
        out.foot.extend(agreed(ahead, width));
    }
    out.foot.extend([StyledLine::new(), answers(ask.yes)]);
    out
}

/// What is agreed for later, and what becomes of it without this console.
fn agreed(ahead: &UpcomingActions, width: u16) -> Vec<StyledLine> {
    let next = match ahead.many {
        1 => format!("Agreed for later: {}.", ahead.next),
        many => format!(
            "{many} changes are agreed for later; the next: {}.",
            ahead.next
        ),
    };
    let (it, is) = if ahead.many == 1 {
        ("It", "is")
    } else {
        ("They", "are")
    };
    let late = (GRACE / 60.0).round();
    let note = if ahead.kept {
        format!(
            "{it} {is} done only if a console runs then. A file keeps what is agreed: the next start still does what is at most \
             {late:.0} minutes late, and asks again for what was missed by more."
        )
    } else {
        format!(
            "No file keeps what is agreed in this console: {} {is} gone with it, and not done.",
            it.to_lowercase()
        )
    };
    let mut out = lines(&next, Role::Changing, 1, width);
    out.extend(lines(&note, Role::Dim, 1, width));
    out
}
