//! What can be done to endpoints: scale, bound, schedule, delete, tag.
//!
//! Must not know how they are listed or what they cost in all.

use super::{
    context::{offered, refused},
    endpoints::{Item, Shape},
    endpoints_signals::Signals,
};
use crate::{
    domain::{
        Call, Offer, Offered, Phase, Reading, Scaled, Schedule, UsdPerHour, Verb, Why,
        series::Observed, verb::TagRoute,
    },
    pricing::findings,
};
use std::sync::Arc;

/// The suggested count keeps the peak of the busiest resource under this.
const CEILING: f64 = 0.70;

pub(super) fn suggested(item: &Item, utilization: &Reading<(Observed, Arc<str>)>) -> Reading<u32> {
    let Some(running) = item.current.filter(|count| *count > 0) else {
        return Reading::unknown("nothing runs");
    };
    utilization
        .as_ref()
        .map(|(seen, _)| findings::needed(running, seen.p99, CEILING, item.minimum()))
}

pub(super) fn scale(item: &Item, suggested: Option<u32>, per_unit: Option<UsdPerHour>) -> Offered {
    if item.state.phase != Phase::Running {
        return refused(Verb::Scale, format!("it is {}", item.state.name));
    }
    let Some(fleet) = &item.fleet else {
        let call = Call::ScaleComponent {
            name: item.name.clone(),
            copies: item.desired.unwrap_or(0),
        };
        return offered(
            Verb::Scale,
            Offer::Scale {
                unit: "copies",
                minimum: 0,
                suggested,
                per_unit,
                call,
                shared: None,
                at_zero: Some(at_zero(item)),
            },
        );
    };
    let why = match (&fleet.shape, fleet.managed) {
        (Shape::Serverless { .. }, _) => "a serverless variant has no instance count".to_owned(),
        (_, Some(managed)) => format!(
            "managed instance scaling sets its count ({}-{})",
            managed.least, managed.most
        ),
        _ if fleet.shadow => "a shadow variant follows its production variant".to_owned(),
        _ => {
            let (endpoint, variant) = (fleet.endpoint.clone(), fleet.variant.clone());
            let call = Call::ScaleVariant {
                endpoint,
                variant,
                count: item.desired.unwrap_or(1),
            };
            return offered(
                Verb::Scale,
                Offer::Scale {
                    unit: "instances",
                    minimum: item.accepted(),
                    suggested,
                    per_unit,
                    call,
                    shared: None,
                    at_zero: None,
                },
            );
        }
    };
    refused(Verb::Scale, why)
}

/// What no copy means to what runs beneath, and to who scales it.
fn at_zero(item: &Item) -> Why {
    let fights = item
        .scaling
        .known()
        .copied()
        .flatten()
        .filter(|scaling| scaling.least > 0);
    match (fights, item.host_least) {
        (Some(scaling), _) => Why::new(format!(
            "autoscaling keeps {} at least and will take it back: set its bounds first",
            scaling.least
        )),
        (None, Some(0)) => {
            Why::new("its endpoint may then go down to no instance, and cost nothing")
        }
        (None, Some(least)) => Why::new(format!(
            "its endpoint keeps {least} instances at least: the bill goes on"
        )),
        (None, None) => Why::new("its endpoint's instances stay: the bill goes on"),
    }
}

/// Bounds of the scaling target that it has.
pub(super) fn bounds(item: &Item, per_unit: Option<UsdPerHour>) -> Offered {
    let scaling = match &item.scaling {
        _ if item.state.phase == Phase::Failed => {
            return refused(Verb::Bounds, format!("it is {}", item.state.name));
        }
        _ if item.state.name.as_ref() == "Deleting" => {
            return refused(Verb::Bounds, "it is Deleting");
        }
        Reading::Known(Some(scaling)) => *scaling,
        Reading::Known(None) => return refused(Verb::Bounds, no_target(item)),
        Reading::Unknown(why) => return refused(Verb::Bounds, why.to_string()),
    };
    let scaled = match &item.fleet {
        Some(fleet) => Scaled::Variant {
            endpoint: fleet.endpoint.clone(),
            variant: fleet.variant.clone(),
        },
        None => Scaled::Component(item.name.clone()),
    };
    offered(
        Verb::Bounds,
        Offer::Bounds {
            scaled,
            now: (scaling.least, scaling.most),
            minimum: item.accepted(),
            per_unit,
        },
    )
}

fn no_target(item: &Item) -> String {
    match item
        .fleet
        .as_ref()
        .map(|fleet| (&fleet.shape, fleet.managed))
    {
        Some((Shape::Serverless { .. }, _)) => {
            "a serverless variant has no instance count".to_owned()
        }
        Some((_, Some(managed))) => {
            format!(
                "managed instance scaling bounds it ({}-{}): its endpoint configuration says so",
                managed.least, managed.most
            )
        }
        _ => "no autoscaling target is registered for it".to_owned(),
    }
}

/// The whole endpoint, in the states in which AWS takes it.
pub(super) fn delete(item: &Item) -> Offered {
    let Some(fleet) = &item.fleet else {
        return refused(
            Verb::Delete,
            "scale its copies to zero: a component is deleted where it is deployed from",
        );
    };
    let state = item.state.name.as_ref();
    if !matches!(
        state,
        "InService" | "OutOfService" | "Failed" | "UpdateRollbackFailed"
    ) {
        return refused(Verb::Delete, format!("it is {state}"));
    }
    match fleet.components {
        0 => offered(
            Verb::Delete,
            Offer::Delete(Call::DeleteEndpoint(fleet.endpoint.clone())),
        ),
        1 => refused(
            Verb::Delete,
            "an inference component is placed on it: AWS refuses",
        ),
        many => refused(
            Verb::Delete,
            format!("{many} inference components are placed on it: AWS refuses"),
        ),
    }
}

/// AWS has no stop of an endpoint: what to do instead.
pub(super) fn stop(item: &Item) -> Offered {
    let instead = match &item.fleet {
        None => "scale its copies to zero",
        Some(_) if scale(item, None, None).offer.known().is_some() => "scale it down, or delete it",
        Some(_) => "delete it when nobody calls it any more",
    };
    refused(Verb::Stop, format!("it cannot be stopped: {instead}"))
}

/// Scheduled scaling of a variant whose count is free; without hours observed, those of an office
/// are suggested.
pub(super) fn schedule(
    item: &Item,
    signals: Option<&Signals>,
    per_unit: Option<UsdPerHour>,
) -> Offered {
    let Offered {
        offer:
            Reading::Known(Offer::Scale {
                call:
                    Call::ScaleVariant {
                        endpoint, variant, ..
                    },
                minimum,
                ..
            }),
        ..
    } = scale(item, None, per_unit)
    else {
        let why = scale(item, None, per_unit).offer.why().map_or_else(
            || "only variants are scheduled".to_owned(),
            ToString::to_string,
        );
        return refused(Verb::Schedule, why);
    };
    let inside = item.desired.or(item.current).unwrap_or(0);
    let outside = item.minimum().max(minimum);
    if inside <= outside {
        return refused(
            Verb::Schedule,
            format!("{inside} of at least {outside} run: fewer cannot"),
        );
    }
    let bounds = item
        .scaling
        .known()
        .copied()
        .flatten()
        .map_or((outside, inside), |scaling| (scaling.least, scaling.most));
    let hourly = signals.and_then(|signals| signals.hours.invocations.known());
    let observed =
        hourly.and_then(|hourly| findings::office_hours::schedule(hourly, inside, outside));
    let office = Schedule {
        days: [true, true, true, true, true, false, false],
        start: 8,
        end: 18,
        inside,
        outside,
    };
    let suggested = observed.unwrap_or(office);
    let call = Call::ScheduleVariant {
        endpoint,
        variant,
        schedule: suggested,
        bounds,
    };
    offered(
        Verb::Schedule,
        Offer::Schedule {
            suggested,
            minimum,
            per_unit,
            call,
        },
    )
}

pub(super) fn tag(item: &Item) -> Offered {
    match &item.arn {
        Some(arn) => offered(
            Verb::Tag,
            Offer::Tag(TagRoute::SageMaker(arn.as_str().into())),
        ),
        None => refused(Verb::Tag, "its ARN is not known"),
    }
}
