//! Behaviour: sequences of keys on a small world, and what must hold whatever is pressed or read.

mod acting;
mod ahead;
mod asking;
mod commanded;
mod following;
mod fuzzed;
mod guarded;
mod leaving;
mod mashed;
mod moving;
mod open;
mod reading;
mod ruled;
mod settling;
mod typing;
mod undone;

use super::super::{App, Cmd, Msg, Page, Tile, dialog::Dialog, fixture, layer::Layer};
use crate::domain::{Confirmed, Key};

const SIZE: (u16, u16) = (140, 40);

/// The estate, with this pane in full.
fn on(pane: &'static str) -> App {
    let mut app = fixture::app(SIZE);
    super::pages::show(&mut app, Page::Full(Tile::Pane(pane)));
    super::settle(&mut app);
    app
}

fn press(app: &mut App, keys: &str) -> Vec<Cmd> {
    fixture::press(app, keys).unwrap()
}

fn type_in(app: &mut App, text: &str) -> Vec<Cmd> {
    fixture::type_in(app, text)
}

fn tick(app: &mut App, seconds: i64) -> Vec<Cmd> {
    super::update(app, Msg::Tick(fixture::later(seconds)))
}

fn key(app: &App) -> Key {
    app.focused().unwrap().key().unwrap().clone()
}

/// The id under the cursor.
fn id(app: &App) -> String {
    app.focused()
        .unwrap()
        .key()
        .map_or_else(String::new, |key| key.id.to_string())
}

fn names(app: &App) -> Vec<String> {
    app.focused()
        .unwrap()
        .rows
        .iter()
        .map(|record| record.head.name.to_string())
        .collect()
}

fn toast(app: &App) -> &str {
    app.toasts.last().map_or("", |toast| &toast.text)
}

/// The layer on top, in a word.
fn top(app: &App) -> &'static str {
    match app.layers.last() {
        None => "",
        Some(Layer::Details(_)) => "details",
        Some(Layer::Why(_)) => "why",
        Some(Layer::Help(_)) => "help",
        Some(Layer::Errors(_)) => "errors",
        Some(Layer::Outlook(_)) => "outlook",
        Some(Layer::Unpriced(_)) => "unpriced",
        Some(Layer::Journal(_)) => "journal",
        Some(Layer::Deed(_)) => "deed",
        Some(Layer::Deeds(_)) => "deeds",
        Some(Layer::Suspects(_)) => "suspects",
        Some(Layer::Filter(_)) => "filter",
        Some(Layer::Palette(_)) => "palette",
        Some(Layer::Dialog(Dialog::Confirm(_))) => "confirm",
        Some(Layer::Dialog(Dialog::Later(_))) => "later",
        Some(Layer::Dialog(Dialog::Laters(_))) => "laters",
        Some(Layer::Dialog(Dialog::Snooze(_))) => "snooze",
        Some(Layer::Dialog(Dialog::Count(_))) => "count",
        Some(Layer::Dialog(Dialog::Tags(_))) => "tags",
        Some(Layer::Dialog(Dialog::Pick(_))) => "pick",
        Some(Layer::Dialog(Dialog::Verbs(_))) => "verbs",
        Some(Layer::Dialog(Dialog::Quit(_))) => "quit",
        Some(Layer::Dialog(Dialog::Schedule(_))) => "schedule",
        Some(Layer::Dialog(Dialog::Bounds(_))) => "bounds",
        Some(Layer::Dialog(Dialog::Swap(_))) => "swap",
    }
}

/// Nothing speaks against the plan in question.
fn surveyed(app: &mut App) {
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else {
        panic!("no question")
    };
    let plan = &confirm.plan;
    let facts = plan
        .targets
        .iter()
        .map(|target| (target.key.clone(), crate::domain::Survey::default()))
        .collect();
    let plan = plan.id.clone();
    super::update(app, Msg::Surveyed { plan, facts });
    app.drawn();
}

fn ran(commands: &[Cmd]) -> &Confirmed {
    match commands {
        [Cmd::Run(confirmed)] => confirmed,
        other => panic!("not one run: {other:?}"),
    }
}

fn targets(confirmed: &Confirmed) -> Vec<String> {
    confirmed
        .plan()
        .targets
        .iter()
        .map(|target| target.key.id.to_string())
        .collect()
}
