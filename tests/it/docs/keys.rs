//! `docs/keys.md`: the default keymap and the palette commands.

use spendtop::screen::{
    help,
    input::keymap::{Keymap, SHIPPED},
    update::commands,
};
use std::fmt::Write;

/// The default keymap, one table per context.
pub(super) fn keys() -> String {
    let (name, text) = SHIPPED.iter().find(|(name, _)| *name == "default").unwrap();
    help::key_table(&Keymap::parse(text, name, None).unwrap())
}

/// The palette commands that take an argument.
pub(super) fn commands() -> String {
    let mut out = "| command | description |\n| --- | --- |\n".to_owned();
    for (word, args, doc) in commands::palette_commands() {
        let usage = format!(":{word} {args}").trim_end().replace('|', "\\|");
        writeln!(out, "| `{usage}` | {} |", doc.replace('|', "\\|")).unwrap();
    }
    out
}
