//! Every operation in every state under every guard effect, with matching and other rules.

use super::*;
use crate::domain::{Input, Operation, ops};

const STATES: [(Phase, &str); 3] = [
    (Phase::Running, "running"),
    (Phase::Stopped, "stopped"),
    (Phase::Changing, "stopping"),
];

/// The confirmation that `operation` requires without a guard.
fn own_level(operation: Operation) -> &'static str {
    match operation {
        Operation::Terminate | Operation::Delete => "type box",
        _ => "yes",
    }
}

/// Calls `check` with every operation and a row in every state.
fn for_each_state(check: impl Fn(Operation, &str, &Record)) {
    for &operation in Operation::ALL {
        for (phase, state) in STATES {
            let mut row = row(DEV, "box", 3.0, Some(&[]));
            row.head.state = State::new(phase, state);
            check(operation, state, &row);
        }
    }
}

#[test]
fn every_effect_applies_to_every_operation_in_every_state() {
    for_each_state(|operation, state, row| {
        let own = own_level(operation);
        let when = format!("state:{state}");
        for (effect, expected) in [
            (GuardEffect::Deny, format!("skipped: guard 1: {when}")),
            (GuardEffect::Confirm, own.to_owned()),
            (GuardEffect::TypeName, "type box".to_owned()),
            (GuardEffect::TypeAccount, format!("type {DEV}")),
            (GuardEffect::MaxBulk(1), own.to_owned()),
        ] {
            let guards = numbered(vec![guard(&when, &[operation], effect)], false);
            assert_eq!(
                describe_one(&guards, operation, row.clone()),
                expected,
                "{operation} {state} {effect:?}"
            );
        }
    });
}

#[test]
fn guards_of_other_states_and_operations_do_not_apply() {
    for_each_state(|operation, state, row| {
        let mut others = Operation::ALL.to_vec();
        others.retain(|other| *other != operation);
        for effect in [
            GuardEffect::Deny,
            GuardEffect::Confirm,
            GuardEffect::TypeName,
            GuardEffect::TypeAccount,
            GuardEffect::MaxBulk(1),
        ] {
            let elsewhere = vec![
                guard(&format!("!state:{state}"), &[], effect),
                guard("", &others, effect),
            ];
            assert_eq!(
                describe_one(&numbered(elsewhere, false), operation, row.clone()),
                own_level(operation),
                "{operation} {state} {effect:?}"
            );
        }
    });
}

#[test]
fn a_bulk_limit_applies_to_every_operation_in_every_state() {
    for_each_state(|operation, state, row| {
        let mut other = row.clone();
        other.head.key = key_of(row, "box-2");
        let when = format!("state:{state}");
        let bulk = numbered(
            vec![guard(&when, &[operation], GuardEffect::MaxBulk(1))],
            false,
        );
        assert_eq!(
            describe(&apply(&bulk, operation, &[row.clone(), other])),
            format!("refused: 2 targets, limit 1: guard 1: {when}"),
            "{operation} {state}"
        );
    });
}

/// An unavailable operation is skipped with its own reason, whatever the guards say.
#[test]
fn guards_never_enable_an_unavailable_operation() {
    let mut off = row(DEV, "off", 0.0, Some(&[("env", "prod")]));
    off.head.actions = vec![AvailableAction {
        operation: Operation::Stop,
        capability: Measured::unknown("already stopped"),
    }];
    let mut on = row(DEV, "on", 5.0, Some(&[("env", "prod")]));
    on.head.actions = vec![AvailableAction {
        operation: Operation::Stop,
        capability: Measured::Known(Capability::Ready(ApiCall::Stop(ops::stop::Call::Instance(
            "on".into(),
        )))),
    }];
    for effect in [
        GuardEffect::Confirm,
        GuardEffect::TypeName,
        GuardEffect::TypeAccount,
        GuardEffect::MaxBulk(1),
    ] {
        let plan = Plan::new(
            PlanId::new(at(0.0), 1),
            &Operation::Stop.request(Input::None),
            &[&off, &on],
            at(0.0),
        );
        let world = world(&[off.clone(), on.clone()]);
        let guards = numbered(vec![guard("", &[], effect)], false);
        let plan = guards
            .apply(
                plan,
                &GuardContext {
                    world: &world,
                    aliases: &BTreeMap::new(),
                    now: at(0.0),
                },
            )
            .unwrap();
        assert_eq!(
            (plan.targets.len(), plan.skipped.len()),
            (1, 1),
            "{effect:?}"
        );
        assert_eq!(plan.skipped[0].why.to_string(), "already stopped");
    }
}
