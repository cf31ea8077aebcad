//! All keys, made from the keymap in use.
//!
//! Must not know any key: [`docs::help`] does.

use super::{
    overlay::Overlay,
    words::{Words, beside},
};
use crate::screen::{App, docs, layer::Help, theme::Role};

/// Columns of the keys.
const KEYS: usize = 20;

/// The sheet.
pub fn help(app: &App, sheet: &Help, width: u16) -> Overlay {
    let title =
        Words::of("Keys", Role::Focus).add(format!("  keymap {}", app.keymap.name), Role::Dim);
    let mut out = Overlay::new(title, width);
    out.scroll = sheet.scroll;
    let mut context = None;
    for row in docs::help(&app.keymap, sheet.contexts) {
        if context != Some(row.context) {
            if context.is_some() {
                out.lines.push(Words::new());
            }
            context = Some(row.context);
            out.lines.push(Words::of(row.context.doc(), Role::Strong));
        }
        let keys = if row.keys.is_empty() {
            Words::of(format!(" :{}", row.action), Role::Dim)
        } else {
            Words::of(format!(" {}", row.keys), Role::Key)
        };
        out.lines
            .extend(beside(keys, &row.doc, Role::Text, KEYS, width));
    }
    out
}
