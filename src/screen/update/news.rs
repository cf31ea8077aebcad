//! News from outside: readings, steps of actions, failures, the time.
//!
//! Must not know where they come from.

use super::{
    super::{
        App, Cmd,
        app::{ErrorLine, Running, Tone},
        dialog::{Dialog, Facts},
        layer::Layer,
    },
    keys, plan_toast, toast,
};
use crate::domain::{
    Fault, FaultKind, Key, Outcome, PlanId, Report, SourceId, Stamp, Step, Survey, text::printable, time::seconds_between,
};

/// Seconds a toast stays.
const TOAST_LIFE: f64 = 6.0;
/// Seconds a toast of a failure stays.
const BAD_TOAST_LIFE: f64 = 12.0;
/// Most lines of the errors list.
const ERRORS: usize = 500;

/// It is now this late.
pub fn tick(app: &mut App, now: Stamp) -> Vec<Cmd> {
    app.now = now;
    app.world.tick(now);
    for layer in &mut app.layers {
        if let Layer::Dialog(Dialog::Confirm(confirm)) = layer {
            confirm.tick(now);
        }
    }
    app.toasts.retain(|toast| {
        let life = if toast.tone == Tone::Bad { BAD_TOAST_LIFE } else { TOAST_LIFE };
        seconds_between(toast.at, now) < life
    });
    keys::tick(app)
}

/// What may go wrong with a plan was read, and its question may still be open.
pub fn surveyed(app: &mut App, plan: &PlanId, facts: Vec<(Key, Survey)>) -> Vec<Cmd> {
    for layer in &mut app.layers {
        if let Layer::Dialog(Dialog::Confirm(confirm)) = layer
            && confirm.plan.id == *plan
        {
            confirm.facts = Facts::Read(facts.into_iter().collect());
            // What came up just now has not been seen.
            confirm.shown = false;
            break;
        }
    }
    Vec::new()
}

/// A source was read.
pub fn report(app: &mut App, report: Report) -> Vec<Cmd> {
    for fault in &report.faults {
        list(app, Some(report.source.clone()), fault.clone(), report.at);
    }
    let now = app.now.max(report.at);
    app.world.apply(report, now);
    Vec::new()
}

/// Something failed.
pub fn note(app: &mut App, fault: Fault) -> Vec<Cmd> {
    toast(app, Tone::Bad, &fault.to_string());
    let at = app.now;
    list(app, None, fault, at);
    Vec::new()
}

/// Puts a failure on the errors list; the same one again raises its count.
fn list(app: &mut App, source: Option<SourceId>, fault: Fault, at: Stamp) {
    let known = app.errors.iter().position(|line| line.source == source && line.fault == fault);
    let before = known.and_then(|place| app.errors.remove(place));
    app.unseen += usize::from(before.is_none());
    let times = before.map_or(0, |line| line.times) + 1;
    app.errors.push_back(ErrorLine { at, times, source, fault });
    while app.errors.len() > ERRORS {
        app.errors.pop_front();
    }
    if matches!(app.layers.last(), Some(Layer::Errors(_))) {
        app.unseen = 0;
    }
}

/// An action went a step further.
pub fn acted(app: &mut App, outcome: &Outcome) -> Vec<Cmd> {
    app.world.acted(outcome);
    let mut settled = outcome.step == Step::Settled;
    if let Some(running) = app.running.get_mut(&outcome.plan) {
        let was_open = !outcome.step.is_last() || running.open.remove(&outcome.key);
        settled &= was_open;
        running.settled += usize::from(settled);
        let (tone, text) = progress(running, outcome);
        let over = running.open.is_empty();
        plan_toast(app, tone, &text, &outcome.plan);
        if over {
            app.running.remove(&outcome.plan);
        }
    }
    let (name, verb) = (printable(&outcome.name), outcome.verb);
    let failed = |kind, text: &str| Some(Fault::new(kind, format!("{verb} {name}"), text));
    let fault = match &outcome.step {
        Step::Refused(fault) | Step::Unknown(fault) => Some(fault.clone()),
        Step::Drifted(what) => failed(FaultKind::Refused, &format!("not done: {what}")),
        Step::Unsettled(what) => failed(FaultKind::Timeout, what),
        Step::Journalled | Step::Calling | Step::Accepted | Step::Settled | Step::Cancelled => None,
    };
    if let Some(fault) = fault {
        toast(app, Tone::Bad, &sentence(outcome));
        list(app, None, fault, outcome.at);
    }
    Vec::new()
}

/// An action of an earlier run, that had no result, was looked at.
pub fn recovered(app: &mut App, outcome: &Outcome) -> Vec<Cmd> {
    let (name, verb) = (printable(&outcome.name), outcome.verb);
    let (tone, found) = match &outcome.step {
        Step::Settled => (Tone::Good, "it was done".to_owned()),
        Step::Accepted => (Tone::Good, "it is under way".to_owned()),
        Step::Cancelled => (Tone::Info, "it was not done".to_owned()),
        Step::Unknown(fault) => (Tone::Bad, format!("it cannot be told whether it was done: {}", fault.message)),
        _ => (Tone::Bad, sentence(outcome)),
    };
    let text = format!("an earlier run ended in the middle of {verb} {name}: {found}");
    toast(app, tone, &text);
    list(app, None, Fault::new(FaultKind::Broken, format!("{verb} {name}"), text), outcome.at);
    Vec::new()
}

/// How far a plan is.
fn progress(running: &Running, outcome: &Outcome) -> (Tone, String) {
    let Running { verb, total, settled, open } = running;
    if *total == 1 {
        let tone = if outcome.step == Step::Settled { Tone::Good } else { Tone::Info };
        return (tone, sentence(outcome));
    }
    match (open.len(), settled == total) {
        (0, true) => (Tone::Good, format!("{verb}: all {total} done")),
        (0, false) => (Tone::Bad, format!("{verb}: {settled} of {total} done, the others not: see the errors list")),
        (_, _) => (Tone::Info, format!("{verb}: {settled} of {total} done")),
    }
}

/// One step in words.
fn sentence(outcome: &Outcome) -> String {
    let Outcome { verb, name, step, .. } = outcome;
    match step {
        Step::Journalled => format!("{verb} {name}: in the journal"),
        Step::Calling => format!("{verb} {name}: calling AWS"),
        Step::Accepted => format!("{verb} {name}: accepted, under way"),
        Step::Settled => format!("{verb} {name}: done"),
        Step::Drifted(what) => format!("{verb} {name}: not done, it changed meanwhile: {what}"),
        Step::Cancelled => format!("{verb} {name}: cancelled"),
        Step::Refused(fault) => format!("{verb} {name}: refused: {}", fault.message),
        Step::Unknown(fault) => format!("{verb} {name}: no answer, it may have happened: {}", fault.message),
        Step::Unsettled(what) => format!("{verb} {name}: accepted, but {what}"),
    }
}

/// The journal was read.
pub fn journal(app: &mut App, lines: &[String]) -> Vec<Cmd> {
    for layer in &mut app.layers {
        if let Layer::Journal(sheet) = layer {
            sheet.lines = Some(lines.iter().map(|line| printable(line).into_owned()).collect());
        }
    }
    Vec::new()
}
