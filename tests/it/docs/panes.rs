//! `docs/panes.md`: every pane with its columns and actions.

use spendtop::{collectors, domain::PaneMeta};
use std::fmt::Write;

/// One section per pane.
pub fn panes() -> String {
    let mut out = String::new();
    for PaneMeta {
        id,
        doc,
        fields,
        operations,
        ..
    } in collectors::metas().iter()
    {
        let columns: Vec<_> = fields
            .iter()
            .map(|field| format!("`{}`", field.id))
            .collect();
        let actions: Vec<_> = operations
            .iter()
            .map(|operation| format!("`{}`", operation.id()))
            .collect();
        writeln!(out, "## `{id}`\n\nRows: {doc}.\n").unwrap();
        writeln!(out, "Columns: {}.", columns.join(" ")).unwrap();
        if !actions.is_empty() {
            writeln!(out, "\nActions: {}.", actions.join(" ")).unwrap();
        }
        out.push('\n');
    }
    out
}
