//! The audit journal: one JSON line for every intent and every result, on disk before the call
//! that it announces. `docs/journal.md` describes the format.
//!
//! ```text
//!   journal-812.jsonl   rotated at 8 MiB and kept; named by the number of its last entry
//!   journal.jsonl       the live file: one write and one fsync an entry, mode 0600
//!   journal.head        number and hash of the last entry; shows that last entries were removed
//!   journal.lock        held while an entry is written: several sessions share a journal
//!   journal.session-*   held locked by each session while it runs: its intents are not abandoned
//! ```
//!
//! Each entry holds its number (`seq`), the hash of the entry before (`prev`) and its own: SHA-256
//! of the line without `,"hash":"..."`. The chain continues from file to
//! file. Entries hold names, requests and AWS's messages, never a credential.

mod chain;
mod check;
mod disk;
mod inverse;
#[cfg(test)]
pub(super) mod power;
mod reader;
mod record;
mod schedule_entries;
#[cfg(test)]
pub(super) mod simulated_disk;
#[cfg(test)]
mod tamper_tests;
#[cfg(test)]
mod tests;
mod unresolved;
mod verify;
mod writer;

pub(super) use disk::LockGuard;
pub use inverse::{UndoScope, inverse};
#[cfg(test)]
pub use reader::journal_lines;
pub use reader::{JournalLine, ParsedLine, for_each, latest, read};
pub use unresolved::open_intents;
pub use verify::{VerifyReport, Violation, verify};

use crate::domain::{ActionStatus, Fault, FaultKind, Plan, Target, Timestamp, audit::AuditEntry};
use disk::DiskStore;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use writer::Writer;

/// The journal of this machine's user, as one session writes it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    os_user: Arc<str>,
    /// Writes on the calling thread: for tests that run thousands of sessions at once.
    runs_inline: bool,
    writer: Mutex<Writer>,
}

impl Journal {
    /// The journal at `path`, written by `os_user`. No file is opened before the first entry.
    pub fn at(path: impl Into<PathBuf>, os_user: impl Into<Arc<str>>) -> Self {
        let path = path.into();
        Self {
            os_user: os_user.into(),
            runs_inline: false,
            writer: Mutex::new(Writer::new(
                DiskStore::new(path.clone()),
                record::new_session_id(),
            )),
            path,
        }
    }

    /// The same on a disk that can lose its power, without blocking threads.
    #[cfg(test)]
    pub(super) fn with_power(path: PathBuf, power: Arc<power::SimulatedPower>) -> Self {
        let store = DiskStore::with_power(path.clone(), power);
        Self {
            runs_inline: true,
            writer: Mutex::new(Writer::new(store, record::new_session_id())),
            ..Self::at(path, "ana")
        }
    }

    /// The path of the live file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The entry for `status` of `target`, a part of `plan`, not yet in the chain.
    pub fn new_entry(
        &self,
        plan: &Plan,
        target: &Target,
        status: &ActionStatus,
        at: Timestamp,
    ) -> AuditEntry {
        record::new_entry(plan, target, status, at, &self.os_user)
    }

    /// `entry`, in the name of this session's user.
    pub(super) fn sign(&self, entry: AuditEntry) -> AuditEntry {
        AuditEntry {
            os_user: self.os_user.clone(),
            ..entry
        }
    }

    /// Appends `entry` and waits until it is on disk. On a fault the action must not be made.
    pub async fn write(self: &Arc<Self>, entry: AuditEntry) -> Result<(), Fault> {
        let written = self.with_writer(move |writer| writer.append(entry)).await;
        written.map_err(|error| {
            let path = self.path.display();
            let message = format!("{path} cannot be written: {error}; nothing is done unrecorded");
            Fault::new(FaultKind::Refused, "spendtop:journal", message)
        })
    }

    /// Violations in the live file and the head. Rotated files are not read.
    pub(super) async fn live_violations(self: &Arc<Self>) -> io::Result<Vec<Violation>> {
        let files = self.with_writer(|writer| {
            let _lock = writer.store.lock().ok();
            verify::LiveFiles::read(&writer.store)
        });
        let files = files.await?;
        // The check runs without the lock, so that no writer waits for it.
        let check = move || files.verify_alone().violations;
        if self.runs_inline {
            return Ok(check());
        }
        tokio::task::spawn_blocking(check)
            .await
            .map_err(io::Error::other)
    }

    /// Intents without a result of sessions that no longer run, oldest first.
    pub(super) async fn unresolved_intents(
        self: &Arc<Self>,
    ) -> io::Result<unresolved::UnresolvedIntents> {
        self.with_writer(unresolved::find_abandoned).await
    }

    /// The right to recover unresolved intents: one session at a time. `None` while another session
    /// has it.
    pub(super) async fn claim_recovery(self: &Arc<Self>) -> io::Result<Option<LockGuard>> {
        self.with_writer(|writer| writer.store.claim("recovery"))
            .await
    }

    async fn with_writer<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Writer) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if self.runs_inline {
            return work(&mut self.writer());
        }
        let journal = self.clone();
        tokio::task::spawn_blocking(move || work(&mut journal.writer()))
            .await
            .map_err(io::Error::other)?
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
