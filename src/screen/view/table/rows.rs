//! Headings and the visible rows of a pane's table.
//!
//! The cost does not depend on the number of rows.

use super::{
    cell::cell,
    columns::{self, TableColumn},
};
use crate::screen::notices::page as wording;
use crate::screen::view::{
    action_progress, source_faults,
    text_writer::{Canvas, TextWriter},
};
use crate::{
    domain::{
        Align, FieldMeta, Record, pane::FieldSource, resource::columns::CommonField,
        time::timestamp,
    },
    screen::{
        App, Tile,
        state::{MouseTarget, TableWindow, table::Table},
        theme::Role,
        view::layout::tiles,
    },
};
use ratatui::layout::Rect;

/// Columns before the first cell: cursor and mark.
pub const GUTTER: u16 = 2;

/// Draws headings and rows of `table`, framed by `area`.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, table: &Table, area: Rect, window: TableWindow) {
    let body = tiles::rows(area);
    let columns = columns::choose(&table.fields, body.width.saturating_sub(GUTTER + 1));
    headings(canvas, table, &columns, body);
    let pane = match table.tile {
        Tile::Pane(id) => app.pane(id),
        Tile::Waste => None,
    };
    draw_rows(app, canvas, table, body, window, |writer, record| {
        let age = source_faults::stale(pane, record, app.now);
        row(app, writer, &table.fields, &columns, record, age);
    });
}

/// Draws the visible rows of `table` into `body`: cursor, mark and schedule, and then the cells.
pub fn draw_rows(
    app: &App,
    canvas: &mut Canvas<'_>,
    table: &Table,
    body: Rect,
    window: TableWindow,
    draw_cells: impl Fn(&mut TextWriter<'_>, &Record),
) {
    let rows = table.rows.iter().enumerate().skip(window.top);
    for (y, (place, record)) in (0..body.height).zip(rows) {
        canvas.target(line(body, y), MouseTarget::Row(table.tile, place));
        let here = table.tile == app.focus && place == table.cursor;
        gutter(canvas, body, y, here, table.is_marked(&record.head.key));
        schedule_sign(app, canvas, table, body, y, record);
        draw_cells(canvas.line(body, y).advance(GUTTER), record);
        finish(canvas, body, y, here);
    }
}

fn headings(canvas: &mut Canvas<'_>, table: &Table, columns: &[TableColumn], body: Rect) {
    let line = Rect {
        y: body.y.saturating_sub(1),
        height: 1,
        ..body
    };
    for column in columns {
        let Some(field) = table.fields.get(column.field) else {
            continue;
        };
        let sorted = field.id == table.sort.field;
        let heading = Rect {
            x: line.x + GUTTER + column.x,
            width: column.width,
            ..line
        };
        canvas.target(heading, MouseTarget::Column(table.tile, field.id));
        let mut writer = canvas.line(line, 0);
        let mut writer = writer.advance(GUTTER + column.x).split_left(column.width);
        let arrow = if table.sort.descending {
            writer.glyphs.sort.0
        } else {
            writer.glyphs.sort.1
        };
        let wide = crate::domain::text::width(field.title) as u16 + u16::from(sorted);
        if field.align == Align::Right {
            writer.advance(writer.remaining().saturating_sub(wide));
        }
        writer.write(field.title, if sorted { Role::Emphasis } else { Role::Dim });
        if sorted {
            writer.write(arrow, Role::Emphasis);
        }
    }
}

/// Draws the symbols of the cursor and the mark.
fn gutter(canvas: &mut Canvas<'_>, body: Rect, y: u16, cursor: bool, marked: bool) {
    let mut writer = canvas.line(body, y);
    let (here, mark) = (writer.glyphs.cursor, writer.glyphs.mark);
    writer
        .write(if cursor { here } else { " " }, Role::Focus)
        .write(if marked { mark } else { " " }, Role::Marked);
}

/// Draws the symbol of a scheduled action or of snoozed findings, in place of the mark.
fn schedule_sign(
    app: &App,
    canvas: &mut Canvas<'_>,
    table: &Table,
    body: Rect,
    y: u16,
    record: &Record,
) {
    if table.is_marked(&record.head.key) {
        return;
    }
    let (scheduled, snoozed) = canvas.glyphs.later;
    let is_snoozed = app
        .schedules
        .entries
        .snooze(&record.head.key, app.now)
        .is_some();
    let sign = match app.schedules.next(record, app.now, &app.zone) {
        Some(_) if is_snoozed && app.schedules.entries.plan_of(&record.head.key).is_none() => {
            snoozed
        }
        Some(_) => scheduled,
        None => return,
    };
    canvas.line(body, y).advance(1).write(sign, Role::Changing);
}

/// Line `y` of `body`.
fn line(body: Rect, y: u16) -> Rect {
    Rect {
        y: body.y + y,
        height: 1,
        ..body
    }
}

/// Highlights the row under the cursor.
fn finish(canvas: &mut Canvas<'_>, body: Rect, y: u16, cursor: bool) {
    if cursor {
        canvas.highlight(line(body, y));
    }
}

fn row(
    app: &App,
    writer: &mut TextWriter<'_>,
    fields: &[FieldMeta],
    columns: &[TableColumn],
    record: &Record,
    age: Option<f64>,
) {
    let start = writer.x();
    let progress = action_progress::progress(app, std::slice::from_ref(&record.head.key))
        .map(|(text, role)| (text.into_owned(), role));
    let old = age.map(|age| (wording::old(&timestamp::short(age)), Role::Warning));
    let state = columns.iter().position(|column| {
        fields
            .get(column.field)
            .is_some_and(|field| is(field, CommonField::State))
    });
    // Progress replaces the state; without a state column it follows the name, in place of the
    // age of the row.
    let (in_state, behind_name) = if state.is_some() {
        (progress, old)
    } else {
        (None, progress.or(old))
    };
    for (place, column) in columns.iter().enumerate() {
        let Some(field) = fields.get(column.field) else {
            continue;
        };
        writer.move_to(start + column.x);
        let mut writer = writer.split_left(column.width);
        match (&in_state, &behind_name) {
            (Some((text, role)), _) if state == Some(place) => {
                writer.write(text, *role);
            }
            (_, Some((text, role))) if is(field, CommonField::Name) => {
                let room = crate::domain::text::width(text) as u16 + 1;
                writer.split_right(room).advance(1).write(text, *role);
                cell(&mut writer, record, field, app.now, age.is_some());
            }
            _ => cell(&mut writer, record, field, app.now, age.is_some()),
        }
        // The next scheduled operation follows the state where there is room.
        if state == Some(place)
            && let Some(text) = app.schedules.next(record, app.now, &app.zone)
            && crate::domain::text::width(&text) + 1 < usize::from(writer.remaining())
        {
            writer.advance(2).write(&text, Role::Changing);
        }
    }
}

fn is(field: &FieldMeta, head: CommonField) -> bool {
    field.from == FieldSource::Head(head)
}
