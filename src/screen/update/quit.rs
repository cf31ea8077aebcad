//! Quits at once, or after a question that lists operations in progress and scheduled ones.

use super::super::{
    App, Command, Page,
    dialogs::{Dialog, QuitDialog, QuitTarget, UpcomingActions},
    state::{activity::PlanRun, modal_stack::Layer},
};
use super::{actions, confirm, pages};
use crate::domain::{ScheduledPlan, text::printable, time::when};
use crate::screen::notices::dialogs as wording;

/// Goes back one level; at the root quits, and asks first if operations are in progress.
pub fn quit(app: &mut App) -> Vec<Command> {
    if pages::step_back(app) {
        Vec::new()
    } else if let Some(table) = app
        .focused()
        .filter(|table| table.rule().is_some())
        .map(|table| table.tile)
        .and_then(|tile| app.table_mut(tile))
    {
        table.close_groups();
        Vec::new()
    } else if app.page == Page::Overview {
        leave(app)
    } else {
        app.page = Page::Overview;
        Vec::new()
    }
}

/// Closes all layers; without one asks whether to cancel operations that have not started, else
/// quits. In the quit dialog: quits.
pub fn interrupt(app: &mut App) -> Vec<Command> {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Quit(ask))) if ask.target == QuitTarget::Program => {
            vec![Command::Quit]
        }
        None if app
            .activity
            .newest()
            .any(|ran| ran.cancellable() > 0 && app.running_plans.contains_key(&ran.id)) =>
        {
            let open = app
                .activity
                .newest()
                .filter(|ran| app.running_plans.contains_key(&ran.id));
            let line = |ran: &PlanRun| {
                wording::not_started(ran.operation, ran.cancellable(), ran.targets.len())
            };
            let open = open.map(line).collect();
            app.layers.push(Layer::Dialog(Dialog::Quit(QuitDialog {
                target: QuitTarget::Plans,
                open,
                upcoming: None,
                yes: false,
            })));
            Vec::new()
        }
        None | Some(Layer::Dialog(Dialog::Quit(_))) => leave(app),
        Some(_) => confirm::close_all(app),
    }
}

/// Quits, and asks first if operations are in progress or scheduled.
pub fn leave(app: &mut App) -> Vec<Command> {
    let running = app
        .running_plans
        .values()
        .map(|plan| wording::in_progress(plan.operation, plan.open.len(), plan.total));
    let taken = app
        .schedules
        .claims
        .iter()
        .map(|later| wording::starting_now(later.operation(), &printable(later.name())));
    let open: Vec<String> = running.chain(taken).collect();
    let upcoming = find_upcoming(app);
    if open.is_empty() && upcoming.is_none() {
        return vec![Command::Quit];
    }
    confirm::close_all(app);
    app.layers.push(Layer::Dialog(Dialog::Quit(QuitDialog {
        target: QuitTarget::Program,
        open,
        upcoming,
        yes: false,
    })));
    Vec::new()
}

/// The scheduled operations that will not run after this session; `None` while it is read-only.
fn find_upcoming(app: &App) -> Option<UpcomingActions> {
    if actions::refusal(app).is_some() {
        return None;
    }
    // Another console on the same machine may have schedules for other accounts. Before it is
    // connected, this one does not know its accounts.
    let here = |later: &&ScheduledPlan| {
        app.locations.is_empty()
            || app
                .locations
                .iter()
                .any(|place| place.account == later.key().account)
    };
    let waits = |later: &&ScheduledPlan| {
        !later.is_missed(app.now) && !app.schedules.claims.iter().any(|claim| claim.is(later))
    };
    let mut plans: Vec<&ScheduledPlan> = app
        .schedules
        .entries
        .plans()
        .filter(waits)
        .filter(here)
        .collect();
    plans.sort_by_key(|later| later.due());
    let next = plans.first()?;
    let at = when::format_brief(next.due(), app.now, &app.zone);
    Some(UpcomingActions {
        count: plans.len(),
        next: wording::next_scheduled(next.operation(), &printable(next.name()), &at),
        saved: app.schedules.is_saved,
    })
}
