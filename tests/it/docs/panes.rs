//! `docs/panes.md`: the common columns, and every pane with its columns and actions; the words of
//! `docs/filters.md`.

use spendtop::{
    collectors,
    domain::{Align, CommonField, FieldMeta, PaneMeta, Visibility, pane::FieldSource},
};
use std::fmt::Write;

/// The columns that rows of any pane may have.
pub(super) fn common() -> String {
    let mut out =
        "| field | heading | key in `ls` | meaning and unit |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for field in CommonField::ALL {
        let column = field.column();
        let words: Vec<_> = std::iter::once(column.id)
            .chain(column.aliases.iter().copied())
            .map(|word| format!("`{word}`"))
            .collect();
        writeln!(
            out,
            "| {} | {} | `{}` | {} |",
            words.join(" "),
            column.title,
            column.key,
            column.doc
        )
        .unwrap();
    }
    out
}

/// One section per pane.
pub(super) fn panes() -> String {
    collectors::metas().iter().map(section).collect()
}

fn section(pane: &PaneMeta) -> String {
    let PaneMeta {
        id,
        title,
        doc,
        kinds,
        fields,
        operations,
        sort,
        ..
    } = pane;
    let code = |words: &mut dyn Iterator<Item = &str>| {
        words
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let is_own = |field: &&FieldMeta| !matches!(field.from, FieldSource::Head(_));
    let common = code(
        &mut fields
            .iter()
            .filter(|field| !is_own(field))
            .map(|field| field.id),
    );
    let actions = code(&mut operations.iter().map(|operation| operation.id()));
    let kinds = code(&mut kinds.iter().map(|kind| kind.0));
    let mut out = format!("## {title}\n\n`{id}`: {doc}. Sorted by `{sort}`.\n\n");
    writeln!(out, "Kinds: {kinds}.\n").unwrap();
    if !actions.is_empty() {
        writeln!(out, "Actions: {actions}.\n").unwrap();
    }
    writeln!(out, "Common columns: {common}.\n").unwrap();
    out.push_str("| field | heading | shown | meaning and unit |\n| --- | --- | --- | --- |\n");
    for field in fields.iter().filter(is_own) {
        let number = if field.align == Align::Right {
            "number"
        } else {
            "text"
        };
        writeln!(
            out,
            "| `{}` | {} | {}, {number} | {} |",
            field.id,
            field.title,
            shown(field.show),
            field.doc
        )
        .unwrap();
    }
    out.push('\n');
    out
}

/// When a column is shown, in words.
fn shown(show: Visibility) -> &'static str {
    match show {
        Visibility::Always => "always",
        Visibility::Medium => "from 100 columns",
        Visibility::Wide => "from 140 columns",
        Visibility::Detail => "details only",
    }
}

#[test]
fn filter_page_names_every_common_column() {
    let page = std::fs::read_to_string(super::root().join("docs/filters.md")).unwrap();
    for field in CommonField::ALL {
        for word in field.column().words() {
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }
}
