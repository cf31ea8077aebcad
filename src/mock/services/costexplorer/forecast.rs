//! GetCostForecast: the daily cost of the last week, with the deviation of the last two weeks.

use super::super::{Answer, Context};
use super::{
    amount, invalid,
    period::{self, Period, format_time},
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

/// The cost metric that the request names; the mock forecasts no usage.
fn metric<'a>(context: &Context<'a>) -> Result<&'a str, Failure> {
    let metric = context.input.need_text("Metric")?;
    if metric.ends_with("AMOUNT") || metric.ends_with("QUANTITY") {
        return refuse(
            "DataUnavailableException",
            "Usage can only be forecast for a filter with one unit.",
        );
    }
    Ok(metric)
}

/// Checks that a forecast starts today or later, or with the month, and is not too long.
fn check_period(requested: &Period, step: BillingPeriod, now: Timestamp) -> Result<(), Failure> {
    let month = BillingPeriod::Month.start_of(now);
    if requested.start < BillingPeriod::Day.start_of(now) && requested.start != month {
        return invalid("Start date must be today or later, or the first day of the current month");
    }
    let max_days = if step == BillingPeriod::Month {
        18.0 * 31.0
    } else {
        93.0
    };
    if requested.end.duration_since(requested.start).as_secs_f64() > max_days * DAY {
        return invalid("The forecast period is too long for this granularity");
    }
    Ok(())
}

/// `GetCostForecast`
pub(super) fn get(context: &Context<'_>) -> Answer {
    let requested = period::period(context)?;
    let metric = metric(context)?;
    let step = period::granularity(context)?;
    let level = context.input.int("PredictionIntervalLevel")?.unwrap_or(80);
    check_period(&requested, step, context.now)?;
    let settled = settled_until(context.now);
    let Some(pace) = pace(context, metric, settled)? else {
        return refuse(
            "DataUnavailableException",
            "Insufficient amount of historical data to generate forecast",
        );
    };
    // A period that started before today includes its actual cost.
    let mut spent = 0.0;
    let mut start = requested.start;
    if requested.start < BillingPeriod::Day.start_of(context.now) && settled > requested.start {
        let month = Period {
            start,
            end: settled,
            hours: false,
        };
        let days = usage::total(context, month, BillingPeriod::Day, metric)?;
        spent = days.values().sum();
        start = settled;
    }
    let width = quantile(level as f64 / 100.0) * pace.spread;
    let parts = step.parts(start, requested.end);
    let mut total = 0.0;
    let items: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(place, (start, end))| {
            let days = end.duration_since(*start).as_secs_f64() / DAY;
            let mut part = (*start, pace.daily * days);
            if place == 0 {
                part = (requested.start, part.1 + spent);
            }
            let (start, mean) = part;
            total += mean;
            fields! {
                "TimePeriod": fields! {
                    "Start": format_time(start, step),
                    "End": format_time(*end, step),
                },
                "MeanValue": amount(mean),
                "PredictionIntervalLowerBound": amount((mean - width * days.sqrt()).max(0.0)),
                "PredictionIntervalUpperBound": amount(mean + width * days.sqrt()),
            }
        })
        .collect();
    Ok(fields! {
        "Total": fields! { "Amount": amount(total), "Unit": "USD" },
        "ForecastResultsByTime": items,
    })
}

/// The daily cost of the full days that have settled.
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
