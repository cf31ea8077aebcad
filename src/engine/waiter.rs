//! Waits for the expected state of a change: describes the resource at growing intervals, and makes
//! the poller refresh its row meanwhile. Makes no mutating call.

use super::{
    ActionBackend,
    executor::TargetRun,
    failed_call::{Ambiguity, accepts_missing},
};
use crate::domain::{
    ActionStatus, Controller, ExpectedState, Fault, FaultKind, Phase, PlanId, ResourceKey,
    Timestamp, action::ObservedState, time::timestamp::short,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long shutdown may wait for a last describe.
const LAST_DESCRIBE: Duration = Duration::from_secs(3);
/// Divisor of the ambiguity timeout for a call that was likely not carried out.
const LIKELY_DIVISOR: u32 = 3;

/// Waits at most `timeout` for the expected state of an accepted change. `None` at shutdown.
pub(super) async fn wait_for_expected<H: ActionBackend>(
    run: &TargetRun<H>,
    timeout: Duration,
) -> Option<ActionStatus> {
    let mut polls = PollSchedule::new(run, timeout);
    let mut seen = None;
    let mut last = Instant::now();
    let grace = run.context.waiter.ambiguity_timeout;
    loop {
        match polls.next().await? {
            Some(Ok(now)) if run.target().expected.is_met_by(&now) => {
                return Some(ActionStatus::Succeeded);
            }
            Some(Ok(now)) if has_failed(run, &now) => {
                let reason = format!("it is now {}", now.state.name);
                return Some(ActionStatus::Failed(reason.into()));
            }
            Some(Ok(now)) if has_reverted(run, seen.as_ref(), &now) => {
                let before = seen.as_ref().map_or("unknown", |seen| &seen.state.name);
                let reason = format!("it was {before}, and is {} again", now.state.name);
                return Some(ActionStatus::Failed(reason.into()));
            }
            Some(Ok(now)) => (seen, last) = (Some(now), Instant::now()),
            Some(Err(fault)) if fault.kind == FaultKind::NotFound => {
                return Some(missing_status(run));
            }
            Some(Err(fault)) if is_blind(fault.kind, last.elapsed(), grace) => {
                let reason = format!("it cannot be described any more: {fault}");
                return Some(ActionStatus::TimedOut(reason.into()));
            }
            Some(Err(fault)) => tracing::warn!(%fault, "a changed resource was not described"),
            None => return Some(timeout_status(seen.as_ref(), timeout)),
        }
    }
}

/// Looks for the effect of an ambiguous call: `Ok` when the resource shows it.
///
/// Without an effect in time the status is [`ActionStatus::Refused`] for [`Ambiguity::Likely`],
/// else [`ActionStatus::Unknown`]. The call is never made again.
pub(super) async fn resolve_ambiguity<H: ActionBackend>(
    run: &TargetRun<H>,
    before: &ObservedState,
    fault: Fault,
    ambiguity: Ambiguity,
) -> Result<(), ActionStatus> {
    let target = run.target();
    // A state that held before the call proves nothing: a reboot without an answer stays unknown.
    let is_proof = !target.expected.is_met_by(before);
    let shows_effect = |now: &ObservedState| {
        (is_proof && target.expected.is_met_by(now)) || has_moved(before, now)
    };
    let is_likely = ambiguity == Ambiguity::Likely;
    let timeout = run.context.waiter.ambiguity_timeout / if is_likely { LIKELY_DIVISOR } else { 1 };
    let mut polls = PollSchedule::new(run, timeout);
    let mut seen = None;
    loop {
        match polls.next().await {
            Some(Some(Ok(now))) if shows_effect(&now) => return Ok(()),
            Some(Some(Err(missing)))
                if missing.kind == FaultKind::NotFound && accepts_missing(&target.expected) =>
            {
                return Ok(());
            }
            Some(Some(described)) => seen = described.ok(),
            Some(None) if is_likely && is_proof && seen.is_some() => {
                let message = format!(
                    "{}: not carried out, the resource is unchanged",
                    fault.message
                );
                return Err(ActionStatus::Refused(Fault {
                    message: message.into(),
                    ..fault
                }));
            }
            Some(None) => return Err(ActionStatus::Unknown(fault)),
            // Shutdown: one more describe, for the journal.
            None => {
                let describe = run.context.backend.describe(target);
                let described = tokio::time::timeout(LAST_DESCRIBE, describe).await;
                return if matches!(&described, Ok(Ok(now)) if shows_effect(now)) {
                    Ok(())
                } else {
                    Err(ActionStatus::Unknown(fault))
                };
            }
        }
    }
}

/// Whether it is in a failed state now and was in none before.
fn has_failed<H: ActionBackend>(run: &TargetRun<H>, now: &ObservedState) -> bool {
    now.state.phase == Phase::Failed && run.target().observed.state.phase != Phase::Failed
}

/// Whether it began to start and stopped again: AWS had no capacity for it.
fn has_reverted<H: ActionBackend>(
    run: &TargetRun<H>,
    seen: Option<&ObservedState>,
    now: &ObservedState,
) -> bool {
    run.target().expected == ExpectedState::Running
        && seen.is_some_and(|seen| seen.state.phase == Phase::Changing)
        && matches!(now.state.phase, Phase::Stopped | Phase::Gone)
}

/// Whether to give up on describing: it is denied, or the credentials were not renewed in `grace`.
fn is_blind(kind: FaultKind, since: Duration, grace: Duration) -> bool {
    match kind {
        FaultKind::Denied => true,
        FaultKind::BadCredentials | FaultKind::NoCredentials => since >= grace,
        _ => false,
    }
}

/// Whether the call changed it: the drift check passed right before the call.
fn has_moved(before: &ObservedState, now: &ObservedState) -> bool {
    before.state.name != now.state.name || before.desired != now.desired
}

fn missing_status<H: ActionBackend>(run: &TargetRun<H>) -> ActionStatus {
    if accepts_missing(&run.target().expected) {
        ActionStatus::Succeeded
    } else {
        ActionStatus::Failed("it no longer exists".into())
    }
}

fn timeout_status(seen: Option<&ObservedState>, timeout: Duration) -> ActionStatus {
    let after = crate::domain::time::timestamp::short(timeout.as_secs_f64());
    let reason = match seen {
        Some(seen) => format!("still {} after {after}", seen.state.name),
        None => format!("not described for {after}"),
    };
    ActionStatus::TimedOut(reason.into())
}

/// Describes at growing intervals, at least once.
struct PollSchedule<'a, H> {
    run: &'a TargetRun<H>,
    has_polled: bool,
    interval: Duration,
    end: Instant,
}

impl<'a, H: ActionBackend> PollSchedule<'a, H> {
    fn new(run: &'a TargetRun<H>, timeout: Duration) -> Self {
        Self {
            run,
            has_polled: false,
            interval: run.context.waiter.initial_interval,
            end: Instant::now() + timeout,
        }
    }

    /// The next describe; `Some(None)` after the timeout, `None` at shutdown.
    async fn next(&mut self) -> Option<Option<Result<ObservedState, Fault>>> {
        if self.has_polled && Instant::now() + self.interval > self.end {
            return Some(None);
        }
        self.has_polled = true;
        let context = &self.run.context;
        let describe = async {
            tokio::time::sleep(self.interval).await;
            context.pollers.refresh_soon(&self.run.target().key);
            context.backend.describe(self.run.target()).await
        };
        let described = tokio::select! {
            biased;
            () = context.shutdown.cancelled() => return None,
            described = describe => described,
        };
        self.interval = (self.interval + self.interval / 2).min(context.waiter.max_interval);
        Some(Some(described))
    }
}

/// How many times longer than the waiter's interval the time between two looks grows.
const SLOWER: u32 = 3;

/// The state that all watches of a session share.
#[derive(Debug, Default)]
pub(super) struct ControllerWatches {
    /// Machines that were counted as a replacement: each replaces one.
    replacements: Mutex<HashSet<Arc<str>>>,
    /// The newest plan on a resource: it ends the watch of an older one.
    newest: Mutex<HashMap<ResourceKey, PlanId>>,
}

impl ControllerWatches {
    /// Records that `plan` makes a call on `key`.
    pub(super) fn begin(&self, key: &ResourceKey, plan: &PlanId) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.insert(key.clone(), plan.clone());
    }

    fn is_newest(&self, key: &ResourceKey, plan: &PlanId) -> bool {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(key).is_none_or(|known| known == plan)
    }

    /// The first of `started` that replaces no other machine; it counts as a replacement from then
    /// on.
    fn claim(&self, started: Vec<Arc<str>>) -> Option<Arc<str>> {
        let mut known = self
            .replacements
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        started.into_iter().find(|id| known.insert(id.clone()))
    }
}

/// The final status of a change whose expected state was observed. `None` at shutdown.
pub(super) async fn watch_controller<H: ActionBackend>(run: &TargetRun<H>) -> Option<ActionStatus> {
    let (Some(controller), Some(since)) = (run.target().controller(), run.called_at.get()) else {
        return Some(ActionStatus::Succeeded);
    };
    let period = run.context.waiter.controller_watch;
    let note = format!("{} for {}", controller, short(period.as_secs_f64()));
    run.publish(ActionStatus::Watching(note.into())).await;
    let end = Instant::now() + period;
    let mut interval = run.context.waiter.initial_interval;
    loop {
        tokio::select! {
            biased;
            () = run.context.shutdown.cancelled() => return None,
            () = tokio::time::sleep(interval) => {}
        }
        let (key, plan) = (&run.target().key, &run.plan.id);
        if !run.context.watches.is_newest(key, plan) {
            return Some(ActionStatus::Succeeded);
        }
        let seen = look(run, &controller, *since).await;
        match seen {
            Ok(Some(status)) => {
                run.context.pollers.refresh_soon(key);
                return Some(status);
            }
            Ok(None) if Instant::now() >= end => return Some(ActionStatus::Succeeded),
            Err(fault) if Instant::now() >= end => {
                let reason = format!("whether {controller} started another is unknown: {fault}");
                return Some(ActionStatus::TimedOut(reason.into()));
            }
            Ok(None) | Err(_) => {}
        }
        interval = (interval + interval / 2).min(run.context.waiter.max_interval * SLOWER);
    }
}

/// `Some` when a machine was started in place of the target, or the target itself again.
async fn look<H: ActionBackend>(
    run: &TargetRun<H>,
    controller: &Controller,
    since: Timestamp,
) -> Result<Option<ActionStatus>, Fault> {
    let target = run.target();
    let backend = &run.context.backend;
    let started = backend.started_since(target, controller, since).await?;
    let reason = if started.contains(&target.key.id) {
        Some(format!("{controller} started it again"))
    } else {
        let replacement = run.context.watches.claim(started);
        replacement.map(|id| format!("{controller} started {id}"))
    };
    Ok(reason.map(|reason| {
        let lever = &controller.lever;
        ActionStatus::Replaced(format!("{reason}; to keep it off: {lever}").into())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_started_machine_replaces_one() {
        let watches = ControllerWatches::default();
        let started = || vec![Arc::from("i-8"), Arc::from("i-9")];
        assert_eq!(watches.claim(started()).as_deref(), Some("i-8"));
        assert_eq!(watches.claim(started()).as_deref(), Some("i-9"));
        assert_eq!(watches.claim(started()), None);
    }

    #[test]
    fn a_newer_plan_on_the_machine_ends_the_watch() {
        let watches = ControllerWatches::default();
        let key = ResourceKey {
            account: "111122223333".into(),
            region: "us-east-1".into(),
            kind: crate::domain::ResourceKind::EC2_INSTANCE,
            id: "i-1".into(),
        };
        let (first, second) = (PlanId("a".into()), PlanId("b".into()));
        watches.begin(&key, &first);
        assert!(watches.is_newest(&key, &first));
        watches.begin(&key, &second);
        assert!(!watches.is_newest(&key, &first) && watches.is_newest(&key, &second));
    }
}
