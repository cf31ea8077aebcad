//! Scheduled actions that a person confirmed: checks the schedule file against the journal.
//!
//! An action is in the journal before it is in the file, and leaves the journal before it runs.
//! Actions in the file that the journal does not have are reported and never run.

use super::schedule_store::{LoadOutcome, ScheduleFile};
use crate::{
    aws::Clock,
    domain::{
        ScheduledPlan,
        action::schedule::{ScheduleChange, ScheduleEntry},
    },
    engine::audit::Journal,
};
use std::{io, sync::Arc};

/// The schedule file and the journal that proves its actions. All methods block.
#[derive(Clone, Debug)]
pub(super) struct ConfirmedSchedules {
    /// The file.
    pub file: ScheduleFile,
    journal: Arc<Journal>,
    clock: Clock,
}

impl ConfirmedSchedules {
    /// The actions of `file` that `journal` proves; `clock` dates the entries.
    pub(super) fn new(file: ScheduleFile, journal: Arc<Journal>, clock: Clock) -> Self {
        Self {
            file,
            journal,
            clock,
        }
    }

    /// Scheduled actions and snoozes. An action that nobody confirmed is a problem.
    pub(super) fn load(&self) -> io::Result<LoadOutcome> {
        let outcome = self.file.load()?;
        self.confirmed_only(outcome)
    }

    /// Journals and applies `changes`.
    pub(super) fn apply(&self, changes: &[ScheduleChange]) -> io::Result<LoadOutcome> {
        let plans = |pick: fn(&ScheduleChange) -> Option<&ScheduleEntry>| -> Vec<ScheduledPlan> {
            let entries = changes.iter().filter_map(pick);
            entries
                .filter_map(|entry| match entry {
                    ScheduleEntry::Plan(plan) => Some(plan.clone()),
                    ScheduleEntry::Snooze(_) => None,
                })
                .collect()
        };
        let added = plans(|change| match change {
            ScheduleChange::Add(entry) | ScheduleChange::Replace(entry) => Some(entry),
            ScheduleChange::Remove(_) => None,
        });
        let removed = plans(|change| match change {
            ScheduleChange::Remove(entry) => Some(entry),
            ScheduleChange::Add(_) | ScheduleChange::Replace(_) => None,
        });
        let now = self.clock.now();
        self.journal.record_scheduled(&added, now)?;
        let outcome = match self.file.apply(changes) {
            Ok(outcome) => outcome,
            Err(error) => {
                let why = "the schedule cannot be written";
                self.journal.record_unscheduled(&added, now, why)?;
                return Err(error);
            }
        };
        // Another console may have claimed a plan that these changes postpone.
        let listed: Vec<&ScheduledPlan> = outcome.schedules.plans().collect();
        let gone = added.into_iter().filter(|plan| !listed.contains(&plan));
        let gone: Vec<ScheduledPlan> = removed.into_iter().chain(gone).collect();
        self.journal
            .record_unscheduled(&gone, now, "taken out of the schedule")?;
        self.confirmed_only(outcome)
    }

    /// Removes `due` and returns the ones that were still there and that a person confirmed. After
    /// that no other console claims them.
    pub(super) fn claim(
        &self,
        due: &[ScheduledPlan],
    ) -> io::Result<(LoadOutcome, Vec<ScheduledPlan>)> {
        // The journal first: if it cannot be read, the file keeps the due plans.
        let confirmed = self.journal.find_scheduled(due)?;
        let (outcome, claimed) = self.file.claim(&confirmed)?;
        self.journal
            .record_unscheduled(&claimed, self.clock.now(), "its time has come")?;
        Ok((self.confirmed_only(outcome)?, claimed))
    }

    fn confirmed_only(&self, mut outcome: LoadOutcome) -> io::Result<LoadOutcome> {
        let plans: Vec<ScheduledPlan> = outcome.schedules.plans().cloned().collect();
        let confirmed = self.journal.find_scheduled(&plans)?;
        let forged = plans.iter().filter(|plan| !confirmed.contains(plan));
        outcome.problems.extend(forged.map(describe_forged));
        outcome.schedules.entries.retain(|entry| match entry {
            ScheduleEntry::Plan(plan) => confirmed.contains(plan),
            ScheduleEntry::Snooze(_) => true,
        });
        Ok(outcome)
    }
}

fn describe_forged(plan: &ScheduledPlan) -> String {
    format!(
        "{} of {} at {} was never confirmed: the journal does not hold it, \
         so it is not carried out",
        plan.operation(),
        plan.name(),
        plan.due()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Operation;

    const DUE: &str = "2026-11-23T19:00:00Z";

    #[test]
    fn line_that_another_user_wrote_is_reported_and_not_claimed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schedules.jsonl");
        let journal = Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana"));
        let file = ScheduleFile::File(path.clone());
        let schedules = ConfirmedSchedules::new(file.clone(), journal, Clock::system());
        let mine = ScheduledPlan::sample("i-1", Operation::Stop, DUE);
        schedules
            .apply(&[ScheduleChange::Add(ScheduleEntry::Plan(mine.clone()))])
            .unwrap();
        let forged = ScheduledPlan::sample("i-2", Operation::Terminate, DUE);
        file.apply(&[ScheduleChange::Add(ScheduleEntry::Plan(forged.clone()))])
            .unwrap();
        let loaded = schedules.load().unwrap();
        assert_eq!(loaded.schedules.plans().collect::<Vec<_>>(), [&mine]);
        assert!(
            loaded.problems[0].contains("terminate of i-2") && loaded.problems.len() == 1,
            "{:?}",
            loaded.problems
        );
        let (outcome, claimed) = schedules.claim(&[mine.clone(), forged]).unwrap();
        assert_eq!(&claimed, std::slice::from_ref(&mine));
        assert_eq!(outcome.problems.len(), 1);
        // Restored from a copy, it does not run again.
        file.apply(&[ScheduleChange::Add(ScheduleEntry::Plan(mine.clone()))])
            .unwrap();
        assert_eq!(schedules.claim(&[mine]).unwrap().1, []);
    }
}
