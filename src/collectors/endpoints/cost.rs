//! The cost of endpoints, and the evidence for the rules.

use super::{
    item::{EndpointItem, Shape},
    metrics::EndpointMetrics,
};
use crate::collectors::{Context, shared::series::summary};
use crate::{
    domain::{Evidence, HourlyCost, Measured, Reason, UsdPerHour, time::series::SeriesSummary},
    pricing::{self, Component, Quote, StorageKind},
};
use std::sync::Arc;

/// The burn of all instances, and the price of one where it is known. Components are billed in
/// their endpoint's rows.
pub(super) fn burn(
    cx: &Context,
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
) -> (HourlyCost, Option<UsdPerHour>) {
    let Some(fleet) = &item.fleet else {
        return (
            HourlyCost::Nothing(Reason::new("runs on its endpoint's instances")),
            Some(UsdPerHour::ZERO),
        );
    };
    let quote = |ty: &str| cx.prices.sagemaker(ty, Component::Hosting, cx.region());
    let current = item.current.unwrap_or(0);
    let is_prepaid = current > 0 && fleet.prepaid >= current;
    match &fleet.shape {
        Shape::Instances { .. } if is_prepaid => (
            HourlyCost::Nothing(Reason::new(
                "on an ML capacity reservation, paid in advance by a training plan",
            )),
            Some(UsdPerHour::ZERO),
        ),
        Shape::Serverless {
            provisioned: 0,
            memory_mb,
            ..
        } => (serverless_burn(cx, *memory_mb, signals), None),
        Shape::Serverless {
            provisioned,
            memory_mb,
            ..
        } => {
            let memory_mb = u32::try_from(*memory_mb).unwrap_or(0);
            let warm = cx.prices.provisioned_concurrency(memory_mb, cx.region());
            let requests = cx.prices.provisioned_requests(memory_mb, cx.region());
            let busy = busy_seconds(signals);
            (
                provisioned_burn(f64::from(*provisioned), &warm, &requests, busy),
                warm.known().map(|quote| quote.unit),
            )
        }
        Shape::Instances { pools, .. } if pools.len() > 1 => (mixed(pools, quote), None),
        Shape::Instances { ty, .. } => {
            let quote = match ty {
                Measured::Known(ty) => quote(ty),
                Measured::Unknown(why) => Measured::Unknown(why.clone()),
            };
            (
                pricing::burn(&quote, f64::from(current - fleet.prepaid.min(current))),
                quote.known().map(|quote| quote.unit),
            )
        }
    }
}

/// Seconds of request time in the last full hour.
fn busy_seconds(signals: Option<&EndpointMetrics>) -> Option<f64> {
    signals.and_then(|signals| signals.hours.busy.known()?.points.last().copied().flatten())
}

/// Units of provisioned concurrency x the price of an hour of one, called or not, and the request
/// time of the last full hour at its own price. SageMaker Developer Guide, "Deploy models with
/// Amazon SageMaker Serverless Inference": both are paid.
fn provisioned_burn(
    units: f64,
    warm: &Measured<Quote>,
    requests: &Measured<Quote>,
    busy: Option<f64>,
) -> HourlyCost {
    let warm = match warm {
        Measured::Known(quote) => quote,
        Measured::Unknown(why) => return HourlyCost::Unpriced(why.clone()),
    };
    let hours = busy.unwrap_or(0.0) / 3600.0;
    let (more, said, estimate) = match requests {
        _ if hours <= 0.0 => (0.0, String::new(), false),
        Measured::Known(quote) => (
            quote.unit.0 * hours / units,
            format!("; and request time of the last full hour, {}", quote.source),
            true,
        ),
        Measured::Unknown(why) => (0.0, format!("; its request time is not in it: {why}"), true),
    };
    HourlyCost::Priced {
        unit: UsdPerHour(warm.unit.0 + more),
        quantity: units,
        source: format!("{}{said}", warm.source).into(),
        estimate: warm.estimate || estimate,
    }
}

/// Hours of request time in the last full hour x the price of one.
fn serverless_burn(cx: &Context, memory_mb: i32, signals: Option<&EndpointMetrics>) -> HourlyCost {
    let busy = busy_seconds(signals);
    let quote = cx
        .prices
        .serverless(u32::try_from(memory_mb).unwrap_or(0), cx.region());
    let estimate = |quote: Quote| {
        let source = format!(
            "hours of request time in the last full hour, by the mean model latency; {}",
            quote.source
        );
        Quote {
            source: source.into(),
            estimate: true,
            ..quote
        }
    };
    match busy {
        Some(seconds) if seconds > 0.0 => pricing::burn(&quote.map(estimate), seconds / 3600.0),
        Some(_) => HourlyCost::Nothing(Reason::new("serverless: no request in the last full hour")),
        None => HourlyCost::Nothing(Reason::new("serverless: billed by the request")),
    }
}

/// Several types in one fleet: the sum, as so many instances of the mean price.
fn mixed(pools: &[(Arc<str>, u32)], quote: impl Fn(&str) -> Measured<Quote>) -> HourlyCost {
    let count: u32 = pools.iter().map(|(_, count)| count).sum();
    let mut total = UsdPerHour::ZERO;
    let mut source: Arc<str> = "".into();
    for (ty, count) in pools {
        match quote(ty) {
            Measured::Known(quote) => {
                total += quote.unit * f64::from(*count);
                source = quote.source;
            }
            Measured::Unknown(why) => return HourlyCost::Unpriced(why),
        }
    }
    let types: Vec<String> = pools
        .iter()
        .map(|(ty, count)| format!("{count} x {ty}"))
        .collect();
    let unit = UsdPerHour(total.0 / f64::from(count.max(1)));
    let source = format!("{source}; mean of {}", types.join(", "));
    pricing::burn(
        &Measured::Known(Quote {
            unit,
            source: source.into(),
            estimate: true,
        }),
        f64::from(count),
    )
}

/// The cost of the requests on serverless inference: their time x the serverless price for the
/// memory of one instance, at most 6 GB.
fn serverless(
    cx: &Context,
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
) -> Measured<UsdPerHour> {
    let Some(spec) = item.unit().and_then(|ty| cx.prices.spec(&ty)) else {
        return Measured::unknown("its type is not known");
    };
    if spec.accelerators > 0.0 {
        return Measured::unknown("serverless has no GPU");
    }
    let Some(signals) = signals else {
        return Measured::pending();
    };
    let busy = match &signals.hours.busy {
        Measured::Known(busy) => busy,
        Measured::Unknown(why) => return Measured::Unknown(why.clone()),
    };
    let Some(summary) = busy.observed() else {
        return Measured::unknown("no full hour in service yet");
    };
    let memory_mb = (spec.mem_gib.clamp(1.0, 6.0).ceil() * 1024.0) as u32;
    cx.prices
        .serverless(memory_mb, cx.region())
        .map(|quote| quote.unit * (summary.mean / 3600.0))
}

/// The facts that rules judge `item` by.
pub(super) fn evidence(
    cx: &Context,
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
    utilization: Measured<(SeriesSummary, Arc<str>)>,
) -> Evidence {
    if item.is_serverless() || item.component.is_some() {
        return Evidence::None;
    }
    let counted = signals.map(|signals| {
        if item.hosts_components() && !signals.has_invocations() {
            &signals.components
        } else {
            &signals.invocations
        }
    });
    let invocations = counted.map_or_else(Measured::pending, summary);
    Evidence::Replicas {
        running: item.current.unwrap_or(0),
        minimum: item.minimum(),
        utilization,
        invocations,
        hourly: signals.map_or_else(Measured::pending, |signals| {
            signals.hours.invocations.clone()
        }),
        serverless: serverless(cx, item, signals),
        scheduled: item.scheduled.clone(),
    }
}

/// The volumes of all its instances, where their size was chosen: GB x instances x the price of a
/// GB for an hour.
pub(super) fn storage(cx: &Context, item: &EndpointItem) -> Option<Measured<UsdPerHour>> {
    let gb = f64::from(item.fleet.as_ref()?.volume_gb?) * f64::from(item.current?);
    Some(
        cx.prices
            .storage_hour(StorageKind::Endpoint, cx.region())
            .map(|quote| quote.unit * gb),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(usd: f64) -> Measured<Quote> {
        Measured::Known(Quote {
            unit: UsdPerHour(usd),
            source: "list".into(),
            estimate: false,
        })
    }

    fn usd_per_hour(cost: &HourlyCost) -> Option<f64> {
        cost.rate().map(|rate| rate.0)
    }

    #[test]
    fn provisioned_concurrency_burns_whether_called_or_not() {
        let none = Measured::unknown("not listed");
        for (busy, usd) in [
            (None, 0.2),
            (Some(0.0), 0.2),
            (Some(1_800.0), 0.2 + 0.5 * 0.03),
        ] {
            let cost = provisioned_burn(5.0, &quote(0.04), &quote(0.03), busy);
            let found = usd_per_hour(&cost).unwrap();
            assert!((found - usd).abs() < 1e-12, "{busy:?}: {cost:?}");
        }
        let cost = provisioned_burn(5.0, &quote(0.04), &none, Some(1_800.0));
        assert_eq!(usd_per_hour(&cost), Some(0.2));
        assert!(
            matches!(&cost, HourlyCost::Priced { source, estimate: true, .. }
            if source.contains("its request time is not in it: not listed"))
        );
        let cost = provisioned_burn(5.0, &none, &quote(0.03), Some(1_800.0));
        assert!(matches!(cost, HourlyCost::Unpriced(_)));
    }
}
