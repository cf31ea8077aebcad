//! Tests of the inverse of journalled plans.

mod schedule;
mod table;

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

fn newest_inverse(lines: &[AuditEntry]) -> Result<Inverse, Reason> {
    inverse(lines, UndoScope::Newest(None))
}

fn requests_of(found: &Inverse) -> Vec<(&str, ActionRequest)> {
    found
        .targets
        .iter()
        .map(|back| (&*back.key.id, back.request.clone()))
        .collect()
}

const SUCCEEDED: &[ActionStatus] = &[
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

fn first_plan() -> Plan {
    plan("p-1", &["i-1", "i-2", "i-3"], |_| {})
}

/// A plan of which one target was stopped, one refused, and one is unknown.
fn partial_journal() -> Vec<AuditEntry> {
    let unknown = ActionStatus::Unknown(fault(FaultKind::Timeout));
    lines(
        &first_plan(),
        &[
            SUCCEEDED,
            &[ActionStatus::Recorded, refused()],
            &[ActionStatus::Recorded, unknown],
        ],
    )
}

fn inverse_of_first(journal: &[AuditEntry]) -> Result<Inverse, Reason> {
    inverse(journal, UndoScope::Plan(&first_plan().id))
}

/// The undo of the first plan, in which its two targets went through `steps`.
fn undo_first(steps: &[&[ActionStatus]]) -> Vec<AuditEntry> {
    let undo = plan("p-3", &["i-1", "i-3"], |plan| {
        plan.operation = Operation::Start;
        plan.undoes = Some(first_plan().id);
    });
    lines(&undo, steps)
}

#[test]
fn only_what_was_changed_is_undone() {
    let mut journal = partial_journal();
    let found = newest_inverse(&journal).unwrap();
    assert_eq!(
        requests_of(&found),
        [
            ("i-1", Operation::Start.request(Input::None)),
            ("i-3", Operation::Start.request(Input::None))
        ]
    );
    let skipped: Vec<String> = found
        .skipped
        .iter()
        .map(|one| format!("{}: {}", one.key.id, one.why))
        .collect();
    assert_eq!(skipped, ["i-2: nothing was changed: it was denied"]);
    let second = plan("p-2", &["i-1", "i-4"], |plan| {
        plan.operation = Operation::Terminate;
    });
    journal.extend(lines(&second, &[SUCCEEDED]));
    assert_eq!(
        newest_inverse(&journal).unwrap_err().to_string(),
        "none of 2: terminate name-of-i-4: a terminated instance cannot be restored"
    );
    assert!(inverse_of_first(&journal).is_ok());
}

#[test]
fn a_failed_undo_may_be_tried_again() {
    for step in [refused(), ActionStatus::Unknown(fault(FaultKind::Timeout))] {
        let mut journal = partial_journal();
        journal.extend(undo_first(&[&[ActionStatus::Recorded, step]]));
        assert_eq!(inverse_of_first(&journal).unwrap().targets.len(), 2);
    }
}

#[test]
fn a_partial_undo_leaves_the_rest() {
    let mut journal = partial_journal();
    journal.extend(undo_first(&[
        SUCCEEDED,
        &[ActionStatus::Recorded, refused()],
    ]));
    let rest = inverse_of_first(&journal).unwrap();
    assert_eq!(
        requests_of(&rest),
        [("i-3", Operation::Start.request(Input::None))]
    );
    let mut reasons = rest.skipped.iter().map(|one| one.why.to_string());
    assert!(reasons.any(|why| why == "it is undone already"), "{rest:?}");
}

#[test]
fn an_undo_is_undone_and_not_repeated() {
    let mut journal = partial_journal();
    journal.extend(undo_first(&[SUCCEEDED]));
    assert_eq!(
        inverse_of_first(&journal).unwrap_err().to_string(),
        "nothing is left to undo: stop name-of-i-1 is undone already"
    );
    assert_eq!(
        requests_of(&newest_inverse(&journal).unwrap()),
        [
            ("i-1", Operation::Stop.request(Input::None)),
            ("i-3", Operation::Stop.request(Input::None))
        ]
    );
}

#[test]
fn an_empty_journal_has_nothing_to_undo() {
    let plan = PlanId("p".into());
    for (scope, why) in [
        (UndoScope::Newest(None), "nothing was changed yet"),
        (
            UndoScope::Newest(Some("ana")),
            "you have changed nothing yet",
        ),
        (UndoScope::Plan(&plan), "the journal has nothing by plan p"),
    ] {
        assert_eq!(inverse(&[], scope).unwrap_err().to_string(), why);
    }
}

fn plans_of_two_users() -> (Plan, Plan, Vec<AuditEntry>) {
    let ana = plan("p-1", &["i-1", "i-2"], |_| {});
    let ben = plan("p-2", &["i-3"], |_| {});
    let mut journal = lines_by(&ana, &[SUCCEEDED], "ana");
    journal.extend(lines_by(&ben, &[SUCCEEDED], "ben"));
    (ana, ben, journal)
}

#[test]
fn each_user_undoes_the_own_newest_plan() {
    let (ana, ben, mut journal) = plans_of_two_users();
    let newest_of = |journal: &[AuditEntry], user: &str| {
        inverse(journal, UndoScope::Newest(Some(user))).map(|found| found.undoes)
    };
    assert_eq!(newest_of(&journal, "ana"), Ok(ana.id.clone()));
    assert_eq!(newest_of(&journal, "ben"), Ok(ben.id.clone()));
    assert!(newest_of(&journal, "eve").is_err());
    let undo = plan("p-3", &["i-1", "i-2"], |plan| {
        plan.operation = Operation::Start;
        plan.undoes = Some(ana.id.clone());
    });
    journal.extend(lines_by(&undo, &[SUCCEEDED], "ben"));
    let why = newest_of(&journal, "ana").unwrap_err().to_string();
    assert!(why.contains("undone already"), "{why}");
}

#[test]
fn a_resource_undoes_its_own_newest_change_only() {
    let (ana, _, journal) = plans_of_two_users();
    let key = &ana.targets[1].key;
    let found = inverse(&journal, UndoScope::Resource(key)).unwrap();
    assert_eq!(
        requests_of(&found),
        [("i-2", Operation::Start.request(Input::None))]
    );
    assert_eq!((found.skipped.len(), &*found.by), (0, "ana"));
    let other = ResourceKey {
        id: "i-9".into(),
        ..key.clone()
    };
    let why = inverse(&journal, UndoScope::Resource(&other)).unwrap_err();
    assert_eq!(why.to_string(), "nothing was changed to it yet");
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
    let mut journal = lines(&group("p-1", "node-1", 2, None), &[SUCCEEDED]);
    assert_eq!(
        requests_of(&newest_inverse(&journal).unwrap()),
        [("node-1", Operation::Scale.request(Input::Count(4)))]
    );
    journal.extend(lines(&group("p-2", "node-2", 4, Some("p-1")), &[SUCCEEDED]));
    assert_eq!(
        newest_inverse(&journal).unwrap().undoes,
        PlanId("p-2".into())
    );
    assert!(
        inverse(&journal, UndoScope::Plan(&PlanId("p-1".into())))
            .unwrap_err()
            .to_string()
            .contains("already")
    );
}
