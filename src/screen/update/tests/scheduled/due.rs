//! Scheduled actions when they are due: claimed, checked again, run or reported.

use super::*;
use crate::domain::action::schedule::{GRACE, ScheduleChange, ScheduleEntry, Schedules};
use crate::domain::{AvailableAction, Measured, Operation, Record, ScheduledPlan};
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

/// A change of the app while an action is scheduled for a target.
type Meanwhile = fn(&mut App, &ScheduledPlan);

/// The reason why the action does not run, after each change.
const CHANGES: &[(Meanwhile, &str)] = &[
    (stop_target, "already stopped"),
    (remove_target, "it no longer exists"),
    (tag_target_as_production, "a guard now requires typing"),
    (freeze, "a freeze until Monday"),
];

fn stop_target(app: &mut App, later: &ScheduledPlan) {
    change(app, later.key(), |record| {
        let actions = &mut record.head.actions;
        actions.retain(|offered| offered.operation != Operation::Stop);
        actions.push(AvailableAction {
            operation: Operation::Stop,
            capability: Measured::unknown("already stopped"),
        });
    });
}

fn remove_target(app: &mut App, later: &ScheduledPlan) {
    let rows: Vec<Record> = fixture::estate()
        .into_iter()
        .filter(|record| record.head.key != *later.key())
        .collect();
    for report in fixture::reports(&rows, fixture::later(HALF_AN_HOUR)) {
        apply_report(app, report);
    }
}

fn tag_target_as_production(app: &mut App, later: &ScheduledPlan) {
    app.guards = Guards::new(Vec::new(), true, app.inventory.panes());
    change(app, later.key(), |record| {
        let tags = [("env".to_owned(), "production".to_owned())];
        record.head.tags = Measured::Known(tags.into());
    });
}

fn freeze(app: &mut App, _: &ScheduledPlan) {
    let guard = Guard {
        operations: vec![Operation::Stop],
        reason: Some("a freeze until Monday".into()),
        ..guard("", GuardEffect::Deny)
    };
    app.guards = Guards::new(vec![guard], false, app.inventory.panes());
}

/// Asserts that the failure is shown and listed with the reason, and listed once.
fn assert_reported_once(app: &mut App, why: &str) {
    assert!(
        matches!(notice(app), Some(Notice::ScheduleFailed { .. })) && super::why(app).contains(why),
        "{why}: {:?}",
        notice(app)
    );
    let mut faults = app.errors.iter().map(|line| &line.fault);
    assert!(faults.any(|fault| fault.message.contains(why)), "{why}");
    let count = app.errors.len();
    tick(app, HALF_AN_HOUR + 5);
    assert_eq!(app.errors.len(), count, "{why}");
}

#[test]
fn changed_target_does_not_run_and_shows_the_reason() {
    for (meanwhile, why) in CHANGES {
        let mut app = on("gpus");
        let later = schedule_stop(&mut app);
        meanwhile(&mut app, &later);
        tick(&mut app, HALF_AN_HOUR);
        let commands = claim(&mut app, std::slice::from_ref(&later));
        assert_eq!(commands, [], "{why}");
        assert_reported_once(&mut app, why);
    }
}

#[test]
fn read_only_console_claims_nothing_and_shows_the_reason() {
    let mut app = on("gpus");
    schedule_stop(&mut app);
    dispatch::line(&mut app, "read-only on");
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
    assert_reported_once(&mut app, "read-only");
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
