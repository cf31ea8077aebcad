//! Applies events from outside: reports, statuses of actions, failures, and ticks of the clock.

use super::super::{
    App, Command,
    dialogs::Dialog,
    notices::{Notice, Tone},
    state::modal_stack::Layer,
};
use super::{activity, errors, keys, scheduled, toast};
use crate::domain::{
    Fault, PlanId, Preflight, ResourceKey, Timestamp, time::timestamp::seconds_between,
};
use crate::inventory::AppliedReport;
use crate::inventory::Event;
use std::time::Duration;

/// Seconds a toast stays.
const TOAST_LIFE: f64 = 6.0;
/// Seconds a toast of a failure stays.
const BAD_TOAST_LIFE: f64 = 12.0;

/// A tick: the time is `now`, `uptime` after the start of the run.
pub fn tick(app: &mut App, now: Timestamp, uptime: Duration) -> Vec<Command> {
    (app.now, app.uptime) = (now, uptime);
    app.inventory.tick(now);
    for layer in &mut app.layers {
        if let Layer::Dialog(Dialog::Confirm(confirm)) = layer {
            confirm.tick(now, uptime);
        }
    }
    app.toasts.retain(|toast| {
        let life = if toast.notice.tone() == Tone::Bad {
            BAD_TOAST_LIFE
        } else {
            TOAST_LIFE
        };
        seconds_between(toast.at, now) < life
    });
    let mut commands = scheduled::tick(app);
    commands.extend(keys::tick(app));
    commands
}

/// Stores preflight results in the confirm dialog of `plan`, if it is still open.
fn surveyed(app: &mut App, plan: &PlanId, facts: Vec<(ResourceKey, Preflight)>) -> Vec<Command> {
    for layer in &mut app.layers {
        if let Layer::Dialog(Dialog::Confirm(confirm)) = layer
            && confirm.plan.id == *plan
        {
            confirm.set_preflight(facts.into_iter().collect());
            break;
        }
    }
    Vec::new()
}

/// Applies an event of the engine.
pub fn apply(app: &mut App, event: Event) -> Vec<Command> {
    match event {
        Event::Report(report) => self::report(app, report),
        Event::Acted(update) => activity::acted(app, &update),
        Event::Recovered(update) => activity::recovered(app, &update),
        Event::Preflight { plan, targets } => surveyed(app, &plan, targets),
        Event::Fault(fault) => note(app, fault),
    }
}

fn report(app: &mut App, report: AppliedReport) -> Vec<Command> {
    for fault in report.faults.into_iter().filter(|fault| !fault.is_quiet()) {
        errors::list(app, Some(report.source.clone()), fault, report.at);
    }
    let now = app.now.max(report.at);
    app.inventory.replace(report.store, now);
    Vec::new()
}

/// Something failed.
fn note(app: &mut App, fault: Fault) -> Vec<Command> {
    if fault.is_quiet() {
        let message = fault.message;
        return toast(app, Notice::RegionSkipped { message });
    }
    toast(
        app,
        Notice::Failed {
            fault: fault.clone(),
        },
    );
    let at = app.now;
    errors::list(app, None, fault, at);
    Vec::new()
}
