//! The chain, line by line: what is wrong with it.

use super::{
    chain::{self, ChainHead, ChainLink},
    reader,
    verify::{VerifyReport, Violation},
    violation::{Problem, Violations},
};

/// What is said of a line that a crash cut short.
const TORN: &str = "cut short in the middle of writing";

/// A check under way.
#[derive(Default)]
pub(super) struct ChainChecker {
    verdict: VerifyReport,
    breaches: Violations,
    /// The number of the last line before what is read.
    before: u64,
    /// The line of the chain with the highest number so far, and where it stands.
    last: Option<(ChainLink, (String, usize))>,
    /// A file whose name tells of another last line than it has: its name, that line's number, and
    /// its own last line's.
    renamed: Option<(String, u64, u64)>,
    /// The file that is read has lines of its own.
    grown: bool,
    /// Where reading is.
    at: (String, usize),
    /// All bytes before the chain begins.
    prefix: Vec<u8>,
    /// Lines since the last one of the chain that are none, and where they stand.
    strange: Vec<((String, usize), Vec<u8>)>,
    /// The last line has no newline.
    cut: bool,
}

impl ChainChecker {
    /// Of what stands after line `before`; 0 for all of it.
    pub(super) fn after(before: u64) -> Self {
        Self {
            before,
            ..Self::default()
        }
    }

    /// What was found, with what is odd about files.
    pub(super) fn verdict(self, oddities: Vec<(String, String)>) -> VerifyReport {
        let mut verdict = self.verdict;
        verdict.breaches = self.breaches.told();
        verdict
            .breaches
            .extend(oddities.into_iter().map(|(file, what)| Violation {
                file,
                line: 0,
                what,
            }));
        verdict
    }

    /// The next file.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8], is_last: bool) {
        self.verdict.files += usize::from(!bytes.is_empty());
        self.at = (name.to_owned(), 0);
        self.grown = false;
        for (place, line) in reader::split(bytes).enumerate() {
            self.at.1 = place + 1;
            // What an editor or a transfer did to the line's end is told as that, not as another
            // line.
            let unix = line
                .strip_suffix(b"\r")
                .filter(|line| chain::link(line).is_some());
            if unix.is_some() {
                self.breach(Problem::Converted);
            }
            match chain::link(unix.unwrap_or(line)) {
                Some(link) => self.link(link),
                None => self.strange.push((self.at.clone(), line.to_vec())),
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
            self.breach(Problem::Text("the end of the file is missing".to_owned()));
        }
    }

    /// A file that was put away bears the number of its last line.
    pub(super) fn name(&mut self, file: &str, seq: u64) {
        let last = self.last.as_ref().map_or(0, |(link, _)| link.seq);
        if seq != last && self.grown && self.strange.is_empty() {
            self.renamed = Some((file.to_owned(), seq, last));
        }
    }

    fn breach(&mut self, what: Problem) {
        self.breaches.add(&self.at, what);
    }

    fn link(&mut self, link: ChainLink) {
        self.verdict.lines += 1;
        let Some((last, last_at)) = self.last.take() else {
            return self.first(link);
        };
        if link.seq <= last.seq {
            let seq = link.seq;
            self.breaches.add(
                &self.at,
                Problem::Again {
                    from: seq,
                    to: seq,
                    after: last.seq,
                },
            );
            self.last = Some((last, last_at));
            return;
        }
        let follows = Some(link.seq) == last.seq.checked_add(1);
        if let Some((file, named, number)) = self.renamed.take()
            && follows
        {
            self.breaches.add(
                &(file, 0),
                Problem::Renamed {
                    named,
                    last: number,
                },
            );
        }
        if follows && link.prev != last.hash {
            let what = format!(
                "line {} was replaced: the line after it tells of another one",
                last.seq
            );
            self.breaches.add(&last_at, Problem::Text(what));
        }
        let vouched = follows && link.torn == self.torn();
        if !follows {
            self.gap(last.seq + 1, link.seq - 1);
        }
        let torn = link.torn.is_some();
        self.settle_strange(vouched);
        if follows && !vouched && torn {
            self.breach(Problem::Text(
                "a line that was cut short stood before this one, and was altered or removed"
                    .to_owned(),
            ));
        }
        self.take(link);
    }

    /// The new last line.
    fn take(&mut self, link: ChainLink) {
        if let Some(broken) = &link.broken {
            self.breach(Problem::Text(format!(
                "when this line was written, {broken}"
            )));
        }
        self.grown = true;
        self.last = Some((link, self.at.clone()));
    }

    /// Lines `from` to `to` are not there as they were written: altered ones that tell their number
    /// are told as that.
    fn gap(&mut self, from: u64, to: u64) {
        let altered = self
            .strange
            .iter()
            .filter_map(|(_, line)| chain::number(line))
            .collect();
        self.breaches.missing(&self.at, from, to, &altered);
    }

    fn first(&mut self, link: ChainLink) {
        if self.before > 0 {
            let follows = Some(link.seq) == self.before.checked_add(1);
            let vouched = follows && link.torn == self.torn();
            if link.seq <= self.before {
                self.breaches.add(
                    &self.at,
                    Problem::Again {
                        from: link.seq,
                        to: link.seq,
                        after: self.before,
                    },
                );
            } else if !follows {
                self.gap(self.before + 1, link.seq - 1);
            }
            self.settle_strange(vouched);
        } else if link.seq != 1 {
            self.gap(1, link.seq.saturating_sub(1));
            let strange = self.strange.len();
            self.strange.retain(|(_, line)| chain::looks_chained(line));
            self.verdict.before = (strange - self.strange.len()) as u64;
            self.settle_strange(false);
        } else if link.prev == chain::digest([self.prefix.as_slice()]) {
            self.before_the_chain();
        } else {
            self.breach(Problem::Text(
                "what stood before the chain was altered".to_owned(),
            ));
            self.strange.clear();
        }
        self.take(link);
    }

    /// Before the first line of the chain stands what earlier versions wrote, or a first line that
    /// was cut short; never a whole line of it.
    fn before_the_chain(&mut self) {
        for (at, line) in std::mem::take(&mut self.strange) {
            if chain::looks_chained(&line) && !chain::looks_torn(&line) {
                self.breaches.add(&at, Problem::Altered);
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
        for (at, line) in std::mem::take(&mut self.strange) {
            if vouched && chain::looks_torn(&line) {
                let (file, line) = at;
                self.verdict.torn.push(Violation {
                    file,
                    line,
                    what: TORN.to_owned(),
                });
            } else {
                self.breaches.add(&at, Problem::of_strange(&line));
            }
        }
    }

    /// The head, after the last file.
    pub(super) fn end(&mut self, head: Option<&[u8]>, name: &str) {
        let told = head.and_then(ChainHead::read);
        let beside = (name.to_owned(), 0);
        let last = self.last.take();
        if head.is_some() && told.is_none() {
            self.breaches.add(
                &beside,
                Problem::Text("it was altered: lines at the end may be missing".to_owned()),
            );
        }
        let Some((last, last_at)) = last else {
            match told {
                Some(told) if told.seq > self.before => self.gap(self.before + 1, told.seq),
                _ => {}
            }
            return if self.before > 0 {
                self.settle_strange(true);
            } else {
                self.before_the_chain();
            };
        };
        // What a crash left after the last line of the chain is vouched for by the next line; what
        // had its head was whole.
        let lost = told.as_ref().is_some_and(|told| told.seq > last.seq);
        match told {
            None if head.is_some() => {}
            None => {
                let what = format!(
                    "it is missing: lines after line {} may be missing too",
                    last.seq
                );
                self.breaches.add(&beside, Problem::Text(what));
            }
            Some(told) if told == last.head() => {
                if let Some((file, named, number)) = self.renamed.take() {
                    self.breaches.add(
                        &(file, 0),
                        Problem::Renamed {
                            named,
                            last: number,
                        },
                    );
                }
                // A line whose head was written had its newline before.
                if self.cut && self.strange.is_empty() {
                    self.breaches.add(
                        &last_at,
                        Problem::Text("the end of the last line is missing".to_owned()),
                    );
                }
            }
            Some(told) if told.seq > last.seq => self.gap(last.seq + 1, told.seq),
            Some(told)
                if told.seq.checked_add(1) == Some(last.seq)
                    && (told.seq == 0 || told.hash == last.prev) =>
            {
                let what = format!(
                    "{name} does not tell of this line yet, as after a crash right behind it"
                );
                self.verdict.torn.push(Violation {
                    file: last_at.0,
                    line: last_at.1,
                    what,
                });
            }
            Some(told) if told.seq == last.seq => {
                self.breaches.add(
                    &last_at,
                    Problem::Text(format!(
                        "this last line was replaced: {name} tells of another one"
                    )),
                );
            }
            Some(told) => {
                let what = format!(
                    "it tells of line {}, but line {} is the last: it was put back",
                    told.seq, last.seq
                );
                self.breaches.add(&beside, Problem::Text(what));
            }
        }
        self.settle_strange(!lost);
    }
}
