//! Schedules an operation for a time; the entries of the schedule.

mod due;

use super::super::{
    App, Command,
    dialogs::{
        Dialog, ScheduleActionInput, ScheduledList,
        schedule_action::{ScheduleChoice, ScheduleExecutor},
    },
    notices::{Notice, reasons},
    state::modal_stack::Layer,
};
use super::{actions, toast};
use crate::domain::{
    ConfirmedPlan, Operation, Record, ResourceKey, ScheduledPlan, Timestamp,
    action::schedule::{ScheduleChange, ScheduleEntry, Schedules, Snooze},
    time::when,
};
pub use due::{run_claimed, tick};
use std::sync::Arc;

/// Asks for an operation on the targets, its time and its executor.
pub fn open(app: &mut App) -> Vec<Command> {
    if let Some(why) = actions::refusal(app) {
        return toast(app, Notice::ReadOnly { why });
    }
    let records = actions::pin_targets(app);
    if records.is_empty() {
        return toast(app, Notice::NoRow);
    }
    open_input(app, &records)
}

fn open_input(app: &mut App, records: &[Arc<Record>]) -> Vec<Command> {
    let mine = |scheduled: &&ScheduledPlan| {
        records
            .iter()
            .any(|record| record.head.key == *scheduled.key())
    };
    let scheduled: Vec<ScheduledPlan> = app
        .schedules
        .entries
        .plans()
        .filter(mine)
        .cloned()
        .collect();
    match ScheduleActionInput::new(records, scheduled) {
        Ok(ask) => {
            app.layers.push(Layer::Dialog(Dialog::ScheduleAction(ask)));
            Vec::new()
        }
        Err(why) => toast(app, Notice::CannotSchedule { why }),
    }
}

/// Opens the list of scheduled operations and snoozes.
pub fn list(app: &mut App) -> Vec<Command> {
    app.layers.push(Layer::Dialog(Dialog::ScheduledList(
        ScheduledList::default(),
    )));
    Vec::new()
}

/// `:scheduled`, `:scheduled stop 19:00`, `:scheduled 19:00`, `:scheduled mark stop friday`,
/// `:scheduled hours mon-fri 07-19`.
pub fn command(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    if text.trim().is_empty() {
        return Ok(list(app));
    }
    if let Some(why) = actions::refusal(app) {
        return Err(Notice::ReadOnly { why });
    }
    let records = actions::pin_targets(app);
    let mut input = ScheduleActionInput::new(&records, Vec::new())
        .map_err(|why| Notice::CannotSchedule { why })?;
    fill(&mut input, text.trim())?;
    let choice = input
        .choice(&app.schedules.tags, app.now, &app.zone)
        .map_err(|error| Notice::InputInvalid { error })?;
    Ok(propose_choice(app, &choice, &input.targets))
}

/// Sets executor, operation and time from the arguments of the command.
fn fill(input: &mut ScheduleActionInput, arguments: &str) -> Result<(), Notice> {
    let (first, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
    let executor = match first {
        "mark" => Some(ScheduleExecutor::Mark),
        "hours" => Some(ScheduleExecutor::Hours),
        _ => None,
    };
    let arguments = match executor.filter(|_| !rest.is_empty()) {
        Some(executor) => {
            input.executor = executor;
            rest.trim()
        }
        None => arguments,
    };
    let (first, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
    let operation = Operation::ALL.iter().find(|known| known.id() == first);
    let time = match operation {
        Some(operation) => {
            input.operation = input
                .operations
                .iter()
                .position(|known| known == operation)
                .ok_or_else(|| Notice::NotScheduled {
                    why: reasons::not_schedulable(*operation),
                })?;
            rest.trim()
        }
        None => arguments,
    };
    input.field.set(time);
    Ok(())
}

/// Accepts the dialog.
pub fn accept(app: &mut App, mut ask: ScheduleActionInput) -> Vec<Command> {
    match ask.choice(&app.schedules.tags, app.now, &app.zone) {
        Ok(choice) => propose_choice(app, &choice, &ask.targets),
        Err(error) => {
            ask.error = Some(error);
            app.layers.push(Layer::Dialog(Dialog::ScheduleAction(ask)));
            Vec::new()
        }
    }
}

/// A tag is written now; an operation is planned now and, once confirmed, saved for its time.
fn propose_choice(app: &mut App, choice: &ScheduleChoice, targets: &[ResourceKey]) -> Vec<Command> {
    let (ask, due) = match choice {
        ScheduleChoice::Tag(ask) => (ask, None),
        ScheduleChoice::AtTime(ask, due) => (ask, Some(*due)),
    };
    let before = app.layers.len();
    let commands = actions::propose(app, ask, targets);
    if app.layers.len() > before
        && let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last_mut()
    {
        confirm.due = due;
    }
    commands
}

/// Saves a plan that was confirmed for `due`, in place of earlier ones for the same rows.
pub fn schedule(app: &mut App, confirmed: ConfirmedPlan, due: Timestamp) -> Vec<Command> {
    let plans = match confirmed.schedule(due) {
        Ok(plans) => plans,
        Err(why) => return toast(app, Notice::NotScheduled { why }),
    };
    let old = app
        .schedules
        .entries
        .plans()
        .filter(|old| plans.iter().any(|new| new.key() == old.key()));
    let mut changes: Vec<ScheduleChange> = old
        .map(|old| ScheduleChange::Remove(ScheduleEntry::Plan(old.clone())))
        .collect();
    changes.extend(
        plans
            .iter()
            .map(|scheduled| ScheduleChange::Add(ScheduleEntry::Plan(scheduled.clone()))),
    );
    if let Some(first) = plans.first() {
        let notice = Notice::Scheduled {
            operation: first.operation(),
            name: first.name().clone(),
            count: plans.len(),
            at: when::format_with_distance(due, app.now, &app.zone),
        };
        toast(app, notice);
    }
    change(app, changes)
}

/// Changes the schedules in memory and in the file.
pub(super) fn change(app: &mut App, changes: Vec<ScheduleChange>) -> Vec<Command> {
    if changes.is_empty() {
        return Vec::new();
    }
    app.schedules.entries.apply(&changes);
    app.inventory
        .snooze(app.schedules.entries.snoozed_keys(app.now), app.now);
    vec![Command::ChangeSchedules(changes)]
}

/// Stores the content of the file after it was read or written.
pub fn replace(app: &mut App, schedules: Schedules) -> Vec<Command> {
    app.schedules.entries = schedules;
    app.schedules.is_loaded = true;
    app.inventory
        .snooze(app.schedules.entries.snoozed_keys(app.now), app.now);
    Vec::new()
}

/// Removes the scheduled operations of the dialog's rows, or the entry under the cursor.
pub fn remove(app: &mut App) -> Vec<Command> {
    let gone: Vec<ScheduleEntry> = match app.layers.last() {
        Some(Layer::Dialog(Dialog::ScheduleAction(ask))) => ask
            .scheduled
            .iter()
            .cloned()
            .map(ScheduleEntry::Plan)
            .collect(),
        Some(Layer::Dialog(Dialog::ScheduledList(list))) => {
            list.chosen(&app.schedules.entries).into_iter().collect()
        }
        _ => return Vec::new(),
    };
    if let Some(Layer::Dialog(Dialog::ScheduleAction(ask))) = app.layers.last_mut() {
        ask.scheduled.clear();
    }
    for entry in &gone {
        match entry {
            ScheduleEntry::Plan(scheduled) => {
                let (operation, name) = (scheduled.operation(), scheduled.name().clone());
                toast(app, Notice::Unscheduled { operation, name })
            }
            ScheduleEntry::Snooze(snooze) => toast(app, woken_notice(snooze)),
        };
    }
    change(app, gone.into_iter().map(ScheduleChange::Remove).collect())
}

/// Accepts an entry of the list: asks to run a missed operation now, opens the dialog for a
/// scheduled one, ends a snooze.
pub fn open_entry(app: &mut App, list: &ScheduledList) -> Vec<Command> {
    match list.chosen(&app.schedules.entries) {
        Some(ScheduleEntry::Plan(scheduled)) if scheduled.is_missed(app.now) => actions::propose(
            app,
            scheduled.request(),
            std::slice::from_ref(scheduled.key()),
        ),
        Some(ScheduleEntry::Plan(scheduled)) => {
            if let Some(record) = app.inventory.record(scheduled.key()).cloned() {
                open_input(app, &[record])
            } else {
                let name = scheduled.name().clone();
                toast(app, Notice::NotListed { name })
            }
        }
        Some(ScheduleEntry::Snooze(snooze)) => {
            toast(app, woken_notice(&snooze));
            change(
                app,
                vec![ScheduleChange::Remove(ScheduleEntry::Snooze(snooze))],
            )
        }
        None => Vec::new(),
    }
}

fn woken_notice(snooze: &Snooze) -> Notice {
    let (name, count) = (snooze.name.clone(), 1);
    Notice::Woken { name, count }
}

/// Removes missed operations that a submitted plan contains.
pub(super) fn remove_missed(app: &mut App, confirmed: &ConfirmedPlan) -> Vec<Command> {
    let plan = confirmed.plan();
    let mine = |scheduled: &&ScheduledPlan| {
        scheduled.is_missed(app.now)
            && scheduled.operation() == plan.operation
            && plan
                .targets
                .iter()
                .any(|target| target.key == *scheduled.key())
    };
    let changes = app
        .schedules
        .entries
        .plans()
        .filter(mine)
        .map(|scheduled| ScheduleChange::Remove(ScheduleEntry::Plan(scheduled.clone())))
        .collect();
    change(app, changes)
}
