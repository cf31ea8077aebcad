//! Every pane, sheet, dialog and state as text, a few as styles, with names that must not break a
//! line.

mod actions;
mod badge;
mod dialogs;
pub(in crate::screen) mod every;
mod guards;
mod journal;
mod pictures;
mod settings;
mod sizes;

use super::*;
use crate::screen::update::apply_report;
use crate::{
    domain::{ApiUse, FaultKind, Report, Usd, WatchPlan, WatchUse, text::width},
    screen::{
        Message,
        fixture::{self, press, type_in},
        theme::ColorSupport,
        update,
    },
};

pub(in crate::screen) fn drawn(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    draw(app, &mut buf);
    buf
}

/// The screen as a terminal shows it; the cell after a wide character is not printed.
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

/// The roles of the screen's cells, one letter per role.
fn styles(app: &App) -> String {
    use crate::screen::theme::Role;
    let buf = drawn(app);
    let styles = app.themes[app.theme].styles(app.color_support);
    let mut out = String::new();
    for row in buf.content.chunks(usize::from(buf.area.width)) {
        let mut line = String::new();
        for cell in row {
            let role = Role::ALL.iter().skip(2).find(|role| {
                styles.of(**role).fg == Some(cell.fg)
                    && styles.of(**role).add_modifier == cell.modifier
            });
            let sign = if cell.symbol() == " " {
                ' '
            } else {
                role.map_or('?', |role| char::from(b'a' + *role as u8))
            };
            line.push(if styles.of(Role::Cursor).bg == Some(cell.bg) {
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

/// A screen: its name and the function that builds it.
pub(in crate::screen) type Shot = (&'static str, fn((u16, u16)) -> App);

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

pub(super) const PAGES: &[Shot] = &[
    ("overview", fixture::app),
    ("overview_billed", fixture::billed),
    ("pane_gpus", |size| open(size, "gpus")),
    ("pane_notebooks", |size| open(size, "notebooks")),
    ("pane_endpoints", |size| open(size, "endpoints")),
    ("pane_jobs", |size| open(size, "jobs")),
    ("pane_throughput", |size| open(size, "throughput")),
    ("pane_models", |size| open(size, "models")),
    ("pane_anomalies", |size| open(size, "anomalies")),
    ("pane_spend", |size| open(size, "spend")),
    ("chart_of_row", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "b j").unwrap();
        app
    }),
    ("grouping_budgets", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "[ [").unwrap();
        app
    }),
    ("grouping_filtered", |size| {
        let mut app = open(size, "spend");
        press(&mut app, "/").unwrap();
        type_in(&mut app, "group:tag* month>1k");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("loading", fixture::loading),
    ("empty", |size| {
        App::new(fixture::setup(fixture::inventory(&[]), size))
    }),
    ("empty_pane", |size| {
        let mut app = App::new(fixture::setup(fixture::inventory(&[]), size));
        press(&mut app, "2 2").unwrap();
        app
    }),
    ("denied", denied),
    ("denied_pane", |size| {
        let mut app = denied(size);
        press(&mut app, "2 2").unwrap();
        app
    }),
    ("denied_region", |size| {
        failing(size, FaultKind::Denied, 30, 31)
    }),
    ("stale", |size| failing(size, FaultKind::Network, 780, 780)),
    ("read_only", |size| {
        let mut setup = fixture::setup(fixture::inventory(&fixture::estate()), size);
        setup.read_only = true;
        App::new(setup)
    }),
];

#[test]
fn chart_needs_room_and_draws_in_ascii() {
    let mut app = open((100, 30), "spend");
    (app.ascii, app.color_support) = (true, ColorSupport::None);
    let shown = text(&drawn(&app));
    assert!(shown.is_ascii(), "{shown}");
    assert!(shown.contains("Sum of"), "{shown}");
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
fn wider_header_shows_more() {
    let heads: Vec<String> = [80, 100, 120, 160, 200]
        .into_iter()
        .map(|width| {
            let shown = text(&drawn(&fixture::billed((width, 24))));
            shown.lines().take(2).collect::<Vec<_>>().join("\n")
        })
        .collect();
    insta::assert_snapshot!("header", heads.join("\n\n"));
}

#[test]
fn sums_are_lower_bounds_until_every_source_has_answered() {
    let mut app = fixture::loading((120, 40));
    let reports = fixture::reports(&fixture::estate(), fixture::now());
    let last = reports.len() - 1;
    let header = |app: &App| {
        text(&drawn(app))
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    for (at, report) in reports.into_iter().enumerate() {
        apply_report(&mut app, report);
        let line = header(&app);
        if at == 0 || at == last {
            assert_eq!(line.contains("BURN ≥$"), at == 0, "{at}: {line}");
        }
    }
}

fn billed(size: (u16, u16), keys: &str) -> App {
    let mut app = fixture::billed(size);
    press(&mut app, keys).unwrap();
    app
}

/// An account of which metrics are asked less often than its rows are read, within a budget.
fn watched(size: (u16, u16), keys: &str) -> App {
    let mut app = fixture::billed(size);
    let call = |operation, requests, cost| ApiUse {
        operation,
        requests,
        cost: Usd(cost),
    };
    let watch = WatchUse {
        seconds: 7_260.0,
        calls: vec![
            call("ec2:DescribeInstances", 484, 0.0),
            call("cloudwatch:GetMetricData", 96, 0.0812),
            call("ce:GetCostAndUsage", 11, 0.11),
        ],
        plan: WatchPlan {
            metrics: 5_105,
            per_day: Usd(1.0),
            budget: Some(Usd(1.0)),
            age: 600.0,
            is_limited: true,
        },
    };
    let place = fixture::places().remove(0);
    let report = fixture::report("gpus", &place, &fixture::estate(), fixture::now());
    let report = Report {
        watch: Some(Box::new(watch)),
        ..report
    };
    apply_report(&mut app, report);
    press(&mut app, keys).unwrap();
    app
}

const MONEY: &[Shot] = &[
    ("forecast", |size| billed(size, "$")),
    ("why_discounted", |size| billed(size, "e")),
    ("details_discounted", |size| billed(size, "2 2 j d")),
    ("watch", |size| watched(size, "%")),
    ("unpriced", |size| {
        let mut rows = fixture::estate();
        for row in rows.iter_mut().step_by(9) {
            row.head.burn = crate::domain::HourlyCost::Unpriced(crate::domain::Reason::new(
                "no card has p6e.48xlarge in us-east-1",
            ));
        }
        let mut app = App::new(fixture::setup(fixture::inventory(&rows), size));
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

/// The GPUs pane `later` seconds after the start, with a region that failed after `at` seconds.
fn failing(size: (u16, u16), kind: FaultKind, at: i64, later: i64) -> App {
    let mut app = open(size, "gpus");
    let report = fixture::failure(
        "gpus",
        &fixture::place("us-west-2"),
        kind,
        fixture::later(at),
    );
    apply_report(&mut app, report);
    update(&mut app, fixture::tick(later));
    app
}

#[test]
fn key_screens_use_the_reviewed_roles() {
    insta::assert_snapshot!("roles_overview_140x40", styles(&fixture::app((140, 40))));
    insta::assert_snapshot!("roles_confirm_80x24", styles(&after((80, 24), "j j S")));
}

/// No source answers any more: the header shows the age at every width and keeps the burn.
#[test]
fn unanswered_data_is_stale_at_every_width() {
    for size in [(80, 24), (120, 40), (200, 40)] {
        let mut app = fixture::app(size);
        let burn = app.inventory.totals(None).effective;
        for pane in fixture::panes().iter() {
            for place in fixture::places() {
                let at = fixture::later(300);
                let failure = fixture::failure(pane.id, &place, FaultKind::Network, at);
                apply_report(&mut app, failure);
            }
        }
        update(&mut app, fixture::tick(300));
        let text = text(&drawn(&app));
        let head: String = text.lines().take(2).collect::<Vec<_>>().join("\n");
        for words in ["stale 5m · ", " failing", &format!("BURN {burn} 5m old")] {
            assert!(head.contains(words), "{words}: {size:?}\n{head}");
        }
    }
}

#[test]
fn ascii_screen_has_no_box_characters() {
    let mut app = fixture::app((120, 40));
    app.ascii = true;
    let shown = text(&drawn(&app));
    let ours: String = shown.chars().filter(|c| !c.is_ascii()).collect();
    insta::assert_snapshot!("ascii_120x40", shown);
    assert!(!ours.contains(['│', '─', '▁', '█']), "{ours}");
}
