//! The operations of the row or of the marked rows, with the reason where one is unavailable.

use super::around;
use crate::domain::{Measured, Operation, Reason, Record, ResourceKey};
use std::sync::Arc;

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionMenuLine {
    /// The operation.
    pub operation: Operation,
    /// The number of rows that support it.
    pub able: usize,
    /// The number of rows.
    pub of: usize,
    /// Why the others do not support it (the first reason).
    pub why: Option<Reason>,
    /// Why guards require a stronger confirmation (the first reason).
    pub note: Option<Reason>,
}

/// The menu.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionMenu {
    /// A name, or `3 marked rows`.
    pub about: String,
    /// The rows it was opened for.
    pub targets: Vec<ResourceKey>,
    /// All operations.
    pub lines: Vec<ActionMenuLine>,
    /// The place of the cursor.
    pub cursor: usize,
}

impl ActionMenu {
    /// The operations of `records`. `judge` returns why a supported operation is refused
    /// (read-only, a guard), or why a guard requires a stronger confirmation.
    pub fn new(
        about: String,
        records: &[Arc<Record>],
        judge: impl Fn(Operation, &Record) -> Result<Option<Reason>, Reason>,
    ) -> Self {
        let line = |operation: Operation| {
            let (mut able, mut why, mut note) = (0, None, None);
            for record in records {
                match (record.head.capability(operation), judge(operation, record)) {
                    (Measured::Known(_), Ok(demanded)) => {
                        able += 1;
                        note = note.or(demanded);
                    }
                    (Measured::Known(_), Err(reason)) | (Measured::Unknown(reason), _) => {
                        why = why.or(Some(reason));
                    }
                }
            }
            ActionMenuLine {
                operation,
                able,
                of: records.len(),
                why,
                note,
            }
        };
        let lines: Vec<_> = Operation::ALL.iter().copied().map(line).collect();
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
