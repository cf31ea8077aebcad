//! The outlook of a budget: the amount spent, the crossing of its limit, and the month's end.

use super::forecast::{self, SpendPace};
use crate::domain::{
    Budget, DayCost, Forecast, Measured, Service, Timestamp, Usd, UsdPerHour, Value,
    evidence::BudgetCrossing, time::timestamp::seconds_between,
};

/// The amounts spent in a month so far, each with its moment, oldest first.
type SpendPath = Vec<(Timestamp, Usd)>;

/// The outlook of a budget.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetOutlook {
    /// Spent this month.
    pub spent: Usd,
    /// When spending crossed or will cross the limit; known `None`: not this month.
    pub crossing: Measured<Option<BudgetCrossing>>,
    /// The whole month.
    pub month_end: Measured<Forecast>,
}

/// The outlook of `budget` from the `days` of the bill and the amount spent `since` the bill.
pub fn assess(budget: &Budget, days: &[DayCost], since: Usd, now: Timestamp) -> BudgetOutlook {
    let services = budget.ai_services();
    let spent = budget.spent + since;
    let begin = forecast::month(now).0;
    let month = |day: &&DayCost| day.day >= begin && services.contains(&day.service);
    let billed: Usd = days.iter().filter(month).map(|day| day.billed).sum();
    // The other services of a budget count as the same share of every day.
    let share = if billed > Usd::ZERO {
        budget.spent.0 / billed.0
    } else {
        1.0
    };
    let path = path(days, &services, share, (spent, now));
    outlook(budget.limit, &path, &pace(budget, days, spent, now), now)
}

/// The daily pace of `budget` from `now` on: for a configured budget that of its closed days; for
/// an AWS budget the mean follows from AWS's forecast, with the relative spread of the AI/ML days.
fn pace(budget: &Budget, days: &[DayCost], spent: Usd, now: Timestamp) -> Measured<SpendPace> {
    let own = SpendPace::of(&closed_days(days, &budget.ai_services()));
    if budget.is_configured {
        return own;
    }
    let whole = match &budget.forecast {
        Measured::Known(whole) => *whole,
        Measured::Unknown(why) => return Measured::Unknown(why.clone()),
    };
    let left = seconds_between(now, forecast::month(now).1) / 86_400.0;
    let mean = Usd((whole.0 - spent.0) / left.max(f64::MIN_POSITIVE));
    match own {
        // Spending already exceeds the forecast of AWS: the own pace applies.
        own if mean <= Usd::ZERO => own,
        Measured::Known(own) => Measured::Known(own.at(mean)),
        Measured::Unknown(_) => Measured::Known(SpendPace {
            mean,
            sd: Usd::ZERO,
            days: forecast::MAX_DAYS,
        }),
    }
}

/// The sums of `services` on the bill in the month of `now`, day by day, fees included; the last is
/// the amount `spent` by `now`. Each day of the bill counts times `share`.
fn path(
    days: &[DayCost],
    services: &[Service],
    share: f64,
    (spent, now): (Usd, Timestamp),
) -> SpendPath {
    let begin = forecast::month(now).0;
    let mut sums: SpendPath = vec![(begin, Usd::ZERO)];
    for day in days
        .iter()
        .filter(|day| day.day >= begin && services.contains(&day.service))
    {
        let end = day
            .day
            .saturating_add(jiff::SignedDuration::from_hours(24))
            .unwrap_or(day.day);
        let sum = sums.last().map_or(Usd::ZERO, |(_, sum)| *sum) + day.billed * share;
        match sums.last_mut() {
            Some((at, last)) if *at >= end.min(now) => *last = sum,
            _ => sums.push((end.min(now), sum)),
        }
    }
    let billed = sums.last().map_or(Usd::ZERO, |(_, sum)| *sum);
    sums.push((now, if spent > billed { spent } else { billed }));
    sums
}

/// The closed days of `services`, oldest first, without fees paid in advance; a day without a line
/// is zero.
pub fn closed_days(days: &[DayCost], services: &[Service]) -> Vec<Usd> {
    let closed = || days.iter().filter(|day| day.closed);
    let seconds = |day: &DayCost| day.day.as_second();
    let (Some(first), Some(last)) = (closed().map(seconds).min(), closed().map(seconds).max())
    else {
        return Vec::new();
    };
    let on = |second: i64| {
        let of_day = closed().filter(|day| seconds(day) == second);
        of_day
            .filter(|day| services.contains(&day.service))
            .map(DayCost::usage)
            .sum()
    };
    (first..=last).step_by(86_400).map(on).collect()
}

/// The outlook of a budget of `limit` with the month so far in `path`, at `pace` from `now` on.
fn outlook(
    limit: Usd,
    path: &[(Timestamp, Usd)],
    pace: &Measured<SpendPace>,
    now: Timestamp,
) -> BudgetOutlook {
    let spent = path.last().map_or(Usd::ZERO, |(_, sum)| *sum);
    let crossing = match crossed(limit, path) {
        Some(at) => Measured::Known(Some(BudgetCrossing {
            at,
            earliest: at,
            latest: Some(at),
        })),
        None => pace
            .as_ref()
            .map(|pace| forecast::crossing(limit, spent, now, pace, now)),
    };
    let end = |pace: &SpendPace| forecast::month_end(spent, now, pace, UsdPerHour::ZERO, now);
    BudgetOutlook {
        spent,
        crossing,
        month_end: pace.as_ref().map(end),
    }
}

/// When the sums of `path`, each with its moment, passed `limit`; `None`: they have not. Spending
/// between two sums counts as even.
fn crossed(limit: Usd, path: &[(Timestamp, Usd)]) -> Option<Timestamp> {
    let next = path.iter().position(|(_, sum)| *sum >= limit)?;
    let (at, sum) = *path.get(next)?;
    let Some((before, known)) = next.checked_sub(1).and_then(|last| path.get(last)) else {
        return Some(at);
    };
    let share = (limit.0 - known.0) / (sum.0 - known.0).max(f64::MIN_POSITIVE);
    let seconds = seconds_between(*before, at) * share.clamp(0.0, 1.0);
    let span = jiff::SignedDuration::from_secs_f64(seconds);
    Some(before.saturating_add(span).unwrap_or(at))
}

/// The day on which a budget is exceeded, in words.
pub fn exceeds_on(
    (limit, spent): (Usd, Usd),
    crossing: &Measured<Option<BudgetCrossing>>,
) -> Value {
    let date = |at: Timestamp| at.strftime("%b %-d").to_string();
    match crossing {
        Measured::Unknown(why) => Value::Unknown(why.clone()),
        Measured::Known(None) => Value::text("not this month"),
        Measured::Known(Some(crossing)) if spent >= limit => {
            Value::text(format!("exceeded {}", date(crossing.at)))
        }
        Measured::Known(Some(BudgetCrossing {
            at,
            earliest,
            latest,
        })) => {
            let latest = latest.map_or_else(|| "later".to_owned(), date);
            Value::text(format!("{} ({} to {latest})", date(*at), date(*earliest)))
        }
    }
}

/// The state of a budget, in one word.
pub fn state(
    (limit, spent): (Usd, Usd),
    crossing: &Measured<Option<BudgetCrossing>>,
) -> &'static str {
    match crossing {
        _ if spent >= limit => "over",
        Measured::Known(Some(_)) => "breach",
        Measured::Known(None) => "within",
        Measured::Unknown(_) => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BudgetScope;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_budget_was_crossed_within_the_day_that_passed_it() {
        let path = [
            (at("2026-11-01T00:00:00Z"), Usd::ZERO),
            (at("2026-11-02T00:00:00Z"), Usd(100.0)),
            (at("2026-11-03T00:00:00Z"), Usd(300.0)),
            (at("2026-11-03T08:00:00Z"), Usd(340.0)),
        ];
        for (limit, moment) in [
            (50.0, Some("2026-11-01T12:00:00Z")),
            (150.0, Some("2026-11-02T06:00:00Z")),
            (320.0, Some("2026-11-03T04:00:00Z")),
            (340.0, Some("2026-11-03T08:00:00Z")),
            (341.0, None),
        ] {
            assert_eq!(crossed(Usd(limit), &path), moment.map(at), "{limit}");
        }
        assert_eq!(crossed(Usd(1.0), &[]), None);
    }

    fn day(day: &str, billed: f64, fees: f64) -> DayCost {
        DayCost {
            day: at(&format!("2026-11-{day}T00:00:00Z")),
            service: Service::Ec2,
            billed: Usd(billed),
            fees: Usd(fees),
            priced: Usd(billed),
            list: Usd(billed),
            closed: true,
        }
    }

    fn budget(limit: f64, spent: f64) -> Budget {
        Budget {
            name: "ml".into(),
            limit: Usd(limit),
            spent: Usd(spent),
            forecast: Measured::unknown("none"),
            source: "configuration".into(),
            scope: BudgetScope::Ai,
            services: Vec::new(),
            is_configured: true,
            currency: crate::domain::Currency::USD,
        }
    }

    #[test]
    fn a_fee_is_spent_and_is_no_pace() {
        let days: Vec<DayCost> = ["01", "02", "03", "04", "05"]
            .into_iter()
            .map(|of| day(of, 100.0, 0.0))
            .chain([day("06", 4_100.0, 4_000.0)])
            .collect();
        let now = at("2026-11-07T00:00:00Z");
        let outlook = assess(&budget(100_000.0, 4_600.0), &days, Usd::ZERO, now);
        assert_eq!(outlook.spent, Usd(4_600.0));
        // 24 days at $100 on top of it.
        let end = outlook.month_end.known().unwrap();
        assert!((end.mean.0 - 7_000.0).abs() < 0.01, "{end:?}");
        assert!(end.low < end.mean && end.mean < end.high);
    }

    #[test]
    fn what_the_bill_lacks_yet_crosses_a_budget_too() {
        let days: Vec<DayCost> = ["01", "02", "03", "04"]
            .into_iter()
            .map(|of| day(of, 100.0, 0.0))
            .collect();
        let now = at("2026-11-05T12:00:00Z");
        let of = |since: f64| assess(&budget(500.0, 400.0), &days, Usd(since), now);
        assert!(of(90.0).crossing.known().unwrap().unwrap().at > now);
        let crossed = of(150.0);
        let at = crossed.crossing.known().unwrap().unwrap().at;
        assert_eq!(at.to_string(), "2026-11-05T08:00:00Z");
        assert_eq!(
            state((Usd(500.0), crossed.spent), &crossed.crossing),
            "over"
        );
    }
}
