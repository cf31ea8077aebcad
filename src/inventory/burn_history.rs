//! The burn over time: as recorded while the program runs, and of the running rows by their start.

use crate::domain::{Record, Series, Timestamp, UsdPerHour, time::timestamp::seconds_between};
use std::{collections::VecDeque, sync::Arc};

/// Seconds between notes, and the most notes: those of an hour.
const STEP: u32 = 30;
const MAX_NOTES: i64 = 120;
/// Hours that the curve of starts covers: a long weekend and the day before it.
const HOURS: i64 = 96;

#[derive(Clone, Debug, Default)]
pub(super) struct BurnHistory {
    /// Number of [`STEP`]s since the epoch of the last note.
    slot: i64,
    notes: VecDeque<Option<f64>>,
}

impl BurnHistory {
    /// Records the burn at `now`. Returns whether that changed the history.
    pub(super) fn note(&mut self, now: Timestamp, burn: UsdPerHour) -> bool {
        let slot = now.as_second().div_euclid(i64::from(STEP));
        if self.notes.is_empty() || slot - self.slot >= MAX_NOTES {
            self.notes.clear();
            self.slot = slot - 1;
        }
        while self.slot < slot {
            self.notes.push_back(None);
            self.slot += 1;
        }
        while length(&self.notes) > MAX_NOTES {
            self.notes.pop_front();
        }
        let Some(last) = self.notes.back_mut().filter(|_| self.slot == slot) else {
            return false;
        };
        let changed = *last != Some(burn.0);
        *last = Some(burn.0);
        changed
    }

    pub(super) fn series(&self) -> Series {
        let first = self.slot - length(&self.notes) + 1;
        let start = Timestamp::from_second(first.saturating_mul(i64::from(STEP)))
            .unwrap_or(Timestamp::UNIX_EPOCH);
        Series {
            start,
            step: STEP,
            points: self.notes.iter().copied().collect(),
        }
    }
}

fn length(notes: &VecDeque<Option<f64>>) -> i64 {
    i64::try_from(notes.len()).unwrap_or(i64::MAX)
}

/// At each of the last [`HOURS`] hours: the sum of the rates of all rows that run now and had
/// started by then. A row without a known start counts from the beginning.
pub(super) fn burn_by_start<'a>(
    now: Timestamp,
    rows: impl Iterator<Item = &'a Arc<Record>>,
) -> Series {
    let mut steps = [0.0; HOURS as usize];
    for row in rows {
        let Some(rate) = row.head.burn.rate().filter(|rate| rate.0 > 0.0) else {
            continue;
        };
        let age = row.head.since.map_or(f64::INFINITY, |since| {
            (seconds_between(since, now) / 3600.0).max(0.0)
        });
        let back = (age as usize).min(steps.len() - 1);
        let newest = steps.len() - 1;
        if let Some(step) = steps.get_mut(newest - back) {
            *step += rate.0;
        }
    }
    let mut sum = 0.0;
    let points = steps.into_iter().map(|step| {
        sum += step;
        Some(sum)
    });
    let start = now
        .saturating_sub(jiff::SignedDuration::from_hours(HOURS - 1))
        .unwrap_or(Timestamp::UNIX_EPOCH);
    Series {
        start,
        step: 3600,
        points: points.collect(),
    }
}
