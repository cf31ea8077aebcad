//! Resolves intents that an earlier session left without a result: describes each resource, writes
//! the outcome to the journal and reports it. Makes no mutating call.

#[cfg(test)]
mod tests;

use super::{
    ActionBackend, Event, Journal, executor::ExecutorContext, failed_call::accepts_missing,
};
use crate::{
    aws::Clock,
    domain::{
        ActionStatus, ApiCall, ExpectedState, Fault, FaultKind, HourlyCost, Input, ObservedState,
        Operation, Phase, PlanId, Reason, Setting, StatusUpdate, Target,
        action::ScheduledAction,
        audit::{AuditEntry, PriorState, RecordedCall},
        ops,
        time::timestamp::seconds_between,
    },
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet, time::Instant};

/// Spawns the recovery of unresolved intents on `tasks`. Returns every plan in the journal.
pub(super) async fn start<H: ActionBackend>(
    context: &Arc<ExecutorContext<H>>,
    tasks: &mut JoinSet<()>,
) -> BTreeSet<PlanId> {
    let journal = &context.journal;
    let claim = match journal.claim_recovery().await {
        Ok(claim) => claim,
        Err(error) => {
            tracing::warn!(%error, "recovery cannot be claimed; intents stay unresolved");
            None
        }
    };
    let found = match journal.unresolved_intents().await {
        Ok(found) => found,
        Err(error) => {
            let path = journal.path().display();
            let message = format!("{path} cannot be read: {error}");
            let fault = Fault::new(FaultKind::Broken, "spendtop:journal", message);
            let _closed = context.events.send(Event::Fault(fault)).await;
            return BTreeSet::new();
        }
    };
    tasks.spawn(report_violations(journal.clone(), context.events.clone()));
    // Without the claim, another session recovers the intents.
    if let Some(claim) = claim {
        let context = context.clone();
        tasks.spawn(async move {
            for intent in &found.intents {
                tokio::select! {
                    biased;
                    () = context.shutdown.cancelled() => break,
                    () = recover(&context, intent) => {}
                }
            }
            drop(claim);
        });
    }
    found.plans
}

/// Reports unresolved intents without describing their resources: for a read-only session.
pub(super) async fn report_unresolved(
    journal: Arc<Journal>,
    clock: Clock,
    events: mpsc::Sender<Event>,
) {
    report_violations(journal.clone(), events.clone()).await;
    let Ok(found) = journal.unresolved_intents().await else {
        return;
    };
    for intent in found
        .intents
        .iter()
        .filter(|intent| intent.change.is_some())
    {
        let fault = Fault::new(
            FaultKind::Unavailable,
            "spendtop:recover",
            "a read-only session does not check it",
        );
        let update = status_update(intent, ActionStatus::Unknown(fault), &clock);
        if events.send(Event::Recovered(update)).await.is_err() {
            return;
        }
    }
}

/// Reports tampering that is visible at startup: in the live file and the head.
async fn report_violations(journal: Arc<Journal>, events: mpsc::Sender<Event>) {
    let message = match journal.live_violations().await.as_deref() {
        Ok([]) => return,
        Ok([one]) => format!("the journal was altered: {one}"),
        Ok([first, more @ ..]) => format!(
            "the journal was altered: {first} (and {} more: run `spendtop journal --verify`)",
            more.len()
        ),
        Err(error) => format!("{} cannot be read: {error}", journal.path().display()),
    };
    let fault = Fault::new(FaultKind::Broken, "spendtop:journal", message);
    let _closed = events.send(Event::Fault(fault)).await;
}

fn status_update(intent: &AuditEntry, status: ActionStatus, clock: &Clock) -> StatusUpdate {
    StatusUpdate {
        plan: intent.plan.clone(),
        key: intent.key(),
        name: intent.name.clone(),
        operation: intent.operation,
        at: clock.now(),
        status,
    }
}

/// The target of `intent`, as far as a describe needs it.
fn target(intent: &AuditEntry, change: &RecordedCall) -> Target {
    Target {
        key: intent.key(),
        profile: intent.profile.clone(),
        name: intent.name.clone(),
        owner: None,
        burn: HourlyCost::Unpriced(Reason::new("read from the journal")),
        saves: None,
        hours_left: None,
        request: intent
            .operation
            .complete_request()
            .unwrap_or(Operation::Stop.request(Input::None)),
        call: change.call.clone(),
        observed: change.observed.clone(),
        expected: change.expected.clone(),
        warnings: Vec::new(),
    }
}

/// Determines the outcome of `intent`, records and reports it.
async fn recover<H: ActionBackend>(context: &ExecutorContext<H>, intent: &AuditEntry) {
    let Some(change) = &intent.change else { return };
    let target = target(intent, change);
    let found = match context.backend.principal(&target) {
        Ok(principal) => find_status(context, intent, change, &target)
            .await
            .map(|status| (principal, status)),
        Err(fault) => Err(fault),
    };
    let status = match found {
        Ok((principal, status)) => {
            record(context, intent, &status, principal).await;
            status
        }
        // It stays unresolved: the next session tries again.
        Err(fault) => ActionStatus::Unknown(fault),
    };
    let update = status_update(intent, status, &context.clock);
    let _closed = context.events.send(Event::Recovered(update)).await;
}

/// The status that AWS shows. The call may still be under way: that it has no visible effect
/// counts only after the ambiguity timeout.
async fn find_status<H: ActionBackend>(
    context: &ExecutorContext<H>,
    intent: &AuditEntry,
    change: &RecordedCall,
    target: &Target,
) -> Result<ActionStatus, Fault> {
    let config = &context.waiter;
    let age = Duration::try_from_secs_f64(seconds_between(intent.at, context.clock.now()))
        .unwrap_or_default();
    let conclusive = Instant::now() + config.ambiguity_timeout.saturating_sub(age);
    let end = conclusive.max(Instant::now() + config.ambiguity_timeout);
    let mut interval = config.initial_interval;
    loop {
        let described = context.backend.describe(target).await;
        let is_last_before = |by: Instant| Instant::now() + interval > by;
        match described {
            Ok(now) => {
                let status = compare(change, &now);
                if status != ActionStatus::Interrupted || is_last_before(conclusive) {
                    return Ok(status);
                }
            }
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(missing_status(change)),
            Err(fault) if fault.kind == FaultKind::Denied => {
                return Ok(ActionStatus::Unknown(fault));
            }
            Err(fault) if is_last_before(end) => return Err(fault),
            Err(_) => {}
        }
        tokio::time::sleep(interval).await;
        interval = (interval + interval / 2).min(config.max_interval);
    }
}

async fn record<H: ActionBackend>(
    context: &ExecutorContext<H>,
    intent: &AuditEntry,
    status: &ActionStatus,
    principal: Arc<str>,
) {
    let entry = AuditEntry {
        at: context.clock.now(),
        principal_arn: Some(principal),
        event: status.kind(),
        outcome: status.kind().counts_as(),
        recovered: true,
        detail: status.detail(),
        change: None,
        unresolved: None,
        truncated_sha256: None,
        integrity_error: None,
        ..intent.clone()
    };
    if let Err(fault) = context.journal.write(context.journal.sign(entry)).await {
        let _closed = context.events.send(Event::Fault(fault)).await;
    }
}

fn missing_status(change: &RecordedCall) -> ActionStatus {
    if accepts_missing(&change.expected) {
        ActionStatus::Succeeded
    } else {
        unknown("it no longer exists")
    }
}

fn unknown(reason: impl Into<Arc<str>>) -> ActionStatus {
    ActionStatus::Unknown(Fault::new(
        FaultKind::Unavailable,
        "spendtop:recover",
        reason,
    ))
}

/// The status of `change` on a resource that is `now`: succeeded, accepted (under way),
/// interrupted (no effect) or unknown.
fn compare(change: &RecordedCall, now: &ObservedState) -> ActionStatus {
    let RecordedCall {
        expected, observed, ..
    } = change;
    if expected.is_met_by(now) {
        return if expected.is_met_by(observed) {
            unknown("it is the same before and after")
        } else {
            ActionStatus::Succeeded
        };
    }
    if now.state.phase == Phase::Gone {
        return missing_status(change);
    }
    let is_unchanged = PriorState::new(observed, expected) == PriorState::new(now, expected);
    match expected {
        ExpectedState::ScheduledActions(actions) => compare_scheduled_actions(change, actions, now),
        ExpectedState::RestoredSchedule { put, gone, .. } => {
            let is_ours = |action: &ScheduledAction| {
                put.iter().any(|put| put.name == action.name) || gone.contains(&action.name)
            };
            let ours = |state: &ObservedState| -> BTreeSet<ScheduledAction> {
                let actions = state.scheduled_actions.clone().unwrap_or_default();
                actions.into_iter().filter(is_ours).collect()
            };
            if ours(observed) == ours(now) {
                ActionStatus::Interrupted
            } else {
                unknown("only some of its scheduled actions are as expected")
            }
        }
        ExpectedState::Tags { .. } => {
            let before = PriorState::new(observed, expected).tags;
            if before.is_some() && before == PriorState::new(now, expected).tags {
                ActionStatus::Interrupted
            } else {
                unknown("its tags are neither as before nor as expected")
            }
        }
        ExpectedState::Set(_) => match (&observed.setting, &now.setting) {
            (Some(before), Some(now)) if before.is(now) => ActionStatus::Interrupted,
            _ => unknown("it is neither as before nor as expected"),
        },
        _ if is_unchanged => ActionStatus::Interrupted,
        ExpectedState::Count(count) if now.desired == Some(*count) => ActionStatus::Accepted,
        ExpectedState::Stopped | ExpectedState::Running | ExpectedState::Gone
            if now.state.phase == Phase::Changing =>
        {
            ActionStatus::Accepted
        }
        _ => unknown(format!(
            "it was {}, is now {}",
            observed.state.name, now.state.name
        )),
    }
}

fn compare_scheduled_actions(
    change: &RecordedCall,
    expected: &[ScheduledAction],
    now: &ObservedState,
) -> ActionStatus {
    match &now.scheduled_actions {
        None => unknown("its scheduled actions cannot be read"),
        Some(found) if expected.iter().any(|action| found.contains(action)) => {
            unknown("only some of its scheduled actions exist")
        }
        // The scalable target is registered before its actions are put.
        Some(_) if is_registered(&change.call, now) => {
            unknown("its scalable target is registered, its scheduled actions are missing")
        }
        Some(_) => ActionStatus::Interrupted,
    }
}

/// Whether the scalable target that `call` registers exists, with its limits.
fn is_registered(call: &ApiCall, now: &ObservedState) -> bool {
    let ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        limits: expected, ..
    }) = call
    else {
        return false;
    };
    matches!(&now.setting, Some(Setting::Target { limits: Some(limits), .. }) if limits == expected)
}
