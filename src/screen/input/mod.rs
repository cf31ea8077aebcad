//! Keys: chords, contexts and keymaps.

pub mod keymap;
pub mod text_field;
