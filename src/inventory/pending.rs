//! Actions under way, row by row.

use crate::domain::{
    ActionStatus, Operation, PlanId, Record, StatusUpdate, Timestamp,
    time::timestamp::seconds_between,
};
use std::sync::Arc;

/// How long the end of an action stays on its row, in seconds.
const LINGER: f64 = 20.0;
/// The same if it went wrong.
const LINGER_TROUBLE: f64 = 120.0;

/// What is being done, or was just done, to a row.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingAction {
    /// By which plan.
    pub plan: PlanId,
    /// What.
    pub operation: Operation,
    /// The newest step.
    pub step: ActionStatus,
    /// When the first step was told.
    pub since: Timestamp,
    /// When the newest step was told.
    pub at: Timestamp,
    /// The rule that called it waste when the first step was told, and the row as it was then: so
    /// that it does not vanish from the ranking while it is being stopped.
    pub was: Option<(&'static str, Arc<Record>)>,
}

impl PendingAction {
    /// `known`, if it is of the same plan, after `outcome`. A step that comes late does not undo a
    /// newer one.
    pub(super) fn after(known: Option<Self>, outcome: &StatusUpdate) -> Self {
        let StatusUpdate {
            plan,
            operation,
            at,
            step,
            ..
        } = outcome;
        match known {
            Some(known) if known.at > *at => known,
            Some(known) if known.plan == *plan && known.step.is_last() && !step.is_last() => known,
            Some(known) if known.plan == *plan => Self {
                step: step.clone(),
                at: *at,
                ..known
            },
            _ => Self {
                plan: plan.clone(),
                operation: *operation,
                step: step.clone(),
                since: *at,
                at: *at,
                was: None,
            },
        }
    }

    /// It is over.
    pub fn is_over(&self) -> bool {
        self.step.is_last()
    }

    /// It is over and did not bring what was wanted.
    pub fn is_trouble(&self) -> bool {
        self.is_over() && !matches!(self.step, ActionStatus::Settled | ActionStatus::Cancelled)
    }

    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        self.is_over()
            && seconds_between(self.at, now)
                > if self.is_trouble() {
                    LINGER_TROUBLE
                } else {
                    LINGER
                }
    }

    /// In a few words, for the row: `stop: accepted`.
    pub fn text(&self) -> String {
        let step = match &self.step {
            ActionStatus::Journalled => "journalled".to_owned(),
            ActionStatus::Calling => "calling".to_owned(),
            ActionStatus::Accepted => "under way".to_owned(),
            ActionStatus::Settled => "done".to_owned(),
            ActionStatus::Cancelled => "cancelled".to_owned(),
            ActionStatus::Drifted(how) => format!("not done, {how}"),
            ActionStatus::Refused(fault) => format!("refused, {}", fault.kind.word()),
            ActionStatus::Unknown(fault) => format!("no answer, {}", fault.kind.word()),
            ActionStatus::Partly(fault) => format!("done in part, {}", fault.kind.word()),
            ActionStatus::Unsettled(how) => format!("not settled, {how}"),
        };
        format!("{}: {step}", self.operation)
    }
}
