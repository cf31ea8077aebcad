//! The list of scheduled operations and snoozes.

use super::around;
use crate::domain::action::schedule::{ScheduleEntry, Schedules};

/// The list. It reads the schedules each time, because they may change while it is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduledList {
    /// The entry under the cursor.
    pub at: Option<ScheduleEntry>,
    /// It opened by itself, because an operation was missed.
    pub missed: bool,
}

impl ScheduledList {
    /// The entries: scheduled operations, the next first; then snoozes, the first to end first.
    pub fn lines(schedules: &Schedules) -> Vec<ScheduleEntry> {
        let mut plans: Vec<_> = schedules.plans().cloned().collect();
        plans.sort_by(|a, b| (a.due(), a.key()).cmp(&(b.due(), b.key())));
        let mut snoozes: Vec<_> = schedules.snoozes().cloned().collect();
        snoozes.sort_by(|a, b| (a.until, &a.key).cmp(&(b.until, &b.key)));
        plans
            .into_iter()
            .map(ScheduleEntry::Plan)
            .chain(snoozes.into_iter().map(ScheduleEntry::Snooze))
            .collect()
    }

    /// The position of the cursor among `lines`; 0 if its entry is gone.
    pub fn place(&self, lines: &[ScheduleEntry]) -> usize {
        self.at
            .as_ref()
            .and_then(|at| lines.iter().position(|line| line.is(at)))
            .unwrap_or(0)
    }

    /// The entry under the cursor.
    pub fn chosen(&self, schedules: &Schedules) -> Option<ScheduleEntry> {
        let lines = Self::lines(schedules);
        lines.get(self.place(&lines)).cloned()
    }

    /// Up or down, around the ends.
    pub fn step(&mut self, by: isize, schedules: &Schedules) {
        let lines = Self::lines(schedules);
        self.at = lines
            .get(around(self.place(&lines), by, lines.len()))
            .cloned();
    }
}
