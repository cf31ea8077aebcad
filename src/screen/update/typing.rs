//! Text fields: typed and pasted text, cursor movement, completion.

use super::super::{
    App, Command,
    dialogs::Dialog,
    state::{
        modal_stack::{Completion, Layer},
        palette,
    },
};
use super::{commands, scheduled};
use tui_input::InputRequest;

/// Types `text` into the field on top, if there is one.
pub fn insert(app: &mut App, text: &str) -> Vec<Command> {
    if let Some(field) = app.layers.last_mut().and_then(Layer::field) {
        field.insert(text);
        edited(app);
    }
    Vec::new()
}

/// Inserts pasted text into the text field on top; pasted text never acts as keys.
pub fn paste(app: &mut App, text: &str) -> Vec<Command> {
    app.sequence.keys.clear();
    if let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last_mut()
        && editor.paste_lines(text)
    {
        return Vec::new();
    }
    insert(app, text)
}

fn edit(app: &mut App, request: InputRequest) -> Vec<Command> {
    if let Some(field) = app.layers.last_mut().and_then(Layer::field) {
        let before = field.text().to_owned();
        field.edit(request);
        if field.text() != before {
            edited(app);
        }
    }
    Vec::new()
}

/// The text of the field on top has changed.
fn edited(app: &mut App) {
    let focus = app.focus;
    match app.layers.last_mut() {
        Some(Layer::Filter(line)) => {
            line.completion = None;
            let text = line.field.text().to_owned();
            if let Some(table) = app.table_mut(focus) {
                table.set_filter(&text);
            }
        }
        Some(Layer::Journal(sheet)) => sheet.apply_filter(),
        Some(Layer::Palette(palette)) => {
            let text = palette.field.text().to_owned();
            let fresh = commands::completions(app, &text);
            if let Some(Layer::Palette(palette)) = app.layers.last_mut() {
                palette.refresh(fresh);
            }
        }
        Some(Layer::Dialog(Dialog::Count(ask))) => ask.error = None,
        Some(Layer::Dialog(Dialog::ScheduledScaling(ask))) => ask.error = None,
        Some(Layer::Dialog(Dialog::AutoscalingLimits(ask))) => ask.error = None,
        Some(Layer::Dialog(Dialog::SwapModel(ask))) => (ask.error, ask.cursor) = (None, None),
        Some(Layer::Dialog(Dialog::ScheduleAction(ask))) => ask.error = None,
        Some(Layer::Dialog(Dialog::Snooze(ask))) => ask.error = None,
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm
            .typed
            .iter_mut()
            .for_each(|typed| typed.wrong = false),
        Some(Layer::Dialog(Dialog::Tags(editor))) => {
            editor.error = None;
            editor.cursor = None;
        }
        _ => {}
    }
}

/// Completes the typed text.
pub fn complete(app: &mut App) -> Vec<Command> {
    complete_by(app, 1)
}

/// Completes the typed text with the previous completion.
pub fn complete_back(app: &mut App) -> Vec<Command> {
    complete_by(app, -1)
}

fn complete_by(app: &mut App, by: isize) -> Vec<Command> {
    match app.layers.last_mut() {
        Some(Layer::Palette(palette)) => {
            if let Some(text) = palette.complete(by) {
                palette.field.set(&text);
            }
        }
        Some(Layer::Dialog(Dialog::Tags(editor))) => editor.edit_line(),
        Some(Layer::Dialog(Dialog::ScheduleAction(ask))) => ask.step_executor(by),
        Some(Layer::Filter(_)) => complete_filter(app, by),
        _ => {}
    }
    Vec::new()
}

/// Completes the filter's last word with the next completion: field ids, then values of that field.
fn complete_filter(app: &mut App, by: isize) {
    let now = app.now;
    let Some(table) = app.focused() else { return };
    let Some(Layer::Filter(line)) = app.layers.last() else {
        return;
    };
    let completion = match &line.completion {
        Some(begun) => Completion {
            at: super::super::dialogs::around(begun.at, by, begun.options.len()),
            options: begun.options.clone(),
        },
        None => Completion {
            options: palette::filter_completions(
                table,
                &app.records(table.tile),
                line.field.before(),
                now,
            ),
            at: 0,
        },
    };
    let Some(text) = completion.options.get(completion.at).cloned() else {
        return;
    };
    let focus = app.focus;
    if let Some(Layer::Filter(line)) = app.layers.last_mut() {
        line.field.set(&text);
        line.completion = Some(completion);
    }
    if let Some(table) = app.table_mut(focus) {
        table.set_filter(&text);
    }
}

/// Removes the tag under the cursor, or the scheduled operations.
pub fn remove_line(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last_mut() {
        editor.remove_line();
        return Vec::new();
    }
    scheduled::remove(app)
}

macro_rules! edits {
    ($($name:ident $request:ident $doc:literal;)*) => {
        $(#[doc = $doc]
        pub fn $name(app: &mut App) -> Vec<Command> {
            edit(app, InputRequest::$request)
        })*
    };
}

edits! {
    char_left GoToPrevChar "One character left.";
    char_right GoToNextChar "One character right.";
    word_left GoToPrevWord "One word left.";
    word_right GoToNextWord "One word right.";
    line_start GoToStart "To the start.";
    line_end GoToEnd "To the end.";
    delete_back DeletePrevChar "Deletes the character before the cursor.";
    delete_here DeleteNextChar "Deletes the character under the cursor.";
    delete_word DeletePrevWord "Deletes the word before the cursor.";
    delete_line DeleteLine "Empties the line.";
    delete_rest DeleteTillEnd "Deletes to the end.";
}
