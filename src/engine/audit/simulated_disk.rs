//! A journal on a disk that can lose its power, for tests.

use super::{
    Journal,
    power::SimulatedPower,
    reader::{self, JournalLine},
    verify::{VerifyReport, verify},
};
use crate::{domain::audit::AuditEntry, engine::private_file::open_private};
use std::{fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

/// A journal in a temporary folder, on a disk that can lose its power. The last clone removes the
/// folder.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedDisk {
    folder: Arc<TempDir>,
    pub power: Arc<SimulatedPower>,
}

impl SimulatedDisk {
    pub(crate) fn new() -> Self {
        Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            power: Arc::default(),
        }
    }

    /// The file called `name`; `journal.jsonl` is the live one.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.file("journal.jsonl")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap_or_default()
    }

    pub(crate) fn set_bytes(&self, bytes: impl AsRef<[u8]>) {
        self.set_file("journal.jsonl", bytes);
    }

    pub(crate) fn set_file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.file(name);
        open_private(
            &path,
            fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true),
        )
        .unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The journal of a new session.
    pub(crate) fn journal(&self) -> Arc<Journal> {
        Arc::new(Journal::with_power(self.path(), self.power.clone()))
    }

    pub(crate) fn lines(&self) -> Vec<JournalLine> {
        reader::journal_lines(&self.path()).unwrap()
    }

    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        reader::read(&self.path()).unwrap()
    }

    /// The synced entries of the live file from byte `start` on, and where they end. None of a file
    /// that was truncated.
    pub(crate) fn synced_entries(&self, start: usize) -> (Vec<AuditEntry>, usize) {
        let bytes = self.bytes();
        let synced = usize::try_from(self.power.synced()).unwrap();
        let bytes = bytes.get(start..synced).unwrap_or_default();
        let end = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1);
        let entries = reader::split(&bytes[..end])
            .filter_map(|line| reader::parse(line).ok())
            .collect();
        (entries, start + end)
    }

    pub(crate) fn verify(&self) -> VerifyReport {
        verify(&self.path()).unwrap()
    }
}
