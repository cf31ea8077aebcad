//! The generated parts of `docs/*.md` match the code, and its words follow the glossary.
//!
//! A page holds its generated parts between `<!-- name -->` and `<!-- /name -->`.
//! `SPENDTOP_UPDATE_DOCS=1 cargo test --test it docs::` rewrites them.

mod cli;
mod configuration;
mod figures;
mod iam;
mod keys;
mod panes;
mod rules;
mod schema;
mod source;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A page, the name of its generated part, and the function that writes the part.
type Part = (&'static str, &'static str, fn() -> String);

/// Every generated part.
const PARTS: &[Part] = &[
    ("architecture.md", "replayed", figures::replayed),
    ("cli.md", "cli", cli::cli),
    ("configuration.md", "keys", configuration::keys),
    ("configuration.md", "example", configuration::example),
    ("iam.md", "actions", iam::iam),
    ("iam.md", "operations", iam::operations),
    ("iam.md", "dependent", iam::dependent_actions),
    ("iam.md", "policy", iam::read_only_policy),
    ("keys.md", "keys", keys::keys),
    ("keys.md", "commands", keys::commands),
    ("panes.md", "common", panes::common),
    ("panes.md", "panes", panes::panes),
    ("rules.md", "rules", rules::rules),
    ("rules.md", "thresholds", rules::thresholds),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn generated_pages_match_the_code() {
    let mut outdated = Vec::new();
    for (page, part, generate) in PARTS {
        let path = root().join("docs").join(page);
        let text = fs::read_to_string(&path).unwrap();
        let updated = replace_part(page, &text, part, &generate());
        if text == updated {
            continue;
        }
        if std::env::var_os("SPENDTOP_UPDATE_DOCS").is_some() {
            fs::write(&path, updated).unwrap();
        } else {
            outdated.push(format!("docs/{page} <!-- {part} -->"));
        }
    }
    assert!(
        outdated.is_empty(),
        "outdated: {outdated:?}; run SPENDTOP_UPDATE_DOCS=1 cargo test --test it docs::"
    );
}

/// `text` with `content` between the marks of `part`.
fn replace_part(page: &str, text: &str, part: &str, content: &str) -> String {
    let (open, close) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"));
    let (before, rest) = text
        .split_once(&open)
        .unwrap_or_else(|| panic!("docs/{page} has no mark {open}"));
    let (_, after) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("docs/{page} has no mark {close}"));
    format!("{before}{open}\n{}\n\n{close}{after}", content.trim())
}

#[test]
fn readme_is_short_and_links_exist() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 150, "README.md exceeds 150 lines");
    for page in ["README.md", "CONTRIBUTING.md"] {
        check_links(Path::new(page));
    }
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            check_links(path.strip_prefix(root()).unwrap());
        }
    }
}

/// Every relative link of `page` names an existing file.
fn check_links(page: &Path) {
    let text = fs::read_to_string(root().join(page)).unwrap();
    for link in text.split("](").skip(1) {
        let target = link.split([')', '#']).next().unwrap();
        if target.is_empty() || target.contains("://") {
            continue;
        }
        let path = root().join(page.parent().unwrap()).join(target);
        assert!(path.exists(), "{}: broken link {target}", page.display());
    }
}
