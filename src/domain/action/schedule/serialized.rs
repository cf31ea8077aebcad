//! The serialized form of scheduled plans and snoozes.

use super::{GivenConfirmation, ScheduledPlan, Snooze};
use crate::domain::{Operation, PlanId, ResourceKey, ResourceKind, Timestamp};
use serde::{Deserialize, Serialize};

/// A scheduled plan or a snooze as the file has it. Times are RFC 3339 UTC.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SerializedEntry {
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
    /// When it was scheduled or snoozed.
    since: String,
    /// When it is due, or the snooze ends.
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
            scheduled_at,
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
            ..Self::of(&key, &name, scheduled_at, due)
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
            .ok_or_else(|| format!("`{word}` cannot be scheduled"))?;
        let given = written.given.clone().ok_or("`given` is missing")?;
        let plan = PlanId(written.plan.as_deref().ok_or("`plan` is missing")?.into());
        let (scheduled_at, due) = written.moments()?;
        Ok(Self {
            plan,
            key: written.key()?,
            name: written.name.as_str().into(),
            request,
            given,
            scheduled_at,
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
