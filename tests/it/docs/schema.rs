//! `src/engine/config/schema.json`: the JSON Schema of the configuration file, from the same
//! structs, doc comments and words as the tables of `docs/configuration.md`.

use super::{
    configuration::{KINDS, TABLES, default},
    root,
    source::{Field, fields},
};
use serde_json::Value;
use spendtop::{
    collectors,
    domain::Operation,
    engine::config::schema::{OtherKeys, Properties, SCHEMA, Schema},
    rules::{RULES, Thresholds},
};
use std::fs;

const PATH: &str = "src/engine/config/schema.json";

/// Types of tables, and the structs of [`TABLES`] that have their keys.
const STRUCTS: &[(&str, &str)] = &[
    ("GuardConfig", "GuardConfig"),
    ("Override", "Entry"),
    ("BudgetConfig", "BudgetConfig"),
    ("ProfileConfig", "ProfileConfig"),
    ("RefreshConfig", "RefreshConfig"),
    ("SchedulingConfig", "SchedulingConfig"),
    ("WatchConfig", "WatchConfig"),
    ("OrganizationConfig", "OrganizationConfig"),
];

fn of_kind(kind: &str) -> Schema {
    Schema {
        kind: kind.to_owned(),
        ..Schema::default()
    }
}

/// The schema of a Rust type.
fn of_type(text: &str) -> Schema {
    let inner = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix('>');
    if let Some(inner) = ["Option<", "toml::Spanned<", "Spanned<"]
        .into_iter()
        .find_map(inner)
    {
        return of_type(inner);
    }
    if let Some(item) = inner("Vec<") {
        return Schema {
            items: Some(Box::new(of_type(item))),
            ..of_kind("array")
        };
    }
    if let Some((key, value)) = inner("BTreeMap<").and_then(|pair| pair.split_once(", ")) {
        return Schema {
            property_names: Some(Box::new(of_type(key))),
            additional_properties: Some(OtherKeys::Each(Box::new(of_type(value)))),
            ..of_kind("object")
        };
    }
    if let Some((_, name)) = STRUCTS.iter().find(|(kind, _)| *kind == text) {
        return of_struct(name);
    }
    of_word(text)
}

fn of_word(text: &str) -> Schema {
    match text {
        "Thresholds" => thresholds(),
        "bool" => of_kind("boolean"),
        "f64" => of_kind("number"),
        "Percent" => Schema {
            minimum: Some(0),
            maximum: Some(100),
            ..of_kind("number")
        },
        "MonthlyUsd" => Schema {
            exclusive_minimum: Some(0),
            ..of_kind("number")
        },
        "MaxTargets" => Schema {
            minimum: Some(1),
            ..of_kind("integer")
        },
        // A number or a word.
        "WatchDollars" => Schema::default(),
        "u16" | "u32" => Schema {
            minimum: Some(0),
            ..of_kind("integer")
        },
        other => Schema {
            words: words(other),
            ..of_kind("string")
        },
    }
}

/// All values of a type that is written as a string; empty if there are too many.
fn words(kind: &str) -> Vec<String> {
    match kind {
        "OperationWord" => Operation::ALL
            .iter()
            .map(|one| one.id().to_owned())
            .collect(),
        "PaneName" => collectors::metas()
            .iter()
            .map(|pane| pane.id.to_owned())
            .collect(),
        // Written as examples, not as a list of all.
        "Interval" => Vec::new(),
        _ => {
            let (_, text) = KINDS
                .iter()
                .find(|(name, _)| *name == kind)
                .unwrap_or_else(|| panic!("no documented name for the type {kind}"));
            text.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        }
    }
}

/// A table with the fields of the struct `name` as keys.
fn of_struct(name: &str) -> Schema {
    let (_, path, _) = TABLES
        .iter()
        .find(|(_, _, known)| *known == name)
        .unwrap_or_else(|| panic!("no struct {name}"));
    let fields = fields(path, name);
    // Serde requires a key without a default; `[[guard]]` checks its `effect` itself.
    let is_required = |field: &&Field| {
        matches!(name, "BudgetConfig" | "Entry")
            && !field.kind.starts_with("Option<")
            && !field.kind.starts_with("Vec<")
            || field.doc.ends_with("; required.")
    };
    let required = fields.iter().filter(is_required);
    Schema {
        required: required.map(|field| field.name.clone()).collect(),
        properties: Properties(fields.iter().map(property).collect()),
        additional_properties: Some(OtherKeys::Any(false)),
        ..of_kind("object")
    }
}

fn property(field: &Field) -> (String, Schema) {
    let (meaning, default) = default(&field.doc, &field.kind);
    let schema = of_type(&field.kind);
    // Prose may follow the value.
    let default = default.strip_prefix('`');
    let default = default.and_then(|text| text.split('`').next());
    let default = default.filter(|_| schema.kind != "array" || lists_words(&schema));
    let default = default.map(|text| match schema.kind.as_str() {
        "string" => Value::from(text),
        _ => serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")),
    });
    let schema = Schema {
        description: meaning,
        default,
        ..schema
    };
    (field.name.clone(), schema)
}

/// Whether the value is a list of strings, not of tables.
fn lists_words(schema: &Schema) -> bool {
    schema
        .items
        .as_ref()
        .is_some_and(|item| item.kind == "string")
}

/// The table of thresholds: a table a rule.
fn thresholds() -> Schema {
    let defaults = serde_json::to_value(Thresholds::default()).unwrap();
    let rules = RULES.iter().map(|rule| {
        let path = format!("src/rules/{}.rs", rule.replace('-', "_"));
        let keys = fields(&path, "Thresholds").into_iter().map(|field| {
            let schema = Schema {
                description: field.doc.clone(),
                default: Some(defaults[rule][&field.name].clone()),
                ..of_type(&field.kind)
            };
            (field.name, schema)
        });
        let table = Schema {
            description: format!("Thresholds of `{rule}`."),
            properties: Properties(keys.collect()),
            additional_properties: Some(OtherKeys::Any(false)),
            ..of_kind("object")
        };
        ((*rule).to_owned(), table)
    });
    Schema {
        properties: Properties(rules.collect()),
        additional_properties: Some(OtherKeys::Any(false)),
        ..of_kind("object")
    }
}

/// The schema of the file; examples are from the file that sets every key.
fn generate() -> Schema {
    let example = fs::read_to_string(root().join("tests/configs/valid/full.toml")).unwrap();
    let example: toml::Table = toml::from_str(&example).unwrap();
    let mut schema = of_struct("Config");
    for (key, schema) in &mut schema.properties.0 {
        let value = serde_json::to_value(&example[key]).unwrap();
        let is_list_of_tables = schema.kind == "array" && !lists_words(schema);
        schema.examples = match value {
            // Thresholds have defaults.
            _ if key == "thresholds" => Vec::new(),
            Value::Array(tables) if is_list_of_tables => tables,
            value => vec![value],
        };
        // Keys of a single table are written one by one.
        for (own, schema) in &mut schema.properties.0 {
            if let Some(value) = example[key].get(own.as_str())
                && key != "thresholds"
            {
                schema.examples = vec![serde_json::to_value(value).unwrap()];
            }
        }
    }
    Schema {
        dialect: Some("https://json-schema.org/draft/2020-12/schema".to_owned()),
        title: Some("Configuration of spendtop".to_owned()),
        ..schema
    }
}

#[test]
fn schema_has_the_keys_of_the_configuration() {
    let text = serde_json::to_string_pretty(&generate()).unwrap() + "\n";
    if text != SCHEMA && std::env::var_os("SPENDTOP_UPDATE_DOCS").is_some() {
        fs::write(root().join(PATH), text).unwrap();
        return;
    }
    assert!(
        text == SCHEMA,
        "{PATH} is outdated; run SPENDTOP_UPDATE_DOCS=1 cargo test --test it docs::"
    );
}

/// The first mismatch of `value`.
fn mismatch(schema: &Schema, value: &Value, at: &str) -> Option<String> {
    let found = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        _ => "integer",
    };
    if !schema.kind.is_empty()
        && found != schema.kind
        && (found, schema.kind.as_str()) != ("integer", "number")
    {
        return Some(format!("{at} is of type {found}"));
    }
    let number = value.as_f64().unwrap_or(1.0);
    let is_small = schema.minimum.is_some_and(|min| number < min.into())
        || schema
            .exclusive_minimum
            .is_some_and(|min| number <= min.into());
    if is_small || schema.maximum.is_some_and(|max| number > max.into()) {
        return Some(format!("{at} is out of range"));
    }
    let is_word =
        |word: &str| schema.words.is_empty() || schema.words.iter().any(|one| one == word);
    match value {
        Value::String(word) if !is_word(word) => Some(format!("{at} is no word")),
        Value::Array(items) => {
            let item = schema.items.as_ref().unwrap();
            items.iter().find_map(|value| mismatch(item, value, at))
        }
        Value::Object(table) => {
            let missing = schema.required.iter().find(|key| !table.contains_key(*key));
            missing.map(|key| format!("{at} has no {key}")).or_else(|| {
                table.iter().find_map(|(key, value)| {
                    let at = format!("{at}.{key}");
                    match (schema.properties.get(key), &schema.additional_properties) {
                        (Some(schema), _) => mismatch(schema, value, &at),
                        (None, Some(OtherKeys::Each(each))) => {
                            let names = schema.property_names.as_ref().unwrap();
                            mismatch(names, &Value::from(key.as_str()), &at)
                                .or_else(|| mismatch(each, value, &at))
                        }
                        (None, _) => Some(format!("{at} is unknown")),
                    }
                })
            })
        }
        _ => None,
    }
}

fn check(file: &str) -> Option<String> {
    let text = fs::read_to_string(root().join("tests/configs").join(file)).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    mismatch(&generate(), &serde_json::to_value(table).unwrap(), "file")
}

#[test]
fn schema_accepts_valid_files_and_finds_mistakes() {
    for file in ["empty.toml", "full.toml", "guards.toml", "one-key.toml"] {
        assert_eq!(check(&format!("valid/{file}")), None, "{file}");
    }
    for file in [
        "budget.toml",
        "color.toml",
        "discount-of-what.toml",
        "discount.toml",
        "guard-effect.toml",
        "guard-key.toml",
        "guard-max-targets-zero.toml",
        "guard-operation.toml",
        "pane.toml",
        "price-of-what.toml",
        "profile-key.toml",
        "threshold.toml",
        "unknown-key.toml",
        "wrong-type.toml",
    ] {
        assert!(check(&format!("invalid/{file}")).is_some(), "{file}");
    }
}
