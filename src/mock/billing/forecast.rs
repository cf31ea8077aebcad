//! Forecast: continues the daily cost of the last days.

use crate::{domain::Timestamp, mock::simulation::after};
use std::collections::BTreeMap;

const DAY: f64 = 86_400.0;
/// Full days that give the standard deviation.
pub(in crate::mock) const LOOK_BACK: f64 = 14.0;
/// Latest full days that give the mean.
const RECENT: f64 = 7.0;
/// Fewest days with costs that a forecast needs.
const MIN_DAYS: usize = 5;

/// The cost of a recent day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::mock) struct DailyPace {
    /// Mean dollars of the last seven full days.
    pub(in crate::mock) daily: f64,
    /// Standard deviation of the last fourteen.
    pub(in crate::mock) spread: f64,
}

impl DailyPace {
    /// From the dollars of the days before `end`; `None` with fewer than five days that cost
    /// anything.
    pub(in crate::mock) fn of(days: &BTreeMap<Timestamp, f64>, end: Timestamp) -> Option<Self> {
        let within = |back: f64| {
            days.range(after(end, -back * DAY)..end)
                .map(|(_, usd)| *usd)
        };
        if within(LOOK_BACK).filter(|usd| *usd > 0.0).count() < MIN_DAYS {
            return None;
        }
        let count = within(LOOK_BACK).count() as f64;
        let mean = within(LOOK_BACK).sum::<f64>() / count;
        let squares: f64 = within(LOOK_BACK).map(|usd| (usd - mean).powi(2)).sum();
        let recent = within(RECENT).count().max(1) as f64;
        Some(Self {
            daily: within(RECENT).sum::<f64>() / recent,
            spread: (squares / count).sqrt(),
        })
    }
}

/// The standard deviations that contain `level` of a normal distribution, to two digits (Winitzki's
/// approximation).
pub(in crate::mock) fn quantile(level: f64) -> f64 {
    let a = 0.147;
    let log = (1.0 - level * level).ln();
    let first = 2.0 / (std::f64::consts::PI * a) + log / 2.0;
    ((first * first - log / a).sqrt() - first).sqrt() * std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_the_normal_distribution() {
        for (level, z) in [(0.8, 1.2816), (0.95, 1.96), (0.51, 0.6903)] {
            assert!(
                (quantile(level) - z).abs() < 0.01,
                "{level}: {}",
                quantile(level)
            );
        }
    }

    #[test]
    fn the_daily_cost_is_that_of_the_last_week() {
        let end: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let days = |count: i32| {
            (1..=count)
                .map(|n| {
                    (
                        after(end, -f64::from(n) * DAY),
                        if n <= 7 { 30.0 } else { 10.0 },
                    )
                })
                .collect()
        };
        assert_eq!(
            DailyPace::of(&days(14), end),
            Some(DailyPace {
                daily: 30.0,
                spread: 10.0
            })
        );
        assert_eq!(
            DailyPace::of(&days(5), end),
            Some(DailyPace {
                daily: 30.0,
                spread: 0.0
            })
        );
        assert_eq!(DailyPace::of(&days(4), end), None);
    }
}
