//! What comes back of plans that were sent off: progress, results, the summary at the end.

use super::super::{
    App, Command,
    actions::Action,
    help,
    state::{
        Running, Tone,
        activity::{PlanRun, ResultKind},
        modal_stack::Layer,
        reconcile,
    },
};
use super::{errors, plan_toast, toast};
use crate::domain::{
    ActionStatus, ConfirmedPlan, Fault, FaultKind, Operation, StatusUpdate, text::printable,
};

/// A plan goes off.
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
    app.activity.begin(PlanRun::new(plan, confirmed.at()));
    if let Some(sheet) = reconcile::contributors(&mut app.layers)
        && plan.operation != Operation::Feedback
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

/// An action went a step further.
pub fn acted(app: &mut App, outcome: &StatusUpdate) -> Vec<Command> {
    app.inventory.acted(outcome);
    let result = app
        .activity
        .acted(outcome)
        .filter(|ran| ran.targets.len() > 1)
        .map(|ran| (ran.told(), ran.clone()));
    let mut bulk = false;
    if let Some(running) = app.running_plans.get_mut(&outcome.plan) {
        bulk = running.total > 1;
        let was_open = !outcome.step.is_last() || running.open.remove(&outcome.key);
        running.settled += usize::from(was_open && outcome.step == ActionStatus::Settled);
        let over = running.open.is_empty();
        let (tone, text) = match &result {
            Some((_, ran)) if over => summary(app, ran),
            Some((told, _)) => (Tone::Info, format!("{}: {told}", outcome.operation)),
            None => (
                if outcome.step == ActionStatus::Settled {
                    Tone::Good
                } else {
                    Tone::Info
                },
                sentence(outcome),
            ),
        };
        plan_toast(app, tone, &text, &outcome.plan);
        if over {
            app.running_plans.remove(&outcome.plan);
        }
    }
    if let Some(fault) = fault(outcome) {
        // Of a bulk, the summary tells: a toast for each of fifty would hide it.
        if !bulk {
            toast(app, Tone::Bad, &sentence(outcome));
        }
        errors::list(app, None, fault, outcome.at);
    }
    Vec::new()
}

/// An action of an earlier run, that had no result, was looked at. Several are told together; the
/// sheet names each.
pub fn recovered(app: &mut App, outcome: &StatusUpdate) -> Vec<Command> {
    let (name, operation) = (printable(&outcome.name), outcome.operation);
    let (tone, found) = match &outcome.step {
        ActionStatus::Settled => (Tone::Good, "it was done".to_owned()),
        ActionStatus::Accepted => (Tone::Good, "it is under way".to_owned()),
        ActionStatus::Cancelled => (Tone::Info, "it was not done".to_owned()),
        ActionStatus::Unknown(fault) => (
            Tone::Bad,
            format!("it cannot be told whether it was done: {}", fault.message),
        ),
        _ => (Tone::Bad, sentence(outcome)),
    };
    let text = format!("an earlier run ended in the middle of {operation} {name}: {found}");
    app.activity.recovered(outcome);
    errors::list(
        app,
        None,
        Fault::new(
            FaultKind::Broken,
            format!("{operation} {name}"),
            text.as_str(),
        ),
        outcome.at,
    );
    match app
        .activity
        .newest()
        .filter(|ran| ran.recovered)
        .map(|ran| ran.targets.len())
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
fn summary(app: &App, ran: &PlanRun) -> (Tone, String) {
    let counts = ran.counts();
    let tone = if counts.keys().any(|end| end.is_trouble()) {
        Tone::Bad
    } else if counts.contains_key(&ResultKind::Cancelled) {
        Tone::Info
    } else {
        Tone::Good
    };
    let told = format!("{}: {}", ran.operation, ran.told());
    if tone == Tone::Good {
        return (tone, told);
    }
    let worst = ran
        .groups()
        .into_iter()
        .find(|group| group.end.is_trouble() && !group.words.is_empty());
    let words = worst.map_or_else(String::new, |group| format!("; {}", group.words));
    (tone, format!("{told}: {} names each{words}", key(app)))
}

fn fault(outcome: &StatusUpdate) -> Option<Fault> {
    let (name, operation) = (printable(&outcome.name), outcome.operation);
    let failed = |kind, text: &str| Some(Fault::new(kind, format!("{operation} {name}"), text));
    match &outcome.step {
        ActionStatus::Refused(fault)
        | ActionStatus::Unknown(fault)
        | ActionStatus::Partly(fault) => Some(fault.clone()),
        ActionStatus::Drifted(what) => failed(FaultKind::Refused, &format!("not done: {what}")),
        ActionStatus::Unsettled(what) => failed(FaultKind::Timeout, what),
        ActionStatus::Journalled
        | ActionStatus::Calling
        | ActionStatus::Accepted
        | ActionStatus::Settled
        | ActionStatus::Cancelled => None,
    }
}

/// One step in words.
fn sentence(outcome: &StatusUpdate) -> String {
    let StatusUpdate {
        operation,
        name,
        step,
        ..
    } = outcome;
    match step {
        ActionStatus::Journalled => format!("{operation} {name}: in the journal"),
        ActionStatus::Calling => format!("{operation} {name}: calling AWS"),
        ActionStatus::Accepted => format!("{operation} {name}: accepted, under way"),
        ActionStatus::Settled => format!("{operation} {name}: done"),
        ActionStatus::Drifted(what) => {
            format!("{operation} {name}: not done, it changed meanwhile: {what}")
        }
        ActionStatus::Cancelled => format!("{operation} {name}: cancelled"),
        ActionStatus::Refused(fault) => format!("{operation} {name}: refused: {}", fault.message),
        ActionStatus::Unknown(fault) => {
            format!(
                "{operation} {name}: it may have happened: {}",
                fault.message
            )
        }
        ActionStatus::Partly(fault) => {
            format!("{operation} {name}: done in part: {}", fault.message)
        }
        ActionStatus::Unsettled(what) => format!("{operation} {name}: accepted, but {what}"),
    }
}
