//! What the engine tells the screen: readings of a source, and the steps of an action.

use super::{Costs, Fault, Location, Operation, PaneId, PlanId, Record, ResourceKey, Timestamp};
use std::sync::Arc;

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

/// A step of an action on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionStatus {
    /// The intent is in the journal, on disk.
    Journalled,
    /// The call is being made.
    Calling,
    /// AWS accepted the call; the change is under way.
    Accepted,
    /// A fresh describe shows what was wanted.
    Settled,
    /// Not called: the resource is not as the plan saw it.
    Drifted(Arc<str>),
    /// Not called: cancelled before its turn.
    Cancelled,
    /// AWS said no, or the journal could not be written. Nothing was changed.
    Refused(Fault),
    /// No answer: it may have happened. Described again, never called again.
    Unknown(Fault),
    /// Some of its requests were carried out, the one named was not, or nobody knows.
    Partly(Fault),
    /// Accepted, but not as wanted within the time watched.
    Unsettled(Arc<str>),
}

impl ActionStatus {
    /// No further step of this target follows.
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Journalled | Self::Calling | Self::Accepted)
    }
}

/// A step, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Of which plan.
    pub plan: PlanId,
    /// On which resource.
    pub key: ResourceKey,
    /// Its name, for the toast.
    pub name: Arc<str>,
    /// Doing what.
    pub operation: Operation,
    /// When.
    pub at: Timestamp,
    /// Which step.
    pub step: ActionStatus,
}
