//! All verbs of the cursor's row or of the marked rows, with the reason where one is not offered.
//!
//! Must not know how a verb is carried out.

use super::around;
use crate::domain::{Record, Verb, Why};
use std::sync::Arc;

/// One verb.
#[derive(Clone, Debug, PartialEq)]
pub struct VerbLine {
    /// Which.
    pub verb: Verb,
    /// On how many of the rows it can be done.
    pub able: usize,
    /// Of how many.
    pub of: usize,
    /// Why not on the others (the first reason).
    pub why: Option<Why>,
}

/// The menu.
#[derive(Clone, Debug, PartialEq)]
pub struct VerbsMenu {
    /// What it is about: a name, or `3 marked rows`.
    pub about: String,
    /// All verbs.
    pub lines: Vec<VerbLine>,
    /// The place of the cursor.
    pub cursor: usize,
}

impl VerbsMenu {
    /// The verbs of `records`. `refused` is why none can be had at all (read-only).
    pub fn new(about: String, records: &[Arc<Record>], refused: Option<&Why>) -> Self {
        let line = |verb: Verb| {
            let reasons: Vec<Why> = records.iter().filter_map(|record| record.head.offer(verb).why().cloned()).collect();
            let able = if refused.is_some() { 0 } else { records.len() - reasons.len() };
            VerbLine { verb, able, of: records.len(), why: refused.cloned().or_else(|| reasons.into_iter().next()) }
        };
        let lines: Vec<_> = Verb::ALL.iter().copied().map(line).collect();
        let cursor = lines.iter().position(|line| line.able > 0).unwrap_or(0);
        Self { about, lines, cursor }
    }

    /// Up or down, around the ends.
    pub fn step(&mut self, by: isize) {
        self.cursor = around(self.cursor, by, self.lines.len());
    }
}
