//! Sheets and dialogs for the tests.

use super::*;
use crate::domain::Input;
use crate::{
    domain::{Inverse, Operation, PlanId, action::inverse::InverseTarget},
    screen::{
        dialogs::{Dialog, ShownParts},
        state::modal_stack::Layer,
    },
};

pub(super) const SHEETS: &[Shot] = &[
    ("details", |size| after(size, "d")),
    ("why", |size| after(size, "e")),
    ("help", |size| after(size, "?")),
    ("errors", |size| {
        let mut app = denied(size);
        press(&mut app, "!").unwrap();
        app
    }),
    ("palette", |size| {
        let mut app = after(size, ":");
        type_in(&mut app, "so");
        app
    }),
];

pub(super) const ALIKE: &[Shot] = &[
    ("alike", |size| after(size, "G")),
    ("alike_why", |size| after(size, "G e")),
    ("alike_opened", |size| after(size, "G enter *")),
];

pub(super) const DIALOGS: &[Shot] = &[
    ("scale", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "C").unwrap();
        app
    }),
    ("schedule", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "H").unwrap();
        app
    }),
    ("tags", |size| {
        let mut app = after(size, "T");
        type_in(&mut app, "cost-centre=42");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("operations", |size| after(size, "a")),
    ("sort", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "o").unwrap();
        app
    }),
    ("regions", |size| after(size, "R")),
    ("export", |size| after(size, "x")),
];

/// The GPUs pane with two scheduled actions and a snooze, after `keys`.
fn with_scheduled_stop(size: (u16, u16), keys: &str) -> App {
    let mut app = open(size, "gpus");
    for (line, down) in [
        ("scheduled stop 19:00", true),
        ("scheduled stop fri 18:30", true),
        ("snooze 2h", false),
    ] {
        crate::screen::update::dispatch::line(&mut app, line);
        if let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last_mut() {
            confirm.preflight = crate::screen::dialogs::confirm::PreflightState::Late;
            confirm.drawn = ShownParts::All;
        }
        press(&mut app, "y").unwrap();
        app.layers.clear();
        app.toasts.clear();
        if down {
            press(&mut app, "j").unwrap();
        }
    }
    press(&mut app, keys).unwrap();
    app
}

pub(super) const LATER: &[Shot] = &[
    ("schedule_action", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "fri 18:30");
        app
    }),
    ("schedule_wrong", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "soon");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("schedule_by_tag", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L tab").unwrap();
        type_in(&mut app, "friday");
        app
    }),
    ("schedule_by_hours", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L tab tab").unwrap();
        app
    }),
    ("schedule_confirm", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "19:00");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("schedule_signs", |size| with_scheduled_stop(size, "k k")),
    ("schedule_again", |size| with_scheduled_stop(size, "k k L")),
    ("schedule_details", |size| {
        with_scheduled_stop(size, "k k d")
    }),
    ("scheduled_list", |size| {
        let mut app = with_scheduled_stop(size, "");
        crate::screen::update::dispatch::line(&mut app, "scheduled");
        app
    }),
    ("schedule_missed", |size| {
        let mut app = with_scheduled_stop(size, "");
        update(&mut app, fixture::tick(12 * 3_600));
        app
    }),
    ("snooze", |size| {
        let mut app = fixture::app(size);
        press(&mut app, "Z").unwrap();
        app
    }),
    ("snoozed", |size| {
        let mut app = fixture::app(size);
        press(&mut app, "Z enter").unwrap();
        app.toasts.clear();
        app
    }),
    ("undo", |size| {
        let mut app = open(size, "gpus");
        let key = app.focused().unwrap().key().unwrap().clone();
        let back = InverseTarget {
            key,
            name: "llm-pretrain".into(),
            profile: "ml-prod".into(),
            request: Operation::Stop.request(Input::None),
            change: None,
        };
        let inverse = Inverse {
            undoes: PlanId("20261123T080000Z-1".into()),
            original: Operation::Start,
            at: fixture::later(-1_800),
            by: "ana".into(),
            operation: Operation::Stop,
            targets: vec![back],
            skipped: Vec::new(),
        };
        update(&mut app, Message::Inverse(Ok(inverse)));
        app
    }),
];
