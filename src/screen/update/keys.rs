//! Turns key presses into actions: contexts, sequences, typed text.

use super::super::{
    App, Command,
    actions::Action,
    input::keymap::{Chord, ChordMatch},
};
use super::{dispatch, typing};
use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers};

/// Ticks after which an incomplete sequence ends.
const PATIENCE: u8 = 2;

/// A key was pressed.
pub fn press(app: &mut App, event: &KeyEvent) -> Vec<Command> {
    let foreign = KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
    if event.kind == KeyEventKind::Release || event.modifiers.intersects(foreign) {
        return Vec::new();
    }
    chord(app, Chord::of(event), event.kind == KeyEventKind::Repeat)
}

fn chord(app: &mut App, chord: Chord, held: bool) -> Vec<Command> {
    app.sequence.keys.push(chord);
    app.sequence.ticks = 0;
    match app.keymap.find(app.contexts(), &app.sequence.keys) {
        ChordMatch::Action(action) => {
            app.sequence.keys.clear();
            run(app, &action, held)
        }
        ChordMatch::Wait(_) => Vec::new(),
        ChordMatch::Nothing if app.sequence.keys.len() > 1 => {
            // The sequence ended: its earlier keys and this key act on their own.
            app.sequence.keys.pop();
            let mut commands = give_up(app);
            commands.extend(self::chord(app, chord, held));
            commands
        }
        ChordMatch::Nothing => {
            app.sequence.keys.clear();
            chord.typed().map_or_else(Vec::new, |c| {
                typing::insert(app, c.encode_utf8(&mut [0; 4]))
            })
        }
    }
}

/// A key that is held down never answers a question.
fn run(app: &mut App, action: &Action, held: bool) -> Vec<Command> {
    if held && matches!(action, Action::Yes | Action::Accept) {
        return Vec::new();
    }
    dispatch::run(app, action)
}

/// A second has passed.
pub fn tick(app: &mut App) -> Vec<Command> {
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

fn give_up(app: &mut App) -> Vec<Command> {
    let keys = std::mem::take(&mut app.sequence.keys);
    match app.keymap.find(app.contexts(), &keys) {
        ChordMatch::Action(action) | ChordMatch::Wait(Some(action)) => dispatch::run(app, &action),
        _ => Vec::new(),
    }
}
