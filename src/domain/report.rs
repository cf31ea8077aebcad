//! A poll of a source: where it reads, and what it read.

use super::{Costs, Fault, Location, PaneId, Record, Timestamp};

/// One thing that is polled by one task and has one health.
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
    /// `rows` is everything there is: rows not in it are gone. An incomplete batch adds and
    /// updates, never deletes.
    pub complete: bool,
    /// What went wrong on the way.
    pub faults: Vec<Fault>,
    /// What the bill says of the account, from the source that reads it.
    pub costs: Option<Box<Costs>>,
}
