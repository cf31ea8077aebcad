//! The cells of an endpoint's row.

use super::{
    EndpointItem, Fleet, Shape,
    metrics::{DAY, EndpointMetrics, HOUR, lately},
};
use crate::domain::{
    HourlyCost, Measured, Reason, Series, Usd, Value, time::series::SeriesSummary,
};
use std::sync::Arc;

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
            |signals| lately(get(signals), points),
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
