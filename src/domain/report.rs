//! A poll of a source: its place, and the rows it read.

use super::{Costs, Fault, Location, Note, PaneId, Record, Timestamp, WatchUse};

/// The identity of a source: one task polls it, and it has one health.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId {
    /// The pane it feeds.
    pub pane: PaneId,
    /// Its place. For a source of [`super::SourceScope::Account`], the region that its requests go
    /// to.
    pub place: Location,
}

/// The outcome of one poll of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The source.
    pub source: SourceId,
    /// When it was taken.
    pub at: Timestamp,
    /// The rows read.
    pub rows: Vec<Record>,
    /// Resources without a row that cost something in the last days: terminated, deleted, or ended
    /// long ago.
    pub ended: Vec<Record>,
    /// `rows` is everything there is: other rows of the source are gone. An incomplete report adds
    /// and updates, never deletes.
    pub complete: bool,
    /// The requests that failed.
    pub faults: Vec<Fault>,
    /// Facts that a person should know although nothing failed.
    pub notes: Vec<Note>,
    /// The costs on the bill of the account, from the source that reads them.
    pub costs: Option<Box<Costs>>,
    /// How current `rows` are.
    pub freshness: Freshness,
    /// The cost of watching the account so far.
    pub watch: Option<Box<WatchUse>>,
}

/// How current the rows of a report are. A source reports the known rows again after a failed poll:
/// only this type distinguishes them from an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// When AWS last listed the rows; `None`: never.
    pub listed: Option<Timestamp>,
    /// Whether the last try to list them brought nothing.
    pub is_failing: bool,
    /// Whether the rows differ from those of the last report: this poll read something, or the
    /// earlier rows are known to be out of date.
    pub is_new: bool,
    /// Whether the next poll reads more rows: this one stopped early, to show the first ones soon.
    pub is_partial: bool,
    /// How the requests of this poll ended.
    pub outcome: PollOutcome,
}

/// The result of the requests of one poll, which determines the time of the next poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PollOutcome {
    /// Nothing failed that the next poll would mend.
    #[default]
    Good,
    /// No request was sent: the credentials are being loaded.
    Pending,
    /// A part failed, or AWS denies all of it.
    Failed,
    /// Nothing was read, for a temporary reason.
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
