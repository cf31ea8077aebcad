//! Guards, read-only and protected accounts, from the key to the command.

use super::*;
use crate::{
    domain::{ConfirmLevel, Operation},
    screen::state::access,
};

/// The GPUs pane with the cursor on `name`, under `rules` and the built-in one.
fn under(rules: Vec<Guard>, name: &str) -> App {
    let mut app = on("gpus");
    app.guards = Guards::new(rules, true, &fixture::panes());
    press(&mut app, "/");
    type_in(&mut app, name);
    press(&mut app, "enter");
    app
}

fn runs(commands: &[Command]) -> bool {
    commands
        .iter()
        .any(|command| matches!(command, Command::Run(_)))
}

#[test]
fn production_requires_the_typed_name() {
    for (keys, typed, done) in [
        ("y", "", false),
        ("tab", "", false),
        ("", "hpo-worker", false),
        ("", "HPO-WORKER-1", false),
        ("", "hpo-worker-2", false),
        ("", "hpo-worker-1", true),
    ] {
        let mut app = under(vec![], "hpo-worker-1");
        press(&mut app, "S");
        assert_eq!(
            confirm_dialog(&app).plan.confirm_level,
            ConfirmLevel::Type("hpo-worker-1".into())
        );
        assert_eq!(
            confirm_dialog(&app).plan.confirm_reasons[0].to_string(),
            "production (built in: tag:env=prod)"
        );
        let mut commands = press(&mut app, keys);
        commands.extend(type_in(&mut app, typed));
        commands.extend(press(&mut app, "enter"));
        assert_eq!(runs(&commands), done, "{keys} {typed}");
    }
    // Text pasted before the question is drawn does not answer it.
    let mut app = under(vec![], "hpo-worker-1");
    let key = |c| Message::Key(crossterm::event::KeyEvent::from(c));
    let mut commands = super::super::update(&mut app, key(crossterm::event::KeyCode::Char('S')));
    commands.extend(
        "hpo-worker-1"
            .chars()
            .flat_map(|c| super::super::update(&mut app, key(crossterm::event::KeyCode::Char(c)))),
    );
    commands.extend(super::super::update(
        &mut app,
        key(crossterm::event::KeyCode::Enter),
    ));
    assert!(!runs(&commands));
}

#[test]
fn account_is_typed_by_id_or_alias() {
    for (typed, done) in [
        ("111122223333", true),
        ("1111-2222-3333", true),
        ("acme-prod", true),
        ("hpo-worker-1", false),
        ("444455556666", false),
        ("-", false),
    ] {
        let mut app = under(
            vec![guard("tag:env=prod", GuardEffect::TypeAccount)],
            "hpo-worker-1",
        );
        app.aliases
            .0
            .insert("111122223333".into(), "acme-prod".into());
        press(&mut app, "S");
        assert_eq!(
            confirm_dialog(&app)
                .plan
                .confirm_level
                .text_to_type()
                .as_deref(),
            Some("111122223333 or acme-prod")
        );
        type_in(&mut app, typed);
        assert_eq!(runs(&press(&mut app, "enter")), done, "{typed}");
    }
}

#[test]
fn denied_rows_are_skipped_with_a_reason() {
    let deny = || vec![guard("name:hpo-worker-1", GuardEffect::Deny)];
    let mut app = under(deny(), "hpo-worker-1");
    press(&mut app, "S");
    assert_eq!(
        (top(&app), notice(&app)),
        (
            "",
            Some(&Notice::Unavailable {
                operation: Operation::Stop,
                name: "hpo-worker-1".into(),
                rows: 1,
                why: Reason::new("careful (guard 1: name:hpo-worker-1)"),
            })
        )
    );
    let mut app = under(deny(), "hpo");
    press(&mut app, "* S");
    assert_eq!(
        notice(&app),
        Some(&Notice::Skipped {
            count: 1,
            why: Reason::new("careful (guard 1: name:hpo-worker-1)"),
        })
    );
    let plan = &confirm_dialog(&app).plan;
    assert_eq!((plan.targets.len(), plan.skipped.len()), (7, 1));
    assert_eq!(
        plan.confirm_level,
        ConfirmLevel::Type("stop 7 resources".into())
    );
    // Too many targets: no dialog opens.
    let mut app = under(vec![guard("", GuardEffect::MaxBulk(7))], "hpo");
    press(&mut app, "* S");
    assert_eq!(
        (top(&app), notice(&app)),
        (
            "",
            Some(&Notice::PlanDenied {
                operation: Operation::Stop,
                why: Reason::new("8 targets, limit 7: careful (guard 1)"),
            })
        )
    );
}

#[test]
fn operations_menu_shows_guards() {
    let mut app = under(
        vec![Guard {
            operations: vec![Operation::Stop],
            ..guard("", GuardEffect::Deny)
        }],
        "hpo-worker-1",
    );
    press(&mut app, "a");
    let Some(Layer::Dialog(Dialog::Operations(menu))) = app.layers.last() else {
        panic!("no menu")
    };
    let line = |operation| {
        menu.lines
            .iter()
            .find(|line| line.operation == operation)
            .unwrap()
    };
    assert_eq!(line(Operation::Stop).able, 0);
    assert_eq!(
        line(Operation::Stop).why.as_ref().unwrap().to_string(),
        "careful (guard 1)"
    );
    assert_eq!(
        (line(Operation::Tag).able, &line(Operation::Tag).note),
        (1, &None)
    );
}

#[test]
fn open_confirm_dialog_does_nothing_once_read_only() {
    let set: [fn(&mut App); 3] = [
        |app| app.read_only = true,
        |app| app.access.locked_in_session = ["ml-prod".into()].into(),
        |app| app.access.locked_by_config = ["ml-prod".into()].into(),
    ];
    for set in set {
        let mut app = under(vec![guard("", GuardEffect::Confirm)], "hpo-worker-1");
        press(&mut app, "S");
        set(&mut app);
        assert!(!runs(&press(&mut app, "y")));
        assert!(why(&app).contains("read-only"), "{:?}", notice(&app));
        assert!(!runs(&press(&mut app, "S y")));
        let mut typed = under(vec![], "hpo-worker-1");
        press(&mut typed, "S");
        type_in(&mut typed, "hpo-worker-1");
        set(&mut typed);
        assert!(!runs(&press(&mut typed, "enter")));
    }
}

#[test]
fn profile_becomes_read_only_and_writable_again() {
    let mut app = under(vec![guard("", GuardEffect::Confirm)], "hpo-worker-1");
    let dev = crate::domain::Location {
        profile: "ml-dev".into(),
        account: "444455556666".into(),
        region: "us-east-1".into(),
    };
    app.locations.push(dev);
    assert_eq!(access::badge(&app), None);
    for (line, badge) in [
        ("read-only on ml-prod", Some("read-only: ml-prod")),
        ("read-only on ml-dev", Some("READ-ONLY")),
        ("read-only off ml-prod", Some("read-only: ml-dev")),
        ("read-only off ml-dev", None),
        ("read-only on", Some("READ-ONLY")),
        ("read-only off", None),
    ] {
        press(&mut app, ":");
        type_in(&mut app, line);
        press(&mut app, "enter");
        assert_eq!(
            (access::badge(&app).as_deref(), top(&app)),
            (badge, ""),
            "{line}"
        );
    }
    app.access.locked_by_config.insert("ml-prod".into());
    for (line, error) in [
        ("read-only off ml-prod", "is configured read-only"),
        ("read-only on nobody", "there is no profile `nobody` here"),
    ] {
        press(&mut app, ":");
        type_in(&mut app, line);
        press(&mut app, "enter");
        assert_eq!(top(&app), "palette", "it says why and stays");
        press(&mut app, "esc");
        assert_eq!(
            access::badge(&app).as_deref(),
            Some("read-only: ml-prod"),
            "{line}: {error}"
        );
    }
    press(&mut app, "S");
    assert_eq!(top(&app), "");
    let expected = reasons::profile_cannot_act("ml-prod").to_string();
    assert_eq!(why(&app), expected);
}

#[test]
fn protected_account_matches_id_and_alias() {
    let mut app = on("gpus");
    assert!(!access::is_protected(&app, "111122223333"));
    app.access.protected = ["111122223333".into(), "acme-dev".into()].into();
    app.aliases
        .0
        .insert("444455556666".into(), "acme-dev".into());
    assert!(
        access::is_protected(&app, "111122223333") && access::is_protected(&app, "444455556666")
    );
    assert!(!access::is_protected(&app, "777788889999"));
}
