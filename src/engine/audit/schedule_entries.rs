//! Scheduled actions in the journal: an action runs at its time without another question, so its
//! confirmation must be in the journal.
//!
//! The schedule file alone is no proof, because any writer of the file could add actions. An action
//! counts as scheduled while the newest entry about it is `scheduled` and holds exactly the same
//! plan, resource, request and times.

use super::{Journal, JournalLine, ParsedLine, reader, verify};
use crate::domain::{
    Operation, PlanId, ResourceKey, ScheduledPlan, StatusKind, Timestamp,
    audit::{AuditEntry, PriorState, VERSION},
};
use std::{collections::HashMap, io};

impl Journal {
    /// Records that a person confirmed `plans` for their times. Blocks until it is on disk.
    pub fn record_scheduled(&self, plans: &[ScheduledPlan], at: Timestamp) -> io::Result<()> {
        self.record(plans, at, StatusKind::Scheduled, None)
    }

    /// Records that `plans` are no longer scheduled, because of `why`. Blocks until it is on disk.
    pub fn record_unscheduled(
        &self,
        plans: &[ScheduledPlan],
        at: Timestamp,
        why: &str,
    ) -> io::Result<()> {
        self.record(plans, at, StatusKind::Unscheduled, Some(why))
    }

    fn record(
        &self,
        plans: &[ScheduledPlan],
        at: Timestamp,
        event: StatusKind,
        why: Option<&str>,
    ) -> io::Result<()> {
        let mut writer = self.writer();
        plans
            .iter()
            .try_for_each(|plan| writer.append(self.schedule_entry(plan, at, event, why)))
    }

    fn schedule_entry(
        &self,
        plan: &ScheduledPlan,
        at: Timestamp,
        event: StatusKind,
        why: Option<&str>,
    ) -> AuditEntry {
        let key = plan.key();
        AuditEntry {
            version: VERSION,
            seq: 0,
            at,
            plan: plan.plan().clone(),
            undoes: None,
            os_user: self.os_user.clone(),
            principal_arn: None,
            reason: None,
            event,
            outcome: event.counts_as(),
            recovered: false,
            operation: plan.operation(),
            profile: "".into(),
            account: key.account.clone(),
            region: key.region.clone(),
            kind: key.kind,
            id: key.id.clone(),
            name: plan.name().clone(),
            requests: Vec::new(),
            before: PriorState::default(),
            expected: format!("{} at {}", plan.operation(), plan.due()),
            saves_usd_per_hour: None,
            detail: why.map(str::to_owned),
            session_id: None,
            change: None,
            schedule: Some(plan.clone()),
            unresolved: None,
            truncated_sha256: None,
            integrity_error: None,
            prev: String::new(),
            hash: String::new(),
        }
    }

    /// The ones of `plans` that the journal holds as scheduled; none if the journal was altered.
    pub fn find_scheduled(&self, plans: &[ScheduledPlan]) -> io::Result<Vec<ScheduledPlan>> {
        if plans.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(violation) = verify(&self.path)?.violations.first() {
            return Err(io::Error::other(format!(
                "the journal was altered ({violation}): run `spendtop journal --verify`"
            )));
        }
        let mut newest: HashMap<(PlanId, ResourceKey, Operation), AuditEntry> = HashMap::new();
        reader::for_each(&self.path, |JournalLine { parsed, .. }| {
            if let ParsedLine::Entry(entry) = parsed
                && entry.schedule.is_some()
            {
                let subject = (entry.plan.clone(), entry.key(), entry.operation);
                newest.insert(subject, *entry);
            }
            true
        })?;
        let is_scheduled = |plan: &&ScheduledPlan| {
            let subject = (plan.plan().clone(), plan.key().clone(), plan.operation());
            newest.get(&subject).is_some_and(|entry| {
                entry.event == StatusKind::Scheduled && entry.schedule.as_ref() == Some(*plan)
            })
        };
        Ok(plans.iter().filter(is_scheduled).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(id: &str, due: &str) -> ScheduledPlan {
        ScheduledPlan::sample(id, Operation::Stop, due)
    }

    #[test]
    fn only_what_a_person_scheduled_counts_until_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("journal.jsonl"), "ana");
        let now = "2026-11-23T16:02:00Z".parse().unwrap();
        let mine = [plan("i-1", "2026-11-23T19:00:00Z")];
        let earlier = [plan("i-1", "2026-11-23T17:00:00Z")];
        let forged = plan("i-2", "2026-11-23T19:00:00Z");
        let all = [mine[0].clone(), forged, earlier[0].clone()];
        assert_eq!(journal.find_scheduled(&all).unwrap(), []);
        journal.record_scheduled(&mine, now).unwrap();
        assert_eq!(
            journal.find_scheduled(&all).unwrap(),
            mine,
            "an altered time is not what was confirmed"
        );
        journal.record_scheduled(&earlier, now).unwrap();
        assert_eq!(journal.find_scheduled(&all).unwrap(), earlier);
        journal.record_unscheduled(&earlier, now, "due").unwrap();
        assert_eq!(journal.find_scheduled(&all).unwrap(), []);
        assert!(verify(journal.path()).unwrap().violations.is_empty());
    }

    #[test]
    fn nothing_counts_in_an_altered_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let journal = Journal::at(&path, "ana");
        let mine = [plan("i-1", "2026-11-23T19:00:00Z")];
        let now = "2026-11-23T16:02:00Z".parse().unwrap();
        journal.record_scheduled(&mine, now).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("i-1", "i-2")).unwrap();
        let error = journal.find_scheduled(&mine).unwrap_err().to_string();
        assert!(error.contains("the journal was altered"), "{error}");
    }
}
