//! Every operation in every outcome.

use super::*;
use std::collections::BTreeSet;

struct Row {
    operation: Operation,
    call: ApiCall,
    expected: ExpectedState,
    observed: ObservedState,
    back: Result<ActionRequest, &'static str>,
}

fn row(
    operation: Operation,
    call: ApiCall,
    expected: ExpectedState,
    observed: ObservedState,
    back: Result<ActionRequest, &'static str>,
) -> Row {
    Row {
        operation,
        call,
        expected,
        observed,
        back,
    }
}

/// Every operation, with each of its calls that is undone in another way. One that no row names
/// cannot be undone.
fn table() -> Vec<Row> {
    let mut rows = stops_and_starts();
    rows.extend(counts_and_tags());
    rows.extend(settings());
    rows.extend(schedules());
    rows.extend(irreversible());
    let named: BTreeSet<Operation> = rows.iter().map(|row| row.operation).collect();
    let others = Operation::ALL.iter().filter(|one| !named.contains(one));
    rows.extend(others.map(|&operation| {
        row(
            operation,
            any_call(),
            ExpectedState::Running,
            observed("running"),
            Err("cannot be undone"),
        )
    }));
    rows
}

/// A call where the table does not depend on it.
fn any_call() -> ApiCall {
    ApiCall::Stop(ops::stop::Call::Instance("i-1".into()))
}

fn stops_and_starts() -> Vec<Row> {
    use ops::stop::Call;
    let stop = |call, state: &str, back| {
        row(
            Operation::Stop,
            ApiCall::Stop(call),
            ExpectedState::Stopped,
            observed(state),
            back,
        )
    };
    let job = Call::Job {
        kind: JobKind::Training,
        id: "j".into(),
    };
    let app = Call::App {
        domain: "d".into(),
        owner: crate::domain::action::AppOwner::User("u".into()),
        app_type: "t".into(),
        name: "n".into(),
    };
    let start = Operation::Start.request(Input::None);
    vec![
        stop(Call::Instance("i-1".into()), "running", Ok(start.clone())),
        stop(Call::Notebook("n".into()), "InService", Ok(start)),
        stop(job, "InProgress", Err("cannot be resumed")),
        stop(app, "InService", Err("the app was deleted")),
        stop(
            Call::WarmPool("j".into()),
            "Completed",
            Err("cannot be restored"),
        ),
        row(
            Operation::Start,
            ApiCall::Start(ops::start::Call::Instance("i-1".into())),
            ExpectedState::Running,
            observed("stopped"),
            Ok(Operation::Stop.request(Input::None)),
        ),
    ]
}

const NOT_IN_JOURNAL: &str = "the journal does not say";

fn counts_and_tags() -> Vec<Row> {
    let scale = |count, desired, back| {
        let observed = ObservedState {
            count,
            desired,
            ..observed("InService")
        };
        let expected = ExpectedState::Count(1);
        row(Operation::Scale, any_call(), expected, observed, back)
    };
    let tag = |before, back| {
        let observed = ObservedState {
            tags: before,
            ..observed("running")
        };
        let expected = ExpectedState::Tags {
            set: tags(&[("a", "2"), ("n", "1")]),
            remove: vec!["r".into()],
        };
        row(Operation::Tag, any_call(), expected, observed, back)
    };
    vec![
        scale(
            Some(3),
            Some(4),
            Ok(Operation::Scale.request(Input::Count(4))),
        ),
        scale(Some(1), None, Err(NOT_IN_JOURNAL)),
        tag(
            Some(tags(&[("a", "1"), ("r", "x"), ("other", "y")])),
            Ok(Operation::Tag.request(Input::Tags {
                fill: crate::domain::Tags::new(),
                set: tags(&[("a", "1"), ("r", "x")]),
                remove: vec!["n".into()],
            })),
        ),
        tag(None, Err(NOT_IN_JOURNAL)),
    ]
}

fn settings() -> Vec<Row> {
    let set = |operation, expected, before, back| {
        let observed = ObservedState {
            setting: before,
            ..observed("InService")
        };
        let expected = ExpectedState::Set(expected);
        row(operation, any_call(), expected, observed, back)
    };
    let (limits, swap) = (Operation::AutoscalingLimits, Operation::SwapModel);
    let model = |id: &str| Setting::Model(id.into());
    vec![
        set(
            limits,
            Setting::Limits(0, 2),
            Some(Setting::Limits(1, 4)),
            Ok(limits.request(Input::Limits { min: 1, max: 4 })),
        ),
        set(limits, Setting::Limits(0, 2), None, Err(NOT_IN_JOURNAL)),
        set(
            swap,
            model("m-2"),
            Some(model("m-1")),
            Ok(swap.request(Input::Model("m-1".into()))),
        ),
        set(swap, model("m-2"), None, Err(NOT_IN_JOURNAL)),
    ]
}

fn schedules() -> Vec<Row> {
    let hours = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
    let schedule = |scheduled_actions, why| {
        let call = ops::scheduled_scaling::Call::Schedule {
            endpoint: "e".into(),
            variant: "v".into(),
            schedule: hours,
            limits: (1, 4),
        };
        let observed = ObservedState {
            scheduled_actions,
            ..observed("InService")
        };
        row(
            Operation::ScheduledScaling,
            ApiCall::ScheduledScaling(call),
            ExpectedState::ScheduledActions(ScheduledAction::of(&hours, 4).into()),
            observed,
            Err(why),
        )
    };
    vec![
        schedule(None, "the journal does not record the previous schedule"),
        schedule(
            Some(Vec::new()),
            "the journal does not record the previous scaling target",
        ),
    ]
}

fn irreversible() -> Vec<Row> {
    let none = |operation, expected, state: &str, why| {
        row(operation, any_call(), expected, observed(state), Err(why))
    };
    let (gone, lost) = (|| ExpectedState::Gone, "cannot be restored");
    let feedback = ExpectedState::Set(Setting::Feedback(None));
    vec![
        none(Operation::Terminate, gone(), "running", lost),
        none(Operation::Delete, gone(), "InService", lost),
        none(
            Operation::Feedback,
            feedback,
            "open",
            "does not withdraw feedback",
        ),
    ]
}

/// The events after the intent, and whether the call had an effect, may have had one or had none
/// (with the reason).
fn outcomes() -> Vec<(Vec<ActionStatus>, Result<Outcome, &'static str>)> {
    let refused = |kind| vec![ActionStatus::Refused(fault(kind))];
    vec![
        (
            vec![ActionStatus::Accepted, ActionStatus::Succeeded],
            Ok(Outcome::Succeeded),
        ),
        (vec![ActionStatus::Accepted], Ok(Outcome::Succeeded)),
        (
            vec![
                ActionStatus::Accepted,
                ActionStatus::TimedOut("failed".into()),
            ],
            Ok(Outcome::Succeeded),
        ),
        (
            vec![ActionStatus::Unknown(fault(FaultKind::Timeout))],
            Ok(Outcome::Unknown),
        ),
        (vec![], Err("it has no result yet")),
        (
            vec![ActionStatus::Drifted("state".into())],
            Err("it was skipped"),
        ),
        (vec![ActionStatus::Cancelled], Err("it was skipped")),
        (refused(FaultKind::Denied), Err("it was denied")),
        (refused(FaultKind::Throttled), Err("AWS throttled it")),
        (
            refused(FaultKind::BadCredentials),
            Err("the credentials had expired"),
        ),
        (refused(FaultKind::Refused), Err("AWS refused it")),
    ]
}

#[test]
fn each_operation_and_outcome_has_an_inverse_or_a_reason() {
    for row in table() {
        for (steps, outcome) in outcomes() {
            check(&row, &steps, outcome);
        }
    }
}

fn check(row: &Row, steps: &[ActionStatus], outcome: Result<Outcome, &'static str>) {
    let operation = row.operation;
    let plan = plan("p-1", &["i-1"], |plan| {
        plan.operation = operation;
        let target = &mut plan.targets[0];
        target.call = row.call.clone();
        target.expected = row.expected.clone();
        target.observed = row.observed.clone();
    });
    let mut statuses = vec![ActionStatus::Recorded];
    statuses.extend_from_slice(steps);
    match (
        newest_inverse(&lines(&plan, &[&statuses])),
        &row.back,
        outcome,
    ) {
        (Ok(found), Ok(request), Ok(outcome)) => {
            assert_eq!(
                (&found.undoes, found.operation, found.original),
                (&plan.id, request.operation, operation)
            );
            assert_eq!(requests_of(&found), [("i-1", request.clone())]);
            let left = found.targets[0].change.as_ref().unwrap();
            assert_eq!(
                (left.outcome, &left.expected),
                (outcome, &row.expected),
                "{operation} {statuses:?}"
            );
        }
        // The outcome decides first, then whether there is an inverse.
        (Err(why), Err(part), Ok(_)) => check_reason(&why, part, operation),
        (Err(why), _, Err(part)) => check_reason(&why, part, operation),
        (found, ..) => panic!("{operation} {statuses:?}: {found:?}"),
    }
}

fn check_reason(why: &Reason, part: &str, operation: Operation) {
    let why = why.to_string();
    let label = format!("{operation} name-of-i-1");
    assert!(why.contains(part) && why.contains(&label), "{why}");
}
