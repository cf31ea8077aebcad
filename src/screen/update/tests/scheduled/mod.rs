//! Scheduled actions and snoozes.

mod comparison;
mod due;
mod entries;

use super::*;
use crate::domain::action::schedule::{ScheduleChange, ScheduleEntry};
use crate::domain::{Record, ScheduledPlan};
use crate::screen::update::apply_report;

/// From 08:30, the time of the fixture, to 09:00.
const HALF_AN_HOUR: i64 = 1_800;

/// Schedules a stop of the first GPU for 09:00.
fn schedule_stop(app: &mut App) -> ScheduledPlan {
    press(app, "L");
    type_in(app, "09:00");
    press(app, "enter");
    assert_eq!(top(app), "confirm");
    let commands = press(app, "y");
    let [Command::ChangeSchedules(changes)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    let [ScheduleChange::Add(ScheduleEntry::Plan(later))] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    later.clone()
}

/// The action is due, and this console claims it.
fn claim_when_due(app: &mut App, later: &ScheduledPlan) -> Vec<Command> {
    let commands = tick(app, HALF_AN_HOUR);
    assert_eq!(commands, [Command::Claim(vec![later.clone()])]);
    claim(app, std::slice::from_ref(later))
}

fn claim(app: &mut App, later: &[ScheduledPlan]) -> Vec<Command> {
    let mut schedules = app.schedules.entries.clone();
    let claimed = schedules.claim(later);
    super::super::update(app, Message::Schedules(schedules));
    super::super::update(
        app,
        Message::Claimed {
            requested: later.to_vec(),
            claimed,
        },
    )
}

fn change(app: &mut App, key: &ResourceKey, change: impl Fn(&mut Record)) {
    let mut rows = fixture::estate();
    rows.iter_mut()
        .filter(|record| record.head.key == *key)
        .for_each(change);
    for report in fixture::reports(&rows, fixture::later(HALF_AN_HOUR - 10)) {
        apply_report(app, report);
    }
}
