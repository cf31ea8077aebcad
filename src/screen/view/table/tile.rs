//! A framed table: title with counts, cost and faults, and its rows or the reason why there are
//! none.

use super::{empty, rows, waste_ranking};
use crate::screen::notices::page as wording;
use crate::screen::view::{
    borders, source_faults,
    styled_line::StyledLine,
    text_writer::{Canvas, TextWriter},
    tile_finding, times,
};
use crate::{
    domain::{PaneId, time::timestamp},
    screen::{
        App, Page, Tile,
        state::{MouseTarget, TableWindow, table::Table},
        theme::Role,
        view::layout::tiles,
    },
};
use ratatui::layout::{Margin, Rect};

/// Draws the table of `tile` in `area`, inside the frame.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, tile: Tile, area: Rect) {
    let Some(table) = app.table(tile) else { return };
    let focused = tile == app.focus;
    canvas.target(area.inner(Margin::new(1, 1)), MouseTarget::Tile(tile));
    let height = usize::from(tiles::rows(area).height).max(1);
    let window = TableWindow {
        tile,
        top: table.first_visible(height),
        height,
    };
    canvas.measured.tables.push(window);
    title(app, table, focused, &mut borders::title(canvas, area));
    if table.rows.is_empty() {
        empty::draw(app, canvas, table, area.inner(Margin::new(1, 1)));
        return;
    }
    match tile {
        Tile::Waste => waste_ranking::draw(app, canvas, table, area, window),
        Tile::Pane(_) => rows::draw(app, canvas, table, area, window),
    }
    scroll_bar(canvas, table, area, window, focused);
}

fn title(app: &App, table: &Table, focused: bool, writer: &mut TextWriter<'_>) {
    writer.write(" ", Role::Text);
    if app.page == Page::Overview
        && let Some(digit) = digit(app, table.tile)
    {
        writer.write(&digit, Role::Key).write(" ", Role::Text);
    }
    writer.write(
        tile_finding::title(app, table.tile),
        if focused { Role::Focus } else { Role::Emphasis },
    );
    for words in notes(app, table)
        .into_iter()
        .filter(|words| !words.is_empty())
    {
        if words.width() + 3 <= usize::from(writer.remaining()) {
            writer.write("  ", Role::Text);
            words.write_to(writer);
        } else if writer.remaining() > 16 {
            writer.write("  ", Role::Text);
            words.write_to(writer.reserve(2));
            break;
        }
    }
    writer.write(" ", Role::Text);
}

/// The digit of a pane's page.
pub fn digit(app: &App, tile: Tile) -> Option<String> {
    app.tabs()
        .iter()
        .position(|page| *page == Page::Full(tile))
        .map(|place| (place + 1).to_string())
}

/// The notes behind the title, the most urgent first.
fn notes(app: &App, table: &Table) -> Vec<StyledLine> {
    let mut notes = vec![counts(app, table)];
    for fault in source_faults::faults(app, table.tile) {
        notes.push(StyledLine::of(fault, Role::Error));
    }
    if let Some(age) = source_faults::oldest(app, table.tile) {
        notes.push(StyledLine::of(
            wording::rows_old(&timestamp::short(age)),
            Role::Warning,
        ));
    }
    if !table.filter.text.is_empty() {
        let role = if table.filter.error.is_some() {
            Role::Error
        } else {
            Role::Marked
        };
        notes.push(StyledLine::of(format!("/{}", table.filter.text), role));
    }
    if table.waste_only {
        notes.push(StyledLine::of(wording::WASTE_ONLY, Role::Marked));
    }
    if !table.marks.is_empty() {
        // Counting them visits every row: only where some rows are hidden.
        let hidden = if table.rows.len() < table.total {
            table.hidden_marks()
        } else {
            0
        };
        notes.push(StyledLine::of(
            wording::marked(table.marks.len(), hidden),
            Role::Marked,
        ));
    }
    notes
}

/// `14 · $689/h`, `4 of 14 · $201/h`.
fn counts(app: &App, table: &Table) -> StyledLine {
    let (shown, total) = (table.rows.len(), table.total);
    let count = if shown == total {
        total.to_string()
    } else {
        wording::matches(shown, total)
    };
    let Tile::Pane(id) = table.tile else {
        if let Some(rule) = table.rule() {
            return StyledLine::of(format!("{rule} "), Role::Marked)
                .add(count, Role::Text)
                .add(format!(" · {}", table.at_stake()), Role::Dim);
        }
        let totals = app.inventory.totals(None);
        let waste = totals.waste;
        if total == 0 {
            return StyledLine::new();
        }
        let words = StyledLine::of(count, Role::Text)
            .add(" · ", Role::Dim)
            .add(waste.to_string(), super::cell::waste(waste.0));
        return match totals.unpriced_wasting_rows {
            0 => words,
            rows => words.add(wording::unpriced(rows, false), Role::Warning),
        };
    };
    if app.inventory.loading(id) {
        return StyledLine::of(wording::READING, Role::Changing);
    }
    if total == 0 && !source_faults::faults(app, table.tile).is_empty() {
        return StyledLine::new();
    }
    let totals = app.inventory.totals(Some(id));
    let mut words = StyledLine::of(count, Role::Text);
    if totals.billed_rows > 0 {
        words = words
            .add(" · ", Role::Dim)
            .add(totals.burn.to_string(), Role::of_cost(totals.burn.0));
    }
    if let Some(billed) = billed(app, id) {
        words = words.add(" · ", Role::Dim).add(billed, Role::Dim);
    }
    if totals.waste.0 > 0.0 {
        words = words.add(" · ", Role::Dim).add(
            wording::waste(&totals.waste.to_string()),
            super::cell::waste(totals.waste.0),
        );
    }
    if totals.unpriced_rows > 0 {
        words = words.add(
            wording::unpriced(totals.unpriced_rows, false),
            Role::Warning,
        );
    }
    words
}

/// The billed part of the month: the sum of the lines of the bill, to which the header adds the
/// estimate of the time since.
fn billed(app: &App, pane: PaneId) -> Option<String> {
    let month = app.costs.month.month_to_date.known()?;
    let through = month.through.map(|at| times::clock(app, at))?;
    let is_bill = app.pane(pane).is_some_and(|pane| pane.is_bill);
    let amount = month.currency.format(month.billed.0);
    is_bill.then(|| wording::billed(&amount, &through))
}

/// Draws a thumb on the right edge and the numbers of rows above and below, if some are hidden.
fn scroll_bar(
    canvas: &mut Canvas<'_>,
    table: &Table,
    area: Rect,
    window: TableWindow,
    focused: bool,
) {
    let track = tiles::rows(area);
    let (all, seen) = (table.rows.len(), usize::from(track.height));
    if all <= seen || seen == 0 {
        return;
    }
    let thumb = (seen * seen / all).clamp(1, seen);
    let start = window.top * (seen - thumb) / (all - seen).max(1);
    let (role, sign) = (
        if focused { Role::Focus } else { Role::Dim },
        canvas.glyphs.scroll.0,
    );
    for y in start..(start + thumb).min(seen) {
        let right = Rect {
            x: area.right() - 1,
            width: 1,
            ..track
        };
        canvas.line(right, y as u16).write(sign, role);
    }
    let below = all.saturating_sub(window.top + seen);
    let note = format!(
        " {}{} {}{} ",
        canvas.glyphs.more.0, window.top, canvas.glyphs.more.1, below
    );
    let mut foot = borders::foot(canvas, area);
    let room = foot
        .remaining()
        .saturating_sub(crate::domain::text::width(&note) as u16 + 1);
    foot.advance(room).write(&note, Role::Dim);
}
