//! The audit journal: one JSON line for every intent and every result, on disk before the call it
//! tells of.
//!
//! ```text
//!   journal-812.jsonl   full at 8 MiB, kept; named by its last line
//!   journal.jsonl       appended to: one write and one fsync a line, mode 0600
//!   journal.head        number and hash of the last line, replaced whole, there before the first line: removed last lines show
//!   journal.lock        held while a line is written: several consoles keep one journal
//!   journal.console-*   held locked by each console for as long as it runs: whose intents are not a crash's
//! ```
//!
//! Each line holds its number (`seq`), the hash of the line before (`prev`) and its own: SHA-256 of
//! the line without `hash`, as `jq -jc 'del(.hash)'` prints it. The chain goes on from file to
//! file. Holds names, requests and AWS's own words; must never hold a credential.

mod chain;
mod check;
mod disk;
mod files;
mod inverse;
#[cfg(test)]
pub(super) mod memory;
mod reader;
mod record;
mod store;
#[cfg(test)]
mod tamper_tests;
#[cfg(test)]
mod tests;
mod unresolved;
mod verify;
mod violation;
mod writer;

pub use inverse::{UndoScope, inverse};
#[cfg(test)]
pub use reader::entries;
pub use reader::{LineAt, LocatedEntry, each, latest, read};
pub use unresolved::open_intents;
pub use verify::{VerifyReport, Violation, verdict, verify};

use crate::domain::{ActionStatus, Fault, FaultKind, Plan, Target, Timestamp, audit::AuditEntry};
use disk::DiskStore;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::Store;
use writer::Writer;

/// The journal of this machine's user, written by one console.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    by: Arc<str>,
    /// Whether writing takes its time.
    slow: bool,
    pen: Mutex<Writer>,
}

impl Journal {
    /// The journal at `path`, written in the name of `by`. Nothing is opened before the first line.
    pub fn at(path: impl Into<PathBuf>, by: impl Into<Arc<str>>) -> Self {
        let path = path.into();
        let disk = DiskStore::new(path.clone());
        Self::over(path, by, Box::new(disk), true)
    }

    fn over(path: PathBuf, by: impl Into<Arc<str>>, store: Box<dyn Store>, slow: bool) -> Self {
        Self {
            path,
            by: by.into(),
            slow,
            pen: Mutex::new(Writer::new(store, record::console())),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line for `step` of `target`, a part of `plan`, not yet in the chain.
    pub fn entry(
        &self,
        plan: &Plan,
        target: &Target,
        step: &ActionStatus,
        at: Timestamp,
    ) -> AuditEntry {
        record::of(plan, target, step, at, &self.by)
    }

    /// `line`, written in the name of this console's user.
    pub(super) fn own(&self, line: AuditEntry) -> AuditEntry {
        AuditEntry {
            by: self.by.clone(),
            ..line
        }
    }

    /// Appends `line` and waits until it is on disk. The fault says why an action must not be made.
    pub async fn write(self: &Arc<Self>, line: AuditEntry) -> Result<(), Fault> {
        let written = self.with_pen(move |pen| pen.append(line)).await;
        written.map_err(|failed| {
            let path = self.path.display();
            Fault::new(
                FaultKind::Refused,
                "spendtop:journal",
                format!("{path} cannot be written: {failed}; nothing is done unrecorded"),
            )
        })
    }

    /// What is wrong with the file that is appended to, and with the head. Files that were put away
    /// are not read.
    pub(super) async fn altered(self: &Arc<Self>) -> io::Result<Vec<Violation>> {
        let read = self.with_pen(|pen| {
            let _lock = pen.store.lock().ok();
            verify::JournalSnapshot::last(pen.store.as_ref())
        });
        let read = read.await?;
        // Nobody waits for it to write a line.
        let check = move || read.alone().breaches;
        if self.slow {
            tokio::task::spawn_blocking(check)
                .await
                .map_err(io::Error::other)
        } else {
            Ok(check())
        }
    }

    /// Intents without a result of consoles that no longer run, oldest first.
    pub(super) async fn left_open(self: &Arc<Self>) -> io::Result<unresolved::Left> {
        self.with_pen(unresolved::left).await
    }

    /// The right to look after what was left open: one console at a time. `None` while another one
    /// has it.
    pub(super) async fn claim_recovery(self: &Arc<Self>) -> io::Result<Option<store::Guard>> {
        self.with_pen(|pen| pen.store.claim("recovery")).await
    }

    async fn with_pen<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Writer) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if !self.slow {
            return work(&mut self.pen());
        }
        let journal = self.clone();
        tokio::task::spawn_blocking(move || work(&mut journal.pen()))
            .await
            .map_err(io::Error::other)?
    }

    fn pen(&self) -> MutexGuard<'_, Writer> {
        self.pen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
