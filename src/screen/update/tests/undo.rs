//! Undo: planned inverses, skipped targets with reasons, and the dialog on top.

use super::*;
use crate::domain::{Input, ops};
use crate::{
    domain::{
        ActionRequest, ApiCall, ExpectedState, Inverse, Operation, Outcome, PlanId, Reason,
        Setting, SkippedTarget, Tags,
        action::inverse::{InverseTarget, PriorChange},
        audit::PriorState,
    },
    screen::{Message, notices::reasons},
};
use std::sync::Arc;

fn inverse(original: Operation, targets: Vec<InverseTarget>) -> Inverse {
    Inverse {
        undoes: PlanId("20261123T080000Z-1".into()),
        original,
        at: fixture::later(-1_800),
        by: "ana".into(),
        operation: targets[0].request.operation,
        targets,
        skipped: Vec::new(),
    }
}

fn inverse_target(app: &App, ask: ActionRequest) -> InverseTarget {
    let row = app.inventory.record(&key(app)).unwrap();
    InverseTarget {
        key: row.head.key.clone(),
        name: row.head.name.clone(),
        profile: row.head.profile.clone(),
        request: ask,
        change: None,
    }
}

fn prior_change(expected: ExpectedState, before: PriorState, outcome: Outcome) -> PriorChange {
    PriorChange {
        call: ApiCall::Stop(ops::stop::Call::Instance("i".into())),
        expected,
        before,
        outcome,
        at: fixture::later(-1_800),
    }
}

fn take(app: &mut App, inverse: Inverse) -> Vec<Command> {
    app.toasts.clear();
    super::super::update(app, Message::Inverse(Ok(inverse)))
}

fn count(app: &App) -> u32 {
    app.inventory
        .record(&key(app))
        .unwrap()
        .head
        .compute
        .as_ref()
        .unwrap()
        .desired
}

/// A change of the row under the cursor, and why its undo is refused; `None`: it is planned.
struct Case {
    request: ActionRequest,
    expected: ExpectedState,
    before: PriorState,
    outcome: Outcome,
    /// When it was made, in seconds from now.
    at: i64,
    why: Option<String>,
}

/// A change to a count of `expected`, half an hour ago, whose undo is planned.
fn scaled(app: &App, expected: u32) -> Case {
    Case {
        request: Operation::Scale.request(Input::Count(count(app) + 2)),
        expected: ExpectedState::Count(expected),
        before: PriorState::default(),
        outcome: Outcome::Succeeded,
        at: -1_800,
        why: None,
    }
}

/// A change of the tag `team` to `a`, half an hour ago, whose undo is planned.
fn tagged(before: PriorState, outcome: Outcome) -> Case {
    let set = |value: &str| Tags::from([("team".to_owned(), value.to_owned())]);
    Case {
        request: Operation::Tag.request(Input::Tags {
            fill: Tags::new(),
            set: set("of-before"),
            remove: Vec::new(),
        }),
        expected: ExpectedState::Tags {
            set: set("a"),
            remove: Vec::new(),
        },
        before,
        outcome,
        at: -1_800,
        why: None,
    }
}

fn assert_undo(app: &mut App, case: Case) {
    let mut back = inverse_target(app, case.request);
    back.change = Some(PriorChange {
        at: fixture::later(case.at),
        ..prior_change(case.expected.clone(), case.before, case.outcome)
    });
    take(app, inverse(Operation::Scale, vec![back]));
    match case.why {
        None => assert_eq!(
            top(app),
            "confirm",
            "{:?}: {:?}",
            case.expected,
            notice(app)
        ),
        Some(text) => {
            assert!(why(app).contains(&text), "{text}: {:?}", notice(app));
            let Some(Notice::NotUndoable { what, .. }) = notice(app) else {
                panic!("{text}: {:?}", notice(app))
            };
            assert!(what.starts_with("scale of"), "{what}");
            assert_eq!(top(app), "");
        }
    }
    press(app, "esc");
}

#[test]
fn undo_compares_the_count_with_the_journalled_state() {
    let mut app = on("endpoints");
    let now = count(&app);
    let changed = format!("changed since: its count was {}, is now {now}", now + 1);
    let unknown = "the outcome is unknown and no effect is visible".to_owned();
    for case in [
        scaled(&app, now),
        Case {
            why: Some(changed),
            ..scaled(&app, now + 1)
        },
        Case {
            outcome: Outcome::Unknown,
            why: Some(unknown),
            ..scaled(&app, now + 1)
        },
        Case {
            at: 3_600,
            why: Some("was read before the change".to_owned()),
            ..scaled(&app, now + 1)
        },
        Case {
            expected: ExpectedState::Set(Setting::Limits(1, 2)),
            ..scaled(&app, now)
        },
    ] {
        assert_undo(&mut app, case);
    }
}

#[test]
fn undo_compares_the_tags_with_the_journalled_state() {
    let mut app = on("endpoints");
    let row = app.inventory.record(&key(&app)).unwrap();
    let team = row.head.tags.known().unwrap().get("team").cloned();
    let is = team.as_deref().unwrap_or("absent");
    let changed = Case {
        why: Some(format!("changed since: tag team was a, is now {is}")),
        ..tagged(PriorState::default(), Outcome::Succeeded)
    };
    let untouched = PriorState {
        tags: Some([("team".to_owned(), team)].into()),
        ..PriorState::default()
    };
    for case in [changed, tagged(untouched, Outcome::Partial)] {
        assert_undo(&mut app, case);
    }
}

/// `here`, in an account that the console does not read.
fn elsewhere(here: &InverseTarget) -> InverseTarget {
    InverseTarget {
        key: ResourceKey {
            account: "999988887777".into(),
            region: "eu-west-3".into(),
            ..here.key.clone()
        },
        profile: "other".into(),
        ..here.clone()
    }
}

#[test]
fn undo_names_targets_of_other_accounts() {
    let mut app = on("gpus");
    let here = inverse_target(&app, Operation::Stop.request(Input::None));
    take(&mut app, inverse(Operation::Start, vec![elsewhere(&here)]));
    let Some(Notice::NotUndoable { what, why, .. }) = notice(&app) else {
        panic!("{:?}", notice(&app))
    };
    let text = format!("{what}: {why}");
    for word in [
        "start of",
        "by ana, 2026-11-23 08:00 UTC",
        "9999-8888-7777",
        "eu-west-3",
        "profile other",
        "does not read",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(top(&app), "");
}

/// The listed target is planned; another, and one without an inverse, are skipped by name.
#[test]
fn undo_plans_the_listed_targets() {
    let mut app = on("gpus");
    let here = inverse_target(&app, Operation::Stop.request(Input::None));
    let elsewhere = elsewhere(&here);
    let skipped = SkippedTarget {
        key: elsewhere.key.clone(),
        name: "gone".into(),
        why: Reason::new("what was deleted is gone"),
    };
    take(
        &mut app,
        Inverse {
            skipped: vec![skipped],
            ..inverse(Operation::Start, vec![here, elsewhere])
        },
    );
    let plan = &confirm_dialog(&app).plan;
    assert_eq!((plan.targets.len(), plan.skipped.len()), (1, 2));
    assert_eq!(
        plan.reason.as_deref(),
        Some("undoes start of 3 rows by ana, 2026-11-23 08:00 UTC")
    );
}

#[test]
fn undo_through_another_profile_names_it() {
    let mut app = on("gpus");
    let older = InverseTarget {
        profile: "older".into(),
        ..inverse_target(&app, Operation::Stop.request(Input::None))
    };
    take(&mut app, inverse(Operation::Start, vec![older]));
    let warnings = &confirm_dialog(&app).plan.targets[0].warnings;
    assert!(
        warnings
            .iter()
            .any(|why| why.to_string().contains("done with profile older")),
        "{warnings:?}"
    );
}

#[test]
fn late_inverse_does_not_replace_an_open_dialog() {
    let mut app = on("gpus");
    let inverse = inverse(
        Operation::Start,
        vec![inverse_target(&app, Operation::Stop.request(Input::None))],
    );
    press(&mut app, "u S");
    assert_eq!(top(&app), "confirm");
    let before = app.layers.len();
    take(&mut app, inverse.clone());
    assert_eq!(app.layers.len(), before);
    assert!(
        matches!(notice(&app), Some(Notice::UndoBlocked)),
        "{:?}",
        notice(&app)
    );
    press(&mut app, "esc");
    // Pressed twice, one dialog opens.
    take(&mut app, inverse.clone());
    take(&mut app, inverse);
    assert_eq!(
        app.layers
            .iter()
            .filter(|layer| matches!(layer, Layer::Dialog(_)))
            .count(),
        1
    );
}

#[test]
fn undo_after_unknown_outcome_warns() {
    let mut app = on("endpoints");
    let now = count(&app);
    let mut back = inverse_target(&app, Operation::Scale.request(Input::Count(now + 2)));
    back.change = Some(prior_change(
        ExpectedState::Count(now),
        PriorState::default(),
        Outcome::Unknown,
    ));
    take(&mut app, inverse(Operation::Scale, vec![back]));
    let ask = confirm_dialog(&app);
    let warnings: Vec<Arc<str>> = ask.plan.targets[0]
        .warnings
        .iter()
        .map(|why| why.to_string().into())
        .collect();
    assert!(
        warnings
            .iter()
            .any(|why| why.contains("outcome of the original change is unknown")),
        "{warnings:?}"
    );
}

#[test]
fn undo_loads_the_inverse_or_reports_its_absence() {
    let mut app = on("gpus");
    assert_eq!(press(&mut app, "u"), [Command::Undo(None)]);
    let stopped = inverse_target(&app, Operation::Stop.request(Input::None));
    assert_eq!(
        press(&mut app, "d u"),
        [Command::Undo(Some(stopped.key.clone()))]
    );
    press(&mut app, "esc");
    super::super::update(
        &mut app,
        Message::Inverse(Err(Reason::new("the journal is empty"))),
    );
    let why = Reason::new("the journal is empty");
    assert_eq!(notice(&app), Some(&Notice::NothingToUndo { why }));
    let started = inverse(Operation::Start, vec![stopped.clone()]);
    super::super::update(&mut app, Message::Inverse(Ok(started.clone())));
    surveyed(&mut app);
    let commands = press(&mut app, "y");
    let plan = ran(&commands).plan();
    assert_eq!(
        (plan.undoes.as_ref(), &plan.targets[0].key),
        (Some(&started.undoes), &stopped.key)
    );
    let gone = InverseTarget {
        key: ResourceKey {
            id: "i-gone".into(),
            ..stopped.key.clone()
        },
        ..stopped
    };
    super::super::update(
        &mut app,
        Message::Inverse(Ok(inverse(Operation::Start, vec![gone]))),
    );
    assert_eq!(super::why(&app), reasons::not_listed().to_string());
    super::super::dispatch::line(&mut app, "read-only on");
    assert_eq!(press(&mut app, "u"), []);
}
