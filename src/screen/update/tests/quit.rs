//! Quitting while operations are scheduled, and undoing actions that have not settled.

use super::*;
use crate::domain::{Input, ops};
use crate::inventory::Event;
use crate::screen::update::apply_report;
use crate::{
    domain::{
        ActionRequest, ActionStatus, ApiCall, AvailableAction, Capability, Inverse, Measured,
        Operation, PlanId, StatusUpdate, Timestamp, action::inverse::InverseTarget,
    },
    screen::{
        dialogs::{QuitDialog, UpcomingActions},
        notices::reasons,
        update::{dispatch, update},
    },
};

/// At 08:30 with two scheduled stops: the first GPU at 19:00, the next on Friday.
fn with_two_scheduled() -> App {
    let mut app = on("gpus");
    for (when, down) in [("fri 18:30", "j"), ("19:00", "k")] {
        press(&mut app, "L");
        type_in(&mut app, when);
        press(&mut app, "enter y");
        press(&mut app, down);
    }
    assert_eq!(
        (app.schedules.scheduled_count(), top(&app)),
        (2, ""),
        "{:?}",
        notice(&app)
    );
    press(&mut app, "q");
    app
}

fn quit_dialog(app: &App) -> &QuitDialog {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Quit(ask))) => ask,
        other => panic!("{other:?}"),
    }
}

#[test]
fn quit_lists_scheduled_actions() {
    for key in ["q", "ctrl-c"] {
        let mut app = with_two_scheduled();
        app.schedules.is_saved = true;
        assert_eq!((press(&mut app, key), top(&app)), (vec![], "quit"));
        let next = format!("stop {} at 19:00", names(&app)[1]);
        assert_eq!(
            (
                quit_dialog(&app).upcoming.clone(),
                quit_dialog(&app).open.len()
            ),
            (
                Some(UpcomingActions {
                    count: 2,
                    next,
                    saved: true
                }),
                0
            )
        );
        assert_eq!(
            (press(&mut app, "enter"), top(&app)),
            (vec![], ""),
            "No is lit"
        );
        assert_eq!(press(&mut app, &format!("{key} y")), [Command::Quit]);
        assert_eq!(
            app.schedules.scheduled_count(),
            2,
            "and left where they are"
        );
        app.layers.clear();
        assert_eq!(press(&mut app, "ctrl-c ctrl-c"), [Command::Quit]);
    }
    let mut app = with_two_scheduled();
    press(&mut app, "q");
    assert!(
        !quit_dialog(&app).upcoming.as_ref().unwrap().saved,
        "no file, and so it is said"
    );
}

#[test]
fn quit_asks_only_about_actions_of_this_console() {
    let mut app = with_two_scheduled();
    // Both times are long past: every start asks again.
    tick(&mut app, 5 * 86_400);
    app.layers.clear();
    assert_eq!(press(&mut app, "q"), [Command::Quit]);
    let mut app = with_two_scheduled();
    dispatch::line(&mut app, "read-only on");
    assert_eq!(
        press(&mut app, "q"),
        [Command::Quit],
        "read-only: it would not do them either"
    );
    let mut app = with_two_scheduled();
    app.locations
        .iter_mut()
        .for_each(|place| place.account = "999988887777".into());
    assert_eq!(press(&mut app, "q"), [Command::Quit], "of another account");
    app.locations.clear();
    assert_eq!(
        (press(&mut app, "q"), top(&app)),
        (vec![], "quit"),
        "not connected yet: it may be of this one"
    );
}

#[test]
fn claimed_scheduled_action_counts_as_running() {
    let mut app = with_two_scheduled();
    assert!(matches!(
        tick(&mut app, 37_800).as_slice(),
        [Command::Claim(_)]
    ));
    press(&mut app, "q");
    assert!(
        quit_dialog(&app).open[0].ends_with(": starting now"),
        "{:?}",
        quit_dialog(&app)
    );
    assert_eq!(
        quit_dialog(&app).upcoming.as_ref().map(|ahead| ahead.count),
        Some(1)
    );
}

/// Sends a status of the only target of the newest plan.
fn send_status(app: &mut App, step: ActionStatus, at: Timestamp) {
    let ran = app.activity.newest().next().unwrap();
    let (plan, operation, target) = (ran.id.clone(), ran.operation, ran.targets[0].clone());
    update(
        app,
        Message::Engine(Event::Acted(StatusUpdate {
            plan,
            key: target.key,
            name: target.name,
            operation,
            at,
            status: step,
        })),
    );
}

/// The inverse of a stop of `keys`.
fn inverse_of_stop(operation: Operation, ask: &ActionRequest, keys: &[ResourceKey]) -> Inverse {
    let one = |key: &ResourceKey| InverseTarget {
        key: key.clone(),
        name: key.id.clone(),
        profile: "ml-prod".into(),
        request: ask.clone(),
        change: None,
    };
    let (undoes, targets) = (PlanId("p".into()), keys.iter().map(one).collect());
    Inverse {
        undoes,
        original: Operation::Stop,
        at: fixture::now(),
        by: "ana".into(),
        operation,
        targets,
        skipped: Vec::new(),
    }
}

#[test]
fn undo_of_a_running_action_names_what_it_waits_for() {
    let mut app = on("gpus");
    let name = names(&app)[0].clone();
    press(&mut app, "S y");
    let why = reasons::in_progress(Operation::Stop, &name);
    let not_yet = Notice::UndoLater { why };
    for status in [
        None,
        Some(ActionStatus::Recorded),
        Some(ActionStatus::Calling),
    ] {
        if let Some(status) = status {
            send_status(&mut app, status, fixture::later(1));
        }
        // The journal would return the plan before this one.
        for keys in ["u", "d u"] {
            assert_eq!(press(&mut app, keys), []);
            assert_eq!(notice(&app), Some(&not_yet));
        }
        press(&mut app, "esc");
    }
}

#[test]
fn undo_of_another_row_does_not_wait() {
    let mut app = on("gpus");
    let under = key(&app);
    press(&mut app, "S y j d");
    let other = app.subject().unwrap().head.key.clone();
    assert_ne!(other, under);
    assert_eq!(press(&mut app, "u"), [Command::Undo(Some(other))]);
}

/// The journal has the action before its row shows the result, and an undo needs that row.
#[test]
fn undo_waits_until_the_row_is_read_again() {
    let mut app = on("gpus");
    let (under, name) = (key(&app), names(&app)[0].clone());
    press(&mut app, "S y");
    let start = Operation::Start.request(Input::None);
    let inverse = inverse_of_stop(Operation::Start, &start, std::slice::from_ref(&under));
    let in_progress = reasons::in_progress(Operation::Stop, &name);
    let refreshing = reasons::refreshing(Operation::Stop, &name);
    for (status, at, why) in [
        (ActionStatus::Accepted, 2, in_progress),
        (ActionStatus::Succeeded, 10, refreshing),
    ] {
        send_status(&mut app, status, fixture::later(at));
        assert_eq!(press(&mut app, "u"), [Command::Undo(None)]);
        let commands = update(&mut app, Message::Inverse(Ok(inverse.clone())));
        assert_eq!(commands, [Command::Poll(Some("gpus"))]);
        assert_eq!(notice(&app), Some(&Notice::UndoLater { why }));
        assert_eq!(top(&app), "");
    }
    let mut rows = fixture::estate();
    for row in rows.iter_mut().filter(|row| row.head.key == under) {
        row.head.read_at = fixture::later(11);
    }
    for report in fixture::reports(&rows, fixture::later(11)) {
        apply_report(&mut app, report);
    }
    assert_eq!(update(&mut app, Message::Inverse(Ok(inverse))), []);
    assert!(
        matches!(notice(&app), Some(Notice::NotUndoable { what, .. }) if what.starts_with("stop")),
        "the row is judged as it is: {:?}",
        notice(&app)
    );
}

#[test]
fn undo_of_a_bulk_skips_running_actions() {
    let mut app = on("gpus");
    press(&mut app, "space space S y");
    let targets = app.activity.newest().next().unwrap().targets.clone();
    assert_eq!((press(&mut app, "u"), targets.len()), (vec![], 2));
    let why = reasons::in_progress(Operation::Stop, "2 rows");
    assert_eq!(notice(&app), Some(&Notice::UndoLater { why }));
    send_status(&mut app, ActionStatus::Accepted, fixture::now());
    assert_eq!(press(&mut app, "u"), [Command::Undo(None)]);
    // The undo plans the target that supports a start already; the executor checks it again. The
    // plan skips the other target with the reason for the wait.
    let mut rows = fixture::estate();
    let row = rows
        .iter_mut()
        .find(|row| row.head.key == targets[0].key)
        .unwrap();
    row.head
        .actions
        .retain(|offered| offered.operation != Operation::Start);
    let start = Capability::Billed {
        rate: None,
        call: ApiCall::Start(ops::start::Call::Instance(targets[0].key.id.clone())),
    };
    row.head.actions.push(AvailableAction {
        operation: Operation::Start,
        capability: Measured::Known(start),
    });
    for report in fixture::reports(&rows, fixture::later(5)) {
        apply_report(&mut app, report);
    }
    let keys: Vec<ResourceKey> = targets.iter().map(|target| target.key.clone()).collect();
    let commands = update(
        &mut app,
        Message::Inverse(Ok(inverse_of_stop(
            Operation::Start,
            &Operation::Start.request(Input::None),
            &keys,
        ))),
    );
    assert!(
        commands.contains(&Command::Poll(Some("gpus"))),
        "{commands:?}"
    );
    let confirm = confirm_dialog(&app);
    assert_eq!(
        (&confirm.plan.targets[0].key, confirm.plan.skipped.len()),
        (&targets[0].key, 1)
    );
    assert!(
        confirm.plan.skipped[0]
            .why
            .to_string()
            .contains("is in progress"),
        "{:?}",
        confirm.plan.skipped
    );
}
