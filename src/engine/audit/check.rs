//! Checks the chain line by line and reports one violation for each line that is wrong.

use super::{
    chain::{self, ChainHead, ChainLink},
    reader,
    verify::{VerifyReport, Violation},
};
use std::{collections::BTreeSet, mem};

/// File name and line number.
type Position = (String, usize);

/// A check under way.
#[derive(Default)]
pub(super) struct ChainChecker {
    report: VerifyReport,
    /// The last entry of the chain so far: its number, and its hash if the entry was read. Before
    /// the first entry of a journal the hash is empty, as `prev` of that entry is.
    last_seq: u64,
    last_hash: Option<String>,
    /// The `prev` of that entry.
    last_prev: String,
    last_position: Option<Position>,
    /// The file under check has an entry that continues the chain.
    has_entries: bool,
    position: Position,
    /// Lines since the last entry that are no entries.
    strays: Vec<(Position, Vec<u8>)>,
    /// The live file does not end with a newline.
    lacks_newline: bool,
}

impl ChainChecker {
    /// Checks what follows entry `seq`; 0 for a whole journal.
    pub(super) fn after(seq: u64) -> Self {
        Self {
            last_seq: seq,
            ..Self::default()
        }
    }

    pub(super) fn into_report(self) -> VerifyReport {
        self.report
    }

    /// Reports a violation of a file as a whole.
    pub(super) fn report_file(&mut self, file: &str, message: String) {
        self.report_at((file.to_owned(), 0), message);
    }

    fn report_at(&mut self, (file, line): Position, message: String) {
        self.report.violations.push(Violation {
            file,
            line,
            message,
        });
    }

    fn report(&mut self, message: impl Into<String>) {
        self.report_at(self.position.clone(), message.into());
    }

    /// Checks the next file.
    pub(super) fn check_file(&mut self, name: &str, bytes: &[u8], is_live: bool) {
        self.report.files += usize::from(!bytes.is_empty());
        self.position = (name.to_owned(), 0);
        self.has_entries = false;
        for (index, line) in reader::split(bytes).enumerate() {
            self.position.1 = index + 1;
            let unix = line
                .strip_suffix(b"\r")
                .filter(|line| chain::link(line).is_some());
            if unix.is_some() {
                self.report("the line ends with CR LF: a program has converted the file");
            }
            match chain::link(unix.unwrap_or(line)) {
                Some(link) => self.check_entry(link),
                None => self.strays.push((self.position.clone(), line.to_vec())),
            }
        }
        let is_complete = bytes.is_empty() || bytes.ends_with(b"\n");
        self.lacks_newline = is_live && !is_complete;
        if !is_live && !is_complete {
            self.report("the file was cut off after this line");
        }
    }

    /// Checks the number in the name of a rotated file.
    pub(super) fn check_name(&mut self, file: &str, seq: u64) {
        let last = self.last_seq;
        if self.has_entries && self.strays.is_empty() && seq != last {
            self.report_file(
                file,
                format!("the file was renamed: it ends with entry {last}"),
            );
        }
    }

    fn check_entry(&mut self, link: ChainLink) {
        self.report.entries += 1;
        if link.seq <= self.last_seq {
            let ChainLink { seq, .. } = link;
            let last = self.last_seq;
            self.report(format!(
                "entry {seq} after entry {last}: moved or duplicated"
            ));
            return;
        }
        let follows = link.seq == self.last_seq + 1;
        if !follows {
            self.report_missing(self.last_seq + 1, link.seq - 1);
        } else if self.known_hash().is_some_and(|hash| *hash != link.prev) {
            let position = self.last_position.clone();
            let message = format!(
                "entry {} was replaced: the next hash differs",
                self.last_seq
            );
            self.report_at(position.unwrap_or_else(|| self.position.clone()), message);
        }
        let is_vouched = follows && link.truncated_sha256 == self.strays_digest();
        self.report_strays(is_vouched);
        if follows && !is_vouched && link.truncated_sha256.is_some() {
            self.report("an interrupted write before this entry was altered or removed");
        }
        if let Some(error) = &link.integrity_error {
            self.report(format!(
                "integrity error when this entry was written: {error}"
            ));
        }
        self.has_entries = true;
        self.last_seq = link.seq;
        self.last_hash = Some(link.hash);
        self.last_prev = link.prev;
        self.last_position = Some(self.position.clone());
    }

    /// The hash that the next entry must have as `prev`; `None` where it is in a file that is not
    /// checked.
    fn known_hash(&self) -> Option<&str> {
        match &self.last_hash {
            Some(hash) => Some(hash),
            None => (self.last_seq == 0).then_some(""),
        }
    }

    /// Reports that entries `first` to `last` are missing, except altered ones that are in place.
    fn report_missing(&mut self, first: u64, last: u64) {
        let altered: BTreeSet<u64> = self
            .strays
            .iter()
            .filter_map(|(_, line)| chain::number(line))
            .filter(|seq| (first..=last).contains(seq))
            .collect();
        let mut start = Some(first);
        for seq in altered {
            if let Some(start) = start.filter(|start| *start < seq) {
                self.report(missing_message(start, seq - 1));
            }
            start = seq.checked_add(1);
        }
        if let Some(start) = start.filter(|start| *start <= last) {
            self.report(missing_message(start, last));
        }
    }

    /// The digest of the lines since the last entry; the next entry has it as proof of a crash.
    fn strays_digest(&self) -> Option<String> {
        let lines: Vec<&[u8]> = self
            .strays
            .iter()
            .map(|(_, line)| line.as_slice())
            .collect();
        (!lines.is_empty()).then(|| chain::digest([lines.join(&b'\n').as_slice()]))
    }

    fn report_strays(&mut self, is_vouched: bool) {
        for (position, line) in mem::take(&mut self.strays) {
            if is_vouched && chain::looks_truncated(&line) {
                self.note(position, "the entry was cut short by a crash".to_owned());
            } else {
                self.report_at(position, stray_message(&line).to_owned());
            }
        }
    }

    /// Notes a trace of a crash.
    fn note(&mut self, (file, line): Position, message: String) {
        self.report.interrupted_writes.push(Violation {
            file,
            line,
            message,
        });
    }

    /// Checks the head, after the last file.
    pub(super) fn check_head(&mut self, bytes: Option<&[u8]>, name: &str) {
        let head = bytes.and_then(ChainHead::parse);
        let last = self.last_seq;
        let mut is_lost = false;
        match (head, self.last_hash.clone()) {
            (None, _) if bytes.is_some() => {
                self.report_file(name, "not a head: last entries may be missing".to_owned());
            }
            (None, None) if last == 0 => is_lost = true,
            (None, _) => {
                let message = format!("missing: entries after entry {last} may be missing too");
                self.report_file(name, message);
            }
            (Some(head), _) if head.seq > last => {
                is_lost = true;
                self.report_missing(last + 1, head.seq);
            }
            // The live file is empty, or has no entry.
            (Some(_), None) => {}
            (Some(head), Some(hash)) if head.seq == last && head.hash == hash => {
                // The head is written after the newline.
                if self.lacks_newline && self.strays.is_empty() {
                    self.report("the newline after the last entry is missing");
                }
            }
            (Some(head), Some(_)) if head.seq == last => {
                let message = format!("the last entry was replaced: {name} has another hash");
                let position = self.last_position.clone();
                self.report_at(position.unwrap_or_default(), message);
            }
            (Some(head), Some(_)) if self.is_one_behind(&head) => {
                let message = format!("{name} lacks this entry: a crash came right after it");
                let position = self.last_position.clone();
                self.note(position.unwrap_or_default(), message);
            }
            (Some(head), Some(_)) => {
                let message = format!(
                    "points at entry {}, entry {last} is the last: an older copy",
                    head.seq
                );
                self.report_file(name, message);
            }
        }
        // The next entry covers the lines that a crash left after the last one.
        self.report_strays(!is_lost);
    }

    /// A crash between an entry and its head leaves the head one entry behind.
    fn is_one_behind(&self, head: &ChainHead) -> bool {
        head.seq + 1 == self.last_seq && (head.seq == 0 || head.hash == self.last_prev)
    }
}

fn missing_message(first: u64, last: u64) -> String {
    if first == last {
        format!("entry {first} is missing")
    } else {
        format!("entries {first} to {last} are missing")
    }
}

/// The violation of a line that is no entry of the chain.
fn stray_message(line: &[u8]) -> &'static str {
    if line.is_empty() || line == b"\r" {
        "not an entry: an empty line"
    } else if line.contains(&0) {
        "not an entry: NUL bytes"
    } else if chain::looks_truncated(line) && !line.ends_with(b"}") {
        "the entry was cut short, and not by a crash"
    } else if chain::looks_chained(line) {
        "the entry was altered: its hash does not match"
    } else if std::str::from_utf8(line).is_err() {
        "not an entry: not UTF-8"
    } else {
        "not an entry: no hash"
    }
}
