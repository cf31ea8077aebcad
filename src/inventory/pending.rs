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

/// The action under way on a row, or the one that just ended.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingAction {
    /// The plan.
    pub plan: PlanId,
    /// The operation.
    pub operation: Operation,
    /// The newest status.
    pub status: ActionStatus,
    /// When the first status was reached.
    pub since: Timestamp,
    /// When the newest status was reached.
    pub at: Timestamp,
    /// The rule that found waste at the first status, and the row at that time: the row stays in
    /// the ranking while the action runs.
    pub was: Option<(&'static str, Arc<Record>)>,
}

impl PendingAction {
    /// Applies `update` to `known`. A late status does not replace a newer one.
    pub(super) fn after(known: Option<Self>, update: &StatusUpdate) -> Self {
        let StatusUpdate {
            plan,
            operation,
            at,
            status,
            ..
        } = update;
        match known {
            Some(known) if known.at > *at => known,
            Some(known) if known.plan == *plan && known.status.is_final() && !status.is_final() => {
                known
            }
            Some(known) if known.plan == *plan => Self {
                status: status.clone(),
                at: *at,
                ..known
            },
            _ => Self {
                plan: plan.clone(),
                operation: *operation,
                status: status.clone(),
                since: *at,
                at: *at,
                was: None,
            },
        }
    }

    /// Its status is final.
    pub fn is_over(&self) -> bool {
        self.status.is_final()
    }

    /// It ended otherwise than expected.
    pub fn is_trouble(&self) -> bool {
        self.status.kind().is_trouble()
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

    /// For the row: `stop: accepted, under way`.
    pub fn text(&self) -> String {
        format!("{}: {}", self.operation, self.status.describe())
    }
}
