//! Status updates of submitted plans: progress, results, the summary at the end.

use super::super::{
    App, Command,
    actions::Action,
    help,
    notices::Notice,
    state::{RunningPlan, activity::PlanRun, modal_stack::Layer, reconcile},
};
use super::{errors, plan_toast, toast};
use crate::domain::{ConfirmedPlan, Fault, FaultKind, StatusKind, StatusUpdate, text::printable};

/// Adds a confirmed plan to the activity.
pub fn begin(app: &mut App, confirmed: &ConfirmedPlan) {
    let plan = confirmed.plan();
    let open: std::collections::BTreeSet<_> = plan
        .targets
        .iter()
        .map(|target| target.key.clone())
        .collect();
    app.running_plans.insert(
        plan.id.clone(),
        RunningPlan {
            operation: plan.operation,
            total: open.len(),
            open,
            settled: 0,
        },
    );
    app.activity.submit(PlanRun::new(plan, confirmed.at()));
    if let Some(sheet) = reconcile::contributors(&mut app.layers)
        && !plan.operation.definition().is_about_anomaly
    {
        sheet.acted = true;
        sheet.marks.clear();
    }
    let Some(first) = plan.targets.first() else {
        return;
    };
    let notice = Notice::Submitted {
        operation: plan.operation,
        name: first.display_name(),
        count: plan.targets.len(),
    };
    plan_toast(app, notice, &plan.id);
}

/// Applies a status update.
pub fn acted(app: &mut App, update: &StatusUpdate) -> Vec<Command> {
    app.inventory.acted(update);
    let result = app
        .activity
        .apply(update)
        .filter(|run| run.targets.len() > 1)
        .cloned();
    let mut bulk = false;
    if let Some(running) = app.running_plans.get_mut(&update.plan) {
        bulk = running.total > 1;
        let kind = update.status.kind();
        let was_open = !kind.is_settled() || running.open.remove(&update.key);
        let is_done = matches!(kind, StatusKind::Succeeded | StatusKind::Watching);
        running.settled += usize::from(was_open && is_done);
        let over = running.open.is_empty();
        let notice = match &result {
            Some(run) if over => summary(app, run),
            Some(run) => Notice::BulkProgress {
                operation: update.operation,
                counts: run.summary(),
            },
            None => progress(update),
        };
        plan_toast(app, notice, &update.plan);
        if over {
            app.running_plans.remove(&update.plan);
        }
    } else if let Some(run) = &result {
        // Only a controller watch of the plan was still open.
        bulk = true;
        let notice = summary(app, run);
        plan_toast(app, notice, &update.plan);
    }
    if let Some(fault) = fault(update) {
        // For a bulk plan, the summary reports failures: fifty toasts would hide it.
        if !bulk {
            toast(app, progress(update));
        }
        errors::list(app, None, fault, update.at);
    }
    Vec::new()
}

/// Reports the result of an operation whose session was interrupted. Several share one toast; the
/// sheet lists each.
pub fn recovered(app: &mut App, update: &StatusUpdate) -> Vec<Command> {
    let (name, operation) = (printable(&update.name), update.operation);
    let notice = Notice::Interrupted {
        operation,
        name: update.name.clone(),
        status: update.status.clone(),
    };
    let text = notice.text();
    app.activity.apply_recovered(update);
    errors::list(
        app,
        None,
        Fault::new(
            FaultKind::Broken,
            format!("{operation} {name}"),
            text.as_str(),
        ),
        update.at,
    );
    match app
        .activity
        .newest()
        .filter(|run| run.recovered)
        .map(|run| run.targets.len())
        .sum::<usize>()
    {
        0 | 1 => toast(app, notice),
        count => {
            app.toasts.retain(|toast| {
                !matches!(
                    toast.notice,
                    Notice::Interrupted { .. } | Notice::InterruptedMany { .. }
                )
            });
            let key = key(app);
            toast(app, Notice::InterruptedMany { count, key })
        }
    }
}

/// Shows all plans of this run with their results, or closes that sheet.
pub fn sheet(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Activity(_))) {
        app.layers.pop();
    } else if app.activity.is_empty() {
        return toast(app, Notice::NoActivity);
    } else {
        app.layers.push(Layer::Activity(0));
    }
    Vec::new()
}

fn key(app: &App) -> String {
    let keys = help::keys_of(&app.keymap, &Action::Activity);
    keys.split("  ")
        .next()
        .filter(|key| !key.is_empty())
        .map_or_else(|| ":activity".to_owned(), str::to_owned)
}

/// The result of a plan with several targets.
fn summary(app: &App, run: &PlanRun) -> Notice {
    let outcomes = run.counts();
    let (operation, counts) = (run.operation, run.summary());
    let failed = outcomes.keys().any(|kind| kind.is_trouble());
    if !failed && !outcomes.contains_key(&StatusKind::Cancelled) {
        return Notice::BulkDone { operation, counts };
    }
    let key = key(app);
    if !failed {
        return Notice::BulkCancelled {
            operation,
            counts,
            key,
        };
    }
    let error = run
        .groups()
        .into_iter()
        .find(|group| group.kind.is_trouble() && !group.reason.is_empty())
        .map_or_else(String::new, |group| group.reason);
    Notice::BulkFailed {
        operation,
        counts,
        key,
        error,
    }
}

/// The fault to list for `update`, if it ended in trouble.
fn fault(update: &StatusUpdate) -> Option<Fault> {
    let kind = update.status.kind();
    if !kind.is_trouble() {
        return None;
    }
    update.status.fault().cloned().or_else(|| {
        let class = if kind == StatusKind::TimedOut {
            FaultKind::Timeout
        } else {
            FaultKind::Refused
        };
        let action = format!("{} {}", update.operation, printable(&update.name));
        Some(Fault::new(class, action, update.status.describe()))
    })
}

/// `stop dev-box: accepted, under way`.
fn progress(update: &StatusUpdate) -> Notice {
    Notice::Progress {
        operation: update.operation,
        name: update.name.clone(),
        status: update.status.clone(),
    }
}
