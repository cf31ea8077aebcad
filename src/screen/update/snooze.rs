//! Snooze: hides the findings of a row from the ranking for a while. Their waste is shown apart.

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

/// Asks for a duration. On rows that are all snoozed: ends their snooze.
pub fn ask(app: &mut App) -> Vec<Command> {
    let records = actions::pin_targets(app);
    if records.is_empty() {
        return toast(app, Notice::NoRow);
    }
    let snoozed: Vec<Snooze> = records
        .iter()
        .filter_map(|record| {
            app.schedules
                .entries
                .snooze(&record.head.key, app.now)
                .cloned()
        })
        .collect();
    if snoozed.len() == records.len() {
        return end_snoozes(app, snoozed);
    }
    let scheduled = app
        .schedules
        .entries
        .plans()
        .filter(|scheduled| {
            records
                .iter()
                .any(|record| record.head.key == *scheduled.key())
        })
        .count();
    app.layers
        .push(Layer::Dialog(Dialog::Snooze(SnoozeInput::new(
            &records, scheduled,
        ))));
    Vec::new()
}

fn end_snoozes(app: &mut App, snoozed: Vec<Snooze>) -> Vec<Command> {
    if let Some(first) = snoozed.first() {
        let (name, count) = (first.name.clone(), snoozed.len());
        toast(app, Notice::Woken { name, count });
    }
    scheduled::change(
        app,
        snoozed
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
    let keys: Vec<ResourceKey> = actions::pin_targets(app)
        .iter()
        .map(|record| record.head.key.clone())
        .collect();
    if keys.is_empty() {
        return Err(Notice::NoRow);
    }
    Ok(snooze(app, &keys, seconds))
}

/// Accepts the dialog.
pub fn accept(app: &mut App, mut ask: SnoozeInput) -> Vec<Command> {
    match ask.seconds() {
        Ok(seconds) => snooze(app, &ask.targets, seconds),
        Err(error) => {
            ask.error = Some(error);
            app.layers.push(Layer::Dialog(Dialog::Snooze(ask)));
            Vec::new()
        }
    }
}

/// Snoozes `keys`, and postpones their scheduled operations by the same time.
fn snooze(app: &mut App, keys: &[ResourceKey], seconds: f64) -> Vec<Command> {
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
    let is_postponed =
        |scheduled: &&ScheduledPlan| keys.contains(scheduled.key()) && !scheduled.is_due(now);
    let postpone: Vec<ScheduledPlan> = app
        .schedules
        .entries
        .plans()
        .filter(is_postponed)
        .map(|scheduled| scheduled.postpone(seconds))
        .collect();
    let Some(name) = names.first().cloned() else {
        return toast(app, Notice::RowsGone);
    };
    let (count, until) = (names.len(), when::format(until, &app.zone));
    let notice = match postpone.first() {
        None => Notice::Snoozed { name, count, until },
        Some(scheduled) => Notice::SnoozedAndPostponed {
            name,
            count,
            until,
            operation: scheduled.operation(),
            due: when::format_brief(scheduled.due(), now, &app.zone),
        },
    };
    changes.extend(
        postpone
            .into_iter()
            .map(|scheduled| ScheduleChange::Replace(ScheduleEntry::Plan(scheduled))),
    );
    toast(app, notice);
    if let Some(table) = app.table_mut(app.focus) {
        table.clear_marks();
    }
    scheduled::change(app, changes)
}
