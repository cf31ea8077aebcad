//! A plan that is due is the one that a person confirmed, or it does not run.

use super::*;
use crate::domain::action::plan::Confirmation;
use crate::domain::action::schedule::ScheduleMismatch;
use crate::domain::{ActionRequest, ConfirmLevel, Input, Operation, Plan, PlanId, Record};
use std::sync::Arc;

#[test]
fn scheduled_plan_confirms_only_what_was_confirmed() {
    let app = on("gpus");
    let rows: Vec<Arc<Record>> = app.records(app.focus).into_iter().cloned().collect();
    let able: Vec<&Record> = rows
        .iter()
        .map(AsRef::as_ref)
        .filter(|record| record.head.capability(Operation::Stop).known().is_some())
        .collect();
    let id = || PlanId("p".into());
    let now = fixture::now();
    let due = fixture::later(HALF_AN_HOUR);
    let plan = |records: &[&Record], confirm_level: ConfirmLevel, ask: &ActionRequest| {
        let mut plan = Plan::new(id(), ask, records, due);
        plan.confirm_level = confirm_level;
        plan
    };
    let given = |confirm_level: ConfirmLevel, typed: &str| {
        let mut plan = Plan::new(id(), &Operation::Stop.request(Input::None), &able[..1], now);
        plan.confirm_level = confirm_level;
        let answer = if typed.is_empty() {
            Confirmation::Yes
        } else {
            Confirmation::Typed(typed)
        };
        plan.confirm(answer, now).unwrap().schedule(due).unwrap()
    };
    let name: Arc<str> = plan(
        &able[..1],
        ConfirmLevel::Yes,
        &Operation::Stop.request(Input::None),
    )
    .name();
    let yes = given(ConfirmLevel::Yes, "");
    let named = given(ConfirmLevel::Type(name.clone()), &name);
    let one = |confirm_level| {
        plan(
            &able[..1],
            confirm_level,
            &Operation::Stop.request(Input::None),
        )
    };
    let stricter = Err(ScheduleMismatch::Stricter(name.clone()));
    let account = || ConfirmLevel::Account {
        id: "111122223333".into(),
        alias: Some("acme-prod".into()),
    };
    let by_account = || {
        Err(ScheduleMismatch::Stricter(
            "111122223333 or acme-prod".into(),
        ))
    };
    for (what, plan, scheduled, at, wanted) in [
        ("as agreed", one(ConfirmLevel::Yes), &yes, due, Ok(())),
        ("milder", one(ConfirmLevel::Yes), &named, due, Ok(())),
        (
            "as typed",
            one(ConfirmLevel::Type(name.clone())),
            &named,
            due,
            Ok(()),
        ),
        (
            "stricter",
            one(ConfirmLevel::Type(name.clone())),
            &yes,
            due,
            stricter.clone(),
        ),
        (
            "stricter by account",
            one(account()),
            &yes,
            due,
            by_account(),
        ),
        (
            "account instead of name",
            one(account()),
            &named,
            due,
            by_account(),
        ),
        (
            "as the account was typed",
            one(account()),
            &given(account(), "acme-prod"),
            due,
            Ok(()),
        ),
        (
            "name instead of account",
            one(ConfirmLevel::Type(name.clone())),
            &given(account(), "111122223333"),
            due,
            stricter.clone(),
        ),
        (
            "other text",
            one(ConfirmLevel::Type("x".into())),
            &named,
            due,
            Err(ScheduleMismatch::Stricter("x".into())),
        ),
        (
            "too early",
            one(ConfirmLevel::Yes),
            &yes,
            fixture::later(HALF_AN_HOUR - 1),
            Err(ScheduleMismatch::NotDue),
        ),
        (
            "too late",
            one(ConfirmLevel::Yes),
            &yes,
            fixture::later(HALF_AN_HOUR + 601),
            Err(ScheduleMismatch::NotDue),
        ),
        (
            "another row",
            plan(
                &able[1..2],
                ConfirmLevel::Yes,
                &Operation::Stop.request(Input::None),
            ),
            &yes,
            due,
            Err(ScheduleMismatch::Other {
                operation: Operation::Stop,
                name: able[1].head.name.clone(),
            }),
        ),
        (
            "another row beside it",
            plan(
                &able[..2],
                ConfirmLevel::Yes,
                &Operation::Stop.request(Input::None),
            ),
            &yes,
            due,
            Err(ScheduleMismatch::Other {
                operation: Operation::Stop,
                name: able[1].head.name.clone(),
            }),
        ),
        (
            "another ask",
            plan(
                &able[..1],
                ConfirmLevel::Yes,
                &Operation::Tag.request(Input::Tags {
                    set: [("a".to_owned(), "b".to_owned())].into(),
                    remove: Vec::new(),
                }),
            ),
            &yes,
            due,
            Err(ScheduleMismatch::Other {
                operation: Operation::Tag,
                name: able[0].head.name.clone(),
            }),
        ),
        (
            "nothing",
            plan(
                &[],
                ConfirmLevel::Yes,
                &Operation::Stop.request(Input::None),
            ),
            &yes,
            due,
            Err(ScheduleMismatch::Nothing),
        ),
    ] {
        assert_eq!(
            plan.confirm_as_scheduled(scheduled, at).map(drop),
            wanted,
            "{what}"
        );
    }
    let scale = Plan::new(
        id(),
        &Operation::Tag.request(Input::Tags {
            set: [("a".to_owned(), "b".to_owned())].into(),
            remove: Vec::new(),
        }),
        &able[..1],
        now,
    );
    let why = scale
        .confirm(Confirmation::Yes, now)
        .unwrap()
        .schedule(due)
        .unwrap_err();
    assert_eq!(why.to_string(), "tag cannot be scheduled");
}
