//! The columns of the Endpoints pane, and the cells of a row.

use super::{
    item::{EndpointItem, Scaling, Shape, VariantDetails},
    metrics::{DAY, EndpointMetrics, HOUR, recent},
};
use crate::{
    collectors::shared::column::Column,
    domain::{
        CommonField, HourlyCost, Measured, Reason, Series, Usd, Value, Visibility,
        time::series::SeriesSummary,
    },
};
use std::sync::Arc;

pub(super) const FIELDS: &[Column<EndpointCells>] = &[
    Column::name(14),
    Column::text(
        "type",
        "type",
        15,
        Visibility::Always,
        "instance type, or memory of a serverless variant",
        |row| row.ty.clone(),
    ),
    Column::number(
        "count",
        "count",
        5,
        Visibility::Always,
        "instances or copies: current and desired",
        |row| row.count.clone(),
    ),
    Column::common(CommonField::State, Visibility::Medium),
    Column::number(
        "invocations",
        "inv/m",
        6,
        Visibility::Always,
        "invocations per minute, last hour",
        |row| row.invocations.clone(),
    ),
    Column::text(
        "invocations_24h",
        "inv 24h",
        16,
        Visibility::Wide,
        "invocations per minute, 5-minute points of a day",
        |row| row.spark.clone(),
    ),
    Column::number(
        "latency_p95",
        "p95",
        6,
        Visibility::Wide,
        "95th percentile of model latency in the last hour, seconds",
        |row| row.latency.clone(),
    ),
    Column::number(
        "errors",
        "err%",
        5,
        Visibility::Wide,
        "4XX and 5XX answers over invocations, last hour, fraction",
        |row| row.errors.clone(),
    ),
    Column::number(
        "gpu",
        "gpu%",
        5,
        Visibility::Medium,
        "GPU utilisation of one replica, last hour, fraction of its devices",
        |row| row.gpu.clone(),
    ),
    Column::number(
        "cpu",
        "cpu%",
        5,
        Visibility::Wide,
        "CPU utilisation of one replica, last hour, fraction of its vCPUs",
        |row| row.cpu.clone(),
    ),
    Column::number(
        "capacity_headroom",
        "head%",
        5,
        Visibility::Medium,
        "1 - p99 of the busiest resource over 3 days, fraction",
        |row| row.capacity_headroom.clone(),
    ),
    Column::number(
        "suggested",
        "sugg",
        4,
        Visibility::Always,
        "replicas that keep the p99 of the busiest resource under 70 %",
        |row| row.suggested.clone(),
    ),
    Column::common(CommonField::Burn, Visibility::Always),
    Column::common(CommonField::Waste, Visibility::Always),
    Column::number(
        "per_1k",
        "$/1K",
        6,
        Visibility::Wide,
        "list dollars per 1,000 invocations over a day",
        |row| row.per_1k.clone(),
    ),
    Column::number(
        "active_share",
        "active%",
        10,
        Visibility::Detail,
        "hours with an invocation over hours in service, 14 days, fraction",
        |row| row.active_share.clone(),
    ),
    Column::number(
        "serverless_cost",
        "serverless $/h",
        14,
        Visibility::Detail,
        "list dollars per hour of the same requests on serverless inference, mean of 14 days",
        |row| row.serverless_cost.clone(),
    ),
    Column::number(
        "storage",
        "storage",
        7,
        Visibility::Detail,
        "list dollars per hour of its instances' volumes, where a size is configured; not in $/h",
        |row| row.storage.clone(),
    ),
    Column::text(
        "scheduled",
        "scheduled",
        9,
        Visibility::Detail,
        "whether it has scheduled scaling",
        |row| row.scheduled.clone(),
    ),
    Column::text(
        "autoscaling",
        "autosc",
        7,
        Visibility::Wide,
        "min-max capacity of autoscaling; off without autoscaling",
        |row| row.autoscaling.clone(),
    ),
    Column::common(CommonField::Age, Visibility::Medium),
    Column::common(CommonField::Owner, Visibility::Medium),
    Column::common(CommonField::Region, Visibility::Wide),
    Column::text(
        "mode",
        "mode",
        10,
        Visibility::Detail,
        "real-time, async, serverless, shadow or component",
        |row| Value::text(row.mode),
    ),
    Column::text(
        "endpoint",
        "endpoint",
        24,
        Visibility::Detail,
        "the endpoint and variant it belongs to",
        |row| row.endpoint.clone(),
    ),
];

/// The pane's own cells of a row.
pub(crate) struct EndpointCells {
    pub mode: &'static str,
    pub ty: Value,
    pub count: Value,
    pub invocations: Value,
    pub spark: Value,
    pub latency: Value,
    pub errors: Value,
    pub gpu: Value,
    pub cpu: Value,
    pub capacity_headroom: Value,
    pub suggested: Value,
    pub autoscaling: Value,
    pub per_1k: Value,
    pub active_share: Value,
    pub serverless_cost: Value,
    pub storage: Value,
    pub scheduled: Value,
    pub endpoint: Value,
}

/// The cells of `item`. Those that depend on prices are set by the caller.
pub(super) fn row(
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
    utilization: &Measured<(SeriesSummary, Arc<str>)>,
    suggested: &Measured<u32>,
    burn: &HourlyCost,
) -> EndpointCells {
    let is_serverless = item.is_serverless();
    let recent_hour =
        |get: fn(&EndpointMetrics) -> &Measured<Series>| recent_summary(signals, get, HOUR);
    // A serverless variant has no instances of its own.
    let of_instance = |value: Value| if is_serverless { Value::None } else { value };
    // Requests name the component: CloudWatch counts none for the variant that hosts it.
    let counts_none =
        item.hosts_components() && signals.is_none_or(|signals| !signals.has_invocations());
    let of_requests = |value: Value| if counts_none { Value::None } else { value };
    let invocations = recent_hour(|signals| &signals.invocations);
    let errors = recent_hour(|signals| &signals.errors);
    // Serverless variants are billed by the request: the last hour gives their price.
    let billed_points = if is_serverless { HOUR } else { DAY };
    let billed = recent_summary(signals, |signals| &signals.invocations, billed_points);
    EndpointCells {
        mode: mode(item),
        ty: ty(item),
        count: count(item),
        invocations: of_requests(mean(&invocations, Value::Number)),
        spark: signals.map_or(Value::None, |signals| {
            Value::read(&signals.invocations, |series| {
                Value::Series(Arc::new(series.tail(DAY)))
            })
        }),
        latency: of_requests(mean(
            &recent_hour(|signals| &signals.latency),
            Value::Number,
        )),
        errors: of_requests(error_share(&errors, &invocations)),
        gpu: of_instance(mean(&recent_hour(|signals| &signals.gpu), Value::Percent)),
        cpu: of_instance(mean(&recent_hour(|signals| &signals.cpu), Value::Percent)),
        capacity_headroom: of_instance(Value::read(utilization, |(summary, _)| {
            Value::Percent((1.0 - summary.p99).max(0.0))
        })),
        suggested: of_instance(Value::read(suggested, |count| Value::Count(count.into()))),
        autoscaling: autoscaling(item),
        per_1k: of_requests(per_1k(burn, &billed)),
        active_share: active_share(signals),
        serverless_cost: Value::None,
        storage: Value::None,
        scheduled: if item.component.is_some() {
            Value::None
        } else {
            Value::read(&item.scheduled, Value::Flag)
        },
        endpoint: match (&item.fleet, &item.component) {
            (Some(fleet), _) => Value::text(format!("{}/{}", fleet.endpoint, fleet.variant)),
            (None, host) => Value::opt(host.clone(), Value::Text),
        },
    }
}

/// The newest `points` of one metric, summarized.
fn recent_summary(
    signals: Option<&EndpointMetrics>,
    get: fn(&EndpointMetrics) -> &Measured<Series>,
    points: usize,
) -> Measured<SeriesSummary> {
    signals.map_or_else(Measured::pending, |signals| recent(get(signals), points))
}

fn mean(summary: &Measured<SeriesSummary>, make: fn(f64) -> Value) -> Value {
    Value::read(summary, |summary| make(summary.mean))
}

fn count(item: &EndpointItem) -> Value {
    match (item.current, item.desired) {
        (None, None) => Value::None,
        (now, to) => Value::Moving {
            now: now.unwrap_or(0),
            to: to.or(now).unwrap_or(0),
        },
    }
}

fn error_share(errors: &Measured<SeriesSummary>, all: &Measured<SeriesSummary>) -> Value {
    match (errors, all) {
        (Measured::Known(errors), Measured::Known(all)) if all.mean > 0.0 => {
            Value::Percent(errors.mean / all.mean)
        }
        (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Value::Unknown(why.clone()),
        _ => Value::None,
    }
}

fn autoscaling(item: &EndpointItem) -> Value {
    let managed = item.fleet.as_ref().and_then(|fleet| fleet.managed.as_ref());
    match (managed, &item.scaling) {
        (Some(Scaling { min, max }), _) | (None, Measured::Known(Some(Scaling { min, max }))) => {
            Value::text(format!("{min}-{max}"))
        }
        (None, Measured::Known(None)) => Value::text("off"),
        (None, Measured::Unknown(why)) => Value::Unknown(why.clone()),
    }
}

/// The fraction of the hours in service with an invocation.
fn active_share(signals: Option<&EndpointMetrics>) -> Value {
    let Some(signals) = signals else {
        return Value::Unknown(Reason::pending());
    };
    Value::read(&signals.hours.invocations, |hours| {
        let known: Vec<f64> = hours.points.iter().flatten().copied().collect();
        let used = known.iter().filter(|count| **count > 0.0).count();
        Value::Percent(used as f64 / known.len().max(1) as f64)
    })
}

fn mode(item: &EndpointItem) -> &'static str {
    match item.fleet.as_ref() {
        None => "component",
        Some(VariantDetails { shadow: true, .. }) => "shadow",
        Some(VariantDetails {
            shape: Shape::Serverless { .. },
            ..
        }) => "serverless",
        Some(VariantDetails {
            shape: Shape::Instances {
                asynchronous: true, ..
            },
            ..
        }) => "async",
        Some(_) => "real-time",
    }
}

fn ty(item: &EndpointItem) -> Value {
    match item.fleet.as_ref().map(|fleet| &fleet.shape) {
        None => Value::text("component"),
        Some(Shape::Serverless {
            memory_mb,
            concurrency,
            ..
        }) => Value::text(format!(
            "{} GB x{concurrency}",
            f64::from(*memory_mb) / 1024.0
        )),
        Some(Shape::Instances { pools, .. }) if pools.len() > 1 => Value::text(
            pools
                .iter()
                .map(|(ty, count)| format!("{count}x{ty}"))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        Some(Shape::Instances { ty, .. }) => Value::read(ty, Value::Text),
    }
}

/// Dollars per hour over thousands of invocations per hour, both as of a day.
fn per_1k(burn: &HourlyCost, day: &Measured<SeriesSummary>) -> Value {
    match (burn, day) {
        (HourlyCost::Priced { .. }, Measured::Known(summary)) if summary.mean > 0.0 => {
            Value::opt(burn.rate(), |rate| {
                Value::Usd(Usd(rate.0 / (summary.mean * 60.0 / 1000.0)))
            })
        }
        (HourlyCost::Priced { .. }, Measured::Unknown(why)) | (HourlyCost::Unpriced(why), _) => {
            Value::Unknown(why.clone())
        }
        (HourlyCost::Priced { .. }, _) => Value::Unknown(Reason::new("no invocation in a day")),
        (HourlyCost::Nothing(_), _) => Value::None,
    }
}
