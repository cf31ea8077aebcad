//! What takes a plan back, as far as the journal knows it, or why nothing does.
//!
//! Only knowledge: whether the world still is as it was left is found out by the plan that is made
//! of it.

#[cfg(test)]
mod tests;

use crate::domain::{
    ActionRequest, ApiCall, Inverse, Operation, PlanId, Reason, ResourceKey, ScheduleRestore,
    Setting, SkippedTarget, Timestamp,
    action::inverse::{InverseTarget, Left, tags_of},
    audit::{AuditEntry, AuditEvent, Outcome, PriorState},
};
use std::collections::{BTreeMap, HashMap};

/// Whose deed is taken back.
#[derive(Clone, Copy, Debug)]
pub enum UndoScope<'a> {
    /// The newest plan of this user (of anyone, where there is none) of which something was done
    /// and not taken back yet.
    Newest(Option<&'a str>),
    /// This plan.
    Plan(&'a PlanId),
    /// The newest deed on this resource that is not taken back yet.
    Resource(&'a ResourceKey),
}

/// One resource of one plan, as the journal has it.
#[derive(Clone, Copy, Debug)]
struct TargetHistory<'a> {
    intent: &'a AuditEntry,
    /// What it was right before the call, if that was seen.
    before: &'a PriorState,
    /// When it was known what came of it.
    at: Timestamp,
    /// What came of it; `None`: there is no result.
    class: Option<Outcome>,
}

impl TargetHistory<'_> {
    /// It was done, in whole or in part, as far as is known.
    fn is_done(&self) -> bool {
        matches!(self.class, Some(Outcome::Done | Outcome::Partly))
    }

    /// It was done, or may have been.
    fn may_be_done(&self) -> bool {
        self.is_done() || matches!(self.class, None | Some(Outcome::Unknown))
    }

    /// Whether this one took `other` back.
    fn took_back(&self, other: &Self) -> bool {
        self.is_done()
            && self.intent.undoes.as_ref() == Some(&other.intent.plan)
            && self.is_about(other)
    }

    /// The same resource, or the same group of instances by way of another of its nodes.
    fn is_about(&self, other: &Self) -> bool {
        let group = |line: &AuditEntry| match line.deed.as_ref().map(|deed| &deed.call) {
            Some(ApiCall::ScaleGroup { cluster, group, .. }) => {
                Some((cluster.clone(), group.clone()))
            }
            _ => None,
        };
        let key = self.intent.id == other.intent.id && self.intent.key() == other.intent.key();
        key || group(self.intent).is_some_and(|own| group(other.intent) == Some(own))
    }

    /// What it is called, for a reason: `stop dev-box`.
    fn told(&self) -> String {
        format!("{} {}", self.intent.operation, self.intent.called())
    }
}

/// What takes `which` back. What takes back an undo does again what was undone.
pub fn inverse(lines: &[AuditEntry], which: UndoScope<'_>) -> Result<Inverse, Reason> {
    let deeds = deeds(lines);
    let mut undone: BTreeMap<&PlanId, Vec<&TargetHistory<'_>>> = BTreeMap::new();
    for deed in &deeds {
        undone
            .entry(deed.intent.undoes.as_ref().unwrap_or(&deed.intent.plan))
            .or_default()
            .push(deed);
    }
    let taken_back = |deed: &TargetHistory<'_>| {
        undone
            .get(&deed.intent.plan)
            .is_some_and(|later| later.iter().any(|one| one.took_back(deed)))
    };
    let asked: Vec<&TargetHistory<'_>> =
        deeds.iter().filter(|deed| is_asked(deed, which)).collect();
    let Some(newest) = asked
        .iter()
        .rev()
        .find(|deed| deed.may_be_done() && !taken_back(deed))
    else {
        return Err(nothing(&asked, which));
    };
    let mut found = Inverse {
        undoes: newest.intent.plan.clone(),
        done: newest.intent.operation,
        at: newest.intent.at,
        by: newest.intent.actor().into(),
        operation: newest.intent.operation,
        backs: Vec::new(),
        left_out: Vec::new(),
    };
    for deed in asked.iter().filter(|deed| deed.intent.plan == found.undoes) {
        let way = if taken_back(deed) {
            Err(Reason::new("it is taken back already"))
        } else {
            back(deed)
        };
        match way {
            Ok(back) => {
                found.operation = back.ask.operation();
                found.backs.push(back);
            }
            Err(why) => found.left_out.push(SkippedTarget {
                key: deed.intent.key(),
                name: deed.intent.called().clone(),
                why,
            }),
        }
    }
    if found.backs.is_empty() {
        let of_many = if found.left_out.len() > 1 {
            format!("none of {}: ", found.left_out.len())
        } else {
            String::new()
        };
        let why = found
            .left_out
            .iter()
            .find(|one| one.key == newest.intent.key())
            .map_or_else(String::new, |one| one.why.to_string());
        return Err(Reason::new(format!("{of_many}{}: {why}", newest.told())));
    }
    Ok(found)
}

fn is_asked(deed: &TargetHistory<'_>, which: UndoScope<'_>) -> bool {
    match which {
        UndoScope::Newest(user) => user.is_none_or(|user| *deed.intent.by == *user),
        UndoScope::Plan(plan) => deed.intent.plan == *plan,
        UndoScope::Resource(key) => deed.intent.id == key.id && deed.intent.key() == *key,
    }
}

/// Why there is nothing to take back.
fn nothing(asked: &[&TargetHistory<'_>], which: UndoScope<'_>) -> Reason {
    let place = match which {
        UndoScope::Newest(_) => String::new(),
        UndoScope::Plan(plan) => format!(" of plan {plan}"),
        UndoScope::Resource(_) => " to it".to_owned(),
    };
    let done = asked.iter().rev().find(|deed| deed.is_done());
    Reason::new(match (done, asked.last(), which) {
        (Some(last), ..) => format!(
            "nothing is left of it: {} is taken back already",
            last.told()
        ),
        (None, Some(last), _) => {
            format!("nothing was done{place}: {}: {}", last.told(), ended(last))
        }
        (None, None, UndoScope::Newest(Some(_))) => "nothing was done yet by you".to_owned(),
        (None, None, UndoScope::Plan(_)) => format!("nothing{place} is in the journal"),
        (None, None, _) => format!("nothing was done{place} yet"),
    })
}

/// How a deed ended of which nothing was done.
fn ended(deed: &TargetHistory<'_>) -> &'static str {
    match deed.class {
        Some(Outcome::Denied) => "it was denied",
        Some(Outcome::Throttled) => "AWS took no more requests",
        Some(Outcome::Expired) => "the credentials were expired",
        Some(Outcome::Refused) => "AWS refused it",
        _ => "it was not done",
    }
}

/// Each intent with what came of it, in the order of intents.
fn deeds(lines: &[AuditEntry]) -> Vec<TargetHistory<'_>> {
    let mut deeds: Vec<TargetHistory<'_>> = Vec::new();
    let mut places: HashMap<(&PlanId, ResourceKey), usize> = HashMap::new();
    for line in lines {
        let name = (&line.plan, line.key());
        if line.step == AuditEvent::Intent {
            places.insert(name, deeds.len());
            deeds.push(TargetHistory {
                intent: line,
                before: &line.before,
                at: line.at,
                class: None,
            });
            continue;
        }
        let Some(deed) = places.get(&name).and_then(|place| deeds.get_mut(*place)) else {
            continue;
        };
        // Lines of the first form say no class.
        let class = line.result.unwrap_or(match line.step {
            AuditEvent::Accepted | AuditEvent::Settled | AuditEvent::Unsettled => Outcome::Done,
            AuditEvent::Unknown | AuditEvent::Recovered | AuditEvent::Intent => Outcome::Unknown,
            AuditEvent::Drifted | AuditEvent::Cancelled | AuditEvent::Refused => Outcome::NotDone,
        });
        if deed.class != Some(class) {
            deed.at = line.at;
        }
        deed.class = Some(class);
        // One that was recovered was not looked at right before the call, by whoever wrote that.
        if line.step != AuditEvent::Recovered {
            deed.before = &line.before;
        }
    }
    deeds
}

/// What takes one deed back.
fn back(deed: &TargetHistory<'_>) -> Result<InverseTarget, Reason> {
    let line = deed.intent;
    let class = match deed.class {
        None => {
            return Err(Reason::new(
                "it has no result yet: it is under way, or was cut short",
            ));
        }
        Some(class) if deed.may_be_done() => class,
        Some(_) => return Err(Reason::new(format!("nothing was done: {}", ended(deed)))),
    };
    let left = line.deed.as_ref().map(|change| Left {
        call: change.call.clone(),
        expected: change.expected.clone(),
        before: deed.before.clone(),
        class,
        at: deed.at,
    });
    let ask = opposite(line, deed.before)?;
    Ok(InverseTarget {
        key: line.key(),
        name: line.called().clone(),
        profile: line.profile.clone(),
        ask,
        left,
    })
}

/// The ask that takes back what `line` did, where it was so `before`.
fn opposite(line: &AuditEntry, before: &PriorState) -> Result<ActionRequest, Reason> {
    let none = |why: &'static str| Err(Reason::new(why));
    let call = line.deed.as_ref().map(|deed| &deed.call);
    let unknown = "what it was before is not in the journal";
    match line.operation {
        Operation::Stop => match call {
            Some(ApiCall::StopJob { .. }) => {
                none("a job that was stopped does not go on; it is begun anew")
            }
            Some(ApiCall::EndWarmPool(_)) => none("a warm pool that was ended does not come back"),
            Some(ApiCall::DeleteApp { .. }) => none(
                "the app was deleted; a new one is begun in Studio, its space's files are there",
            ),
            _ => Ok(ActionRequest::Start),
        },
        Operation::Start => Ok(ActionRequest::Stop),
        Operation::Scale => before
            .desired
            .map_or_else(|| none(unknown), |count| Ok(ActionRequest::Scale(count))),
        Operation::Tag => before
            .tags
            .as_ref()
            .map_or_else(|| none(unknown), |tags| Ok(tags_of(tags))),
        Operation::AutoscalingLimits => match before.setting {
            Some(Setting::Bounds(least, most)) => Ok(ActionRequest::Bounds { least, most }),
            _ => none(unknown),
        },
        Operation::SwapModel => match &before.setting {
            Some(Setting::Model(model)) => Ok(ActionRequest::SwapModel(model.clone())),
            _ => none(unknown),
        },
        Operation::ScheduledScaling => match call {
            Some(call) => ScheduleRestore::before(call, before).map(ActionRequest::Timetable),
            None => none("its requests are not in the journal in full"),
        },
        Operation::Terminate => none("what was terminated is gone"),
        Operation::Delete => none("what was deleted is gone"),
        Operation::Reboot => none("a reboot has no opposite"),
        Operation::Feedback => none("AWS takes no answer on an anomaly back; give another one"),
    }
}
