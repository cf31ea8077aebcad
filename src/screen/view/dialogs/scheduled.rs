//! The dialogs that schedule and snooze, the list of both, and their lines in a row's details.

use super::parts::{field, keys, title};
use crate::screen::notices::dialogs as wording;
use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, labelled, lines},
};
use crate::{
    domain::{Input, Record, ResourceKey, Usd, action::schedule::ScheduleEntry, text, time::when},
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
pub fn schedule_action(app: &App, input: &ScheduleActionInput, width: u16) -> Overlay {
    let title = title(
        wording::schedule_title,
        &input.names,
        input.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    for old in input.scheduled.iter().take(3) {
        let at = when::format_with_distance(old.due(), app.now, &app.zone);
        let text = wording::already_scheduled(old.operation(), &at);
        out.head.extend(lines(&text, Role::Changing, 0, width));
    }
    out.head.extend(choices(input));
    let [_, _, at, hours] = wording::SCHEDULE_LABELS;
    let (label, example) = match input.executor {
        ScheduleExecutor::Hours => (hours, wording::HOURS_EXAMPLE),
        ScheduleExecutor::Console | ScheduleExecutor::Mark => (at, when::FORMS),
    };
    let (line, column) = field(label, &input.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(if input.field.is_empty() {
        line.add(example, Role::Dim)
    } else {
        line
    });
    out.head.push(StyledLine::new());
    out.head.extend(effect(app, input, width));
    let remove: &[Action] = if input.scheduled.is_empty() {
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

/// The lines of the operation and of the executor.
fn choices(input: &ScheduleActionInput) -> [StyledLine; 2] {
    let [operation, executor, ..] = wording::SCHEDULE_LABELS;
    let operations: Vec<_> = input
        .operations
        .iter()
        .map(|operation| operation.id())
        .collect();
    let selected = ScheduleExecutor::ALL
        .iter()
        .position(|executor| *executor == input.executor);
    [
        choice(operation, &operations, input.operation),
        choice(executor, &wording::EXECUTORS, selected.unwrap_or(0)),
    ]
}

/// The effect of the input: the error in it, the time, or the tag.
fn effect(app: &App, input: &ScheduleActionInput, width: u16) -> Vec<StyledLine> {
    let explanation = lines(explain(input.executor), Role::Dim, 0, width);
    let choice = input.choice(&app.schedules.tags, app.now, &app.zone);
    let mut out = match (&input.error, choice) {
        (Some(error), _) => return lines(error, Role::Error, 0, width),
        (None, Err(error)) if !input.field.is_empty() => {
            return lines(&error, Role::Warning, 0, width);
        }
        (None, Err(_)) => Vec::new(),
        (None, Ok(ScheduleChoice::AtTime(_, due))) => {
            let rate = input.rate.filter(|rate| rate.0 > 0.0);
            let saves = rate.map_or_else(String::new, |rate| {
                format!("  {}", wording::until_then(rate))
            });
            let at = when::format_with_distance(due, app.now, &app.zone);
            vec![
                StyledLine::of(format!("{} ", input.chosen()), Role::Dim)
                    .add(at, Role::Success)
                    .add(saves, Role::Dim),
            ]
        }
        (None, Ok(ScheduleChoice::Tag(request))) => match &request.input {
            Input::Tags { set, .. } => set
                .iter()
                .flat_map(|(key, value)| {
                    lines(&format!("{key} = {value}"), Role::Success, 0, width)
                })
                .collect(),
            _ => return Vec::new(),
        },
    };
    out.extend(explanation);
    out
}

fn explain(executor: ScheduleExecutor) -> &'static str {
    match executor {
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
            let lost = ask.waste.0 * seconds / 3600.0;
            let words = StyledLine::of(wording::UNTIL, Role::Dim)
                .add(when::format(until, &app.zone), Role::Success);
            vec![if lost > 0.0 {
                words.add(
                    format!("  {}", wording::wasted_by_then(Usd(lost))),
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
    let all = ScheduledList::lines(&app.schedules.entries);
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
    out.lines = all.iter().map(|entry| line(app, entry, width)).collect();
    if all.is_empty() {
        out.lines.push(StyledLine::of(
            format!(" {}", wording::NOTHING_SCHEDULED),
            Role::Dim,
        ));
    } else {
        out.selected = Some(list.place(&all));
        out.list = Some(0);
    }
    let accept = match list.chosen(&app.schedules.entries) {
        Some(ScheduleEntry::Plan(scheduled)) if scheduled.is_missed(app.now) => {
            wording::keys::CONFIRMS_NOW
        }
        Some(ScheduleEntry::Plan(_)) => wording::keys::CHANGES,
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

fn line(app: &App, entry: &ScheduleEntry, width: u16) -> StyledLine {
    let name = |name: &str| text::cut(&text::printable(name), usize::from(width / 3)).into_owned();
    let column = usize::from(width / 3) + 12;
    match entry {
        ScheduleEntry::Plan(scheduled) => {
            let words = StyledLine::of(format!(" {} ", scheduled.operation()), Role::Emphasis)
                .tab(11)
                .add(name(scheduled.name()), Role::Text)
                .tab(column);
            let at = when::format(scheduled.due(), &app.zone);
            if scheduled.is_missed(app.now) {
                words.add(wording::missed(&at), Role::Error)
            } else if scheduled.is_due(app.now) {
                words
                    .add(wording::DUE, Role::Changing)
                    .add(format!("  {at}"), Role::Dim)
            } else {
                words
                    .add(
                        wording::in_time(&when::format_distance(scheduled.due(), app.now)),
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
                .add(when::format_distance(snooze.until, app.now), Role::Changing)
                .add(
                    format!(
                        "  {}",
                        wording::until(&when::format(snooze.until, &app.zone))
                    ),
                    Role::Dim,
                )
        }
    }
}

/// The scheduled operations and snoozes of a row, for its details.
pub fn upcoming(app: &App, record: &Record, at: usize, width: u16) -> Vec<StyledLine> {
    let key: &ResourceKey = &record.head.key;
    let mut out = Vec::new();
    for scheduled in app
        .schedules
        .entries
        .plans()
        .filter(|scheduled| scheduled.key() == key)
    {
        let due = if scheduled.is_due(app.now) {
            when::format(scheduled.due(), &app.zone)
        } else {
            when::format_with_distance(scheduled.due(), app.now, &app.zone)
        };
        let confirmed = when::format_brief(scheduled.scheduled_at(), app.now, &app.zone);
        let text = details::scheduled(scheduled.operation(), &due, &confirmed);
        out.extend(labelled("scheduled", &text, Role::Changing, at, width));
    }
    if let Some(snooze) = app.schedules.entries.snooze(key, app.now) {
        let text = details::snoozed(&when::format_with_distance(
            snooze.until,
            app.now,
            &app.zone,
        ));
        out.extend(labelled("snoozed", &text, Role::Changing, at, width));
    }
    for tag in app.schedules.by_tag(record) {
        out.extend(labelled(
            details::BY_TAG,
            &details::by_tag(&tag.text, &tag.key),
            Role::Changing,
            at,
            width,
        ));
    }
    out
}
