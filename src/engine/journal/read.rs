//! Reading: every line of every file, oldest first, those that cannot be read told with file and line.
//!
//! Never panics, whatever is in a file. Must not know the chain: see [`super::verify`].

use super::{disk::Disk, store::Store};
use crate::domain::deed::{Line, VERSION};
use std::{io, path::Path};

/// A line, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The file's name.
    pub file: String,
    /// The line's place in it, from 1.
    pub line: usize,
    /// What stands there.
    pub seen: Seen,
}

/// What stands at a place of the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// A line.
    Line(Box<Line>),
    /// Something else, because: a line that was cut short, say.
    Unreadable(String),
}

impl Entry {
    /// The line, if it can be read.
    pub fn readable(&self) -> Option<&Line> {
        match &self.seen {
            Seen::Line(line) => Some(line),
            Seen::Unreadable(_) => None,
        }
    }
}

/// Everything in the journal at `path`, oldest first. Nothing, if there is none.
pub fn entries(path: &Path) -> io::Result<Vec<Entry>> {
    let disk = Disk::new(path.to_owned());
    let _quiet = disk.quiet();
    of_store(&disk)
}

/// The lines of the journal at `path`, oldest first. Nothing, if there is none.
pub fn read(path: &Path) -> io::Result<Vec<Line>> {
    Ok(entries(path)?.into_iter().filter_map(line).collect())
}

/// The newest `most` lines of the journal at `path`, oldest first.
pub fn latest(path: &Path, most: usize) -> io::Result<Vec<Line>> {
    let disk = Disk::new(path.to_owned());
    let _quiet = disk.quiet();
    let mut newest: Vec<Line> = Vec::new();
    for file in disk.files()?.iter().rev() {
        let bytes = disk.read(file)?;
        let missing = most - newest.len();
        newest.extend(split(&bytes).rev().filter_map(|bytes| parse(bytes).ok()).take(missing));
        if newest.len() == most {
            break;
        }
    }
    newest.reverse();
    Ok(newest)
}

/// Everything in `store`, oldest first.
pub(super) fn of_store(store: &dyn Store) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in store.files()? {
        let bytes = store.read(&file)?;
        entries.extend(split(&bytes).enumerate().map(|(place, bytes)| Entry {
            file: file.clone(),
            line: place + 1,
            seen: parse(bytes).map_or_else(Seen::Unreadable, |line| Seen::Line(Box::new(line))),
        }));
    }
    Ok(entries)
}

fn line(entry: Entry) -> Option<Line> {
    match entry.seen {
        Seen::Line(line) => Some(*line),
        Seen::Unreadable(_) => None,
    }
}

/// The lines of a file, without their newlines.
pub(super) fn split(bytes: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    // An empty file has no line.
    (!bytes.is_empty()).then(|| whole.split(|byte| *byte == b'\n')).into_iter().flatten()
}

pub(super) fn parse(bytes: &[u8]) -> Result<Line, String> {
    let line: Line = serde_json::from_slice(bytes).map_err(|error| unreadable(bytes, &error))?;
    if line.version > VERSION {
        return Err(format!("of form {}, which this program does not know: a newer one wrote it", line.version));
    }
    Ok(line)
}

fn unreadable(bytes: &[u8], error: &serde_json::Error) -> String {
    if bytes.is_empty() {
        return "an empty line".to_owned();
    }
    if error.is_eof() { "cut short in the middle of writing".to_owned() } else { format!("not a line of the journal: {error}") }
}
