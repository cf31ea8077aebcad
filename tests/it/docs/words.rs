//! Ids, keys, headings and help texts use the words of the glossary in `docs/architecture.md`.

use clap::{Command, CommandFactory};
use spendtop::{
    app::cli::Cli,
    collectors,
    domain::Operation,
    rules::RULES,
    screen::{actions::ENTRIES, update::commands},
};
use std::{collections::BTreeMap, fs};

/// Words that must not occur, and the word to use.
const BANNED: &[(&str, &str)] = &[
    ("agree", "schedule"),
    ("agreed", "scheduled"),
    ("agreement", "scheduled action"),
    ("alike", "same"),
    ("anew", "again"),
    ("bounds", "autoscaling limits"),
    ("breach", "violation"),
    ("breaches", "violations"),
    ("burns", "costs"),
    ("ceiling", "maximum"),
    ("deed", "action, entry"),
    ("deeds", "activity, entries"),
    ("facet", "grouping"),
    ("facets", "groupings"),
    ("freeze", "pause"),
    ("frozen", "paused"),
    ("later", "scheduled"),
    ("laters", "scheduled actions"),
    ("least", "min"),
    ("most", "max"),
    ("outlook", "forecast"),
    ("resting", "snoozed"),
    ("rests", "is snoozed"),
    ("suspect", "contributor"),
    ("suspects", "contributors"),
    ("told", "reported, shown"),
    ("torn", "truncated"),
    ("want", "expected"),
    ("wants", "requires"),
];

/// Phrases that must not occur in help texts and headings, and what to write.
const BANNED_PHRASES: &[(&str, &str)] = &[
    ("left out", "skipped"),
    ("leave out", "skip"),
    ("what came of", "the outcome of"),
    ("what is to be", "name the thing"),
    ("for later", "schedule"),
    ("to show for it", "waste"),
    ("is told", "name the actor"),
    ("is said", "name the actor"),
    ("is of no use", "cannot be used"),
];

/// Accepted terms that contain a banned word, and the reason.
const ACCEPTED: &[(&str, &str)] = &[(
    "budget-breach",
    "a budget is breached in FinOps; of a journal the word would mean a security incident",
)];

/// Every text to check, with where it is from.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut add = |place: String, text: &str| texts.push((place, text.to_owned()));
    for key in configuration_keys() {
        add("configuration key".to_owned(), &key);
    }
    for pane in collectors::metas().iter() {
        add(format!("pane {}", pane.id), pane.id);
        add(format!("pane {}", pane.id), pane.title);
        add(format!("pane {}", pane.id), pane.doc);
        for field in &pane.fields {
            add(format!("column of {}", pane.id), field.id);
            add(format!("heading in {}", pane.id), field.title);
        }
    }
    for entry in ENTRIES {
        for text in [entry.id, entry.hint, entry.doc] {
            add(format!("action {}", entry.id), text);
        }
    }
    for operation in Operation::ALL {
        add(format!("operation {}", operation.id()), operation.id());
        add(format!("operation {}", operation.id()), operation.doc());
    }
    for (word, args, doc) in commands::palette_commands() {
        for text in [word, args, doc] {
            add(format!("palette :{word}"), text);
        }
    }
    for rule in RULES {
        add("rule".to_owned(), rule);
    }
    command_texts(&Cli::command(), &mut add);
    for (page, text) in pages() {
        for line in text.lines() {
            if line.starts_with('#') {
                add(page.clone(), line);
            } else if let Some(cells) = line.strip_prefix("| `") {
                // The first cell of a table of keys, columns, commands or actions.
                add(page.clone(), cells.split(" |").next().unwrap_or_default());
            }
        }
    }
    texts
}

fn command_texts(command: &Command, add: &mut impl FnMut(String, &str)) {
    let place = format!("help of {}", command.get_name());
    let about = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
    ];
    for text in about.into_iter().flatten() {
        add(place.clone(), &text.to_string());
    }
    for arg in command.get_arguments() {
        add(place.clone(), arg.get_id().as_str());
        for text in [arg.get_help(), arg.get_long_help()].into_iter().flatten() {
            add(place.clone(), &text.to_string());
        }
    }
    for subcommand in command.get_subcommands() {
        command_texts(subcommand, add);
    }
}

/// The pages of the documentation; a fenced block is not prose, so its `#` lines are no headings.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec![
        super::root().join("README.md"),
        super::root().join("CONTRIBUTING.md"),
    ];
    for entry in fs::read_dir(super::root().join("docs")).unwrap() {
        paths.push(entry.unwrap().path());
    }
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let prose: Vec<&str> = text.split("```").step_by(2).collect();
            (path.display().to_string(), prose.join(""))
        })
        .collect()
}

/// The keys of the file with every key. Names that the user chooses are values, not keys.
fn configuration_keys() -> Vec<String> {
    let path = super::root().join("tests/configs/valid/full.toml");
    let file: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut keys = Vec::new();
    for (key, value) in &file {
        keys.push(key.clone());
        match key.as_str() {
            "profile" | "discounts" => {}
            _ => nested_keys(value, &mut keys),
        }
    }
    keys
}

fn nested_keys(value: &toml::Value, keys: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                keys.push(key.clone());
                nested_keys(value, keys);
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| nested_keys(value, keys)),
        _ => {}
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[test]
fn ids_keys_headings_and_help_have_no_banned_word() {
    let mut found = BTreeMap::new();
    for (place, text) in texts() {
        let rest = ACCEPTED
            .iter()
            .fold(text.clone(), |text, (term, _)| text.replace(term, ""));
        for word in words(&rest) {
            if let Some((_, better)) = BANNED.iter().find(|(banned, _)| *banned == word) {
                found.insert(format!("{place}: {text}"), format!("{word} -> {better}"));
            }
        }
        let lower = text.to_lowercase();
        for (phrase, better) in BANNED_PHRASES {
            if lower.contains(phrase) {
                found.insert(format!("{place}: {text}"), format!("{phrase} -> {better}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn glossary_has_at_most_50_terms_and_none_is_banned() {
    let path = super::root().join("docs/architecture.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, glossary) = text.split_once("## Glossary").unwrap();
    let terms: Vec<&str> = glossary
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| **")?.split_once("**"))
        .map(|(term, _)| term)
        .collect();
    assert!((30..=50).contains(&terms.len()), "{} terms", terms.len());
    let mut sorted = terms.clone();
    sorted.sort_unstable();
    assert_eq!(terms, sorted, "the glossary is in alphabetical order");
    for term in terms {
        for word in words(term) {
            assert!(BANNED.iter().all(|(banned, _)| *banned != word), "{term}");
        }
    }
}
