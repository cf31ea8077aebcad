//! The dialogs that schedule and snooze, the list of both, and their lines in a row's details.

use super::parts::{field, keys, title};
use crate::screen::notices::dialogs as wording;
use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, labelled, lines},
};
use crate::{
    domain::{Record, ResourceKey, UsdPerHour, action::schedule::ScheduleEntry, text, time::when},
    screen::{
        App,
        actions::Action,
        dialogs::{
            ScheduleActionInput, ScheduledList, SnoozeInput,
            schedule_action::{ScheduleChoice, ScheduleExecutor},
        },
        input::keymap::Context,
        notices::details,
        theme::Role,
    },
};

/// The dialog that schedules an operation.
pub fn later(app: &App, ask: &ScheduleActionInput, width: u16) -> Overlay {
    let operation = ask.chosen();
    let title = title(
        wording::schedule_title,
        &ask.names,
        ask.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    let [action, by, at, runs] = wording::SCHEDULE_LABELS;
    for old in ask.scheduled.iter().take(3) {
        let at = when::comes_to(old.due(), app.now, &app.zone);
        out.head.extend(lines(
            &wording::already_scheduled(old.operation(), &at),
            Role::Changing,
            0,
            width,
        ));
    }
    out.head.push(choice(
        action,
        &ask.operations
            .iter()
            .map(|operation| operation.id())
            .collect::<Vec<_>>(),
        ask.operation,
    ));
    let who = [
        ScheduleExecutor::Console,
        ScheduleExecutor::Mark,
        ScheduleExecutor::Hours,
    ]
    .iter()
    .position(|who| *who == ask.who)
    .unwrap_or(0);
    out.head.push(choice(by, &wording::EXECUTORS, who));
    let label = if ask.who == ScheduleExecutor::Hours {
        runs
    } else {
        at
    };
    let (line, column) = field(label, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(if ask.field.is_empty() {
        line.add(
            if ask.who == ScheduleExecutor::Hours {
                wording::HOURS_EXAMPLE
            } else {
                when::FORMS
            },
            Role::Dim,
        )
    } else {
        line
    });
    out.head.push(StyledLine::new());
    let meant = ask.meant(&app.schedules.tags, app.now, &app.zone);
    match (&ask.error, meant) {
        (Some(error), _) => out.head.extend(lines(error, Role::Error, 0, width)),
        (None, Err(error)) if !ask.field.is_empty() => {
            out.head.extend(lines(&error, Role::Warning, 0, width));
        }
        (None, Err(_)) => out.head.extend(lines(why(ask.who), Role::Dim, 0, width)),
        (None, Ok(ScheduleChoice::AtTime(_, due))) => {
            let saves = ask
                .rate
                .filter(|rate| rate.0 > 0.0)
                .map_or_else(String::new, |rate| {
                    format!("  {}", wording::until_then(rate))
                });
            let at = when::comes_to(due, app.now, &app.zone);
            out.head.push(
                StyledLine::of(format!("{operation} "), Role::Dim)
                    .add(at, Role::Success)
                    .add(saves, Role::Dim),
            );
            out.head.extend(lines(why(ask.who), Role::Dim, 0, width));
        }
        (
            None,
            Ok(ScheduleChoice::Tag(crate::domain::ActionRequest {
                input: crate::domain::Input::Tags { set, .. },
                ..
            })),
        ) => {
            for (key, value) in &set {
                out.head
                    .extend(lines(&format!("{key} = {value}"), Role::Success, 0, width));
            }
            out.head.extend(lines(why(ask.who), Role::Dim, 0, width));
        }
        (None, Ok(ScheduleChoice::Tag(_))) => {}
    }
    let remove: &[Action] = if ask.scheduled.is_empty() {
        &[]
    } else {
        &[Action::RemoveLine]
    };
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (&[Action::Up, Action::Down], wording::keys::OPERATION),
            (&[Action::Complete], wording::keys::EXECUTOR),
            (remove, wording::keys::REMOVES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn why(who: ScheduleExecutor) -> &'static str {
    match who {
        ScheduleExecutor::Console => wording::BY_CONSOLE,
        ScheduleExecutor::Mark => wording::BY_MARK,
        ScheduleExecutor::Hours => wording::BY_OFF_HOURS,
    }
}

/// `label`, then words of which one is selected.
fn choice(label: &str, all: &[&str], selected: usize) -> StyledLine {
    let mut words = StyledLine::of(label, Role::Key);
    for (place, word) in all.iter().enumerate() {
        let (sign, role) = if place == selected {
            ("▸ ", Role::Emphasis)
        } else {
            ("  ", Role::Dim)
        };
        words = words.add(format!("{sign}{word} "), role);
    }
    words
}

/// The snooze dialog.
pub fn snooze(app: &App, ask: &SnoozeInput, width: u16) -> Overlay {
    let title = title(wording::snooze_title, &ask.names, ask.targets.len(), width);
    let mut out = Overlay::new(title, width);
    let waste = if ask.waste.0 > 0.0 {
        wording::hidden_waste(ask.waste)
    } else {
        wording::NO_KNOWN_WASTE.to_owned()
    };
    out.head.push(StyledLine::of(waste, Role::Dim));
    if ask.scheduled > 0 {
        out.head
            .push(StyledLine::of(wording::SCHEDULE_MOVES, Role::Changing));
    }
    out.head.push(StyledLine::new());
    let (line, column) = field(wording::DURATION_LABEL, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.extend(match (&ask.error, ask.seconds()) {
        (Some(error), _) => lines(error, Role::Error, 0, width),
        (None, Err(error)) => lines(&error, Role::Warning, 0, width),
        (None, Ok(seconds)) => {
            let length = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
            let until = app.now.checked_add(length).unwrap_or(app.now);
            let lost = UsdPerHour(ask.waste.0).0 * seconds / 3600.0;
            let words = StyledLine::of(wording::UNTIL, Role::Dim)
                .add(when::told(until, &app.zone), Role::Success);
            vec![if lost > 0.0 {
                words.add(
                    format!("  {}", wording::wasted_by_then(crate::domain::Usd(lost))),
                    Role::MediumCost,
                )
            } else {
                words
            }]
        }
    });
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SNOOZES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

/// The list of scheduled operations and snoozes.
pub fn scheduled_list(app: &App, list: &ScheduledList, width: u16) -> Overlay {
    let all = ScheduledList::lines(&app.schedules.shelf);
    let title = wording::scheduled_title(list.missed);
    let role = if list.missed {
        Role::Warning
    } else {
        Role::Focus
    };
    let mut out = Overlay::new(
        StyledLine::of(title, role).add(format!("  {}", all.len()), Role::Dim),
        width,
    );
    out.role = role;
    out.lines = all.iter().map(|kept| line(app, kept, width)).collect();
    if all.is_empty() {
        out.lines.push(StyledLine::of(
            format!(" {}", wording::NOTHING_SCHEDULED),
            Role::Dim,
        ));
    } else {
        out.selected = Some(list.place(&all));
        out.list = Some(0);
    }
    let accept = match list.chosen(&app.schedules.shelf) {
        Some(ScheduleEntry::Later(later)) if later.is_missed(app.now) => {
            wording::keys::CONFIRMS_NOW
        }
        Some(ScheduleEntry::Later(_)) => wording::keys::CHANGES,
        Some(ScheduleEntry::Snooze(_)) => wording::keys::ENDS_SNOOZE,
        None => "",
    };
    let (first, second): (&[Action], &[Action]) = if all.is_empty() {
        (&[], &[])
    } else {
        (&[Action::Accept], &[Action::Remove])
    };
    out.foot = keys(
        app,
        Context::Dialog,
        &[
            (first, accept),
            (second, wording::keys::REMOVES),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn line(app: &App, kept: &ScheduleEntry, width: u16) -> StyledLine {
    let name = |name: &str| text::cut(&text::printable(name), usize::from(width / 3)).into_owned();
    let column = usize::from(width / 3) + 12;
    match kept {
        ScheduleEntry::Later(later) => {
            let words = StyledLine::of(format!(" {} ", later.operation()), Role::Emphasis)
                .tab(11)
                .add(name(later.name()), Role::Text)
                .tab(column);
            let at = when::told(later.due(), &app.zone);
            if later.is_missed(app.now) {
                words.add(wording::missed(&at), Role::Error)
            } else if later.is_due(app.now) {
                words
                    .add(wording::DUE, Role::Changing)
                    .add(format!("  {at}"), Role::Dim)
            } else {
                words
                    .add(
                        wording::in_time(&when::until(later.due(), app.now)),
                        Role::Changing,
                    )
                    .add(format!("  {at}"), Role::Dim)
            }
        }
        ScheduleEntry::Snooze(snooze) => {
            StyledLine::of(format!(" {} ", wording::SNOOZED), Role::Dim)
                .tab(11)
                .add(name(&snooze.name), Role::Text)
                .tab(column)
                .add(when::until(snooze.until, app.now), Role::Changing)
                .add(
                    format!("  {}", wording::until(&when::told(snooze.until, &app.zone))),
                    Role::Dim,
                )
        }
    }
}

/// The scheduled operations and snoozes of a row, for its details.
pub fn upcoming(app: &App, record: &Record, at: usize, width: u16) -> Vec<StyledLine> {
    let key: &ResourceKey = &record.head.key;
    let mut out = Vec::new();
    for later in app
        .schedules
        .shelf
        .laters()
        .filter(|later| later.key() == key)
    {
        let due = if later.is_due(app.now) {
            when::told(later.due(), &app.zone)
        } else {
            when::comes_to(later.due(), app.now, &app.zone)
        };
        let confirmed = when::brief(later.scheduled_at(), app.now, &app.zone);
        let text = details::scheduled(later.operation(), &due, &confirmed);
        out.extend(labelled("scheduled", &text, Role::Changing, at, width));
    }
    if let Some(snooze) = app.schedules.shelf.snooze(key, app.now) {
        let text = details::snoozed(&when::comes_to(snooze.until, app.now, &app.zone));
        out.extend(labelled("snoozed", &text, Role::Changing, at, width));
    }
    for said in app.schedules.by_tag(record) {
        out.extend(labelled(
            details::BY_TAG,
            &details::by_tag(&said.text, &said.key),
            Role::Changing,
            at,
            width,
        ));
    }
    out
}
