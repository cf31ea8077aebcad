//! Tests of the status that recovery finds.

use super::super::test_doubles;
use super::*;
use crate::domain::{Outcome, State, WeeklySchedule};

fn observed_as(name: &str) -> ObservedState {
    test_doubles::observed(name)
}

fn gone() -> ObservedState {
    ObservedState {
        state: State::new(Phase::Gone, "gone"),
        ..observed_as("gone")
    }
}

/// Checks what recovery finds where a change from `before` to `expected` was interrupted.
fn check_outcome(
    expected: &ExpectedState,
    before: &ObservedState,
    now: &ObservedState,
    outcome: Outcome,
) {
    let change = RecordedCall {
        call: ApiCall::Stop(ops::stop::Call::Instance("i-1".into())),
        expected: expected.clone(),
        observed: before.clone(),
    };
    let found = compare(&change, now).kind().counts_as();
    assert_eq!(found, Some(outcome), "{change:?} {now:?}");
}

#[test]
fn the_phase_tells_the_outcome_of_a_stop() {
    let running = observed_as("running");
    for (now, outcome) in [
        (observed_as("stopped"), Outcome::Succeeded),
        (observed_as("stopping"), Outcome::Succeeded),
        (gone(), Outcome::Succeeded),
        (observed_as("running"), Outcome::Skipped),
        (observed_as("failed"), Outcome::Unknown),
    ] {
        check_outcome(&ExpectedState::Stopped, &running, &now, outcome);
    }
}

#[test]
fn the_phase_tells_the_outcome_of_a_start_and_a_delete() {
    let (stopped, running) = (observed_as("stopped"), observed_as("running"));
    let start = ExpectedState::Running;
    check_outcome(&start, &stopped, &running, Outcome::Succeeded);
    check_outcome(&start, &running, &running, Outcome::Unknown);
    check_outcome(&start, &stopped, &gone(), Outcome::Unknown);
    check_outcome(&ExpectedState::Gone, &running, &gone(), Outcome::Succeeded);
}

#[test]
fn the_desired_count_tells_the_outcome_of_a_scaling() {
    let counts = |count, desired| ObservedState {
        count: Some(count),
        desired: Some(desired),
        ..observed_as("running")
    };
    for (now, outcome) in [
        (counts(3, 3), Outcome::Succeeded),
        (counts(1, 3), Outcome::Succeeded),
        (counts(1, 1), Outcome::Skipped),
        (counts(2, 2), Outcome::Unknown),
    ] {
        check_outcome(&ExpectedState::Count(3), &counts(1, 1), &now, outcome);
    }
}

#[test]
fn the_changed_tags_tell_the_outcome_of_tagging() {
    let tagged = |pairs: &[(&str, &str)]| ObservedState {
        tags: Some(
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        ..observed_as("tagged")
    };
    let tags = ExpectedState::Tags {
        set: [("a".to_owned(), "1".to_owned())].into(),
        remove: vec!["b".to_owned()],
    };
    for (now, outcome) in [
        (&[("a", "1")][..], Outcome::Succeeded),
        (&[("b", "2"), ("c", "3")], Outcome::Skipped),
        (&[("a", "1"), ("b", "2")], Outcome::Unknown),
    ] {
        check_outcome(&tags, &tagged(&[("b", "2")]), &tagged(now), outcome);
    }
}

#[test]
fn half_written_schedule_is_recovered_as_partial() {
    let schedule = WeeklySchedule::parse("mon-fri 14-02 3 1").unwrap();
    let call = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint: "e".into(),
        variant: "v".into(),
        schedule,
        limits: (1, 4),
    });
    let actions = ScheduledAction::of(&schedule, 4);
    let now = |scheduled_actions: &[ScheduledAction], limits: Option<(u32, u32)>| ObservedState {
        scheduled_actions: Some(scheduled_actions.to_vec()),
        setting: Some(Setting::Target {
            limits,
            policies: None,
        }),
        ..test_doubles::observed("InService")
    };
    let change = RecordedCall {
        call,
        expected: ExpectedState::ScheduledActions(actions.clone().into()),
        observed: test_doubles::observed("InService"),
    };
    for (timed, limits, found) in [
        (&[][..], None, Outcome::Skipped),
        (&[], Some((2, 4)), Outcome::Skipped),
        (&[], Some((1, 4)), Outcome::Unknown),
        (&actions[..1], Some((1, 4)), Outcome::Unknown),
        (&actions[..], Some((1, 4)), Outcome::Succeeded),
    ] {
        assert_eq!(
            compare(&change, &now(timed, limits)).kind().counts_as(),
            Some(found),
            "{timed:?} {limits:?}"
        );
    }
}
