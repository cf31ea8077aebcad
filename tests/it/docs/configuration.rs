//! `docs/configuration.md`: every key with type, default and meaning, and an example.

use super::source::fields;
use std::{fmt::Write, fs};

/// Table of the file, source file and struct of its keys.
pub(super) const TABLES: &[(&str, &str, &str)] = &[
    ("Top level", "src/engine/config/mod.rs", "Config"),
    (
        "`[organization]`",
        "src/engine/config/organization.rs",
        "OrganizationConfig",
    ),
    (
        "`[refresh]`, by pane",
        "src/engine/config/mod.rs",
        "RefreshConfig",
    ),
    (
        "`[scheduling]`",
        "src/engine/config/scheduling.rs",
        "SchedulingConfig",
    ),
    ("`[watch]`", "src/engine/config/watch.rs", "WatchConfig"),
    ("`[[guard]]`", "src/engine/config/guards.rs", "GuardConfig"),
    (
        "`[profile.NAME]`",
        "src/engine/config/guards.rs",
        "ProfileConfig",
    ),
    ("`[[budget]]`", "src/engine/config/money.rs", "BudgetConfig"),
    ("`[[price]]`", "src/pricing/overrides.rs", "Entry"),
];

/// Rust types and their names in the documentation.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("f64", "number"),
    ("String", "string"),
    ("RegionCode", "region code"),
    ("EndpointUrl", "URL"),
    ("AccountRef", "account id or alias"),
    ("ColorMode", "`auto`, `truecolor`, `256`, `16` or `none`"),
    ("TagKey", "tag key"),
    ("Interval", "duration (`30s`, `5m`, `6h`)"),
    ("MatchFilter", "filter"),
    ("OperationWord", "action"),
    ("ProfileName", "profile"),
    (
        "EffectName",
        "`deny`, `confirm`, `type-name`, `type-account` or `max-bulk`",
    ),
    ("MaxTargets", "whole number"),
    ("MonthlyUsd", "number"),
    ("Percent", "number"),
    ("Service", "`ec2`, `sagemaker` or `bedrock`"),
    (
        "OverrideTarget",
        "`ec2`, `spot`, `capacity-block`, `sagemaker`, `hosting`, `notebook`, `studio`, \
         `training`, `processing`, `transform`, `cluster`, `tokens` or `model-unit`",
    ),
    ("TermWord", "`none`, `1-month` or `6-months`"),
    ("Thresholds", "tables, see [rules](rules.md)"),
    ("GuardConfig", "tables"),
    ("Override", "tables"),
    ("BudgetConfig", "tables"),
    ("ProfileConfig", "table"),
    ("RefreshConfig", "table"),
    ("SchedulingConfig", "table"),
    ("WatchConfig", "table"),
    ("WatchDollars", "dollars a day, `\"auto\"` or `\"none\"`"),
    ("PaneName", "pane"),
    ("OrganizationConfig", "table"),
    ("RoleName", "role name"),
    ("ExternalId", "string"),
    ("AccountPattern", "account id or name"),
];

/// One table per struct.
pub(super) fn keys() -> String {
    let mut out = String::new();
    for (title, path, name) in TABLES {
        writeln!(
            out,
            "### {title}\n\n| key | type | default | meaning |\n| --- | --- | --- | --- |"
        )
        .unwrap();
        for field in fields(path, name) {
            let (meaning, default) = default(&field.doc, &field.kind);
            writeln!(
                out,
                "| `{}` | {} | {default} | {meaning} |",
                field.name,
                kind(&field.kind)
            )
            .unwrap();
        }
        out.push('\n');
    }
    out
}

/// Splits a trailing `Default: X.` from the doc; without one the type gives the default.
pub(super) fn default(doc: &str, kind: &str) -> (String, String) {
    assert!(!doc.is_empty(), "a configuration key has no doc comment");
    if let Some((meaning, default)) = doc.split_once(" Default: ") {
        return (meaning.to_owned(), default.trim_end_matches('.').to_owned());
    }
    let default = match kind {
        "bool" => "`false`",
        "ColorMode" => "`auto`",
        kind if kind.starts_with("Vec<") => "`[]`",
        _ => "none",
    };
    (doc.to_owned(), default.to_owned())
}

fn kind(text: &str) -> String {
    let inner = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix('>');
    if let Some(inner) = inner("Option<")
        .or_else(|| inner("toml::Spanned<"))
        .or_else(|| inner("Spanned<"))
    {
        return kind(inner);
    }
    if let Some(inner) = inner("Vec<") {
        let of = kind(inner);
        return if of == "tables" {
            of
        } else {
            format!("list of: {of}")
        };
    }
    if let Some((key, value)) = inner("BTreeMap<").and_then(|pair| pair.split_once(", ")) {
        let value = kind(value);
        return if value == "table" {
            format!("a table per {}", kind(key).replace("string", "name"))
        } else {
            format!("table: {} = {value}", kind(key))
        };
    }
    KINDS
        .iter()
        .find(|(name, _)| *name == text)
        .unwrap_or_else(|| panic!("no documented name for the type {text}"))
        .1
        .to_owned()
}

/// A file with every key.
pub(super) fn example() -> String {
    let path = super::root().join("tests/configs/valid/full.toml");
    format!("```toml\n{}```", fs::read_to_string(path).unwrap())
}
