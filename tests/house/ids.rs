//! Ids of panes and kinds are in one table each.

use crate::{assert_none, code, sources};
use spendtop::domain::{ResourceKind, pane_id};
use std::path::Path;

/// Words that are the id of a pane or kind and, in this file, mean something else.
const HOMONYMS: &[(&str, &str)] = &[("src/rules/duplicate_jobs.rs", "jobs")];

/// Whether a file holds tests or data for them.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part.contains("test") || part == "fixture" || part == "simulation"
    })
}

/// Ids of panes and kinds are in one table each; a pane's own folder may name itself.
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
    assert_none(&wrong);
}
