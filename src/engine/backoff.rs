//! When the next poll is due: the cadence, doubled while polls fail, with jitter.
//!
//! Pure: the caller gives the time and the jitter.

use crate::domain::PollOutcome;
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};
use tokio::time::Instant;

/// The wait that doubles from the first failure on, unless the cadence is shorter.
const RETRY: Duration = Duration::from_secs(15);
/// The longest wait after failures, unless the cadence itself is longer.
const MAX_WAIT: Duration = Duration::from_mins(5);
/// The longest wait in an outage, so that the first answer after it is not late.
const MAX_OUTAGE_WAIT: Duration = Duration::from_mins(1);
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
    /// Whether the last poll failed for a reason that passes by itself.
    is_out: bool,
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
            is_out: false,
            last: None,
            due: first,
        }
    }

    /// Records that a poll ended at `now` with `outcome`; returns whether an outage is over. After
    /// the n-th failure in a row the wait is 2^n times [`RETRY`], at most [`MAX_WAIT`] (or the
    /// cadence; in an outage [`MAX_OUTAGE_WAIT`], unless polls are paid), less a random part of up
    /// to its half; after a success it is the cadence, give or take a tenth. The wait does not
    /// double while credentials load.
    pub(super) fn record(
        &mut self,
        now: Instant,
        outcome: PollOutcome,
        jitter: &mut Jitter,
    ) -> bool {
        self.last = Some(now);
        let was_out = self.is_out;
        self.is_out = matches!(outcome, PollOutcome::Outage | PollOutcome::Pending);
        self.failures = match outcome {
            PollOutcome::Good | PollOutcome::Pending => 0,
            PollOutcome::Failed | PollOutcome::Outage => self.failures.saturating_add(1),
        };
        let first = self.cadence.min(RETRY);
        let longest = match outcome {
            PollOutcome::Outage if self.cadence < MAX_WAIT * 2 => MAX_OUTAGE_WAIT,
            _ => MAX_WAIT.max(self.cadence),
        };
        let wait = match outcome {
            PollOutcome::Good => self.cadence.mul_f64(jitter.between(0.9, 1.1)),
            PollOutcome::Pending => first.mul_f64(jitter.between(0.9, 1.1)),
            PollOutcome::Failed | PollOutcome::Outage => first
                .saturating_mul(2_u32.saturating_pow(self.failures.min(16)))
                .min(longest)
                .mul_f64(jitter.between(0.5, 1.0)),
        };
        self.due = now + wait;
        was_out && !self.is_out
    }

    /// Makes it due soon if the last poll was in an outage: another source has an answer again.
    pub(super) fn recover(&mut self, now: Instant, gap: Duration) {
        if self.is_out {
            self.refresh_after(now, gap);
        }
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
            backoff.record(now, PollOutcome::Failed, &mut jitter);
            let wait = backoff.due - now;
            assert!(
                wait >= Duration::from_secs(low) && wait <= Duration::from_secs(high),
                "{wait:?} not in {low}..{high}"
            );
        }
        backoff.record(now, PollOutcome::Good, &mut jitter);
        assert!(backoff.due - now <= Duration::from_secs(22));
        let mut slow = Backoff::new(MINUTE * 360, now);
        slow.record(now, PollOutcome::Failed, &mut jitter);
        assert!(slow.due - now <= Duration::from_secs(30));
    }

    #[test]
    fn an_outage_is_tried_every_minute_and_its_end_is_told_once() {
        let (now, mut jitter) = (Instant::now(), Jitter(7));
        let mut metrics = Backoff::new(MINUTE * 5, now);
        for _ in 0..9 {
            assert!(!metrics.record(now, PollOutcome::Outage, &mut jitter));
            assert!(metrics.due - now <= MINUTE);
        }
        let mut paid = Backoff::new(MINUTE * 360, now);
        for _ in 0..9 {
            paid.record(now, PollOutcome::Outage, &mut jitter);
        }
        assert!(paid.due - now > MINUTE * 60);
        // Another source has an answer again.
        metrics.recover(now, Duration::from_secs(1));
        assert_eq!(metrics.due - now, Duration::from_secs(1));
        assert!(metrics.record(now, PollOutcome::Good, &mut jitter));
        assert!(!metrics.record(now, PollOutcome::Good, &mut jitter));
        let due = metrics.due;
        metrics.recover(now, Duration::from_secs(1));
        assert_eq!(metrics.due, due);
    }

    #[test]
    fn a_refresh_on_request_is_immediate_unless_the_source_is_paid() {
        let (now, mut jitter) = (Instant::now(), Jitter(7));
        let mut quick = Backoff::new(MINUTE, now);
        let mut paid = Backoff::new(MINUTE * 60, now);
        for backoff in [&mut quick, &mut paid] {
            backoff.record(now, PollOutcome::Good, &mut jitter);
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
            backoff.record(now, PollOutcome::Good, &mut jitter);
            let share = (backoff.due - now).as_secs_f64() / seconds as f64;
            prop_assert!((0.89..1.11).contains(&share));
        }
    }
}
