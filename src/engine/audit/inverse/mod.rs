//! Derives the inverse of a plan from the journal, or the reason why there is none.
//!
//! Reads the journal only: whether a resource still is as the plan left it is checked when the
//! undo is planned.

#[cfg(test)]
mod tests;

use crate::domain::{
    ActionRequest, Inverse, Outcome, PlanId, Reason, ResourceKey, SkippedTarget, StatusKind,
    Timestamp,
    action::inverse::{InverseTarget, PriorChange},
    audit::{AuditEntry, PriorState},
};
use std::collections::{BTreeMap, HashMap};

/// The actions to undo.
#[derive(Clone, Copy, Debug)]
pub enum UndoScope<'a> {
    /// The newest plan of this user (of anyone, where there is none) that had an effect and is not
    /// undone yet.
    Newest(Option<&'a str>),
    /// This plan.
    Plan(&'a PlanId),
    /// The newest change of this resource that is not undone yet.
    Resource(&'a ResourceKey),
}

/// One resource of one plan: its intent and what followed.
#[derive(Clone, Copy, Debug)]
struct TargetHistory<'a> {
    intent: &'a AuditEntry,
    /// The resource right before the call, if it was described.
    before: &'a PriorState,
    /// When the outcome was written.
    at: Timestamp,
    /// `None`: the intent has no result.
    outcome: Option<Outcome>,
}

impl TargetHistory<'_> {
    /// Whether it had an effect, in whole or in part.
    fn is_done(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Succeeded | Outcome::Partial))
    }

    /// Whether it had an effect, or may have had one.
    fn may_be_done(&self) -> bool {
        self.is_done() || matches!(self.outcome, None | Some(Outcome::Unknown))
    }

    /// Whether this one undid `other`.
    fn is_undo_of(&self, other: &Self) -> bool {
        self.is_done()
            && self.intent.undoes.as_ref() == Some(&other.intent.plan)
            && self.is_about(other)
    }

    /// Whether both changed the same resource, or the same instance group through different nodes.
    fn is_about(&self, other: &Self) -> bool {
        let key = self.intent.id == other.intent.id && self.intent.key() == other.intent.key();
        let changes = self
            .intent
            .change
            .as_ref()
            .zip(other.intent.change.as_ref());
        key || changes.is_some_and(|(own, other)| {
            own.call.is_shared() && own.call.is_same_change(&other.call)
        })
    }

    /// `stop dev-box`.
    fn label(&self) -> String {
        format!("{} {}", self.intent.operation, self.intent.display_name())
    }
}

/// The histories of a journal, with the undos among them.
struct Histories<'a> {
    all: Vec<TargetHistory<'a>>,
    /// The undos by the plan that they undo.
    undos: BTreeMap<&'a PlanId, Vec<TargetHistory<'a>>>,
}

impl<'a> Histories<'a> {
    fn new(entries: &'a [AuditEntry]) -> Self {
        let all = target_histories(entries);
        let mut undos: BTreeMap<&PlanId, Vec<TargetHistory<'a>>> = BTreeMap::new();
        for history in &all {
            if let Some(plan) = &history.intent.undoes {
                undos.entry(plan).or_default().push(*history);
            }
        }
        Self { all, undos }
    }

    fn is_undone(&self, history: &TargetHistory<'_>) -> bool {
        let undos = self.undos.get(&history.intent.plan);
        undos.is_some_and(|undos| undos.iter().any(|undo| undo.is_undo_of(history)))
    }

    /// How to undo one target; the error says why that is not possible.
    fn inverse_target(&self, history: &TargetHistory<'_>) -> Result<InverseTarget, Reason> {
        if self.is_undone(history) {
            return Err(Reason::new("it is undone already"));
        }
        inverse_target(history)
    }
}

/// The inverse of the newest plan in `scope`. The inverse of an undo repeats the undone action.
pub fn inverse(entries: &[AuditEntry], scope: UndoScope<'_>) -> Result<Inverse, Reason> {
    let histories = Histories::new(entries);
    let in_scope: Vec<&TargetHistory<'_>> = histories
        .all
        .iter()
        .filter(|history| is_in_scope(history, scope))
        .collect();
    let mut newest_first = in_scope.iter().rev();
    let Some(newest) =
        newest_first.find(|history| history.may_be_done() && !histories.is_undone(history))
    else {
        return Err(nothing_to_undo(&in_scope, scope));
    };
    let mut inverse = Inverse {
        undoes: newest.intent.plan.clone(),
        original: newest.intent.operation,
        at: newest.intent.at,
        by: newest.intent.actor().into(),
        operation: newest.intent.operation,
        targets: Vec::new(),
        skipped: Vec::new(),
    };
    let of_plan = in_scope
        .iter()
        .filter(|history| history.intent.plan == newest.intent.plan);
    for history in of_plan {
        match histories.inverse_target(history) {
            Ok(target) => {
                inverse.operation = target.request.operation;
                inverse.targets.push(target);
            }
            Err(why) => inverse.skipped.push(SkippedTarget {
                key: history.intent.key(),
                name: history.intent.display_name().clone(),
                why,
            }),
        }
    }
    if inverse.targets.is_empty() {
        return Err(no_target(&inverse.skipped, newest));
    }
    Ok(inverse)
}

/// Why no target of a plan can be undone: the reason of its newest.
fn no_target(skipped: &[SkippedTarget], newest: &TargetHistory<'_>) -> Reason {
    let of_many = if skipped.len() > 1 {
        format!("none of {}: ", skipped.len())
    } else {
        String::new()
    };
    let why = skipped
        .iter()
        .find(|one| one.key == newest.intent.key())
        .map_or_else(String::new, |one| one.why.to_string());
    Reason::new(format!("{of_many}{}: {why}", newest.label()))
}

fn is_in_scope(history: &TargetHistory<'_>, scope: UndoScope<'_>) -> bool {
    match scope {
        UndoScope::Newest(user) => user.is_none_or(|user| *history.intent.os_user == *user),
        UndoScope::Plan(plan) => history.intent.plan == *plan,
        UndoScope::Resource(key) => history.intent.id == key.id && history.intent.key() == *key,
    }
}

/// Why nothing in `scope` can be undone.
fn nothing_to_undo(in_scope: &[&TargetHistory<'_>], scope: UndoScope<'_>) -> Reason {
    let place = match scope {
        UndoScope::Newest(_) => String::new(),
        UndoScope::Plan(plan) => format!(" by plan {plan}"),
        UndoScope::Resource(_) => " to it".to_owned(),
    };
    let done = in_scope.iter().rev().find(|history| history.is_done());
    Reason::new(match (done, in_scope.last(), scope) {
        (Some(last), ..) => format!(
            "nothing is left to undo: {} is undone already",
            last.label()
        ),
        (None, Some(last), _) => {
            let outcome = describe_outcome(last);
            format!("nothing was changed{place}: {}: {outcome}", last.label())
        }
        (None, None, UndoScope::Newest(Some(_))) => "you have changed nothing yet".to_owned(),
        (None, None, UndoScope::Plan(_)) => format!("the journal has nothing{place}"),
        (None, None, _) => format!("nothing was changed{place} yet"),
    })
}

/// Why an action had no effect.
fn describe_outcome(history: &TargetHistory<'_>) -> &'static str {
    match history.outcome {
        Some(Outcome::Denied) => "it was denied",
        Some(Outcome::Throttled) => "AWS throttled it",
        Some(Outcome::Expired) => "the credentials had expired",
        Some(Outcome::Refused) => "AWS refused it",
        _ => "it was skipped",
    }
}

/// Each intent with its outcome, in the order of intents.
fn target_histories(entries: &[AuditEntry]) -> Vec<TargetHistory<'_>> {
    let mut histories: Vec<TargetHistory<'_>> = Vec::new();
    let mut places: HashMap<(&PlanId, ResourceKey), usize> = HashMap::new();
    for entry in entries {
        let target = (&entry.plan, entry.key());
        if entry.event == StatusKind::Recorded {
            places.insert(target, histories.len());
            histories.push(TargetHistory {
                intent: entry,
                before: &entry.before,
                at: entry.at,
                outcome: None,
            });
            continue;
        }
        let place = places.get(&target);
        let Some(history) = place.and_then(|place| histories.get_mut(*place)) else {
            continue;
        };
        let outcome = entry.outcome.unwrap_or(Outcome::Unknown);
        if history.outcome != Some(outcome) {
            history.at = entry.at;
        }
        history.outcome = Some(outcome);
        // Recovery copies the state from the intent: it was not described right before the call.
        if !entry.recovered {
            history.before = &entry.before;
        }
    }
    histories
}

/// The inverse of one target.
fn inverse_target(history: &TargetHistory<'_>) -> Result<InverseTarget, Reason> {
    let intent = history.intent;
    let outcome = match history.outcome {
        None => {
            return Err(Reason::new(
                "it has no result yet: it is in progress, or was interrupted",
            ));
        }
        Some(outcome) if history.may_be_done() => outcome,
        Some(_) => {
            let outcome = describe_outcome(history);
            return Err(Reason::new(format!("nothing was changed: {outcome}")));
        }
    };
    let change = intent.change.as_ref().map(|change| PriorChange {
        call: change.call.clone(),
        expected: change.expected.clone(),
        before: history.before.clone(),
        outcome,
        at: history.at,
    });
    let request = opposite(intent, history.before)?;
    Ok(InverseTarget {
        key: intent.key(),
        name: intent.display_name().clone(),
        profile: intent.profile.clone(),
        request,
        change,
    })
}

/// The request that undoes `entry`, on a resource that was `before`.
fn opposite(entry: &AuditEntry, before: &PriorState) -> Result<ActionRequest, Reason> {
    let call = entry.change.as_ref().map(|change| &change.call);
    let (operation, input) = entry.operation.inverse(call, before)?;
    Ok(operation.request(input))
}
