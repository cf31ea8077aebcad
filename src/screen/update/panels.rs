//! Panels over the page: details, why, help, errors, forecast, unpriced rows.

use super::super::{
    App, Command,
    notices::Notice,
    state::{
        group::by_rule::is_alike,
        modal_stack::{Help, Layer, Sheet},
    },
};
use super::toast;

/// Opens a sheet about the subject, in place of another sheet about a resource.
fn sheet(app: &mut App, make: fn(Sheet) -> Layer) -> Vec<Command> {
    let Some(record) = app.subject().cloned() else {
        return toast(app, Notice::NoRow);
    };
    app.pin_cursor();
    if matches!(app.layers.last(), Some(Layer::Details(_) | Layer::Why(_))) {
        app.layers.pop();
    }
    let gone = app.inventory.record(&record.head.key).is_none() && !is_alike(&record.head.key);
    app.layers.push(make(Sheet {
        key: record.head.key.clone(),
        record,
        gone,
        scroll: 0,
    }));
    Vec::new()
}

/// Shows all fields of the row, or closes its details.
pub fn details(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Details(_))) {
        app.layers.pop();
        return Vec::new();
    }
    sheet(app, Layer::Details)
}

/// Shows the findings about the row, or closes that sheet.
pub fn why(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Why(_))) {
        app.layers.pop();
        return Vec::new();
    }
    sheet(app, Layer::Why)
}

/// Shows all keys, those of the current contexts first, or closes the help.
pub fn help(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Help(_))) {
        app.layers.pop();
    } else {
        let contexts = app.contexts();
        app.layers.push(Layer::Help(Help {
            contexts,
            scroll: 0,
        }));
    }
    Vec::new()
}

/// Shows the errors list, or closes it.
pub fn errors(app: &mut App) -> Vec<Command> {
    app.unread_errors = 0;
    if matches!(app.layers.last(), Some(Layer::Errors(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Errors(0));
    }
    Vec::new()
}

/// Shows the forecast of the month, or closes it.
pub fn forecast(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Forecast(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Forecast(0));
    }
    Vec::new()
}

/// Shows the cost of watching, or closes it.
pub fn watch(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Watch(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Watch(0));
    }
    Vec::new()
}

/// Shows the rows without a price, or closes that list.
pub fn unpriced(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Unpriced(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Unpriced(0));
    }
    Vec::new()
}
