//! Keeps the worked example "Add an operation" of `CONTRIBUTING.md` honest: the files that name
//! the operation `reboot` stand in the places that the example lists, and in no others.

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The most places that a new operation may touch.
const MAX_PLACES: usize = 8;

/// Places by the start of their path: the places of the worked example, in its order.
const PLACES: &[(&str, &[&str])] = &[
    (
        "src/domain/action/ops/reboot.rs",
        &["src/domain/action/ops/reboot.rs"],
    ),
    ("src/aws/actions/reboot.rs", &["src/aws/actions/reboot.rs"]),
    (
        "src/domain/action/ops/mod.rs",
        &["src/domain/action/ops/mod.rs", "src/aws/actions/mod.rs"],
    ),
    ("src/collectors/gpus/", &["src/collectors/gpus/"]),
    ("keymaps/default.toml", &["keymaps/default.toml"]),
    ("src/mock/services/ec2/", &["src/mock/services/ec2/"]),
    ("tests/it/", &["tests/"]),
    ("src/aws/api.rs", &["src/aws/api.rs"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of code and configuration below `folder`. Documentation is generated.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("rs" | "toml")
        ) {
            found.push(path);
        }
    }
}

/// Whether the file names the operation in code: by its id, variant, module or request.
fn names_reboot(path: &Path, text: &str) -> bool {
    let is_code = path.extension().is_some_and(|it| it == "rs");
    text.lines()
        .filter(|line| !is_code || !line.trim_start().starts_with("//"))
        // The response check names an element of EC2's XML in an example.
        .filter(|line| !line.contains("<RebootInstancesResponse>"))
        .any(|line| line.to_lowercase().contains("reboot"))
}

/// Whether the file belongs to the tests of a room.
fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
}

#[test]
fn operation_touches_at_most_eight_places() {
    let mut found = Vec::new();
    for folder in ["src", "tests", "keymaps", "themes", "benches", "examples"] {
        files(&root().join(folder), &mut found);
    }
    let mut places = BTreeSet::new();
    let mut strays = Vec::new();
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if !names_reboot(&path, &text) {
            continue;
        }
        if is_test(&name) {
            places.insert("tests/it/");
            continue;
        }
        let place = PLACES
            .iter()
            .find(|(_, starts)| starts.iter().any(|start| name.starts_with(start)));
        match place {
            Some((place, _)) => {
                places.insert(*place);
            }
            None => strays.push(name),
        }
    }
    assert_eq!(
        strays,
        Vec::<String>::new(),
        "files outside of the places of an operation"
    );
    assert!(places.len() <= MAX_PLACES, "{places:?}");
    let listed: BTreeSet<&str> = PLACES.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, listed, "the worked example lists the places");
}

#[test]
fn worked_example_names_every_place() {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = text.split_once("## Add an operation").unwrap();
    let section = section.split("\n## ").next().unwrap();
    for (place, _) in PLACES {
        assert!(section.contains(place), "{place}");
    }
}
