//! From key presses to actions: contexts, sequences, typed text.
//!
//! Must not know what any action does.

use super::{
    super::{
        App, Cmd,
        actions::Action,
        keymap::{Chord, Context, Found},
        layer::Layer,
    },
    typing,
};
use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers};

/// Ticks after which a begun sequence is given up.
const PATIENCE: u8 = 2;

/// The keymap's parts that have the keys, nearest first.
pub fn contexts(app: &App) -> &'static [Context] {
    app.layers
        .last()
        .map_or(&[Context::Table, Context::Global], Layer::contexts)
}

/// A key was pressed.
pub fn press(app: &mut App, event: &KeyEvent) -> Vec<Cmd> {
    let foreign = KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
    if event.kind == KeyEventKind::Release || event.modifiers.intersects(foreign) {
        return Vec::new();
    }
    chord(app, Chord::of(event), event.kind == KeyEventKind::Repeat)
}

fn chord(app: &mut App, chord: Chord, held: bool) -> Vec<Cmd> {
    app.sequence.keys.push(chord);
    app.sequence.ticks = 0;
    match app.keymap.find(contexts(app), &app.sequence.keys) {
        Found::Action(action) => {
            app.sequence.keys.clear();
            run(app, &action, held)
        }
        Found::Wait(_) => Vec::new(),
        Found::Nothing if app.sequence.keys.len() > 1 => {
            // The sequence broke off: what came before it stands for itself, and so does this key.
            app.sequence.keys.pop();
            let mut commands = give_up(app);
            commands.extend(self::chord(app, chord, held));
            commands
        }
        Found::Nothing => {
            app.sequence.keys.clear();
            chord.typed().map_or_else(Vec::new, |c| {
                typing::insert(app, c.encode_utf8(&mut [0; 4]))
            })
        }
    }
}

/// A key that is held down never answers a question.
fn run(app: &mut App, action: &Action, held: bool) -> Vec<Cmd> {
    if held && matches!(action, Action::Yes | Action::Accept) {
        return Vec::new();
    }
    action.run(app)
}

/// A second has passed.
pub fn tick(app: &mut App) -> Vec<Cmd> {
    if app.sequence.keys.is_empty() {
        return Vec::new();
    }
    app.sequence.ticks += 1;
    if app.sequence.ticks >= PATIENCE {
        give_up(app)
    } else {
        Vec::new()
    }
}

fn give_up(app: &mut App) -> Vec<Cmd> {
    let keys = std::mem::take(&mut app.sequence.keys);
    match app.keymap.find(contexts(app), &keys) {
        Found::Action(action) | Found::Wait(Some(action)) => action.run(app),
        _ => Vec::new(),
    }
}
