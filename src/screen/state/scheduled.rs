//! What was agreed for later, as the screen knows it: the shelf as the file has it, and what is
//! being taken from it.

use crate::domain::{
    Measured, Record, ResourceKey, ScheduledPlan, Timestamp,
    action::{
        off_hours::{self, OffHoursKeys, OffHoursTag},
        schedule::Schedules,
    },
    time::when,
};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct ScheduleBook {
    /// What is kept.
    pub shelf: Schedules,
    /// The shelf was read.
    pub read: bool,
    /// A file keeps the shelf for the next start.
    pub lasting: bool,
    /// Taken from the shelf right now, to be carried out once it is known that nobody else does.
    pub taking: Vec<ScheduledPlan>,
    /// Told already that they were not done.
    pub told: BTreeSet<(ResourceKey, Timestamp)>,
    /// The tags of policy engines.
    pub tags: OffHoursKeys,
}

impl ScheduleBook {
    /// What the tags of `record` say that policy engines read.
    pub fn by_tag(&self, record: &Record) -> Vec<OffHoursTag> {
        match &record.head.tags {
            Measured::Known(tags) => off_hours::says(tags, &self.tags),
            Measured::Unknown(_) => Vec::new(),
        }
    }

    /// What comes next for a row, in a word or two: `stop 19:00`, `rests 2h`, `stop 2026/11/27`.
    pub fn next(&self, record: &Record, now: Timestamp, zone: &TimeZone) -> Option<String> {
        let key = &record.head.key;
        if let Some(later) = self.shelf.later(key) {
            return Some(format!(
                "{} {}",
                later.operation(),
                when::brief(later.due(), now, zone)
            ));
        }
        if let Some(snooze) = self.shelf.snooze(key, now) {
            return Some(format!("rests {}", when::until(snooze.until, now)));
        }
        self.by_tag(record).into_iter().next().map(|said| said.text)
    }

    /// The number of scheduled changes.
    pub fn scheduled_count(&self) -> usize {
        self.shelf.laters().count()
    }
}
