//! GetCostForecast: the pace of the last week, spread as widely as the days of two weeks were.

use super::super::{Answer, Context};
use super::{
    amount, invalid,
    period::{self, Period, written},
    refuse, usage,
};
use crate::{
    domain::Timestamp,
    mock::{
        billing::{
            BillingPeriod,
            forecast::{DailyPace, LOOK_BACK, quantile},
            settled_until,
        },
        protocol::{Failure, Value, value::fields},
        simulation::after,
    },
};

const DAY: f64 = 86_400.0;

/// `GetCostForecast`
pub fn get(context: &Context<'_>) -> Answer {
    let requested = period::period(context)?;
    let metrics = [
        "UNBLENDED_COST",
        "BLENDED_COST",
        "AMORTIZED_COST",
        "NET_UNBLENDED_COST",
        "NET_AMORTIZED_COST",
        "USAGE_QUANTITY",
        "NORMALIZED_USAGE_AMOUNT",
    ];
    let metric = context
        .input
        .one_of("Metric", &metrics)?
        .ok_or_else(|| Failure::Missing("Metric".to_owned()))?;
    let step = period::granularity(context)?;
    let level = context
        .input
        .int_in("PredictionIntervalLevel", 51..=99)?
        .unwrap_or(80);
    if metric.ends_with("AMOUNT") || metric.ends_with("QUANTITY") {
        return refuse(
            "DataUnavailableException",
            "Usage can only be forecast for a filter with one unit.",
        );
    }
    let today = BillingPeriod::Day.start_of(context.now);
    if requested.start < today && requested.start != BillingPeriod::Month.start_of(context.now) {
        return invalid("Start date must be today or later, or the first day of the current month");
    }
    let max = if step == BillingPeriod::Month {
        18.0 * 31.0
    } else {
        93.0
    };
    if requested.end.duration_since(requested.start).as_secs_f64() > max * DAY {
        return invalid("The forecast period is too long for this granularity");
    }
    let settled = settled_until(context.now);
    let Some(pace) = pace(context, metric, settled)? else {
        return refuse(
            "DataUnavailableException",
            "Insufficient amount of historical data to generate forecast",
        );
    };
    // A period that began before today holds what has been spent in it.
    let month = Period {
        start: requested.start,
        end: settled,
        hours: false,
    };
    let spent: f64 = if requested.start < today && settled > requested.start {
        usage::total(context, month, BillingPeriod::Day, metric)?
            .values()
            .sum()
    } else {
        0.0
    };
    let start = if requested.start < today {
        requested.start.max(settled)
    } else {
        requested.start
    };
    let width = quantile(level as f64 / 100.0) * pace.spread;
    let parts = step.parts(start, requested.end);
    let mut total = 0.0;
    let items: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(place, (start, end))| {
            let days = end.duration_since(*start).as_secs_f64() / DAY;
            let half = width * days.sqrt();
            let mean = pace.daily * days + if place == 0 { spent } else { 0.0 };
            total += mean;
            fields! {
                "TimePeriod": fields! {
                    "Start": written(if place == 0 { requested.start } else { *start }, step),
                    "End": written(*end, step),
                },
                "MeanValue": amount(mean),
                "PredictionIntervalLowerBound": amount((mean - half).max(0.0)),
                "PredictionIntervalUpperBound": amount(mean + half),
            }
        })
        .collect();
    Ok(fields! {
        "Total": fields! { "Amount": amount(total), "Unit": "USD" },
        "ForecastResultsByTime": items,
    })
}

/// The pace of the full days that have settled.
fn pace(
    context: &Context<'_>,
    metric: &str,
    settled: Timestamp,
) -> Result<Option<DailyPace>, Failure> {
    let end = BillingPeriod::Day.start_of(settled);
    let start = after(end, -LOOK_BACK * DAY);
    let days = usage::total(
        context,
        Period {
            start,
            end,
            hours: false,
        },
        BillingPeriod::Day,
        metric,
    )?;
    Ok(DailyPace::of(&days, end))
}
