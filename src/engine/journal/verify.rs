//! Checking the chain: every line that was altered, removed, put in or moved, with its file and place.
//!
//! Must not know what a line tells of.

use super::{
    chain::{self, Head, Link},
    disk::Disk,
    read,
    store::Store,
};
use std::{fmt, io, path::Path};

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The file's name.
    pub file: String,
    /// The line's place in it, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Lines of the chain.
    pub lines: u64,
    /// Lines that were written before there was a chain.
    pub before: u64,
    /// Files.
    pub files: usize,
    /// What is wrong; nothing, if the journal is whole.
    pub breaches: Vec<Breach>,
    /// Lines that were cut short in the middle of writing, as a crash does it. They are no breach.
    pub torn: Vec<Breach>,
}

/// What is wrong with the journal at `path`; nothing, if it is whole.
pub fn verify(path: &Path) -> io::Result<Vec<Breach>> {
    verdict(path).map(|verdict| verdict.breaches)
}

/// Checks the journal at `path`.
pub fn verdict(path: &Path) -> io::Result<Verdict> {
    let disk = Disk::new(path.to_owned());
    let _quiet = disk.quiet();
    of_store(&disk)
}

/// Checks `store`.
pub(super) fn of_store(store: &dyn Store) -> io::Result<Verdict> {
    let mut check = Check::default();
    let files = store.files()?;
    for (place, file) in files.iter().enumerate() {
        let bytes = store.read(file)?;
        check.verdict.files += usize::from(!bytes.is_empty());
        check.file(file, &bytes, place + 1 == files.len());
    }
    let head = store.head()?;
    check.end(head.as_deref());
    Ok(check.verdict)
}

/// What is said of a line that a crash cut short.
const TORN: &str = "cut short in the middle of writing";

#[derive(Default)]
struct Check {
    verdict: Verdict,
    /// The last line of the chain so far, and the hash of the line before it.
    last: Option<Link>,
    /// Where reading is.
    at: (String, usize),
    /// All bytes before the chain begins.
    prefix: Vec<u8>,
    /// Lines since the last one of the chain that are none.
    strange: Vec<(Breach, Vec<u8>)>,
    /// The last line has no newline.
    cut: bool,
}

impl Check {
    fn file(&mut self, name: &str, bytes: &[u8], is_last: bool) {
        for (place, line) in read::split(bytes).enumerate() {
            self.at = (name.to_owned(), place + 1);
            match chain::link(line) {
                Some(link) => self.link(link),
                None => self.strange(line),
            }
            if self.last.is_none() {
                self.prefix.extend(line);
                self.prefix.push(b'\n');
            }
        }
        let ends = bytes.is_empty() || bytes.ends_with(b"\n");
        if !ends && is_last {
            self.cut = true;
        } else if !ends {
            self.breach("the end of the file is missing");
        }
    }

    fn here(&self, what: impl Into<String>) -> Breach {
        Breach { file: self.at.0.clone(), line: self.at.1, what: what.into() }
    }

    fn breach(&mut self, what: impl Into<String>) {
        let breach = self.here(what);
        self.verdict.breaches.push(breach);
    }

    fn strange(&mut self, line: &[u8]) {
        let what = if chain::looks_chained(line) { "this line was altered: its hash does not fit" } else { "not a line of the journal" };
        let breach = self.here(what);
        self.strange.push((breach, line.to_vec()));
    }

    fn link(&mut self, link: Link) {
        self.verdict.lines += 1;
        let Some(last) = self.last.take() else {
            return self.first(link);
        };
        let follows = link.seq == last.seq + 1;
        let vouched = follows && link.torn == self.torn();
        match (follows, link.seq > last.seq) {
            (true, _) if link.prev != last.hash => {
                self.breach(format!("does not follow the line before it: line {} was replaced", last.seq));
            }
            (true, _) => {}
            (false, true) => self.breach(missing(last.seq + 1, link.seq - 1)),
            (false, false) => self.breach(format!("line {} after line {}: put in, moved or repeated", link.seq, last.seq)),
        }
        let torn = link.torn.is_some();
        self.settle_strange(vouched);
        if follows && !vouched && torn {
            self.breach("a line that was cut short stood before this one, and was altered or removed");
        }
        if let Some(broken) = &link.broken {
            self.breach(format!("when this line was written, {broken}"));
        }
        self.last = Some(link);
    }

    fn first(&mut self, link: Link) {
        if link.seq != 1 {
            self.breach(missing(1, link.seq - 1));
            let strange = self.strange.len();
            self.strange.retain(|(_, line)| chain::looks_chained(line));
            self.verdict.before = (strange - self.strange.len()) as u64;
            self.settle_strange(false);
        } else if link.prev == chain::digest([self.prefix.as_slice()]) {
            self.before_the_chain();
        } else {
            self.breach("what stood before the chain was altered");
            self.strange.clear();
        }
        self.last = Some(link);
    }

    /// Before the first line of the chain stands what earlier versions wrote, or a first line that was cut short; never a whole line of it.
    fn before_the_chain(&mut self) {
        for (breach, line) in self.strange.drain(..) {
            if chain::looks_chained(&line) && !chain::looks_torn(&line) {
                self.verdict.breaches.push(breach);
            } else {
                self.verdict.before += 1;
            }
        }
    }

    /// What vouches for the strange lines since the last one of the chain.
    fn torn(&self) -> Option<String> {
        let mut parts: Vec<&[u8]> = Vec::new();
        for (place, (_, line)) in self.strange.iter().enumerate() {
            if place > 0 {
                parts.push(b"\n");
            }
            parts.push(line);
        }
        (!parts.is_empty()).then(|| chain::digest(parts))
    }

    fn settle_strange(&mut self, vouched: bool) {
        for (breach, line) in self.strange.drain(..) {
            if vouched && chain::looks_torn(&line) {
                self.verdict.torn.push(Breach { what: TORN.to_owned(), ..breach });
            } else {
                self.verdict.breaches.push(breach);
            }
        }
    }

    fn end(&mut self, head: Option<&[u8]>) {
        let told = head.and_then(Head::read);
        let Some(last) = self.last.take() else {
            if head.is_some() {
                self.breach("the lines of the chain are missing");
            }
            self.before_the_chain();
            return;
        };
        let whole = match told {
            None if head.is_some() => Err("the head beside this journal cannot be read".to_owned()),
            None if last.seq == 1 => Ok(false),
            None => Err("the head beside this journal is missing".to_owned()),
            Some(told) if told == last.head() => Ok(true),
            Some(told) if told.seq > last.seq => Err(missing(last.seq + 1, told.seq)),
            Some(told) if told.seq + 1 == last.seq && told.hash == last.prev => Ok(false),
            Some(told) if told.seq == last.seq => Err("this last line was replaced: the head tells of another".to_owned()),
            Some(told) => Err(format!("the head tells of line {}, but line {} is there", told.seq, last.seq)),
        };
        match whole {
            // A line whose head was written had its newline before.
            Ok(true) if self.cut && self.strange.is_empty() => self.breach("the end of the last line is missing"),
            Ok(_) => {}
            Err(what) => self.breach(what),
        }
        // After the last line of the chain: what a crash left is vouched for by the next line.
        self.settle_strange(true);
    }
}

/// `line 7 is missing`, `lines 7 to 9 are missing`.
fn missing(from: u64, to: u64) -> String {
    if from >= to { format!("line {from} is missing") } else { format!("lines {from} to {to} are missing") }
}
