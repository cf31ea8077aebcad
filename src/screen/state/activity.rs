//! The actions of this session: every submitted plan, and each of its targets with its newest
//! status. Finished plans stay, so that the user can read their results again.

use crate::domain::{
    ActionStatus, Operation, Plan, PlanId, ResourceKey, StatusKind, StatusUpdate, Timestamp,
    text::printable,
};
use crate::screen::notices::page as wording;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The largest number of plans.
const MAX_PLANS: usize = 100;

/// One target of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetResult {
    /// The resource.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// The newest status; `None` until the target starts.
    pub status: Option<ActionStatus>,
    /// When that status was reached, or when the plan was submitted.
    pub at: Timestamp,
}

impl TargetResult {
    /// The newest status without its reason.
    pub fn kind(&self) -> StatusKind {
        StatusKind::of(self.status.as_ref())
    }

    /// The reason of the newest status, with the operation that failed; empty where there is none.
    fn reason(&self) -> String {
        let Some(status) = &self.status else {
            return String::new();
        };
        match status.fault() {
            Some(fault) => format!("{}: {}", fault.operation, printable(&fault.message)),
            None => status.reason(),
        }
    }
}

/// A plan that this session submitted, or that recovery found in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRun {
    /// The plan.
    pub id: PlanId,
    /// The operation.
    pub operation: Operation,
    /// When it was submitted.
    pub at: Timestamp,
    /// Why: the finding that led to it.
    pub reason: Option<Arc<str>>,
    /// Its targets, in its order.
    pub targets: Vec<TargetResult>,
    /// A previous session submitted it and ended before its results.
    pub recovered: bool,
}

/// Targets of one plan with the same status and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusGroup<'a> {
    /// The status.
    pub kind: StatusKind,
    /// The reason; empty where there is none.
    pub reason: String,
    /// The targets; never none.
    pub targets: Vec<&'a TargetResult>,
}

impl PlanRun {
    /// `plan`, submitted at `at`.
    pub fn new(plan: &Plan, at: Timestamp) -> Self {
        let waiting = |target: &crate::domain::Target| TargetResult {
            key: target.key.clone(),
            name: target.display_name(),
            status: None,
            at,
        };
        Self {
            id: plan.id.clone(),
            operation: plan.operation,
            at,
            reason: plan.reason.clone(),
            targets: plan.targets.iter().map(waiting).collect(),
            recovered: false,
        }
    }

    /// Targets by status and reason, in the order of [`StatusKind`]. Reasons that differ only in
    /// the name of the resource are one.
    pub fn groups(&self) -> Vec<StatusGroup<'_>> {
        let mut groups: BTreeMap<(StatusKind, String), Vec<&TargetResult>> = BTreeMap::new();
        for target in &self.targets {
            let common_reason = [&*target.key.id, &*target.name]
                .into_iter()
                .filter(|name| name.len() > 2)
                .fold(target.reason(), |text, name| text.replace(name, "…"));
            groups
                .entry((target.kind().summary(), common_reason))
                .or_default()
                .push(target);
        }
        let group = |((kind, common), targets): ((StatusKind, String), Vec<&'_ TargetResult>)| {
            let reason = match targets.as_slice() {
                [one] => one.reason(),
                _ => common,
            };
            (kind, reason)
        };
        groups
            .into_iter()
            .map(|(key, targets)| {
                let (kind, reason) = group((key, targets.clone()));
                StatusGroup {
                    kind,
                    reason,
                    targets,
                }
            })
            .collect()
    }

    /// How many targets have each status.
    pub fn counts(&self) -> BTreeMap<StatusKind, usize> {
        let mut counts = BTreeMap::new();
        for target in &self.targets {
            *counts.entry(target.kind().summary()).or_default() += 1;
        }
        counts
    }

    /// Every target has a final status.
    pub fn is_over(&self) -> bool {
        self.targets.iter().all(|target| target.kind().is_final())
    }

    /// How many calls have not been made: a cancel skips these targets.
    pub fn cancellable(&self) -> usize {
        self.targets
            .iter()
            .filter(|target| matches!(target.kind(), StatusKind::Waiting | StatusKind::Recorded))
            .count()
    }

    /// `12 of 14 done, 1 denied, 1 cancelled`, or `all 14 done`.
    pub fn summary(&self) -> String {
        let counts = self.counts();
        let total = self.targets.len();
        let done = counts.get(&StatusKind::Succeeded).copied().unwrap_or(0);
        if total == done {
            return wording::results(done, total);
        }
        let others = counts
            .iter()
            .filter(|(kind, _)| **kind != StatusKind::Succeeded)
            .map(|(kind, count)| format!("{count} {}", kind.short()));
        std::iter::once(wording::results(done, total))
            .chain(others)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// All plans of this session, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Activity(VecDeque<PlanRun>);

impl Activity {
    /// Adds a submitted plan. The oldest finished plan leaves when there are too many.
    pub fn submit(&mut self, run: PlanRun) {
        self.0.push_back(run);
        while self.0.len() > MAX_PLANS
            && let Some(place) = self.0.iter().position(PlanRun::is_over)
        {
            self.0.remove(place);
        }
    }

    /// Applies a status; a late one does not replace a final one. Returns its plan, if this session
    /// submitted it.
    pub fn apply(&mut self, update: &StatusUpdate) -> Option<&PlanRun> {
        let run = self.0.iter_mut().find(|run| run.id == update.plan)?;
        let target = run
            .targets
            .iter_mut()
            .find(|target| target.key == update.key)?;
        let is_late = target.kind().is_final() && !update.status.is_final();
        if !is_late {
            (target.status, target.at) = (Some(update.status.clone()), update.at);
        }
        Some(run)
    }

    /// Applies a status that recovery found.
    pub fn apply_recovered(&mut self, update: &StatusUpdate) {
        if self.apply(update).is_some() {
            return;
        }
        let target = TargetResult {
            key: update.key.clone(),
            name: update.name.clone(),
            status: Some(update.status.clone()),
            at: update.at,
        };
        match self.0.iter_mut().find(|run| run.id == update.plan) {
            Some(run) => run.targets.push(target),
            None => self.0.push_front(PlanRun {
                id: update.plan.clone(),
                operation: update.operation,
                at: update.at,
                reason: None,
                targets: vec![target],
                recovered: true,
            }),
        }
    }

    /// Newest first.
    pub fn newest(&self) -> impl Iterator<Item = &PlanRun> {
        self.0.iter().rev()
    }

    /// The plan with this id.
    pub fn get(&self, id: &PlanId) -> Option<&PlanRun> {
        self.0.iter().find(|run| run.id == *id)
    }

    /// The operation that waits for its turn on `key`.
    pub fn waiting_operation(&self, key: &ResourceKey) -> Option<Operation> {
        let waits = |run: &&PlanRun| {
            run.targets
                .iter()
                .any(|target| target.key == *key && target.status.is_none())
        };
        self.0.iter().rev().find(waits).map(|run| run.operation)
    }

    /// No plan was submitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many plans there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
