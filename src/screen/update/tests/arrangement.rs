//! Other threads build the rows of large tables; input of the user takes precedence meanwhile.

use super::*;
use crate::domain::Record;
use crate::screen::{
    state::table::Arrangement,
    update::{report_message, update},
};

const ROWS: usize = 400;

/// A console with many instances of one region, on their page.
fn large() -> (App, Vec<Record>) {
    let is_here = |row: &Record| *row.head.key.region == *"us-east-1";
    let rows: Vec<Record> = fixture::many(4 * ROWS)
        .into_iter()
        .filter(is_here)
        .take(ROWS)
        .collect();
    let mut app = App::new(fixture::setup(fixture::inventory(&rows), SIZE));
    press(&mut app, "2 2");
    assert_eq!(app.focused().unwrap().rows.len(), ROWS);
    (app, rows)
}

/// Reports `rows`; returns the arrangement that the update requests from the loop.
fn report(app: &mut App, rows: &[Record], seconds: i64) -> Option<Box<Arrangement>> {
    let report = fixture::report(
        "gpus",
        &fixture::place("us-east-1"),
        rows,
        fixture::later(seconds),
    );
    let message = report_message(app, report);
    let commands = update(app, message);
    commands.into_iter().find_map(|command| match command {
        Command::Arrange(arrangement) => Some(arrangement),
        _ => None,
    })
}

fn finish(app: &mut App, arrangement: Box<Arrangement>) -> Vec<Command> {
    let mut commands = update(app, Message::Arranged(arrangement.run()));
    commands.retain(|command| !matches!(command, Command::Discard(_)));
    commands
}

fn shown(app: &App) -> usize {
    app.focused().unwrap().rows.len()
}

/// The rows without the last `count`.
fn without(rows: &[Record], count: usize) -> &[Record] {
    &rows[..rows.len() - count]
}

#[test]
fn rows_of_many_are_made_beside_the_loop() {
    let (mut app, rows) = large();
    press(&mut app, "j j j");
    let under = id(&app);
    let arrangement = report(&mut app, without(&rows, 10), 1).unwrap();
    assert_eq!(shown(&app), ROWS, "the rows so far stay meanwhile");
    assert_eq!(
        report(&mut app, without(&rows, 20), 2),
        None,
        "one arrangement at a time"
    );
    let next = finish(&mut app, arrangement);
    assert_eq!((shown(&app), id(&app)), (ROWS - 10, under.clone()));
    let [Command::Arrange(next)] = &next[..] else {
        panic!("what came meanwhile is asked for: {next:?}");
    };
    assert_eq!(finish(&mut app, next.clone()), []);
    assert_eq!((shown(&app), id(&app)), (ROWS - 20, under));
}

#[test]
fn what_the_person_does_meanwhile_counts() {
    let (mut app, rows) = large();
    let arrangement = report(&mut app, without(&rows, 10), 1).unwrap();
    press(&mut app, "/");
    type_in(&mut app, "name:worker-1");
    press(&mut app, "enter");
    let filtered = shown(&app);
    assert!(filtered < ROWS);
    assert_eq!(finish(&mut app, arrangement), []);
    assert_eq!(shown(&app), filtered, "the filter is newer");
    press(&mut app, "esc f");
    let paused = shown(&app);
    assert_eq!(report(&mut app, without(&rows, 30), 2), None);
    assert_eq!(shown(&app), paused, "a paused console keeps its rows");
}

#[test]
fn rows_of_few_are_made_at_once() {
    let mut app = on("gpus");
    let before = shown(&app);
    assert_eq!(report(&mut app, &[], 1), None);
    assert!(shown(&app) < before);
}
