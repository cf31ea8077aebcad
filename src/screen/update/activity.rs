//! Status updates of submitted plans: progress, results, the summary at the end.

use super::super::{
    App, Command,
    actions::Action,
    help,
    state::{Running, Tone, activity::PlanRun, modal_stack::Layer, reconcile},
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
        Running {
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
    plan_toast(
        app,
        Tone::Info,
        &format!("{}: sent off", plan.operation),
        &plan.id,
    );
}

/// Applies a status update.
pub fn acted(app: &mut App, update: &StatusUpdate) -> Vec<Command> {
    app.inventory.acted(update);
    let result = app
        .activity
        .apply(update)
        .filter(|run| run.targets.len() > 1)
        .map(|run| (run.summary(), run.clone()));
    let mut bulk = false;
    if let Some(running) = app.running_plans.get_mut(&update.plan) {
        bulk = running.total > 1;
        let was_open = !update.status.is_final() || running.open.remove(&update.key);
        running.settled += usize::from(was_open && update.status.kind() == StatusKind::Succeeded);
        let over = running.open.is_empty();
        let (tone, text) = match &result {
            Some((_, run)) if over => summary(app, run),
            Some((told, _)) => (Tone::Info, format!("{}: {told}", update.operation)),
            None => (
                if update.status.kind() == StatusKind::Succeeded {
                    Tone::Good
                } else {
                    Tone::Info
                },
                sentence(update),
            ),
        };
        plan_toast(app, tone, &text, &update.plan);
        if over {
            app.running_plans.remove(&update.plan);
        }
    }
    if let Some(fault) = fault(update) {
        // Of a bulk, the summary tells: a toast for each of fifty would hide it.
        if !bulk {
            toast(app, Tone::Bad, &sentence(update));
        }
        errors::list(app, None, fault, update.at);
    }
    Vec::new()
}

/// An action of an earlier run, that had no result, was looked at. Several are told together; the
/// sheet names each.
pub fn recovered(app: &mut App, update: &StatusUpdate) -> Vec<Command> {
    let (name, operation) = (printable(&update.name), update.operation);
    let kind = update.status.kind();
    let tone = match kind {
        StatusKind::Succeeded | StatusKind::Accepted => Tone::Good,
        StatusKind::Interrupted => Tone::Info,
        _ => Tone::Bad,
    };
    let found = match kind {
        StatusKind::Unknown => format!("its outcome is unknown: {}", update.status.reason()),
        StatusKind::Interrupted => "it was not done".to_owned(),
        StatusKind::Accepted => "it is under way".to_owned(),
        StatusKind::Succeeded => "it was done".to_owned(),
        _ => update.status.describe(),
    };
    let text = format!("an earlier run ended in the middle of {operation} {name}: {found}");
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
        0 | 1 => toast(app, tone, &text),
        many => {
            app.toasts.retain(|toast| {
                !toast
                    .text
                    .starts_with("an earlier run ended in the middle of ")
            });
            let told = format!(
                "an earlier run ended in the middle of {many} actions: {} tells what was found of each",
                key(app)
            );
            toast(app, Tone::Bad, &told)
        }
    }
}

/// All plans of this run with their results; on that sheet: closes it.
pub fn sheet(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Activity(_))) {
        app.layers.pop();
    } else if app.activity.is_empty() {
        return toast(
            app,
            Tone::Info,
            "nothing was done in this run; the journal has what was done before",
        );
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

/// The end of a plan with several targets, in one sentence.
fn summary(app: &App, run: &PlanRun) -> (Tone, String) {
    let counts = run.counts();
    let tone = if counts.keys().any(|kind| kind.is_trouble()) {
        Tone::Bad
    } else if counts.contains_key(&StatusKind::Cancelled) {
        Tone::Info
    } else {
        Tone::Good
    };
    let told = format!("{}: {}", run.operation, run.summary());
    if tone == Tone::Good {
        return (tone, told);
    }
    let worst = run
        .groups()
        .into_iter()
        .find(|group| group.kind.is_trouble() && !group.reason.is_empty());
    let words = worst.map_or_else(String::new, |group| format!("; {}", group.reason));
    (tone, format!("{told}: {} names each{words}", key(app)))
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
fn sentence(update: &StatusUpdate) -> String {
    let StatusUpdate {
        operation,
        name,
        status,
        ..
    } = update;
    format!("{operation} {name}: {}", status.describe())
}
