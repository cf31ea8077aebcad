//! Files, functions and lines that can be read at one sitting.

use crate::{all_sources, assert_none};

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
    let mut long = Vec::new();
    for (path, text) in all_sources() {
        let name = path.display().to_string();
        let lines = text.lines().count();
        if lines > FILE {
            long.push((name.clone(), lines));
        }
        for (function, length) in functions(&text) {
            if length > FUNCTION {
                long.push((format!("{name}::{function}"), length));
            }
        }
        for (at, line) in text.lines().enumerate() {
            let is_table = line.trim_start().starts_with("//") && line.contains('|');
            let columns = line.chars().count();
            if columns > LINE && !is_table {
                long.push((format!("{name}:{}", at + 1), columns));
            }
        }
    }
    long.retain(|(what, _)| !EXCEPTIONS.iter().any(|(name, _)| name == what));
    let wrong: Vec<String> = long
        .iter()
        .map(|(what, length)| format!("{what}: too long: {length}"))
        .collect();
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
