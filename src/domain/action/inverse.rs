//! The inverse of a plan, as far as the journal records it. It is planned, guarded and confirmed
//! like any other plan.

use crate::domain::{
    ActionRequest, ApiCall, CommonFields, ExpectedState, ObservedState, Operation, Outcome, PlanId,
    Reason, ResourceKey, SkippedTarget, Timestamp, audit::PriorState,
};
use std::sync::Arc;

/// The inverse of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Inverse {
    /// The plan that is undone.
    pub undoes: PlanId,
    /// The operation of that plan.
    pub original: Operation,
    /// When that plan started.
    pub at: Timestamp,
    /// The user who ran that plan.
    pub by: Arc<str>,
    /// The operation that undoes it.
    pub operation: Operation,
    /// The resources that can be undone.
    pub targets: Vec<InverseTarget>,
    /// The resources that cannot be undone, with the reason.
    pub skipped: Vec<SkippedTarget>,
}

/// One resource of a plan that is undone.
#[derive(Clone, Debug, PartialEq)]
pub struct InverseTarget {
    /// The resource.
    pub key: ResourceKey,
    /// Its name at the time of the plan.
    pub name: Arc<str>,
    /// The profile that the plan used.
    pub profile: Arc<str>,
    /// The request that undoes the change.
    pub request: ActionRequest,
    /// The change that is undone; `None` where the journal lacks it.
    pub change: Option<PriorChange>,
}

/// A change as the journal has it: the state it started from and led to.
#[derive(Clone, Debug, PartialEq)]
pub struct PriorChange {
    /// The call.
    pub call: ApiCall,
    /// The state that it led to.
    pub expected: ExpectedState,
    /// The state before.
    pub before: PriorState,
    /// Succeeded, partial or unknown.
    pub outcome: Outcome,
    /// When the outcome was written.
    pub at: Timestamp,
}

impl InverseTarget {
    /// Whether the row is a node of the same instance group: the node of the plan may be gone.
    pub fn is_shared_by(&self, head: &CommonFields) -> bool {
        let Some(call) = self.change.as_ref().map(|change| &change.call) else {
            return false;
        };
        let here = head.key.account == self.key.account && head.key.region == self.key.region;
        let operation = call.operation();
        let own = head
            .capability(operation)
            .known()
            .and_then(|capability| operation.example(capability));
        here && call.is_shared() && own.is_some_and(|own| own.is_same_change(call))
    }

    /// Checks that the row is as the change left it, so that an undo reverts no later change. The
    /// error names the difference.
    pub fn check(&self, head: &CommonFields) -> Result<(), Reason> {
        let Some(change) = &self.change else {
            return Ok(());
        };
        let found = change.differs(&head.observe(self.request.operation));
        found.map_or(Ok(()), |(what, was, is)| {
            Err(Reason::new(if head.read_at < change.at {
                format!("{what} ({is}) was read before the change; retry after the next refresh")
            } else if change.outcome == Outcome::Unknown {
                format!("the outcome is unknown and no effect is visible: {what} is {is}")
            } else {
                format!("changed since: {what} was {was}, is now {is}")
            }))
        })
    }

    /// Warnings to show before the undo is confirmed.
    pub fn warnings(&self, head: &CommonFields) -> Vec<Reason> {
        let mut out = Vec::new();
        if self
            .change
            .as_ref()
            .is_some_and(|change| change.outcome == Outcome::Unknown)
        {
            out.push(Reason::new("the outcome of the original change is unknown"));
        }
        if self.profile != head.profile {
            let named = |profile: &Arc<str>| {
                if profile.is_empty() {
                    "default".to_owned()
                } else {
                    profile.to_string()
                }
            };
            out.push(Reason::new(format!(
                "done with profile {}; profile {} is used now",
                named(&self.profile),
                named(&head.profile)
            )));
        }
        out
    }

    /// Completes `seen` with the tags that the change left, where the row has none.
    pub fn expect(&self, seen: &mut ObservedState) {
        let Some(PriorChange {
            expected: ExpectedState::Tags { set, .. },
            outcome: Outcome::Succeeded,
            ..
        }) = &self.change
        else {
            return;
        };
        seen.tags.get_or_insert_with(|| set.clone());
    }
}

impl PriorChange {
    /// The first difference between `look` and the state that the change led to: what differs, the
    /// value then, the value now.
    fn differs(&self, look: &ObservedState) -> Option<(String, String, String)> {
        // After a partial change each part may be as before or as expected.
        let partial = self.outcome == Outcome::Partial;
        match &self.expected {
            ExpectedState::Count(count) => {
                let now = look.desired.filter(|now| now != count)?;
                Some(("its count".to_owned(), count.to_string(), now.to_string()))
            }
            ExpectedState::Set(wanted) => {
                let now = look.setting.as_ref().filter(|now| !now.is(wanted))?;
                let is_before = self
                    .before
                    .setting
                    .as_ref()
                    .is_some_and(|before| before.is(now));
                let what = format!("its {}", wanted.noun());
                (!(partial && is_before)).then(|| (what, wanted.to_string(), now.to_string()))
            }
            ExpectedState::Tags { set, remove } => {
                let now = look.tags.as_ref()?;
                let before = self.before.tags.as_ref().filter(|_| partial);
                set.keys().chain(remove).find_map(|key| {
                    let (is, left) = (now.get(key), set.get(key));
                    let as_before = before
                        .and_then(|before| before.get(key))
                        .is_some_and(|before| before.as_ref() == is);
                    (is != left && !as_before)
                        .then(|| (format!("tag {key}"), tagged(left), tagged(is)))
                })
            }
            // The capability shows whether it runs; scheduled actions are described right before
            // the call.
            ExpectedState::Stopped
            | ExpectedState::Running
            | ExpectedState::Gone
            | ExpectedState::ScheduledActions(_)
            | ExpectedState::RestoredSchedule { .. } => None,
        }
    }
}

fn tagged(value: Option<&String>) -> String {
    value.map_or_else(|| "absent".to_owned(), Clone::clone)
}
