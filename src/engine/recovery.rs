//! What earlier runs left in the journal without a result: looked at, told, journalled. Never
//! called again.
//!
//! Must not change an account.

use super::{ActionBackend, Event, Journal, executor::ExecutorContext};
use crate::{
    aws::Clock,
    domain::{
        ActionRequest, ActionStatus, ApiCall, Expected, Fault, FaultKind, HourlyCost, Observed,
        Phase, PlanId, Reason, Setting, StatusUpdate, Target,
        action::operation::ScheduledAction,
        audit::{AuditEntry, AuditEvent, ChangeRecord, Outcome, PriorState},
        time::timestamp::seconds_between,
    },
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet, time::Instant};

/// Reads what was left open and begins to look after it among `tasks`. The plans that were ever
/// begun.
pub(super) async fn begin<H: ActionBackend>(
    shared: &Arc<ExecutorContext<H>>,
    tasks: &mut JoinSet<()>,
) -> BTreeSet<PlanId> {
    let journal = &shared.journal;
    let claim = match journal.claim_recovery().await {
        Ok(claim) => claim,
        Err(error) => {
            tracing::warn!(%error, "nobody can be kept from looking after open intents");
            None
        }
    };
    let left = match journal.left_open().await {
        Ok(left) => left,
        Err(error) => {
            let path = journal.path().display();
            let fault = Fault::new(
                FaultKind::Broken,
                "spendtop:journal",
                format!("{path} cannot be read: {error}"),
            );
            let _closed = shared.tx.send(Event::Fault(fault)).await;
            return BTreeSet::new();
        }
    };
    tasks.spawn(tell_altered(journal.clone(), shared.tx.clone()));
    // Another console is at it, if there is no claim.
    if let Some(claim) = claim {
        let shared = shared.clone();
        tasks.spawn(async move {
            for line in &left.open {
                tokio::select! {
                    biased;
                    () = shared.leaving.cancelled() => break,
                    () = look_after(&shared, line) => {}
                }
            }
            drop(claim);
        });
    }
    left.plans
}

/// Tells what was left open in the journal, without looking: for a console that has no hands.
pub(super) async fn list(journal: Arc<Journal>, clock: Clock, tx: mpsc::Sender<Event>) {
    tell_altered(journal.clone(), tx.clone()).await;
    let Ok(left) = journal.left_open().await else {
        return;
    };
    for line in left.open.iter().filter(|line| line.deed.is_some()) {
        let fault = Fault::new(
            FaultKind::Unavailable,
            "spendtop:recover",
            "a read-only console does not look after it",
        );
        if tx
            .send(Event::Recovered(outcome(
                line,
                ActionStatus::Unknown(fault),
                &clock,
            )))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Says at the start what shows at once of a journal that somebody put a hand to.
async fn tell_altered(journal: Arc<Journal>, tx: mpsc::Sender<Event>) {
    let what = match journal.altered().await.as_deref() {
        Ok([]) => return,
        Ok([one]) => format!("the journal was altered: {one}"),
        Ok([first, more @ ..]) => {
            format!(
                "the journal was altered: {first} (and {} more: `spendtop journal --verify` names all)",
                more.len()
            )
        }
        Err(error) => format!("{} cannot be read: {error}", journal.path().display()),
    };
    let _closed = tx
        .send(Event::Fault(Fault::new(
            FaultKind::Broken,
            "spendtop:journal",
            what,
        )))
        .await;
}

fn outcome(line: &AuditEntry, step: ActionStatus, clock: &Clock) -> StatusUpdate {
    StatusUpdate {
        plan: line.plan.clone(),
        key: line.key(),
        name: line.name.clone(),
        operation: line.operation,
        at: clock.now(),
        step,
    }
}

/// The target as far as looking at it needs.
fn target(line: &AuditEntry, deed: &ChangeRecord) -> Target {
    Target {
        key: line.key(),
        profile: line.profile.clone(),
        name: line.name.clone(),
        owner: None,
        burn: HourlyCost::Unpriced(Reason::new("as the journal has it")),
        saves: None,
        ask: ActionRequest::plain(line.operation).unwrap_or(ActionRequest::Stop),
        call: deed.call.clone(),
        seen: deed.seen.clone(),
        expected: deed.expected.clone(),
        warnings: Vec::new(),
    }
}

async fn look_after<H: ActionBackend>(shared: &ExecutorContext<H>, line: &AuditEntry) {
    let Some(deed) = &line.deed else { return };
    let target = target(line, deed);
    let found = match shared.hands.who(&target) {
        Ok(who) => looked(shared, line, deed, &target)
            .await
            .map(|step| (who, step)),
        Err(fault) => Err(fault),
    };
    let step = match found {
        Ok((who, step)) => {
            journal(shared, line, &step, who).await;
            step
        }
        // What cannot be looked at now stays open: the next start looks again.
        Err(fault) => ActionStatus::Unknown(fault),
    };
    let _closed = shared
        .tx
        .send(Event::Recovered(outcome(line, step, &shared.clock)))
        .await;
}

/// What AWS shows of it. The call may still be on its way: that nothing is to be seen of it counts
/// only after a while.
async fn looked<H: ActionBackend>(
    shared: &ExecutorContext<H>,
    line: &AuditEntry,
    deed: &ChangeRecord,
    target: &Target,
) -> Result<ActionStatus, Fault> {
    let age = Duration::try_from_secs_f64(seconds_between(line.at, shared.clock.now()))
        .unwrap_or_default();
    let sure = Instant::now() + shared.pace.doubt.saturating_sub(age);
    let end = sure.max(Instant::now() + shared.pace.doubt);
    let mut wait = shared.pace.first;
    loop {
        let look = shared.hands.look(target).await;
        let late = |by: Instant| Instant::now() + wait > by;
        match look {
            Ok(look) => {
                let step = verdict(deed, &look);
                if step != ActionStatus::Cancelled || late(sure) {
                    return Ok(step);
                }
            }
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(gone(deed)),
            Err(fault) if fault.kind == FaultKind::Denied => {
                return Ok(ActionStatus::Unknown(fault));
            }
            Err(fault) if late(end) => return Err(fault),
            Err(_) => {}
        }
        tokio::time::sleep(wait).await;
        wait = (wait + wait / 2).min(shared.pace.longest);
    }
}

async fn journal<H: ActionBackend>(
    shared: &ExecutorContext<H>,
    intent: &AuditEntry,
    step: &ActionStatus,
    who: Arc<str>,
) {
    let (class, note) = match step {
        ActionStatus::Settled => (Outcome::Done, "recovered: done".to_owned()),
        ActionStatus::Accepted => (Outcome::Done, "recovered: done, under way".to_owned()),
        ActionStatus::Cancelled => (Outcome::NotDone, "recovered: not done".to_owned()),
        ActionStatus::Unknown(fault) => (
            Outcome::Unknown,
            format!("recovered: cannot tell: {}", fault.message),
        ),
        other => (
            Outcome::Unknown,
            format!("recovered: cannot tell: {}", AuditEvent::of(other).id()),
        ),
    };
    let line = AuditEntry {
        at: shared.clock.now(),
        who: Some(who),
        step: AuditEvent::Recovered,
        result: Some(class),
        note: Some(note),
        deed: None,
        left_open: None,
        torn: None,
        broken: None,
        ..intent.clone()
    };
    if let Err(fault) = shared.journal.write(shared.journal.own(line)).await {
        let _closed = shared.tx.send(Event::Fault(fault)).await;
    }
}

fn gone(deed: &ChangeRecord) -> ActionStatus {
    if matches!(deed.expected, Expected::Stopped | Expected::Gone) {
        ActionStatus::Settled
    } else {
        cannot_tell("it is not there any more")
    }
}

fn cannot_tell(why: impl Into<Arc<str>>) -> ActionStatus {
    ActionStatus::Unknown(Fault::new(FaultKind::Unavailable, "spendtop:recover", why))
}

/// What `look` tells of `deed`: settled or accepted is done, cancelled is not done, unknown cannot
/// be told.
fn verdict(deed: &ChangeRecord, look: &Observed) -> ActionStatus {
    let ChangeRecord { expected, seen, .. } = deed;
    if expected.is_met_by(look) {
        return if expected.is_met_by(seen) {
            cannot_tell("it looks the same before and afterwards")
        } else {
            ActionStatus::Settled
        };
    }
    if look.state.phase == Phase::Gone {
        return gone(deed);
    }
    let (before, now) = (
        PriorState::of(seen, expected),
        PriorState::of(look, expected),
    );
    match expected {
        Expected::Timed(wanted) => match &look.scheduled_actions {
            None => cannot_tell("its scheduled actions cannot be read"),
            Some(timed) if wanted.iter().any(|one| timed.contains(one)) => {
                cannot_tell("a part of its scheduled actions is there")
            }
            // The target is registered before them.
            Some(_) if is_registered(&deed.call, look) => {
                cannot_tell("its target is as wanted, its scheduled actions are not there")
            }
            Some(_) => ActionStatus::Cancelled,
        },
        Expected::Timetable { put, gone, .. } => {
            let of = |look: &Observed| look.scheduled_actions.clone().unwrap_or_default();
            let touched = |one: &ScheduledAction| {
                put.iter().any(|put| put.name == one.name) || gone.contains(&one.name)
            };
            let ours = |look: &Observed| {
                of(look)
                    .into_iter()
                    .filter(touched)
                    .collect::<BTreeSet<_>>()
            };
            if ours(seen) == ours(look) {
                ActionStatus::Cancelled
            } else {
                cannot_tell("a part of its scheduled actions is as wanted")
            }
        }
        Expected::Tags { .. } if before.tags.is_some() && before.tags == now.tags => {
            ActionStatus::Cancelled
        }
        Expected::Tags { .. } => cannot_tell("its tags are neither as before nor as wanted"),
        Expected::Set(_) => match (&seen.setting, &look.setting) {
            (Some(before), Some(now)) if before.is(now) => ActionStatus::Cancelled,
            _ => cannot_tell("it is neither as before nor as wanted"),
        },
        _ if before == now => ActionStatus::Cancelled,
        Expected::Count(count) if look.desired == Some(*count) => ActionStatus::Accepted,
        Expected::Stopped | Expected::Running | Expected::Gone
            if look.state.phase == Phase::Changing =>
        {
            ActionStatus::Accepted
        }
        _ => cannot_tell(format!(
            "it was {}, and is {} now",
            seen.state.name, look.state.name
        )),
    }
}

/// Whether the target that `call` registers shows in `look`, with its bounds.
fn is_registered(call: &ApiCall, look: &Observed) -> bool {
    let ApiCall::ScheduleVariant { bounds: wanted, .. } = call else {
        return false;
    };
    matches!(&look.setting, Some(Setting::Target { bounds: Some(bounds), .. }) if bounds == wanted)
}

#[cfg(test)]
mod tests {
    use super::super::test_doubles;
    use super::*;
    use crate::domain::{State, WeeklySchedule};

    #[test]
    fn what_aws_shows_tells_whether_it_was_done() {
        let look = |name: &str| test_doubles::look(name);
        let gone = Observed {
            state: State::new(Phase::Gone, "gone"),
            ..look("gone")
        };
        let counts = |count, desired| Observed {
            count: Some(count),
            desired: Some(desired),
            ..look("running")
        };
        let tagged = |pairs: &[(&str, &str)]| Observed {
            tags: Some(
                pairs
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                    .collect(),
            ),
            ..look("tagged")
        };
        let tags = Expected::Tags {
            set: [("a".to_owned(), "1".to_owned())].into(),
            remove: vec!["b".to_owned()],
        };
        for (expected, seen, now, found) in [
            (
                Expected::Stopped,
                look("running"),
                look("stopped"),
                Some(Outcome::Done),
            ),
            (
                Expected::Stopped,
                look("running"),
                look("stopping"),
                Some(Outcome::Done),
            ),
            (
                Expected::Stopped,
                look("running"),
                gone.clone(),
                Some(Outcome::Done),
            ),
            (
                Expected::Stopped,
                look("running"),
                look("running"),
                Some(Outcome::NotDone),
            ),
            (
                Expected::Stopped,
                look("running"),
                look("failed"),
                Some(Outcome::Unknown),
            ),
            (
                Expected::Running,
                look("stopped"),
                look("running"),
                Some(Outcome::Done),
            ),
            (
                Expected::Running,
                look("running"),
                look("running"),
                Some(Outcome::Unknown),
            ),
            (
                Expected::Running,
                look("stopped"),
                gone.clone(),
                Some(Outcome::Unknown),
            ),
            (Expected::Gone, look("running"), gone, Some(Outcome::Done)),
            (
                Expected::Count(3),
                counts(1, 1),
                counts(3, 3),
                Some(Outcome::Done),
            ),
            (
                Expected::Count(3),
                counts(1, 1),
                counts(1, 3),
                Some(Outcome::Done),
            ),
            (
                Expected::Count(3),
                counts(1, 1),
                counts(1, 1),
                Some(Outcome::NotDone),
            ),
            (
                Expected::Count(3),
                counts(1, 1),
                counts(2, 2),
                Some(Outcome::Unknown),
            ),
            (
                tags.clone(),
                tagged(&[("b", "2")]),
                tagged(&[("a", "1")]),
                Some(Outcome::Done),
            ),
            (
                tags.clone(),
                tagged(&[("b", "2")]),
                tagged(&[("b", "2"), ("c", "3")]),
                Some(Outcome::NotDone),
            ),
            (
                tags.clone(),
                tagged(&[("b", "2")]),
                tagged(&[("a", "1"), ("b", "2")]),
                Some(Outcome::Unknown),
            ),
        ] {
            let deed = ChangeRecord {
                call: ApiCall::StopInstance("i-1".into()),
                expected,
                seen,
            };
            let step = verdict(&deed, &now);
            let class = if step == ActionStatus::Accepted {
                Some(Outcome::Done)
            } else {
                Outcome::of(&step)
            };
            assert_eq!(class, found, "{deed:?} {now:?}");
        }
    }

    #[test]
    fn a_schedule_that_broke_off_is_not_taken_for_nothing() {
        let schedule = WeeklySchedule::parse("mon-fri 14-02 3 1").unwrap();
        let call = ApiCall::ScheduleVariant {
            endpoint: "e".into(),
            variant: "v".into(),
            schedule,
            bounds: (1, 4),
        };
        let actions = ScheduledAction::of(&schedule, 4);
        let now = |timed: &[ScheduledAction], bounds: Option<(u32, u32)>| Observed {
            scheduled_actions: Some(timed.to_vec()),
            setting: Some(Setting::Target {
                bounds,
                policies: None,
            }),
            ..test_doubles::look("InService")
        };
        let deed = ChangeRecord {
            call,
            expected: Expected::Timed(actions.clone().into()),
            seen: test_doubles::look("InService"),
        };
        for (timed, bounds, found) in [
            (&[][..], None, Outcome::NotDone),
            (&[], Some((2, 4)), Outcome::NotDone),
            (&[], Some((1, 4)), Outcome::Unknown),
            (&actions[..1], Some((1, 4)), Outcome::Unknown),
            (&actions[..], Some((1, 4)), Outcome::Done),
        ] {
            assert_eq!(
                Outcome::of(&verdict(&deed, &now(timed, bounds))),
                Some(found),
                "{timed:?} {bounds:?}"
            );
        }
    }
}
