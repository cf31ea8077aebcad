//! The ranking of waste: hourly cost, name, type, evidence, owner.

use super::{
    cell,
    rows::{self, GUTTER},
};
use crate::screen::notices::page as wording;
use crate::screen::view::{
    action_progress,
    text_writer::{Canvas, TextWriter},
    tile_finding, times,
};
use crate::{
    domain::{HourlyCost, Record, Usd, text},
    rules::Finding,
    screen::{
        App,
        state::{TableWindow, table::Table},
        theme::Role,
        view::layout::tiles,
    },
};
use ratatui::layout::Rect;
use std::borrow::Cow;

/// Columns of the dollars.
const RATE: u16 = 8;

/// Widths of name, what, evidence, owner; an owner of 0 is not shown.
#[derive(Clone, Copy, Debug)]
struct Widths {
    name: u16,
    what: u16,
    owner: u16,
}

impl Widths {
    fn of(width: u16) -> Self {
        match width {
            0..52 => Self {
                name: 16,
                what: 0,
                owner: 0,
            },
            52..88 => Self {
                name: 17,
                what: 0,
                owner: 9,
            },
            88..100 => Self {
                name: 18,
                what: 17,
                owner: 9,
            },
            100..140 => Self {
                name: 24,
                what: 20,
                owner: 12,
            },
            _ => Self {
                name: 32,
                what: 24,
                owner: 16,
            },
        }
    }
}

/// Draws the ranking, framed by `area`.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, table: &Table, area: Rect, window: TableWindow) {
    let body = tiles::rows(area);
    let widths = Widths::of(body.width.saturating_sub(GUTTER + 1));
    headings(canvas, table, widths, body);
    rows::draw_rows(app, canvas, table, body, window, |writer, record| {
        row(app, table, writer.reserve(1), record, widths);
    });
}

fn headings(canvas: &mut Canvas<'_>, table: &Table, widths: Widths, body: Rect) {
    let line = Rect {
        y: body.y.saturating_sub(1),
        height: 1,
        ..body
    };
    let mut writer = canvas.line(line, 0);
    writer.advance(GUTTER).reserve(1);
    let arrow = if table.sort.descending {
        writer.glyphs.sort.0
    } else {
        writer.glyphs.sort.1
    };
    let head = |writer: &mut TextWriter<'_>, id: &str, text: &str, right: bool| {
        let sorted = table.sort.field == id;
        let text = if sorted {
            format!("{text}{arrow}")
        } else {
            text.to_owned()
        };
        let style = if sorted { Role::Emphasis } else { Role::Dim };
        if right {
            writer.advance(writer.remaining().saturating_sub(text::width(&text) as u16));
        }
        writer.write(&text, style);
    };
    head(&mut writer.split_left(RATE), "waste", "waste", true);
    head(
        writer.advance(2).split_left(widths.name).reserve(0),
        "name",
        "name",
        false,
    );
    if widths.what > 0 {
        head(
            &mut writer.advance(2).split_left(widths.what),
            "",
            "what",
            false,
        );
    }
    if widths.owner > 0 {
        head(
            &mut writer.split_right(widths.owner),
            "owner",
            "owner",
            false,
        );
    }
    head(writer.advance(2), "", "why", false);
}

fn row(app: &App, table: &Table, writer: &mut TextWriter<'_>, record: &Record, widths: Widths) {
    let alike = table.alike(&record.head.key);
    let (rate, role) = if let Some(exposure) = table.exposure(&record.head.key) {
        // In brackets: the exposure, which is not waste.
        (format!("({})", Usd(exposure.0)), Role::Dim)
    } else {
        let waste = record.head.waste.known().copied().unwrap_or_default();
        match record.head.waste_estimate {
            Some(estimate) if waste.0 <= 0.0 => (wording::estimated_waste(estimate), Role::Warning),
            _ => (waste.to_string(), cell::waste(waste.0)),
        }
    };
    let mut money = writer.split_left(RATE);
    money
        .advance(money.remaining().saturating_sub(text::width(&rate) as u16))
        .write(&rate, role);
    writer
        .advance(2)
        .split_left(widths.name)
        .write(name(record), Role::Emphasis);
    if widths.what > 0 {
        writer.advance(2);
        what(&mut writer.split_left(widths.what), record);
    }
    if widths.owner > 0 {
        let mut tail = writer.split_right(widths.owner);
        match &record.head.owner {
            _ if alike.is_some() => &mut tail,
            Some(owner) => tail.write("@", Role::Dim).write(owner, Role::Text),
            // Lines of the bill have no owner.
            None if matches!(record.head.burn, HourlyCost::Nothing(_)) => &mut tail,
            None => tail.write(wording::NO_OWNER, Role::Warning),
        };
        writer.reserve(2);
    }
    writer.advance(2);
    match action_progress::progress(app, table.members(&record.head.key)) {
        Some((text, role)) => writer.write(&text, role),
        None => match (alike, tile_finding::finding_of(app, record, table.rule())) {
            (Some(alike), _) if widths.what == 0 => writer.write(
                &format!("{}: {}", alike.count(), alike.summary()),
                Role::Text,
            ),
            (Some(alike), _) => writer.write(&alike.summary(), Role::Text),
            (None, Some(finding)) => {
                if let Some(at) = finding.as_of {
                    let as_of = wording::as_of(&times::moment(app, at));
                    writer.write(&as_of, Role::Warning).advance(2);
                }
                writer.write(&short(finding), Role::Text)
            }
            (None, None) => writer.write(wording::SETTLED, Role::Dim),
        },
    };
}

/// The name, or the id if the name is empty.
pub fn name(record: &Record) -> &str {
    if record.head.name.trim().is_empty() {
        &record.head.key.id
    } else {
        &record.head.name
    }
}

/// `ml.g5.12xlarge ×8`.
fn what(writer: &mut TextWriter<'_>, record: &Record) {
    let Some(compute) = &record.head.compute else {
        writer.write(record.head.key.kind.0, Role::Dim);
        return;
    };
    let count = if compute.count == 1 {
        String::new()
    } else {
        format!(" {}{}", writer.glyphs.times, compute.count)
    };
    writer
        .split_right(
            text::width(&count) as u16
                * u16::from(
                    text::width(&compute.unit) + text::width(&count)
                        > usize::from(writer.remaining()),
                ),
        )
        .write(&count, Role::Text);
    let fits = text::width(&compute.unit) + text::width(&count) <= usize::from(writer.remaining());
    writer.write(&compute.unit, Role::Dim);
    if fits {
        writer.write(&count, Role::Text);
    }
}

/// The finding's sentence without the amount of data in brackets, which the why sheet shows.
fn short(finding: &Finding) -> Cow<'_, str> {
    let sentence = text::printable(&finding.message);
    let aside = sentence.find(" (").and_then(|start| {
        sentence[start..]
            .find(" of data)")
            .map(|end| (start, start + end + " of data)".len()))
    });
    match aside {
        Some((start, end)) if !sentence[start + 2..end].contains('(') => {
            Cow::Owned(format!("{}{}", &sentence[..start], &sentence[end..]))
        }
        _ => sentence,
    }
}
