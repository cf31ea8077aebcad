//! The forecast of a month: the pace of the recent days, the month's end with an interval, the day
//! a budget is crossed.
//!
//! ```text
//! pace       mean m and sample standard deviation s of the newest n (3 to 14) closed UTC days,
//!            without fees for a time ahead; s is 2 % of m at least
//! month end  S + m d            S: spent so far, on the bill and by the own estimate since
//!                               d: days from then to the month's end
//! interval   z s sqrt(d + d^2/n)  on either side: the spread of d days, and of a mean inferred
//!                               from n; z = 1.2816 for 80 %
//! crossing   S + m t = limit    t days after S
//! interval   the roots of (m^2 - k/n) t^2 - (2 m R + k) t + R^2 = 0
//!            with R = limit - S and k = z^2 s^2
//! ```
//!
//! The present burn raises only the upper bound, to S + 24 burn d where that is more: it may stop
//! within the hour, and an evening's burn is no day's mean; the bill's days give the likeliest
//! figure.

use crate::domain::{
    Forecast, Measured, Timestamp, Usd, UsdPerHour, evidence::BudgetCrossing,
    time::timestamp::seconds_between,
};
use jiff::tz::TimeZone;

/// Maximum closed days in the mean.
pub const MAX_DAYS: usize = 14;
/// Minimum closed days for a forecast.
pub const MIN_DAYS: usize = 3;
/// Share of cases that the interval holds.
pub const LEVEL: f64 = 0.8;
/// The least deviation of a day, as a share of the mean: no day is more certain.
const MIN_SPREAD: f64 = 0.02;
/// Standard deviations on either side that hold [`LEVEL`] of a normal distribution.
const Z: f64 = 1.281_551_565_545;
const DAY: f64 = 86_400.0;

/// The mean and spread of the recent days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendPace {
    /// Dollars of a day, mean.
    pub mean: Usd,
    /// Sample standard deviation of the days.
    pub sd: Usd,
    /// How many days.
    pub days: usize,
}

impl SpendPace {
    /// The pace of the newest [`MAX_DAYS`] of `closed` days, oldest first.
    pub fn of(closed: &[Usd]) -> Measured<Self> {
        let newest = closed
            .get(closed.len().saturating_sub(MAX_DAYS)..)
            .unwrap_or_default();
        if newest.len() < MIN_DAYS {
            return Measured::unknown(format!(
                "only {} closed days on the bill, a forecast needs {MIN_DAYS}",
                newest.len()
            ));
        }
        let n = newest.len() as f64;
        let mean = newest.iter().map(|day| day.0).sum::<f64>() / n;
        let squares: f64 = newest.iter().map(|day| (day.0 - mean).powi(2)).sum();
        Measured::Known(Self {
            mean: Usd(mean),
            sd: Usd((squares / (n - 1.0)).sqrt()),
            days: newest.len(),
        })
    }

    /// The same spread, in proportion, around another mean.
    #[must_use]
    pub fn at(self, mean: Usd) -> Self {
        let share = if self.mean.0 > 0.0 {
            self.sd.0 / self.mean.0
        } else {
            0.0
        };
        Self {
            mean,
            sd: Usd(mean.0 * share),
            ..self
        }
    }

    /// The deviation of a day, at least [`MIN_SPREAD`] of the mean.
    fn spread(&self) -> f64 {
        self.sd.0.max(MIN_SPREAD * self.mean.0)
    }

    /// Half the interval of the cost of `days` days.
    fn half(&self, days: f64) -> f64 {
        Z * self.spread() * (days + days * days / self.days.max(1) as f64).sqrt()
    }
}

/// The month's first moment and the next month's, UTC.
pub fn month(now: Timestamp) -> (Timestamp, Timestamp) {
    let first = now
        .to_zoned(TimeZone::UTC)
        .start_of_day()
        .and_then(|day| day.first_of_month());
    let next = first
        .clone()
        .and_then(|first| first.checked_add(jiff::Span::new().months(1)));
    (
        first.map_or(now, |first| first.timestamp()),
        next.map_or(now, |next| next.timestamp()),
    )
}

/// The whole month of `now`: `spent` by `through`, the rest at `pace`; the present `burn` may raise
/// the upper bound.
pub fn month_end(
    spent: Usd,
    through: Timestamp,
    pace: &SpendPace,
    burn: UsdPerHour,
    now: Timestamp,
) -> Forecast {
    let days = (seconds_between(through, month(now).1) / DAY).max(0.0);
    let mean = spent.0 + pace.mean.0 * days;
    let half = pace.half(days);
    let high = (mean + half).max(spent.0 + burn.0 * 24.0 * days);
    Forecast {
        mean: Usd(mean),
        low: Usd((mean - half).max(spent.0)),
        high: Usd(high),
        level: LEVEL,
        source: format!(
            "own: mean of {} closed days; upper bound by what burns now where that is more",
            pace.days
        )
        .into(),
    }
}

/// Cost Explorer's forecast for the `rest` of the month, from `begin` on, plus the amount `spent`
/// by `now`.
pub fn foreseen_end(spent: Usd, rest: &Forecast, begin: Timestamp, now: Timestamp) -> Forecast {
    let end = month(now).1;
    let left = seconds_between(now, end) / seconds_between(begin, end).max(1.0);
    let share = left.clamp(0.0, 1.0);
    let mean = rest.mean.0 * share;
    let least = Z * MIN_SPREAD * mean;
    Forecast {
        mean: Usd(spent.0 + mean),
        low: Usd(spent.0 + (rest.low.0 * share).min(mean - least).max(0.0)),
        high: Usd(spent.0 + (rest.high.0 * share).max(mean + least)),
        ..rest.clone()
    }
}

/// When spending crosses `limit` at `pace`, after `spent` dollars by `through`; `None`: not in the
/// month of `now`.
pub fn crossing(
    limit: Usd,
    spent: Usd,
    through: Timestamp,
    pace: &SpendPace,
    now: Timestamp,
) -> Option<BudgetCrossing> {
    let rest = limit.0 - spent.0;
    if rest <= 0.0 {
        return Some(BudgetCrossing {
            at: through,
            earliest: through,
            latest: Some(through),
        });
    }
    let left = seconds_between(through, month(now).1) / DAY;
    let mean = pace.mean.0;
    let likely = rest / mean;
    if mean <= 0.0 || likely >= left {
        return None;
    }
    let k = (Z * pace.spread()).powi(2);
    let n = pace.days.max(1) as f64;
    let (a, b) = (mean * mean - k / n, 2.0 * mean * rest + k);
    let root = (b * b - 4.0 * a * rest * rest).max(0.0).sqrt();
    // The smaller root in the form that holds for any sign of a.
    let earliest = (2.0 * rest * rest / (b + root)).min(likely);
    let latest = (a > 0.0)
        .then(|| ((b + root) / (2.0 * a)).max(likely))
        .filter(|latest| *latest < left);
    let after = |days: f64| {
        through
            .saturating_add(jiff::SignedDuration::from_secs_f64(days * DAY))
            .unwrap_or(through)
    };
    Some(BudgetCrossing {
        at: after(likely),
        earliest: after(earliest),
        latest: latest.map(after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn pace_uses_the_newest_days() {
        let days: Vec<Usd> = (0..20)
            .map(|day| {
                Usd(if day < 6 {
                    1_000.0
                } else {
                    10.0 + f64::from(day % 2)
                })
            })
            .collect();
        let pace = *SpendPace::of(&days).known().unwrap();
        assert_eq!((pace.mean.0, pace.days), (10.5, 14));
        // Seven of 10 and seven of 11: squares 14 x 0.25 over 13.
        assert!((pace.sd.0 - (3.5f64 / 13.0).sqrt()).abs() < 1e-12);
        assert!(
            SpendPace::of(&days[..2])
                .why()
                .unwrap()
                .text()
                .contains("only 2 closed days")
        );
    }

    #[test]
    fn steady_spend_is_foreseen_within_two_percent() {
        let (through, now) = (at("2026-11-21T00:00:00Z"), at("2026-11-21T10:00:00Z"));
        let pace = SpendPace {
            mean: Usd(100.0),
            sd: Usd::ZERO,
            days: 14,
        };
        let end = month_end(Usd(2_000.0), through, &pace, UsdPerHour(1.0), now);
        // No day is more certain than 2 %: 1.281552 x 2 x sqrt(10 + 100/14) = 10.61.
        assert_eq!(end.mean, Usd(3_000.0));
        assert!((end.high.0 - 3_010.61).abs() < 0.01 && (end.low.0 - 2_989.39).abs() < 0.01);
        // Ten days at $10/h are $2,400 more: the present burn raises the upper bound only.
        let end = month_end(Usd(2_000.0), through, &pace, UsdPerHour(10.0), now);
        assert_eq!((end.mean, end.high), (Usd(3_000.0), Usd(4_400.0)));
        // sd 10 over 10 days inferred from 5: 1.281552 x 10 x sqrt(10 + 100/5) = 70.19.
        let end = month_end(
            Usd(2_000.0),
            through,
            &SpendPace {
                sd: Usd(10.0),
                days: 5,
                ..pace
            },
            UsdPerHour::ZERO,
            now,
        );
        assert!(
            (end.high.0 - 3_070.19).abs() < 0.01 && (end.low.0 - 2_929.81).abs() < 0.01,
            "{end:?}"
        );
    }

    #[test]
    fn budget_crossing_has_a_day() {
        let (through, now) = (at("2026-11-13T00:00:00Z"), at("2026-11-13T10:00:00Z"));
        let pace = SpendPace {
            mean: Usd(100.0),
            sd: Usd::ZERO,
            days: 14,
        };
        let on =
            |limit: f64, pace: &SpendPace| crossing(Usd(limit), Usd(1_200.0), through, pace, now);
        let nine = at("2026-11-22T00:00:00Z");
        let steady = on(2_100.0, &pace).unwrap();
        assert_eq!(steady.at, nine);
        let hours = seconds_between(steady.earliest, nine) / 3_600.0;
        assert!((2.0..4.0).contains(&hours), "{hours} h before");
        assert_eq!(
            on(3_000.0, &pace),
            None,
            "18 days at $100 are just not enough"
        );
        assert_eq!(on(1_200.0, &pace).unwrap().at, through);
        assert_eq!(
            on(
                1_300.0,
                &SpendPace {
                    mean: Usd::ZERO,
                    ..pace
                }
            ),
            None
        );
        let wide = on(
            2_100.0,
            &SpendPace {
                sd: Usd(30.0),
                ..pace
            },
        )
        .unwrap();
        assert!(wide.earliest < nine && wide.at == nine && wide.latest.unwrap() > nine);
        // At that moment the upper end of the interval equals the limit.
        let days = seconds_between(through, wide.earliest) / DAY;
        let upper = 1_200.0 + 100.0 * days + Z * 30.0 * (days + days * days / 14.0).sqrt();
        assert!((upper - 2_100.0).abs() < 0.01, "{upper}");
        assert_eq!(
            on(
                2_100.0,
                &SpendPace {
                    sd: Usd(300.0),
                    ..pace
                }
            )
            .unwrap()
            .latest,
            None
        );
    }

    #[test]
    fn what_aws_foresees_never_ends_below_what_was_spent() {
        let rest = Forecast {
            mean: Usd(800.0),
            low: Usd(700.0),
            high: Usd(900.0),
            level: LEVEL,
            source: "Cost Explorer".into(),
        };
        let begin = at("2026-11-23T00:00:00Z");
        let end = foreseen_end(Usd(5_000.0), &rest, begin, at("2026-11-27T00:00:00Z"));
        assert_eq!(
            (end.mean, end.low, end.high),
            (Usd(5_400.0), Usd(5_350.0), Usd(5_450.0))
        );
        let last = foreseen_end(Usd(5_000.0), &rest, begin, at("2026-11-30T23:59:59Z"));
        assert!(last.low >= Usd(5_000.0) && last.low < last.mean && last.mean < last.high);
    }

    proptest! {
        #[test]
        fn forecast_interval_contains_its_mean(
            spent in 0.0f64..1e5,
            mean in 0.0f64..1e4,
            share in 0.0f64..3.0,
            days in 3usize..14,
            burn in 0.0f64..1e3,
            limit in 1.0f64..2e5,
            hour in 0i64..700,
        ) {
            let after = |hours| {
                let start = at("2026-11-01T00:00:00Z");
                start.saturating_add(jiff::SignedDuration::from_hours(hours)).unwrap()
            };
            let (now, through) = (after(hour), after(hour / 24 * 24));
            let pace = SpendPace { mean: Usd(mean), sd: Usd(mean * share), days };
            let end = month_end(Usd(spent), through, &pace, UsdPerHour(burn), now);
            prop_assert!(spent <= end.low.0 + 1e-6 && end.low <= end.mean && end.mean <= end.high);
            if let Some(crossing) = crossing(Usd(limit), Usd(spent), through, &pace, now) {
                prop_assert!(through <= crossing.earliest && crossing.earliest <= crossing.at);
                let end_of_month = month(now).1;
                let is_within = |latest| latest >= crossing.at && latest < end_of_month;
                prop_assert!(crossing.at < end_of_month && crossing.latest.is_none_or(is_within));
                prop_assert!(end.mean.0 >= limit - 1e-6, "crossed: the month ends above it");
            } else {
                prop_assert!(end.mean.0 <= limit + 1e-6);
            }
        }
    }
}
