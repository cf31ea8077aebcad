//! What takes a plan back, as far as the journal knows it: to be planned, guarded and confirmed as
//! anything else.
//!
//! Knows how a row is held against what a deed left behind.

use crate::domain::{
    ActionRequest, ApiCall, Capability, CommonFields, Expected, Observed, Operation, PlanId,
    Reason, ResourceKey, Setting, SkippedTarget, Tags, Timestamp,
    audit::{Outcome, PriorState},
};
use std::sync::Arc;

/// What takes a plan back.
#[derive(Clone, Debug, PartialEq)]
pub struct Inverse {
    /// The plan that is taken back.
    pub undoes: PlanId,
    /// What it did.
    pub done: Operation,
    /// When it was begun.
    pub at: Timestamp,
    /// Who did it.
    pub by: Arc<str>,
    /// The operation that takes it back.
    pub operation: Operation,
    /// What is asked of each resource.
    pub backs: Vec<InverseTarget>,
    /// What of the plan is not taken back, and why.
    pub left_out: Vec<SkippedTarget>,
}

/// One resource of a plan that is taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct InverseTarget {
    /// Who.
    pub key: ResourceKey,
    /// Its name then.
    pub name: Arc<str>,
    /// The profile that reached it then.
    pub profile: Arc<str>,
    /// What is asked of it.
    pub ask: ActionRequest,
    /// What the deed left, if the journal says so.
    pub left: Option<Left>,
}

/// What a deed left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The call.
    pub call: ApiCall,
    /// What it wanted to be true afterwards.
    pub expected: Expected,
    /// What was before.
    pub before: PriorState,
    /// What came of it: done, in part, or nobody knows.
    pub class: Outcome,
    /// When that was known.
    pub at: Timestamp,
}

impl InverseTarget {
    /// Whether the row changes the same: its node may be gone, the others of its instance group
    /// have the same count.
    pub fn is_shared_by(&self, head: &CommonFields) -> bool {
        let Some(Left {
            call: call @ ApiCall::ScaleGroup { .. },
            ..
        }) = &self.left
        else {
            return false;
        };
        let here = head.key.account == self.key.account && head.key.region == self.key.region;
        here && matches!(head.capability(Operation::Scale).known(), Some(Capability::Scale { call: own, .. }) if own.changes_the_same(call))
    }

    /// Whether the row still is as the deed left it: nobody's later change is taken back with it.
    /// The error says what is otherwise.
    pub fn fits(&self, head: &CommonFields) -> Result<(), Reason> {
        let Some(left) = &self.left else {
            return Ok(());
        };
        let found = left.differs(&head.observe(self.ask.operation()));
        found.map_or(Ok(()), |(what, was, is)| {
            Err(Reason::new(if head.seen < left.at {
                format!(
                    "{what} is {is} as read before that was done: once more when it was read again"
                )
            } else if left.class == Outcome::Unknown {
                format!(
                    "whether it was done is not known, and nothing of it is seen: {what} is {is}"
                )
            } else {
                format!("changed since: {what} was left at {was}, is {is} now")
            }))
        })
    }

    /// What to know before it is taken back.
    pub fn warnings(&self, head: &CommonFields) -> Vec<Reason> {
        let mut out = Vec::new();
        if self
            .left
            .as_ref()
            .is_some_and(|left| left.class == Outcome::Unknown)
        {
            out.push(Reason::new("whether it was done was never known"));
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
                "it was done by profile {}; profile {} reaches it now",
                named(&self.profile),
                named(&head.profile)
            )));
        }
        out
    }

    /// What is expected right before the call, where the row could not tell: the tags that the deed
    /// left.
    pub fn expect(&self, seen: &mut Observed) {
        let Some(Left {
            expected: Expected::Tags { set, .. },
            class: Outcome::Done,
            ..
        }) = &self.left
        else {
            return;
        };
        seen.tags.get_or_insert_with(|| set.clone());
    }
}

impl Left {
    /// What of `look` is not as it was left: what, as it was left, as it is.
    fn differs(&self, look: &Observed) -> Option<(String, String, String)> {
        // What was done in part is as before or as wanted.
        let partly = self.class == Outcome::Partly;
        match &self.expected {
            Expected::Count(count) => {
                let now = look.desired.filter(|now| now != count)?;
                Some(("its count".to_owned(), count.to_string(), now.to_string()))
            }
            Expected::Set(wanted) => {
                let now = look.setting.as_ref().filter(|now| !now.is(wanted))?;
                let is_before = self
                    .before
                    .setting
                    .as_ref()
                    .is_some_and(|before| before.is(now));
                let what = match wanted {
                    Setting::Model(_) => "its model",
                    Setting::Bounds(..) | Setting::Target { .. } => "its bounds",
                    Setting::Feedback(_) => "the answer",
                };
                (!(partly && is_before))
                    .then(|| (what.to_owned(), wanted.to_string(), now.to_string()))
            }
            Expected::Tags { set, remove } => {
                let now = look.tags.as_ref()?;
                let before = self.before.tags.as_ref().filter(|_| partly);
                set.keys().chain(remove).find_map(|key| {
                    let (is, left) = (now.get(key), set.get(key));
                    let as_before = before
                        .and_then(|before| before.get(key))
                        .is_some_and(|before| before.as_ref() == is);
                    (is != left && !as_before)
                        .then(|| (format!("tag {key}"), tagged(left), tagged(is)))
                })
            }
            // The offer says whether it runs; what goes by the clock is looked at right before the
            // call.
            Expected::Stopped
            | Expected::Running
            | Expected::Gone
            | Expected::Timed(_)
            | Expected::Timetable { .. } => None,
        }
    }
}

fn tagged(value: Option<&String>) -> String {
    value.map_or_else(|| "absent".to_owned(), Clone::clone)
}

/// The ask that gives tags back their values of before: `None` where a tag was not there.
pub fn tags_of(before: &std::collections::BTreeMap<String, Option<String>>) -> ActionRequest {
    let had = |(key, value): (&String, &Option<String>)| Some((key.clone(), value.clone()?));
    let set: Tags = before.iter().filter_map(had).collect();
    let remove = before
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(key, _)| key.clone())
        .collect();
    ActionRequest::Tag { set, remove }
}
