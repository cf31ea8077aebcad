//! What was agreed for later: a [`ScheduledPlan`] is made from a confirmed plan, one a row, and carried out
//! at its hour if all is as agreed. A [`Snooze`] lets a row's finding rest. Both stand on a
//! [`Schedules`], which a file keeps.

use crate::domain::{
    ActionRequest, ConfirmLevel, ConfirmedPlan, Operation, Plan, PlanId, Reason, ResourceKey,
    ResourceKind, Timestamp, time::timestamp::seconds_between,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// Seconds after its hour in which it is still done. What is later is asked for again.
pub const GRACE: f64 = 600.0;

/// How it was answered when it was agreed: a plan that demands anything else at its hour is not
/// agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenConfirmation {
    /// With a yes.
    Yes,
    /// With the name of what it changes.
    Name,
    /// With exactly this.
    Text(String),
    /// With this account, by its id or alias.
    Account(String),
}

impl GivenConfirmation {
    /// The answer that `plan` demands.
    fn of(plan: &Plan) -> Self {
        match &plan.demand {
            ConfirmLevel::Yes => Self::Yes,
            ConfirmLevel::Type(text) if *text == plan.name() => Self::Name,
            ConfirmLevel::Type(text) => Self::Text(text.to_string()),
            ConfirmLevel::Account { id, .. } => Self::Account(id.to_string()),
        }
    }

    /// Whether who has given this has given what `plan` demands.
    fn covers(&self, plan: &Plan) -> bool {
        matches!(plan.demand, ConfirmLevel::Yes) || *self == Self::of(plan)
    }
}

/// One change of one row that was agreed for a moment to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "SerializedEntry", try_from = "SerializedEntry")]
pub struct ScheduledPlan {
    plan: PlanId,
    key: ResourceKey,
    name: Arc<str>,
    request: ActionRequest,
    given: GivenConfirmation,
    agreed: Timestamp,
    due: Timestamp,
}

impl ScheduledPlan {
    /// The plan that was confirmed.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }
    /// Whose.
    pub fn key(&self) -> &ResourceKey {
        &self.key
    }
    /// Its name when it was agreed.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
    /// What is to be done.
    pub fn request(&self) -> &ActionRequest {
        &self.request
    }
    /// The operation.
    pub fn operation(&self) -> Operation {
        self.request.operation
    }
    /// When it was agreed.
    pub fn agreed(&self) -> Timestamp {
        self.agreed
    }
    /// When it is to be done.
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// Its hour has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due <= now
    }

    /// Its hour is so long past that it is not done any more.
    pub fn is_missed(&self, now: Timestamp) -> bool {
        seconds_between(self.due, now) > GRACE
    }

    /// The same, as much later as `seconds`.
    #[must_use]
    pub fn put_off(&self, seconds: f64) -> Self {
        let by = jiff::SignedDuration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
        Self {
            due: self.due.checked_add(by).unwrap_or(self.due),
            ..self.clone()
        }
    }

    /// Whether both are one agreement, put off or not.
    pub fn is(&self, other: &Self) -> bool {
        self.plan == other.plan && self.key == other.key && self.operation() == other.operation()
    }
}

/// Why a plan made at its hour is not the one that was agreed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleMismatch {
    /// Nothing is left to do.
    #[error("there is nothing to do")]
    Nothing,
    /// Too early.
    #[error("its hour has not come")]
    NotDue,
    /// Another row, or something else to do.
    #[error("{operation} of {name} was not agreed")]
    Other {
        /// What would be done.
        operation: Operation,
        /// To whom.
        name: Arc<str>,
    },
    /// More is demanded than was answered.
    #[error("`{0}` must be typed for it now, and was not")]
    Stricter(Arc<str>),
}

impl ConfirmedPlan {
    /// This plan for `due` instead of now: what was agreed, one a row. Only for operations that need no
    /// further answer.
    pub fn later(self, due: Timestamp) -> Result<Vec<ScheduledPlan>, Reason> {
        let (plan, agreed) = (self.plan(), self.at());
        if plan.operation.complete_request().is_none() {
            return Err(Reason::new(format!(
                "{} cannot be agreed for later",
                plan.operation
            )));
        }
        if due <= agreed {
            return Err(Reason::new("that hour is past"));
        }
        let given = GivenConfirmation::of(plan);
        let one = |target: &crate::domain::Target| ScheduledPlan {
            plan: plan.id.clone(),
            key: target.key.clone(),
            name: target.called(),
            request: target.request.clone(),
            given: given.clone(),
            agreed,
            due,
        };
        Ok(plan.targets.iter().map(one).collect())
    }
}

impl Plan {
    /// Whether this plan, made at its hour, is what was agreed: each target's key and ask, and no
    /// other demand than what was answered.
    pub(super) fn is_agreed(
        &self,
        agreed: &[ScheduledPlan],
        now: Timestamp,
    ) -> Result<(), ScheduleMismatch> {
        if self.targets.is_empty() {
            return Err(ScheduleMismatch::Nothing);
        }
        for target in &self.targets {
            let other = || ScheduleMismatch::Other {
                operation: self.operation,
                name: target.called(),
            };
            let mine = agreed
                .iter()
                .find(|later| later.key == target.key && later.request == target.request)
                .ok_or_else(other)?;
            if !mine.is_due(now) || mine.is_missed(now) {
                return Err(ScheduleMismatch::NotDue);
            }
            if let (Some(wanted), false) = (self.demand.wanted(), mine.given.covers(self)) {
                return Err(ScheduleMismatch::Stricter(wanted));
            }
        }
        Ok(())
    }
}

/// A row whose finding rests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "SerializedEntry", try_from = "SerializedEntry")]
pub struct Snooze {
    /// Whose.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Something on the shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleEntry {
    /// Agreed for later.
    Later(ScheduledPlan),
    /// Resting.
    Snooze(Snooze),
}

impl ScheduleEntry {
    /// Whose.
    pub fn key(&self) -> &ResourceKey {
        match self {
            Self::Later(later) => &later.key,
            Self::Snooze(snooze) => &snooze.key,
        }
    }

    /// Whether both are one thing, put off or not.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Later(one), Self::Later(other)) => one.is(other),
            (Self::Snooze(one), Self::Snooze(other)) => one.key == other.key,
            _ => false,
        }
    }
}

/// A change of the shelf.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleChange {
    /// Put there. A snooze takes the place of one of the same row.
    Add(ScheduleEntry),
    /// Taken away; not a snooze that was made longer meanwhile.
    Remove(ScheduleEntry),
    /// In place of what is there; nothing if it is not there any more.
    Replace(ScheduleEntry),
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedules {
    /// In the order it came.
    pub kept: Vec<ScheduleEntry>,
}

impl Schedules {
    /// What was agreed.
    pub fn laters(&self) -> impl Iterator<Item = &ScheduledPlan> {
        self.kept.iter().filter_map(|kept| match kept {
            ScheduleEntry::Later(later) => Some(later),
            ScheduleEntry::Snooze(_) => None,
        })
    }

    /// What rests.
    pub fn snoozes(&self) -> impl Iterator<Item = &Snooze> {
        self.kept.iter().filter_map(|kept| match kept {
            ScheduleEntry::Snooze(snooze) => Some(snooze),
            ScheduleEntry::Later(_) => None,
        })
    }

    /// What was agreed for `key`.
    pub fn later(&self, key: &ResourceKey) -> Option<&ScheduledPlan> {
        self.laters()
            .filter(|later| later.key == *key)
            .min_by_key(|later| later.due)
    }

    /// The snooze of `key`, if it still rests at `now`.
    pub fn snooze(&self, key: &ResourceKey, now: Timestamp) -> Option<&Snooze> {
        self.snoozes()
            .find(|snooze| snooze.key == *key && snooze.until > now)
    }

    /// Rows that rest at `now`.
    pub fn resting(&self, now: Timestamp) -> BTreeSet<ResourceKey> {
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
                    self.kept.retain(|kept| !kept.is(new));
                    self.kept.push(new.clone());
                }
                ScheduleChange::Remove(old) => self.kept.retain(|kept| match (kept, old) {
                    (ScheduleEntry::Snooze(kept), ScheduleEntry::Snooze(old)) => {
                        kept.key != old.key || kept.until > old.until
                    }
                    _ => !kept.is(old),
                }),
                ScheduleChange::Replace(new) => self
                    .kept
                    .iter_mut()
                    .filter(|kept| kept.is(new))
                    .for_each(|kept| *kept = new.clone()),
            }
        }
    }

    /// Takes `wanted` away, and gives those that were there, due as they were wanted: one that was
    /// put off meanwhile stays.
    pub fn take(&mut self, wanted: &[ScheduledPlan]) -> Vec<ScheduledPlan> {
        let mut taken = Vec::new();
        self.kept.retain(|kept| {
            let ScheduleEntry::Later(later) = kept else {
                return true;
            };
            let mine = wanted.contains(later);
            if mine {
                taken.push(later.clone());
            }
            !mine
        });
        taken
    }
}

/// As it is written down. Moments RFC 3339 UTC.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SerializedEntry {
    account: String,
    region: String,
    kind: String,
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<GivenConfirmation>,
    /// When it was agreed, or since when it rests.
    since: String,
    /// Its hour, or until when it rests.
    until: String,
}

impl SerializedEntry {
    fn of(key: &ResourceKey, name: &str, since: Timestamp, until: Timestamp) -> Self {
        Self {
            account: key.account.to_string(),
            region: key.region.to_string(),
            kind: key.kind.0.to_owned(),
            id: key.id.to_string(),
            name: name.to_owned(),
            since: since.to_string(),
            until: until.to_string(),
            ..Self::default()
        }
    }

    fn key(&self) -> Result<ResourceKey, String> {
        for (word, value) in [
            ("account", &self.account),
            ("region", &self.region),
            ("kind", &self.kind),
            ("id", &self.id),
        ] {
            if value.is_empty() {
                return Err(format!("`{word}` is missing"));
            }
        }
        let (account, region, id) = (
            self.account.as_str().into(),
            self.region.as_str().into(),
            self.id.as_str().into(),
        );
        Ok(ResourceKey {
            account,
            region,
            kind: ResourceKind::named(&self.kind),
            id,
        })
    }

    fn moments(&self) -> Result<(Timestamp, Timestamp), String> {
        let moment = |word: &str, text: &str| {
            text.parse()
                .map_err(|_| format!("`{word}` is no moment: `{text}`"))
        };
        Ok((moment("since", &self.since)?, moment("until", &self.until)?))
    }
}

impl From<ScheduledPlan> for SerializedEntry {
    fn from(later: ScheduledPlan) -> Self {
        let ScheduledPlan {
            plan,
            key,
            name,
            request,
            given,
            agreed,
            due,
        } = later;
        let (plan, operation) = (
            Some(plan.to_string()),
            Some(request.operation.id().to_owned()),
        );
        Self {
            plan,
            operation,
            given: Some(given),
            ..Self::of(&key, &name, agreed, due)
        }
    }
}

impl TryFrom<SerializedEntry> for ScheduledPlan {
    type Error = String;
    fn try_from(written: SerializedEntry) -> Result<Self, String> {
        let word = written
            .operation
            .as_deref()
            .ok_or("`operation` is missing")?;
        let request = Operation::parse(word)
            .and_then(Operation::complete_request)
            .ok_or_else(|| format!("`{word}` cannot be agreed for later"))?;
        let given = written.given.clone().ok_or("`given` is missing")?;
        let plan = PlanId(written.plan.as_deref().ok_or("`plan` is missing")?.into());
        let (agreed, due) = written.moments()?;
        Ok(Self {
            plan,
            key: written.key()?,
            name: written.name.as_str().into(),
            request,
            given,
            agreed,
            due,
        })
    }
}

impl From<Snooze> for SerializedEntry {
    fn from(snooze: Snooze) -> Self {
        Self::of(&snooze.key, &snooze.name, snooze.since, snooze.until)
    }
}

impl TryFrom<SerializedEntry> for Snooze {
    type Error = String;
    fn try_from(written: SerializedEntry) -> Result<Self, String> {
        let (since, until) = written.moments()?;
        Ok(Self {
            key: written.key()?,
            name: written.name.as_str().into(),
            since,
            until,
        })
    }
}
