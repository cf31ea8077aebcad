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

#[test]
fn undo_compares_the_row_with_the_journalled_state() {
    let mut app = on("endpoints");
    let now = count(&app);
    let tagged: Tags = [("team".to_owned(), "a".to_owned())].into();
    let had = app
        .inventory
        .record(&key(&app))
        .unwrap()
        .head
        .tags
        .known()
        .cloned()
        .unwrap();
    let untouched = PriorState {
        tags: Some([("team".to_owned(), had.get("team").cloned())].into()),
        ..PriorState::default()
    };
    let tagging = || ExpectedState::Tags {
        set: tagged.clone(),
        remove: Vec::new(),
    };
    let team = had
        .get("team")
        .cloned()
        .unwrap_or_else(|| "absent".to_owned());
    let retag = || {
        Operation::Tag.request(Input::Tags {
            set: [("team".to_owned(), "of-before".to_owned())].into(),
            remove: Vec::new(),
        })
    };
    let seen = |class| (class, fixture::later(-1_800));
    for (ask, expected, before, (class, at), text) in [
        (
            Operation::Scale.request(Input::Count(now + 2)),
            ExpectedState::Count(now),
            PriorState::default(),
            seen(Outcome::Succeeded),
            None,
        ),
        (
            Operation::Scale.request(Input::Count(now + 2)),
            ExpectedState::Count(now + 1),
            PriorState::default(),
            seen(Outcome::Succeeded),
            Some(format!(
                "changed since: its count was {}, is now {now}",
                now + 1
            )),
        ),
        (
            Operation::Scale.request(Input::Count(now + 2)),
            ExpectedState::Count(now + 1),
            PriorState::default(),
            seen(Outcome::Unknown),
            Some("the outcome is unknown and no effect is visible".to_owned()),
        ),
        (
            Operation::Scale.request(Input::Count(now + 2)),
            ExpectedState::Count(now + 1),
            PriorState::default(),
            (Outcome::Succeeded, fixture::later(3_600)),
            Some("was read before the change".to_owned()),
        ),
        (
            retag(),
            tagging(),
            PriorState::default(),
            seen(Outcome::Succeeded),
            Some(format!("changed since: tag team was a, is now {team}")),
        ),
        (retag(), tagging(), untouched, seen(Outcome::Partial), None),
        (
            Operation::Scale.request(Input::Count(now + 2)),
            ExpectedState::Set(Setting::Limits(1, 2)),
            PriorState::default(),
            seen(Outcome::Succeeded),
            None,
        ),
    ] {
        let mut back = inverse_target(&app, ask.clone());
        back.change = Some(PriorChange {
            at,
            ..prior_change(expected.clone(), before, class)
        });
        take(&mut app, inverse(Operation::Scale, vec![back]));
        match text {
            None => assert_eq!(
                top(&app),
                "confirm",
                "{ask:?} {expected:?}: {:?}",
                notice(&app)
            ),
            Some(text) => {
                assert!(
                    why(&app).contains(&text)
                        && matches!(notice(&app), Some(Notice::NotUndoable { what, .. })
                            if what.starts_with("scale of")),
                    "{text}: {:?}",
                    notice(&app)
                );
                assert_eq!(top(&app), "");
            }
        }
        press(&mut app, "esc");
    }
}

#[test]
fn undo_names_targets_of_other_accounts() {
    let mut app = on("gpus");
    let here = inverse_target(&app, Operation::Stop.request(Input::None));
    let elsewhere = InverseTarget {
        key: ResourceKey {
            account: "999988887777".into(),
            region: "eu-west-3".into(),
            ..here.key.clone()
        },
        profile: "other".into(),
        ..here.clone()
    };
    take(&mut app, inverse(Operation::Start, vec![elsewhere.clone()]));
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
    // The listed target is planned; the other, and one without an inverse, are skipped by name.
    let skipped = SkippedTarget {
        key: elsewhere.key.clone(),
        name: "gone".into(),
        why: Reason::new("what was deleted is gone"),
    };
    take(
        &mut app,
        Inverse {
            skipped: vec![skipped],
            ..inverse(Operation::Start, vec![here.clone(), elsewhere])
        },
    );
    let Some(Layer::Dialog(Dialog::Confirm(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert_eq!((ask.plan.targets.len(), ask.plan.skipped.len()), (1, 2));
    assert_eq!(
        ask.plan.reason.as_deref(),
        Some("undoes start of 3 rows by ana, 2026-11-23 08:00 UTC")
    );
    press(&mut app, "esc");
    // The same resource through another profile: the dialog names it.
    take(
        &mut app,
        inverse(
            Operation::Start,
            vec![InverseTarget {
                profile: "older".into(),
                ..here
            }],
        ),
    );
    let Some(Layer::Dialog(Dialog::Confirm(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert!(
        ask.plan.targets[0]
            .warnings
            .iter()
            .any(|why| why.to_string().contains("done with profile older")),
        "{ask:?}"
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
    let Some(Layer::Dialog(Dialog::Confirm(ask))) = app.layers.last() else {
        panic!("{:?}", notice(&app))
    };
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
