//! The read-only badge on every screen.

use super::*;
use crate::{
    domain::Location,
    screen::{state::modal_stack::Layer, update::dispatch},
};

/// Keys to every pane, sheet and dialog.
const SCREENS: [&str; 36] = [
    "",
    "2 2",
    "3 3",
    "4 4",
    "5 5",
    "6 6",
    "7 7",
    "8 8",
    "9",
    "9 b",
    "2 2 z",
    "d",
    "d e",
    "e",
    "?",
    ":",
    "/",
    "S",
    "T",
    "a",
    "o",
    "R",
    "P",
    "x",
    "L",
    "Z",
    "J",
    "!",
    "u",
    "4 4 C",
    "4 4 H",
    "4 4 M",
    "4 4 D",
    "8 8 F",
    "j j S",
    "space space S",
];

type Set = fn(&mut App);

/// How read-only mode is set, and its badge.
const SETS: [(Set, &str); 4] = [
    (|app| app.read_only = true, "READ-ONLY"),
    (
        |app| (app.may_write, app.read_only) = (false, true),
        "READ-ONLY",
    ),
    (
        |app| app.access.locked_by_config = ["ml-prod".into()].into(),
        "read-only: ml-prod",
    ),
    (
        |app| app.access.locked_in_session = ["ml-prod".into(), "ml-dev".into()].into(),
        "READ-ONLY",
    ),
];

#[test]
fn read_only_badge_is_visible_on_every_screen() {
    for (set, badge) in SETS {
        for keys in SCREENS {
            for busy in [false, true] {
                let mut app = after((80, 24), keys);
                app.locations.push(Location {
                    profile: "ml-dev".into(),
                    account: "444455556666".into(),
                    region: "us-east-1".into(),
                });
                set(&mut app);
                if busy {
                    app.title = "a-profile-of-a-very-long-name 9999-8888-7777".to_owned();
                    app.unread_errors = 123;
                    for number in 0..5 {
                        dispatch::line(&mut app, &format!("nothing of this name {number}"));
                    }
                }
                let screen = text(&drawn(&app));
                assert!(
                    screen.contains(badge),
                    "{badge} after `{keys}`, busy: {busy}\n{screen}"
                );
            }
        }
    }
}

/// The keys open layers, not refusals.
#[test]
fn sample_keys_open_dialogs() {
    let layered = SCREENS
        .iter()
        .filter(|keys| after((80, 24), keys).layers.last().is_some())
        .count();
    assert!(layered >= 16, "{layered}");
    let asks = |keys: &&&str| matches!(after((80, 24), keys).layers.last(), Some(Layer::Dialog(_)));
    assert!(SCREENS.iter().filter(asks).count() >= 10);
}
