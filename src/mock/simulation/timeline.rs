//! A value over time: past, present and planned. States and counts are timelines, so that a method
//! can answer for any time without a background task.

use crate::domain::Timestamp;
use jiff::SignedDuration;

/// `seconds` after `at` (or before, if negative).
pub fn after(at: Timestamp, seconds: f64) -> Timestamp {
    let span = SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
    at.saturating_add(span).unwrap_or(at)
}

/// Steps in order of time; before the first there is no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline<T> {
    steps: Vec<(Timestamp, T)>,
}

impl<T: Copy + PartialEq> Timeline<T> {
    /// `value` from `at` on.
    pub fn new(at: Timestamp, value: T) -> Self {
        Self {
            steps: vec![(at, value)],
        }
    }

    /// The value at `t`; `None` before the beginning.
    pub fn at(&self, t: Timestamp) -> Option<T> {
        self.place(t).map(|place| self.steps[place].1)
    }

    /// The value at `t`, or the first one if `t` is before it.
    pub fn value(&self, t: Timestamp) -> T {
        self.steps[self.place(t).unwrap_or(0)].1
    }

    /// When the value at `t` started.
    pub fn since(&self, t: Timestamp) -> Timestamp {
        self.steps[self.place(t).unwrap_or(0)].0
    }

    /// The time of the first step.
    pub fn start(&self) -> Timestamp {
        self.steps[0].0
    }

    /// The latest time up to `t` at which the value became one that satisfies `is`.
    pub fn last_became(&self, t: Timestamp, is: impl Fn(T) -> bool) -> Option<Timestamp> {
        self.steps
            .iter()
            .rev()
            .find(|(at, value)| *at <= t && is(*value))
            .map(|(at, _)| *at)
    }

    /// When the value changes next after `t`.
    pub fn next(&self, t: Timestamp) -> Option<Timestamp> {
        self.steps
            .get(self.place(t).map_or(0, |place| place + 1))
            .map(|(at, _)| *at)
    }

    /// All steps, past and planned.
    pub fn steps(&self) -> &[(Timestamp, T)] {
        &self.steps
    }

    /// Sets `value` from `at` on, and removes later steps.
    pub fn change(&mut self, at: Timestamp, value: T) {
        let keep = self.steps.partition_point(|(when, _)| *when < at).max(1);
        self.steps.truncate(keep);
        if self.steps[keep - 1].1 != value {
            self.steps.push((at.max(self.steps[keep - 1].0), value));
        }
    }

    /// The spans within `[from, to)` and their values.
    pub fn spans(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Timestamp, T)> + '_ {
        self.steps
            .iter()
            .enumerate()
            .filter_map(move |(place, (at, value))| {
                let end = self
                    .steps
                    .get(place + 1)
                    .map_or(to, |(next, _)| (*next).min(to));
                let start = (*at).max(from);
                (start < end).then_some((start, end, *value))
            })
    }

    /// The integral over `[from, to)` in seconds, each value weighted by `weight`.
    pub fn seconds(&self, from: Timestamp, to: Timestamp, weight: impl Fn(T) -> f64) -> f64 {
        self.spans(from, to)
            .map(|(start, end, value)| weight(value) * end.duration_since(start).as_secs_f64())
            .sum()
    }

    fn place(&self, t: Timestamp) -> Option<usize> {
        self.steps
            .partition_point(|(at, _)| *at <= t)
            .checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_change_removes_later_steps() {
        let mut track = Timeline::new(at(10), 'a');
        track.change(at(20), 'b');
        track.change(at(50), 'c');
        assert_eq!(
            (
                track.at(at(9)),
                track.at(at(19)),
                track.at(at(20)),
                track.at(at(99))
            ),
            (None, Some('a'), Some('b'), Some('c'))
        );
        track.change(at(30), 'd');
        assert_eq!(
            (track.at(at(29)), track.at(at(99)), track.since(at(99))),
            (Some('b'), Some('d'), at(30))
        );
        assert_eq!(
            track.last_became(at(99), |value| value == 'b'),
            Some(at(20))
        );
    }

    #[test]
    fn integral_counts_each_second_once() {
        let mut track = Timeline::new(at(0), 8u32);
        track.change(at(100), 2);
        assert_eq!(
            track.seconds(at(50), at(150), f64::from),
            50.0 * 8.0 + 50.0 * 2.0
        );
        assert_eq!(track.seconds(at(-50), at(0), f64::from), 0.0);
    }
}
