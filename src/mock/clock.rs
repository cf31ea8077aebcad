//! The mock's time: starts at a given time and runs at a given speed.

use crate::domain::Timestamp;
use jiff::SignedDuration;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

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
    /// A clock that shows `start` now and runs `speed` virtual seconds per real second (0 stands
    /// still).
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
        let ran =
            SignedDuration::try_from_secs_f64(self.started_at.elapsed().as_secs_f64() * self.speed)
                .unwrap_or_default();
        let ahead = SignedDuration::from_millis(self.ahead.load(Ordering::Relaxed));
        self.start
            .saturating_add(ran)
            .and_then(|now| now.saturating_add(ahead))
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock, for all clones, by `seconds`.
    pub fn advance(&self, seconds: f64) {
        self.ahead
            .fetch_add((seconds * 1_000.0) as i64, Ordering::Relaxed);
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
    fn fast_clock_runs_ahead() {
        let start: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let clock = MockClock::new(start, 1e6);
        while clock.now().as_second() - start.as_second() < 60 {
            std::hint::spin_loop();
        }
    }
}
