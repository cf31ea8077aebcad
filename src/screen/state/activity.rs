//! What was done in this run: every plan that was sent off, each of its targets with its newest
//! step, and how it all came out.
//!
//! Kept after the end, so that the results of a bulk can be read again.

use crate::domain::{
    ActionStatus, FaultKind, Operation, Plan, PlanId, ResourceKey, StatusUpdate, Timestamp,
    text::printable,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// Most plans that are remembered.
const MOST: usize = 100;

/// One target of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetResult {
    /// Which.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// The newest step; `None`: its turn has not come.
    pub step: Option<ActionStatus>,
    /// When that was told, or when the plan was sent off.
    pub at: Timestamp,
}

/// A plan that was sent off, or what a later run found of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRun {
    /// Which.
    pub id: PlanId,
    /// Doing what.
    pub operation: Operation,
    /// When it was sent off.
    pub at: Timestamp,
    /// Why: the finding that led there.
    pub reason: Option<Arc<str>>,
    /// Its targets, in its order.
    pub targets: Vec<TargetResult>,
    /// An earlier run sent it off and did not see the end.
    pub recovered: bool,
}

/// How it stands with one target, the order in which it is told: what is under way, what went
/// wrong, what went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResultKind {
    /// Its turn has not come.
    Waiting,
    /// Being looked at again, called, or under way.
    Moving,
    /// This identity may not do that.
    Denied,
    /// AWS was asked too often.
    Throttled,
    /// AWS said no.
    Refused,
    /// No answer: it may have happened.
    Unknown,
    /// Some of its requests were carried out, not all.
    Partly,
    /// Accepted, but not as wanted in the time it was watched.
    Unsettled,
    /// Not called: it changed meanwhile.
    Drifted,
    /// Not called: cancelled.
    Cancelled,
    /// As wanted.
    Done,
}

impl ResultKind {
    /// Of a target's newest step.
    pub fn of(step: Option<&ActionStatus>) -> Self {
        match step {
            None => Self::Waiting,
            Some(ActionStatus::Journalled | ActionStatus::Calling | ActionStatus::Accepted) => {
                Self::Moving
            }
            Some(ActionStatus::Settled) => Self::Done,
            Some(ActionStatus::Drifted(_)) => Self::Drifted,
            Some(ActionStatus::Cancelled) => Self::Cancelled,
            Some(ActionStatus::Unknown(_)) => Self::Unknown,
            Some(ActionStatus::Partly(_)) => Self::Partly,
            Some(ActionStatus::Unsettled(_)) => Self::Unsettled,
            Some(ActionStatus::Refused(fault)) => match fault.kind {
                FaultKind::Denied => Self::Denied,
                FaultKind::Throttled => Self::Throttled,
                _ => Self::Refused,
            },
        }
    }

    /// In a word or two, after a number.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Moving => "under way",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Unknown => "without an answer",
            Self::Partly => "done in part",
            Self::Unsettled => "not settled",
            Self::Drifted => "changed meanwhile",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }

    /// It did not come out as wanted, and not because someone said so.
    pub fn is_trouble(self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::Moving | Self::Cancelled | Self::Done
        )
    }
}

/// AWS's words, or ours, about a step that needs any.
fn words(step: Option<&ActionStatus>) -> String {
    match step {
        Some(
            ActionStatus::Refused(fault)
            | ActionStatus::Unknown(fault)
            | ActionStatus::Partly(fault),
        ) => {
            format!("{}: {}", fault.operation, printable(&fault.message))
        }
        Some(ActionStatus::Drifted(how) | ActionStatus::Unsettled(how)) => {
            printable(how).into_owned()
        }
        _ => String::new(),
    }
}

/// Targets that came out alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultGroup<'a> {
    /// How.
    pub end: ResultKind,
    /// In AWS's words, or ours; empty where there is nothing to say.
    pub words: String,
    /// Which.
    pub targets: Vec<&'a TargetResult>,
}

impl PlanRun {
    /// `plan`, sent off at `at`.
    pub fn new(plan: &Plan, at: Timestamp) -> Self {
        let told = |target: &crate::domain::Target| TargetResult {
            key: target.key.clone(),
            name: target.called(),
            step: None,
            at,
        };
        let targets = plan.targets.iter().map(told).collect();
        Self {
            id: plan.id.clone(),
            operation: plan.operation,
            at,
            reason: plan.reason.clone(),
            targets,
            recovered: false,
        }
    }

    /// Targets that came out alike, together: what went wrong first. Denials of many are one story,
    /// however many there are.
    pub fn groups(&self) -> Vec<ResultGroup<'_>> {
        let mut groups: BTreeMap<(ResultKind, String), Vec<&TargetResult>> = BTreeMap::new();
        for target in &self.targets {
            let about = words(target.step.as_ref());
            // AWS names the resource in its words: told without it, alike is alike.
            let alike = [&*target.key.id, &*target.name]
                .into_iter()
                .filter(|name| name.len() > 2)
                .fold(about, |text, name| text.replace(name, "…"));
            groups
                .entry((ResultKind::of(target.step.as_ref()), alike))
                .or_default()
                .push(target);
        }
        let told =
            |((end, alike), targets): ((ResultKind, String), Vec<&'_ TargetResult>)| match targets
                .as_slice()
            {
                [one] => (end, words(one.step.as_ref())),
                _ => (end, alike),
            };
        groups
            .into_iter()
            .map(|(key, targets)| {
                let (end, words) = told((key, targets.clone()));
                ResultGroup {
                    end,
                    words,
                    targets,
                }
            })
            .collect()
    }

    /// How many came out how.
    pub fn counts(&self) -> BTreeMap<ResultKind, usize> {
        let mut counts = BTreeMap::new();
        for target in &self.targets {
            *counts
                .entry(ResultKind::of(target.step.as_ref()))
                .or_default() += 1;
        }
        counts
    }

    /// Nothing of it is under way or waits any more.
    pub fn is_over(&self) -> bool {
        self.targets
            .iter()
            .all(|target| target.step.as_ref().is_some_and(ActionStatus::is_last))
    }

    /// Targets whose call was not made yet: a cancel leaves them out.
    pub fn not_begun(&self) -> usize {
        self.targets
            .iter()
            .filter(|target| matches!(target.step, None | Some(ActionStatus::Journalled)))
            .count()
    }

    /// `12 of 14 done, 1 denied, 1 cancelled`, or `all 14 done`.
    pub fn told(&self) -> String {
        let counts = self.counts();
        let (all, done) = (
            self.targets.len(),
            counts.get(&ResultKind::Done).copied().unwrap_or(0),
        );
        if all == done {
            return if all == 1 {
                "done".to_owned()
            } else {
                format!("all {all} done")
            };
        }
        let first = format!("{done} of {all} done");
        let others = counts
            .iter()
            .filter(|(end, _)| **end != ResultKind::Done)
            .map(|(end, count)| format!("{count} {}", end.word()));
        std::iter::once(first)
            .chain(others)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// All plans of this run, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Activity(VecDeque<PlanRun>);

impl Activity {
    /// `ran` was sent off.
    pub fn begin(&mut self, ran: PlanRun) {
        self.0.push_back(ran);
        // What is under way is never forgotten.
        while self.0.len() > MOST
            && let Some(place) = self.0.iter().position(PlanRun::is_over)
        {
            self.0.remove(place);
        }
    }

    /// Takes a step in. The plan it belongs to, if it is one of this run and the step is not older
    /// than what is known.
    pub fn acted(&mut self, outcome: &StatusUpdate) -> Option<&PlanRun> {
        let ran = self.0.iter_mut().find(|ran| ran.id == outcome.plan)?;
        let target = ran
            .targets
            .iter_mut()
            .find(|target| target.key == outcome.key)?;
        let late =
            target.step.as_ref().is_some_and(ActionStatus::is_last) && !outcome.step.is_last();
        if !late {
            (target.step, target.at) = (Some(outcome.step.clone()), outcome.at);
        }
        Some(ran)
    }

    /// A later look at what an earlier run sent off.
    pub fn recovered(&mut self, outcome: &StatusUpdate) {
        if self.acted(outcome).is_some() {
            return;
        }
        let told = TargetResult {
            key: outcome.key.clone(),
            name: outcome.name.clone(),
            step: Some(outcome.step.clone()),
            at: outcome.at,
        };
        match self.0.iter_mut().find(|ran| ran.id == outcome.plan) {
            Some(ran) => ran.targets.push(told),
            None => self.0.push_front(PlanRun {
                id: outcome.plan.clone(),
                operation: outcome.operation,
                at: outcome.at,
                reason: None,
                targets: vec![told],
                recovered: true,
            }),
        }
    }

    /// The newest first.
    pub fn newest(&self) -> impl Iterator<Item = &PlanRun> {
        self.0.iter().rev()
    }

    /// The plan called `id`.
    pub fn get(&self, id: &PlanId) -> Option<&PlanRun> {
        self.0.iter().find(|ran| ran.id == *id)
    }

    /// What is to be done to `key`, if its turn has not come.
    pub fn waiting(&self, key: &ResourceKey) -> Option<Operation> {
        let waits = |ran: &&PlanRun| {
            ran.targets
                .iter()
                .any(|target| target.key == *key && target.step.is_none())
        };
        self.0.iter().rev().find(waits).map(|ran| ran.operation)
    }

    /// Nothing was done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Plans in all.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
