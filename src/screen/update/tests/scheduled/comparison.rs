//! A due plan runs only if it equals the plan that a person confirmed.

use super::*;
use crate::domain::action::plan::ConfirmationAnswer;
use crate::domain::action::schedule::ScheduleMismatch;
use crate::domain::{
    ActionRequest, ConfirmLevel, Input, Operation, Plan, PlanId, Record, Timestamp,
};
use std::sync::Arc;

fn due() -> Timestamp {
    fixture::later(HALF_AN_HOUR)
}

fn stop() -> ActionRequest {
    Operation::Stop.request(Input::None)
}

fn tag() -> ActionRequest {
    Operation::Tag.request(Input::Tags {
        fill: crate::domain::Tags::new(),
        set: [("a".to_owned(), "b".to_owned())].into(),
        remove: Vec::new(),
    })
}

fn account() -> ConfirmLevel {
    ConfirmLevel::Account {
        id: "111122223333".into(),
        alias: Some("acme-prod".into()),
    }
}

/// Rows that can be stopped.
fn stoppable() -> Vec<Arc<Record>> {
    let app = on("gpus");
    let rows = app.records(app.focus).into_iter();
    rows.filter(|row| row.head.capability(Operation::Stop).known().is_some())
        .cloned()
        .collect()
}

/// The plan of `request` on `rows`, when it is due.
fn plan(rows: &[Arc<Record>], level: ConfirmLevel, request: &ActionRequest) -> Plan {
    let rows: Vec<&Record> = rows.iter().map(AsRef::as_ref).collect();
    let mut plan = Plan::new(PlanId("p".into()), request, &rows, due());
    plan.confirm_level = level;
    plan
}

/// A stop of `row` that was confirmed and scheduled half an hour before.
fn scheduled(row: &Arc<Record>, level: ConfirmLevel, typed: &str) -> Vec<ScheduledPlan> {
    let now = fixture::now();
    let mut plan = Plan::new(PlanId("p".into()), &stop(), &[&**row], now);
    plan.confirm_level = level;
    let answer = if typed.is_empty() {
        ConfirmationAnswer::Yes
    } else {
        ConfirmationAnswer::Typed(typed)
    };
    plan.confirm(answer, now).unwrap().schedule(due()).unwrap()
}

fn confirm(plan: Plan, scheduled: &[ScheduledPlan], at: Timestamp) -> Result<(), ScheduleMismatch> {
    plan.confirm_as_scheduled(scheduled, at).map(drop)
}

#[test]
fn scheduled_plan_runs_at_the_confirm_level_that_was_met() {
    use ConfirmLevel::{Type, Yes};
    let rows = stoppable();
    let name = plan(&rows[..1], Yes, &stop()).name();
    let named = || Type(name.clone());
    let stricter = |text: &str| Err(ScheduleMismatch::Stricter(text.into()));
    let by_account = "111122223333 or acme-prod";
    for (level, given, typed, expected) in [
        (Yes, Yes, "", Ok(())),
        (Yes, named(), &*name, Ok(())),
        (named(), named(), &*name, Ok(())),
        (named(), Yes, "", stricter(&name)),
        (account(), Yes, "", stricter(by_account)),
        (account(), named(), &*name, stricter(by_account)),
        (account(), account(), "acme-prod", Ok(())),
        (named(), account(), "111122223333", stricter(&name)),
        (Type("x".into()), named(), &*name, stricter("x")),
    ] {
        let case = format!("{level:?} due, {given:?} given");
        let scheduled = scheduled(&rows[0], given, typed);
        let plan = plan(&rows[..1], level, &stop());
        assert_eq!(confirm(plan, &scheduled, due()), expected, "{case}");
    }
}

#[test]
fn scheduled_plan_runs_only_while_it_is_due() {
    let rows = stoppable();
    let scheduled = scheduled(&rows[0], ConfirmLevel::Yes, "");
    for (at, expected) in [
        (HALF_AN_HOUR - 1, Err(ScheduleMismatch::NotDue)),
        (HALF_AN_HOUR, Ok(())),
        (HALF_AN_HOUR + 601, Err(ScheduleMismatch::NotDue)),
    ] {
        let plan = plan(&rows[..1], ConfirmLevel::Yes, &stop());
        assert_eq!(
            confirm(plan, &scheduled, fixture::later(at)),
            expected,
            "{at}"
        );
    }
}

#[test]
fn scheduled_plan_confirms_no_other_row_and_no_other_request() {
    let rows = stoppable();
    let scheduled = scheduled(&rows[0], ConfirmLevel::Yes, "");
    let other = |operation, row: &Record| {
        let name = row.head.name.clone();
        Err(ScheduleMismatch::Other { operation, name })
    };
    for (rows, request, expected) in [
        (&rows[1..2], stop(), other(Operation::Stop, &rows[1])),
        (&rows[..2], stop(), other(Operation::Stop, &rows[1])),
        (&rows[..1], tag(), other(Operation::Tag, &rows[0])),
        (&rows[..0], stop(), Err(ScheduleMismatch::Nothing)),
    ] {
        let plan = plan(rows, ConfirmLevel::Yes, &request);
        let confirmed = confirm(plan, &scheduled, due());
        assert_eq!(confirmed, expected, "{request:?}");
    }
}

#[test]
fn tag_cannot_be_scheduled() {
    let rows = stoppable();
    let now = fixture::now();
    let plan = Plan::new(PlanId("p".into()), &tag(), &[&*rows[0]], now);
    let confirmed = plan.confirm(ConfirmationAnswer::Yes, now).unwrap();
    let why = confirmed.schedule(due()).unwrap_err();
    assert_eq!(why.to_string(), "tag cannot be scheduled");
}
