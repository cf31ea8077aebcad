//! What lies over the page to be read: details, why, help, errors, journal; and the palette.

use super::super::{
    App, Command,
    notices::Notice,
    state::{
        group::by_rule::is_alike,
        modal_stack::{Help, Layer, Sheet},
    },
};
use super::toast;

/// A sheet about the subject, in place of another one about it.
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

/// All fields of the row; on its details: closes them.
pub fn details(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Details(_))) {
        app.layers.pop();
        return Vec::new();
    }
    sheet(app, Layer::Details)
}

/// Why it is called waste; on that sheet: closes it.
pub fn why(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Why(_))) {
        app.layers.pop();
        return Vec::new();
    }
    sheet(app, Layer::Why)
}

/// All keys, those of where one is first.
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

/// What failed.
pub fn errors(app: &mut App) -> Vec<Command> {
    app.unread_errors = 0;
    if matches!(app.layers.last(), Some(Layer::Errors(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Errors(0));
    }
    Vec::new()
}

/// Where the month is heading.
pub fn forecast(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Forecast(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Forecast(0));
    }
    Vec::new()
}

/// What has no price.
pub fn unpriced(app: &mut App) -> Vec<Command> {
    if matches!(app.layers.last(), Some(Layer::Unpriced(_))) {
        app.layers.pop();
    } else {
        app.layers.push(Layer::Unpriced(0));
    }
    Vec::new()
}
