//! A value over time: what it was, is, and is already set to become. States and counts are tracks,
//! so any moment can be asked and nothing has to tick.
//!
//! Must not know what the value means.

use crate::domain::Stamp;
use jiff::SignedDuration;

/// `seconds` after `at` (or before, if negative).
pub fn after(at: Stamp, seconds: f64) -> Stamp {
    let span = SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
    at.saturating_add(span).unwrap_or(at)
}

/// Steps in order of time; before the first there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Track<T> {
    steps: Vec<(Stamp, T)>,
}

impl<T: Copy + PartialEq> Track<T> {
    /// `value` from `at` on.
    pub fn new(at: Stamp, value: T) -> Self {
        Self {
            steps: vec![(at, value)],
        }
    }

    /// The value at `t`; `None` before the beginning.
    pub fn at(&self, t: Stamp) -> Option<T> {
        self.place(t).map(|place| self.steps[place].1)
    }

    /// The value at `t`, or the first one if `t` lies before it.
    pub fn value(&self, t: Stamp) -> T {
        self.steps[self.place(t).unwrap_or(0)].1
    }

    /// Since when the value at `t` has been in force.
    pub fn since(&self, t: Stamp) -> Stamp {
        self.steps[self.place(t).unwrap_or(0)].0
    }

    /// The first moment.
    pub fn begins(&self) -> Stamp {
        self.steps[0].0
    }

    /// The latest moment up to `t` at which the value became one that `is` holds of.
    pub fn became(&self, t: Stamp, is: impl Fn(T) -> bool) -> Option<Stamp> {
        self.steps
            .iter()
            .rev()
            .find(|(at, value)| *at <= t && is(*value))
            .map(|(at, _)| *at)
    }

    /// When the value changes next after `t`.
    pub fn next(&self, t: Stamp) -> Option<Stamp> {
        self.steps
            .get(self.place(t).map_or(0, |place| place + 1))
            .map(|(at, _)| *at)
    }

    /// All steps, past and planned.
    pub fn steps(&self) -> &[(Stamp, T)] {
        &self.steps
    }

    /// From `at` on it is `value`; what was planned for later is forgotten.
    pub fn change(&mut self, at: Stamp, value: T) {
        let keep = self.steps.partition_point(|(when, _)| *when < at).max(1);
        self.steps.truncate(keep);
        if self.steps[keep - 1].1 != value {
            self.steps.push((at.max(self.steps[keep - 1].0), value));
        }
    }

    /// The spans within `[from, to)` and their values.
    pub fn spans(&self, from: Stamp, to: Stamp) -> impl Iterator<Item = (Stamp, Stamp, T)> + '_ {
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
    pub fn seconds(&self, from: Stamp, to: Stamp, weight: impl Fn(T) -> f64) -> f64 {
        self.spans(from, to)
            .map(|(start, end, value)| weight(value) * end.duration_since(start).as_secs_f64())
            .sum()
    }

    fn place(&self, t: Stamp) -> Option<usize> {
        self.steps
            .partition_point(|(at, _)| *at <= t)
            .checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Stamp {
        Stamp::from_second(second).unwrap()
    }

    #[test]
    fn a_change_forgets_what_was_planned() {
        let mut track = Track::new(at(10), 'a');
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
        assert_eq!(track.became(at(99), |value| value == 'b'), Some(at(20)));
    }

    #[test]
    fn the_integral_counts_each_second_once() {
        let mut track = Track::new(at(0), 8u32);
        track.change(at(100), 2);
        assert_eq!(
            track.seconds(at(50), at(150), f64::from),
            50.0 * 8.0 + 50.0 * 2.0
        );
        assert_eq!(track.seconds(at(-50), at(0), f64::from), 0.0);
    }
}
