//! Palette commands: every operation has one, with optional arguments, that opens the same dialog
//! as its key.

use super::*;
use crate::domain::Input;
use crate::screen::update::apply_report;
use crate::{
    domain::{ActionRequest, AnomalyFeedback, AvailableAction, Measured, Operation, Record},
    screen::{
        actions::Action,
        help,
        input::keymap::{Context, Keymap, SHIPPED},
        update::commands,
    },
};

/// The endpoints pane with the cursor on a row that supports every operation.
fn on_capable_endpoint() -> App {
    let mut app = on("endpoints");
    press(&mut app, "/");
    type_in(&mut app, "rec-endpoint");
    press(&mut app, "enter j k");
    let under = key(&app);
    let mut rows = fixture::estate();
    let row = rows.iter_mut().find(|row| row.head.key == under).unwrap();
    add_capabilities(row);
    for report in fixture::reports(&rows, fixture::later(5)) {
        apply_report(&mut app, report);
    }
    assert_eq!(key(&app), under);
    app
}

/// Makes `row` offer every operation, as its own kind does where it does.
fn add_capabilities(row: &mut Record) {
    for &operation in Operation::ALL {
        let offered =
            row.head.actions.iter().any(|offered| {
                offered.operation == operation && offered.capability.known().is_some()
            });
        if !offered {
            row.head
                .actions
                .retain(|offered| offered.operation != operation);
            row.head.actions.push(AvailableAction {
                operation,
                capability: Measured::Known(operation.sample(&row.head.key.id)),
            });
        }
    }
}

fn open_request(app: &App) -> Option<&ActionRequest> {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => {
            confirm.plan.targets.first().map(|target| &target.request)
        }
        _ => None,
    }
}

#[test]
fn every_operation_has_a_command_key_and_help() {
    let app = on("gpus");
    let offered = commands::candidates(&app);
    for operation in Operation::ALL {
        let action = Action::Operation(*operation);
        let lines: Vec<_> = offered
            .iter()
            .filter(|line| line.text == operation.id())
            .collect();
        let [line] = lines.as_slice() else {
            panic!("{operation}: {lines:?}")
        };
        assert!(
            line.doc.contains(operation.doc()) && !line.keys.is_empty(),
            "{line:?}"
        );
        assert_eq!(line.keys, help::keys_of(&app.keymap, &action));
        for (name, _) in SHIPPED {
            let keymap = Keymap::shipped(name).unwrap();
            assert!(
                !keymap.keys(Context::Table, &action).is_empty(),
                "{name}: {operation}"
            );
            let help = help::help(&keymap, &[Context::Table]);
            let lines: Vec<_> = help
                .iter()
                .filter(|row| row.action == action.to_string())
                .collect();
            let [line] = lines.as_slice() else {
                panic!("{name}: {lines:?}")
            };
            assert!(
                !line.keys.is_empty() && line.doc.contains(operation.doc()),
                "{name}: {line:?}"
            );
        }
    }
    assert!(SHIPPED.len() >= 4);
}

#[test]
fn operation_command_and_key_open_the_same_dialog() {
    for operation in Operation::ALL {
        let mut by_key = on_capable_endpoint();
        let keys = by_key
            .keymap
            .keys(Context::Table, &Action::Operation(*operation))[0]
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        press(&mut by_key, &keys);
        let mut by_word = on_capable_endpoint();
        press(&mut by_word, ":");
        type_in(&mut by_word, operation.id());
        press(&mut by_word, "enter");
        assert!(
            !["", "palette"].contains(&top(&by_word)),
            "{operation}: {:?}",
            notice(&by_word)
        );
        assert_eq!(
            (top(&by_word), open_request(&by_word)),
            (top(&by_key), open_request(&by_key)),
            "{operation}"
        );
    }
}

#[test]
fn operation_command_accepts_arguments() {
    for (line, ask) in [
        ("scale 2", Operation::Scale.request(Input::Count(2))),
        (
            "autoscaling-limits 2-6",
            Operation::AutoscalingLimits.request(Input::Limits { min: 2, max: 6 }),
        ),
        (
            "autoscaling-limits 2 6",
            Operation::AutoscalingLimits.request(Input::Limits { min: 2, max: 6 }),
        ),
        (
            "swap-model m-3",
            Operation::SwapModel.request(Input::Model("m-3".into())),
        ),
        (
            "feedback planned",
            Operation::Feedback.request(Input::Feedback(AnomalyFeedback::Planned)),
        ),
        (
            "feedback NO",
            Operation::Feedback.request(Input::Feedback(AnomalyFeedback::No)),
        ),
        (
            "scheduled-scaling mon-fri 08-18 4 1",
            Operation::ScheduledScaling.request(Input::Hours(
                crate::domain::WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap(),
            )),
        ),
        (
            "tag owner=ana !env=dev -team",
            Operation::Tag.request(Input::Tags {
                fill: [("owner".to_owned(), "ana".to_owned())].into(),
                set: [("env".to_owned(), "dev".to_owned())].into(),
                remove: vec!["team".into()],
            }),
        ),
    ] {
        let mut app = on_capable_endpoint();
        press(&mut app, ":");
        type_in(&mut app, line);
        assert_eq!(press(&mut app, "enter"), [], "{line}");
        assert_eq!(open_request(&app), Some(&ask), "{line}: {:?}", notice(&app));
    }
}

/// Lines with arguments that the dialog refuses, and the error of each.
const INVALID: &[(&str, &str)] = &[
    ("stop now", "`stop` takes no argument."),
    ("terminate i-1", "`terminate` takes no argument."),
    ("scale many", "`many` is not a whole number"),
    ("scale 0", "AWS requires at least 1 here"),
    ("scale 99999", "the limit is 10000, to catch typing errors"),
    ("autoscaling-limits 6-2", "6 is more than 2"),
    ("autoscaling-limits 0-2", "AWS requires at least 1 here"),
    (
        "scheduled-scaling mon-fri 08-18 4 0",
        "AWS requires at least 1 here",
    ),
    ("swap-model what is it", "this is neither an ARN nor an id"),
    (
        "feedback perhaps",
        "`perhaps` is unknown. Use yes, no or planned.",
    ),
    ("tag env", "`env`: type key=value, or -key to remove a tag"),
];

/// Presses enter on `line` in the palette; returns the error that it shows.
fn palette_error(app: &mut App, line: &str) -> Option<String> {
    press(app, ":");
    type_in(app, line);
    assert_eq!(press(app, "enter"), [], "{line}");
    let Some(Layer::Palette(palette)) = app.layers.last() else {
        panic!("{line}: {:?}", notice(app))
    };
    palette.error.as_ref().map(Notice::text)
}

/// An argument that the dialog refuses leaves the line in the palette, with the error.
#[test]
fn invalid_argument_keeps_the_line_and_says_why() {
    for (line, why) in INVALID {
        let error = palette_error(&mut on_capable_endpoint(), line);
        assert_eq!(error.as_deref(), Some(*why), "{line}");
    }
}

#[test]
fn operation_that_a_row_does_not_offer_says_why() {
    let error = palette_error(&mut on("gpus"), "autoscaling-limits 1-2");
    assert!(error.is_some_and(|error| error.contains("ec2-instance has no `autoscaling-limits`")));
}

#[test]
fn palette_suggests_known_arguments() {
    let app = on_capable_endpoint();
    let lines: Vec<String> = commands::candidates(&app)
        .into_iter()
        .map(|line| line.text)
        .collect();
    for line in [
        "feedback yes",
        "feedback no",
        "feedback planned",
        "swap-model m-2",
        "swap-model m-3",
    ] {
        assert!(lines.iter().any(|known| known == line), "{line}");
    }
}

#[test]
fn operations_menu_acts_on_the_rows_it_was_opened_for() {
    let mut app = on("gpus");
    let under = id(&app);
    press(&mut app, "a");
    let rows: Vec<_> = fixture::estate()
        .into_iter()
        .filter(|row| *row.head.key.id != *under)
        .collect();
    for report in fixture::reports(&rows, fixture::later(5)) {
        apply_report(&mut app, report);
    }
    assert_ne!(id(&app), under, "the cursor went to a neighbour");
    press(&mut app, "enter");
    assert_eq!(top(&app), "", "nothing is asked about the neighbour");
    assert!(matches!(notice(&app), Some(Notice::TargetsGone { .. })));
}
