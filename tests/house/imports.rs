//! Imports go down only, and foreign crates stay in their rooms.

use crate::{assert_none, code, ends_in_word, room, sources, word};
use std::{collections::BTreeMap, path::Path};

/// The rooms that each room may import. A room that is not listed here may not exist.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("pricing", &["domain"]),
    ("rules", &["domain", "pricing"]),
    ("inventory", &["domain", "pricing", "rules"]),
    ("aws", &["domain", "pricing", "inventory"]),
    (
        "collectors",
        &["domain", "pricing", "rules", "inventory", "aws"],
    ),
    (
        "engine",
        &[
            "domain",
            "pricing",
            "rules",
            "inventory",
            "aws",
            "collectors",
        ],
    ),
    ("screen", &["domain", "pricing", "rules", "inventory"]),
    ("mock", &["domain"]),
    (
        "app",
        &[
            "domain",
            "pricing",
            "rules",
            "inventory",
            "aws",
            "collectors",
            "engine",
            "screen",
            "mock",
        ],
    ),
];

/// Crates that only some rooms may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("aws_", &["aws", "collectors"]),
    ("ratatui::", &["screen", "app"]),
    ("crossterm::", &["screen", "app"]),
    ("tokio::", &["aws", "collectors", "engine", "mock", "app"]),
    ("hyper::", &["mock"]),
];

/// A path that a file names, and the line it is on.
pub(crate) struct Reference {
    pub line: usize,
    pub target: Vec<String>,
}

/// The module of a file under `src`.
pub(crate) fn module(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix("src").unwrap().with_extension("");
    let mut parts: Vec<String> = inside
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main"))
    {
        parts.pop();
    }
    parts
}

/// The paths of a `use` tree: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let parts = path.split("::").map(|part| part.trim().to_owned());
        return vec![parts.filter(|part| !part.is_empty()).collect()];
    };
    let prefix: Vec<String> = tree[..open]
        .split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let inside = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let mut depth = 0;
    let branches = inside.split(|c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    branches
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(expand)
        .map(|rest| prefix.iter().cloned().chain(rest).collect())
        .collect()
}

/// The paths in a line of code that is no `use`: `crate::a::b`, `super::super::c`.
fn named(line: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in line.match_indices(start) {
            let before = &line[..at];
            if ends_in_word(before) || before.ends_with("::") || before.ends_with('$') {
                continue;
            }
            let mut rest = &line[at..];
            let mut path = Vec::new();
            loop {
                let part = word(rest);
                if part.is_empty() {
                    break;
                }
                path.push(part.to_owned());
                match rest[part.len()..].strip_prefix("::") {
                    Some(next) => rest = next,
                    None => break,
                }
            }
            paths.push(path);
        }
    }
    paths
}

/// `path`, named in `module`, from the crate's root; `None` if it is of another crate.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let base = module.get(..module.len().checked_sub(supers)?)?;
            Some([base, &path[supers..]].concat())
        }
        _ => None,
    }
}

/// Every path of this crate that a file names. With `tests` those in inline modules for tests too.
pub(crate) fn references(module: &[String], text: &str, tests: bool) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut inline: Vec<(String, String)> = Vec::new();
    let mut statement: Option<(usize, String)> = None;
    let mut test_only = false;
    for (at, line) in code(text) {
        let indent = &line[..line.len() - line.trim_start().len()];
        let trimmed = line.trim();
        if let Some((_, so_far)) = statement.as_mut() {
            so_far.push_str(trimmed);
        } else {
            let item = trimmed.strip_prefix("pub").map_or(trimmed, |rest| {
                rest.split_once(") ").map_or(rest, |(_, rest)| rest).trim()
            });
            if let Some(name) = item.strip_prefix("mod ").and_then(|m| m.strip_suffix(" {")) {
                inline.push((indent.to_owned(), name.to_owned()));
                continue;
            }
            if inline
                .last()
                .is_some_and(|(open, _)| line == format!("{open}}}"))
            {
                inline.pop();
                continue;
            }
            if let Some(tree) = item.strip_prefix("use ") {
                statement = Some((at, tree.to_owned()));
            }
        }
        if trimmed == "#[cfg(test)]" {
            test_only = true;
            continue;
        }
        let skipped = !tests && (test_only || !inline.is_empty());
        let mut here = module.to_vec();
        here.extend(inline.iter().map(|(_, name)| name.clone()));
        let (line, paths) = match statement.take() {
            Some((at, tree)) if tree.contains(';') => (at, expand(tree.trim_end_matches(';'))),
            Some(open) => {
                statement = Some(open);
                continue;
            }
            None => (at, named(trimmed)),
        };
        test_only = false;
        if !skipped {
            found.extend(
                paths
                    .iter()
                    .filter_map(|path| absolute(&here, path))
                    .map(|target| Reference { line, target }),
            );
        }
    }
    found
}

#[test]
fn imports_only_point_down() {
    let rules: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room(&path) else { continue };
        let Some(allowed) = rules.get(room.as_str()) else {
            wrong.push(format!("{}: no such room: `{room}`", path.display()));
            continue;
        };
        for reference in references(&module(&path), &text, true) {
            let Some(other) = reference.target.first() else {
                continue;
            };
            if *other != room
                && rules.contains_key(other.as_str())
                && !allowed.contains(&other.as_str())
            {
                wrong.push(format!(
                    "{}:{}: `{room}` must not import `{other}`",
                    path.display(),
                    reference.line
                ));
            }
        }
    }
    assert_none(&wrong);
}

/// In the screen, `update` and `view` build on the state; it knows neither, and they do not know
/// each other. Tests may.
#[test]
fn screen_modules_depend_one_way() {
    let rules: [(&str, &[&str]); 4] = [
        ("src/screen/state", &["update", "view"]),
        ("src/screen/dialogs", &["update", "view"]),
        ("src/screen/view", &["update"]),
        ("src/screen/update", &["view"]),
    ];
    let mut wrong = Vec::new();
    for (folder, forbidden) in rules {
        for (path, text) in sources(folder) {
            if path.components().any(|part| part.as_os_str() == "tests") {
                continue;
            }
            for Reference { line, target } in references(&module(&path), &text, false) {
                let mut parts = target.iter().map(String::as_str);
                if parts.next() == Some("screen")
                    && parts.next().is_some_and(|room| forbidden.contains(&room))
                {
                    wrong.push(format!("{}:{line}: {}", path.display(), target.join("::")));
                }
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn reserved_crates_stay_in_their_modules() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room(&path) else { continue };
        for (at, line) in code(&text) {
            for (prefix, rooms) in RESERVED {
                let names_it = line.match_indices(prefix).any(|(place, _)| {
                    let before = &line[..place];
                    !ends_in_word(before) && !before.ends_with(['.', '"'])
                });
                if names_it && line.contains("::") && !rooms.contains(&room.as_str()) {
                    wrong.push(format!(
                        "{}:{at}: `{room}` must not name `{prefix}`",
                        path.display()
                    ));
                }
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_form_of_path_is_resolved() {
    let module = ["screen", "view", "table"].map(str::to_owned);
    let text = "use crate::{domain::{Key, Kind}, screen::App};\n\
                use super::super::{\n    super::engine::x,\n    state,\n};\n\
                pub(crate) use self::part::Thing as Other;\n\
                // use crate::mock::X;\n\
                let x = crate::pricing::start(super::header::y());\n\
                #[cfg(test)]\n\
                mod tests {\n    use super::super::super::super::app::z;\n}\n";
    let paths = |tests| -> Vec<String> {
        references(&module, text, tests)
            .iter()
            .map(|reference| reference.target.join("::"))
            .collect()
    };
    let code = [
        "domain::Key",
        "domain::Kind",
        "screen::App",
        "engine::x",
        "screen::state",
        "screen::view::table::part::Thing",
        "pricing::start",
        "screen::view::header::y",
    ];
    assert_eq!(paths(false), code);
    assert_eq!(paths(true)[..code.len()], code);
    assert_eq!(paths(true)[code.len()..], ["app::z"]);
}
