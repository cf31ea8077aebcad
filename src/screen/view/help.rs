//! All keys, made from the keymap in use.
//!
//! Must not know any key: [`docs::help`] does.

use super::{
    overlay::Overlay,
    words::{Words, lines},
};
use crate::screen::{App, docs, layer::Help, theme::Role};

/// Columns of the keys.
const KEYS: usize = 20;

/// The sheet.
pub fn help(app: &App, sheet: &Help, width: u16) -> Overlay {
    let title = Words::of("Keys", Role::Focus).add(format!("  keymap {}", app.keymap.name), Role::Dim);
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
        let mut text = lines(&row.doc, Role::Text, KEYS, width);
        if let Some(first) = text.first_mut() {
            let keys = if row.keys.is_empty() {
                Words::of(format!(" :{}", row.action), Role::Dim)
            } else {
                Words::of(format!(" {}", row.keys), Role::Key)
            };
            let doc = row.doc.clone();
            *first = if keys.width() < KEYS && text_fits(&doc, width) {
                keys.tab(KEYS).add(doc, Role::Text)
            } else {
                keys.add("  ", Role::Text).and(lines(&doc, Role::Text, 0, width).swap_remove(0))
            };
        }
        out.lines.extend(text);
    }
    out
}

fn text_fits(doc: &str, width: u16) -> bool {
    crate::domain::text::width(doc) + KEYS <= usize::from(width)
}
