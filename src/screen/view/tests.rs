//! Every pane, sheet, dialog and state, as text; a few as styles; and that nothing in a name can break a line.

use super::*;
use crate::{
    domain::{FaultKind, text::width},
    screen::{
        Msg,
        fixture::{self, press, type_in},
        theme::Depth,
        update,
    },
};
use proptest::prelude::*;

const SIZES: [(u16, u16); 2] = [(80, 24), (140, 40)];

fn drawn(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    draw(app, &mut buf);
    buf
}

/// The screen as a terminal shows it: the cell behind a wide sign is not printed.
fn text(buf: &Buffer) -> String {
    let mut out = String::new();
    for row in buf.content.chunks(usize::from(buf.area.width).max(1)) {
        let mut skip = 0;
        let mut line = String::new();
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = width(cell.symbol()).saturating_sub(1);
            line.push_str(cell.symbol());
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The screen with the roles of its cells, a letter a role, for a few key screens.
fn styles(app: &App) -> String {
    use crate::screen::theme::Role;
    let buf = drawn(app);
    let skin = app.themes[app.theme].skin(app.depth);
    let mut out = String::new();
    for row in buf.content.chunks(usize::from(buf.area.width)) {
        let mut line = String::new();
        for cell in row {
            let role =
                Role::ALL.iter().skip(2).find(|role| skin.of(**role).fg == Some(cell.fg) && skin.of(**role).add_modifier == cell.modifier);
            let sign = if cell.symbol() == " " { ' ' } else { role.map_or('?', |role| char::from(b'a' + *role as u8)) };
            line.push(if skin.of(Role::Cursor).bg == Some(cell.bg) { sign.to_ascii_uppercase() } else { sign });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn snap(name: &str, make: impl Fn((u16, u16)) -> App) {
    for size in SIZES {
        let app = make(size);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text(&drawn(&app)));
    }
}

fn after(size: (u16, u16), keys: &str) -> App {
    let mut app = fixture::app(size);
    press(&mut app, keys).unwrap();
    app
}

fn open(size: (u16, u16), page: &str) -> App {
    let mut app = fixture::app(size);
    type_in(&mut app, ":");
    type_in(&mut app, page);
    press(&mut app, "enter").unwrap();
    app
}

#[test]
fn overview() {
    snap("overview", fixture::app);
}

#[test]
fn overview_large() {
    insta::assert_snapshot!("overview_200x60", text(&drawn(&fixture::app((200, 60)))));
    insta::assert_snapshot!("overview_40x12", text(&drawn(&fixture::app((40, 12)))));
}

#[test]
fn panes() {
    for pane in ["gpus", "notebooks", "endpoints", "jobs", "throughput", "models", "anomalies", "spend"] {
        snap(&format!("pane_{pane}"), |size| open(size, pane));
    }
}

#[test]
fn charts_and_views() {
    snap("chart_of_row", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "b j").unwrap();
        app
    });
    snap("facet_budgets", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "[ [").unwrap();
        app
    });
    snap("facet_filtered", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "/").unwrap();
        type_in(&mut app, "group:tag* month>1k");
        press(&mut app, "enter").unwrap();
        app
    });
    let mut app = open((100, 30), "spend");
    (app.ascii, app.depth) = (true, Depth::None);
    let shown = text(&drawn(&app));
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("chart_ascii_100x30", shown);
    let low = open((80, 17), "spend");
    assert!(!text(&drawn(&low)).contains("Sum of"), "no chart where there is no room");
}

#[test]
fn marked_filtered_and_sorted() {
    snap("filtering", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "space space /").unwrap();
        type_in(&mut app, "burn>5");
        app
    });
    snap("filter_wrong", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "/").unwrap();
        type_in(&mut app, "brn>5");
        app
    });
    snap("filtered_out", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "/").unwrap();
        type_in(&mut app, "name:nobody");
        press(&mut app, "enter").unwrap();
        app
    });
}

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
fn money() {
    for width in [80, 100, 120, 160, 200] {
        let shown = text(&drawn(&fixture::billed((width, 24))));
        insta::assert_snapshot!(format!("header_{width}"), shown.lines().take(2).collect::<Vec<_>>().join("\n"));
    }
    insta::assert_snapshot!("billed_200x60", text(&drawn(&fixture::billed((200, 60)))));
    let with = |size, keys: &str| {
        let mut app = fixture::billed(size);
        press(&mut app, keys).unwrap();
        app
    };
    snap("outlook", |size| with(size, "$"));
    snap("why_discounted", |size| with(size, "e"));
    snap("details_discounted", |size| with(size, "2 2 j d"));
    snap("unpriced", |size| {
        let mut rows = fixture::estate();
        for row in rows.iter_mut().step_by(9) {
            row.head.burn = crate::domain::Burn::Unpriced(crate::domain::Why::new("no card has p6e.48xlarge in us-east-1"));
        }
        let mut app = App::new(fixture::setup(fixture::world(&rows), size));
        type_in(&mut app, ":unpriced");
        press(&mut app, "enter").unwrap();
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
    snap("confirm_one", |size| after(size, "j j S"));
    snap("confirm_many", |size| {
        let mut app = open(size, "gpus");
        press(&mut app, "* S").unwrap();
        app
    });
    snap("confirm_yes", |size| after(size, "j j S tab"));
    snap("scale", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "C").unwrap();
        app
    });
    snap("confirm_scale", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "C enter").unwrap();
        app
    });
    snap("schedule", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "H").unwrap();
        app
    });
    snap("confirm_schedule", |size| {
        let mut app = open(size, "endpoints");
        press(&mut app, "H enter").unwrap();
        app
    });
    snap("confirm_delete", |size| {
        let mut app = open(size, "throughput");
        press(&mut app, "/").unwrap();
        type_in(&mut app, "titan");
        press(&mut app, "enter D").unwrap();
        type_in(&mut app, "titan-p");
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
    snap("acting", |size| after(size, "j j S y"));
    snap("quit", |size| after(size, "j j S y q"));
}

fn denied(size: (u16, u16)) -> App {
    let mut app = fixture::loading(size);
    for place in fixture::places() {
        update(&mut app, Msg::Report(fixture::failure("gpus", &place, FaultKind::Denied, fixture::now())));
    }
    app
}

#[test]
fn states() {
    snap("loading", fixture::loading);
    snap("empty", |size| App::new(fixture::setup(fixture::world(&[]), size)));
    snap("empty_pane", |size| {
        let mut app = App::new(fixture::setup(fixture::world(&[]), size));
        press(&mut app, "2 2").unwrap();
        app
    });
    snap("denied", denied);
    snap("denied_pane", |size| {
        let mut app = denied(size);
        press(&mut app, "2 2").unwrap();
        app
    });
    snap("denied_region", |size| {
        let mut app = open(size, "gpus");
        update(&mut app, Msg::Report(fixture::failure("gpus", &fixture::place("us-west-2"), FaultKind::Denied, fixture::later(30))));
        update(&mut app, Msg::Tick(fixture::later(31)));
        app
    });
    snap("stale", |size| {
        let mut app = open(size, "gpus");
        update(&mut app, Msg::Report(fixture::failure("gpus", &fixture::place("us-west-2"), FaultKind::Network, fixture::later(780))));
        update(&mut app, Msg::Tick(fixture::later(780)));
        app
    });
    snap("read_only", |size| {
        let mut setup = fixture::setup(fixture::world(&fixture::estate()), size);
        setup.read_only = true;
        App::new(setup)
    });
}

#[test]
fn key_screens_in_their_roles() {
    insta::assert_snapshot!("roles_overview_140x40", styles(&fixture::app((140, 40))));
    insta::assert_snapshot!("roles_confirm_80x24", styles(&after((80, 24), "j j S")));
}

#[test]
fn ascii_alone() {
    let mut app = fixture::app((120, 40));
    app.ascii = true;
    let shown = text(&drawn(&app));
    let ours: String = shown.chars().filter(|c| !c.is_ascii()).collect();
    insta::assert_snapshot!("ascii_120x40", shown);
    assert!(!ours.contains(['│', '─', '▁', '█']), "{ours}");
}

/// All the ways a screen can be at a size, for tests that no size breaks it.
fn all_screens(size: (u16, u16)) -> Vec<App> {
    let keys = [
        "",
        "2 2",
        "3 3",
        "4 4 C",
        "5 5",
        "6 6",
        "7 7",
        "8 8",
        "9",
        "9 b",
        "9 ] ]",
        "d",
        "e",
        "?",
        ":",
        "S",
        "T",
        "a",
        "o",
        "R",
        "x",
        "/",
        "j j S",
        "j j S y",
        "j j S y q",
    ];
    keys.into_iter().map(|keys| after(size, keys)).chain([fixture::loading(size), denied(size)]).collect()
}

#[test]
fn no_size_breaks_the_screen() {
    for size in [(1, 1), (0, 0), (20, 5), (39, 9), (40, 10), (60, 15), (79, 23), (119, 30), (120, 11), (190, 24), (250, 80), (400, 10)] {
        for app in all_screens(size) {
            well_formed(&drawn(&app));
        }
    }
}

#[test]
fn every_theme_and_depth_draws() {
    for depth in [Depth::True, Depth::Indexed, Depth::Ansi, Depth::None] {
        for theme in 0..crate::screen::theme::SHIPPED.len() {
            let mut app = fixture::app((100, 30));
            (app.theme, app.depth) = (theme, depth);
            let buf = drawn(&app);
            well_formed(&buf);
            if depth == Depth::None {
                let plain = |color| color == ratatui::style::Color::Reset;
                assert!(buf.content.iter().all(|cell| plain(cell.fg) && plain(cell.bg)));
            }
        }
    }
}

/// Every line has the width of the screen, and nothing in it acts on a terminal.
fn well_formed(buf: &Buffer) {
    for row in buf.content.chunks(usize::from(buf.area.width).max(1)) {
        let mut skip = 0;
        let mut wide = 0;
        for cell in row {
            assert!(!cell.symbol().chars().any(char::is_control), "{:?}", cell.symbol());
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let own = width(cell.symbol());
            assert!(own > 0, "a cell without width");
            wide += own;
            skip = own - 1;
        }
        assert_eq!(wide, usize::from(buf.area.width));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn no_name_breaks_a_line(names in proptest::collection::vec(any::<String>(), 6), owner in any::<String>(), columns in 40u16..160) {
        let mut rows = fixture::estate();
        for (row, name) in rows.iter_mut().zip(names.iter().cycle()) {
            row.head.name = name.as_str().into();
            row.head.owner = Some(owner.as_str().into());
            row.head.tags = crate::domain::Reading::Known([(owner.clone(), name.clone())].into());
        }
        for keys in ["", "2 2", "d", "e", "j j S", "T", "a"] {
            let mut app = App::new(fixture::setup(fixture::world(&rows), (columns, 30)));
            press(&mut app, keys).unwrap();
            well_formed(&drawn(&app));
        }
    }
}
