//! The licences that are shipped with the binaries are those of the crates that are built.

use crate::root;
use std::{collections::BTreeSet, fs};

/// `name version` of each crate in `Cargo.lock` that comes from a registry.
fn locked() -> BTreeSet<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    lock.split("[[package]]")
        .filter(|package| package.contains("\nsource = "))
        .map(|package| {
            let member = |key: &str| {
                let line = package.lines().find(|line| line.starts_with(key)).unwrap();
                line.split('"').nth(1).unwrap().to_owned()
            };
            format!("{} {}", member("name = "), member("version = "))
        })
        .collect()
}

#[test]
fn third_party_notices_are_current() {
    let notices = fs::read_to_string(root().join("THIRD-PARTY-NOTICES")).unwrap();
    let locked = locked();
    let (linked, unlinked) = notices.rsplit_once("Crates of Cargo.lock").unwrap();
    let linked = linked
        .lines()
        .filter_map(|line| line.split_once(" · ").map(|(name, _)| name.to_owned()));
    let unlinked = unlinked.lines().skip(1).filter(|line| !line.is_empty());
    let named: BTreeSet<String> = linked.chain(unlinked.map(str::to_owned)).collect();
    let differing: Vec<&String> = named.symmetric_difference(&locked).collect();
    assert!(
        differing.is_empty(),
        "THIRD-PARTY-NOTICES and Cargo.lock differ in {differing:?}: \
         run cargo run --example notices"
    );
}
