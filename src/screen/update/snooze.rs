//! Snooze: the finding of a row rests for a while. It leaves the ranking; its dollars are told
//! apart, never lost.

use super::super::{
    App, Command,
    dialogs::{Dialog, SnoozeInput},
    notices::Notice,
    state::modal_stack::Layer,
};
use super::{actions, scheduled, toast};
use crate::domain::{
    ResourceKey, ScheduledPlan,
    action::schedule::{ScheduleChange, ScheduleEntry, Snooze},
    time::when,
};

/// For how long? On rows that rest already: wakes them.
pub fn ask(app: &mut App) -> Vec<Command> {
    let records = actions::take(app);
    if records.is_empty() {
        return toast(app, Notice::NoRow);
    }
    let resting: Vec<Snooze> = records
        .iter()
        .filter_map(|record| {
            app.schedules
                .shelf
                .snooze(&record.head.key, app.now)
                .cloned()
        })
        .collect();
    if resting.len() == records.len() {
        return wake(app, resting);
    }
    let agreed = app
        .schedules
        .shelf
        .laters()
        .filter(|later| records.iter().any(|record| record.head.key == *later.key()))
        .count();
    app.layers
        .push(Layer::Dialog(Dialog::Snooze(SnoozeInput::new(
            &records, agreed,
        ))));
    Vec::new()
}

fn wake(app: &mut App, resting: Vec<Snooze>) -> Vec<Command> {
    if let Some(first) = resting.first() {
        let (name, count) = (first.name.clone(), resting.len());
        toast(app, Notice::Woken { name, count });
    }
    scheduled::keep(
        app,
        resting
            .into_iter()
            .map(|snooze| ScheduleChange::Remove(ScheduleEntry::Snooze(snooze)))
            .collect(),
    )
}

/// `:snooze 2h`; without a length it asks.
pub fn command(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    if text.trim().is_empty() {
        return Ok(ask(app));
    }
    let seconds = when::parse_length(text).map_err(|error| Notice::InputInvalid { error })?;
    let keys: Vec<ResourceKey> = actions::take(app)
        .iter()
        .map(|record| record.head.key.clone())
        .collect();
    if keys.is_empty() {
        return Err(Notice::NoRow);
    }
    Ok(rest(app, &keys, seconds))
}

/// The dialog was answered.
pub fn accept(app: &mut App, mut ask: SnoozeInput) -> Vec<Command> {
    match ask.seconds() {
        Ok(seconds) => rest(app, &ask.targets, seconds),
        Err(error) => {
            ask.error = Some(error);
            app.layers.push(Layer::Dialog(Dialog::Snooze(ask)));
            Vec::new()
        }
    }
}

/// Lets `keys` rest, and puts off what is agreed for them by as much.
fn rest(app: &mut App, keys: &[ResourceKey], seconds: f64) -> Vec<Command> {
    let now = app.now;
    let length = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
    let until = now.checked_add(length).unwrap_or(now);
    let mut changes = Vec::new();
    let mut names = Vec::new();
    for key in keys {
        let Some(record) = app.inventory.record(key) else {
            continue;
        };
        names.push(record.head.name.clone());
        changes.push(ScheduleChange::Add(ScheduleEntry::Snooze(Snooze {
            key: key.clone(),
            name: record.head.name.clone(),
            since: now,
            until,
        })));
    }
    let mine = |later: &&ScheduledPlan| keys.contains(later.key()) && !later.is_due(now);
    let put_off: Vec<ScheduledPlan> = app
        .schedules
        .shelf
        .laters()
        .filter(mine)
        .map(|later| later.put_off(seconds))
        .collect();
    let Some(name) = names.first().cloned() else {
        return toast(app, Notice::RowsGone);
    };
    let (count, until) = (names.len(), when::told(until, &app.zone));
    let notice = match put_off.first() {
        None => Notice::Snoozed { name, count, until },
        Some(later) => Notice::SnoozedAndPostponed {
            name,
            count,
            until,
            operation: later.operation(),
            due: when::brief(later.due(), now, &app.zone),
        },
    };
    changes.extend(
        put_off
            .into_iter()
            .map(|later| ScheduleChange::Replace(ScheduleEntry::Later(later))),
    );
    toast(app, notice);
    if let Some(table) = app.table_mut(app.focus) {
        table.clear_marks();
    }
    scheduled::keep(app, changes)
}
