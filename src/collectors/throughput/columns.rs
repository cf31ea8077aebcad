//! The columns of the Throughput pane.

use super::{
    cost::{OnDemandValue, break_even_peak, mean, units_floor, verdict},
    item::ThroughputItem,
};
use crate::{
    collectors::shared::column::Column,
    domain::{
        CommonField, HourlyCost, Measured, Reason, Series, Timestamp, Usd, UsdPerHour, Value,
        Visibility, time::series::SeriesSummary,
    },
};
use std::sync::Arc;

pub(super) const FIELDS: &[Column<ThroughputCells>] = &[
    Column::name(12),
    Column::text(
        "model",
        "model",
        20,
        Visibility::Medium,
        "model id",
        |row| Value::Text(row.model.clone()),
    ),
    Column::number(
        "units",
        "units",
        5,
        Visibility::Always,
        "model units: current and desired",
        |row| row.units.clone(),
    ),
    Column::text(
        "commitment",
        "commit",
        8,
        Visibility::Wide,
        "commitment: none, 1 month, 6 months",
        |row| Value::text(row.term),
    ),
    Column::text(
        "ends",
        "ends",
        16,
        Visibility::Wide,
        "end of the commitment; it renews itself",
        |row| row.ends.clone(),
    ),
    Column::common(CommonField::State, Visibility::Medium),
    Column::number(
        "util_p50",
        "p50",
        4,
        Visibility::Always,
        "value utilisation: on-demand dollars of its tokens over its price, median hour of 7 days, \
         fraction",
        |row| row.p50.clone(),
    ),
    Column::number(
        "util_p75",
        "p75",
        4,
        Visibility::Wide,
        "the same, 75th percentile",
        |row| row.p75.clone(),
    ),
    Column::number(
        "util_p95",
        "p95",
        4,
        Visibility::Always,
        "the same, 95th percentile",
        |row| row.p95.clone(),
    ),
    Column::text(
        "util_24h",
        "24h",
        12,
        Visibility::Wide,
        "value utilisation by the hour, a day",
        |row| row.spark.clone(),
    ),
    Column::number(
        "tokens_per_minute",
        "tok/m",
        6,
        Visibility::Medium,
        "input and output tokens per minute, mean of a day",
        |row| row.tpm.clone(),
    ),
    Column::<ThroughputCells>::number(
        "effective_per_1m",
        "eff/1M",
        6,
        Visibility::Medium,
        "effective dollars per 1,000,000 tokens, mean of 7 days",
        |row| row.effective.clone(),
    )
    .paid(),
    Column::number(
        "on_demand_per_1m",
        "od/1M",
        6,
        Visibility::Wide,
        "dollars per 1,000,000 tokens of the same mix on demand",
        |row| row.on_demand.clone(),
    ),
    Column::<ThroughputCells>::number(
        "effective_per_1k",
        "eff/1K",
        6,
        Visibility::Detail,
        "effective dollars per 1,000 tokens, mean of 7 days",
        |row| per_1k(&row.effective),
    )
    .paid(),
    Column::number(
        "on_demand_per_1k",
        "od/1K",
        6,
        Visibility::Detail,
        "dollars per 1,000 tokens of the same mix on demand",
        |row| per_1k(&row.on_demand),
    ),
    Column::number(
        "break_even",
        "brk-even",
        8,
        Visibility::Wide,
        "tokens per minute of this mix from which it pays",
        |row| row.break_even.clone(),
    ),
    Column::number(
        "break_even_share",
        "brk-even%",
        9,
        Visibility::Detail,
        "how much of its busiest hour an hour must carry on average to pay: price over that hour \
         on demand; over 1: not at this load",
        |row| row.even_share.clone(),
    ),
    Column::number(
        "units_floor",
        "floor",
        5,
        Visibility::Wide,
        "units that the median hour pays for: its on-demand dollars over the price of a unit, \
         rounded down",
        |row| row.floor.clone(),
    ),
    Column::common(CommonField::Burn, Visibility::Always),
    Column::common(CommonField::Waste, Visibility::Always),
    Column::text(
        "verdict",
        "verdict",
        24,
        Visibility::Always,
        "whether it pays off, in words",
        |row| row.verdict.clone(),
    ),
    Column::common(CommonField::Age, Visibility::Medium),
    Column::common(CommonField::Owner, Visibility::Medium),
    Column::common(CommonField::Region, Visibility::Wide),
];

/// The pane's own cells of a row.
pub(crate) struct ThroughputCells {
    model: Arc<str>,
    units: Value,
    term: &'static str,
    ends: Value,
    p50: Value,
    p75: Value,
    p95: Value,
    spark: Value,
    tpm: Value,
    effective: Value,
    on_demand: Value,
    break_even: Value,
    even_share: Value,
    floor: Value,
    verdict: Value,
}

impl ThroughputCells {
    /// The cells of a model that is not provisioned.
    pub(super) fn of_model(model: Arc<str>, units: Value, verdict: &'static str) -> Self {
        let none = || Value::None;
        Self {
            model,
            units,
            term: "none",
            ends: none(),
            p50: none(),
            p75: none(),
            p95: none(),
            spark: none(),
            tpm: none(),
            effective: none(),
            on_demand: none(),
            break_even: none(),
            even_share: none(),
            floor: none(),
            verdict: Value::text(verdict),
        }
    }
}

/// The pane's own cells of `item`, at `burn`.
pub(super) fn row(
    item: &ThroughputItem,
    used: &Measured<(Series, Series)>,
    value: &Measured<OnDemandValue>,
    utilization: &Measured<SeriesSummary>,
    burn: &HourlyCost,
    now: Timestamp,
) -> ThroughputCells {
    let per_hour = used
        .as_ref()
        .map(|(input, output)| mean(input) + mean(output));
    let share = |get: fn(&SeriesSummary) -> f64| {
        Value::read(utilization, |summary| Value::Percent(get(&summary)))
    };
    let rate = burn
        .rate()
        .filter(|_| matches!(burn, HourlyCost::Priced { .. }));
    ThroughputCells {
        model: item.model.clone(),
        units: Value::Moving {
            now: item.units,
            to: item.desired,
        },
        term: item.term.words(),
        ends: Value::opt(item.ends, Value::Moment),
        p50: share(|summary| summary.p50),
        p75: Value::read(&value.as_ref().map(|value| value.share.rank(0.75)), |p75| {
            Value::opt(p75, Value::Percent)
        }),
        p95: share(|summary| summary.p95),
        spark: Value::read(
            &value.as_ref().map(|value| value.share.tail(24)),
            |series| Value::Series(Arc::new(series)),
        ),
        tpm: Value::read(
            &used
                .as_ref()
                .map(|(input, output)| (mean(&input.tail(24)) + mean(&output.tail(24))) / 60.0),
            Value::Number,
        ),
        effective: Value::read(&per_hour, |tokens| {
            rate.map_or_else(|| burn.value(), |rate| per_1m(rate, tokens))
        }),
        on_demand: on_demand_per_1m(value, &per_hour),
        break_even: break_even(value, &per_hour, rate),
        even_share: Value::read(utilization, |summary| {
            break_even_peak(summary.max).map_or_else(no_token, Value::Percent)
        }),
        floor: Value::read(utilization, |summary| {
            Value::Count(units_floor(summary.p50, item.units).into())
        }),
        verdict: match value {
            Measured::Known(value) => verdict(rate, value.on_demand, item.ends, now)
                .map_or_else(|| burn.value(), Value::text),
            Measured::Unknown(why) => Value::Unknown(why.clone()),
        },
    }
}

/// Of dollars per 1,000,000.
fn per_1k(per_1m: &Value) -> Value {
    match per_1m {
        Value::Usd(usd) => Value::Usd(*usd * 1e-3),
        other => other.clone(),
    }
}

/// Dollars per 1,000,000 tokens.
fn per_1m(rate: UsdPerHour, tokens: f64) -> Value {
    if tokens > 0.0 {
        Value::Usd(Usd(rate.0 / tokens * 1e6))
    } else {
        no_token()
    }
}

fn no_token() -> Value {
    Value::Unknown(Reason::new("no token in 7 days"))
}

fn on_demand_per_1m(value: &Measured<OnDemandValue>, per_hour: &Measured<f64>) -> Value {
    match (value, per_hour) {
        (Measured::Known(value), Measured::Known(tokens)) => per_1m(value.on_demand, *tokens),
        (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Value::Unknown(why.clone()),
    }
}

/// Tokens per minute at which on demand would cost as much.
fn break_even(
    value: &Measured<OnDemandValue>,
    per_hour: &Measured<f64>,
    rate: Option<UsdPerHour>,
) -> Value {
    match (value, per_hour, rate) {
        (Measured::Known(value), Measured::Known(tokens), Some(rate))
            if value.on_demand.0 > 0.0 =>
        {
            Value::Number(tokens / 60.0 * rate.0 / value.on_demand.0)
        }
        (Measured::Unknown(why), ..) => Value::Unknown(why.clone()),
        _ => no_token(),
    }
}
