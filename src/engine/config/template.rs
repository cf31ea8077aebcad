//! A configuration file with every key in a comment: its meaning, and its default or an example.

use super::schema::{OtherKeys, Schema};
use serde_json::{Map, Value};

/// The columns of a comment.
const WIDTH: usize = 98;

/// The head of the file.
const HEAD: &str = "\
# Configuration of spendtop. Every key is optional: remove the `#` in front of one to set it. Behind
# the key is its default, or an example where there is none. Keys above the first `[table]` stay
# above it. `spendtop config check` checks the file.
";

/// A configuration file that sets nothing.
pub fn template() -> serde_json::Result<String> {
    let schema = Schema::of_file()?;
    let mut out = HEAD.to_owned();
    let (tables, values): (Vec<_>, Vec<_>) = schema
        .properties
        .0
        .iter()
        .partition(|(_, schema)| is_table(schema));
    for (key, schema) in values {
        push_value(&mut out, key, schema);
    }
    for (key, schema) in tables {
        out.push('\n');
        push_table(&mut out, key, schema);
    }
    Ok(out)
}

/// Whether TOML writes the values of a key in a table of its own.
fn is_table(schema: &Schema) -> bool {
    let is_object = |schema: &Schema| schema.kind == "object";
    is_object(schema) || schema.items.as_deref().is_some_and(is_object)
}

/// The meaning of a key, and all words that are values.
fn meaning(schema: &Schema) -> String {
    let items = schema.items.as_deref().unwrap_or(schema);
    if items.words.is_empty() {
        return schema.description.clone();
    }
    format!("{} Values: {}.", schema.description, items.words.join(", "))
}

/// A comment and the key with its default or an example.
fn push_value(out: &mut String, key: &str, schema: &Schema) {
    out.push('\n');
    let example = schema.examples.first();
    let default = schema.default.as_ref();
    push_comment(out, &meaning(schema));
    if let (Some(Value::Array(none)), Some(example)) = (default, example)
        && none.is_empty()
    {
        push_comment(out, &format!("Example: {}", in_toml(example)));
    }
    if let Some(value) = default.or(example) {
        push_key(out, key, value);
    }
}

fn push_table(out: &mut String, key: &str, schema: &Schema) {
    push_comment(out, &schema.description);
    let example = schema.examples.first().and_then(Value::as_object);
    match (&schema.items, &schema.additional_properties) {
        (Some(item), _) => push_example(out, &format!("[[{key}]]"), item, example),
        (None, Some(OtherKeys::Each(each))) if each.kind == "object" => {
            let named = example.and_then(|example| example.iter().next());
            let (name, example) = named.map_or(("NAME", None), |(name, value)| {
                (name.as_str(), value.as_object())
            });
            push_example(out, &format!("[{key}.{name}]"), each, example);
        }
        (None, Some(OtherKeys::Each(_))) => {
            push_line(out, &format!("[{key}]"));
            for (key, value) in example.into_iter().flatten() {
                push_key(out, key, value);
            }
        }
        (None, _) => {
            // A table of tables has no keys of its own.
            if !schema
                .properties
                .0
                .iter()
                .any(|(_, schema)| is_table(schema))
            {
                push_line(out, &format!("[{key}]"));
            }
            for (own, schema) in &schema.properties.0 {
                if is_table(schema) {
                    out.push('\n');
                    push_table(out, &format!("{key}.{own}"), schema);
                } else {
                    push_comment(out, &schema.description);
                    if let Some(value) = schema.default.as_ref().or(schema.examples.first()) {
                        push_key(out, own, value);
                    }
                }
            }
        }
    }
}

/// An example of a table, and the keys that it does not have.
fn push_example(
    out: &mut String,
    header: &str,
    schema: &Schema,
    example: Option<&Map<String, Value>>,
) {
    let value = |key: &String| example.and_then(|example| example.get(key));
    for (key, schema) in &schema.properties.0 {
        push_comment(out, &format!("  {key}: {}", meaning(schema)));
    }
    push_line(out, header);
    for (key, _) in &schema.properties.0 {
        if let Some(value) = value(key) {
            push_key(out, key, value);
        }
    }
}

fn push_key(out: &mut String, key: &str, value: &Value) {
    push_line(out, &format!("{key} = {}", in_toml(value)));
}

/// A line of the file, in a comment without a blank: removing one character sets it.
fn push_line(out: &mut String, line: &str) {
    out.extend(["#", line, "\n"]);
}

/// Sentences in comments of at most [`WIDTH`] columns; lines after the first keep its indent.
fn push_comment(out: &mut String, text: &str) {
    let indent = &text[..text.len() - text.trim_start().len()];
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.extend(["# ", &line, "\n"]);
            line.clear();
        }
        if line.is_empty() {
            line = format!("{indent}{word}");
        } else {
            line = format!("{line} {word}");
        }
    }
    out.extend(["# ", &line, "\n"]);
}

/// A value of JSON in TOML's notation, which differs in lists and tables only.
fn in_toml(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(in_toml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(key, value)| format!("{key} = {}", in_toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::Config;
    use std::path::Path;

    /// The template with every key set.
    fn set() -> String {
        let text = template().unwrap();
        let lines = text.lines().map(|line| {
            let key = line.strip_prefix('#').filter(|rest| !rest.starts_with(' '));
            key.unwrap_or(line)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn template_sets_nothing() {
        let text = template().unwrap();
        assert_eq!(toml::from_str::<toml::Table>(&text).unwrap().len(), 0);
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }

    #[test]
    fn every_key_of_the_template_is_accepted() {
        let text = set();
        if let Err(error) = Config::parse(&text, Path::new("config.toml")) {
            panic!("{error}\n{text}");
        }
        let keys: toml::Table = toml::from_str(&text).unwrap();
        for (key, _) in &Schema::of_file().unwrap().properties.0 {
            assert!(keys.contains_key(key), "the template has no {key}");
        }
    }

    #[test]
    fn defaults_of_the_template_are_those_of_the_rules() {
        let text = set();
        let config = Config::parse(&text, Path::new("config.toml")).unwrap();
        assert_eq!(config.thresholds, crate::rules::Thresholds::default());
        assert!(!config.read_only && config.profiles.is_empty());
    }
}
