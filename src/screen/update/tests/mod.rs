//! Behavior of the update: key sequences on the fixture, and invariants for any input.

mod arrangement;
mod confirmation;
mod fuzz;
mod guard_matrix;
mod guards;
mod navigation;
mod open_layers;
mod operations;
mod palette_commands;
mod progress;
mod prompts;
mod quit;
mod random_keys;
mod reports;
mod rule_group;
mod scheduled;
mod startup_cursor;
mod typing;
mod undo;

use super::super::{
    App, Command, Message, Page, Tile,
    dialogs::{ConfirmDialog, Dialog},
    fixture,
    notices::{Notice, reasons},
    state::modal_stack::Layer,
};
use crate::domain::{ConfirmedPlan, Operation, Reason, ResourceKey};
use crate::inventory::{
    Event,
    guards::{Guard, GuardEffect, Guards},
    query::Condition,
};

const SIZE: (u16, u16) = (140, 40);

/// The fixture with `pane` maximized.
fn on(pane: &'static str) -> App {
    let mut app = fixture::app(SIZE);
    super::pages::show(&mut app, Page::Full(Tile::Pane(pane)));
    app.reconcile();
    app
}

fn press(app: &mut App, keys: &str) -> Vec<Command> {
    fixture::press(app, keys).unwrap()
}

fn type_in(app: &mut App, text: &str) -> Vec<Command> {
    fixture::type_in(app, text)
}

fn tick(app: &mut App, seconds: i64) -> Vec<Command> {
    super::update(app, fixture::tick(seconds))
}

fn key(app: &App) -> ResourceKey {
    app.focused().unwrap().key().unwrap().clone()
}

/// The id under the cursor.
fn id(app: &App) -> String {
    app.focused()
        .unwrap()
        .key()
        .map_or_else(String::new, |key| key.id.to_string())
}

fn names(app: &App) -> Vec<String> {
    app.focused()
        .unwrap()
        .rows
        .iter()
        .map(|record| record.head.name.to_string())
        .collect()
}

/// The newest toast.
fn notice(app: &App) -> Option<&Notice> {
    app.toasts.last().map(|toast| &toast.notice)
}

/// The reason of the newest toast, or an empty text.
fn why(app: &App) -> String {
    match notice(app) {
        Some(
            Notice::ReadOnly { why }
            | Notice::Unavailable { why, .. }
            | Notice::Skipped { why, .. }
            | Notice::PlanDenied { why, .. }
            | Notice::Refused { why }
            | Notice::NotUndoable { why, .. }
            | Notice::UndoLater { why }
            | Notice::CannotSchedule { why }
            | Notice::ScheduleFailed { why, .. },
        ) => why.to_string(),
        _ => String::new(),
    }
}

/// The name of the top layer.
fn top(app: &App) -> &'static str {
    match app.layers.last() {
        None => "",
        Some(Layer::Details(_)) => "details",
        Some(Layer::Why(_)) => "why",
        Some(Layer::Help(_)) => "help",
        Some(Layer::Errors(_)) => "errors",
        Some(Layer::Forecast(_)) => "forecast",
        Some(Layer::Watch(_)) => "watch",
        Some(Layer::Unpriced(_)) => "unpriced",
        Some(Layer::Journal(_)) => "journal",
        Some(Layer::JournalEntry(_)) => "entry",
        Some(Layer::Activity(_)) => "activity",
        Some(Layer::Contributors(_)) => "contributors",
        Some(Layer::Filter(_)) => "filter",
        Some(Layer::Palette(_)) => "palette",
        Some(Layer::Dialog(Dialog::Confirm(_))) => "confirm",
        Some(Layer::Dialog(Dialog::ScheduleAction(_))) => "scheduled",
        Some(Layer::Dialog(Dialog::ScheduledList(_))) => "scheduled-list",
        Some(Layer::Dialog(Dialog::Snooze(_))) => "snooze",
        Some(Layer::Dialog(Dialog::Count(_))) => "count",
        Some(Layer::Dialog(Dialog::Tags(_))) => "tags",
        Some(Layer::Dialog(Dialog::Pick(_))) => "pick",
        Some(Layer::Dialog(Dialog::Operations(_))) => "operations",
        Some(Layer::Dialog(Dialog::Quit(_))) => "quit",
        Some(Layer::Dialog(Dialog::ScheduledScaling(_))) => "schedule",
        Some(Layer::Dialog(Dialog::AutoscalingLimits(_))) => "bounds",
        Some(Layer::Dialog(Dialog::SwapModel(_))) => "swap",
    }
}

/// A guard for all operations on the rows that `filter` matches.
fn guard(filter: &str, effect: GuardEffect) -> Guard {
    Guard {
        name: "guard 1".into(),
        filter: Condition::parse(filter, &fixture::panes()).unwrap(),
        operations: Vec::new(),
        accounts: Vec::new(),
        profiles: Vec::new(),
        effect,
        reason: Some("careful".into()),
    }
}

/// The open confirm dialog.
#[track_caller]
fn confirm_dialog(app: &App) -> &ConfirmDialog {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm,
        _ => panic!("{:?} is open: {:?}", top(app), notice(app)),
    }
}

/// Delivers preflight checks without warnings.
fn surveyed(app: &mut App) {
    let confirm = confirm_dialog(app);
    let plan = &confirm.plan;
    let facts = plan
        .targets
        .iter()
        .map(|target| (target.key.clone(), crate::domain::Preflight::default()))
        .collect();
    let plan = plan.id.clone();
    super::update(
        app,
        Message::Engine(Event::Preflight {
            plan,
            targets: facts,
        }),
    );
    fixture::draw(app);
}

fn ran(commands: &[Command]) -> &ConfirmedPlan {
    match commands {
        [Command::Run(confirmed)] => confirmed,
        other => panic!("not one run: {other:?}"),
    }
}

fn targets(confirmed: &ConfirmedPlan) -> Vec<String> {
    confirmed
        .plan()
        .targets
        .iter()
        .map(|target| target.key.id.to_string())
        .collect()
}
