//! `docs/rules.md`: the rules that find waste, and their thresholds.

use super::source::fields;
use spendtop::rules::{RULES, Thresholds};
use std::{fmt::Write, fs};

/// The table of rules in the module doc of `src/rules/mod.rs`.
pub(super) fn rules() -> String {
    let text = fs::read_to_string(super::root().join("src/rules/mod.rs")).unwrap();
    let table: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .filter(|line| line.starts_with('|'))
        .collect();
    for rule in RULES {
        assert!(
            table.iter().any(|line| line.contains(&format!("`{rule}`"))),
            "src/rules/mod.rs does not document {rule}"
        );
    }
    // Links of rustdoc mean nothing in Markdown.
    table.join("\n").replace("[`", "`").replace("`]", "`")
}

/// The thresholds of each rule with their defaults.
pub(super) fn thresholds() -> String {
    let defaults = serde_json::to_value(Thresholds::default()).unwrap();
    let mut out = String::new();
    for rule in RULES {
        let path = format!("src/rules/{}.rs", rule.replace('-', "_"));
        writeln!(
            out,
            "### `[thresholds.{rule}]`\n\n| key | default | meaning |\n| --- | --- | --- |"
        )
        .unwrap();
        for field in fields(&path, "Thresholds") {
            let default = &defaults[rule][&field.name];
            assert!(!default.is_null(), "{rule}.{} has no default", field.name);
            writeln!(out, "| `{}` | `{default}` | {} |", field.name, field.doc).unwrap();
        }
        out.push('\n');
    }
    out
}
