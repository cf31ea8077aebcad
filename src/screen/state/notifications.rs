//! Toasts, the errors list, and plans whose results are open.

use crate::domain::{Fault, Operation, PlanId, ResourceKey, SourceId, Timestamp};
use std::collections::BTreeSet;

/// The tone of a toast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Information.
    Info,
    /// Success.
    Good,
    /// Failure.
    Bad,
}

/// A short message that disappears by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Its text, printable.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
    /// When it appeared.
    pub at: Timestamp,
    /// Its plan: a later toast of the same plan replaces it.
    pub plan: Option<PlanId>,
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
    /// What failed.
    pub fault: Fault,
}

/// A submitted plan with open results.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// The operation of its targets.
    pub operation: Operation,
    /// Targets without a final status.
    pub open: BTreeSet<ResourceKey>,
    /// The number of targets.
    pub total: usize,
    /// The number of targets in their expected state.
    pub settled: usize,
}
