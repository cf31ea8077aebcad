//! All keys, made from the keymap in use.

use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, beside},
};
use crate::screen::{
    App, help, notices::sheets::palette as wording, state::modal_stack::Help, theme::Role,
};

/// Columns of the keys.
const KEYS: usize = 20;

/// The sheet.
pub fn help(app: &App, sheet: &Help, width: u16) -> Overlay {
    let title = StyledLine::of(wording::KEYS, Role::Focus).add(
        format!("  {}", wording::keymap(&app.keymap.name)),
        Role::Dim,
    );
    let mut out = Overlay::new(title, width);
    out.scroll = sheet.scroll;
    let mut context = None;
    for row in help::help(&app.keymap, sheet.contexts) {
        if context != Some(row.context) {
            if context.is_some() {
                out.lines.push(StyledLine::new());
            }
            context = Some(row.context);
            out.lines
                .push(StyledLine::of(row.context.doc(), Role::Emphasis));
        }
        let keys = if row.keys.is_empty() {
            StyledLine::of(format!(" :{}", row.action), Role::Dim)
        } else {
            StyledLine::of(format!(" {}", row.keys), Role::Key)
        };
        out.lines
            .extend(beside(keys, &row.doc, Role::Text, KEYS, width));
    }
    out
}
