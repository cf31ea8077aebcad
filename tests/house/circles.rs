//! Modules that import each other form no large circle.

use crate::{
    assert_none,
    imports::{Reference, module, references},
    sources,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most modules that may import each other in a circle.
const MAX_CIRCLE: usize = 3;

/// The module that each path of the crate leads to, by module; code for tests left out.
fn graph() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let files = sources("src");
    let modules: BTreeSet<Vec<String>> = files.iter().map(|(path, _)| module(path)).collect();
    let mut edges = BTreeMap::new();
    for (path, text) in &files {
        let name = path.to_string_lossy();
        let own = module(path);
        let targets = edges.entry(own.clone()).or_insert_with(BTreeSet::new);
        if name.contains("/tests")
            || name.ends_with("tests.rs")
            || name.contains("simulation/") && name.contains("engine")
        {
            continue;
        }
        for Reference { mut target, .. } in references(&own, text, false) {
            let named = target.len();
            while !target.is_empty() && !modules.contains(&target) {
                target.pop();
            }
            // An item of a parent module, as shared by its children, is no import of the parent's
            // own imports.
            let own_parent = named == target.len() && own.starts_with(&target);
            if !target.is_empty() && target != own && !own_parent {
                targets.insert(target);
            }
        }
    }
    edges
}

/// Modules that can reach each other, by Tarjan's algorithm; the largest first.
fn circles(edges: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Vec<Vec<Vec<String>>> {
    struct Walk<'a> {
        edges: &'a BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
        index: BTreeMap<&'a [String], usize>,
        low: BTreeMap<&'a [String], usize>,
        stack: Vec<&'a [String]>,
        found: Vec<Vec<Vec<String>>>,
    }
    impl<'a> Walk<'a> {
        fn visit(&mut self, node: &'a [String]) {
            let number = self.index.len();
            self.index.insert(node, number);
            self.low.insert(node, number);
            self.stack.push(node);
            for next in self.edges.get(node).into_iter().flatten() {
                let next = next.as_slice();
                let reached = if !self.index.contains_key(next) {
                    self.visit(next);
                    self.low[next]
                } else if self.stack.contains(&next) {
                    self.index[next]
                } else {
                    continue;
                };
                let low = self.low[node].min(reached);
                self.low.insert(node, low);
            }
            if self.low[node] == number {
                let at = self.stack.iter().position(|one| *one == node).unwrap();
                let circle = self.stack.split_off(at);
                self.found
                    .push(circle.into_iter().map(<[String]>::to_vec).collect());
            }
        }
    }
    let mut walk = Walk {
        edges,
        index: BTreeMap::new(),
        low: BTreeMap::new(),
        stack: Vec::new(),
        found: Vec::new(),
    };
    for node in edges.keys() {
        if !walk.index.contains_key(node.as_slice()) {
            walk.visit(node);
        }
    }
    let mut found = walk.found;
    found.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    found
}

#[test]
fn modules_form_no_large_cycle() {
    let wrong: Vec<String> = circles(&graph())
        .into_iter()
        .filter(|circle| circle.len() > MAX_CIRCLE)
        .map(|circle| {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            format!(
                "{} modules import each other: {}",
                names.len(),
                names.join(" ")
            )
        })
        .collect();
    assert_none(&wrong);
}

#[test]
fn cycle_is_found_and_chain_is_not() {
    let name = |text: &str| vec![text.to_owned()];
    let edges = |pairs: &[(&str, &[&str])]| {
        let edge =
            |(from, to): &(&str, &[&str])| (name(from), to.iter().map(|to| name(to)).collect());
        pairs.iter().map(edge).collect::<BTreeMap<_, BTreeSet<_>>>()
    };
    let line = edges(&[("a", &["b"]), ("b", &["c"]), ("c", &[])]);
    assert_eq!(circles(&line).iter().map(Vec::len).max(), Some(1));
    let ring = edges(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &["a"]), ("d", &[])]);
    assert_eq!(circles(&ring).iter().map(Vec::len).max(), Some(3));
}
