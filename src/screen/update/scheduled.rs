//! Schedules an operation for a time, and runs it then.
//!
//! It runs without another question, so the row, the guards and the confirm level are checked
//! again: each must be as it was when the operation was confirmed.

use super::super::{
    App, Command,
    dialogs::{Dialog, ScheduleActionInput, ScheduledList, schedule_action::ScheduleChoice},
    notices::{Notice, reasons},
    state::{access, modal_stack::Layer},
};
use super::{actions, activity, errors, toast};
use crate::domain::{
    ActionRequest, ConfirmedPlan, Fault, FaultKind, Operation, Plan, PlanId, Reason, Record,
    ResourceKey, ScheduledPlan, Timestamp,
    action::schedule::{ScheduleChange, ScheduleEntry, Schedules, Snooze},
    time::when,
};
use std::{collections::BTreeMap, sync::Arc};

/// Asks which operation on the targets, when, and who executes it.
pub fn ask(app: &mut App) -> Vec<Command> {
    if let Some(why) = actions::refused(app) {
        return toast(app, Notice::ReadOnly { why });
    }
    let records = actions::take(app);
    if records.is_empty() {
        return toast(app, Notice::NoRow);
    }
    ask_about(app, &records)
}

fn ask_about(app: &mut App, records: &[Arc<Record>]) -> Vec<Command> {
    let mine =
        |later: &&ScheduledPlan| records.iter().any(|record| record.head.key == *later.key());
    let scheduled: Vec<ScheduledPlan> =
        app.schedules.shelf.laters().filter(mine).cloned().collect();
    match ScheduleActionInput::new(records, scheduled) {
        Ok(ask) => {
            app.layers.push(Layer::Dialog(Dialog::Later(ask)));
            Vec::new()
        }
        Err(why) => toast(app, Notice::CannotSchedule { why }),
    }
}

/// The list of scheduled operations and snoozes.
pub fn list(app: &mut App) -> Vec<Command> {
    app.layers.push(Layer::Dialog(Dialog::ScheduledList(
        ScheduledList::default(),
    )));
    Vec::new()
}

/// `:scheduled`, `:scheduled stop 19:00`, `:scheduled 19:00`, `:scheduled mark stop friday`, `:scheduled hours mon-fri
/// 07-19`.
pub fn command(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    use super::super::dialogs::schedule_action::ScheduleExecutor;
    if text.trim().is_empty() {
        return Ok(list(app));
    }
    if let Some(why) = actions::refused(app) {
        return Err(Notice::ReadOnly { why });
    }
    let records = actions::take(app);
    let mut ask = ScheduleActionInput::new(&records, Vec::new())
        .map_err(|why| Notice::CannotSchedule { why })?;
    let mut rest = text.trim();
    for (word, who) in [
        ("mark", ScheduleExecutor::Mark),
        ("hours", ScheduleExecutor::Hours),
    ] {
        if let Some(after) = rest
            .strip_prefix(word)
            .filter(|after| after.starts_with(' '))
        {
            ask.who = who;
            rest = after.trim();
        }
    }
    let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
    if let Some(operation) = Operation::ALL
        .iter()
        .find(|operation| operation.id() == first)
    {
        ask.operation = ask
            .operations
            .iter()
            .position(|known| known == operation)
            .ok_or_else(|| Notice::NotScheduled {
                why: reasons::not_schedulable(*operation),
            })?;
        rest = after.trim();
    }
    ask.field.set(rest);
    let meant = ask
        .meant(&app.schedules.tags, app.now, &app.zone)
        .map_err(|error| Notice::InputInvalid { error })?;
    Ok(take(app, &meant, &ask.targets))
}

/// Accepts the dialog.
pub fn accept(app: &mut App, mut ask: ScheduleActionInput) -> Vec<Command> {
    match ask.meant(&app.schedules.tags, app.now, &app.zone) {
        Ok(meant) => take(app, &meant, &ask.targets),
        Err(error) => {
            ask.error = Some(error);
            app.layers.push(Layer::Dialog(Dialog::Later(ask)));
            Vec::new()
        }
    }
}

/// A tag is written now; an operation is planned now and, once confirmed, saved for its time.
fn take(app: &mut App, meant: &ScheduleChoice, targets: &[ResourceKey]) -> Vec<Command> {
    let (ask, due) = match meant {
        ScheduleChoice::Tag(ask) => (ask, None),
        ScheduleChoice::AtTime(ask, due) => (ask, Some(*due)),
    };
    let before = app.layers.len();
    let commands = actions::propose(app, ask, targets);
    if app.layers.len() > before
        && let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last_mut()
    {
        confirm.later = due;
    }
    commands
}

/// Saves a plan that was confirmed for `due`, in place of earlier ones for the same rows.
pub fn agree(app: &mut App, confirmed: ConfirmedPlan, due: Timestamp) -> Vec<Command> {
    let laters = match confirmed.later(due) {
        Ok(laters) => laters,
        Err(why) => return toast(app, Notice::NotScheduled { why }),
    };
    let old = app
        .schedules
        .shelf
        .laters()
        .filter(|old| laters.iter().any(|new| new.key() == old.key()));
    let mut changes: Vec<ScheduleChange> = old
        .map(|old| ScheduleChange::Remove(ScheduleEntry::Later(old.clone())))
        .collect();
    changes.extend(
        laters
            .iter()
            .map(|later| ScheduleChange::Add(ScheduleEntry::Later(later.clone()))),
    );
    if let Some(first) = laters.first() {
        let notice = Notice::Scheduled {
            operation: first.operation(),
            name: first.name().clone(),
            count: laters.len(),
            at: when::comes_to(due, app.now, &app.zone),
        };
        toast(app, notice);
    }
    keep(app, changes)
}

/// Changes the schedules in memory and in the file.
pub(super) fn keep(app: &mut App, changes: Vec<ScheduleChange>) -> Vec<Command> {
    if changes.is_empty() {
        return Vec::new();
    }
    app.schedules.shelf.apply(&changes);
    app.inventory
        .snooze(app.schedules.shelf.snoozed_keys(app.now), app.now);
    vec![Command::Keep(changes)]
}

/// Removes the scheduled operations of the dialog's rows, or the entry under the cursor.
pub fn remove(app: &mut App) -> Vec<Command> {
    let gone: Vec<ScheduleEntry> = match app.layers.last() {
        Some(Layer::Dialog(Dialog::Later(ask))) => ask
            .scheduled
            .iter()
            .cloned()
            .map(ScheduleEntry::Later)
            .collect(),
        Some(Layer::Dialog(Dialog::ScheduledList(list))) => {
            list.chosen(&app.schedules.shelf).into_iter().collect()
        }
        _ => return Vec::new(),
    };
    if let Some(Layer::Dialog(Dialog::Later(ask))) = app.layers.last_mut() {
        ask.scheduled.clear();
    }
    for kept in &gone {
        match kept {
            ScheduleEntry::Later(later) => {
                let (operation, name) = (later.operation(), later.name().clone());
                toast(app, Notice::Unscheduled { operation, name })
            }
            ScheduleEntry::Snooze(snooze) => toast(app, woken(snooze)),
        };
    }
    keep(app, gone.into_iter().map(ScheduleChange::Remove).collect())
}

/// Accepts an entry of the list: asks to run a missed operation now, opens the dialog for a
/// scheduled one, ends a snooze.
pub fn open(app: &mut App, list: &ScheduledList) -> Vec<Command> {
    match list.chosen(&app.schedules.shelf) {
        Some(ScheduleEntry::Later(later)) if later.is_missed(app.now) => {
            actions::propose(app, later.request(), std::slice::from_ref(later.key()))
        }
        Some(ScheduleEntry::Later(later)) => {
            if let Some(record) = app.inventory.record(later.key()).cloned() {
                ask_about(app, &[record])
            } else {
                let name = later.name().clone();
                toast(app, Notice::NotListed { name })
            }
        }
        Some(ScheduleEntry::Snooze(snooze)) => {
            toast(app, woken(&snooze));
            keep(
                app,
                vec![ScheduleChange::Remove(ScheduleEntry::Snooze(snooze))],
            )
        }
        None => Vec::new(),
    }
}

fn woken(snooze: &Snooze) -> Notice {
    let (name, count) = (snooze.name.clone(), 1);
    Notice::Woken { name, count }
}

/// Removes missed operations that a submitted plan contains.
pub(super) fn overtaken(app: &mut App, confirmed: &ConfirmedPlan) -> Vec<Command> {
    let plan = confirmed.plan();
    let mine = |later: &&ScheduledPlan| {
        later.is_missed(app.now)
            && later.operation() == plan.operation
            && plan.targets.iter().any(|target| target.key == *later.key())
    };
    let changes = app
        .schedules
        .shelf
        .laters()
        .filter(mine)
        .map(|later| ScheduleChange::Remove(ScheduleEntry::Later(later.clone())))
        .collect();
    keep(app, changes)
}

/// Ends snoozes that are over, and takes operations that are due from the file. Runs each second.
pub fn tick(app: &mut App) -> Vec<Command> {
    let rested = app
        .schedules
        .shelf
        .snoozes()
        .filter(|snooze| snooze.until <= app.now)
        .cloned();
    let rested = rested
        .map(|snooze| ScheduleChange::Remove(ScheduleEntry::Snooze(snooze)))
        .collect();
    let mut commands = keep(app, rested);
    commands.extend(take_due(app));
    commands
}

fn take_due(app: &mut App) -> Vec<Command> {
    let now = app.now;
    app.inventory
        .snooze(app.schedules.shelf.snoozed_keys(now), now);
    let fresh = |later: &&ScheduledPlan| {
        later.is_due(now) && !app.schedules.taking.iter().any(|taking| taking.is(later))
    };
    let (missed, due): (Vec<ScheduledPlan>, Vec<ScheduledPlan>) = app
        .schedules
        .shelf
        .laters()
        .filter(fresh)
        .cloned()
        .partition(|later| later.is_missed(now));
    tell_missed(app, missed);
    if let (Some(why), false) = (actions::refused(app), due.is_empty()) {
        // Another console may still run it.
        for later in &due {
            not_done(app, later, &why);
        }
        return Vec::new();
    }
    let in_sight = due.into_iter().filter(|later| is_in_sight(app, later));
    let (closed, ready): (Vec<_>, Vec<_>) = in_sight
        .map(|later| (closed(app, &later), later))
        .partition(|(why, _)| why.is_some());
    for (why, later) in closed {
        if let Some(why) = &why {
            not_done(app, &later, why);
        }
    }
    let ready: Vec<ScheduledPlan> = ready.into_iter().map(|(_, later)| later).collect();
    if ready.is_empty() {
        return Vec::new();
    }
    app.schedules.taking.extend(ready.iter().cloned());
    vec![Command::Take(ready)]
}

/// Why this session cannot change the row through its profile. Another console may still do it.
fn closed(app: &App, later: &ScheduledPlan) -> Option<Reason> {
    app.inventory
        .record(later.key())
        .and_then(|record| access::barred(app, &record.head.profile))
}

/// Whether its row is listed, or is known to be gone: all sources of its account and region were
/// read after the scheduled time.
fn is_in_sight(app: &App, later: &ScheduledPlan) -> bool {
    let key = later.key();
    if app.inventory.record(key).is_some() {
        return true;
    }
    let panes: Vec<_> = app.inventory.panes().iter().map(|pane| pane.id).collect();
    let sources = panes.iter().flat_map(|pane| app.inventory.health(pane));
    let mut here = sources
        .filter(|(source, _)| {
            source.place.account == key.account && source.place.region == key.region
        })
        .peekable();
    here.peek().is_some()
        && here.all(|(_, health)| health.last_good.is_some_and(|read| read >= later.due()))
}

fn tell_missed(app: &mut App, missed: Vec<ScheduledPlan>) {
    let fresh: Vec<ScheduledPlan> = missed
        .into_iter()
        .filter(|later| {
            app.schedules
                .told
                .insert((later.key().clone(), later.due()))
        })
        .collect();
    let Some(first) = fresh.first() else { return };
    let notice = Notice::Missed {
        operation: first.operation(),
        name: first.name().clone(),
        count: fresh.len(),
        at: when::told(first.due(), &app.zone),
    };
    toast(app, notice);
    for later in &fresh {
        let at = when::told(later.due(), &app.zone);
        list_fault(app, later, &reasons::missed(&at));
    }
    if app.layers.is_empty() {
        app.layers
            .push(Layer::Dialog(Dialog::ScheduledList(ScheduledList {
                missed: true,
                ..ScheduledList::default()
            })));
    }
}

/// Stores the content of the file after it was read or written.
pub fn kept(app: &mut App, shelf: Schedules) -> Vec<Command> {
    app.schedules.shelf = shelf;
    app.schedules.read = true;
    app.inventory
        .snooze(app.schedules.shelf.snoozed_keys(app.now), app.now);
    Vec::new()
}

/// Runs the operations that this console, and no other, took from the file.
pub fn taken(app: &mut App, wanted: &[ScheduledPlan], taken: Vec<ScheduledPlan>) -> Vec<Command> {
    app.schedules
        .taking
        .retain(|taking| !wanted.iter().any(|wanted| wanted.is(taking)));
    let mut plans: BTreeMap<PlanId, Vec<ScheduledPlan>> = BTreeMap::new();
    for later in taken {
        plans.entry(later.plan().clone()).or_default().push(later);
    }
    plans
        .into_values()
        .flat_map(|scheduled| run(app, &scheduled))
        .collect()
}

/// Runs operations that were confirmed together, and reports those that do not match any more.
fn run(app: &mut App, scheduled: &[ScheduledPlan]) -> Vec<Command> {
    if let Some(why) = actions::refused(app) {
        for later in scheduled {
            not_done(app, later, &why);
        }
        return Vec::new();
    }
    let mut good: Vec<ScheduledPlan> = Vec::new();
    for later in scheduled {
        match confirmed(app, std::slice::from_ref(later)) {
            Ok(_) => good.push(later.clone()),
            Err(why) => not_done(app, later, &why),
        }
    }
    if good.is_empty() {
        return Vec::new();
    }
    match confirmed(app, &good) {
        Ok(confirmed) => {
            activity::begin(app, &confirmed);
            vec![Command::Run(confirmed)]
        }
        Err(why) => {
            for later in &good {
                not_done(app, later, &why);
            }
            Vec::new()
        }
    }
}

/// Plans again from the present rows and guards, and compares the plan with the confirmed one.
fn confirmed(app: &mut App, scheduled: &[ScheduledPlan]) -> Result<ConfirmedPlan, Reason> {
    let records: Vec<(Arc<Record>, &ActionRequest)> = scheduled
        .iter()
        .filter_map(|later| {
            app.inventory
                .record(later.key())
                .cloned()
                .map(|record| (record, later.request()))
        })
        .collect();
    let Some(first) = scheduled.first().filter(|_| !records.is_empty()) else {
        return Err(reasons::gone());
    };
    let asked: Vec<(&Record, &ActionRequest)> = records
        .iter()
        .map(|(record, ask)| (record.as_ref(), *ask))
        .collect();
    app.plans += 1;
    let mut plan = Plan::each(
        PlanId::new(app.now, app.plans),
        first.operation(),
        &asked,
        app.now,
    );
    plan.reason = Some(
        format!(
            "scheduled {}",
            first.scheduled_at().strftime("%Y-%m-%d %H:%M")
        )
        .into(),
    );
    let left_out = |plan: &Plan| plan.skipped.last().map(|skipped| skipped.why.clone());
    if plan.targets.is_empty() {
        return Err(left_out(&plan).unwrap_or_else(reasons::nothing_to_do));
    }
    let plan = actions::guarded(app, plan).map_err(|notice| Reason::new(notice.text()))?;
    if plan.targets.is_empty() {
        return Err(left_out(&plan).unwrap_or_else(reasons::nothing_to_do));
    }
    plan.confirm_as_scheduled(scheduled, app.now)
        .map_err(|why| Reason::new(why.to_string()))
}

/// Reports once that an operation did not run, and why.
fn not_done(app: &mut App, later: &ScheduledPlan, why: &Reason) {
    if !app
        .schedules
        .told
        .insert((later.key().clone(), later.due()))
    {
        return;
    }
    let at = when::brief(later.due(), app.now, &app.zone);
    let notice = Notice::ScheduleFailed {
        operation: later.operation(),
        name: later.name().clone(),
        at,
        why: why.clone(),
    };
    toast(app, notice);
    list_fault(app, later, why);
}

fn list_fault(app: &mut App, later: &ScheduledPlan, why: &Reason) {
    let at = app.now;
    errors::list(
        app,
        None,
        Fault::new(
            FaultKind::Refused,
            format!("scheduled {} {}", later.operation(), later.name()),
            reasons::not_run(why).to_string(),
        ),
        at,
    );
}
