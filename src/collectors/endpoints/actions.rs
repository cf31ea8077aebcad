//! The actions on endpoints, with their capabilities.

use super::{
    item::{EndpointItem, Shape},
    metrics::EndpointMetrics,
};
use crate::collectors::shared::context::{available, unavailable};
use crate::domain::ops;
use crate::{
    domain::{
        ApiCall, AvailableAction, Capability, Measured, Operation, Phase, Reason, ScalableResource,
        UsdPerHour, WeeklySchedule, action::TagRoute, time::series::SeriesSummary,
    },
    rules,
};
use std::sync::Arc;

/// The suggested count keeps the p99 of the busiest resource under this fraction.
const MAX_UTILIZATION: f64 = 0.70;

pub(super) fn suggested_replicas(
    item: &EndpointItem,
    utilization: &Measured<(SeriesSummary, Arc<str>)>,
) -> Measured<u32> {
    let Some(running) = item.current.filter(|count| *count > 0) else {
        return Measured::unknown("nothing runs");
    };
    utilization.as_ref().map(|(summary, _)| {
        rules::min_replicas(running, summary.p99, MAX_UTILIZATION, item.minimum())
    })
}

pub(super) fn scale(
    item: &EndpointItem,
    suggested: Option<u32>,
    per_unit: Option<UsdPerHour>,
) -> AvailableAction {
    if item.state.phase != Phase::Running {
        return unavailable(Operation::Scale, format!("it is {}", item.state.name));
    }
    let Some(fleet) = &item.fleet else {
        let call = ApiCall::Scale(ops::scale::Call::Component {
            name: item.name.clone(),
            copies: item.desired.unwrap_or(0),
        });
        return available(
            Operation::Scale,
            Capability::Count {
                unit: "copies",
                minimum: 0,
                suggested,
                per_unit,
                call,
                shared: None,
                at_zero: Some(zero_reason(item)),
            },
        );
    };
    let why = match (&fleet.shape, fleet.managed) {
        (Shape::Serverless { .. }, _) => "a serverless variant has no instance count".to_owned(),
        (_, Some(managed)) => format!(
            "managed instance scaling sets its count ({}-{})",
            managed.min, managed.max
        ),
        _ if fleet.shadow => "a shadow variant follows its production variant".to_owned(),
        _ => {
            let (endpoint, variant) = (fleet.endpoint.clone(), fleet.variant.clone());
            let call = ApiCall::Scale(ops::scale::Call::Variant {
                endpoint,
                variant,
                count: item.desired.unwrap_or(1),
            });
            return available(
                Operation::Scale,
                Capability::Count {
                    unit: "instances",
                    minimum: item.accepted_minimum(),
                    suggested,
                    per_unit,
                    call,
                    shared: None,
                    at_zero: None,
                },
            );
        }
    };
    unavailable(Operation::Scale, why)
}

/// The effect of zero copies on the variant beneath and on autoscaling.
fn zero_reason(item: &EndpointItem) -> Reason {
    let fights = item.registered_scaling().filter(|scaling| scaling.min > 0);
    match (fights, item.host_min) {
        (Some(scaling), _) => Reason::new(format!(
            "autoscaling keeps {} at least and will revert it: set its limits first",
            scaling.min
        )),
        (None, Some(0)) => {
            Reason::new("its endpoint may then go down to no instance, and cost nothing")
        }
        (None, Some(min)) => Reason::new(format!(
            "its endpoint keeps {min} instances at least: the bill goes on"
        )),
        (None, None) => Reason::new("its endpoint's instances stay: the bill goes on"),
    }
}

/// Autoscaling limits of a registered scalable target.
pub(super) fn autoscaling_limits(
    item: &EndpointItem,
    per_unit: Option<UsdPerHour>,
) -> AvailableAction {
    let scaling = match &item.scaling {
        _ if item.state.phase == Phase::Failed => {
            return unavailable(
                Operation::AutoscalingLimits,
                format!("it is {}", item.state.name),
            );
        }
        _ if item.state.name.as_ref() == "Deleting" => {
            return unavailable(Operation::AutoscalingLimits, "it is Deleting");
        }
        Measured::Known(Some(scaling)) => *scaling,
        Measured::Known(None) => return unavailable(Operation::AutoscalingLimits, no_target(item)),
        Measured::Unknown(why) => {
            return unavailable(Operation::AutoscalingLimits, why.to_string());
        }
    };
    let scaled = match &item.fleet {
        Some(fleet) => ScalableResource::Variant {
            endpoint: fleet.endpoint.clone(),
            variant: fleet.variant.clone(),
        },
        None => ScalableResource::Component(item.name.clone()),
    };
    available(
        Operation::AutoscalingLimits,
        Capability::Limits {
            target: scaled,
            now: (scaling.min, scaling.max),
            minimum: item.accepted_minimum(),
            per_unit,
        },
    )
}

fn no_target(item: &EndpointItem) -> String {
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
                "managed instance scaling limits it ({}-{}): its endpoint configuration says so",
                managed.min, managed.max
            )
        }
        _ => "no autoscaling target is registered for it".to_owned(),
    }
}

/// Deletes the whole endpoint, in the states in which AWS accepts it.
pub(super) fn delete(item: &EndpointItem) -> AvailableAction {
    let Some(fleet) = &item.fleet else {
        return unavailable(
            Operation::Delete,
            "scale its copies to zero: a component is deleted where it is deployed from",
        );
    };
    let state = item.state.name.as_ref();
    if !matches!(
        state,
        "InService" | "OutOfService" | "Failed" | "UpdateRollbackFailed"
    ) {
        return unavailable(Operation::Delete, format!("it is {state}"));
    }
    match fleet.components {
        0 => available(
            Operation::Delete,
            Capability::Ready(ApiCall::Delete(ops::delete::Call::Endpoint(
                fleet.endpoint.clone(),
            ))),
        ),
        1 => unavailable(
            Operation::Delete,
            "an inference component is placed on it: AWS refuses",
        ),
        many => unavailable(
            Operation::Delete,
            format!("{many} inference components are placed on it: AWS refuses"),
        ),
    }
}

/// AWS cannot stop an endpoint: the reason names an alternative.
pub(super) fn stop(item: &EndpointItem) -> AvailableAction {
    let instead = match &item.fleet {
        None => "scale its copies to zero",
        Some(_) if scale(item, None, None).capability.known().is_some() => {
            "scale it down, or delete it"
        }
        Some(_) => "delete it when nobody calls it any more",
    };
    unavailable(Operation::Stop, format!("it cannot be stopped: {instead}"))
}

/// Scheduled scaling of a variant that can be scaled. Without observed hours it suggests office
/// hours.
pub(super) fn scheduled_scaling(
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
    per_unit: Option<UsdPerHour>,
) -> AvailableAction {
    let (endpoint, variant, minimum) = match scalable_variant(item, per_unit) {
        Ok(found) => found,
        Err(why) => return unavailable(Operation::ScheduledScaling, why),
    };
    let inside = item.desired.or(item.current).unwrap_or(0);
    let outside = item.minimum().max(minimum);
    if inside <= outside {
        return unavailable(
            Operation::ScheduledScaling,
            format!("{inside} of at least {outside} run: fewer cannot"),
        );
    }
    let limits = item
        .registered_scaling()
        .map_or((outside, inside), |scaling| (scaling.min, scaling.max));
    let hourly = signals.and_then(|signals| signals.hours.invocations.known());
    let observed = hourly.and_then(|hourly| rules::office_hours::schedule(hourly, inside, outside));
    let office = WeeklySchedule {
        days: [true, true, true, true, true, false, false],
        start: 8,
        end: 18,
        inside,
        outside,
    };
    let suggested = observed.unwrap_or(office);
    let call = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint,
        variant,
        schedule: suggested,
        limits,
    });
    available(
        Operation::ScheduledScaling,
        Capability::Hours {
            suggested,
            minimum,
            per_unit,
            call,
        },
    )
}

/// Endpoint, variant and minimum of a variant that can be scaled; the error says why it cannot.
fn scalable_variant(
    item: &EndpointItem,
    per_unit: Option<UsdPerHour>,
) -> Result<(Arc<str>, Arc<str>, u32), String> {
    match scale(item, None, per_unit).capability {
        Measured::Known(Capability::Count {
            call:
                ApiCall::Scale(ops::scale::Call::Variant {
                    endpoint, variant, ..
                }),
            minimum,
            ..
        }) => Ok((endpoint, variant, minimum)),
        Measured::Known(_) => Err("only variants are scheduled".to_owned()),
        Measured::Unknown(why) => Err(why.to_string()),
    }
}

pub(super) fn tag(item: &EndpointItem) -> AvailableAction {
    match &item.arn {
        Some(arn) => available(
            Operation::Tag,
            Capability::Tags(TagRoute::SageMaker(arn.as_str().into())),
        ),
        None => unavailable(Operation::Tag, "its ARN is not known"),
    }
}
