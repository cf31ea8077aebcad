//! Reads the entries of all files, oldest first. A line that is no entry is reported with file and
//! line number. Never panics, whatever a file holds.

use super::disk::DiskStore;
use crate::domain::audit::{AuditEntry, VERSION};
use std::{io, path::Path};

/// A line of the journal with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalLine {
    /// The file's name.
    pub file: String,
    /// Line number, from 1.
    pub line: usize,
    /// The contents of the line.
    pub parsed: ParsedLine,
}

/// The contents of a line of the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum ParsedLine {
    /// An entry.
    Entry(Box<AuditEntry>),
    /// No entry, with the reason: a line that was cut short, for example.
    Unreadable(String),
}

impl JournalLine {
    /// The entry, if the line holds one.
    pub fn entry(&self) -> Option<&AuditEntry> {
        match &self.parsed {
            ParsedLine::Entry(entry) => Some(entry),
            ParsedLine::Unreadable(_) => None,
        }
    }
}

/// Calls `visit` with every line of the journal at `path`, oldest first, until it returns false.
/// A journal that does not exist has no lines.
pub fn for_each(path: &Path, mut visit: impl FnMut(JournalLine) -> bool) -> io::Result<()> {
    let store = DiskStore::new(path.to_owned());
    let (rotated, live, live_bytes) = {
        let _lock = store.lock_shared();
        let mut rotated = store.files()?;
        let live = rotated.pop().unwrap_or_default();
        let bytes = store.read(&live)?;
        (rotated, live, bytes)
    };
    // No lock from here on: rotated files do not change, and a slow visitor must not block writers.
    let mut visit_file = |file: &str, bytes: &[u8]| {
        split(bytes).enumerate().all(|(index, bytes)| {
            let parsed = parse(bytes).map_or_else(ParsedLine::Unreadable, |entry| {
                ParsedLine::Entry(Box::new(entry))
            });
            visit(JournalLine {
                file: file.to_owned(),
                line: index + 1,
                parsed,
            })
        })
    };
    for file in &rotated {
        if !visit_file(file, &store.read(file)?) {
            return Ok(());
        }
    }
    visit_file(&live, &live_bytes);
    Ok(())
}

/// Every line of the journal at `path`, oldest first.
#[cfg(test)]
pub fn journal_lines(path: &Path) -> io::Result<Vec<JournalLine>> {
    let mut lines = Vec::new();
    for_each(path, |line| {
        lines.push(line);
        true
    })?;
    Ok(lines)
}

/// The entries of the journal at `path`, oldest first.
pub fn read(path: &Path) -> io::Result<Vec<AuditEntry>> {
    let mut entries = Vec::new();
    for_each(path, |line| {
        if let ParsedLine::Entry(entry) = line.parsed {
            entries.push(*entry);
        }
        true
    })?;
    Ok(entries)
}

/// The newest `max` entries of the journal at `path`, oldest first.
pub fn latest(path: &Path, max: usize) -> io::Result<Vec<AuditEntry>> {
    let store = DiskStore::new(path.to_owned());
    let _lock = store.lock_shared();
    let mut entries: Vec<AuditEntry> = Vec::new();
    for file in store.files()?.iter().rev() {
        let bytes = store.read(file)?;
        let missing = max - entries.len();
        let newest = split(&bytes).rev().filter_map(|line| parse(line).ok());
        entries.extend(newest.take(missing));
        if entries.len() == max {
            break;
        }
    }
    entries.reverse();
    Ok(entries)
}

/// The lines of a file, without their newlines.
pub(super) fn split(bytes: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    // An empty file has no line.
    (!bytes.is_empty())
        .then(|| lines.split(|byte| *byte == b'\n'))
        .into_iter()
        .flatten()
}

/// The entry in a line, or the reason why there is none.
pub(super) fn parse(line: &[u8]) -> Result<AuditEntry, String> {
    let entry: AuditEntry = serde_json::from_slice(line).map_err(|error| {
        if line.is_empty() {
            "an empty line".to_owned()
        } else if error.is_eof() {
            "cut short in the middle of writing".to_owned()
        } else {
            format!("not an entry: {error}")
        }
    })?;
    if entry.version > VERSION {
        return Err(format!(
            "version {} is not supported: a newer spendtop wrote it",
            entry.version
        ));
    }
    Ok(entry)
}
