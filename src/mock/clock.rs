//! The mock's time: starts at a given time, runs at a given speed and ends at [`LAST_MOMENT`].

use crate::domain::Timestamp;
use jiff::SignedDuration;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

/// The last moment that the clock shows, the start of 2100: bills, metrics and states are computed
/// for every time up to now, and dates of five digits are none for AWS's clients.
pub const LAST_MOMENT: Timestamp = Timestamp::constant(4_102_444_800, 0);

/// A clock was to be moved past [`LAST_MOMENT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock ends at {LAST_MOMENT}: move it forward by less")]
pub struct ClockEnds;

/// The mock's `now` at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    /// The scenario's own `now`: its Monday 08:30 is Monday 08:30.
    Scenario,
    /// The real time: the scenario is shifted so that its `now` is the present, for clients that
    /// ask for real time ranges.
    Real,
}

/// A virtual clock. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct MockClock {
    start: Timestamp,
    speed: f64,
    started_at: Instant,
    /// Milliseconds that [`MockClock::advance`] added.
    ahead: Arc<AtomicI64>,
}

impl MockClock {
    /// A clock that shows `start` now and runs `speed` virtual seconds per real second (0 stops
    /// it).
    pub fn new(start: Timestamp, speed: f64) -> Self {
        Self {
            start,
            speed,
            started_at: Instant::now(),
            ahead: Arc::default(),
        }
    }

    /// A clock that moves only by [`MockClock::advance`].
    pub fn still(start: Timestamp) -> Self {
        Self::new(start, 0.0)
    }

    /// The virtual time.
    pub fn now(&self) -> Timestamp {
        self.at(self.ahead.load(Ordering::Relaxed))
            .unwrap_or(LAST_MOMENT)
    }

    /// The virtual time of a clock that is `ahead` milliseconds ahead; `None` past the end.
    fn at(&self, ahead: i64) -> Option<Timestamp> {
        let ran = self.started_at.elapsed().as_secs_f64() * self.speed;
        let moved = SignedDuration::try_from_secs_f64(ran)
            .ok()?
            .checked_add(SignedDuration::from_millis(ahead))?;
        let now = self.start.checked_add(moved).ok()?;
        (now <= LAST_MOMENT).then_some(now)
    }

    /// Moves the clock, for all clones, by `seconds`, or fails and leaves it.
    pub fn try_advance(&self, seconds: f64) -> Result<(), ClockEnds> {
        let by = (seconds * 1_000.0) as i64;
        let further = |ahead: i64| {
            let ahead = ahead.checked_add(by)?;
            self.at(ahead).map(|_| ahead)
        };
        self.ahead
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, further)
            .map(drop)
            .map_err(|_| ClockEnds)
    }

    /// Moves the clock, for all clones, by `seconds`, if it does not end before.
    pub fn advance(&self, seconds: f64) {
        let _ = self.try_advance(seconds);
    }

    /// The virtual time at its start.
    pub fn start(&self) -> Timestamp {
        self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_clock_moves_only_by_advance() {
        let start: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let clock = MockClock::still(start);
        let other = clock.clone();
        assert_eq!(clock.now(), start);
        other.advance(90.0);
        assert_eq!(clock.now().as_second() - start.as_second(), 90);
    }

    #[test]
    fn clock_ends_and_never_wraps() {
        let start: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let clock = MockClock::still(start);
        for seconds in [
            3.6e17,
            3.6e17,
            1e300,
            f64::INFINITY,
            80.0 * 365.25 * 86_400.0,
        ] {
            assert_eq!(clock.try_advance(seconds), Err(ClockEnds), "{seconds}");
            assert_eq!(clock.now(), start);
        }
        let rest = LAST_MOMENT.as_second() - start.as_second();
        assert_eq!(clock.try_advance(rest as f64), Ok(()));
        assert_eq!(clock.now(), LAST_MOMENT);
        assert_eq!(clock.try_advance(1.0), Err(ClockEnds));
        for speed in [1e18, 1e300] {
            let clock = MockClock::new(start, speed);
            while clock.now() == start {
                std::hint::spin_loop();
            }
            assert_eq!(clock.now(), LAST_MOMENT, "{speed}");
        }
    }

    #[test]
    fn fast_clock_runs_ahead() {
        let start: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let clock = MockClock::new(start, 1e6);
        while clock.now().as_second() - start.as_second() < 60 {
            std::hint::spin_loop();
        }
    }
}
