//! Scheduled actions when they are due: claimed, checked again, run or reported.

use super::*;
use crate::domain::action::schedule::{GRACE, ScheduleChange, ScheduleEntry, Schedules};
use crate::domain::{Operation, Record, ScheduledPlan};
use crate::inventory::guards::{Guard, GuardEffect, Guards};
use crate::inventory::query::Condition;
use crate::screen::update::{apply_report, dispatch};

#[test]
fn scheduled_action_runs_once_when_due() {
    let mut app = on("gpus");
    let under = id(&app);
    let later = schedule_stop(&mut app);
    assert_eq!(later.due(), fixture::later(HALF_AN_HOUR));
    assert_eq!(tick(&mut app, HALF_AN_HOUR - 1), [], "too early");
    let commands = claim_when_due(&mut app, &later);
    let confirmed = ran(&commands);
    assert_eq!(
        (
            confirmed.plan().operation,
            confirmed.plan().targets[0].key.id.as_ref()
        ),
        (Operation::Stop, under.as_str())
    );
    assert_eq!(
        confirmed.plan().reason.as_deref(),
        Some("scheduled 2026-11-23 08:30")
    );
    assert_eq!(app.schedules.scheduled_count(), 0);
    assert_eq!(tick(&mut app, HALF_AN_HOUR + 1), [], "not twice");
}

#[test]
fn action_claimed_by_another_console_does_not_run() {
    let mut app = on("gpus");
    let later = schedule_stop(&mut app);
    assert_eq!(
        tick(&mut app, HALF_AN_HOUR),
        [Command::Claim(vec![later.clone()])]
    );
    assert_eq!(tick(&mut app, HALF_AN_HOUR + 1), [], "it is being taken");
    super::super::super::update(&mut app, Message::Schedules(Schedules::default()));
    assert_eq!(
        super::super::super::update(
            &mut app,
            Message::Claimed {
                requested: vec![later],
                claimed: Vec::new()
            }
        ),
        []
    );
    assert_eq!(tick(&mut app, HALF_AN_HOUR + 2), []);
}

#[test]
fn changed_target_does_not_run_and_shows_the_reason() {
    type Meanwhile = fn(&mut App, &ScheduledPlan);
    let cases: [(Meanwhile, &str); 5] = [
        (
            |app, later| {
                change(app, later.key(), |record| {
                    record
                        .head
                        .actions
                        .retain(|offered| offered.operation != Operation::Stop);
                    let capability = crate::domain::Measured::unknown("already stopped");
                    record.head.actions.push(crate::domain::AvailableAction {
                        operation: Operation::Stop,
                        capability,
                    });
                });
            },
            "already stopped",
        ),
        (
            |app, later| {
                let rows: Vec<Record> = fixture::estate()
                    .into_iter()
                    .filter(|record| record.head.key != *later.key())
                    .collect();
                for report in fixture::reports(&rows, fixture::later(HALF_AN_HOUR)) {
                    apply_report(app, report);
                }
            },
            "it no longer exists",
        ),
        (
            |app, later| {
                app.guards = Guards::new(Vec::new(), true, app.inventory.panes());
                change(app, later.key(), |record| {
                    record.head.tags = crate::domain::Measured::Known(
                        [("env".to_owned(), "production".to_owned())].into(),
                    );
                });
            },
            "a guard now requires typing",
        ),
        (
            |app, _| {
                let guard = Guard {
                    name: "guard 1".into(),
                    filter: Condition::parse("", app.inventory.panes()).unwrap(),
                    operations: vec![Operation::Stop],
                    accounts: Vec::new(),
                    profiles: Vec::new(),
                    effect: GuardEffect::Deny,
                    reason: Some("a freeze until Monday".into()),
                };
                app.guards = Guards::new(vec![guard], false, app.inventory.panes());
            },
            "a freeze until Monday",
        ),
        (
            |app, _| {
                dispatch::line(app, "read-only on");
            },
            "read-only",
        ),
    ];
    for (meanwhile, why) in cases {
        let mut app = on("gpus");
        let later = schedule_stop(&mut app);
        meanwhile(&mut app, &later);
        let taken = tick(&mut app, HALF_AN_HOUR);
        let commands = if why == "read-only" {
            taken
        } else {
            claim(&mut app, std::slice::from_ref(&later))
        };
        assert_eq!(commands, [], "{why}");
        assert!(
            matches!(notice(&app), Some(Notice::ScheduleFailed { .. }))
                && super::why(&app).contains(why),
            "{why}: {:?}",
            notice(&app)
        );
        assert!(
            app.errors
                .iter()
                .any(|line| line.fault.message.contains(why)),
            "{why}"
        );
        // It is reported once.
        let told = app.errors.len();
        tick(&mut app, HALF_AN_HOUR + 5);
        assert_eq!(app.errors.len(), told, "{why}");
    }
}

#[test]
fn scheduled_action_waits_for_its_row() {
    let mut first = on("gpus");
    let later = schedule_stop(&mut first);
    let mut app = fixture::loading(SIZE);
    super::super::super::update(
        &mut app,
        Message::Schedules(first.schedules.entries.clone()),
    );
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
    for report in fixture::reports(&fixture::estate(), fixture::later(HALF_AN_HOUR + 30)) {
        apply_report(&mut app, report);
    }
    assert_eq!(
        tick(&mut app, HALF_AN_HOUR + 31),
        [Command::Claim(vec![later])]
    );
}

#[test]
fn missed_action_shows_a_notice_and_asks_again() {
    let mut first = on("gpus");
    let later = schedule_stop(&mut first);
    let mut app = on("gpus");
    let late = HALF_AN_HOUR + GRACE as i64 + 1;
    super::super::super::update(
        &mut app,
        Message::Schedules(first.schedules.entries.clone()),
    );
    assert_eq!(tick(&mut app, late), [], "nothing is done unasked");
    assert!(
        matches!(notice(&app), Some(Notice::Missed { count: 1, .. })),
        "{:?}",
        notice(&app)
    );
    assert_eq!(top(&app), "scheduled-list");
    assert_eq!(press(&mut app, "enter"), []);
    assert_eq!(top(&app), "confirm");
    let commands = press(&mut app, "y");
    let [Command::ChangeSchedules(changes), Command::Run(confirmed)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!(
        *changes,
        [ScheduleChange::Remove(ScheduleEntry::Plan(later.clone()))]
    );
    assert_eq!(confirmed.plan().targets[0].key, *later.key());
    assert_eq!(app.schedules.scheduled_count(), 0);
}

#[test]
fn bulk_schedule_runs_as_one_plan() {
    let mut app = on("gpus");
    press(&mut app, "space space");
    let marked = app.focused().unwrap().marks.len();
    assert_eq!(marked, 2);
    dispatch::line(&mut app, "scheduled stop 09:00");
    surveyed(&mut app);
    let commands = press(&mut app, "y");
    let [Command::ChangeSchedules(changes)] = commands.as_slice() else {
        panic!("{commands:?} {:?}", notice(&app))
    };
    assert_eq!(changes.len(), 2);
    let plans: Vec<ScheduledPlan> = app.schedules.entries.plans().cloned().collect();
    assert_eq!(
        tick(&mut app, HALF_AN_HOUR),
        [Command::Claim(plans.clone())]
    );
    let commands = claim(&mut app, &plans);
    assert_eq!(ran(&commands).plan().targets.len(), 2);
    app.reconcile();
}
