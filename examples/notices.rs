//! Writes `THIRD-PARTY-NOTICES`: the licences of every crate that is linked into a released binary,
//! read from the crates' own sources as `cargo metadata` names them.
//!
//! `cargo run --example notices` rewrites the file; `tests/house` checks that it is current.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write,
    fs,
    path::Path,
    process::Command,
};

type Failure = Box<dyn Error>;

/// The platforms of the released binaries, as in `.github/workflows/release.yml`.
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

const HEAD: &str = "\
Third-party notices

spendtop is under the MIT licence, see LICENSE. Its binaries contain the crates below. Each has the
licence beside its name; where a crate offers several, it is used under the first one whose text
follows. Sources are at the address of each crate and on https://crates.io.

Written by `cargo run --example notices`.
";

/// The starts of names of files with licences, in the order in which one is chosen.
const NAMES: [&str; 6] = [
    "LICENSE-MIT",
    "LICENSE",
    "LICENCE",
    "COPYING",
    "UNLICENSE",
    "MIT",
];

const UNLINKED: &str =
    "Crates of Cargo.lock that are in no binary: build scripts, macros, tests, other platforms";

/// For crates that are under the MIT licence and lack its text.
const MIT: &str = include_str!("../LICENSE");

/// A crate that is linked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Linked {
    name: String,
    version: String,
    licence: String,
    repository: String,
}

fn main() -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let metadata = metadata(root)?;
    let mut texts: BTreeMap<String, Vec<Linked>> = BTreeMap::new();
    let packages = list(&metadata["packages"]);
    let linked = linked(&metadata);
    let mut unlinked = locked(root)?;
    for package in packages.filter(|package| linked.contains(text(&package["id"]))) {
        let entry = Linked {
            name: text(&package["name"]).to_owned(),
            version: text(&package["version"]).to_owned(),
            licence: text(&package["license"]).to_owned(),
            repository: text(&package["repository"]).to_owned(),
        };
        unlinked.remove(&(entry.name.clone(), entry.version.clone()));
        for licence in licences(package)? {
            texts.entry(licence).or_default().push(entry.clone());
        }
    }
    let mut groups: Vec<(String, Vec<Linked>)> = texts.into_iter().collect();
    for (_, crates) in &mut groups {
        crates.sort();
    }
    groups.sort_by(|(_, a), (_, b)| a.cmp(b));
    let mut out = HEAD.to_owned();
    for (licence, crates) in groups {
        write!(out, "\n{}\n", "=".repeat(80))?;
        for one in crates {
            let Linked {
                name,
                version,
                licence,
                repository,
            } = one;
            writeln!(out, "{name} {version} · {licence} · {repository}")?;
        }
        write!(out, "\n{licence}\n")?;
    }
    write!(out, "\n{}\n{UNLINKED}\n\n", "=".repeat(80))?;
    for (name, version) in unlinked {
        writeln!(out, "{name} {version}")?;
    }
    fs::write(root.join("THIRD-PARTY-NOTICES"), out)?;
    Ok(())
}

/// Name and version of each crate that `Cargo.lock` has, but for the program itself.
fn locked(root: &Path) -> Result<BTreeSet<(String, String)>, Failure> {
    let lock: toml::Table = toml::from_str(&fs::read_to_string(root.join("Cargo.lock"))?)?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let member = |package: &toml::Value, key| Some(package.get(key)?.as_str()?.to_owned());
    Ok(packages
        .into_iter()
        .flatten()
        .filter(|package| package.get("source").is_some())
        .filter_map(|package| Some((member(package, "name")?, member(package, "version")?)))
        .collect())
}

fn metadata(root: &Path) -> Result<Value, Failure> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    command.args(["metadata", "--format-version", "1", "--locked"]);
    for target in TARGETS {
        command.args(["--filter-platform", target]);
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The ids of the crates that are linked: reached from the program without build scripts, tests and
/// macros.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let is_macro: BTreeSet<&str> = list(&metadata["packages"])
        .filter(|package| {
            list(&package["targets"])
                .any(|target| list(&target["kind"]).any(|kind| text(kind) == "proc-macro"))
        })
        .map(|package| text(&package["id"]))
        .collect();
    let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .map(|node| (text(&node["id"]), node))
        .collect();
    let program = text(&metadata["resolve"]["root"]);
    let (mut found, mut open) = (BTreeSet::new(), vec![program]);
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        let dependencies = nodes
            .get(id)
            .into_iter()
            .flat_map(|node| list(&node["deps"]));
        for dependency in dependencies {
            let name = text(&dependency["pkg"]);
            let is_normal = list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
            if is_normal && !is_macro.contains(name) {
                open.push(name);
            }
        }
    }
    found.remove(program);
    found
}

/// The texts that go with a crate: one licence and its notices.
fn licences(package: &Value) -> Result<Vec<String>, Failure> {
    let folder = Path::new(text(&package["manifest_path"]))
        .parent()
        .unwrap_or(Path::new("."));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let is_code = entry.path().extension().is_some_and(|it| it == "rs");
        if entry.path().is_file() && !is_code {
            files.insert(name, entry.path());
        }
    }
    let read = |path| -> Result<String, Failure> {
        Ok(shortened(&String::from_utf8_lossy(&fs::read(path)?)))
    };
    // "and" demands all texts.
    let expression = text(&package["license"]);
    let all = expression.contains(" AND ");
    let mut texts = Vec::new();
    let mut licences = NAMES.iter().flat_map(|start| {
        files
            .iter()
            .filter(move |(name, _)| name.starts_with(start))
    });
    for (_, path) in licences.by_ref() {
        texts.push(read(path)?);
        if !all {
            break;
        }
    }
    let is_notice = |name: &str| name.starts_with("NOTICE") || name.contains("THIRD-PARTY");
    for (_, path) in files.iter().filter(|(name, _)| is_notice(name)) {
        texts.push(read(path)?);
    }
    if texts.is_empty() {
        if !expression.contains("MIT") {
            return Err(format!("{}: no text of {expression}", package["name"]).into());
        }
        let authors: Vec<&str> = list(&package["authors"]).map(text).collect();
        let authors = match authors.as_slice() {
            [] => format!("the authors of {}", text(&package["name"])),
            authors => authors.join(", "),
        };
        texts.push(shortened(&mit_of(&authors)));
    }
    texts.sort();
    texts.dedup();
    Ok(texts)
}

/// The MIT licence with the copyright of `authors`.
fn mit_of(authors: &str) -> String {
    let lines = MIT.lines().map(|line| {
        if line.starts_with("Copyright") {
            format!("Copyright (c) {authors}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text without trailing blanks and blank lines around it, and without the appendix of the Apache
/// licence, which explains how to apply it: equal licences are one text.
fn shortened(licence: &str) -> String {
    let end = "END OF TERMS AND CONDITIONS";
    let licence = licence
        .split_once(end)
        .filter(|(before, _)| before.contains("Apache License"))
        .map_or_else(
            || licence.to_owned(),
            |(before, _)| format!("{before}{end}"),
        );
    let lines: Vec<&str> = licence.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
