//! The inverse of scheduled scaling.

use super::*;

/// The hours, their two scheduled actions, and another one of the user's.
fn actions() -> (WeeklySchedule, [ScheduledAction; 3]) {
    let hours = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
    let [begin, end] = ScheduledAction::of(&hours, 4);
    let own = ScheduledAction {
        name: "lunch".into(),
        ..end.clone()
    };
    (hours, [begin, end, own])
}

fn observed_with(actions: &[&ScheduledAction], limits: Option<(u32, u32)>) -> ObservedState {
    ObservedState {
        scheduled_actions: Some(actions.iter().map(|one| (*one).clone()).collect()),
        setting: Some(Setting::Target {
            limits,
            policies: None,
        }),
        ..observed("InService")
    }
}

fn names(actions: &[&ScheduledAction]) -> Vec<Arc<str>> {
    actions.iter().map(|one| one.name.clone()).collect()
}

/// The target of the plan that undoes `call` on a resource that was `before` it.
fn undo(call: &ApiCall, before: &PriorState) -> crate::domain::Target {
    let (_, input) = Operation::ScheduledScaling
        .inverse(Some(call), before)
        .unwrap();
    let mut record = super::super::super::super::test_doubles::record("i-1");
    record.head.compute = None;
    let request = Operation::ScheduledScaling.request(input);
    let mut plan = Plan::new(PlanId("p".into()), &request, &[&record], stamp());
    plan.targets.remove(0)
}

/// A scheduled scaling of a resource that was `before`, undone.
fn undone_schedule(before: &ObservedState) -> crate::domain::Target {
    let call = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint: "e".into(),
        variant: "v".into(),
        schedule: actions().0,
        limits: (1, 4),
    });
    let expected = ExpectedState::ScheduledActions(Vec::new());
    undo(&call, &PriorState::new(before, &expected))
}

/// The limits and scheduled actions that an undo restores, and the names that it deletes.
type Restore = (Option<(u32, u32)>, Vec<ScheduledAction>, Vec<Arc<str>>);

/// The states before a schedule, with their restore: no scalable target, an action of the user's,
/// and an older schedule.
fn befores() -> [(ObservedState, Restore); 3] {
    let (_, [begin, end, own]) = actions();
    let older = ScheduledAction {
        cron: "cron(0 6 ? * MON *)".into(),
        time_zone: Some("Europe/Berlin".into()),
        max: None,
        ..begin.clone()
    };
    let (both, limits) = (names(&[&begin, &end]), Some((2, 8)));
    [
        (observed_with(&[], None), (None, vec![], both.clone())),
        (observed_with(&[&own], limits), (limits, vec![], both)),
        (
            observed_with(&[&older, &own], limits),
            (limits, vec![older], names(&[&end])),
        ),
    ]
}

#[test]
fn an_undo_restores_limits_and_actions_by_name() {
    for (before, (limits, put, delete)) in befores() {
        assert_eq!(
            undone_schedule(&before).call,
            ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
                endpoint: "e".into(),
                variant: "v".into(),
                limits,
                put,
                delete,
            })
        );
    }
}

#[test]
fn an_undo_reverts_nobody_elses_change() {
    let (_, [begin, end, own]) = actions();
    let edited = ScheduledAction {
        min: Some(3),
        ..end.clone()
    };
    for (before, (limits, ..)) in befores() {
        let target = undone_schedule(&before);
        let check = |actions: &[&ScheduledAction], limits| {
            let now = ObservedState {
                state: target.observed.state.clone(),
                ..observed_with(actions, Some(limits))
            };
            target.expected.check_unchanged(&target.observed, &now)
        };
        assert_eq!(check(&[&begin, &end], (1, 4)), Ok(()));
        assert_eq!(
            check(&[&begin, &end], (1, 1)),
            Ok(()),
            "the schedule has set other limits meanwhile"
        );
        // The user's own action would be deleted with the scalable target only.
        assert_eq!(
            check(&[&begin, &end, &own], (1, 4)).is_err(),
            limits.is_none()
        );
        let changed = check(&[&begin, &edited], (1, 4)).unwrap_err();
        assert!(changed.contains("changed since"), "{changed}");
        let limited = check(&[&begin, &end], (2, 9)).unwrap_err();
        assert!(
            limited.contains("1-4 after the change, are now 2-9"),
            "{limited}"
        );
    }
}

#[test]
fn an_undo_of_an_undo_schedules_again() {
    let (_, [begin, end, _]) = actions();
    let scheduled = observed_with(&[&begin, &end], Some((1, 4)));
    for (before, _) in befores() {
        let first = undone_schedule(&before);
        assert!(!first.expected.is_met_by(&scheduled));
        assert!(first.expected.is_met_by(&before), "{before:?}");
        let second = undo(&first.call, &PriorState::new(&scheduled, &first.expected));
        let ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
            limits,
            put,
            delete,
            ..
        }) = &second.call
        else {
            panic!("{:?}", second.call)
        };
        assert_eq!((*limits, delete.len()), (Some((1, 4)), 0));
        assert_eq!(put, &[begin.clone(), end.clone()]);
    }
}

#[test]
fn a_scaling_policy_keeps_its_scalable_target() {
    let (_, [begin, end, _]) = actions();
    let with_policy = ObservedState {
        setting: Some(Setting::Target {
            limits: Some((1, 4)),
            policies: Some(1),
        }),
        ..observed_with(&[&begin, &end], None)
    };
    let planned = observed_with(&[&begin, &end], Some((1, 4)));
    let gone = ExpectedState::RestoredSchedule {
        limits: None,
        put: Vec::new(),
        gone: names(&[&begin, &end]),
    };
    let why = gone.check_unchanged(&planned, &with_policy).unwrap_err();
    assert!(why.contains("scaling policy"), "{why}");
}
