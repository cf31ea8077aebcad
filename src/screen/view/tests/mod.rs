//! Every pane, sheet, dialog and state, as text; a few as styles; and that nothing in a name can
//! break a line.

mod acting;
mod badge;
mod dialogs;
pub(in crate::screen) mod every;
mod journal;
mod settings;
mod sizes;

use super::*;
use crate::screen::update::apply_report;
use crate::{
    domain::{FaultKind, text::width},
    screen::{
        Message,
        fixture::{self, press, type_in},
        theme::ColorSupport,
        update,
    },
};

const SIZES: [(u16, u16); 2] = [(80, 24), (140, 40)];

pub(in crate::screen) fn drawn(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    draw(app, &mut buf);
    buf
}

/// The screen as a terminal shows it: the cell behind a wide sign is not printed.
pub(in crate::screen) fn text(buf: &Buffer) -> String {
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
            let role = Role::ALL.iter().skip(2).find(|role| {
                skin.of(**role).fg == Some(cell.fg) && skin.of(**role).add_modifier == cell.modifier
            });
            let sign = if cell.symbol() == " " {
                ' '
            } else {
                role.map_or('?', |role| char::from(b'a' + *role as u8))
            };
            line.push(if skin.of(Role::Cursor).bg == Some(cell.bg) {
                sign.to_ascii_uppercase()
            } else {
                sign
            });
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

/// A picture: its name, and how the screen comes to it.
pub(in crate::screen) type Shot = (&'static str, fn((u16, u16)) -> App);

fn snap_all(shots: &[Shot]) {
    for (name, make) in shots {
        snap(name, make);
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
    for pane in [
        "gpus",
        "notebooks",
        "endpoints",
        "jobs",
        "throughput",
        "models",
        "anomalies",
        "spend",
    ] {
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
    (app.ascii, app.depth) = (true, ColorSupport::None);
    let shown = text(&drawn(&app));
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("chart_ascii_100x30", shown);
    let low = open((80, 17), "spend");
    assert!(
        !text(&drawn(&low)).contains("Sum of"),
        "no chart where there is no room"
    );
}

const FILTERS: &[Shot] = &[
    ("filtering", |size| {
        filtered(size, "space space /", "burn>5", "")
    }),
    ("filter_wrong", |size| filtered(size, "/", "brn>5", "")),
    ("filtered_out", |size| {
        filtered(size, "/", "name:nobody", "enter")
    }),
];

fn filtered(size: (u16, u16), before: &str, typed: &str, then: &str) -> App {
    let mut app = open(size, "gpus");
    press(&mut app, before).unwrap();
    type_in(&mut app, typed);
    press(&mut app, then).unwrap();
    app
}

#[test]
fn marked_filtered_and_sorted() {
    snap_all(FILTERS);
}

#[test]
fn money() {
    for width in [80, 100, 120, 160, 200] {
        let shown = text(&drawn(&fixture::billed((width, 24))));
        insta::assert_snapshot!(
            format!("header_{width}"),
            shown.lines().take(2).collect::<Vec<_>>().join("\n")
        );
    }
    insta::assert_snapshot!("billed_200x60", text(&drawn(&fixture::billed((200, 60)))));
    snap_all(MONEY);
}

fn billed(size: (u16, u16), keys: &str) -> App {
    let mut app = fixture::billed(size);
    press(&mut app, keys).unwrap();
    app
}

const MONEY: &[Shot] = &[
    ("outlook", |size| billed(size, "$")),
    ("why_discounted", |size| billed(size, "e")),
    ("details_discounted", |size| billed(size, "2 2 j d")),
    ("unpriced", |size| {
        let mut rows = fixture::estate();
        for row in rows.iter_mut().step_by(9) {
            row.head.burn = crate::domain::HourlyCost::Unpriced(crate::domain::Reason::new(
                "no card has p6e.48xlarge in us-east-1",
            ));
        }
        let mut app = App::new(fixture::setup(fixture::world(&rows), size));
        type_in(&mut app, ":unpriced");
        press(&mut app, "enter").unwrap();
        app
    }),
];

fn denied(size: (u16, u16)) -> App {
    let mut app = fixture::loading(size);
    for place in fixture::places() {
        apply_report(
            &mut app,
            fixture::failure("gpus", &place, FaultKind::Denied, fixture::now()),
        );
    }
    app
}

#[test]
fn states() {
    snap("loading", fixture::loading);
    snap("empty", |size| {
        App::new(fixture::setup(fixture::world(&[]), size))
    });
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
        apply_report(
            &mut app,
            fixture::failure(
                "gpus",
                &fixture::place("us-west-2"),
                FaultKind::Denied,
                fixture::later(30),
            ),
        );
        update(&mut app, Message::Tick(fixture::later(31)));
        app
    });
    snap("stale", |size| {
        let mut app = open(size, "gpus");
        apply_report(
            &mut app,
            fixture::failure(
                "gpus",
                &fixture::place("us-west-2"),
                FaultKind::Network,
                fixture::later(780),
            ),
        );
        update(&mut app, Message::Tick(fixture::later(780)));
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
