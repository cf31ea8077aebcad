//! Every operation in every outcome: what takes it back, or why nothing does.

use super::super::super::test_doubles::{observed, plan_to_stop, stamp};
use super::super::record;
use super::*;
use crate::domain::{
    ActionStatus, ApiCall, ExpectedState, Fault, FaultKind, Input, JobKind, ObservedState,
    Operation, Plan, Setting, Tags, WeeklySchedule, action::ScheduledAction, ops,
};
use std::sync::Arc;

fn plan(id: &str, ids: &[&str], change: impl Fn(&mut Plan)) -> Plan {
    let mut plan = Plan {
        id: PlanId(id.into()),
        ..plan_to_stop(ids)
    };
    change(&mut plan);
    plan
}

fn lines_by(plan: &Plan, steps: &[&[ActionStatus]], by: &str) -> Vec<AuditEntry> {
    let (by, each): (Arc<str>, _) = (by.into(), plan.targets.iter().zip(steps.iter().cycle()));
    each.flat_map(|(target, steps)| {
        steps
            .iter()
            .map(|step| record::new_entry(plan, target, step, stamp(), &by))
            .collect::<Vec<_>>()
    })
    .collect()
}

fn lines(plan: &Plan, steps: &[&[ActionStatus]]) -> Vec<AuditEntry> {
    lines_by(plan, steps, "ana")
}

fn newest(lines: &[AuditEntry]) -> Result<Inverse, Reason> {
    inverse(lines, UndoScope::Newest(None))
}

fn asks(found: &Inverse) -> Vec<(&str, ActionRequest)> {
    found
        .backs
        .iter()
        .map(|back| (&*back.key.id, back.request.clone()))
        .collect()
}

const DONE: &[ActionStatus] = &[
    ActionStatus::Recorded,
    ActionStatus::Accepted,
    ActionStatus::Succeeded,
];

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "ec2:StopInstances", "no")
}

fn refused() -> ActionStatus {
    ActionStatus::Refused(fault(FaultKind::Denied))
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

struct Row {
    operation: Operation,
    call: ApiCall,
    expected: ExpectedState,
    seen: ObservedState,
    back: Result<ActionRequest, &'static str>,
}

fn row(
    operation: Operation,
    call: ApiCall,
    expected: ExpectedState,
    seen: ObservedState,
    back: Result<ActionRequest, &'static str>,
) -> Row {
    Row {
        operation,
        call,
        expected,
        seen,
        back,
    }
}

/// Every operation, with each of its calls that is taken back in another way.
fn table() -> Vec<Row> {
    let stop = || ApiCall::Stop(ops::stop::Call::Instance("i-1".into()));
    let set = |setting: Setting| ObservedState {
        setting: Some(setting),
        ..observed("InService")
    };
    let tagging = || ExpectedState::Tags {
        set: tags(&[("a", "2"), ("n", "1")]),
        remove: vec!["r".into()],
    };
    let tagged = ObservedState {
        tags: Some(tags(&[("a", "1"), ("r", "x"), ("other", "y")])),
        ..observed("running")
    };
    let hours = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
    let timing = || {
        ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
            endpoint: "e".into(),
            variant: "v".into(),
            schedule: hours,
            limits: (1, 4),
        })
    };
    let timed = ExpectedState::ScheduledActions(ScheduledAction::of(&hours, 4).into());
    let job = ApiCall::Stop(ops::stop::Call::Job {
        kind: JobKind::Training,
        id: "j".into(),
    });
    let app = ApiCall::Stop(ops::stop::Call::App {
        domain: "d".into(),
        owner: crate::domain::action::AppOwner::User("u".into()),
        app_type: "t".into(),
        name: "n".into(),
    });
    vec![
        row(
            Operation::Stop,
            stop(),
            ExpectedState::Stopped,
            observed("running"),
            Ok(Operation::Start.request(Input::None)),
        ),
        row(
            Operation::Stop,
            ApiCall::Stop(ops::stop::Call::Notebook("n".into())),
            ExpectedState::Stopped,
            observed("InService"),
            Ok(Operation::Start.request(Input::None)),
        ),
        row(
            Operation::Stop,
            job,
            ExpectedState::Stopped,
            observed("InProgress"),
            Err("cannot be resumed"),
        ),
        row(
            Operation::Stop,
            app,
            ExpectedState::Stopped,
            observed("InService"),
            Err("the app was deleted"),
        ),
        row(
            Operation::Stop,
            ApiCall::Stop(ops::stop::Call::WarmPool("j".into())),
            ExpectedState::Stopped,
            observed("Completed"),
            Err("cannot be restored"),
        ),
        row(
            Operation::Start,
            ApiCall::Start(ops::start::Call::Instance("i-1".into())),
            ExpectedState::Running,
            observed("stopped"),
            Ok(Operation::Stop.request(Input::None)),
        ),
        row(
            Operation::Scale,
            stop(),
            ExpectedState::Count(1),
            ObservedState {
                count: Some(3),
                desired: Some(4),
                ..observed("InService")
            },
            Ok(Operation::Scale.request(Input::Count(4))),
        ),
        row(
            Operation::Scale,
            stop(),
            ExpectedState::Count(1),
            ObservedState {
                desired: None,
                ..observed("InService")
            },
            Err("the journal does not say"),
        ),
        row(
            Operation::Tag,
            stop(),
            tagging(),
            tagged,
            Ok(Operation::Tag.request(Input::Tags {
                set: tags(&[("a", "1"), ("r", "x")]),
                remove: vec!["n".into()],
            })),
        ),
        row(
            Operation::Tag,
            stop(),
            tagging(),
            ObservedState {
                tags: None,
                ..observed("running")
            },
            Err("the journal does not say"),
        ),
        row(
            Operation::AutoscalingLimits,
            stop(),
            ExpectedState::Set(Setting::Limits(0, 2)),
            set(Setting::Limits(1, 4)),
            Ok(Operation::AutoscalingLimits.request(Input::Limits { min: 1, max: 4 })),
        ),
        row(
            Operation::AutoscalingLimits,
            stop(),
            ExpectedState::Set(Setting::Limits(0, 2)),
            observed("InService"),
            Err("the journal does not say"),
        ),
        row(
            Operation::SwapModel,
            stop(),
            ExpectedState::Set(Setting::Model("m-2".into())),
            set(Setting::Model("m-1".into())),
            Ok(Operation::SwapModel.request(Input::Model("m-1".into()))),
        ),
        row(
            Operation::SwapModel,
            stop(),
            ExpectedState::Set(Setting::Model("m-2".into())),
            observed("InService"),
            Err("the journal does not say"),
        ),
        row(
            Operation::ScheduledScaling,
            timing(),
            timed.clone(),
            observed("InService"),
            Err("what went by the clock before is not in the journal"),
        ),
        row(
            Operation::ScheduledScaling,
            timing(),
            timed,
            ObservedState {
                scheduled_actions: Some(Vec::new()),
                ..observed("InService")
            },
            Err("what its scaling target was before is not in the journal"),
        ),
        row(
            Operation::Terminate,
            stop(),
            ExpectedState::Gone,
            observed("running"),
            Err("cannot be restored"),
        ),
        row(
            Operation::Delete,
            stop(),
            ExpectedState::Gone,
            observed("InService"),
            Err("cannot be restored"),
        ),
        row(
            Operation::Reboot,
            stop(),
            ExpectedState::Running,
            observed("running"),
            Err("cannot be undone"),
        ),
        row(
            Operation::Feedback,
            stop(),
            ExpectedState::Set(Setting::Feedback(None)),
            observed("open"),
            Err("does not withdraw feedback"),
        ),
    ]
}

/// The steps after the intent, and whether something was done, may have been, or was not (with the
/// word for it).
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
    let operations: std::collections::BTreeSet<Operation> =
        table().iter().map(|row| row.operation).collect();
    assert!(
        Operation::ALL
            .iter()
            .all(|operation| operations.contains(operation)),
        "every operation is in the table"
    );
    for (
        Row {
            operation,
            call,
            expected,
            seen,
            back,
        },
        (steps, came),
    ) in table().into_iter().flat_map(|row| {
        outcomes().into_iter().map(move |outcome| {
            (
                Row {
                    seen: row.seen.clone(),
                    call: row.call.clone(),
                    expected: row.expected.clone(),
                    back: row.back.clone(),
                    ..row
                },
                outcome,
            )
        })
    }) {
        let plan = plan("p-1", &["i-1"], |plan| {
            plan.operation = operation;
            let target = &mut plan.targets[0];
            (target.call, target.expected, target.observed) =
                (call.clone(), expected.clone(), seen.clone());
        });
        let steps: Vec<ActionStatus> = std::iter::once(ActionStatus::Recorded)
            .chain(steps)
            .collect();
        let found = newest(&lines(&plan, &[&steps]));
        match (found, back, came) {
            (Ok(found), Ok(request), Ok(class)) => {
                assert_eq!(
                    (&found.undoes, found.operation, found.done),
                    (&plan.id, request.operation, operation)
                );
                assert_eq!(asks(&found), [("i-1", request)]);
                let left = found.backs[0].left.as_ref().unwrap();
                assert_eq!(
                    (left.outcome, &left.expected),
                    (class, &expected),
                    "{operation} {steps:?}"
                );
            }
            // What was done decides; then whether there is a way back.
            (Err(why), Err(part), Ok(_)) | (Err(why), _, Err(part)) => {
                let why = why.to_string();
                assert!(
                    why.contains(part) && why.contains(&format!("{operation} name-of-i-1")),
                    "{operation} {steps:?}: {why}"
                );
            }
            (found, ..) => panic!("{operation} {steps:?}: {found:?}"),
        }
    }
}

#[test]
fn inverse_restores_scheduled_actions_by_name() {
    let hours = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
    let [begin, end] = ScheduledAction::of(&hours, 4);
    let own = ScheduledAction {
        name: "lunch".into(),
        ..end.clone()
    };
    let older = ScheduledAction {
        cron: "cron(0 6 ? * MON *)".into(),
        time_zone: Some("Europe/Berlin".into()),
        max: None,
        ..begin.clone()
    };
    let observed_with = |scheduled_actions: &[&ScheduledAction], limits| ObservedState {
        scheduled_actions: Some(scheduled_actions.iter().map(|one| (*one).clone()).collect()),
        setting: Some(Setting::Target {
            limits,
            policies: None,
        }),
        ..observed("InService")
    };
    let names =
        |names: &[&ScheduledAction]| names.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let call = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint: "e".into(),
        variant: "v".into(),
        schedule: hours,
        limits: (1, 4),
    });
    for (before, limits, put, delete) in [
        (
            observed_with(&[], None),
            None,
            vec![],
            names(&[&begin, &end]),
        ),
        (
            observed_with(&[&own], Some((2, 8))),
            Some((2, 8)),
            vec![],
            names(&[&begin, &end]),
        ),
        (
            observed_with(&[&older, &own], Some((2, 8))),
            Some((2, 8)),
            vec![older.clone()],
            names(&[&end]),
        ),
    ] {
        let seen = PriorState::new(&before, &ExpectedState::ScheduledActions(Vec::new()));
        let (_, back) = Operation::ScheduledScaling
            .inverse(Some(&call), &seen)
            .unwrap();
        let mut record = super::super::super::test_doubles::record("i-1");
        record.head.compute = None;
        let first = Plan::new(
            PlanId("p".into()),
            &Operation::ScheduledScaling.request(back),
            &[&record],
            stamp(),
        )
        .targets
        .remove(0);
        assert_eq!(
            first.call,
            ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
                endpoint: "e".into(),
                variant: "v".into(),
                limits,
                put: put.clone(),
                delete: delete.clone()
            })
        );
        // Nothing was changed since; somebody's own action is in the way of nothing but a target
        // that would go.
        let left = |scheduled_actions: &[&ScheduledAction], limits| {
            observed_with(scheduled_actions, Some(limits))
        };
        let still = |now: &ObservedState| {
            first.expected.check_unchanged(
                &first.observed,
                &ObservedState {
                    state: first.observed.state.clone(),
                    ..now.clone()
                },
            )
        };
        assert_eq!(still(&left(&[&begin, &end], (1, 4))), Ok(()));
        assert_eq!(
            still(&left(&[&begin, &end], (1, 1))),
            Ok(()),
            "the clock has set other limits meanwhile"
        );
        assert_eq!(
            still(&left(&[&begin, &end, &own], (1, 4))).is_err(),
            limits.is_none()
        );
        assert!(
            still(&left(
                &[
                    &begin,
                    &ScheduledAction {
                        min: Some(3),
                        ..end.clone()
                    }
                ],
                (1, 4)
            ))
            .unwrap_err()
            .contains("changed since")
        );
        assert!(
            still(&left(&[&begin, &end], (2, 9)))
                .unwrap_err()
                .contains("left at 1-4, are now 2-9")
        );
        assert!(!first.expected.is_met_by(&left(&[&begin, &end], (1, 4))));
        assert!(first.expected.is_met_by(&before), "{before:?}");
        // And there again.
        let seen = PriorState::new(&left(&[&begin, &end], (1, 4)), &first.expected);
        let (_, again) = Operation::ScheduledScaling
            .inverse(Some(&first.call), &seen)
            .unwrap();
        let second = Plan::new(
            PlanId("p".into()),
            &Operation::ScheduledScaling.request(again),
            &[&record],
            stamp(),
        )
        .targets
        .remove(0);
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
    let policed = ObservedState {
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
    assert!(
        gone.check_unchanged(&planned, &policed)
            .unwrap_err()
            .contains("scaling policy")
    );
}

#[test]
fn inverse_covers_succeeded_targets_only_and_once() {
    let first = plan("p-1", &["i-1", "i-2", "i-3"], |_| {});
    let unknown = ActionStatus::Unknown(fault(FaultKind::Timeout));
    let mut journal = lines(
        &first,
        &[
            DONE,
            &[ActionStatus::Recorded, refused()],
            &[ActionStatus::Recorded, unknown],
        ],
    );
    let found = newest(&journal).unwrap();
    assert_eq!(
        asks(&found),
        [
            ("i-1", Operation::Start.request(Input::None)),
            ("i-3", Operation::Start.request(Input::None))
        ]
    );
    let left_out: Vec<String> = found
        .left_out
        .iter()
        .map(|one| format!("{}: {}", one.key.id, one.why))
        .collect();
    assert_eq!(left_out, ["i-2: nothing was changed: it was denied"]);
    let second = plan("p-2", &["i-1", "i-4"], |plan| {
        plan.operation = Operation::Terminate;
    });
    journal.extend(lines(&second, &[DONE]));
    assert_eq!(
        newest(&journal).unwrap_err().to_string(),
        "none of 2: terminate name-of-i-4: a terminated instance cannot be restored"
    );
    let of_first = |journal: &[AuditEntry]| inverse(journal, UndoScope::Plan(&first.id));
    assert!(of_first(&journal).is_ok());
    let undo = plan("p-3", &["i-1", "i-3"], |plan| {
        plan.operation = Operation::Start;
        plan.undoes = Some(first.id.clone());
    });
    // An undo that AWS refused has taken nothing back, nor one of which nobody knows.
    for step in [refused(), ActionStatus::Unknown(fault(FaultKind::Timeout))] {
        let failed: Vec<AuditEntry> = journal
            .iter()
            .cloned()
            .chain(lines(&undo, &[&[ActionStatus::Recorded, step]]))
            .collect();
        assert_eq!(of_first(&failed).unwrap().backs.len(), 2);
    }
    // One that was done in part: the rest is left.
    let half: Vec<AuditEntry> = journal
        .iter()
        .cloned()
        .chain(lines(&undo, &[DONE, &[ActionStatus::Recorded, refused()]]))
        .collect();
    let rest = of_first(&half).unwrap();
    assert_eq!(
        asks(&rest),
        [("i-3", Operation::Start.request(Input::None))]
    );
    assert!(
        rest.left_out
            .iter()
            .any(|one| one.why.to_string() == "it is undone already"),
        "{rest:?}"
    );
    journal.extend(lines(&undo, &[DONE]));
    let why = of_first(&journal).unwrap_err().to_string();
    assert_eq!(
        why,
        "nothing is left to undo: stop name-of-i-1 is undone already"
    );
    // Again: what was undone is done again.
    assert_eq!(
        asks(&newest(&journal).unwrap()),
        [
            ("i-1", Operation::Stop.request(Input::None)),
            ("i-3", Operation::Stop.request(Input::None))
        ]
    );
}

#[test]
fn undo_scope_selects_by_user_plan_and_resource() {
    assert_eq!(
        newest(&[]).unwrap_err().to_string(),
        "nothing was changed yet"
    );
    assert_eq!(
        inverse(&[], UndoScope::Newest(Some("ana")))
            .unwrap_err()
            .to_string(),
        "you have changed nothing yet"
    );
    assert_eq!(
        inverse(&[], UndoScope::Plan(&PlanId("p".into())))
            .unwrap_err()
            .to_string(),
        "the journal has nothing by plan p"
    );
    let (ana, ben) = (
        plan("p-1", &["i-1", "i-2"], |_| {}),
        plan("p-2", &["i-3"], |_| {}),
    );
    let mut journal = lines_by(&ana, &[DONE], "ana");
    journal.extend(lines_by(&ben, &[DONE], "ben"));
    let of = |journal: &[AuditEntry], user: &str| {
        inverse(journal, UndoScope::Newest(Some(user))).map(|found| found.undoes)
    };
    assert_eq!(of(&journal, "ana"), Ok(ana.id.clone()));
    assert_eq!(of(&journal, "ben"), Ok(ben.id.clone()));
    assert!(of(&journal, "eve").is_err());
    // On one resource it is the newest on that, whoever did it, and nothing else of its plan.
    let key = &ana.targets[1].key;
    let found = inverse(&journal, UndoScope::Resource(key)).unwrap();
    assert_eq!(
        (asks(&found), found.left_out.len(), &*found.by),
        (
            vec![("i-2", Operation::Start.request(Input::None))],
            0,
            "ana"
        )
    );
    assert_eq!(
        inverse(
            &journal,
            UndoScope::Resource(&ResourceKey {
                id: "i-9".into(),
                ..key.clone()
            })
        )
        .unwrap_err()
        .to_string(),
        "nothing was changed to it yet"
    );
    // Somebody else has taken it back.
    let undo = plan("p-3", &["i-1", "i-2"], |plan| {
        plan.operation = Operation::Start;
        plan.undoes = Some(ana.id.clone());
    });
    journal.extend(lines_by(&undo, &[DONE], "ben"));
    let why = inverse(&journal, UndoScope::Newest(Some("ana")))
        .unwrap_err()
        .to_string();
    assert!(why.contains("undone already"), "{why}");
    // The same id in another account is another resource.
    let elsewhere = ResourceKey {
        account: "222233334444".into(),
        ..key.clone()
    };
    assert!(inverse(&journal, UndoScope::Resource(&elsewhere)).is_err());
}

#[test]
fn instance_group_scaled_through_another_node_has_an_inverse() {
    let group = |id: &str, node: &str, count, undoes: Option<&str>| {
        plan(id, &[node], |plan| {
            plan.operation = Operation::Scale;
            plan.undoes = undoes.map(|id| PlanId(id.into()));
            let target = &mut plan.targets[0];
            target.call = ApiCall::Scale(ops::scale::Call::InstanceGroup {
                cluster: "c".into(),
                group: "g".into(),
                count,
            });
            (target.expected, target.observed.desired) = (ExpectedState::Count(count), Some(4));
        })
    };
    let mut journal = lines(&group("p-1", "node-1", 2, None), &[DONE]);
    assert_eq!(
        asks(&newest(&journal).unwrap()),
        [("node-1", Operation::Scale.request(Input::Count(4)))]
    );
    journal.extend(lines(&group("p-2", "node-2", 4, Some("p-1")), &[DONE]));
    assert_eq!(newest(&journal).unwrap().undoes, PlanId("p-2".into()));
    assert!(
        inverse(&journal, UndoScope::Plan(&PlanId("p-1".into())))
            .unwrap_err()
            .to_string()
            .contains("already")
    );
}
