//! The groupings of one pane, and the contents of its chart.

use super::super::{App, Command, notices::Notice, state::table::Table};
use super::toast;

/// Shows the next grouping.
pub fn next(app: &mut App) -> Vec<Command> {
    step(app, true)
}

/// Shows the previous grouping.
pub fn previous(app: &mut App) -> Vec<Command> {
    step(app, false)
}

fn step(app: &mut App, forward: bool) -> Vec<Command> {
    change(app, |groupings| groupings.step(forward))
}

/// Shows the grouping at `place` of the line above the table.
pub fn show(app: &mut App, place: usize) -> Vec<Command> {
    change(app, |groupings| groupings.choose(place))
}

fn change(
    app: &mut App,
    change: impl FnOnce(&mut super::super::state::groupings::Groupings) -> bool,
) -> Vec<Command> {
    let focus = app.focus;
    if !app.layers.is_empty() {
        return Vec::new();
    }
    let Some(table) = app.table_mut(focus) else {
        return Vec::new();
    };
    if !change(&mut table.groupings) {
        return toast(app, Notice::OneGrouping);
    }
    table.reset_cursor();
    Vec::new()
}

/// Shows the grouping called `name`; the error is for the palette.
pub fn show_named(app: &mut App, name: &str) -> Result<Vec<Command>, Notice> {
    let names = app
        .focused()
        .map(|table| table.groupings.values.clone())
        .unwrap_or_default();
    match names.iter().position(|known| **known == *name) {
        Some(place) => Ok(show(app, place)),
        None if names.is_empty() => Err(Notice::OneGrouping),
        None => Err(Notice::UnknownGrouping {
            name: name.to_owned(),
            known: names.join(", "),
        }),
    }
}

/// Switches the chart between days and hours.
pub fn chart_granularity(app: &mut App) -> Vec<Command> {
    let focus = app.focus;
    match app.table_mut(focus).map(Table::next_chart) {
        Some(true) => Vec::new(),
        _ => toast(app, Notice::OneGranularity),
    }
}

/// Switches the chart between the row under the cursor and the sum.
pub fn chart(app: &mut App) -> Vec<Command> {
    if app.focused().is_none_or(|table| table.chart.is_none()) {
        return toast(app, Notice::NoChart);
    }
    app.pin_cursor();
    app.chart_row = !app.chart_row;
    Vec::new()
}
