//! When the next poll is due: the cadence, doubled while asking fails, never at the same moment for
//! everyone.
//!
//! Pure: moments and chance are given.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};
use tokio::time::Instant;

/// What is doubled after the first fault, unless the cadence is shorter.
const RETRY: Duration = Duration::from_secs(15);
/// The longest wait after faults, unless the cadence itself is longer.
const LONGEST: Duration = Duration::from_mins(5);
/// A poll asked for by hand comes no sooner after the last one than this share of its cadence: paid
/// sources are slow ones.
const BY_HAND: u32 = 30;

/// Chance, seeded.
#[derive(Clone, Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    /// Different in every run and for every source.
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

/// The rhythm of one kind of poll of one source.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    every: Duration,
    failures: u32,
    last: Option<Instant>,
    /// When it is due.
    pub(super) due: Instant,
}

impl Backoff {
    /// Due at `first`, then `every` so long.
    pub(super) fn new(every: Duration, first: Instant) -> Self {
        Self {
            every,
            failures: 0,
            last: None,
            due: first,
        }
    }

    /// A poll ended at `now`. After the n-th failure in a row the wait is 2^n times [`RETRY`], at
    /// most [`LONGEST`] (or the cadence), less a random part of up to its half; after a success it
    /// is the cadence, give or take a tenth.
    pub(super) fn done(&mut self, now: Instant, failed: bool, dice: &mut Jitter) {
        self.last = Some(now);
        self.failures = if failed {
            self.failures.saturating_add(1)
        } else {
            0
        };
        let wait = if failed {
            let doubled = self
                .every
                .min(RETRY)
                .saturating_mul(2_u32.saturating_pow(self.failures.min(16)));
            doubled
                .min(LONGEST.max(self.every))
                .mul_f64(dice.between(0.5, 1.0))
        } else {
            self.every.mul_f64(dice.between(0.9, 1.1))
        };
        self.due = now + wait;
    }

    /// Asked for by hand at `now`: due at once, but not more often than a source of this cadence
    /// should be asked.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.sooner(now, self.every / BY_HAND);
    }

    /// Due at `now`, or `gap` after the last poll if that is later; never later than it was due
    /// anyway.
    pub(super) fn sooner(&mut self, now: Instant, gap: Duration) {
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
    fn faults_double_the_wait_up_to_a_limit_and_a_success_ends_it() {
        let (now, mut dice) = (Instant::now(), Jitter(7));
        let mut rhythm = Backoff::new(Duration::from_secs(20), now);
        for (low, high) in [
            (15, 30),
            (30, 60),
            (60, 120),
            (120, 240),
            (150, 300),
            (150, 300),
        ] {
            rhythm.done(now, true, &mut dice);
            let wait = rhythm.due - now;
            assert!(
                wait >= Duration::from_secs(low) && wait <= Duration::from_secs(high),
                "{wait:?} not in {low}..{high}"
            );
        }
        rhythm.done(now, false, &mut dice);
        assert!(rhythm.due - now <= Duration::from_secs(22));
        let mut slow = Backoff::new(MINUTE * 360, now);
        slow.done(now, true, &mut dice);
        assert!(slow.due - now <= Duration::from_secs(30));
    }

    #[test]
    fn a_poll_by_hand_comes_at_once_unless_the_source_is_dear() {
        let (now, mut dice) = (Instant::now(), Jitter(7));
        let mut quick = Backoff::new(MINUTE, now);
        let mut dear = Backoff::new(MINUTE * 60, now);
        for rhythm in [&mut quick, &mut dear] {
            rhythm.done(now, false, &mut dice);
            rhythm.hurry(now + Duration::from_secs(10));
        }
        assert_eq!(quick.due - now, Duration::from_secs(10));
        assert_eq!(dear.due - now, MINUTE * 2);
    }

    proptest! {
        #[test]
        fn the_wait_is_spread_and_never_far_from_the_cadence(seed: u64, seconds in 1_u64..10_000) {
            let (now, mut dice) = (Instant::now(), Jitter(seed));
            let mut rhythm = Backoff::new(Duration::from_secs(seconds), now);
            rhythm.done(now, false, &mut dice);
            let share = (rhythm.due - now).as_secs_f64() / seconds as f64;
            prop_assert!((0.89..1.11).contains(&share));
        }
    }
}
