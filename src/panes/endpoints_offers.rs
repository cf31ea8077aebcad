//! What can be done to endpoints: scale, schedule, tag.
//!
//! Must not know how they are listed or what they cost in all.

use super::{
    context::{offered, refused},
    endpoints::{Item, Shape},
    endpoints_signals::Signals,
};
use crate::{
    domain::{Call, Offer, Offered, Phase, Reading, Schedule, UsdPerHour, Verb, series::Observed, verb::TagRoute},
    pricing::findings,
};
use std::sync::Arc;

/// The suggested count keeps the peak of the busiest resource under this.
const CEILING: f64 = 0.70;

pub(super) fn suggested(item: &Item, utilization: &Reading<(Observed, Arc<str>)>) -> Reading<u32> {
    let Some(running) = item.current.filter(|count| *count > 0) else { return Reading::unknown("nothing runs") };
    utilization.as_ref().map(|(seen, _)| findings::needed(running, seen.p99, CEILING, item.minimum()))
}

pub(super) fn scale(item: &Item, suggested: Option<u32>, per_unit: Option<UsdPerHour>) -> Offered {
    if item.state.phase != Phase::Running {
        return refused(Verb::Scale, format!("it is {}", item.state.name));
    }
    let Some(fleet) = &item.fleet else {
        let call = Call::ScaleComponent { name: item.name.clone(), copies: item.desired.unwrap_or(0) };
        return offered(Verb::Scale, Offer::Scale { unit: "copies", minimum: 0, suggested, per_unit, call, shared: None });
    };
    let why = match (&fleet.shape, fleet.managed) {
        (Shape::Serverless { .. }, _) => "a serverless variant has no instance count".to_owned(),
        (_, Some(managed)) => format!("managed instance scaling sets its count ({}-{})", managed.least, managed.most),
        _ if fleet.shadow => "a shadow variant follows its production variant".to_owned(),
        _ => {
            let (endpoint, variant) = (fleet.endpoint.clone(), fleet.variant.clone());
            let call = Call::ScaleVariant { endpoint, variant, count: item.desired.unwrap_or(1) };
            return offered(
                Verb::Scale,
                Offer::Scale { unit: "instances", minimum: item.accepted(), suggested, per_unit, call, shared: None },
            );
        }
    };
    refused(Verb::Scale, why)
}

/// Scheduled scaling of a variant whose count is free; without hours observed, those of an office are suggested.
pub(super) fn schedule(item: &Item, signals: Option<&Signals>, per_unit: Option<UsdPerHour>) -> Offered {
    let Offered { offer: Reading::Known(Offer::Scale { call: Call::ScaleVariant { endpoint, variant, .. }, minimum, .. }), .. } =
        scale(item, None, per_unit)
    else {
        let why = scale(item, None, per_unit).offer.why().map_or_else(|| "only variants are scheduled".to_owned(), ToString::to_string);
        return refused(Verb::Schedule, why);
    };
    let inside = item.desired.or(item.current).unwrap_or(0);
    let outside = item.minimum().max(minimum);
    if inside <= outside {
        return refused(Verb::Schedule, format!("{inside} of at least {outside} run: fewer cannot"));
    }
    let bounds = item.scaling.known().copied().flatten().map_or((outside, inside), |scaling| (scaling.least, scaling.most));
    let hourly = signals.and_then(|signals| signals.hours.invocations.known());
    let observed = hourly.and_then(|hourly| findings::office_hours::schedule(hourly, inside, outside));
    let office = Schedule { days: [true, true, true, true, true, false, false], start: 8, end: 18, inside, outside };
    let suggested = observed.unwrap_or(office);
    let call = Call::ScheduleVariant { endpoint, variant, schedule: suggested, bounds };
    offered(Verb::Schedule, Offer::Schedule { suggested, minimum, per_unit, call })
}

pub(super) fn tag(item: &Item) -> Offered {
    match &item.arn {
        Some(arn) => offered(Verb::Tag, Offer::Tag(TagRoute::SageMaker(arn.as_str().into()))),
        None => refused(Verb::Tag, "its ARN is not known"),
    }
}
