//! Reading: every line of every file, oldest first, those that cannot be read told with file and
//! line.
//!
//! Never panics, whatever is in a file.

use super::{disk::DiskStore, store::Store};
use crate::domain::audit::{AuditEntry, VERSION};
use std::{io, path::Path};

/// A line, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LocatedEntry {
    /// The file's name.
    pub file: String,
    /// The line's place in it, from 1.
    pub line: usize,
    /// What stands there.
    pub seen: LineAt,
}

/// What stands at a place of the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum LineAt {
    /// A line.
    Line(Box<AuditEntry>),
    /// Something else, because: a line that was cut short, say.
    Unreadable(String),
}

impl LocatedEntry {
    /// The line, if it can be read.
    pub fn readable(&self) -> Option<&AuditEntry> {
        match &self.seen {
            LineAt::Line(line) => Some(line),
            LineAt::Unreadable(_) => None,
        }
    }
}

/// Gives `take` everything in the journal at `path`, oldest first, until it says no. Nothing, if
/// there is none.
pub fn each(path: &Path, take: impl FnMut(LocatedEntry) -> bool) -> io::Result<()> {
    let disk = DiskStore::new(path.to_owned());
    let (older, last, bytes) = {
        let _quiet = disk.quiet();
        ends(&disk)?
    };
    // Nobody waits for it to write a line, however slowly it is taken.
    each_of(&disk, &older, (&last, &bytes), take)
}

/// Everything in the journal at `path`, oldest first. Nothing, if there is none.
#[cfg(test)]
pub fn entries(path: &Path) -> io::Result<Vec<LocatedEntry>> {
    of_store(&DiskStore::new(path.to_owned()))
}

/// The lines of the journal at `path`, oldest first. Nothing, if there is none.
pub fn read(path: &Path) -> io::Result<Vec<AuditEntry>> {
    let mut lines = Vec::new();
    each(path, |entry| {
        lines.extend(line(entry));
        true
    })?;
    Ok(lines)
}

/// The newest `most` lines of the journal at `path`, oldest first.
pub fn latest(path: &Path, most: usize) -> io::Result<Vec<AuditEntry>> {
    let disk = DiskStore::new(path.to_owned());
    let _quiet = disk.quiet();
    let mut newest: Vec<AuditEntry> = Vec::new();
    for file in disk.files()?.iter().rev() {
        let bytes = disk.read(file)?;
        let missing = most - newest.len();
        newest.extend(
            split(&bytes)
                .rev()
                .filter_map(|bytes| parse(bytes).ok())
                .take(missing),
        );
        if newest.len() == most {
            break;
        }
    }
    newest.reverse();
    Ok(newest)
}

/// Everything in `store`, oldest first.
#[cfg(test)]
pub(super) fn of_store(store: &dyn Store) -> io::Result<Vec<LocatedEntry>> {
    let mut entries = Vec::new();
    let (older, last, bytes) = ends(store)?;
    each_of(store, &older, (&last, &bytes), |entry| {
        entries.push(entry);
        true
    })?;
    Ok(entries)
}

/// Files that were put away and stay as they are, and the one that is appended to with its name.
fn ends(store: &dyn Store) -> io::Result<(Vec<String>, String, Vec<u8>)> {
    let mut older = store.files()?;
    let last = older.pop().unwrap_or_default();
    let bytes = store.read(&last)?;
    Ok((older, last, bytes))
}

fn each_of(
    store: &dyn Store,
    older: &[String],
    last: (&str, &[u8]),
    mut take: impl FnMut(LocatedEntry) -> bool,
) -> io::Result<()> {
    let mut all = |file: &str, bytes: &[u8]| {
        split(bytes).enumerate().all(|(place, bytes)| {
            let seen =
                parse(bytes).map_or_else(LineAt::Unreadable, |line| LineAt::Line(Box::new(line)));
            take(LocatedEntry {
                file: file.to_owned(),
                line: place + 1,
                seen,
            })
        })
    };
    for file in older {
        if !all(file, &store.read(file)?) {
            return Ok(());
        }
    }
    all(last.0, last.1);
    Ok(())
}

fn line(entry: LocatedEntry) -> Option<AuditEntry> {
    match entry.seen {
        LineAt::Line(line) => Some(*line),
        LineAt::Unreadable(_) => None,
    }
}

/// The lines of a file, without their newlines.
pub(super) fn split(bytes: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    // An empty file has no line.
    (!bytes.is_empty())
        .then(|| whole.split(|byte| *byte == b'\n'))
        .into_iter()
        .flatten()
}

pub(super) fn parse(bytes: &[u8]) -> Result<AuditEntry, String> {
    let line: AuditEntry =
        serde_json::from_slice(bytes).map_err(|error| unreadable(bytes, &error))?;
    if line.version > VERSION {
        return Err(format!(
            "of form {}, which this program does not know: a newer one wrote it",
            line.version
        ));
    }
    Ok(line)
}

fn unreadable(bytes: &[u8], error: &serde_json::Error) -> String {
    if bytes.is_empty() {
        return "an empty line".to_owned();
    }
    if error.is_eof() {
        "cut short in the middle of writing".to_owned()
    } else {
        format!("not a line of the journal: {error}")
    }
}
