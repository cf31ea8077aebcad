//! Every operation under every guard effect: now, scheduled, and as an undo; with a rule that
//! matches and one that does not; and with rules or rows that change while a dialog is open.

mod cases;

use super::*;
use crate::domain::action::schedule::{ScheduleChange, ScheduleEntry, ScheduledPlan};
use crate::domain::action::{definition::Undo, plan::ConfirmationAnswer};
use crate::domain::{
    AvailableAction, Capability, ConfirmLevel, Measured, Operation, Plan, PlanId, Record, Tags,
};
use crate::screen::update::{self, apply_report};
use cases::{inverse, request};

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
        let capability = operation.sample(&record.head.key.id);
        offer(record, operation, capability);
    });
    (app, keys)
}

/// Makes `operation` the only one that the row offers.
fn offer(record: &mut Record, operation: Operation, capability: Capability) {
    record.head.actions = vec![AvailableAction {
        operation,
        capability: Measured::Known(capability),
    }];
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

/// Sets a guard on the target rows or on all others.
fn set_guard(app: &mut App, matches: bool, then: GuardEffect) {
    let when = if matches {
        "region:us-*"
    } else {
        "region:eu-*"
    };
    app.guards = Guards::new(vec![guard(when, then)], false, &fixture::panes());
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
                update::actions::propose(&mut app, &request(operation), &keys[..1]);
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
            update::actions::propose(&mut app, &request(operation), &keys);
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

/// The stop of the row `key`, scheduled; `None` where the operation cannot be.
fn schedule(app: &mut App, operation: Operation, key: &ResourceKey) -> Option<ScheduledPlan> {
    let record = app.inventory.record(key).unwrap();
    let id = PlanId("p".into());
    let plan = Plan::new(id, &request(operation), &[record], app.now);
    let typed = plan.name();
    let has_no_way_back = plan.targets[0].call.undo() == Undo::Impossible;
    let confirmed = plan
        .confirm(ConfirmationAnswer::Typed(&typed), app.now)
        .unwrap();
    let scheduled = confirmed.schedule(fixture::later(HALF_AN_HOUR));
    if operation.complete_request().is_none() || has_no_way_back {
        assert!(scheduled.is_err(), "{operation}");
        return None;
    }
    let later = scheduled.unwrap().remove(0);
    let change = ScheduleChange::Add(ScheduleEntry::Plan(later.clone()));
    app.schedules.entries.apply(&[change]);
    Some(later)
}

/// Why a scheduled action does not run under a guard.
fn why_not_run(effect: GuardEffect) -> Option<&'static str> {
    match effect {
        GuardEffect::Deny => Some("careful (guard 1: region:us-*)"),
        GuardEffect::TypeAccount => Some("a guard now requires typing `111122223333 or ml-prod`"),
        GuardEffect::TypeName => Some("a guard now requires typing"),
        _ => None,
    }
}

/// A guard that appears after scheduling applies when the action is due.
#[test]
fn scheduled_action_is_guarded_again_when_due() {
    for &operation in Operation::ALL {
        for (effect, matches) in EFFECTS.iter().flat_map(|e| [(*e, true), (*e, false)]) {
            let case = format!("{operation} {effect:?} {matches}");
            let (mut app, keys) = app_with_targets(operation);
            let Some(later) = schedule(&mut app, operation, &keys[0]) else {
                continue;
            };
            set_guard(&mut app, matches, effect);
            assert_eq!(
                tick(&mut app, HALF_AN_HOUR),
                [Command::Claim(vec![later.clone()])],
                "{case}"
            );
            let claimed = app.schedules.entries.claim(std::slice::from_ref(&later));
            let requested = vec![later];
            let message = Message::Claimed { requested, claimed };
            let commands = super::super::update(&mut app, message);
            let Some(why) = why_not_run(effect).filter(|_| matches) else {
                assert_eq!(ran(&commands).plan().operation, operation, "{case}");
                continue;
            };
            assert_eq!(commands, [], "{case}");
            assert!(
                is_schedule_failure(&app) && super::why(&app).contains(why),
                "{case}: {:?}",
                notice(&app)
            );
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
                update::actions::propose(&mut app, &request(operation), &keys),
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
    let later = schedule(&mut app, Operation::Stop, &keys[0]).unwrap();
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

/// The drawn confirm dialog of a stop of the first row, under a guard for rows with the tag `hold`.
fn open_stop(effect: GuardEffect) -> (App, ResourceKey) {
    let (mut app, mut keys) = app_with_targets(Operation::Stop);
    let key = keys.remove(0);
    app.guards = Guards::new(vec![guard("tag:hold", effect)], false, &fixture::panes());
    report_stoppable(&mut app, &key, 2, &Tags::new());
    update::actions::propose(
        &mut app,
        &request(Operation::Stop),
        std::slice::from_ref(&key),
    );
    let plan = &confirm_dialog(&app).plan;
    assert_eq!(plan.confirm_level, ConfirmLevel::Yes, "{effect:?}");
    surveyed(&mut app);
    fixture::draw(&mut app);
    (app, key)
}

/// Reports the row as one that offers a stop and has `tags`.
fn report_stoppable(app: &mut App, key: &ResourceKey, at: i64, tags: &Tags) {
    report(
        app,
        fixture::estate(),
        std::slice::from_ref(key),
        at,
        |record| {
            let stop = Operation::Stop.sample(&"x".into());
            offer(record, Operation::Stop, stop);
            record.head.tags = Measured::Known(tags.clone());
        },
    );
}

/// Guards are evaluated again at confirmation, because the row may have changed.
#[test]
fn row_guarded_while_the_dialog_is_open_is_skipped() {
    for (effect, is_skipped) in [
        (GuardEffect::Deny, true),
        (GuardEffect::TypeName, true),
        (GuardEffect::TypeAccount, true),
        (GuardEffect::Confirm, false),
        (GuardEffect::MaxBulk(1), false),
    ] {
        let (mut app, key) = open_stop(effect);
        let hold = Tags::from([("hold".to_owned(), "legal".to_owned())]);
        report_stoppable(&mut app, &key, 3, &hold);
        let commands = press(&mut app, "y");
        if is_skipped {
            assert_eq!(commands, [], "{effect:?}");
            assert!(
                matches!(notice(&app), Some(Notice::Refused { .. }))
                    && why(&app).contains("careful"),
                "{effect:?}: {:?}",
                notice(&app)
            );
        } else {
            let ids = targets(ran(&commands));
            assert_eq!(ids, [key.id.to_string()], "{effect:?}");
        }
    }
}
