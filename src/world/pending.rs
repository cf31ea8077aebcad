//! Actions under way, row by row.
//!
//! Must not know how they are carried out.

use crate::domain::{Outcome, PlanId, Record, Stamp, Step, Verb, time::seconds_between};
use std::sync::Arc;

/// How long the end of an action stays on its row, in seconds.
const LINGER: f64 = 20.0;
/// The same if it went wrong.
const LINGER_TROUBLE: f64 = 120.0;

/// What is being done, or was just done, to a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// By which plan.
    pub plan: PlanId,
    /// What.
    pub verb: Verb,
    /// The newest step.
    pub step: Step,
    /// When the first step was told.
    pub since: Stamp,
    /// When the newest step was told.
    pub at: Stamp,
    /// The rule that called it waste when the first step was told, and the row as it was then: so
    /// that it does not vanish from the ranking while it is being stopped.
    pub was: Option<(&'static str, Arc<Record>)>,
}

impl Pending {
    /// `known`, if it is of the same plan, after `outcome`. A step that comes late does not undo a
    /// newer one.
    pub(super) fn after(known: Option<Self>, outcome: &Outcome) -> Self {
        let Outcome {
            plan,
            verb,
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
                verb: *verb,
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
        self.is_over() && !matches!(self.step, Step::Settled | Step::Cancelled)
    }

    pub(super) fn is_stale(&self, now: Stamp) -> bool {
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
            Step::Journalled => "journalled".to_owned(),
            Step::Calling => "calling".to_owned(),
            Step::Accepted => "under way".to_owned(),
            Step::Settled => "done".to_owned(),
            Step::Cancelled => "cancelled".to_owned(),
            Step::Drifted(how) => format!("not done, {how}"),
            Step::Refused(fault) => format!("refused, {}", fault.kind.word()),
            Step::Unknown(fault) => format!("no answer, {}", fault.kind.word()),
            Step::Partly(fault) => format!("done in part, {}", fault.kind.word()),
            Step::Unsettled(how) => format!("not settled, {how}"),
        };
        format!("{}: {step}", self.verb)
    }
}
