//! Load shapes: the load of a resource as a pure function of seed, name and time.
//!
//! A level never leaves `[low, high]` x factor.

use super::{scenario::when::ScenarioTime, simulation::timeline::after};
use crate::domain::Timestamp;

/// The shape of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Wanders slowly between low and high.
    Steady,
    /// High on workdays 08-18 with a dip at noon, low otherwise.
    OfficeHours,
    /// Peaks about 11 and 20 o'clock, lower at weekends.
    TwoPeaks,
    /// A wave, lowest at 04, highest at 16.
    Daily,
    /// High 00-06.
    Nightly,
    /// High 11-12 and 20-21, low otherwise.
    TwoHours,
    /// A quarter of all quarter-hours high, the rest low.
    Bursts,
}

impl Shape {
    /// Every shape and its word in a scenario.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("steady", Self::Steady),
        ("office-hours", Self::OfficeHours),
        ("two-peaks", Self::TwoPeaks),
        ("daily", Self::Daily),
        ("nightly", Self::Nightly),
        ("two-hours", Self::TwoHours),
        ("bursts", Self::Bursts),
    ];

    /// The position between low (0) and high (1) at second `s` since 1970 of scenario time, without
    /// noise.
    fn share(self, s: i64, key: u64) -> f64 {
        let hour = s.rem_euclid(86_400) as f64 / 3_600.0;
        let weekday = (s.div_euclid(86_400) + 4).rem_euclid(7); // 0 is Sunday
        let weekend = weekday == 0 || weekday == 6;
        let bell = |middle: f64, width: f64| (-((hour - middle) / width).powi(2) / 2.0).exp();
        let ramp = |from: f64, to: f64| ((hour - from).min(to - hour) + 0.5).clamp(0.0, 1.0);
        match self {
            Self::Steady => smooth_noise(key, s, 1_200),
            Self::OfficeHours if weekend => 0.0,
            Self::OfficeHours => ramp(8.0, 18.0) * (1.0 - 0.35 * bell(12.5, 0.5)),
            Self::TwoPeaks => {
                (0.08 + 0.92 * (bell(11.0, 1.7) + bell(20.0, 1.6))).min(1.0)
                    * if weekend { 0.75 } else { 1.0 }
            }
            Self::Daily => 0.5 - 0.5 * ((hour - 4.0) / 24.0 * std::f64::consts::TAU).cos(),
            Self::Nightly => ramp(0.0, 6.0),
            Self::TwoHours => {
                f64::from((11.0..12.0).contains(&hour) || (20.0..21.0).contains(&hour))
            }
            Self::Bursts => f64::from(unit(key, s.div_euclid(900)) < 0.25),
        }
    }
}

/// A load of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSpec {
    pub(super) first: LevelRange,
    pub(super) changes: Vec<(ScenarioTime, LoadChange)>,
}

/// A shape between two levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelRange {
    pub(super) shape: Shape,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A change of a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoadChange {
    /// Another shape from then on.
    Becomes(LevelRange),
    /// The previous levels times this factor.
    Times(f64),
}

impl LoadSpec {
    /// A constant `level`.
    pub fn level(level: f64) -> Self {
        Self {
            first: LevelRange {
                shape: Shape::Steady,
                low: level,
                high: level,
            },
            changes: Vec::new(),
        }
    }

    /// Steady between two levels.
    pub fn between(low: f64, high: f64) -> Self {
        Self {
            first: LevelRange {
                shape: Shape::Steady,
                low,
                high,
            },
            changes: Vec::new(),
        }
    }

    /// The load of the resource with the hash `key`, with times resolved at `now` and moved by
    /// `shift` seconds.
    pub fn resolve(&self, key: u64, now: Timestamp, shift: f64) -> Load {
        let mut pieces = vec![(i64::MIN, self.first)];
        let mut changes: Vec<(Timestamp, LoadChange)> = self
            .changes
            .iter()
            .map(|(when, change)| (when.resolve(now), *change))
            .collect();
        changes.sort_by_key(|(at, _)| *at);
        for (at, change) in changes {
            let (_, last) = pieces[pieces.len() - 1];
            let course = match change {
                LoadChange::Becomes(course) => course,
                LoadChange::Times(factor) => LevelRange {
                    low: last.low * factor,
                    high: last.high * factor,
                    ..last
                },
            };
            pieces.push((at.as_second(), course));
        }
        Load { pieces, key, shift }
    }

    /// The highest level it can reach.
    pub fn highest(&self) -> f64 {
        self.changes
            .iter()
            .fold(
                (self.first.high, self.first.high),
                |(last, highest), (_, change)| {
                    let high = match change {
                        LoadChange::Becomes(course) => course.high,
                        LoadChange::Times(factor) => last * factor,
                    };
                    (high, highest.max(high))
                },
            )
            .1
    }
}

/// A level over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    pieces: Vec<(i64, LevelRange)>,
    key: u64,
    shift: f64,
}

impl Load {
    /// The level in the minute of `t`, with noise.
    pub fn at(&self, t: Timestamp) -> f64 {
        let s = self.scenario_second(t);
        self.level(s, 0.05 * (unit(self.key ^ 0x5bd1, s.div_euclid(60)) - 0.5))
    }

    /// The level without the noise of single minutes, which an autoscaler reacts to.
    pub fn smooth(&self, t: Timestamp) -> f64 {
        self.level(self.scenario_second(t), 0.0)
    }

    /// The latest change of the load up to `t`.
    pub fn last_change(&self, t: Timestamp) -> Option<Timestamp> {
        let s = self.scenario_second(t);
        let at = self
            .pieces
            .iter()
            .rev()
            .map(|(at, _)| *at)
            .find(|at| *at <= s && *at != i64::MIN)?;
        Timestamp::from_second(at)
            .ok()
            .map(|at| after(at, self.shift))
    }

    /// Whether the shape at `t` has a single level, which has no noise.
    pub fn constant(&self, t: Timestamp) -> bool {
        let s = self.scenario_second(t);
        let place = self.pieces.partition_point(|(at, _)| *at <= s).max(1) - 1;
        self.pieces[place].1.low == self.pieces[place].1.high
    }

    /// The hash that its noise derives from, distinct for each resource.
    pub fn key(&self) -> u64 {
        self.key
    }

    fn scenario_second(&self, t: Timestamp) -> i64 {
        t.as_second() - self.shift as i64
    }

    fn level(&self, s: i64, jitter: f64) -> f64 {
        let place = self.pieces.partition_point(|(at, _)| *at <= s).max(1) - 1;
        let LevelRange { shape, low, high } = self.pieces[place].1;
        if low == high {
            return low;
        }
        let share = shape.share(s, self.key);
        // The lowest level has no noise: an hour without work has none.
        if share == 0.0 {
            return low;
        }
        let slow = 0.08 * (smooth_noise(self.key ^ 0x9e37, s, 600) - 0.5);
        low + (high - low) * (share + slow + jitter).clamp(0.0, 1.0)
    }
}

/// A hash of `x`.
pub fn mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of a name, the same on every machine.
pub fn hash(seed: u64, name: &str) -> u64 {
    mix(name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ mix(seed), |h, byte| {
            (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
}

/// A number in `[0, 1)` for (`key`, `index`).
pub fn unit(key: u64, index: i64) -> f64 {
    (mix(key ^ mix(index.cast_unsigned())) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Noise in `[0, 1)` that is smooth between grid points every `grid` seconds.
fn smooth_noise(key: u64, s: i64, grid: i64) -> f64 {
    let cell = s.div_euclid(grid);
    let part = s.rem_euclid(grid) as f64 / grid as f64;
    let ease = part * part * (3.0 - 2.0 * part);
    let (left, right) = (unit(key, cell), unit(key, cell + 1));
    left + (right - left) * ease
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-11-23T08:30:00Z".parse().unwrap()
    }

    proptest! {
        #[test]
        fn level_stays_within_its_bounds(
            shape in 0..Shape::ALL.len(),
            low in 0.0..100.0,
            more in 0.0..100.0,
            key: u64,
            minutes in -100_000i64..10_000,
        ) {
            let shape = Shape::ALL[shape].1;
            let first = LevelRange { shape, low, high: low + more };
            let spec = LoadSpec { first, changes: vec![] };
            let load = spec.resolve(key, now(), 0.0);
            let t = after(now(), minutes as f64 * 60.0);
            for level in [load.at(t), load.smooth(t)] {
                prop_assert!(level.is_finite(), "{level}");
                prop_assert!(level >= low - 1e-9 && level <= low + more + 1e-9, "{level}");
            }
            prop_assert_eq!(load.at(t), load.at(t));
        }
    }

    #[test]
    fn a_change_switches_the_shape_and_a_shift_moves_it() {
        let spec: LoadSpec = "office-hours 10-60, from fri 18:00 steady 1"
            .parse()
            .unwrap();
        let friday_noon: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let load = spec.resolve(7, now(), 0.0);
        assert!(load.at(friday_noon) > 40.0);
        assert_eq!(load.at(now()), 1.0);
        assert_eq!(
            load.last_change(now()),
            Some("2026-11-20T18:00:00Z".parse().unwrap())
        );
        let moved = spec.resolve(7, now(), 3_600.0);
        assert_eq!(moved.at(after(friday_noon, 3_600.0)), load.at(friday_noon));
        let tripled: LoadSpec = "two-peaks 10k-90k, from sat 02:00 x3".parse().unwrap();
        assert_eq!(tripled.highest(), 270_000.0);
    }

    #[test]
    fn office_hours_shape_is_zero_on_weekends() {
        let load = LoadSpec {
            first: LevelRange {
                shape: Shape::OfficeHours,
                low: 0.0,
                high: 100.0,
            },
            changes: vec![],
        }
        .resolve(1, now(), 0.0);
        assert_eq!(load.at("2026-11-21T11:00:00Z".parse().unwrap()), 0.0);
        assert!(load.at("2026-11-23T10:00:00Z".parse().unwrap()) > 80.0);
        assert_eq!(load.at("2026-11-23T03:00:00Z".parse().unwrap()), 0.0);
    }
}
