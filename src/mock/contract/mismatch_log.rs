//! The mismatches of a running mock: tests fail on them, and `control.rs` lists them.

use super::mismatch::Mismatch;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

/// The side that broke the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A request of a client.
    Request,
    /// An answer of the mock.
    Answer,
}

/// A mismatch and the operation it was in.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedMismatch {
    /// Request or answer.
    pub side: Side,
    /// The prefix of the operation's IAM action.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The member and its problem.
    pub mismatch: Mismatch,
}

impl fmt::Display for LoggedMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Request => "request",
            Side::Answer => "answer",
        };
        let Self {
            service,
            operation,
            mismatch,
            ..
        } = self;
        write!(f, "{side} {service}:{operation} {mismatch}")
    }
}

/// Mismatchs kept; further ones are dropped.
const MAX_ENTRIES: usize = 1_000;

/// The mismatches so far, each once.
#[derive(Debug, Default)]
pub struct MismatchLog(Mutex<Vec<LoggedMismatch>>);

impl MismatchLog {
    /// Adds the entries that the log does not have yet, up to its limit.
    pub fn record(&self, entries: Vec<LoggedMismatch>) {
        if entries.is_empty() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            if kept.len() < MAX_ENTRIES && !kept.contains(&entry) {
                kept.push(entry);
            }
        }
    }

    /// The mismatches so far, the oldest first.
    pub fn entries(&self) -> Vec<LoggedMismatch> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Empties the log and returns its entries.
    pub fn take(&self) -> Vec<LoggedMismatch> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
