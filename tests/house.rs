//! Holds the picture in `src/lib.rs`: imports between rooms only go down, and the house rules that
//! a compiler does not check.

#![cfg(test)]

use spendtop::domain::{ResourceKind, pane_id};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What each room may import. A room that is not listed here may not exist.
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

/// Calls that change an account, by SDK method name; only `src/aws/actions/` may make one.
const WRITES: &[&str] = &[
    ".stop_instances()",
    ".start_instances()",
    ".terminate_instances()",
    ".reboot_instances()",
    ".create_tags()",
    ".delete_tags()",
    ".stop_notebook_instance()",
    ".start_notebook_instance()",
    ".delete_app()",
    ".update_endpoint_weights_and_capacities()",
    ".update_inference_component_runtime_config()",
    ".delete_endpoint()",
    ".update_cluster()",
    ".update_training_job()",
    ".stop_training_job()",
    ".stop_processing_job()",
    ".stop_transform_job()",
    ".stop_hyper_parameter_tuning_job()",
    ".stop_model_customization_job()",
    ".stop_model_invocation_job()",
    ".register_scalable_target()",
    ".put_scheduled_action()",
    ".add_tags()",
    ".tag_resource()",
    ".untag_resource()",
    ".delete_provisioned_model_throughput()",
    ".update_provisioned_model_throughput()",
    ".register_scalable_target()",
    ".put_scheduled_action()",
    ".provide_anomaly_feedback()",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under `folder`, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The room a file stands in; `lib.rs` and `main.rs` stand in none.
fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix("src").ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// The text without comments and string literals' lines that only talk of code.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Rooms named after `crate::` in a line, also inside `use crate::{a::x, b::y}`.
fn imported(line: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        if line[..at].ends_with('$') {
            continue;
        }
        let rest = &line[at + "crate::".len()..];
        let group = rest.strip_prefix('{');
        let names: Vec<&str> = match group {
            None => vec![rest],
            Some(group) => {
                let mut depth = 0;
                let mut start = 0;
                let mut parts = Vec::new();
                for (place, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            parts.push(&group[start..place]);
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            parts.push(&group[start..place]);
                            start = place + 1;
                        }
                        _ => {}
                    }
                }
                parts
            }
        };
        for name in names {
            let word: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            if !word.is_empty() {
                rooms.push(word);
            }
        }
    }
    rooms
}

/// `use` declarations over several lines, joined into one.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in code(text) {
        match open.as_mut() {
            Some((_, so_far)) => so_far.push_str(line.trim()),
            None if line
                .trim_start()
                .trim_start_matches("pub ")
                .starts_with("use ")
                && !line.contains(';') =>
            {
                open = Some((at, line.trim().to_owned()));
                continue;
            }
            None => {
                lines.push((at, line.to_owned()));
                continue;
            }
        }
        if line.contains(';') {
            lines.extend(open.take());
        }
    }
    lines.extend(open);
    lines
}

#[test]
fn imports_only_go_down() {
    let rules: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room(&path) else { continue };
        let Some(allowed) = rules.get(room.as_str()) else {
            wrong.push(format!(
                "{}: `{room}` is no room of the house",
                path.display()
            ));
            continue;
        };
        for (at, line) in joined(&text) {
            for other in imported(&line).into_iter().filter(|other| *other != room) {
                if rules.contains_key(other.as_str()) && !allowed.contains(&other.as_str()) {
                    wrong.push(format!(
                        "{}:{at}: `{room}` must not import `{other}`",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// In the screen, `update` and `view` build on the state; it knows neither, and they do not know
/// each other. Tests may.
#[test]
fn the_screen_depends_one_way() {
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
            for (at, line) in joined(&text) {
                let words: Vec<&str> = line
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty())
                    .collect();
                let imports = words.contains(&"use")
                    && (words.contains(&"screen")
                        || line.matches("super").count() >= folder.matches('/').count());
                if imports && forbidden.iter().any(|word| words.contains(word)) {
                    wrong.push(format!("{}:{at}: {line}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room(&path) else { continue };
        for (at, line) in code(&text) {
            for (prefix, rooms) in RESERVED {
                let names_it = line.match_indices(prefix).any(|(place, _)| {
                    !line[..place].ends_with(|c: char| {
                        c.is_alphanumeric() || c == '_' || c == '.' || c == '"'
                    })
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
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_one_module_changes_an_account() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        if path.starts_with("src/aws/actions") {
            continue;
        }
        for (at, line) in code(&text) {
            for call in WRITES.iter().filter(|call| line.contains(**call)) {
                wrong.push(format!(
                    "{}:{at}: {call} belongs in src/aws/actions/",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The one file that writes requests which must never be carried out.
#[test]
fn what_asks_for_permission_changes_nothing() {
    let text = fs::read_to_string(root().join("src/aws/actions/dry_run.rs")).unwrap();
    let text: String = code(&text)
        .flat_map(|(_, line)| line.split_whitespace())
        .collect();
    let requests: Vec<&str> = text
        .split(".send()")
        .filter(|request| WRITES.iter().any(|call| request.contains(call)))
        .collect();
    assert_eq!(requests.len(), 6, "every write of EC2: {requests:?}");
    let carried_out: Vec<_> = requests
        .iter()
        .filter(|request| !request.contains(".dry_run(true)"))
        .collect();
    assert!(
        carried_out.is_empty(),
        "without `.dry_run(true)`: {carried_out:?}"
    );
}

/// Words that are the id of a pane or kind and, in this file, mean something else.
const HOMONYMS: &[(&str, &str)] = &[("src/rules/duplicate_jobs.rs", "jobs")];

/// Whether a file holds tests or data for them.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part.contains("test") || part == "fixture" || part == "simulation"
    })
}

/// Ids of panes and kinds stand in one table each; a pane's own folder may name itself.
#[test]
fn pane_and_kind_ids_are_constants() {
    // `model` is the id of a field as well.
    let kinds = ResourceKind::ALL
        .iter()
        .map(|kind| kind.0)
        .filter(|kind| *kind != ResourceKind::MODEL.0);
    let ids: Vec<&str> = pane_id::ALL.iter().copied().chain(kinds).collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let is_table = ["src/domain/pane_id.rs", "src/domain/resource/kind.rs"]
            .iter()
            .any(|table| path == Path::new(table));
        if is_table || is_test(&path) || path.starts_with("src/mock") {
            continue;
        }
        let text = text
            .split_once("#[cfg(test)]\nmod tests {")
            .map_or(text.as_str(), |(before, _)| before);
        for (at, line) in code(text) {
            for id in &ids {
                let is_own = path.starts_with(format!("src/collectors/{id}"))
                    || path.starts_with("src/collectors/spend") && *id == "coverage";
                let is_homonym = HOMONYMS
                    .iter()
                    .any(|(file, word)| path == Path::new(file) && word == id);
                if line.contains(&format!("\"{id}\"")) && !is_own && !is_homonym {
                    wrong.push(format!("{}:{at}: \"{id}\"", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns() {
    let folders = ["src", "tests", "benches", "examples"];
    let silent: Vec<_> = folders
        .iter()
        .filter(|folder| root().join(folder).is_dir())
        .flat_map(|folder| sources(folder))
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(
        silent.is_empty(),
        "these files do not open with `//!`:\n{}",
        silent.join("\n")
    );
}

/// The test that tests the test: the reader of imports sees every form that is in use.
#[test]
fn the_reader_of_imports_sees_all_forms() {
    assert_eq!(
        imported("use crate::{domain::{Key, Kind}, screen::App};"),
        ["domain", "screen"]
    );
    assert_eq!(imported("    let x = crate::engine::start();"), ["engine"]);
    assert_eq!(imported("use super::thing;"), Vec::<String>::new());
    let text = "use crate::{\n    domain::Key,\n    app::Cli,\n};\n// use crate::mock::X;\n";
    assert_eq!(
        joined(text)
            .iter()
            .flat_map(|(_, line)| imported(line))
            .collect::<Vec<_>>(),
        ["domain", "app"]
    );
}
