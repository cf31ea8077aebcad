//! Verifies the chain: reports every entry that was altered, removed, added or moved, with file and
//! line.
//!
//! Limits: the hashes need no secret, so somebody who computes all of them anew, or restores older
//! copies of all files together, leaves a valid journal. Where the head and the last entries are
//! removed together, the missing head shows, but not how many entries are gone. A copy of the last
//! hash elsewhere closes both gaps.

use super::{check::ChainChecker, disk::DiskStore};
use std::{fmt, io, path::Path};

/// A place where the journal is not as a session wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The file's name.
    pub file: String,
    /// Line number, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The description of the violation.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.message)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.message)
        }
    }
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries of the chain.
    pub entries: u64,
    /// Files that are not empty.
    pub files: usize,
    /// Empty where the journal is valid.
    pub violations: Vec<Violation>,
    /// Traces of a crash: an entry that was cut short, or whose head was not written. These are no
    /// violations.
    pub interrupted_writes: Vec<Violation>,
}

/// Verifies the journal at `path`. A journal that does not exist is valid.
pub fn verify(path: &Path) -> io::Result<VerifyReport> {
    let store = DiskStore::new(path.to_owned());
    let files = {
        let _lock = store.lock_shared();
        LiveFiles::read(&store)?
    };
    files.verify_all(&store)
}

/// The files that change while sessions write, read at one moment.
#[derive(Debug)]
pub(super) struct LiveFiles {
    /// Names of the rotated files, oldest first: they do not change.
    rotated: Vec<String>,
    /// Name of the live file.
    name: String,
    bytes: Vec<u8>,
    /// The number of the last entry before it, by the name of the newest rotated file.
    seq_before: u64,
    head: Option<Vec<u8>>,
    head_name: String,
    permission_problems: Vec<(String, String)>,
}

impl LiveFiles {
    pub(super) fn read(store: &DiskStore) -> io::Result<Self> {
        let mut rotated = store.files()?;
        let name = rotated.pop().unwrap_or_default();
        let seq_before = rotated
            .last()
            .and_then(|file| store.rotated_seq(file))
            .unwrap_or_default();
        let (bytes, head) = (store.read(&name)?, store.head()?);
        Ok(Self {
            rotated,
            name,
            bytes,
            seq_before,
            head,
            head_name: store.head_name(),
            permission_problems: store.permission_problems()?,
        })
    }

    /// Verifies the live file and the head.
    pub(super) fn verify_alone(self) -> VerifyReport {
        let checker = ChainChecker::after(self.seq_before);
        self.finish(checker)
    }

    fn verify_all(self, store: &DiskStore) -> io::Result<VerifyReport> {
        let mut checker = ChainChecker::default();
        for file in &self.rotated {
            checker.check_file(file, &store.read(file)?, false);
            if let Some(seq) = store.rotated_seq(file) {
                checker.check_name(file, seq);
            }
        }
        Ok(self.finish(checker))
    }

    fn finish(self, mut checker: ChainChecker) -> VerifyReport {
        checker.check_file(&self.name, &self.bytes, true);
        checker.check_head(self.head.as_deref(), &self.head_name);
        for (file, problem) in self.permission_problems {
            checker.report_file(&file, problem);
        }
        checker.into_report()
    }
}
