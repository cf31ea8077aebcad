//! The columns of the Endpoints pane, and the cells of a row.

use super::{
    EndpointItem, Fleet, Shape,
    metrics::{DAY, EndpointMetrics, HOUR, recent},
};
use crate::{
    collectors::shared::field::Field,
    domain::{
        CommonField, HourlyCost, Measured, Reason, Series, Usd, Value, Visibility,
        time::series::SeriesSummary,
    },
};
use std::sync::Arc;

pub(super) const FIELDS: &[Field<EndpointRow>] = &[
    Field::name(14),
    Field::text(
        "type",
        "type",
        15,
        Visibility::Always,
        "instance type, or memory of a serverless variant",
        |row| row.ty.clone(),
    ),
    Field::number(
        "count",
        "count",
        5,
        Visibility::Always,
        "instances or copies: current and desired",
        |row| row.count.clone(),
    ),
    Field::common(CommonField::State, Visibility::Medium),
    Field::number(
        "invocations",
        "inv/m",
        6,
        Visibility::Always,
        "invocations per minute, last hour",
        |row| row.invocations.clone(),
    ),
    Field::text(
        "invocations_24h",
        "inv 24h",
        16,
        Visibility::Wide,
        "invocations per minute, 5-minute points of a day",
        |row| row.spark.clone(),
    ),
    Field::number(
        "latency_p95",
        "p95",
        6,
        Visibility::Wide,
        "95th percentile of model latency in the last hour, seconds",
        |row| row.latency.clone(),
    ),
    Field::number(
        "errors",
        "err%",
        5,
        Visibility::Wide,
        "4XX and 5XX answers over invocations, last hour, fraction",
        |row| row.errors.clone(),
    ),
    Field::number(
        "gpu",
        "gpu%",
        5,
        Visibility::Medium,
        "GPU utilisation of one replica, last hour, fraction of its devices",
        |row| row.gpu.clone(),
    ),
    Field::number(
        "cpu",
        "cpu%",
        5,
        Visibility::Wide,
        "CPU utilisation of one replica, last hour, fraction of its vCPUs",
        |row| row.cpu.clone(),
    ),
    Field::number(
        "headroom",
        "head%",
        5,
        Visibility::Medium,
        "1 - p99 of the busiest resource over 3 days, fraction",
        |row| row.headroom.clone(),
    ),
    Field::number(
        "suggested",
        "sugg",
        4,
        Visibility::Always,
        "replicas that keep the p99 of the busiest resource under 70 %",
        |row| row.suggested.clone(),
    ),
    Field::common(CommonField::Burn, Visibility::Always),
    Field::common(CommonField::Waste, Visibility::Always),
    Field::number(
        "per_1k",
        "$/1K",
        6,
        Visibility::Wide,
        "list dollars per 1,000 invocations over a day",
        |row| row.per_1k.clone(),
    ),
    Field::number(
        "hours_used",
        "hours used",
        10,
        Visibility::Detail,
        "hours with an invocation over hours in service, 14 days, fraction",
        |row| row.hours_used.clone(),
    ),
    Field::number(
        "serverless",
        "serverless",
        10,
        Visibility::Detail,
        "list dollars per hour of the same requests on serverless inference, mean of 14 days",
        |row| row.serverless.clone(),
    ),
    Field::number(
        "storage",
        "storage",
        7,
        Visibility::Detail,
        "list dollars per hour of its instances' volumes, where a size is configured; not in $/h",
        |row| row.storage.clone(),
    ),
    Field::text(
        "scheduled",
        "scheduled",
        9,
        Visibility::Detail,
        "whether it has scheduled scaling",
        |row| row.scheduled.clone(),
    ),
    Field::text(
        "autoscaling",
        "autosc",
        7,
        Visibility::Wide,
        "min-max capacity of autoscaling; off without autoscaling",
        |row| row.autoscaling.clone(),
    ),
    Field::common(CommonField::Age, Visibility::Medium),
    Field::common(CommonField::Owner, Visibility::Medium),
    Field::common(CommonField::Region, Visibility::Wide),
    Field::text(
        "mode",
        "mode",
        10,
        Visibility::Detail,
        "real-time, async, serverless, shadow or component",
        |row| Value::text(row.mode),
    ),
    Field::text(
        "endpoint",
        "endpoint",
        24,
        Visibility::Detail,
        "the endpoint and variant it belongs to",
        |row| row.endpoint.clone(),
    ),
];

/// What is shown.
pub(crate) struct EndpointRow {
    pub mode: &'static str,
    pub ty: Value,
    pub count: Value,
    pub invocations: Value,
    pub spark: Value,
    pub latency: Value,
    pub errors: Value,
    pub gpu: Value,
    pub cpu: Value,
    pub headroom: Value,
    pub suggested: Value,
    pub autoscaling: Value,
    pub per_1k: Value,
    pub hours_used: Value,
    pub serverless: Value,
    pub storage: Value,
    pub scheduled: Value,
    pub endpoint: Value,
}

/// The cells of `item`.
pub(super) fn row(
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
    utilization: &Measured<(SeriesSummary, Arc<str>)>,
    suggested: &Measured<u32>,
    burn: &HourlyCost,
) -> EndpointRow {
    let serverless = item
        .fleet
        .as_ref()
        .is_some_and(|fleet| matches!(fleet.shape, Shape::Serverless { .. }));
    let of = |get: fn(&EndpointMetrics) -> &Measured<Series>, points: usize| {
        signals.map_or_else(
            || Measured::unknown("not measured yet"),
            |signals| recent(get(signals), points),
        )
    };
    let mean = |reading: &Measured<SeriesSummary>, make: fn(f64) -> Value| {
        Value::read(reading, |seen| make(seen.mean))
    };
    let own = |value: Value| if serverless { Value::None } else { value };
    // Components are called by their own name: where CloudWatch counts none of that for their host,
    // it has nothing to say.
    let counts_none = item.hosts_components() && signals.is_none_or(|signals| !signals.invoked());
    let called = |value: Value| if counts_none { Value::None } else { value };
    let invocations = of(|signals| &signals.invocations, HOUR);
    let errors = of(|signals| &signals.errors, HOUR);
    EndpointRow {
        mode: mode(item),
        ty: ty(item),
        count: match (item.current, item.desired) {
            (None, None) => Value::None,
            (now, to) => Value::Moving {
                now: now.unwrap_or(0),
                to: to.or(now).unwrap_or(0),
            },
        },
        invocations: called(mean(&invocations, Value::Number)),
        spark: signals.map_or(Value::None, |signals| {
            Value::read(&signals.invocations, |series| {
                Value::Series(Arc::new(series.tail(DAY)))
            })
        }),
        latency: called(mean(&of(|signals| &signals.latency, HOUR), Value::Number)),
        errors: called(match (&errors, &invocations) {
            (Measured::Known(errors), Measured::Known(all)) if all.mean > 0.0 => {
                Value::Percent(errors.mean / all.mean)
            }
            (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => {
                Value::Unknown(why.clone())
            }
            _ => Value::None,
        }),
        gpu: own(mean(&of(|signals| &signals.gpu, HOUR), Value::Percent)),
        cpu: own(mean(&of(|signals| &signals.cpu, HOUR), Value::Percent)),
        headroom: own(Value::read(utilization, |(seen, _)| {
            Value::Percent((1.0 - seen.p99).max(0.0))
        })),
        suggested: own(Value::read(suggested, |count| Value::Count(count.into()))),
        autoscaling: match (
            item.fleet.as_ref().and_then(|fleet| fleet.managed),
            &item.scaling,
        ) {
            (Some(managed), _) => Value::text(format!("{}-{}", managed.least, managed.most)),
            (None, Measured::Known(Some(scaling))) => {
                Value::text(format!("{}-{}", scaling.least, scaling.most))
            }
            (None, Measured::Known(None)) => Value::text("off"),
            (None, Measured::Unknown(why)) => Value::Unknown(why.clone()),
        },
        // What is billed by the request is priced by the last hour's.
        per_1k: called(per_1k(
            burn,
            &of(
                |signals| &signals.invocations,
                if serverless { HOUR } else { DAY },
            ),
        )),
        hours_used: match signals.map(|signals| &signals.hours.invocations) {
            None => Value::Unknown(Reason::new("not measured yet")),
            Some(hours) => Value::read(hours, |hours| {
                let known: Vec<f64> = hours.points.iter().flatten().copied().collect();
                Value::Percent(
                    known.iter().filter(|count| **count > 0.0).count() as f64
                        / known.len().max(1) as f64,
                )
            }),
        },
        serverless: Value::None,
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

fn mode(item: &EndpointItem) -> &'static str {
    match item.fleet.as_ref() {
        None => "component",
        Some(Fleet { shadow: true, .. }) => "shadow",
        Some(Fleet {
            shape: Shape::Serverless { .. },
            ..
        }) => "serverless",
        Some(Fleet {
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
        (HourlyCost::Priced { .. }, Measured::Known(seen)) if seen.mean > 0.0 => {
            Value::opt(burn.rate(), |rate| {
                Value::Usd(Usd(rate.0 / (seen.mean * 60.0 / 1000.0)))
            })
        }
        (HourlyCost::Priced { .. }, Measured::Unknown(why)) | (HourlyCost::Unpriced(why), _) => {
            Value::Unknown(why.clone())
        }
        (HourlyCost::Priced { .. }, _) => Value::Unknown(Reason::new("no invocation in a day")),
        (HourlyCost::Nothing(_), _) => Value::None,
    }
}
