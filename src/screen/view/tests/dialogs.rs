//! Sheets and dialogs, each as text at two sizes.

use super::*;

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
    snap("journal", |size| {
        let mut app = after(size, "J");
        update(
            &mut app,
            Msg::Journal(vec![
                "2026-11-23T08:31:02Z intent stop i-0hpo01".to_owned(),
                "2026-11-23T08:31:03Z accepted stop i-0hpo01".to_owned(),
            ]),
        );
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
