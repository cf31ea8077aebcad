//! Files, functions and lines that can be read at one sitting.

use crate::{all_sources, assert_none};
use std::collections::BTreeMap;

/// Most lines of a file.
const FILE: usize = 400;
/// Most lines of a function.
const FUNCTION: usize = 60;
/// Most columns of a line. Tables in documentation comments may be wider.
const LINE: usize = 100;

/// Longer files and functions, each with its reason: `path` or `path::function`.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "src/screen/notices/notes.rs::note",
        "a table: a sentence for each note",
    ),
    (
        "src/screen/notices/tests.rs::wordings",
        "a table: a line for each notice",
    ),
    (
        "src/screen/notices/wording_tests.rs::wordings",
        "a table: a line for each sentence",
    ),
    (
        "src/screen/update/dispatch.rs::run",
        "a table: a line for each action",
    ),
];

/// How many files, functions and lines are still too long, by folder. Only lower these.
const OPEN: &[(&str, usize, usize, usize)] =
    &[("src/collectors", 0, 0, 3), ("src/pricing", 0, 11, 9)];

/// The functions of a file with their lengths; tests count too.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let item = line.trim_start();
        let indent = &line[..line.len() - item.len()];
        let Some((before, after)) = item.split_once("fn ") else {
            continue;
        };
        let is_item = before.split_whitespace().all(|word| {
            word.starts_with("pub") || matches!(word, "const" | "async" | "unsafe" | "in")
        });
        if item.starts_with("//") || !is_item {
            continue;
        }
        let name: String = after
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if line.ends_with("{}") || line.ends_with(" }") {
            found.push((name, 1));
            continue;
        }
        let end = format!("{indent}}}");
        let length = lines[at..]
            .iter()
            .position(|line| {
                *line == end
                    || line.starts_with(indent)
                        && line.ends_with(';')
                        && !line[indent.len()..].starts_with(' ')
            })
            .map_or(1, |lines| lines + 1);
        found.push((name, length));
    }
    found
}

#[test]
fn files_functions_and_lines_stay_within_limits() {
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut long: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in all_sources() {
        let name = path.display().to_string();
        let folder: Vec<_> = path
            .iter()
            .take(2)
            .map(|part| part.to_string_lossy())
            .collect();
        let folder = folder.join("/");
        let mut add = |kind: usize, what: String, length: usize| {
            if !EXCEPTIONS.iter().any(|(name, _)| *name == what) {
                counts.entry(folder.clone()).or_default()[kind] += 1;
                long.entry(folder.clone())
                    .or_default()
                    .push(format!("{what}: {length}"));
            }
        };
        let lines = text.lines().count();
        if lines > FILE {
            add(0, name.clone(), lines);
        }
        for (function, length) in functions(&text) {
            if length > FUNCTION {
                add(1, format!("{name}::{function}"), length);
            }
        }
        for (at, line) in text.lines().enumerate() {
            let is_table = line.trim_start().starts_with("//") && line.contains('|');
            let columns = line.chars().count();
            if columns > LINE && !is_table {
                add(2, format!("{name}:{}", at + 1), columns);
            }
        }
    }
    let mut wrong = Vec::new();
    for (folder, counted) in &counts {
        let allowed = OPEN.iter().find(|(open, ..)| open == folder);
        let allowed = allowed.map_or([0; 3], |(_, files, functions, lines)| {
            [*files, *functions, *lines]
        });
        if counted
            .iter()
            .zip(allowed)
            .any(|(counted, allowed)| *counted > allowed)
        {
            wrong.push(format!(
                "{folder}: {counted:?} files, functions and lines are too long, \
                 {allowed:?} may be: {}",
                long[folder].join(", ")
            ));
        }
    }
    assert_none(&wrong);
}

#[test]
fn function_ends_at_its_closing_brace() {
    let text = "pub fn one() {\n    if x {\n    }\n}\n\n\
                impl A {\n    async fn two(\n        a: u8,\n    ) -> u8 {\n        a\n    }\n}\n\n\
                trait B {\n    fn three();\n}\n";
    let of = |name: &str, lines| (name.to_owned(), lines);
    assert_eq!(
        functions(text),
        [of("one", 4), of("two", 5), of("three", 1)]
    );
}
