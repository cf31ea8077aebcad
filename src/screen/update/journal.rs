//! The journal panel: opening, filtering, one row in full, its undo.

use super::super::{
    App, Command,
    notices::Notice,
    state::{
        journal::{EntrySheet, JournalContents, JournalSheet},
        modal_stack::Layer,
    },
};
use super::{actions, toast};

/// Opens the panel; closes it where it is open.
pub fn sheet(app: &mut App) -> Vec<Command> {
    if matches!(
        app.layers.last(),
        Some(Layer::Journal(_) | Layer::JournalEntry(_))
    ) {
        app.layers.pop();
        return Vec::new();
    }
    let Some(path) = app.journal.clone() else {
        return toast(app, Notice::NoJournal);
    };
    app.layers.push(Layer::Journal(JournalSheet::new(path)));
    vec![Command::Journal]
}

/// Shows `journal` in the open panel.
pub fn read(app: &mut App, journal: &JournalContents) -> Vec<Command> {
    for layer in &mut app.layers {
        if let Layer::Journal(sheet) = layer {
            sheet.set_contents(journal.clone());
        }
    }
    Vec::new()
}

/// Opens the row under the cursor in full.
pub fn open(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Journal(sheet)) = app.layers.last()
        && let Some(row) = sheet.current().cloned()
    {
        app.layers
            .push(Layer::JournalEntry(EntrySheet { row, scroll: 0 }));
    }
    Vec::new()
}

/// Starts typing the filter.
pub fn filter(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Journal(sheet)) = app.layers.last_mut() {
        sheet.typing = true;
    }
    Vec::new()
}

/// Undoes the plan under the cursor: its inverse is planned, guarded and confirmed like any other
/// plan.
pub fn undo(app: &mut App) -> Vec<Command> {
    if let Some(why) = actions::refusal(app) {
        return toast(app, Notice::ReadOnly { why });
    }
    let plan = match app.layers.last() {
        Some(Layer::Journal(sheet)) => sheet.current().and_then(|row| row.plan().cloned()),
        Some(Layer::JournalEntry(sheet)) => sheet.row.plan().cloned(),
        _ => None,
    };
    plan.map_or_else(
        || toast(app, Notice::NoEntry),
        |plan| vec![Command::UndoPlan(plan)],
    )
}
