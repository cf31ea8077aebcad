//! The readings of one query, four bytes each.

use crate::domain::{Series, Timestamp};

/// Readings at a fixed step, oldest first; a gap is NaN. Places count periods since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ring {
    period: u32,
    begin: i64,
    points: Vec<f32>,
}

impl Ring {
    /// No readings of `period` seconds.
    pub(super) fn new(period: u32) -> Self {
        Self {
            period,
            begin: 0,
            points: Vec::new(),
        }
    }

    /// The place of the first reading, and all readings.
    pub(super) fn parts(&self) -> (i64, &[f32]) {
        (self.begin, &self.points)
    }

    /// Holds `points` from the place `begin` on, and no others.
    pub(super) fn set(&mut self, begin: i64, points: Vec<f32>) {
        (self.begin, self.points) = (begin, points);
    }

    /// The place behind the last reading; `None` without one.
    fn end(&self) -> Option<i64> {
        let length = i64::try_from(self.points.len()).unwrap_or(i64::MAX);
        (length > 0).then(|| self.begin + length)
    }

    /// Puts `value` at `place`. Gaps between it and the other readings stay gaps.
    pub(super) fn put(&mut self, place: i64, value: f32) {
        let Some(end) = self.end() else {
            (self.begin, self.points) = (place, vec![value]);
            return;
        };
        if place < self.begin {
            let gap = usize::try_from(self.begin - place).unwrap_or(0);
            self.points.splice(0..0, std::iter::repeat_n(f32::NAN, gap));
            self.begin = place;
        } else if place >= end {
            let gap = usize::try_from(place - end + 1).unwrap_or(0);
            self.points.reserve_exact(gap);
            self.points.extend(std::iter::repeat_n(f32::NAN, gap));
        }
        if let Some(point) = self.index(place).and_then(|at| self.points.get_mut(at)) {
            *point = value;
        }
    }

    /// Forgets the readings before `place`.
    pub(super) fn forget_before(&mut self, place: i64) {
        let old = usize::try_from(place - self.begin).unwrap_or(0);
        let old = old.min(self.points.len());
        if old > 0 {
            self.points.drain(..old);
            self.begin = place;
        }
    }

    /// The reading at `place`.
    pub(super) fn get(&self, place: i64) -> Option<f64> {
        let value = *self.points.get(self.index(place)?)?;
        (!value.is_nan()).then_some(f64::from(value))
    }

    /// The series of the places `from..to`.
    pub(super) fn series(&self, from: i64, to: i64) -> Series {
        let start = from.saturating_mul(i64::from(self.period));
        Series {
            start: Timestamp::from_second(start).unwrap_or(Timestamp::UNIX_EPOCH),
            step: self.period,
            points: (from..to).map(|place| self.get(place)).collect(),
        }
    }

    fn index(&self, place: i64) -> Option<usize> {
        usize::try_from(place - self.begin).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// A ring holds what a map from place to reading holds.
        #[test]
        fn ring_holds_the_newest_reading_of_each_place(
            puts in proptest::collection::vec((1_000i64..1_200, 0f32..1e6), 0..60),
            forget in 900i64..1_300,
        ) {
            let (mut ring, mut map) = (Ring::new(300), BTreeMap::new());
            for (place, value) in &puts {
                ring.put(*place, *value);
                map.insert(*place, f64::from(*value));
            }
            ring.forget_before(forget);
            map.retain(|place, _| *place >= forget);
            let series = ring.series(950, 1_250);
            let expected: Vec<_> = (950..1_250).map(|place| map.get(&place).copied()).collect();
            prop_assert_eq!(series.points, expected);
            prop_assert_eq!(series.start.as_second(), 950 * 300);
        }
    }
}
