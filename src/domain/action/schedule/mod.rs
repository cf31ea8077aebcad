//! Scheduled plans and snoozes. A [`ScheduledPlan`] is one row of a confirmed plan; it runs when it
//! is due, unless something has changed. A [`Snooze`] hides the findings of a row for a while. A
//! file keeps both, as [`Schedules`].

mod serialized;

use self::serialized::SerializedEntry;
use crate::domain::{
    ActionRequest, ConfirmLevel, ConfirmedPlan, Operation, Plan, PlanId, Reason, ResourceKey,
    Timestamp, action::definition::Undo, time::timestamp::seconds_between,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// Seconds after its due time in which a plan still runs. A later one needs a new confirmation.
pub const GRACE: f64 = 600.0;

/// The confirmation given when the plan was scheduled. A plan that requires another one when it is
/// due does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenConfirmation {
    /// A yes.
    Yes,
    /// The typed name of the changed resource.
    Name,
    /// Exactly this typed text.
    Text(String),
    /// This account, typed as its id or alias.
    Account(String),
}

impl GivenConfirmation {
    /// The confirmation that `plan` requires.
    fn of(plan: &Plan) -> Self {
        match &plan.confirm_level {
            ConfirmLevel::Yes => Self::Yes,
            ConfirmLevel::Type(text) if *text == plan.name() => Self::Name,
            ConfirmLevel::Type(text) => Self::Text(text.to_string()),
            ConfirmLevel::Account { id, .. } => Self::Account(id.to_string()),
        }
    }

    /// Whether it satisfies the confirm level of `plan`.
    fn covers(&self, plan: &Plan) -> bool {
        matches!(plan.confirm_level, ConfirmLevel::Yes) || *self == Self::of(plan)
    }
}

/// A confirmed change of one row, scheduled for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "SerializedEntry", try_from = "SerializedEntry")]
pub struct ScheduledPlan {
    plan: PlanId,
    key: ResourceKey,
    name: Arc<str>,
    request: ActionRequest,
    given: GivenConfirmation,
    scheduled_at: Timestamp,
    due: Timestamp,
}

impl ScheduledPlan {
    /// The plan that was confirmed.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }
    /// The row.
    pub fn key(&self) -> &ResourceKey {
        &self.key
    }
    /// Its name when it was scheduled.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
    /// The request.
    pub fn request(&self) -> &ActionRequest {
        &self.request
    }
    /// The operation.
    pub fn operation(&self) -> Operation {
        self.request.operation
    }
    /// When it was scheduled.
    pub fn scheduled_at(&self) -> Timestamp {
        self.scheduled_at
    }
    /// When it runs.
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// Whether it is due.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due <= now
    }

    /// Whether it is so long overdue that it does not run.
    pub fn is_missed(&self, now: Timestamp) -> bool {
        seconds_between(self.due, now) > GRACE
    }

    /// The same plan, due `seconds` later.
    #[must_use]
    pub fn postpone(&self, seconds: f64) -> Self {
        let by = jiff::SignedDuration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
        Self {
            due: self.due.checked_add(by).unwrap_or(self.due),
            ..self.clone()
        }
    }

    /// Whether both are the same plan, postponed or not.
    pub fn is(&self, other: &Self) -> bool {
        self.plan == other.plan && self.key == other.key && self.operation() == other.operation()
    }
}

#[cfg(test)]
impl ScheduledPlan {
    /// `operation` of the instance `id`, part of plan `p-1`, for `due`.
    pub(crate) fn sample(id: &str, operation: Operation, due: &str) -> Self {
        let key = ResourceKey {
            account: "111122223333".into(),
            region: "us-east-1".into(),
            kind: crate::domain::ResourceKind::EC2_INSTANCE,
            id: id.into(),
        };
        Self {
            plan: PlanId("p-1".into()),
            key,
            name: id.into(),
            request: operation.request(crate::domain::Input::None),
            given: GivenConfirmation::Yes,
            scheduled_at: "2026-11-23T16:02:00Z".parse().unwrap(),
            due: due.parse().unwrap(),
        }
    }
}

/// How a plan that is due differs from the scheduled one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleMismatch {
    /// Nothing is left to do.
    #[error("there is nothing to do")]
    Nothing,
    /// Too early.
    #[error("it is not due yet")]
    NotDue,
    /// Another row, or something else to do.
    #[error("{operation} of {name} was not scheduled")]
    Other {
        /// The operation of the plan that is due.
        operation: Operation,
        /// The name of the row.
        name: Arc<str>,
    },
    /// The plan now requires a stricter confirmation.
    #[error("a guard now requires typing `{0}`")]
    Stricter(Arc<str>),
}

impl ConfirmedPlan {
    /// Schedules this plan for `due`: one scheduled plan for each row. The error: the operation
    /// needs input that only a dialog gives, or is irreversible and never runs unattended.
    pub fn schedule(self, due: Timestamp) -> Result<Vec<ScheduledPlan>, Reason> {
        let (plan, scheduled_at) = (self.plan(), self.at());
        if plan.operation.complete_request().is_none() {
            return Err(Reason::new(format!(
                "{} cannot be scheduled",
                plan.operation
            )));
        }
        let has_no_way_back =
            |target: &&crate::domain::Target| target.call.undo() == Undo::Impossible;
        if let Some(target) = plan.targets.iter().find(has_no_way_back) {
            return Err(Reason::new(format!(
                "{} of {} cannot be undone: it needs a person at that time",
                plan.operation,
                target.display_name()
            )));
        }
        if due <= scheduled_at {
            return Err(Reason::new("that time is past"));
        }
        let given = GivenConfirmation::of(plan);
        let one = |target: &crate::domain::Target| ScheduledPlan {
            plan: plan.id.clone(),
            key: target.key.clone(),
            name: target.display_name(),
            request: target.request.clone(),
            given: given.clone(),
            scheduled_at,
            due,
        };
        Ok(plan.targets.iter().map(one).collect())
    }
}

impl Plan {
    /// Checks that this plan, made when it is due, is the scheduled one: the same targets and
    /// requests, and no stricter confirmation.
    pub(super) fn check_scheduled(
        &self,
        scheduled: &[ScheduledPlan],
        now: Timestamp,
    ) -> Result<(), ScheduleMismatch> {
        if self.targets.is_empty() {
            return Err(ScheduleMismatch::Nothing);
        }
        for target in &self.targets {
            let other = || ScheduleMismatch::Other {
                operation: self.operation,
                name: target.display_name(),
            };
            let mine = scheduled
                .iter()
                .find(|later| later.key == target.key && later.request == target.request)
                .ok_or_else(other)?;
            if !mine.is_due(now) || mine.is_missed(now) {
                return Err(ScheduleMismatch::NotDue);
            }
            if let (Some(wanted), false) =
                (self.confirm_level.text_to_type(), mine.given.covers(self))
            {
                return Err(ScheduleMismatch::Stricter(wanted));
            }
        }
        Ok(())
    }
}

/// A snoozed row: its findings are hidden until a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "SerializedEntry", try_from = "SerializedEntry")]
pub struct Snooze {
    /// The row.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// When the snooze started.
    pub since: Timestamp,
    /// When the snooze ends.
    pub until: Timestamp,
}

/// A scheduled plan or a snooze.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleEntry {
    /// A plan that runs later.
    Plan(ScheduledPlan),
    /// A hidden finding.
    Snooze(Snooze),
}

impl ScheduleEntry {
    /// The row of the entry.
    pub fn key(&self) -> &ResourceKey {
        match self {
            Self::Plan(later) => &later.key,
            Self::Snooze(snooze) => &snooze.key,
        }
    }

    /// Whether both are the same entry, postponed or not.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plan(one), Self::Plan(other)) => one.is(other),
            (Self::Snooze(one), Self::Snooze(other)) => one.key == other.key,
            _ => false,
        }
    }
}

/// A change of the schedules.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleChange {
    /// Adds an entry. A snooze replaces one of the same row.
    Add(ScheduleEntry),
    /// Removes an entry; not a snooze that was extended meanwhile.
    Remove(ScheduleEntry),
    /// Replaces an entry; does nothing if the entry no longer exists.
    Replace(ScheduleEntry),
}

/// All scheduled plans and snoozes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedules {
    /// In the order in which they were added.
    pub entries: Vec<ScheduleEntry>,
}

impl Schedules {
    /// The scheduled plans.
    pub fn plans(&self) -> impl Iterator<Item = &ScheduledPlan> {
        self.entries.iter().filter_map(|entry| match entry {
            ScheduleEntry::Plan(later) => Some(later),
            ScheduleEntry::Snooze(_) => None,
        })
    }

    /// The snoozes.
    pub fn snoozes(&self) -> impl Iterator<Item = &Snooze> {
        self.entries.iter().filter_map(|entry| match entry {
            ScheduleEntry::Snooze(snooze) => Some(snooze),
            ScheduleEntry::Plan(_) => None,
        })
    }

    /// The scheduled plan of `key`.
    pub fn plan_of(&self, key: &ResourceKey) -> Option<&ScheduledPlan> {
        self.plans()
            .filter(|later| later.key == *key)
            .min_by_key(|later| later.due)
    }

    /// The snooze of `key`, if it has not ended at `now`.
    pub fn snooze(&self, key: &ResourceKey, now: Timestamp) -> Option<&Snooze> {
        self.snoozes()
            .find(|snooze| snooze.key == *key && snooze.until > now)
    }

    /// Rows that are snoozed at `now`.
    pub fn snoozed_keys(&self, now: Timestamp) -> BTreeSet<ResourceKey> {
        self.snoozes()
            .filter(|snooze| snooze.until > now)
            .map(|snooze| snooze.key.clone())
            .collect()
    }

    /// Makes `changes`, in order.
    pub fn apply(&mut self, changes: &[ScheduleChange]) {
        for change in changes {
            match change {
                ScheduleChange::Add(new) => {
                    self.entries.retain(|entry| !entry.is(new));
                    self.entries.push(new.clone());
                }
                ScheduleChange::Remove(old) => self.entries.retain(|entry| match (entry, old) {
                    (ScheduleEntry::Snooze(entry), ScheduleEntry::Snooze(old)) => {
                        entry.key != old.key || entry.until > old.until
                    }
                    _ => !entry.is(old),
                }),
                ScheduleChange::Replace(new) => self
                    .entries
                    .iter_mut()
                    .filter(|entry| entry.is(new))
                    .for_each(|entry| *entry = new.clone()),
            }
        }
    }

    /// Removes `requested` and returns those that were there with the same due time: one that was
    /// postponed meanwhile stays.
    pub fn claim(&mut self, requested: &[ScheduledPlan]) -> Vec<ScheduledPlan> {
        let mut claimed = Vec::new();
        self.entries.retain(|entry| {
            let ScheduleEntry::Plan(later) = entry else {
                return true;
            };
            let mine = requested.contains(later);
            if mine {
                claimed.push(later.clone());
            }
            !mine
        });
        claimed
    }
}
