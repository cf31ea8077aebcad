//! Reports: rows appear and disappear, the cursor stays, failures are listed and keep rows.

use super::*;
use crate::screen::update::apply_report;
use crate::{
    domain::{FaultKind, Location, Record, Report, SourceId},
    screen::notices::Tone,
};
use proptest::prelude::*;

fn read(app: &mut App, rows: &[Record], seconds: i64) {
    for report in fixture::reports(rows, fixture::later(seconds)) {
        apply_report(app, report);
    }
}

#[test]
fn keys_work_while_reports_arrive() {
    let mut app = fixture::loading(SIZE);
    assert!(app.inventory.loading("gpus") && app.focused().unwrap().rows.is_empty());
    press(&mut app, "2 2 j G k / esc d ?");
    press(&mut app, "esc");
    let rows = fixture::estate();
    apply_report(
        &mut app,
        fixture::report("gpus", &fixture::place("us-west-2"), &rows, fixture::now()),
    );
    assert_eq!(names(&app).len(), 3);
    assert!(!app.inventory.loading("gpus") && app.inventory.loading("notebooks"));
    apply_report(
        &mut app,
        fixture::report("gpus", &fixture::place("us-east-1"), &rows, fixture::now()),
    );
    assert_eq!(names(&app).len(), 14);
}

#[test]
fn unused_cursor_stays_on_the_first_row() {
    let mut app = fixture::loading(SIZE);
    app.page = Page::Full(Tile::Pane("gpus"));
    app.focus = Tile::Pane("gpus");
    let rows = fixture::estate();
    let cheap: Vec<_> = rows
        .iter()
        .filter(|record| &*record.head.key.id == "i-0evil")
        .cloned()
        .collect();
    read(&mut app, &cheap, 0);
    assert_eq!(id(&app), "i-0evil");
    read(&mut app, &rows, 1);
    assert_eq!(app.focused().unwrap().cursor, 0);
    // Opening the details of a row chooses that row.
    let mut other = fixture::loading(SIZE);
    (other.page, other.focus) = (app.page, app.focus);
    read(&mut other, &cheap, 0);
    press(&mut other, "d esc");
    read(&mut other, &rows, 1);
    assert_eq!(id(&other), "i-0evil");
    tick(&mut app, 20);
    let first = id(&app);
    let rest: Vec<_> = rows
        .iter()
        .filter(|record| *record.head.key.id != *first)
        .cloned()
        .collect();
    read(&mut app, &rest, 21);
    read(&mut app, &rows, 22);
    assert_eq!(
        (id(&app), app.focused().unwrap().cursor),
        (first, 0),
        "gone for a moment, or for good"
    );
}

#[test]
fn cursor_stays_on_its_resource_or_moves_to_the_next() {
    let mut app = on("gpus");
    press(&mut app, "j j j j");
    let (under, next) = (
        id(&app),
        app.focused().unwrap().rows[5].head.key.id.to_string(),
    );
    press(&mut app, "O");
    assert_eq!(id(&app), under, "sorted the other way");
    press(&mut app, "O w");
    assert_eq!(id(&app), under, "filtered");
    press(&mut app, "w");
    let rows: Vec<_> = fixture::estate()
        .into_iter()
        .filter(|record| *record.head.key.id != *under)
        .collect();
    read(&mut app, &rows, 5);
    assert_eq!(id(&app), next);
}

#[test]
fn marks_disappear_with_rows_but_survive_filters() {
    let mut app = on("gpus");
    press(&mut app, "space space space");
    assert_eq!(app.focused().unwrap().marks.len(), 3);
    press(&mut app, "/");
    type_in(&mut app, "llm");
    assert_eq!(app.focused().unwrap().marks.len(), 3);
    press(&mut app, "esc");
    let first = app.focused().unwrap().rows[0].head.key.clone();
    let rows: Vec<_> = fixture::estate()
        .into_iter()
        .filter(|record| record.head.key != first)
        .collect();
    read(&mut app, &rows, 5);
    assert_eq!(app.focused().unwrap().marks.len(), 2);
    assert!(!app.focused().unwrap().marks.contains(&first));
    press(&mut app, "*");
    assert_eq!(app.focused().unwrap().marks.len(), names(&app).len());
    press(&mut app, "*");
    assert!(app.focused().unwrap().marks.is_empty());
    press(&mut app, "space space U");
    assert!(app.focused().unwrap().marks.is_empty());
}

#[test]
fn failed_report_keeps_rows_and_is_listed_once() {
    let mut app = on("gpus");
    let before = names(&app);
    for seconds in 1..4 {
        let report = fixture::failure(
            "gpus",
            &fixture::place("us-east-1"),
            FaultKind::Denied,
            fixture::later(seconds),
        );
        apply_report(&mut app, report);
    }
    assert_eq!(names(&app), before);
    assert_eq!(
        (app.errors.len(), app.errors[0].times, app.unread_errors),
        (1, 3, 1)
    );
    assert!(
        app.toasts.is_empty(),
        "a badge, not a toast every few seconds"
    );
}

#[test]
fn paused_rows_do_not_change() {
    let mut app = on("gpus");
    press(&mut app, "f");
    let before = names(&app);
    read(&mut app, &[], 5);
    assert_eq!(names(&app), before);
    press(&mut app, "j S");
    assert_eq!(
        (top(&app), notice(&app)),
        ("", Some(&Notice::NoRow)),
        "what is gone is not acted on"
    );
    press(&mut app, "f");
    assert!(names(&app).is_empty());
}

#[test]
fn resolved_account_keeps_cursor_and_marks() {
    let nameless: Vec<Record> = fixture::estate()
        .into_iter()
        .map(|mut record| {
            record.head.key.account = "-".into();
            record
        })
        .collect();
    let mut app = fixture::loading(SIZE);
    app.page = Page::Full(Tile::Pane("gpus"));
    app.focus = Tile::Pane("gpus");
    for place in fixture::places() {
        let report = fixture::report("gpus", &place, &nameless, fixture::now());
        let source = SourceId {
            pane: "gpus",
            place: Location {
                account: "-".into(),
                ..place
            },
        };
        apply_report(&mut app, Report { source, ..report });
    }
    press(&mut app, "j j j space");
    let under = id(&app);
    press(&mut app, "d");
    read(&mut app, &fixture::estate(), 5);
    assert_eq!((id(&app), &*key(&app).account), (under, "111122223333"));
    assert_eq!(
        app.focused()
            .unwrap()
            .marks
            .iter()
            .filter(|key| &*key.account == "111122223333")
            .count(),
        1
    );
    let Some(Layer::Details(sheet)) = app.layers.last() else {
        panic!("no sheet")
    };
    assert!(!sheet.gone && &*sheet.key.account == "111122223333");
}

#[test]
fn sheet_stays_open_when_its_resource_is_gone() {
    let mut app = on("gpus");
    press(&mut app, "d");
    read(&mut app, &[], 5);
    let Some(Layer::Details(sheet)) = app.layers.last() else {
        panic!("no sheet")
    };
    assert!(sheet.gone && !sheet.record.head.name.is_empty());
    assert_eq!((press(&mut app, "S"), top(&app)), (vec![], "details"));
}

#[test]
fn rows_are_reused_until_something_changes() {
    let mut app = on("gpus");
    let rows = app.focused().unwrap().rows.as_ptr();
    press(&mut app, "j k space U ? esc");
    tick(&mut app, 1);
    assert_eq!(app.focused().unwrap().rows.as_ptr(), rows);
}

#[test]
fn toasts_expire_and_errors_stay_longer() {
    let mut app = on("gpus");
    let path = "a.csv".to_owned();
    super::super::update(&mut app, Message::Notice(Notice::Saved { path }));
    let error = "disk full\u{1b}[2J".to_owned();
    super::super::update(&mut app, Message::Notice(Notice::CopyFailed { error }));
    let tones: Vec<Tone> = app.toasts.iter().map(|toast| toast.notice.tone()).collect();
    assert_eq!(tones, [Tone::Good, Tone::Bad]);
    assert!(
        app.toasts[1].text().ends_with("disk full·[2J"),
        "no control character is printed"
    );
    tick(&mut app, 7);
    assert_eq!(app.toasts.len(), 1);
    tick(&mut app, 13);
    assert!(app.toasts.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// After any report the cursor is on the same resource or, if that is gone, on the next one.
    #[test]
    fn cursor_follows_its_resource(
        start in 0usize..14,
        steps in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6),
    ) {
        let estate = fixture::estate();
        let mut app = on("gpus");
        app.table_mut(Tile::Pane("gpus")).unwrap().go(start);
        for (at, (mask, price)) in steps.into_iter().enumerate() {
            let before = key(&app);
            let mut rows = estate.clone();
            let mut place = 0;
            rows.retain(|_| { place += 1; place > 14 || mask & (1 << place) != 0 });
            for (n, record) in rows.iter_mut().enumerate() {
                if let crate::domain::HourlyCost::Priced { unit, .. } = &mut record.head.burn {
                    unit.0 = f64::from(price ^ (n as u8).wrapping_mul(37));
                }
            }
            let there = rows.iter().any(|record| record.head.key == before);
            let is_gpu = |record: &Record| fixture::pane_of(record.head.key.kind) == Some("gpus");
            let any = rows.iter().any(is_gpu);
            read(&mut app, &rows, i64::try_from(at).unwrap() + 1);
            let table = app.focused().unwrap();
            prop_assert!(table.cursor < table.rows.len().max(1));
            if there {
                prop_assert_eq!(key(&app), before);
            }
            if !any {
                break;
            }
        }
    }
}
