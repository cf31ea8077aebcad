//! GetCostForecast: the mean of the last full days, spread around it as widely as they were.
//!
//! Must not know encodings.

use super::{
    super::{Answer, Context},
    amount, invalid,
    period::{self, Period, written},
    refuse, usage,
};
use crate::{
    domain::Stamp,
    mock::{
        costs::{Step, settled_until},
        wire::{Failure, Node, node::fields},
        world::after,
    },
};

const DAY: f64 = 86_400.0;
/// Full days looked back on.
const LOOK_BACK: f64 = 14.0;

/// `GetCostForecast`
pub fn get(context: &Context<'_>) -> Answer {
    let asked = period::period(context)?;
    let metrics = [
        "UNBLENDED_COST",
        "BLENDED_COST",
        "AMORTIZED_COST",
        "NET_UNBLENDED_COST",
        "NET_AMORTIZED_COST",
        "USAGE_QUANTITY",
        "NORMALIZED_USAGE_AMOUNT",
    ];
    let metric = context.input.one_of("Metric", &metrics)?.ok_or_else(|| Failure::Missing("Metric".to_owned()))?;
    let step = period::granularity(context)?;
    let level = context.input.within("PredictionIntervalLevel", 51..=99)?.unwrap_or(80);
    if metric.ends_with("AMOUNT") || metric.ends_with("QUANTITY") {
        return refuse("DataUnavailableException", "Usage can only be forecast for a filter with one unit.");
    }
    let today = Step::Day.begins(context.now);
    if asked.start < today && asked.start != Step::Month.begins(context.now) {
        return invalid("Start date must be today or later, or the first day of the current month");
    }
    let most = if step == Step::Month { 18.0 * 31.0 } else { 93.0 };
    if asked.end.duration_since(asked.start).as_secs_f64() > most * DAY {
        return invalid("The forecast period is too long for this granularity");
    }
    let (mean, spread) = days_before(context, Step::Day.begins(settled_until(context.now)))?;
    if mean <= 0.0 {
        return refuse("DataUnavailableException", "Insufficient amount of historical data to generate forecast");
    }
    let width = quantile(level as f64 / 100.0) * spread;
    let parts = step.parts(asked.start.max(today), asked.end);
    let items: Vec<Node> = parts
        .iter()
        .map(|(start, end)| {
            let days = end.duration_since(*start).as_secs_f64() / DAY;
            let half = width * days.sqrt();
            fields! {
                "TimePeriod": fields! { "Start": written(*start, step), "End": written(*end, step) },
                "MeanValue": amount(mean * days),
                "PredictionIntervalLowerBound": amount((mean * days - half).max(0.0)),
                "PredictionIntervalUpperBound": amount(mean * days + half),
            }
        })
        .collect();
    let total: f64 = parts.iter().map(|(start, end)| mean * end.duration_since(*start).as_secs_f64() / DAY).sum();
    Ok(fields! { "Total": fields! { "Amount": amount(total), "Unit": "USD" }, "ForecastResultsByTime": items })
}

/// Mean and standard deviation of the days before `end`.
fn days_before(context: &Context<'_>, end: Stamp) -> Result<(f64, f64), Failure> {
    let start = after(end, -LOOK_BACK * DAY);
    let days = usage::total(context, Period { start, end, hours: false }, Step::Day)?;
    let mean = days.values().sum::<f64>() / LOOK_BACK;
    let squares: f64 = days.values().map(|usd| (usd - mean).powi(2)).sum();
    Ok((mean, (squares / LOOK_BACK).sqrt()))
}

/// How many standard deviations hold `level` of a normal distribution, to two digits (Winitzki's approximation).
fn quantile(level: f64) -> f64 {
    let a = 0.147;
    let log = (1.0 - level * level).ln();
    let first = 2.0 / (std::f64::consts::PI * a) + log / 2.0;
    ((first * first - log / a).sqrt() - first).sqrt() * std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_normal_ones() {
        for (level, z) in [(0.8, 1.2816), (0.95, 1.96), (0.51, 0.6903)] {
            assert!((quantile(level) - z).abs() < 0.01, "{level}: {}", quantile(level));
        }
    }
}
