//! All that is agreed for later and all that rests, to look at and to take back.

use super::around;
use crate::domain::action::schedule::{ScheduleEntry, Schedules};

/// The list. What it lists is looked up anew each time: it may change while one reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduledList {
    /// What the cursor is on.
    pub at: Option<ScheduleEntry>,
    /// It came up by itself, because something was missed.
    pub missed: bool,
}

impl ScheduledList {
    /// The lines: what was agreed, the next first; then what rests, the next to wake first.
    pub fn lines(shelf: &Schedules) -> Vec<ScheduleEntry> {
        let mut laters: Vec<_> = shelf.laters().cloned().collect();
        laters.sort_by(|a, b| (a.due(), a.key()).cmp(&(b.due(), b.key())));
        let mut snoozes: Vec<_> = shelf.snoozes().cloned().collect();
        snoozes.sort_by(|a, b| (a.until, &a.key).cmp(&(b.until, &b.key)));
        laters
            .into_iter()
            .map(ScheduleEntry::Later)
            .chain(snoozes.into_iter().map(ScheduleEntry::Snooze))
            .collect()
    }

    /// The place of the cursor among `lines`; the first, if what it was on has gone.
    pub fn place(&self, lines: &[ScheduleEntry]) -> usize {
        self.at
            .as_ref()
            .and_then(|at| lines.iter().position(|line| line.is(at)))
            .unwrap_or(0)
    }

    /// The line under the cursor.
    pub fn chosen(&self, shelf: &Schedules) -> Option<ScheduleEntry> {
        let lines = Self::lines(shelf);
        lines.get(self.place(&lines)).cloned()
    }

    /// Up or down, around the ends.
    pub fn step(&mut self, by: isize, shelf: &Schedules) {
        let lines = Self::lines(shelf);
        self.at = lines
            .get(around(self.place(&lines), by, lines.len()))
            .cloned();
    }
}
