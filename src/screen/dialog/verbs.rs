//! All verbs of the cursor's row or of the marked rows, with the reason where one is not offered.
//!
//! Must not know how a verb is carried out.

use super::around;
use crate::domain::{Key, Reading, Record, Verb, Why};
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
    /// Why more than a yes is asked for, where guards say so (the first reason).
    pub note: Option<Why>,
}

/// The menu.
#[derive(Clone, Debug, PartialEq)]
pub struct VerbsMenu {
    /// What it is about: a name, or `3 marked rows`.
    pub about: String,
    /// The rows it was opened for.
    pub targets: Vec<Key>,
    /// All verbs.
    pub lines: Vec<VerbLine>,
    /// The place of the cursor.
    pub cursor: usize,
}

impl VerbsMenu {
    /// The verbs of `records`. `judge` says what stands against a verb on a row although it is
    /// offered (read-only, a guard that denies), or why more than a yes is asked for.
    pub fn new(
        about: String,
        records: &[Arc<Record>],
        judge: impl Fn(Verb, &Record) -> Result<Option<Why>, Why>,
    ) -> Self {
        let line = |verb: Verb| {
            let (mut able, mut why, mut note) = (0, None, None);
            for record in records {
                match (record.head.offer(verb), judge(verb, record)) {
                    (Reading::Known(_), Ok(demanded)) => {
                        able += 1;
                        note = note.or(demanded);
                    }
                    (Reading::Known(_), Err(reason)) | (Reading::Unknown(reason), _) => {
                        why = why.or(Some(reason))
                    }
                }
            }
            VerbLine {
                verb,
                able,
                of: records.len(),
                why,
                note,
            }
        };
        let lines: Vec<_> = Verb::ALL.iter().copied().map(line).collect();
        let cursor = lines.iter().position(|line| line.able > 0).unwrap_or(0);
        Self {
            about,
            targets: records
                .iter()
                .map(|record| record.head.key.clone())
                .collect(),
            lines,
            cursor,
        }
    }

    /// Up or down, around the ends.
    pub fn step(&mut self, by: isize) {
        self.cursor = around(self.cursor, by, self.lines.len());
    }
}
