//! The contributors to an anomaly: the panel, its cursor and its marks.

use super::super::{
    App, Command,
    notices::Notice,
    state::{contributors::ContributorsSheet, modal_stack::Layer},
};
use super::toast;

/// Opens the contributors to the anomaly, or closes the panel.
pub fn open(app: &mut App) -> Vec<Command> {
    if on_top(&mut app.layers).is_some() {
        app.layers.pop();
        return Vec::new();
    }
    let Some(record) = app.subject().cloned() else {
        return toast(app, Notice::NoRow);
    };
    let Some(sheet) = ContributorsSheet::new(&app.inventory, &record, app.now) else {
        return toast(app, Notice::NotAnAnomaly);
    };
    app.pin_cursor();
    app.layers.push(Layer::Contributors(Box::new(sheet)));
    Vec::new()
}

/// The sheet, if it has the keys.
pub fn on_top(layers: &mut [Layer]) -> Option<&mut ContributorsSheet> {
    match layers.last_mut() {
        Some(Layer::Contributors(sheet)) => Some(sheet),
        _ => None,
    }
}
