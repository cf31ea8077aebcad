//! Cursor, pages, layers and quitting.

use super::*;
use crate::screen::update::{dispatch, groupings, pages, rows};

#[test]
fn keys_move_the_cursor() {
    let last = on("gpus").focused().unwrap().rows.len() - 1;
    for (keys, place) in [
        ("j", 1),
        ("j j k", 1),
        ("k", 0),
        ("down down up", 1),
        ("G", last),
        ("G g g", 0),
        ("end", last),
        ("end home", 0),
        ("ctrl-f", last),
        ("G ctrl-b", 0),
        ("G k k", last - 2),
        // A sequence without a binding: g has no effect by itself, j moves down.
        ("g j", 1),
    ] {
        let mut app = on("gpus");
        fixture::draw(&mut app);
        assert_eq!(press(&mut app, keys), [], "{keys}");
        assert_eq!(app.focused().unwrap().cursor, place, "{keys}");
    }
}

#[test]
fn half_page_keys_move_by_visible_rows() {
    let mut app = App::new(fixture::setup(
        fixture::inventory(&fixture::many(200)),
        SIZE,
    ));
    press(&mut app, "2 2");
    let height = app.measurements.visible_rows(app.focus);
    press(&mut app, "ctrl-d");
    assert_eq!(app.focused().unwrap().cursor, height / 2);
    press(&mut app, "ctrl-f");
    assert_eq!(app.focused().unwrap().cursor, height / 2 + height - 1);
    let table = app.focused().unwrap();
    assert!(table.top <= table.cursor && table.cursor < table.top + height);
    press(&mut app, "ctrl-u ctrl-b");
    assert_eq!(
        (app.focused().unwrap().cursor, app.focused().unwrap().top),
        (0, 0)
    );
}

#[test]
fn incomplete_key_sequence_times_out() {
    let mut app = on("gpus");
    press(&mut app, "G g");
    assert_eq!(app.sequence.keys.len(), 1);
    tick(&mut app, 1);
    tick(&mut app, 2);
    assert!(app.sequence.keys.is_empty());
    press(&mut app, "g");
    assert_ne!(
        app.focused().unwrap().cursor,
        0,
        "one g after a pause is not gg"
    );
}

#[test]
fn short_binding_waits_for_a_longer_one() {
    let text = "inherits = \"default\"\n[table]\n\"g x\" = \"help\"\n[global]\n\
                \"g g\" = []\n\"g\" = \"bottom\"";
    let keymap = crate::screen::input::keymap::Keymap::parse(text, "mine.toml", None).unwrap();
    let mut app = on("gpus");
    app.keymap = keymap;
    press(&mut app, "g");
    assert_eq!(app.focused().unwrap().cursor, 0);
    tick(&mut app, 1);
    tick(&mut app, 2);
    assert_ne!(
        app.focused().unwrap().cursor,
        0,
        "after a pause the short one counts"
    );
    press(&mut app, "home g j");
    assert_eq!(
        app.focused().unwrap().cursor,
        app.focused().unwrap().rows.len() - 1,
        "or when another key follows"
    );
    press(&mut app, "g x");
    assert_eq!(top(&app), "help");
}

#[test]
fn tabs_match_the_pane_registry() {
    let app = fixture::app(SIZE);
    let mut tabs = vec![Page::Overview];
    tabs.extend(
        app.inventory
            .panes()
            .iter()
            .map(|pane| Page::Full(Tile::Pane(pane.id))),
    );
    assert_eq!(app.tabs(), tabs);
    let mut app = on("gpus");
    for (number, page) in (1..).zip(&tabs) {
        press(&mut app, &number.to_string());
        if app.page == Page::Overview && *page != Page::Overview {
            press(&mut app, &number.to_string());
        }
        assert_eq!(app.page, *page);
    }
    press(&mut app, "9");
    assert_eq!(app.page, *tabs.last().unwrap());
    assert_eq!(pages::tab(&mut app, 12), []);
    assert_eq!(
        (app.page, notice(&app)),
        (*tabs.last().unwrap(), Some(&Notice::PageCount { count: 9 }))
    );
    press(&mut app, "tab");
    assert_eq!(app.page, Page::Overview, "around the end");
    press(&mut app, "6 6 shift-tab");
    assert_eq!(app.page, tabs[4]);
}

#[test]
fn pane_shows_one_grouping_at_a_time() {
    let mut app = on("spend");
    let shown = |app: &App| {
        let table = app.focused().unwrap();
        (
            table.groupings.shown().unwrap().to_string(),
            table.rows.len(),
            table.total,
            table.dollars.is_some(),
        )
    };
    assert_eq!(shown(&app), ("service".to_owned(), 3, 3, true));
    press(&mut app, "]");
    assert_eq!(shown(&app), ("usage-type".to_owned(), 3, 3, true));
    press(&mut app, "[ [");
    assert_eq!(shown(&app), ("coverage".to_owned(), 1, 1, false));
    // The filter language reaches all of them.
    rows::filter_by(&mut app, "group:tag* month>100k").unwrap();
    app.reconcile();
    assert_eq!(
        (
            app.focused().unwrap().rows.len(),
            app.focused().unwrap().total
        ),
        (1, 12)
    );
    dispatch::line(&mut app, "filter !billed");
    dispatch::line(&mut app, "group service");
    app.reconcile();
    assert_eq!(
        (
            app.focused().unwrap().rows.len(),
            app.focused().unwrap().total
        ),
        (0, 3)
    );
    assert!(groupings::show_named(&mut app, "servce").is_err());
    let mut app = on("gpus");
    press(&mut app, "]");
    assert_eq!(notice(&app), Some(&Notice::OneGrouping));
}

#[test]
fn budget_finding_opens_the_budget() {
    let mut app = fixture::app(SIZE);
    let place = app
        .focused()
        .unwrap()
        .rows
        .iter()
        .position(|row| &*row.head.name == "ml-platform")
        .expect("a budget is passed soon");
    app.table_mut(Tile::Waste).unwrap().go(place);
    press(&mut app, "enter");
    assert_eq!(app.page, Page::Full(Tile::Pane("spend")));
    let table = app.focused().unwrap();
    assert_eq!(
        (
            table.groupings.shown().map(|shown| &**shown),
            table.current().map(|row| &*row.head.name)
        ),
        (Some("budgets"), Some("ml-platform"))
    );
}

#[test]
fn tiles_take_focus_and_zoom_keeps_the_row() {
    let mut app = fixture::app(SIZE);
    assert_eq!((app.page, app.focus), (Page::Overview, Tile::Waste));
    press(&mut app, "2");
    assert_eq!(
        (app.page, app.focus),
        (Page::Overview, Tile::Pane("gpus")),
        "a digit goes to the tile"
    );
    press(&mut app, "tab");
    assert_eq!(app.focus, Tile::Pane("notebooks"));
    press(&mut app, "shift-tab j j");
    let key = super::key(&app);
    press(&mut app, "z");
    assert_eq!(
        (app.page, super::key(&app)),
        (Page::Full(Tile::Pane("gpus")), key.clone())
    );
    press(&mut app, "j z");
    assert_eq!(app.page, Page::Overview);
    press(&mut app, "k enter");
    assert_eq!(
        (app.page, super::key(&app)),
        (Page::Full(Tile::Pane("gpus")), key)
    );
    press(&mut app, "enter");
    assert_eq!(top(&app), "details");
    press(&mut app, "q q");
    assert_eq!((app.page, top(&app)), (Page::Overview, ""));
}

#[test]
fn esc_goes_back_and_q_quits_at_the_root() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter w d");
    assert_eq!(top(&app), "details");
    for (left, page) in [
        ("layer", "gpus"),
        ("filter", "gpus"),
        ("waste", "gpus"),
        ("page", "overview"),
    ] {
        assert_eq!(press(&mut app, "esc"), [], "{left}");
        let is = if app.page == Page::Overview {
            "overview"
        } else {
            "gpus"
        };
        assert_eq!(is, page, "{left}");
    }
    assert!(!app.table(Tile::Pane("gpus")).unwrap().is_narrowed());
    assert_eq!(press(&mut app, "esc"), []);
    let keys = "q".to_owned();
    assert_eq!(notice(&app), Some(&Notice::QuitHint { keys }));
    assert_eq!(press(&mut app, "q"), [Command::Quit]);
    assert_eq!(press(&mut app, "ctrl-c"), [Command::Quit]);
    let mut app = on("gpus");
    assert_eq!(press(&mut app, "q"), []);
    assert_eq!(app.page, Page::Overview);
}

#[test]
fn ctrl_c_closes_layers_before_it_quits() {
    for keys in ["S", "d", "/", ":", "T", "a", "o", "?", "d S", "S", ": "] {
        let mut app = on("gpus");
        press(&mut app, keys);
        assert_ne!(top(&app), "", "{keys}");
        assert_eq!(press(&mut app, "ctrl-c"), [], "{keys}");
        assert_eq!(top(&app), "", "{keys}");
        assert_eq!(press(&mut app, "ctrl-c"), [Command::Quit], "{keys}");
    }
}

#[test]
fn sheets_open_and_close() {
    for (keys, layer) in [
        ("d", "details"),
        ("e", "why"),
        ("d e", "why"),
        ("e d", "details"),
        ("?", "help"),
        ("!", "errors"),
        ("J", "journal"),
        (":", "palette"),
        ("/", "filter"),
        ("o", "pick"),
        ("a", "operations"),
        ("d d", ""),
        ("? ?", ""),
        ("d q", ""),
        ("o esc", ""),
        ("o q", ""),
    ] {
        let mut app = on("gpus");
        press(&mut app, keys);
        assert_eq!(top(&app), layer, "{keys}");
    }
}

#[test]
fn journal_key_loads_the_journal_or_reports_its_absence() {
    let mut app = on("gpus");
    assert_eq!(press(&mut app, "J"), [Command::Journal]);
    super::super::update(&mut app, Message::Journal(Box::default()));
    let Some(Layer::Journal(sheet)) = app.layers.last() else {
        panic!("no journal")
    };
    assert!(sheet.contents.is_some() && sheet.shown.is_empty());
    let mut app = on("gpus");
    app.journal = None;
    assert_eq!(press(&mut app, "J"), []);
    assert_eq!(notice(&app), Some(&Notice::NoJournal));
}

#[test]
fn theme_cycles_and_cancelled_preview_reverts() {
    let mut app = on("gpus");
    let many = app.themes.len();
    let saved = press(&mut app, "ctrl-t");
    assert_eq!(app.theme, 1);
    let [Command::Save(prefs)] = &saved[..] else {
        panic!("{saved:?}")
    };
    assert_eq!(prefs.theme.as_deref(), Some(&*app.themes[1].name));
    for _ in 1..many {
        press(&mut app, "ctrl-t");
    }
    assert_eq!(app.theme, 0);
    press(&mut app, ":");
    type_in(&mut app, "theme");
    press(&mut app, "enter j j");
    assert_eq!((top(&app), app.theme), ("pick", 2));
    press(&mut app, "esc");
    assert_eq!(app.theme, 0);
}
