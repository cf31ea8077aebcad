//! A poll of a source: where it reads, and what it read.

use super::{Costs, Fault, Location, Note, PaneId, Record, Timestamp};

/// The identity of a source: one task polls it, and it has one health.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId {
    /// The pane it feeds.
    pub pane: PaneId,
    /// Where. For a source of [`super::SourceScope::Account`], the region it is asked in.
    pub place: Location,
}

/// The outcome of one poll of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Whose.
    pub source: SourceId,
    /// When it was taken.
    pub at: Timestamp,
    /// What was read.
    pub rows: Vec<Record>,
    /// What no longer is a row and cost something in the last days: terminated, deleted, or over
    /// long ago.
    pub ended: Vec<Record>,
    /// `rows` is everything there is: rows not in it are gone. An incomplete batch adds and
    /// updates, never deletes.
    pub complete: bool,
    /// What went wrong on the way.
    pub faults: Vec<Fault>,
    /// What is worth knowing although nothing failed.
    pub notes: Vec<Note>,
    /// The costs on the bill of the account, from the source that reads them.
    pub costs: Option<Box<Costs>>,
    /// How current `rows` are.
    pub freshness: Freshness,
}

/// How current the rows of a report are. A source keeps the rows of a failed poll and reports them
/// again: only this tells them from an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// When AWS last listed the rows; `None`: never.
    pub listed: Option<Timestamp>,
    /// Whether the last try to list them brought nothing.
    pub is_failing: bool,
    /// Whether the rows are others than those of the last report: this poll read something, or what
    /// was read before is known to be out of date.
    pub is_new: bool,
    /// Whether the next poll reads more rows: this one left some, to bring the first ones early.
    pub is_partial: bool,
    /// How the requests of this poll ended.
    pub outcome: PollOutcome,
}

/// How the requests of one poll ended, which says when the next one is worth it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PollOutcome {
    /// Nothing failed that the next poll would mend.
    #[default]
    Good,
    /// AWS was not asked: the credentials are being loaded.
    Pending,
    /// A part failed, or AWS denies all of it.
    Failed,
    /// Nothing was read, for a reason that passes.
    Outage,
}

impl Freshness {
    /// AWS listed the rows at `at`, in this poll.
    pub fn listed(at: Timestamp) -> Self {
        Self {
            listed: Some(at),
            is_failing: false,
            is_new: true,
            is_partial: false,
            outcome: PollOutcome::Good,
        }
    }

    /// This poll brought nothing; `listed` is when AWS last listed the rows.
    pub fn failed(listed: Option<Timestamp>) -> Self {
        Self {
            listed,
            is_failing: true,
            is_new: false,
            is_partial: false,
            outcome: PollOutcome::Outage,
        }
    }
}
