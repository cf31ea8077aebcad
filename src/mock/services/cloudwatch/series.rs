//! A metric's statistics over a range: periods, retention, and the statistics' names.

use super::validation_error;
use crate::{
    domain::Timestamp,
    mock::{
        metrics::{Metric, Stats},
        protocol::Failure,
        simulation::{Simulation, after},
    },
};

const DAY: f64 = 86_400.0;

/// A statistic of the points in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    /// `Sum`
    Sum,
    /// `Average`
    Average,
    /// `Minimum`
    Minimum,
    /// `Maximum`
    Maximum,
    /// `SampleCount`
    SampleCount,
    /// `p99.9`, as a share.
    Percentile(f64),
}

impl Statistic {
    /// Parses its name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            "SampleCount" => Self::SampleCount,
            _ => {
                let digits = text.strip_prefix('p').filter(|digits| {
                    digits
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'.')
                })?;
                let percent: f64 = digits
                    .parse()
                    .ok()
                    .filter(|percent| (0.0..=100.0).contains(percent))?;
                Self::Percentile(percent / 100.0)
            }
        })
    }

    /// Its value.
    pub(super) fn of(self, stats: &Stats) -> f64 {
        match self {
            Self::Sum => stats.sum,
            Self::Average => stats.average(),
            Self::Minimum => stats.min,
            Self::Maximum => stats.max,
            Self::SampleCount => stats.count,
            Self::Percentile(share) => stats.percentile(share),
        }
    }
}

/// A range cut into periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PeriodRange {
    /// Beginning of the first period.
    pub start: Timestamp,
    /// No period begins here or later.
    pub end: Timestamp,
    /// Seconds.
    pub period: u32,
}

/// Checks that a period is 1, 5, 10, 20 or 30 seconds or whole minutes.
pub(super) fn period(seconds: i64) -> Result<u32, Failure> {
    match u32::try_from(seconds) {
        Ok(seconds @ (1 | 5 | 10 | 20 | 30)) => Ok(seconds),
        Ok(seconds) if seconds > 0 && seconds <= 86_400 * 2 && seconds % 60 == 0 => Ok(seconds),
        _ => validation_error(format!(
            "The value {seconds} for parameter Period is not supported: it must be 1, 5, 10, 20, \
             30 or a multiple of 60."
        )),
    }
}

impl PeriodRange {
    /// From `start`, rounded down as CloudWatch does by its age, up to `end`.
    pub(super) fn new(start: Timestamp, end: Timestamp, period: u32, now: Timestamp) -> Self {
        let age = now.duration_since(start).as_secs_f64();
        let grain = match age {
            age if age > 63.0 * DAY => 3_600,
            age if age > 15.0 * DAY => 300,
            _ if period < 60 => i64::from(period.max(1)),
            _ => 60,
        };
        let start =
            Timestamp::from_second(start.as_second().div_euclid(grain) * grain).unwrap_or(start);
        Self { start, end, period }
    }

    /// The number of periods.
    pub(super) fn count(&self) -> i64 {
        let span = self.end.duration_since(self.start).as_secs().max(0);
        (span + i64::from(self.period) - 1) / i64::from(self.period)
    }

    /// The statistics of each period with points, the oldest first. CloudWatch keeps old points
    /// only coarsely: a period too fine for its age has no points.
    pub(super) fn of<'w>(
        &self,
        simulation: &'w Simulation,
        metric: &'w Metric,
        now: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Stats)> + 'w {
        let Self { start, end, period } = *self;
        let oldest = after(now, -455.0 * DAY);
        let skip =
            (oldest.duration_since(start).as_secs().max(0) / i64::from(period)).min(self.count());
        (skip..self.count())
            .map(move |n| after(start, (n * i64::from(period)) as f64))
            .take_while(move |at| *at < end && *at <= now)
            .filter(move |at| is_retained(now.duration_since(*at).as_secs_f64(), period))
            .filter_map(move |at| {
                simulation
                    .sample(metric, at, period, now)
                    .map(|stats| (at, stats))
            })
    }
}

fn is_retained(age: f64, period: u32) -> bool {
    match age {
        age if age > 63.0 * DAY => period.is_multiple_of(3_600),
        age if age > 15.0 * DAY => period.is_multiple_of(300),
        age if age > 3.0 * 3_600.0 => period.is_multiple_of(60),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_parse() {
        assert_eq!(
            Statistic::parse("p99.9"),
            Some(Statistic::Percentile(99.9 / 100.0))
        );
        assert_eq!(Statistic::parse("Average"), Some(Statistic::Average));
        for bad in ["sum", "p", "p101", "p9x", "tm99", ""] {
            assert_eq!(Statistic::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn ranges_align_to_periods() {
        let now: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let range = PeriodRange::new("2026-11-23T07:30:40Z".parse().unwrap(), now, 300, now);
        assert_eq!(
            (range.start.to_string().as_str(), range.count()),
            ("2026-11-23T07:30:00Z", 12)
        );
        assert!(period(61).is_err() && period(0).is_err() && period(300).is_ok());
        assert!(
            is_retained(20.0 * DAY, 300)
                && !is_retained(20.0 * DAY, 60)
                && !is_retained(70.0 * DAY, 300)
        );
    }
}
