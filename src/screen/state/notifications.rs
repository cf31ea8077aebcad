//! Notifications: toasts, the list of errors, plans in progress.

use crate::{
    domain::{Fault, Operation, PlanId, ResourceKey, SourceId, Timestamp, text::printable},
    screen::notices::Notice,
};
use std::collections::BTreeSet;

/// A short message that disappears by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Its message.
    pub notice: Notice,
    /// When it appeared.
    pub at: Timestamp,
    /// The plan it is about: a later toast about the same plan replaces it.
    pub plan: Option<PlanId>,
}

impl Toast {
    /// Its wording without control characters.
    pub fn text(&self) -> String {
        printable(&self.notice.text()).into_owned()
    }
}

/// One line of the errors list. The same failure again raises its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorLine {
    /// The last occurrence.
    pub at: Timestamp,
    /// The number of occurrences.
    pub times: usize,
    /// The source that failed; `None` for a failure elsewhere.
    pub source: Option<SourceId>,
    /// The failure.
    pub fault: Fault,
}

/// A submitted plan with open results.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningPlan {
    /// The operation of its targets.
    pub operation: Operation,
    /// Targets without a final status.
    pub open: BTreeSet<ResourceKey>,
    /// The number of targets.
    pub total: usize,
    /// The number of targets in their expected state.
    pub settled: usize,
}
