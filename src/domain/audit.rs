//! An entry of the audit journal: who did what to which resource, why, by which plan, what the
//! resource was before, and what followed.
//!
//! `docs/journal.md` describes every key; a test compares that list with this type.

pub use super::action::prior_state::PriorState;
use super::{
    ApiCall, ExpectedState, ObservedState, Operation, Outcome, PlanId, ResourceKey, ResourceKind,
    ScheduledPlan, StatusKind, Target, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The version of the format that is written. Entries of a higher version are not read.
pub const VERSION: u8 = 1;

/// The change itself, so that a later session can find out whether AWS carried it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCall {
    /// The API call.
    pub call: ApiCall,
    /// The state that the call leads to.
    pub expected: ExpectedState,
    /// The state that the plan was made on.
    pub observed: ObservedState,
}

impl RecordedCall {
    /// The change of `target`.
    pub fn new(target: &Target) -> Self {
        Self {
            call: target.call.clone(),
            expected: target.expected.clone(),
            observed: target.observed.clone(),
        }
    }
}

/// One entry, one line of the file. Money is in US dollars per hour, times are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Version of the format.
    pub version: u8,
    /// Number in the chain, from 1.
    pub seq: u64,
    /// When it was written.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// The plan.
    pub plan: PlanId,
    /// The plan that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<PlanId>,
    /// The user of this machine.
    pub os_user: Arc<str>,
    /// The identity that AWS sees: an ARN from STS. Null where no session reached the resource.
    pub principal_arn: Option<Arc<str>>,
    /// Why: the finding that led to the plan.
    pub reason: Option<Arc<str>>,
    /// The event.
    pub event: StatusKind,
    /// Its outcome. Absent from intents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// A later session wrote it: it found an intent without a result and described the resource.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovered: bool,
    /// The operation.
    pub operation: Operation,
    /// The AWS profile; empty for the environment's own credentials.
    pub profile: Arc<str>,
    /// The account id.
    pub account: Arc<str>,
    /// The region.
    pub region: Arc<str>,
    /// The resource's kind.
    pub kind: ResourceKind,
    /// The resource's id.
    pub id: Arc<str>,
    /// The resource's name.
    pub name: Arc<str>,
    /// The API requests, complete.
    pub requests: Vec<String>,
    /// The state of the resource before the call.
    pub before: PriorState,
    /// The state that the action leads to, in words.
    pub expected: String,
    /// List price saved (negative: added); null when unpriced.
    pub saves_usd_per_hour: Option<f64>,
    /// The reason of the event: the fault, or what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The session that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Arc<str>>,
    /// The change itself. In intents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<RecordedCall>,
    /// The scheduled action. In `scheduled` and `unscheduled` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduledPlan>,
    /// In the first entry of a file after rotation: the numbers of intents in older files that had
    /// no result then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<Vec<u64>>,
    /// SHA-256 of the unreadable bytes between the entry before and this one: an interrupted write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated_sha256: Option<String>,
    /// The defect that the check of the journal found when this entry was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity_error: Option<String>,
    /// The hash of the entry before; empty in the first one.
    pub prev: String,
    /// SHA-256, in hex, of this entry without this key.
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

    /// The last part of the identity that AWS saw, else the user of the machine.
    pub fn actor(&self) -> &str {
        let identity = self.principal_arn.as_deref().unwrap_or(&self.os_user);
        identity.rsplit(['/', ':']).next().unwrap_or(identity)
    }

    /// The resource's name, else its id.
    pub fn display_name(&self) -> &Arc<str> {
        if self.name.trim().is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

/// RFC 3339, UTC.
mod rfc3339 {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ops;
    use std::collections::BTreeSet;

    /// The first cell of each row of the table under `heading`.
    fn documented(heading: &str) -> BTreeSet<String> {
        let text = include_str!("../../docs/journal.md");
        let section = text.split(heading).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
        cells
            .filter_map(|line| Some(line.split_once('`')?.0.to_owned()))
            .collect()
    }

    fn full_entry() -> AuditEntry {
        let state = crate::domain::State::new(crate::domain::Phase::Running, "running");
        AuditEntry {
            version: VERSION,
            seq: 1,
            at: "2026-11-23T08:30:00Z".parse().unwrap(),
            plan: PlanId("p".into()),
            undoes: Some(PlanId("o".into())),
            os_user: "ana".into(),
            principal_arn: None,
            reason: None,
            event: StatusKind::Recorded,
            outcome: Some(Outcome::Skipped),
            recovered: true,
            operation: Operation::Stop,
            profile: "".into(),
            account: "111122223333".into(),
            region: "us-east-1".into(),
            kind: ResourceKind("ec2-instance"),
            id: "i-1".into(),
            name: "one".into(),
            requests: Vec::new(),
            before: PriorState::default(),
            expected: "stopped".to_owned(),
            saves_usd_per_hour: None,
            detail: Some("why".to_owned()),
            schedule: serde_json::from_str(
                r#"{"account":"1","region":"us-east-1","kind":"ec2-instance","id":"i-1",
                "name":"one","plan":"p","operation":"stop","given":"yes",
                "since":"2026-11-23T08:30:00Z","until":"2026-11-23T19:00:00Z"}"#,
            )
            .unwrap(),
            session_id: Some("s".into()),
            change: Some(RecordedCall {
                call: ApiCall::Stop(ops::stop::Call::Instance("i-1".into())),
                expected: ExpectedState::Stopped,
                observed: ObservedState {
                    state,
                    count: None,
                    desired: None,
                    tags: None,
                    scheduled_actions: None,
                    setting: None,
                },
            }),
            unresolved: Some(Vec::new()),
            truncated_sha256: Some(String::new()),
            integrity_error: Some(String::new()),
            prev: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn documentation_lists_every_journal_key() {
        let json = serde_json::to_value(full_entry()).unwrap();
        let keys: BTreeSet<String> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(documented("## Keys"), keys);
    }

    #[test]
    fn documentation_lists_every_journal_event() {
        let ids = StatusKind::ALL
            .iter()
            .filter(|kind| !matches!(kind, StatusKind::Waiting | StatusKind::Calling))
            .map(|kind| kind.id().to_owned());
        assert_eq!(documented("## Events and outcomes"), ids.collect());
    }
}
