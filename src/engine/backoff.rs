//! When the next poll is due: the cadence, doubled while polls fail, with jitter.
//!
//! Pure: the caller gives the time and the jitter.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};
use tokio::time::Instant;

/// The wait that doubles from the first failure on, unless the cadence is shorter.
const RETRY: Duration = Duration::from_secs(15);
/// The longest wait after failures, unless the cadence itself is longer.
const MAX_WAIT: Duration = Duration::from_mins(5);
/// A refresh on request comes no sooner after the last poll than this fraction of the cadence: paid
/// sources have long cadences.
const REQUEST_FRACTION: u32 = 30;

/// A source of random factors.
#[derive(Clone, Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    /// Seeded differently in every run and for every source.
    pub(super) fn new() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    /// A number in `low..high`. SplitMix64.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        low + (high - low) * ((bits >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// The schedule of one kind of poll of one source.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    cadence: Duration,
    failures: u32,
    last: Option<Instant>,
    /// When the next poll is due.
    pub(super) due: Instant,
}

impl Backoff {
    /// Due at `first`, then once per `cadence`.
    pub(super) fn new(cadence: Duration, first: Instant) -> Self {
        Self {
            cadence,
            failures: 0,
            last: None,
            due: first,
        }
    }

    /// Records that a poll ended at `now`. After the n-th failure in a row the wait is 2^n times
    /// [`RETRY`], at most [`MAX_WAIT`] (or the cadence), less a random part of up to its half;
    /// after a success it is the cadence, give or take a tenth.
    pub(super) fn record(&mut self, now: Instant, failed: bool, jitter: &mut Jitter) {
        self.last = Some(now);
        self.failures = if failed {
            self.failures.saturating_add(1)
        } else {
            0
        };
        let wait = if failed {
            let doubled = self
                .cadence
                .min(RETRY)
                .saturating_mul(2_u32.saturating_pow(self.failures.min(16)));
            doubled
                .min(MAX_WAIT.max(self.cadence))
                .mul_f64(jitter.between(0.5, 1.0))
        } else {
            self.cadence.mul_f64(jitter.between(0.9, 1.1))
        };
        self.due = now + wait;
    }

    /// Makes it due at `now` on request, but not more often than [`REQUEST_FRACTION`] allows.
    pub(super) fn refresh_now(&mut self, now: Instant) {
        self.refresh_after(now, self.cadence / REQUEST_FRACTION);
    }

    /// Makes it due at `now`, or `gap` after the last poll if that is later; never later than
    /// before.
    pub(super) fn refresh_after(&mut self, now: Instant, gap: Duration) {
        let earliest = self.last.map_or(now, |last| (last + gap).max(now));
        self.due = self.due.min(earliest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn failures_double_the_wait_up_to_a_limit_and_a_success_resets_it() {
        let (now, mut jitter) = (Instant::now(), Jitter(7));
        let mut backoff = Backoff::new(Duration::from_secs(20), now);
        for (low, high) in [
            (15, 30),
            (30, 60),
            (60, 120),
            (120, 240),
            (150, 300),
            (150, 300),
        ] {
            backoff.record(now, true, &mut jitter);
            let wait = backoff.due - now;
            assert!(
                wait >= Duration::from_secs(low) && wait <= Duration::from_secs(high),
                "{wait:?} not in {low}..{high}"
            );
        }
        backoff.record(now, false, &mut jitter);
        assert!(backoff.due - now <= Duration::from_secs(22));
        let mut slow = Backoff::new(MINUTE * 360, now);
        slow.record(now, true, &mut jitter);
        assert!(slow.due - now <= Duration::from_secs(30));
    }

    #[test]
    fn a_refresh_on_request_is_immediate_unless_the_source_is_paid() {
        let (now, mut jitter) = (Instant::now(), Jitter(7));
        let mut quick = Backoff::new(MINUTE, now);
        let mut paid = Backoff::new(MINUTE * 60, now);
        for backoff in [&mut quick, &mut paid] {
            backoff.record(now, false, &mut jitter);
            backoff.refresh_now(now + Duration::from_secs(10));
        }
        assert_eq!(quick.due - now, Duration::from_secs(10));
        assert_eq!(paid.due - now, MINUTE * 2);
    }

    proptest! {
        #[test]
        fn the_wait_has_jitter_and_stays_near_the_cadence(seed: u64, seconds in 1_u64..10_000) {
            let (now, mut jitter) = (Instant::now(), Jitter(seed));
            let mut backoff = Backoff::new(Duration::from_secs(seconds), now);
            backoff.record(now, false, &mut jitter);
            let share = (backoff.due - now).as_secs_f64() / seconds as f64;
            prop_assert!((0.89..1.11).contains(&share));
        }
    }
}
