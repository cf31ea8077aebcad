//! Draws the README's picture: the overview on the demo's scenario, read over HTTP from the
//! embedded mock, as SVG.
//!
//! `cargo run --example picture` writes `docs/screen.svg`.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};
use spendtop::screen::update::apply_report;
use spendtop::{
    app::{cli::DemoClock, collect_once, session::connect, start_mock},
    aws::{self, Clock, SessionSettings, StaticCredentials},
    collectors,
    domain::{Location, text::width},
    inventory::Inventory,
    pricing::Prices,
    rules::Thresholds,
    screen::{AccountAliases, App, Message, Setup, update, view::draw},
};
use std::{
    error::Error,
    fmt::Write,
    net::{Ipv4Addr, SocketAddr},
};

/// Columns and rows.
const SIZE: (u16, u16) = (150, 42);
/// Of a cell, in the picture's units.
const CELL: (f64, f64) = (8.4, 18.0);
/// Around the screen.
const MARGIN: f64 = 12.0;
const FONT: &str = "ui-monospace, 'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (name, scenario) =
        start_mock::load_scenario(None).map_err(|failure| failure.to_string())?;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let args = start_mock::MockArgs {
        listen,
        hosts: Vec::new(),
        clock: DemoClock::Scenario,
        speed: 1.0,
    };
    let mock = start_mock::start(scenario, args).map_err(|failure| failure.to_string())?;
    let virtual_clock = mock.clock();
    let clock = Clock::new(move || virtual_clock.now());
    let settings = SessionSettings {
        regions: mock.simulation().regions.clone(),
        endpoint_url: Some(mock.url()),
        keys: Some(StaticCredentials::demo()),
        ..SessionSettings::default()
    };
    let sessions = aws::sessions(&settings).await?.sessions;
    let places: Vec<Location> = sessions
        .iter()
        .map(|session| session.place.clone())
        .collect();
    let inventory = Inventory::new(collectors::metas(), Thresholds::default());
    let mut app = App::new(Setup {
        title: connect::header_title(&format!("demo {name}"), &places, &AccountAliases::default()),
        locations: places,
        ..Setup::new(inventory, clock.now(), SIZE)
    });
    let sources = collectors::sources(&sessions, Prices::embedded(), &clock, &[]);
    let waits = collect_once::Waits {
        free: collect_once::TIMEOUT,
        paid: collect_once::PAID,
    };
    let reports = collect_once::collect(sources, waits, &clock).await;
    for report in reports {
        apply_report(&mut app, report);
    }
    let now = clock.now();
    let uptime = std::time::Duration::ZERO;
    update(&mut app, Message::Tick { now, uptime });
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    draw(&app, &mut buffer);
    std::fs::create_dir_all("docs")?;
    std::fs::write("docs/screen.svg", svg(&buffer)?)?;
    mock.stop().await;
    Ok(())
}

/// `buffer` as a picture: grounds first, then runs of text of one style.
fn svg(buffer: &Buffer) -> Result<String, std::fmt::Error> {
    let (columns, rows) = (f64::from(buffer.area.width), f64::from(buffer.area.height));
    let (wide, high) = (
        columns * CELL.0 + 2.0 * MARGIN,
        rows * CELL.1 + 2.0 * MARGIN,
    );
    let ground = buffer.content.first().map_or(Color::Black, |cell| cell.bg);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" \
         font-family=\"{FONT}\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(ground)
    );
    for (y, row) in buffer
        .content
        .chunks(usize::from(buffer.area.width))
        .enumerate()
    {
        let top = MARGIN + y as f64 * CELL.1;
        for run in runs(row, |a, b| a.bg == b.bg).filter(|run| run.cells[0].bg != ground) {
            let (x, width) = (
                MARGIN + run.start as f64 * CELL.0,
                run.cells.len() as f64 * CELL.0,
            );
            writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\" \
                 fill=\"{}\"/>",
                CELL.1,
                hex(run.cells[0].bg)
            )?;
        }
        for run in runs(row, |a, b| (a.fg, a.modifier) == (b.fg, b.modifier)) {
            text(&mut out, &run, top + CELL.1 * 0.75)?;
        }
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// Words of a run, each at its own place: fonts do not agree on the width of a column.
fn text(out: &mut String, run: &Run<'_>, y: f64) -> std::fmt::Result {
    let bold = if run.cells[0].modifier.contains(Modifier::BOLD) {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let fill = hex(run.cells[0].fg);
    let mut at = 0;
    while at < run.cells.len() {
        if run.cells[at].symbol() == " " {
            at += 1;
            continue;
        }
        let start = at;
        let mut word = String::new();
        let mut columns = 0;
        while at < run.cells.len() && run.cells[at].symbol() != " " {
            let symbol = run.cells[at].symbol();
            word.push_str(symbol);
            columns += width(symbol).max(1);
            at += width(symbol).max(1);
        }
        let x = MARGIN + (run.start + start) as f64 * CELL.0;
        let word = word.replace('&', "&amp;").replace('<', "&lt;");
        let length = columns as f64 * CELL.0;
        writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\"{bold}>{word}</text>"
        )?;
    }
    Ok(())
}

/// Neighbouring cells that are alike.
struct Run<'a> {
    start: usize,
    cells: &'a [Cell],
}

fn runs<'a>(
    row: &'a [Cell],
    alike: impl Fn(&Cell, &Cell) -> bool + 'a,
) -> impl Iterator<Item = Run<'a>> {
    let mut start = 0;
    row.chunk_by(alike).map(move |cells| {
        let run = Run { start, cells };
        start += cells.len();
        run
    })
}

fn hex(color: Color) -> String {
    if let Color::Rgb(r, g, b) = color {
        format!("#{r:02x}{g:02x}{b:02x}")
    } else {
        "#d7dee8".to_owned()
    }
}
