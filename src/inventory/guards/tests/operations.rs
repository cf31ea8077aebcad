//! Every operation in every state under every effect, of a rule that matches and of rules that do not.

use super::*;
use crate::domain::{Input, Operation, ops};

#[test]
fn each_effect_applies_to_every_operation_and_state() {
    let states = [
        (Phase::Running, "running"),
        (Phase::Stopped, "stopped"),
        (Phase::Changing, "stopping"),
    ];
    for &operation in Operation::ALL {
        let own = if matches!(operation, Operation::Terminate | Operation::Delete) {
            "type box"
        } else {
            "yes"
        };
        for (phase, state) in &states {
            let mut row = row(DEV, "box", 3.0, Some(&[]));
            row.head.state = State::new(*phase, *state);
            let when = format!("state:{state}");
            let expected = [
                (Effect::Deny, format!("left out: guard 1: {when}")),
                (Effect::Confirm, own.to_owned()),
                (Effect::TypeName, "type box".to_owned()),
                (Effect::TypeAccount, format!("type {DEV}")),
                (Effect::MaxBulk(1), own.to_owned()),
            ];
            for (effect, expected) in expected {
                let guards = numbered(vec![guard(&when, &[operation], effect)], false);
                assert_eq!(
                    one(&guards, operation, row.clone()),
                    expected,
                    "{operation} {state} {effect:?}"
                );
                // A rule for another state, and one for all other operations, say nothing.
                let others: Vec<Operation> = Operation::ALL
                    .iter()
                    .copied()
                    .filter(|other| *other != operation)
                    .collect();
                let elsewhere = vec![
                    guard(&format!("!state:{state}"), &[], effect),
                    guard("", &others, effect),
                ];
                assert_eq!(
                    one(&numbered(elsewhere, false), operation, row.clone()),
                    own,
                    "{operation} {state} {effect:?}"
                );
            }
            let two = [
                row.clone(),
                Record {
                    head: crate::domain::CommonFields {
                        key: key_of(&row, "box-2"),
                        ..row.head.clone()
                    },
                    own: Vec::new(),
                },
            ];
            let bulk = numbered(vec![guard(&when, &[operation], Effect::MaxBulk(1))], false);
            assert_eq!(
                word(&apply(&bulk, operation, &two)),
                format!("refused: 2 at once, 1 at most: guard 1: {when}"),
                "{operation} {state}"
            );
        }
    }
}

/// What is not offered stays out with the offer's reason, whatever a rule says of it.
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
        Effect::Confirm,
        Effect::TypeName,
        Effect::TypeAccount,
        Effect::MaxBulk(1),
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
