//! Builds the journal entry of a status of one target.

use crate::domain::{
    ActionStatus, ExpectedState, Plan, Setting, Target, Timestamp,
    action::ScheduledAction,
    audit::{AuditEntry, PriorState, RecordedCall, VERSION},
};
use std::{
    hash::{BuildHasher, RandomState},
    process,
    sync::Arc,
};

/// A name for this session that no other session has: the process id and a random number.
pub(super) fn new_session_id() -> Arc<str> {
    format!(
        "{}-{:016x}",
        process::id(),
        RandomState::new().hash_one(process::id())
    )
    .into()
}

/// The entry for `status` of `target`, not yet in the chain.
pub(super) fn new_entry(
    plan: &Plan,
    target: &Target,
    status: &ActionStatus,
    at: Timestamp,
    os_user: &Arc<str>,
) -> AuditEntry {
    let is_intent = matches!(status, ActionStatus::Recorded);
    AuditEntry {
        version: VERSION,
        seq: 0,
        at,
        plan: plan.id.clone(),
        undoes: plan.undoes.clone(),
        os_user: os_user.clone(),
        principal_arn: None,
        reason: plan.reason.clone(),
        event: status.kind(),
        outcome: status.kind().counts_as(),
        recovered: false,
        operation: plan.operation,
        profile: target.profile.clone(),
        account: target.key.account.clone(),
        region: target.key.region.clone(),
        kind: target.key.kind,
        id: target.key.id.clone(),
        name: target.name.clone(),
        requests: target.call.requests(),
        before: PriorState::new(&target.observed, &target.expected),
        expected: describe_expected(&target.expected),
        saves_usd_per_hour: claimed_saving(target, status),
        detail: status.detail(),
        session_id: None,
        change: is_intent.then(|| RecordedCall::new(target)),
        schedule: None,
        unresolved: None,
        truncated_sha256: None,
        integrity_error: None,
        prev: String::new(),
        hash: String::new(),
    }
}

/// The saving of the change of `target`, as far as `status` proves it: a target that its controller
/// may replace has none before the end of its watch.
fn claimed_saving(target: &Target, status: &ActionStatus) -> Option<f64> {
    match status {
        ActionStatus::Replaced(_) => target.saves.map(|_| 0.0),
        ActionStatus::Succeeded => target.saves.map(|rate| rate.0),
        _ if target.controller().is_some() => None,
        _ => target.saves.map(|rate| rate.0),
    }
}

/// `expected` in words.
fn describe_expected(expected: &ExpectedState) -> String {
    let describe = |action: &ScheduledAction| {
        format!("{} {} {}", action.name, action.cron, action.format_limits())
    };
    match expected {
        ExpectedState::Stopped => "stopped".to_owned(),
        ExpectedState::Running => "running".to_owned(),
        ExpectedState::Count(count) => format!("count {count}"),
        ExpectedState::Gone => "gone".to_owned(),
        ExpectedState::Set(setting) => format!("set {setting}"),
        ExpectedState::ScheduledActions(actions) => {
            let actions: Vec<_> = actions.iter().map(describe).collect();
            actions.join("; ")
        }
        ExpectedState::RestoredSchedule { limits, put, gone } => {
            let limits = Setting::Target {
                limits: *limits,
                policies: None,
            };
            let put = put.iter().map(|action| format!("; {}", describe(action)));
            let gone = gone.iter().map(|name| format!("; no {name}"));
            format!("{limits}{}", put.chain(gone).collect::<String>())
        }
        ExpectedState::Tags { set, remove } => {
            let set = set.iter().map(|(key, value)| format!("+{key}={value}"));
            let remove = remove.iter().map(|key| format!("-{key}"));
            set.chain(remove).collect::<Vec<_>>().join(" ")
        }
    }
}
