//! Applies a message to the state. No I/O, no clock, no await: tables of inputs and results test
//! it.
//!
//! One file a topic; [`dispatch`] names every action's function.

pub mod actions;
pub mod activity;
pub mod commands;
pub mod confirm;
pub mod contributors;
pub mod copy_export;
pub mod dispatch;
pub mod display;
pub mod engine_event;
mod errors;
pub mod groupings;
pub mod journal;
pub mod keys;
pub mod motion;
pub mod mouse;
pub mod pages;
pub mod panels;
pub mod quit;
pub mod rows;
pub mod scheduled;
pub mod snooze;
#[cfg(test)]
mod tests;
pub mod typing;
pub mod undo;

use super::{App, Command, Message, notices::Notice, state::Toast};
use crate::{
    domain::{PlanId, Report},
    inventory::{AppliedReport, Event},
};

/// Most toasts kept.
const MAX_TOASTS: usize = 5;

/// Applies `msg`; returns the commands for the event loop.
pub fn update(app: &mut App, msg: Message) -> Vec<Command> {
    let mut commands = match msg {
        Message::Key(event) => keys::press(app, &event),
        Message::Mouse(event) => mouse::event(app, event),
        Message::Paste(text) => typing::paste(app, &text),
        Message::Resize(columns, rows) => {
            app.size = (columns, rows);
            Vec::new()
        }
        Message::Tick { now, uptime } => engine_event::tick(app, now, uptime),
        Message::Engine(event) => engine_event::apply(app, event),
        Message::Notice(notice) => toast(app, notice),
        Message::Schedules(schedules) => scheduled::replace(app, schedules),
        Message::Claimed { requested, claimed } => scheduled::run_claimed(app, &requested, claimed),
        Message::Inverse(found) => undo::inverse(app, found),
        Message::Journal(read) => journal::read(app, &read),
        Message::Arranged(mut arranged) => {
            app.take_arranged(&mut arranged);
            vec![Command::Discard(arranged)]
        }
    };
    commands.extend(app.reconcile());
    commands
}

/// Executes those of `commands` that need no event loop, [`Command::Arrange`]; returns the others.
pub fn settle(app: &mut App, commands: Vec<Command>) -> Vec<Command> {
    let mut others = Vec::new();
    for command in commands {
        if let Command::Arrange(arrangement) = command {
            let arranged = Message::Arranged(arrangement.run());
            others.extend(update(app, arranged));
        } else if !matches!(command, Command::Discard(_)) {
            others.push(command);
        }
    }
    others
}

/// Applies `report` without an engine: for one frame, and for tests.
pub fn apply_report(app: &mut App, report: Report) -> Vec<Command> {
    let message = report_message(app, report);
    let commands = update(app, message);
    settle(app, commands)
}

/// The message that an engine sends once it has applied `report` to the store of `app`.
pub fn report_message(app: &App, report: Report) -> Message {
    let now = app.now.max(report.at);
    let summary = AppliedReport::apply(report, app.inventory.store(), now);
    Message::Engine(Event::Report(summary))
}

/// Shows a toast.
pub(super) fn toast(app: &mut App, notice: Notice) -> Vec<Command> {
    push(app, notice, None);
    Vec::new()
}

/// Shows a toast about a plan; it replaces the one before it about the same plan.
pub(super) fn plan_toast(app: &mut App, notice: Notice, plan: &PlanId) {
    push(app, notice, Some(plan.clone()));
}

fn push(app: &mut App, notice: Notice, plan: Option<PlanId>) {
    app.toasts
        .retain(|toast| toast.notice != notice && (plan.is_none() || toast.plan != plan));
    app.toasts.push(Toast {
        notice,
        at: app.now,
        plan,
    });
    let extra = app.toasts.len().saturating_sub(MAX_TOASTS);
    app.toasts.drain(..extra);
}
