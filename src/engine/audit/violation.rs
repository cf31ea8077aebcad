//! What is found wrong with a journal, gathered so that one deed of a hand is one sentence.

use super::{chain, verify::Violation};
use std::collections::BTreeSet;

/// Where something stands: the file and the line's place in it, from 1; 0 for the file as a whole.
pub(super) type Position = (String, usize);

/// What is wrong somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The line's hash does not fit.
    Altered,
    /// The beginning of a line, where no crash left one.
    Cut,
    /// It is no line of the journal, because.
    Foreign(&'static str),
    /// It ends with CR LF.
    Converted,
    /// Lines of the chain with these numbers that belong before the one that stood `after` them.
    Again { from: u64, to: u64, after: u64 },
    /// A file's name says that it ends with line `named`; it ends with `last`.
    Renamed { named: u64, last: u64 },
    /// Lines with these numbers should stand before it.
    Missing(Vec<(u64, u64)>),
    /// Anything else.
    Text(String),
}

impl Problem {
    /// Of a line that is not in the chain.
    pub(super) fn of_strange(line: &[u8]) -> Self {
        if line.is_empty() || line == b"\r" {
            Self::Foreign("an empty line")
        } else if line.contains(&0) {
            Self::Foreign("NUL bytes")
        } else if chain::looks_torn(line) && !line.ends_with(b"}") {
            Self::Cut
        } else if chain::looks_chained(line) {
            Self::Altered
        } else if std::str::from_utf8(line).is_err() {
            Self::Foreign("bytes that are no text")
        } else {
            Self::Foreign("a line without a hash")
        }
    }
}

/// Something wrong, and where.
#[derive(Clone, Debug)]
struct LocatedProblem {
    at: Position,
    /// So many lines from there on.
    lines: usize,
    what: Problem,
}

impl LocatedProblem {
    fn breach(&self) -> Violation {
        Violation {
            file: self.at.0.clone(),
            line: self.at.1,
            what: self.said(),
        }
    }

    /// In one sentence.
    fn said(&self) -> String {
        let many = self.lines;
        let more = if many > 1 {
            format!(" (and the {} after it)", many - 1)
        } else {
            String::new()
        };
        match &self.what {
            Problem::Altered => format!("this line{more} was altered: its hash does not fit"),
            Problem::Cut => format!("this line{more} is cut short, and no crash left it so"),
            Problem::Foreign(what) => format!("{what}{more}: put in here, not of the journal"),
            Problem::Converted => {
                format!("this line{more} ends with CR LF: an editor or a transfer converted it")
            }
            Problem::Again { from, to, after } => {
                let range = [(*from, *to)];
                format!(
                    "{} {} put in here after line {after}: moved or repeated",
                    named(&range),
                    operation(&range, "was", "were")
                )
            }
            Problem::Renamed { named, last } => {
                format!("it was renamed: it ends with line {last}, not with line {named}")
            }
            Problem::Missing(ranges) => {
                format!(
                    "{} {} missing",
                    named(ranges),
                    operation(ranges, "is", "are")
                )
            }
            Problem::Text(text) => text.clone(),
        }
    }

    /// Whether `next` goes on with the same, and is taken in.
    fn takes(&mut self, at: &Position, next: &Problem) -> bool {
        if self.at.0 != at.0 || self.at.1 == 0 || self.at.1 + self.lines != at.1 {
            return false;
        }
        let same = match (&mut self.what, next) {
            (
                Problem::Again { to, after, .. },
                Problem::Again {
                    from, after: then, ..
                },
            ) if *to + 1 == *from && after == then => {
                *to += 1;
                true
            }
            (Problem::Altered, Problem::Altered) | (Problem::Converted, Problem::Converted) => true,
            (Problem::Foreign(one), Problem::Foreign(other)) => one == other,
            _ => false,
        };
        self.lines += usize::from(same);
        same
    }
}

/// Everything found, in the order it was found in.
#[derive(Clone, Debug, Default)]
pub(super) struct Violations(Vec<LocatedProblem>);

impl Violations {
    pub(super) fn add(&mut self, at: &Position, what: Problem) {
        let kind = std::mem::discriminant(&what);
        // Converted lines may be altered too: what is told between does not part a run.
        let run = self
            .0
            .iter_mut()
            .rev()
            .take(2)
            .find(|found| std::mem::discriminant(&found.what) == kind);
        if !run.is_some_and(|found| found.takes(at, &what)) {
            self.0.push(LocatedProblem {
                at: at.clone(),
                lines: 1,
                what,
            });
        }
    }

    /// The lines `from` to `to` should stand before `at`; those that are `there`, altered, are told
    /// as that.
    pub(super) fn missing(&mut self, at: &Position, from: u64, to: u64, there: &BTreeSet<u64>) {
        let left = there
            .iter()
            .fold(vec![(from, to)], |left, seq| without(left, *seq, *seq));
        if !left.is_empty() {
            self.add(at, Problem::Missing(left));
        }
    }

    /// What is told: a line that is missing in one place and stands in another was moved, and is
    /// told once.
    pub(super) fn told(mut self) -> Vec<Violation> {
        let moved: Vec<(u64, u64)> = self
            .0
            .iter()
            .filter_map(|found| {
                if let Problem::Again { from, to, .. } = found.what {
                    Some((from, to))
                } else {
                    None
                }
            })
            .collect();
        for found in &mut self.0 {
            if let Problem::Missing(ranges) = &mut found.what {
                *ranges = moved
                    .iter()
                    .fold(std::mem::take(ranges), |left, (from, to)| {
                        without(left, *from, *to)
                    });
            }
        }
        self.0
            .retain(|found| found.what != Problem::Missing(Vec::new()));
        self.0.iter().map(LocatedProblem::breach).collect()
    }
}

/// `ranges` without the numbers `from` to `to`.
fn without(ranges: Vec<(u64, u64)>, from: u64, to: u64) -> Vec<(u64, u64)> {
    let parts = |(first, last): (u64, u64)| {
        if to < first || last < from {
            return [Some((first, last)), None];
        }
        [
            (first < from).then(|| (first, from - 1)),
            (to < last).then(|| (to + 1, last)),
        ]
    };
    ranges.into_iter().flat_map(parts).flatten().collect()
}

/// `line 7`, `lines 7 to 9`, `lines 5 and 7 to 9`.
fn named(ranges: &[(u64, u64)]) -> String {
    let one = |(from, to): &(u64, u64)| {
        if from == to {
            from.to_string()
        } else {
            format!("{from} to {to}")
        }
    };
    let all = ranges.iter().map(one).collect::<Vec<_>>().join(" and ");
    let noun = if matches!(ranges, [(from, to)] if from == to) {
        "line"
    } else {
        "lines"
    };
    format!("{noun} {all}")
}

/// The operation to it.
fn operation(ranges: &[(u64, u64)], one: &'static str, many: &'static str) -> &'static str {
    if matches!(ranges, [(from, to)] if from == to) {
        one
    } else {
        many
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_and_cut() {
        assert_eq!(named(&[(7, 7)]), "line 7");
        assert_eq!(named(&[(5, 5), (7, 9)]), "lines 5 and 7 to 9");
        for (from, to, left) in [
            (1, 9, vec![]),
            (3, 5, vec![(1, 2), (6, 9)]),
            (0, 1, vec![(2, 9)]),
            (9, u64::MAX, vec![(1, 8)]),
        ] {
            assert_eq!(without(vec![(1, 9)], from, to), left);
        }
    }
}
