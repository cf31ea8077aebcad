//! Sources answer one after another at startup: an unused cursor stays on the top row, a used one
//! on its resource.

use super::*;
use crate::screen::update::apply_report;
use crate::screen::update::{dispatch, rows};

/// A report of each source, the most expensive one last.
fn most_expensive_last() -> Vec<crate::domain::Report> {
    let world = fixture::inventory(&fixture::estate());
    let waste = |report: &crate::domain::Report| -> f64 {
        let mine = world
            .findings()
            .iter()
            .filter(|finding| report.rows.iter().any(|row| row.head.key == finding.key));
        mine.map(|finding| finding.waste.0).sum()
    };
    let mut reports = fixture::reports(&fixture::estate(), fixture::now());
    reports.sort_by(|a, b| waste(a).total_cmp(&waste(b)));
    reports
}

/// Applies reports a minute apart and calls `each` after every one.
fn apply_reports(app: &mut App, reports: Vec<crate::domain::Report>, mut each: impl FnMut(&App)) {
    for (place, report) in reports.into_iter().enumerate() {
        tick(app, 60 * i64::try_from(place).unwrap());
        apply_report(app, report);
        each(app);
    }
}

fn is_cursor_on_top(app: &App) -> bool {
    let table = app.focused().unwrap();
    table.cursor == 0 && table.top == 0
}

#[test]
fn unused_cursor_stays_on_the_top_of_the_ranking() {
    let mut app = fixture::loading(SIZE);
    let mut tops = std::collections::BTreeSet::new();
    apply_reports(&mut app, most_expensive_last(), |app| {
        assert!(is_cursor_on_top(app), "{:?}", names(app));
        tops.insert(id(app));
    });
    assert!(tops.len() > 2, "the top row changed hands: {tops:?}");
    assert_eq!(names(&app)[0], "hpo-worker ×8");
    let worst: Vec<String> = (1..=8).map(|n| format!("i-0hpo{n:02}")).collect();
    assert_eq!(targets(ran(&press(&mut app, "S y"))), worst);
}

#[test]
fn unused_cursor_stays_on_the_top_of_a_pane() {
    let mut app = fixture::loading(SIZE);
    // Keys without a row under the cursor choose none.
    press(&mut app, "2 2 j G S d space");
    assert_eq!(app.page, Page::Full(Tile::Pane("gpus")));
    let dearest = id(&on("gpus"));
    let mut reports = most_expensive_last();
    reports.sort_by_key(|report| {
        report.source.pane == "gpus" && report.rows.iter().any(|row| *row.head.key.id == *dearest)
    });
    let mut tops = std::collections::BTreeSet::new();
    apply_reports(&mut app, reports, |app| {
        assert!(is_cursor_on_top(app), "{:?}", names(app));
        tops.insert(id(app));
    });
    assert!(
        tops.len() > 2 && id(&app) == dearest,
        "nothing, then one, then a dearer one: {tops:?}"
    );
    // Cursors of hidden tables and of tiles without the focus stay on the top row as well.
    for pane in ["notebooks", "jobs"] {
        super::super::pages::show(&mut app, Page::Full(Tile::Pane(pane)));
        app.reconcile();
        assert!(is_cursor_on_top(&app), "{pane}");
    }
}

#[test]
fn used_cursor_stays_on_its_row() {
    // Each of these keys chooses the row under the cursor.
    for keys in [
        "j k",
        "end home",
        "space k",
        "*",
        "d esc",
        "e esc",
        "a esc",
        "S n",
        "T esc",
        "L esc",
        "Z esc",
        "y",
        ": esc S n",
    ] {
        let mut app = fixture::loading(SIZE);
        let mut reports = most_expensive_last();
        let last = reports.pop().unwrap();
        apply_reports(&mut app, reports, |_| {});
        let before = key(&app);
        press(&mut app, keys);
        apply_report(&mut app, last);
        assert_eq!(key(&app), before, "{keys}");
        assert!(
            app.focused().unwrap().cursor > 0,
            "{keys}: the worst came above it"
        );
    }
    // None of these keys chooses a row.
    for look in [
        "tab shift-tab",
        "z z",
        "? ?",
        "! !",
        "ctrl-t",
        ": esc",
        "/ esc",
        "o esc",
        "w w",
        "f f",
        "ctrl-r",
    ] {
        let mut app = fixture::loading(SIZE);
        let mut reports = most_expensive_last();
        let last = reports.pop().unwrap();
        apply_reports(&mut app, reports, |_| {});
        press(&mut app, look);
        apply_report(&mut app, last);
        assert!(is_cursor_on_top(&app), "{look}");
        assert_eq!(names(&app)[0], "hpo-worker ×8", "{look}");
    }
}

#[test]
fn new_sort_or_filter_moves_an_unused_cursor_to_the_top() {
    type Change = fn(&mut App);
    let changes: [(&str, Change); 4] = [
        ("order", |app| {
            dispatch::line(app, "sort name asc");
        }),
        ("turned round", |app| {
            press(app, "O");
        }),
        ("filter", |app| rows::filter_by(app, "burn>1").unwrap()),
        ("region", |app| {
            dispatch::line(app, "region us-west-2");
        }),
    ];
    for (what, change) in changes {
        let mut app = on("gpus");
        change(&mut app);
        app.reconcile();
        assert!(is_cursor_on_top(&app), "{what}");
        // The cursor stays there while more reports arrive.
        for report in fixture::reports(&fixture::estate(), fixture::later(60)) {
            apply_report(&mut app, report);
        }
        assert!(is_cursor_on_top(&app), "{what}");
        let mut app = on("gpus");
        press(&mut app, "j j");
        let chosen = key(&app);
        change(&mut app);
        app.reconcile();
        let there = app
            .focused()
            .unwrap()
            .rows
            .iter()
            .any(|row| row.head.key == chosen);
        assert!(!there || key(&app) == chosen, "{what}");
        assert!(there || what == "region", "{what}");
    }
}

#[test]
fn cursor_row_stays_while_a_layer_is_open() {
    for layer in [":", "?", "o"] {
        let mut app = fixture::loading(SIZE);
        let mut reports = most_expensive_last();
        let last = reports.pop().unwrap();
        apply_reports(&mut app, reports, |_| {});
        let before = key(&app);
        press(&mut app, layer);
        apply_report(&mut app, last);
        assert_eq!(
            key(&app),
            before,
            "{layer}: what was seen when it was opened"
        );
        press(&mut app, "esc");
        assert!(
            is_cursor_on_top(&app),
            "{layer}: closed, and nothing was done"
        );
    }
    // A command of the palette acts on the row under the cursor when the palette opened.
    let mut app = fixture::loading(SIZE);
    let mut reports = most_expensive_last();
    let last = reports.pop().unwrap();
    apply_reports(&mut app, reports, |_| {});
    let before = key(&app);
    press(&mut app, ":");
    type_in(&mut app, "details");
    apply_report(&mut app, last);
    press(&mut app, "enter");
    let Some(Layer::Details(sheet)) = app.layers.last() else {
        panic!("{:?}", notice(&app))
    };
    assert_eq!(sheet.key, before);
}

#[test]
fn open_confirm_dialog_keeps_its_plan_while_rows_load() {
    let mut app = fixture::loading(SIZE);
    press(&mut app, "2 2");
    let dearest = id(&on("gpus"));
    let gpus = most_expensive_last()
        .into_iter()
        .filter(|report| report.source.pane == "gpus");
    let (last, first): (Vec<_>, Vec<_>) =
        gpus.partition(|report| report.rows.iter().any(|row| *row.head.key.id == *dearest));
    apply_reports(&mut app, first, |_| {});
    let under = id(&app);
    assert_ne!(under, dearest);
    press(&mut app, "S");
    assert_eq!(top(&app), "confirm", "{:?}", notice(&app));
    apply_reports(&mut app, last, |_| {});
    assert_eq!(targets(ran(&press(&mut app, "y"))), [under]);
}

#[test]
fn rule_group_opens_at_its_top() {
    let mut app = fixture::app(SIZE);
    let group = app
        .focused()
        .unwrap()
        .rows
        .iter()
        .position(|row| &*row.head.name == "untagged")
        .unwrap();
    app.table_mut(Tile::Waste).unwrap().go(group);
    press(&mut app, "enter");
    assert!(is_cursor_on_top(&app) && app.focused().unwrap().rule().is_some());
    for report in fixture::reports(&fixture::estate(), fixture::later(60)) {
        apply_report(&mut app, report);
    }
    assert!(is_cursor_on_top(&app));
    press(&mut app, "esc");
    assert_eq!(
        app.focused().unwrap().cursor,
        group,
        "back on the row it was opened from"
    );
}
