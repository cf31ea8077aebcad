//! Checking the chain: every line that was altered, removed, put in or moved, with its file and
//! place.
//!
//! What it cannot tell: the hashes need no secret, so whoever computes all of them anew, or puts
//! back older copies of all files together, has a whole journal; and where the head and the last
//! lines are removed together, what shows is that the head is missing, not how many lines stood
//! there. Who must be safe from that copies a hash elsewhere.

use super::{check::ChainChecker, disk::DiskStore, store::Store};
use std::{fmt, io, path::Path};

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The file's name.
    pub file: String,
    /// The line's place in it, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.what)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.what)
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Lines of the chain.
    pub lines: u64,
    /// Lines that were written before there was a chain.
    pub before: u64,
    /// Files.
    pub files: usize,
    /// What is wrong; nothing, if the journal is whole.
    pub breaches: Vec<Violation>,
    /// What a crash leaves: a line that was cut short in the middle of writing, or whose head was
    /// not written. They are no breach.
    pub torn: Vec<Violation>,
}

/// What is wrong with the journal at `path`; nothing, if it is whole.
pub fn verify(path: &Path) -> io::Result<Vec<Violation>> {
    verdict(path).map(|verdict| verdict.breaches)
}

/// Checks the journal at `path`.
pub fn verdict(path: &Path) -> io::Result<VerifyReport> {
    let disk = DiskStore::new(path.to_owned());
    let read = {
        let _quiet = disk.quiet();
        JournalSnapshot::last(&disk)?
    };
    read.with_older(&disk)
}

/// Checks all of `store`.
#[cfg(test)]
pub(super) fn of_store(store: &dyn Store) -> io::Result<VerifyReport> {
    JournalSnapshot::last(store)?.with_older(store)
}

/// What changes while consoles write, read in one go: the file that is appended to, and what is
/// beside it.
#[derive(Debug)]
pub(super) struct JournalSnapshot {
    /// Files that were put away: they stay as they are.
    older: Vec<String>,
    name: String,
    bytes: Vec<u8>,
    /// The number of the last line before it.
    before: u64,
    head: Option<Vec<u8>>,
    head_name: String,
    oddities: Vec<(String, String)>,
}

impl JournalSnapshot {
    pub(super) fn last(store: &dyn Store) -> io::Result<Self> {
        let mut older = store.files()?;
        let name = older.pop().unwrap_or_default();
        let before = older
            .last()
            .and_then(|file| store.number(file))
            .unwrap_or_default();
        let (bytes, head) = (store.read(&name)?, store.head()?);
        Ok(Self {
            older,
            name,
            bytes,
            before,
            head,
            head_name: store.head_name(),
            oddities: store.oddities()?,
        })
    }

    /// Checks the last file alone.
    pub(super) fn alone(self) -> VerifyReport {
        let check = ChainChecker::after(self.before);
        self.end(check)
    }

    fn with_older(self, store: &dyn Store) -> io::Result<VerifyReport> {
        let mut check = ChainChecker::default();
        for file in &self.older {
            check.file(file, &store.read(file)?, false);
            if let Some(seq) = store.number(file) {
                check.name(file, seq);
            }
        }
        Ok(self.end(check))
    }

    fn end(self, mut check: ChainChecker) -> VerifyReport {
        check.file(&self.name, &self.bytes, true);
        check.end(self.head.as_deref(), &self.head_name);
        check.verdict(self.oddities)
    }
}
