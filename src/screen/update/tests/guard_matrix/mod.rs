//! Every operation under every guard effect: now, scheduled, and as an undo; with a rule that
//! matches and one that does not; and with rules or rows that change while a dialog is open.

mod cases;

use super::*;
use crate::domain::action::schedule::{ScheduleChange, ScheduleEntry, ScheduledPlan};
use crate::domain::action::{definition::Undo, plan::Confirmation};
use crate::domain::{
    ApiCall, AvailableAction, Capability, ConfirmLevel, Input, Measured, Operation, Plan, PlanId,
    Record, ops,
};
use crate::inventory::Event;
use crate::inventory::guards::{Guard, GuardEffect, Guards};
use crate::inventory::query::Condition;
use crate::screen::update::{self, apply_report};
use cases::{capability_of, inverse, request_and_capability};

const HALF_AN_HOUR: i64 = 1_800;

const EFFECTS: [GuardEffect; 5] = [
    GuardEffect::Confirm,
    GuardEffect::TypeName,
    GuardEffect::TypeAccount,
    GuardEffect::Deny,
    GuardEffect::MaxBulk(1),
];

/// The GPUs pane, and its first two rows, which support `operation`.
fn app_with_targets(operation: Operation) -> (App, Vec<ResourceKey>) {
    let mut app = on("gpus");
    let rows: Vec<Record> = fixture::estate();
    let keys: Vec<ResourceKey> = names_keys(&app).into_iter().take(2).collect();
    report(&mut app, rows, &keys, 1, |record| {
        record.head.actions = vec![AvailableAction {
            operation,
            capability: Measured::Known(request_and_capability(operation).1),
        }];
        // A call of its own: two targets with one call are one target.
        if let Some(AvailableAction {
            capability: Measured::Known(capability),
            ..
        }) = record.head.actions.first_mut()
        {
            *capability = capability_of(capability.clone(), &record.head.key.id);
        }
    });
    (app, keys)
}

fn names_keys(app: &App) -> Vec<ResourceKey> {
    app.focused()
        .unwrap()
        .rows
        .iter()
        .map(|record| record.head.key.clone())
        .collect()
}

fn report(
    app: &mut App,
    mut rows: Vec<Record>,
    keys: &[ResourceKey],
    at: i64,
    change: impl Fn(&mut Record),
) {
    rows.iter_mut()
        .filter(|record| keys.contains(&record.head.key))
        .for_each(change);
    for report in fixture::reports(&rows, fixture::later(at)) {
        apply_report(app, report);
    }
}

fn rule(filter: &str, effect: GuardEffect) -> Guard {
    Guard {
        name: "guard 1".into(),
        filter: Condition::parse(filter, &fixture::panes()).unwrap(),
        operations: Vec::new(),
        accounts: Vec::new(),
        profiles: Vec::new(),
        effect,
        reason: Some("careful".into()),
    }
}

/// Sets a guard on the target rows or on all others.
fn set_guard(app: &mut App, matches: bool, then: GuardEffect) {
    let when = if matches {
        "region:us-*"
    } else {
        "region:eu-*"
    };
    app.guards = Guards::new(vec![rule(when, then)], false, &fixture::panes());
}

/// The confirm level of the open dialog, or the newest notice.
fn describe_result(app: &App) -> String {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => {
            match confirm.plan.confirm_level.text_to_type() {
                None => "yes".to_owned(),
                Some(wanted) => format!("type {wanted}"),
            }
        }
        _ => notice(app).map(Notice::text).unwrap_or_default(),
    }
}

fn is_schedule_failure(app: &App) -> bool {
    matches!(notice(app), Some(Notice::ScheduleFailed { .. }))
}

/// The expected confirm level or notice for one row.
fn expected(operation: Operation, matches: bool, effect: GuardEffect, name: &str) -> String {
    match effect {
        GuardEffect::Deny if matches => {
            let (rows, why) = (1, Reason::new("careful (guard 1: region:us-*)"));
            let name = name.into();
            Notice::Unavailable {
                operation,
                name,
                rows,
                why,
            }
            .text()
        }
        GuardEffect::TypeAccount if matches => "type 111122223333 or ml-prod".to_owned(),
        GuardEffect::TypeName if matches => format!("type {name}"),
        _ if operation.definition().is_irreversible => format!("type {name}"),
        _ => "yes".to_owned(),
    }
}

fn name(app: &App, key: &ResourceKey) -> String {
    let record = app.inventory.record(key).unwrap();
    crate::domain::text::line(&record.head.name)
        .trim()
        .to_owned()
}

#[test]
fn each_guard_effect_applies_to_every_operation_and_its_undo() {
    for &operation in Operation::ALL {
        for effect in EFFECTS {
            for matches in [true, false] {
                let case = format!("{operation} {effect:?} {matches}");
                let (mut app, keys) = app_with_targets(operation);
                set_guard(&mut app, matches, effect);
                let expected = expected(operation, matches, effect, &name(&app, &keys[0]));
                update::actions::propose(
                    &mut app,
                    &request_and_capability(operation).0,
                    &keys[..1],
                );
                assert_eq!(describe_result(&app), expected, "now: {case}");
                let (mut app, keys) = app_with_targets(operation);
                set_guard(&mut app, matches, effect);
                let inverse = inverse(operation, &keys[0]);
                super::super::update(&mut app, Message::Inverse(Ok(inverse)));
                assert_eq!(describe_result(&app), expected, "taken back: {case}");
            }
        }
    }
}

#[test]
fn max_targets_applies_to_every_operation() {
    for &operation in Operation::ALL {
        for (most, matches, refused) in [(1, true, true), (2, true, false), (1, false, false)] {
            let (mut app, keys) = app_with_targets(operation);
            set_guard(&mut app, matches, GuardEffect::MaxBulk(most));
            update::actions::propose(&mut app, &request_and_capability(operation).0, &keys);
            let expected = match (refused, operation.definition().is_irreversible) {
                (true, _) => {
                    let why = Reason::new("2 targets, limit 1: careful (guard 1: region:us-*)");
                    Notice::PlanDenied { operation, why }.text()
                }
                (false, true) => format!("type {operation} 2 resources"),
                (false, false) => "yes".to_owned(),
            };
            assert_eq!(
                describe_result(&app),
                expected,
                "{operation} {most} {matches}"
            );
        }
    }
}

/// A guard that appears after scheduling applies when the action is due.
#[test]
fn scheduled_action_is_guarded_again_when_due() {
    for &operation in Operation::ALL {
        for effect in EFFECTS {
            for matches in [true, false] {
                let case = format!("{operation} {effect:?} {matches}");
                let (mut app, keys) = app_with_targets(operation);
                let record = app.inventory.record(&keys[0]).unwrap().clone();
                let plan = Plan::new(
                    PlanId("p".into()),
                    &request_and_capability(operation).0,
                    &[&record],
                    app.now,
                );
                let typed = plan.name();
                let scheduled = plan
                    .clone()
                    .confirm(Confirmation::Typed(&typed), app.now)
                    .unwrap()
                    .schedule(fixture::later(HALF_AN_HOUR));
                let has_no_way_back = plan.targets[0].call.undo() == Undo::Impossible;
                if operation.complete_request().is_none() || has_no_way_back {
                    assert!(scheduled.is_err(), "{case}");
                    continue;
                }
                let later: ScheduledPlan = scheduled.unwrap().remove(0);
                app.schedules
                    .entries
                    .apply(&[ScheduleChange::Add(ScheduleEntry::Plan(later.clone()))]);
                set_guard(&mut app, matches, effect);
                assert_eq!(
                    tick(&mut app, HALF_AN_HOUR),
                    [Command::Claim(vec![later.clone()])],
                    "{case}"
                );
                let claimed = app.schedules.entries.claim(std::slice::from_ref(&later));
                let commands = super::super::update(
                    &mut app,
                    Message::Claimed {
                        requested: vec![later],
                        claimed,
                    },
                );
                let why = match effect {
                    GuardEffect::Deny if matches => Some("careful (guard 1: region:us-*)"),
                    GuardEffect::TypeAccount if matches => {
                        Some("a guard now requires typing `111122223333 or ml-prod`")
                    }
                    GuardEffect::TypeName if matches => Some("a guard now requires typing"),
                    _ => None,
                };
                match why {
                    Some(why) => {
                        assert_eq!(commands, [], "{case}");
                        assert!(
                            is_schedule_failure(&app) && super::why(&app).contains(why),
                            "{case}: {:?}",
                            notice(&app)
                        );
                    }
                    None => assert_eq!(ran(&commands).plan().operation, operation, "{case}"),
                }
            }
        }
    }
}

#[test]
fn read_only_refuses_every_way_to_act() {
    type Set = fn(&mut App);
    let sets: [(&str, Set); 4] = [
        ("all", |app| app.read_only = true),
        ("no means", |app| {
            (app.may_write, app.read_only) = (false, true);
        }),
        ("held", |app| {
            app.access.locked_in_session = ["ml-prod".into()].into();
        }),
        ("locked", |app| {
            app.access.locked_by_config = ["ml-prod".into()].into();
        }),
    ];
    for &operation in Operation::ALL {
        for (case, set) in sets {
            let (mut app, keys) = app_with_targets(operation);
            set(&mut app);
            assert_eq!(
                update::actions::propose(&mut app, &request_and_capability(operation).0, &keys),
                []
            );
            assert!(
                app.layers.is_empty() && why(&app).contains("read-only"),
                "{operation} {case}: {:?}",
                notice(&app)
            );
            let (mut app, keys) = app_with_targets(operation);
            set(&mut app);
            let inverse = inverse(operation, &keys[0]);
            super::super::update(&mut app, Message::Inverse(Ok(inverse)));
            assert!(
                app.layers.is_empty() && why(&app).contains("read-only"),
                "{operation} {case}: {:?}",
                notice(&app)
            );
        }
    }
}

/// A scheduled action of a read-only profile stays for another console and runs once the profile is
/// writable.
#[test]
fn scheduled_action_survives_read_only_of_its_profile() {
    let (mut app, keys) = app_with_targets(Operation::Stop);
    let record = app.inventory.record(&keys[0]).unwrap().clone();
    let plan = Plan::new(
        PlanId("p".into()),
        &Operation::Stop.request(Input::None),
        &[&record],
        app.now,
    );
    let later = plan
        .confirm(Confirmation::Yes, app.now)
        .unwrap()
        .schedule(fixture::later(HALF_AN_HOUR))
        .unwrap()
        .remove(0);
    app.schedules
        .entries
        .apply(&[ScheduleChange::Add(ScheduleEntry::Plan(later.clone()))]);
    app.access.locked_in_session = ["ml-prod".into()].into();
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
    assert!(
        is_schedule_failure(&app) && why(&app) == reasons::read_only(Some("ml-prod")).to_string(),
        "{:?}",
        notice(&app)
    );
    assert_eq!((app.schedules.scheduled_count(), app.errors.len()), (1, 1));
    assert_eq!(tick(&mut app, HALF_AN_HOUR + 30), []);
    assert_eq!(app.errors.len(), 1, "it is said once");
    update::dispatch::line(&mut app, "read-only off ml-prod");
    assert_eq!(
        tick(&mut app, HALF_AN_HOUR + 60),
        [Command::Claim(vec![later])]
    );
}

/// Guards are evaluated again at confirmation, because the row may have changed.
#[test]
fn row_guarded_while_the_dialog_is_open_is_skipped() {
    for (effect, why) in [
        (GuardEffect::Deny, "left alone"),
        (GuardEffect::TypeName, "left alone"),
        (GuardEffect::TypeAccount, "left alone"),
        (GuardEffect::Confirm, ""),
        (GuardEffect::MaxBulk(1), ""),
    ] {
        let (mut app, keys) = app_with_targets(Operation::Stop);
        app.guards = Guards::new(vec![rule("tag:hold", effect)], false, &fixture::panes());
        let rows: Vec<Record> = fixture::estate();
        report(&mut app, rows.clone(), &keys, 2, |record| {
            record.head.actions = vec![AvailableAction {
                operation: Operation::Stop,
                capability: Measured::Known(Capability::Ready(ApiCall::Stop(
                    ops::stop::Call::Instance("x".into()),
                ))),
            }];
            record.head.tags = Measured::Known(crate::domain::Tags::new());
        });
        update::actions::propose(&mut app, &Operation::Stop.request(Input::None), &keys[..1]);
        let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else {
            panic!("{:?}", notice(&app))
        };
        assert_eq!(confirm.plan.confirm_level, ConfirmLevel::Yes, "{effect:?}");
        let id = confirm.plan.id.clone();
        super::super::update(
            &mut app,
            Message::Engine(Event::Preflight {
                plan: id,
                targets: vec![(keys[0].clone(), crate::domain::Preflight::default())],
            }),
        );
        fixture::draw(&mut app);
        report(&mut app, rows, &keys, 3, |record| {
            record.head.actions = vec![AvailableAction {
                operation: Operation::Stop,
                capability: Measured::Known(Capability::Ready(ApiCall::Stop(
                    ops::stop::Call::Instance("x".into()),
                ))),
            }];
            record.head.tags = Measured::Known([("hold".to_owned(), "legal".to_owned())].into());
        });
        let commands = press(&mut app, "y");
        if why.is_empty() {
            assert_eq!(
                targets(ran(&commands)),
                [keys[0].id.to_string()],
                "{effect:?}"
            );
        } else {
            assert_eq!(commands, [], "{effect:?}");
            assert!(
                matches!(notice(&app), Some(Notice::Refused { .. }))
                    && super::why(&app).contains("careful"),
                "{effect:?}: {:?}",
                notice(&app)
            );
        }
    }
}
