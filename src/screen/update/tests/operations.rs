//! Operations, from the key to the confirm dialog.

use super::*;
use crate::domain::{Operation, Reason};

/// The journal records the reason: an idle finding is no reason to tag, an oversized one no reason
/// to enlarge.
#[test]
fn only_findings_with_this_fix_become_the_reason() {
    let reason = |pane: &'static str, name: &str, keys: &str| {
        let mut app = on(pane);
        press(&mut app, "/");
        type_in(&mut app, name);
        press(&mut app, "enter");
        let operation = keys
            .split_once(' ')
            .map_or(keys, |(operation, _)| operation);
        press(&mut app, operation);
        if let Some((_, text)) = keys.split_once(' ') {
            type_in(&mut app, text);
            press(&mut app, "enter");
        }
        if operation == "T" {
            press(&mut app, "enter");
        }
        let confirm = confirm_dialog(&app);
        confirm
            .plan
            .reason
            .as_deref()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        reason("gpus", "hpo-worker-1", "S"),
        "GPU 3 % for 24 h (24 h of data)"
    );
    assert!(!reason("gpus", "hpo-worker-1", "T owner=me").contains("GPU"));
    assert!(reason("endpoints", "rec-endpoint", "C ").contains("where 2 would do"));
    assert_eq!(reason("endpoints", "rec-endpoint", "C 0"), "", "to 20");
}

#[test]
fn operation_includes_hidden_marks() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter space space /");
    press(&mut app, "ctrl-u");
    type_in(&mut app, "dev-box");
    press(&mut app, "enter space S");
    assert_eq!(app.focused().unwrap().hidden_marks(), 2);
    let commands = press(&mut app, "y");
    let mut stopped = targets(ran(&commands));
    stopped.sort();
    assert_eq!(stopped, ["i-0dev1", "i-0hpo01", "i-0hpo02"]);
    assert!(app.focused().unwrap().marks.is_empty(), "done with");
    assert_eq!(app.focused().unwrap().hidden_marks(), 0);
}

#[test]
fn plan_without_targets_shows_the_reason() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "old-trainer");
    press(&mut app, "enter S");
    let unavailable = |operation, name: &str, why: &'static str| Notice::Unavailable {
        operation,
        name: name.into(),
        rows: 1,
        why: Reason::new(why),
    };
    assert_eq!(
        (top(&app), notice(&app)),
        (
            "",
            Some(&unavailable(
                Operation::Stop,
                "old-trainer",
                "already stopped"
            ))
        )
    );
    press(&mut app, "C");
    let why = "ec2-instance has no `scale`";
    assert_eq!(
        (top(&app), notice(&app)),
        ("", Some(&unavailable(Operation::Scale, "old-trainer", why)))
    );
    let mut app = on("anomalies");
    press(&mut app, "T");
    assert_eq!(
        notice(&app),
        Some(&unavailable(
            Operation::Tag,
            &app.focused().unwrap().current().unwrap().head.name,
            "anomaly has no `tag`"
        ))
    );
    let mut empty = fixture::loading(SIZE);
    for keys in ["S", "C", "T", "a", "y", "Y", "d", "e", "enter enter"] {
        assert_eq!(press(&mut empty, keys), [], "{keys}");
        assert_eq!(top(&empty), "", "{keys}");
    }
}

#[test]
fn unavailable_targets_are_skipped_with_a_reason() {
    let mut app = on("gpus");
    press(&mut app, "* S");
    let confirm = confirm_dialog(&app);
    let all = app.focused().unwrap().rows.len();
    assert_eq!(
        (confirm.plan.targets.len(), confirm.plan.skipped.len()),
        (all - 1, 1)
    );
    assert_eq!(confirm.plan.skipped[0].why.to_string(), "already stopped");
}

#[test]
fn read_only_refuses_operations_until_lifted() {
    let mut app = on("gpus");
    app.read_only = true;
    for keys in ["S", "T", "C", "d S"] {
        assert_eq!(press(&mut app, keys), [], "{keys}");
        assert_ne!(top(&app), "confirm");
        assert!(
            matches!(notice(&app), Some(Notice::ReadOnly { .. })),
            "{keys}: {:?}",
            notice(&app)
        );
    }
    press(&mut app, "esc :");
    type_in(&mut app, "read-only off");
    press(&mut app, "enter S");
    assert_eq!(top(&app), "confirm");
    let mut app = on("gpus");
    (app.may_write, app.read_only) = (false, true);
    press(&mut app, ":");
    type_in(&mut app, "read-only off");
    press(&mut app, "enter");
    assert!(app.read_only);
    assert_eq!(top(&app), "palette", "it says why and stays");
    press(&mut app, "esc a");
    let Some(Layer::Dialog(Dialog::Operations(menu))) = app.layers.last() else {
        panic!("no menu")
    };
    assert!(
        menu.lines
            .iter()
            .all(|line| line.able == 0 && line.why.is_some())
    );
    // Read-only mode turned on while the question is open: the answer has no effect.
    let mut app = on("gpus");
    press(&mut app, "S");
    app.read_only = true;
    assert_eq!(press(&mut app, "y"), []);
}

#[test]
fn operations_menu_lists_reasons() {
    let mut app = on("gpus");
    press(&mut app, "a");
    let Some(Layer::Dialog(Dialog::Operations(menu))) = app.layers.last() else {
        panic!("no menu")
    };
    let lines: Vec<_> = menu
        .lines
        .iter()
        .map(|line| {
            (
                line.operation.id(),
                line.able,
                line.why.as_ref().map(ToString::to_string),
            )
        })
        .collect();
    assert!(
        lines.contains(&("stop", 1, None)) && lines.contains(&("tag", 1, None)),
        "{lines:?}"
    );
    assert!(
        lines.contains(&("scale", 0, Some("ec2-instance has no `scale`".to_owned()))),
        "{lines:?}"
    );
    assert_eq!(lines.len(), Operation::ALL.len());
    assert!(
        lines
            .iter()
            .filter(|(id, ..)| !["stop", "tag"].contains(id))
            .all(|(_, able, why)| *able == 0 && why.is_some()),
        "{lines:?}"
    );
    let down = lines.iter().position(|(id, ..)| *id == "tag").unwrap();
    press(&mut app, &"j ".repeat(down));
    press(&mut app, "enter");
    assert_eq!(top(&app), "tags");
    press(&mut app, "esc a enter");
    assert_eq!(top(&app), "confirm");
}

#[test]
fn sheet_acts_on_its_own_resource() {
    let mut app = on("gpus");
    press(&mut app, "space space G d");
    let under = id(&app);
    press(&mut app, "S");
    if top(&app) == "confirm" {
        assert_eq!(targets(ran(&press(&mut app, "y"))), [under]);
    } else {
        assert_eq!(why(&app), "already stopped");
    }
}

#[test]
fn destructive_operations_have_no_slip_keys() {
    use crate::screen::{
        actions::Action,
        input::keymap::{Context, Keymap, SHIPPED},
    };
    for (name, _) in SHIPPED {
        let keymap = Keymap::shipped(name).unwrap();
        for bind in keymap.binds() {
            let acts = match &bind.action {
                Action::Operation(_) => true,
                Action::Command(line) => Operation::ALL
                    .iter()
                    .any(|operation| line.starts_with(operation.id())),
                Action::Yes => bind.context != Context::Dialog,
                _ => false,
            };
            let slips = bind.keys.iter().any(|chord| {
                let text = chord.to_string();
                text == "ctrl-d"
                    || text == "ctrl-k"
                    || chord.typed().is_some_and(char::is_lowercase)
                    || text == "enter"
                    || text == "space"
            });
            assert!(
                !(acts && slips),
                "{name}: {} = {}",
                bind.text(),
                bind.action
            );
        }
        // Every operation has a key.
        for operation in Operation::ALL {
            assert!(
                !keymap
                    .keys(Context::Table, &Action::Operation(*operation))
                    .is_empty(),
                "{name}: {operation}"
            );
        }
    }
}

#[test]
fn stop_on_a_fleet_stops_every_member() {
    let mut app = fixture::app(SIZE);
    assert_eq!(names(&app)[0], "hpo-worker ×8");
    let fleet: Vec<String> = (1..=8).map(|n| format!("i-0hpo{n:02}")).collect();
    assert_eq!(targets(ran(&press(&mut app, "S y"))), fleet);
    // Marking the row marks the same eight members; unmarking it unmarks them all.
    let mut app = fixture::app(SIZE);
    press(&mut app, "space");
    assert_eq!(
        (
            app.focused().unwrap().marks.len(),
            app.focused().unwrap().hidden_marks()
        ),
        (8, 0)
    );
    press(&mut app, "k space");
    assert!(app.focused().unwrap().marks.is_empty());
}

#[test]
fn expanded_fleet_allows_stopping_one_member() {
    let mut app = fixture::app(SIZE);
    let before = names(&app);
    press(&mut app, "enter");
    assert_eq!(
        names(&app)
            .iter()
            .filter(|name| name.starts_with("hpo-worker-"))
            .count(),
        8
    );
    assert_eq!(targets(ran(&press(&mut app, "S y"))), ["i-0hpo01"]);
    press(&mut app, "esc");
    assert_eq!(names(&app), before);
}
