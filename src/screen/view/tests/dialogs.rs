//! Sheets and dialogs, each as text at two sizes.

use super::*;
use crate::{
    domain::{Ask, Inverse, PlanId, Verb, inverse::Back},
    screen::{
        dialog::{Dialog, Seen},
        layer::Layer,
    },
};

#[test]
fn sheets() {
    snap("details", |size| after(size, "d"));
    snap("why", |size| after(size, "e"));
    snap("help", |size| after(size, "?"));
    snap("errors", |size| {
        let mut app = denied(size);
        press(&mut app, "!").unwrap();
        app
    });
    snap("palette", |size| {
        let mut app = after(size, ":");
        type_in(&mut app, "so");
        app
    });
}

#[test]
fn rows_of_a_rule_are_told_as_one() {
    snap("alike", |size| after(size, "G"));
    snap("alike_why", |size| after(size, "G e"));
    snap("alike_opened", |size| after(size, "G enter *"));
}

#[test]
fn dialogs() {
    snap("scale", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "C").unwrap();
        app
    });
    snap("schedule", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "H").unwrap();
        app
    });
    snap("tags", |size| {
        let mut app = after(size, "T");
        type_in(&mut app, "cost-centre=42");
        press(&mut app, "enter").unwrap();
        app
    });
    snap("verbs", |size| after(size, "a"));
    snap("sort", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "o").unwrap();
        app
    });
    snap("regions", |size| after(size, "R"));
    snap("export", |size| after(size, "x"));
}

#[test]
fn later_and_snooze() {
    fn agreed(size: (u16, u16), keys: &str) -> App {
        let mut app = open(size, "gpus");
        for (line, down) in [("later stop 19:00", true), ("later stop fri 18:30", true), ("snooze 2h", false)] {
            crate::screen::update::commands::run_text(&mut app, line);
            if let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last_mut() {
                confirm.facts = crate::screen::dialog::confirm::Facts::Late;
                confirm.seen = Seen::All;
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
    snap("later", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "fri 18:30");
        app
    });
    snap("later_wrong", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "soon");
        press(&mut app, "enter").unwrap();
        app
    });
    snap("later_by_tag", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L tab").unwrap();
        type_in(&mut app, "friday");
        app
    });
    snap("later_by_hours", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L tab tab").unwrap();
        app
    });
    snap("later_confirm", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "L").unwrap();
        type_in(&mut app, "19:00");
        press(&mut app, "enter").unwrap();
        app
    });
    snap("later_agreed", |size| agreed(size, "k k"));
    snap("later_again", |size| agreed(size, "k k L"));
    snap("later_details", |size| agreed(size, "k k d"));
    snap("later_list", |size| {
        let mut app = agreed(size, "");
        crate::screen::update::commands::run_text(&mut app, "later");
        app
    });
    snap("later_missed", |size| {
        let mut app = agreed(size, "");
        update(&mut app, Msg::Tick(fixture::later(12 * 3_600)));
        app
    });
    snap("snooze", |size| {
        let mut app = fixture::app(size);
        press(&mut app, "Z").unwrap();
        app
    });
    snap("snoozed", |size| {
        let mut app = fixture::app(size);
        press(&mut app, "Z enter").unwrap();
        app.toasts.clear();
        app
    });
    snap("undo", |size| {
        let mut app = open(size, "gpus");
        let key = app.focused().unwrap().key().unwrap().clone();
        let back = Back { key, name: "llm-pretrain".into(), profile: "ml-prod".into(), ask: Ask::Stop, left: None };
        let inverse = Inverse {
            undoes: PlanId("20261123T080000Z-1".into()),
            done: Verb::Start,
            at: fixture::later(-1_800),
            by: "ana".into(),
            verb: Verb::Stop,
            backs: vec![back],
            left_out: Vec::new(),
        };
        update(&mut app, Msg::Inverse(Ok(inverse)));
        app
    });
}
