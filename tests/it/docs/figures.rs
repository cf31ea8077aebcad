//! The figures of `docs/architecture.md` that count tests.

use super::root;
use std::{fs, path::Path};

/// How many answers in AWS's own shapes are replayed.
pub(super) fn replayed() -> String {
    let recorded = root().join("src/mock/contract/data/recorded.json");
    let recorded = fs::read_to_string(recorded).unwrap();
    let recorded: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&recorded).unwrap();
    let recorded: usize = recorded
        .values()
        .map(|answers| answers.as_array().map_or(0, Vec::len))
        .sum();
    let tests = |folder: &str| count_tests(&root().join("tests/it").join(folder));
    format!(
        "| figure | count |\n| --- | --- |\n\
         | situations of accounts replayed to the program | {} |\n\
         | situations of credentials, profiles and regions | {} |\n\
         | recorded answers that the contract accepts | {recorded} |",
        tests("foreign_answers"),
        tests("credentials"),
    )
}

fn count_tests(folder: &Path) -> usize {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().filter(|line| line.trim() == "#[test]").count()
        })
        .sum()
}
