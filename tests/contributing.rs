//! Checks the worked examples of `CONTRIBUTING.md`: the files that name an example are in the
//! places that its recipe lists, and in no others. The recipe says how many there are.

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// All tests: those in this folder, and unit tests in `src` whatever their folder.
const TESTS: &str = "tests/";

/// Lines with these words, in lower case, are about something else: an element of EC2's XML in the
/// check of responses, an error code in the classes of faults.
const OTHER_MEANINGS: &[&str] = &["<rebootinstancesresponse>", "provisionedthroughputexceeded"];

/// Something that exists, as the example of a recipe.
struct Example {
    /// The heading of its recipe.
    heading: &'static str,
    /// Its names in code, in lower case.
    names: &'static [&'static str],
    /// The places as the recipe writes them. A file belongs to the first that its path starts with.
    places: &'static [&'static str],
    /// Places of the example outside its recipe: the headings of other recipes, and their places.
    extras: &'static [(&'static str, &'static [&'static str])],
}

/// The smallest operation.
const REBOOT: Example = Example {
    heading: "## Add an operation",
    names: &["reboot"],
    places: &[
        "src/domain/action/ops/reboot.rs",
        "src/domain/action/ops/mod.rs",
        "src/aws/actions/",
        "src/aws/api.rs",
        "src/collectors/gpus/",
        "keymaps/default.toml",
        "src/mock/",
        TESTS,
    ],
    extras: &[],
};

/// An operation whose kind of input no other operation has.
const AUTOSCALING_LIMITS: Example = Example {
    heading: "## Add an input kind",
    names: &[
        "autoscaling-limits",
        "autoscaling_limits",
        "autoscalinglimits",
        "capability::limits",
        "input::limits",
        "prompt::limits",
        "register_scalable_target",
        "registerscalabletarget",
        "setting::limits",
    ],
    places: &[
        "src/domain/action/ops/",
        "src/domain/action/",
        "src/aws/actions/",
        "src/aws/api.rs",
        "src/aws/describe/",
        "src/aws/preflight/",
        "src/collectors/endpoints/",
        "src/screen/dialogs/",
        "src/screen/notices/dialogs.rs",
        "src/screen/update/",
        "src/screen/view/dialogs/",
        "keymaps/default.toml",
        "src/mock/",
        TESTS,
    ],
    extras: &[],
};

/// A pane with prices, rules and operations of its own.
const THROUGHPUT: Example = Example {
    heading: "## Add a pane",
    names: &["throughput"],
    places: &[
        "src/domain/pane_id.rs",
        "src/domain/resource/kind.rs",
        "src/collectors/throughput/",
        "src/collectors/mod.rs",
        "src/aws/api.rs",
        "src/aws/paging.rs",
        "src/aws/probe/",
        "src/aws/convert/",
        "mocks/",
        "src/mock/",
        TESTS,
    ],
    extras: &[
        (
            "## Add a price",
            &["src/pricing/", "src/inventory/contributors.rs"],
        ),
        ("## Add a rule", &["src/rules/"]),
        (
            "## Add an operation",
            &[
                "src/domain/action/ops/",
                "src/aws/actions/",
                "src/aws/describe/",
                "src/aws/preflight/",
            ],
        ),
    ],
};

impl Example {
    fn all_places(&self) -> impl Iterator<Item = &'static str> {
        let extras = self.extras.iter().flat_map(|(_, places)| *places);
        self.places.iter().chain(extras).copied()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of code, configuration and data below `folder`. Documentation is generated.
fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() {
            collect_files(&path, files);
        } else if matches!(extension, Some("rs" | "toml" | "csv" | "tsv" | "txt")) {
            files.push(path);
        }
    }
}

/// Whether a line that is no comment of Rust contains one of `names`.
fn has_name(path: &Path, text: &str, names: &[&str]) -> bool {
    let is_rust = path.extension().is_some_and(|it| it == "rs");
    text.lines()
        .filter(|line| !is_rust || !line.trim_start().starts_with("//"))
        .map(str::to_lowercase)
        .filter(|line| !OTHER_MEANINGS.iter().any(|other| line.contains(other)))
        .any(|line| names.iter().any(|name| line.contains(name)))
}

/// Whether the file has unit tests or their rows only.
fn is_unit_test(path: &str) -> bool {
    path.starts_with("src/screen/fixture/")
        || path.starts_with("src/")
            && path
                .split('/')
                .any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
}

/// The place of each file that names `example`, and the files outside of its places.
fn find_places(example: &Example) -> (BTreeSet<&'static str>, Vec<String>) {
    let mut files = Vec::new();
    for folder in [
        "src", "tests", "keymaps", "themes", "mocks", "benches", "examples",
    ] {
        collect_files(&root().join(folder), &mut files);
    }
    let (mut places, mut strays) = (BTreeSet::new(), Vec::new());
    for path in files {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        if name == "tests/contributing.rs" || !has_name(&path, &text, example.names) {
            continue;
        }
        let path = if is_unit_test(&name) { TESTS } else { &name };
        match example.all_places().find(|place| path.starts_with(place)) {
            Some(place) => {
                places.insert(place);
            }
            None => strays.push(name),
        }
    }
    (places, strays)
}

/// Checks that the recipe lists the places of `example` and no others, and says how many they are.
/// It links to the recipes of the extra places.
fn assert_recipe(example: &Example) {
    let heading = example.heading;
    let (found, strays) = find_places(example);
    assert_eq!(strays, Vec::<String>::new(), "{heading}");
    let listed: BTreeSet<&str> = example.all_places().collect();
    assert_eq!(found, listed, "{heading}");
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, recipe) = text.split_once(&format!("{heading}\n")).unwrap();
    let recipe = recipe.split("\n## ").next().unwrap();
    for place in example.all_places() {
        assert!(recipe.contains(place), "{heading}: {place}");
    }
    for (other, _) in example.extras {
        assert!(text.contains(&format!("\n{other}\n")), "{other}");
        let title = other.trim_start_matches("## ");
        assert!(recipe.contains(title), "{heading}: {title}");
    }
    let count = format!("{} places", example.places.len());
    assert!(recipe.contains(&count), "{heading}: {count}");
}

#[test]
fn operation_is_in_the_places_of_its_recipe() {
    assert_recipe(&REBOOT);
}

#[test]
fn operation_with_own_input_is_in_the_places_of_its_recipe() {
    assert_recipe(&AUTOSCALING_LIMITS);
}

#[test]
fn pane_is_in_the_places_of_its_recipe() {
    assert_recipe(&THROUGHPUT);
}
