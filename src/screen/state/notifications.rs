//! What is told: messages that go away, failures that are listed, plans under way.

use crate::domain::{Fault, Operation, PlanId, ResourceKey, SourceId, Timestamp};
use std::collections::BTreeSet;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// For information.
    Info,
    /// It went well.
    Good,
    /// It did not.
    Bad,
}

/// A short message that goes away by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// What it says, fit to print.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    /// When it came up.
    pub at: Timestamp,
    /// The plan it tells of: a later one of the same plan takes its place.
    pub plan: Option<PlanId>,
}

/// One line of the errors list. The same failure again raises its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorLine {
    /// When it happened last.
    pub at: Timestamp,
    /// How often.
    pub times: usize,
    /// The source that failed, if it was one.
    pub source: Option<SourceId>,
    /// What failed.
    pub fault: Fault,
}

/// A plan that was sent off and is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// What it does.
    pub operation: Operation,
    /// Targets whose last step has not come.
    pub open: BTreeSet<ResourceKey>,
    /// Targets in all.
    pub total: usize,
    /// Targets that are as wanted.
    pub settled: usize,
}
