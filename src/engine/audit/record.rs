//! A line of the journal from a step of a plan.

use crate::domain::{
    ActionStatus, Expected, FaultKind, Plan, Setting, Target, Timestamp,
    action::operation::ScheduledAction,
    audit::{AuditEntry, AuditEvent, ChangeRecord, Outcome, PriorState, VERSION},
};
use std::{
    hash::{BuildHasher, RandomState},
    process,
    sync::Arc,
};

/// A name for this run of the program that no other has: its process and a number by chance.
pub(super) fn console() -> Arc<str> {
    format!(
        "{}-{:016x}",
        process::id(),
        RandomState::new().hash_one(process::id())
    )
    .into()
}

/// The line for `step` of `target`, written by the user `by`.
pub(super) fn of(
    plan: &Plan,
    target: &Target,
    step: &ActionStatus,
    at: Timestamp,
    by: &Arc<str>,
) -> AuditEntry {
    let intent = matches!(step, ActionStatus::Journalled | ActionStatus::Calling);
    AuditEntry {
        version: VERSION,
        seq: 0,
        at,
        plan: plan.id.clone(),
        undoes: plan.undoes.clone(),
        by: by.clone(),
        who: None,
        why: plan.reason.clone(),
        step: AuditEvent::of(step),
        result: Outcome::of(step),
        operation: plan.operation,
        profile: target.profile.clone(),
        account: target.key.account.clone(),
        region: target.key.region.clone(),
        kind: target.key.kind,
        id: target.key.id.clone(),
        name: target.name.clone(),
        requests: target.call.requests(),
        before: PriorState::of(&target.seen, &target.expected),
        expected: wanted(&target.expected),
        saves_usd_per_hour: target.saves.map(|rate| rate.0),
        note: note(step),
        console: None,
        deed: intent.then(|| ChangeRecord::of(target)),
        left_open: None,
        torn: None,
        broken: None,
        prev: String::new(),
        hash: String::new(),
    }
}

fn note(step: &ActionStatus) -> Option<String> {
    match step {
        ActionStatus::Drifted(why) | ActionStatus::Unsettled(why) => Some(why.to_string()),
        ActionStatus::Refused(fault) if fault.kind == FaultKind::BadCredentials => {
            Some(format!("credentials expired or not valid: {fault}"))
        }
        ActionStatus::Partly(fault) => Some(format!("done in part only: {fault}")),
        ActionStatus::Refused(fault) | ActionStatus::Unknown(fault) => Some(fault.to_string()),
        ActionStatus::Journalled
        | ActionStatus::Calling
        | ActionStatus::Accepted
        | ActionStatus::Settled
        | ActionStatus::Cancelled => None,
    }
}

/// `want` in words.
fn wanted(expected: &Expected) -> String {
    match expected {
        Expected::Stopped => "stopped".to_owned(),
        Expected::Running => "running".to_owned(),
        Expected::Count(count) => format!("count {count}"),
        Expected::Gone => "gone".to_owned(),
        Expected::Set(setting) => format!("set {setting}"),
        Expected::Timed(timed) => {
            let one = |timed: &ScheduledAction| {
                format!("{} {} {}", timed.name, timed.cron, timed.bounds())
            };
            timed.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Expected::Timetable { bounds, put, gone } => {
            let bounds = Setting::Target {
                bounds: *bounds,
                policies: None,
            };
            let put = put
                .iter()
                .map(|timed| format!("; {} {} {}", timed.name, timed.cron, timed.bounds()));
            let gone = gone.iter().map(|name| format!("; no {name}"));
            format!("{bounds}{}", put.chain(gone).collect::<String>())
        }
        Expected::Tags { set, remove } => {
            let set = set.iter().map(|(key, value)| format!("+{key}={value}"));
            set.chain(remove.iter().map(|key| format!("-{key}")))
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}
