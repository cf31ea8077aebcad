//! Scheduled operations and snoozes: the content of the file, and the claims of this console.

use crate::domain::{
    Measured, Record, ResourceKey, ScheduledPlan, Timestamp,
    action::{
        off_hours::{self, OffHoursKeys, OffHoursTag},
        schedule::Schedules,
    },
    time::when,
};
use crate::screen::notices::page;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// The schedules of this session.
#[derive(Clone, Debug, Default)]
pub struct ScheduleBook {
    /// The content of the file.
    pub entries: Schedules,
    /// Whether the file was read.
    pub is_loaded: bool,
    /// Whether a file saves them for the next start.
    pub is_saved: bool,
    /// Plans that this console is removing from the file; a plan runs once no other console can
    /// claim it.
    pub claims: Vec<ScheduledPlan>,
    /// Operations that were already reported as not run.
    pub reported: BTreeSet<(ResourceKey, Timestamp)>,
    /// The tags of policy engines.
    pub tags: OffHoursKeys,
}

impl ScheduleBook {
    /// The schedule tags of `record` that policy engines read.
    pub fn by_tag(&self, record: &Record) -> Vec<OffHoursTag> {
        match &record.head.tags {
            Measured::Known(tags) => off_hours::says(tags, &self.tags),
            Measured::Unknown(_) => Vec::new(),
        }
    }

    /// The next entry of a row in short: `stop 19:00`, `snoozed 2h`, `stop 2026/11/27`.
    pub fn next(&self, record: &Record, now: Timestamp, zone: &TimeZone) -> Option<String> {
        let key = &record.head.key;
        if let Some(later) = self.entries.plan_of(key) {
            return Some(page::next_scheduled(
                later.operation(),
                &when::format_brief(later.due(), now, zone),
            ));
        }
        if let Some(snooze) = self.entries.snooze(key, now) {
            return Some(page::snoozed_for(&when::format_distance(snooze.until, now)));
        }
        self.by_tag(record).into_iter().next().map(|said| said.text)
    }

    /// The number of scheduled operations.
    pub fn scheduled_count(&self) -> usize {
        self.entries.plans().count()
    }
}
