//! The journal's sheet: opening, filtering, one deed in full, its undo.

use super::super::{
    App, Command,
    state::{
        Tone,
        journal::{EntrySheet, JournalLines, JournalSheet},
        modal_stack::Layer,
    },
};
use super::{actions, toast};

/// What was done; on that sheet: closes it.
pub fn sheet(app: &mut App) -> Vec<Command> {
    if matches!(
        app.layers.last(),
        Some(Layer::Journal(_) | Layer::JournalEntry(_))
    ) {
        app.layers.pop();
        return Vec::new();
    }
    let Some(path) = app.journal.clone() else {
        return toast(
            app,
            Tone::Info,
            "no journal is kept: nothing can be changed in this run",
        );
    };
    app.layers.push(Layer::Journal(JournalSheet::new(path)));
    vec![Command::Journal]
}

/// The journal was read.
pub fn read(app: &mut App, journal: &JournalLines) -> Vec<Command> {
    for layer in &mut app.layers {
        if let Layer::Journal(sheet) = layer {
            sheet.take(journal.clone());
        }
    }
    Vec::new()
}

/// The deed under the cursor in full.
pub fn open(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Journal(sheet)) = app.layers.last()
        && let Some(deed) = sheet.current().cloned()
    {
        app.layers
            .push(Layer::JournalEntry(EntrySheet { deed, scroll: 0 }));
    }
    Vec::new()
}

/// Begins to type what is shown.
pub fn filter(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Journal(sheet)) = app.layers.last_mut() {
        sheet.typing = true;
    }
    Vec::new()
}

/// Takes back the plan under the cursor: its inverse is planned, guarded and asked for like
/// anything else.
pub fn undo(app: &mut App) -> Vec<Command> {
    if let Some(why) = actions::refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let plan = match app.layers.last() {
        Some(Layer::Journal(sheet)) => sheet.current().and_then(|deed| deed.plan().cloned()),
        Some(Layer::JournalEntry(sheet)) => sheet.deed.plan().cloned(),
        _ => None,
    };
    plan.map_or_else(
        || toast(app, Tone::Info, "no deed here to take back"),
        |plan| vec![Command::UndoPlan(plan)],
    )
}
