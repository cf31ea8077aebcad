//! A line of the audit journal: who did what to which resource, why, by which plan, what it was
//! before, what came of it.
//!
//! Plain data, read and written by the engine, shown by the screen.

use super::{
    ActionStatus, ApiCall, Expected, FaultKind, Observed, Operation, PlanId, ResourceKey,
    ResourceKind, Setting, Tags, Target, Timestamp, action::expected::ScheduledAction,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The form of lines that are written now. Lines of form 1 stand before the chain: they have
/// neither `seq` nor `hash`.
pub const VERSION: u8 = 2;

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// It is about to be done.
    Intent,
    /// AWS accepted the call.
    Accepted,
    /// After that: it is as wanted.
    Settled,
    /// Not called: the resource was not as planned.
    Drifted,
    /// Not called: cancelled before its turn.
    Cancelled,
    /// AWS said no.
    Refused,
    /// No answer: it may have happened.
    Unknown,
    /// Accepted, in whole or in part, but not as wanted in the time it was watched.
    Unsettled,
    /// An intent without a result was looked at by a later run.
    Recovered,
}

impl AuditEvent {
    /// The word of `step`.
    pub fn of(step: &ActionStatus) -> Self {
        match step {
            ActionStatus::Journalled | ActionStatus::Calling => Self::Intent,
            ActionStatus::Accepted => Self::Accepted,
            ActionStatus::Settled => Self::Settled,
            ActionStatus::Drifted(_) => Self::Drifted,
            ActionStatus::Cancelled => Self::Cancelled,
            ActionStatus::Refused(_) => Self::Refused,
            ActionStatus::Unknown(_) => Self::Unknown,
            // What came of it says which: see `Outcome`.
            ActionStatus::Unsettled(_) | ActionStatus::Partly(_) => Self::Unsettled,
        }
    }

    /// As it stands in the journal.
    pub fn id(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Accepted => "accepted",
            Self::Settled => "settled",
            Self::Drifted => "drifted",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Unsettled => "unsettled",
            Self::Recovered => "recovered",
        }
    }
}

/// What came of an intent, in the classes a reader counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// AWS took it.
    Done,
    /// A part of it was done; the rest was refused, or nobody knows.
    Partly,
    /// Nothing was done: the resource was not as planned, it was cancelled, or the console ended
    /// before the call.
    NotDone,
    /// AWS refused the request.
    Refused,
    /// This identity may not do that.
    Denied,
    /// AWS took no more requests, however often it was asked.
    Throttled,
    /// The credentials are expired or not valid.
    Expired,
    /// It cannot be told.
    Unknown,
}

impl Outcome {
    /// The class of `step`, if it ends or accepts something.
    pub fn of(step: &ActionStatus) -> Option<Self> {
        Some(match step {
            ActionStatus::Journalled | ActionStatus::Calling => return None,
            ActionStatus::Accepted | ActionStatus::Settled | ActionStatus::Unsettled(_) => {
                Self::Done
            }
            ActionStatus::Drifted(_) | ActionStatus::Cancelled => Self::NotDone,
            ActionStatus::Partly(_) => Self::Partly,
            ActionStatus::Unknown(_) => Self::Unknown,
            ActionStatus::Refused(fault) => match fault.kind {
                FaultKind::Denied => Self::Denied,
                FaultKind::Throttled => Self::Throttled,
                FaultKind::BadCredentials | FaultKind::NoCredentials => Self::Expired,
                _ => Self::Refused,
            },
        })
    }

    /// As it stands in the journal.
    pub fn id(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::NotDone => "not_done",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// The resource before the call, as far as the action touches it: what an undo needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorState {
    /// AWS's word.
    pub state: String,
    /// How many ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// How many were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// The touched tags; null where a tag was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, Option<String>>>,
    /// Its scheduled actions, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_actions: Option<Vec<ScheduledAction>>,
    /// The setting that is changed, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
}

impl PriorState {
    /// What `want` touches of `look`.
    pub fn of(look: &Observed, expected: &Expected) -> Self {
        let counts = matches!(expected, Expected::Count(_));
        let tags = match (expected, &look.tags) {
            (Expected::Tags { set, remove }, Some(tags)) => Some(touched(tags, set, remove)),
            _ => None,
        };
        Self {
            state: look.state.name.to_string(),
            count: look.count.filter(|_| counts),
            desired: look.desired.filter(|_| counts),
            tags,
            scheduled_actions: look.scheduled_actions.clone(),
            setting: look.setting.clone(),
        }
    }
}

fn touched(tags: &Tags, set: &Tags, remove: &[String]) -> BTreeMap<String, Option<String>> {
    set.keys()
        .chain(remove)
        .map(|key| (key.clone(), tags.get(key).cloned()))
        .collect()
}

/// The change itself, so that a later run can look whether it was carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRecord {
    /// The call.
    pub call: ApiCall,
    /// What must be true afterwards.
    pub expected: Expected,
    /// What the plan saw.
    pub seen: Observed,
}

impl ChangeRecord {
    /// Of `target`.
    pub fn of(target: &Target) -> Self {
        Self {
            call: target.call.clone(),
            expected: target.expected.clone(),
            seen: target.seen.clone(),
        }
    }
}

/// One line. Money in US dollars per hour, moments RFC 3339 UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The form of the line.
    pub version: u8,
    /// Its number in the chain, from 1; 0 before the chain.
    #[serde(default)]
    pub seq: u64,
    /// When.
    #[serde(with = "moment")]
    pub at: Timestamp,
    /// Of which plan.
    pub plan: PlanId,
    /// The plan this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<PlanId>,
    /// The user of this machine.
    pub by: Arc<str>,
    /// The identity that AWS sees: the ARN that STS tells.
    #[serde(default)]
    pub who: Option<Arc<str>>,
    /// Why: the finding that led here.
    #[serde(default)]
    pub why: Option<Arc<str>>,
    /// What the line tells of.
    pub step: AuditEvent,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    /// The operation.
    pub operation: Operation,
    /// The profile that reaches the resource.
    pub profile: Arc<str>,
    /// The account.
    pub account: Arc<str>,
    /// The region.
    pub region: Arc<str>,
    /// The sort of resource.
    pub kind: ResourceKind,
    /// The resource's id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The requests, complete.
    pub requests: Vec<String>,
    /// What it was before.
    pub before: PriorState,
    /// What must be true afterwards, in words.
    pub expected: String,
    /// List dollars per hour saved (negative: added); null when unpriced.
    pub saves_usd_per_hour: Option<f64>,
    /// Why, when it did not go as wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The run of the program that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<Arc<str>>,
    /// In an intent: the change itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deed: Option<ChangeRecord>,
    /// In the first line of a file that others were put away before: the numbers of intents in
    /// those that had no result then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_open: Option<Vec<u64>>,
    /// Hash of unreadable lines that stand between the line before this one and this one: a write
    /// that was cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<String>,
    /// What was found wrong with the journal when this line was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// The hash of the line before; of the first one, of all that stood in the file before it.
    #[serde(default)]
    pub prev: String,
    /// SHA-256, in hex, of this line without this field.
    #[serde(default)]
    pub hash: String,
}

impl AuditEntry {
    /// The resource.
    pub fn key(&self) -> ResourceKey {
        ResourceKey {
            account: self.account.clone(),
            region: self.region.clone(),
            kind: self.kind,
            id: self.id.clone(),
        }
    }

    /// Who did it: the name at the end of the identity that AWS saw, else the user of the machine.
    pub fn actor(&self) -> &str {
        let who = self.who.as_deref().unwrap_or(&self.by);
        who.rsplit(['/', ':']).next().unwrap_or(who)
    }

    /// What the resource is called: its name, else its id.
    pub fn called(&self) -> &Arc<str> {
        if self.name.trim().is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

/// RFC 3339, UTC.
mod moment {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
