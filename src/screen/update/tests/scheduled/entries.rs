//! Scheduled actions and snoozes as entries: added, replaced, postponed, removed.

use super::*;
use crate::domain::action::schedule::{ScheduleChange, ScheduleEntry, Schedules};
use crate::domain::{Input, Operation};
use crate::screen::update::dispatch;

#[test]
fn scheduled_action_is_cancelled_on_row_and_in_list() {
    let mut app = on("gpus");
    let later = schedule_stop(&mut app);
    press(&mut app, "L");
    let Some(Layer::Dialog(Dialog::ScheduleAction(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert_eq!(ask.scheduled, std::slice::from_ref(&later));
    let gone = [Command::ChangeSchedules(vec![ScheduleChange::Remove(
        ScheduleEntry::Plan(later),
    )])];
    assert_eq!(press(&mut app, "ctrl-x"), gone);
    press(&mut app, "esc");
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
    let mut app = on("gpus");
    let later = schedule_stop(&mut app);
    dispatch::line(&mut app, "scheduled");
    assert_eq!(top(&app), "scheduled-list");
    assert_eq!(
        press(&mut app, "x"),
        [Command::ChangeSchedules(vec![ScheduleChange::Remove(
            ScheduleEntry::Plan(later)
        )])]
    );
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
}

#[test]
fn scheduling_again_replaces_the_scheduled_action() {
    let mut app = on("gpus");
    let later = schedule_stop(&mut app);
    let commands = dispatch::line(&mut app, "scheduled stop 10:00");
    assert!(
        commands
            .iter()
            .all(|command| matches!(command, Command::Preflight(_))),
        "{commands:?}"
    );
    surveyed(&mut app);
    let commands = press(&mut app, "y");
    let [Command::ChangeSchedules(changes)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    let [
        ScheduleChange::Remove(old),
        ScheduleChange::Add(ScheduleEntry::Plan(new)),
    ] = changes.as_slice()
    else {
        panic!("{changes:?}")
    };
    assert_eq!(*old, ScheduleEntry::Plan(later));
    assert_eq!(new.due(), fixture::later(5_400));
    assert_eq!(app.schedules.scheduled_count(), 1);
}

#[test]
fn schedule_dialog_rejects_an_invalid_time() {
    for (typed, error) in [
        ("", "type a time"),
        ("soon", "`soon` is not a time"),
        ("today 07:00", "is past"),
    ] {
        let mut app = on("gpus");
        press(&mut app, "L");
        type_in(&mut app, typed);
        assert_eq!(press(&mut app, "enter"), []);
        let Some(Layer::Dialog(Dialog::ScheduleAction(ask))) = app.layers.last() else {
            panic!("{typed} was taken")
        };
        assert!(
            ask.error.as_ref().unwrap().contains(error),
            "{:?}",
            ask.error
        );
    }
    let mut app = on("anomalies");
    press(&mut app, "L");
    assert!(
        matches!(notice(&app), Some(Notice::CannotSchedule { .. })),
        "{:?}",
        notice(&app)
    );
}

#[test]
fn scheduling_tag_is_written_now() {
    for (line, value) in [
        (
            "scheduled mark stop friday",
            "Resource does not meet policy: stop@2026/11/27",
        ),
        (
            "scheduled mark stop fri 18:30",
            "Resource does not meet policy: stop@2026/11/27 1830 UTC",
        ),
        (
            "scheduled hours mon-fri 07-19",
            "off=(M-F,19);on=(M-F,7);tz=utc",
        ),
    ] {
        let mut app = on("gpus");
        dispatch::line(&mut app, line);
        let confirm = confirm_dialog(&app);
        assert_eq!(
            (confirm.plan.operation, confirm.due),
            (Operation::Tag, None),
            "{line}"
        );
        let Input::Tags { set, .. } = &confirm.plan.targets[0].request.input else {
            panic!("{line}")
        };
        assert!(set.values().any(|set| set == value), "{set:?}");
    }
    let mut app = on("notebooks");
    dispatch::line(&mut app, "scheduled hours mon-fri 07-19");
    assert!(
        matches!(notice(&app), Some(Notice::InputInvalid { error }) if error.contains("brackets")),
        "{:?}",
        notice(&app)
    );
}

#[test]
fn snoozed_row_leaves_ranking_and_totals_until_it_wakes() {
    let mut app = fixture::app(SIZE);
    let (first, before) = (key(&app), app.inventory.totals(None));
    press(&mut app, "Z");
    let commands = press(&mut app, "enter");
    assert!(
        matches!(commands.as_slice(), [Command::ChangeSchedules(changes)] if changes.len() == 8),
        "a fleet: {commands:?}"
    );
    let after = app.inventory.totals(None);
    let waste = after.snoozed.0;
    assert!(waste > 0.0 && (before.waste.0 - after.waste.0 - waste).abs() < 1e-9);
    assert!(
        !app.inventory
            .findings()
            .iter()
            .any(|finding| finding.key == first)
    );
    assert_ne!(key(&app), first);
    tick(&mut app, 7_199);
    assert!((app.inventory.totals(None).snoozed.0 - waste).abs() < 1e-9);
    tick(&mut app, 7_201);
    assert_eq!(app.inventory.totals(None), before);
    assert_eq!(
        app.schedules.entries,
        Schedules::default(),
        "what rested long enough is forgotten"
    );
}

#[test]
fn snooze_postpones_the_scheduled_action() {
    let mut app = on("gpus");
    let later = schedule_stop(&mut app);
    dispatch::line(&mut app, "snooze 2h");
    let postpone = app.schedules.entries.plan_of(later.key()).unwrap().clone();
    assert_eq!(postpone.due(), fixture::later(HALF_AN_HOUR + 7_200));
    assert_eq!(tick(&mut app, HALF_AN_HOUR), []);
    assert!(app.schedules.entries.snooze(later.key(), app.now).is_some());
    press(&mut app, "Z");
    assert!(app.schedules.entries.snooze(later.key(), app.now).is_none());
    dispatch::line(&mut app, "snooze soon");
    assert!(
        matches!(notice(&app), Some(Notice::InputInvalid { .. })),
        "{:?}",
        notice(&app)
    );
}
