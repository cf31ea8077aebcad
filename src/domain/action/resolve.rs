//! What an [`ActionRequest`] comes to on one row: the exact call, what must be true afterwards, the dollars,
//! or why not.
//!
//! Pure, a line for each operation.

use super::operation::{ApiCall, Capability, Expected, ScheduledAction};
use crate::domain::{
    ActionRequest, CommonFields, Feedback, Measured, Reason, Record, ResourceKind,
    ScalableResource, Setting, Tags, UsdPerHour, WeeklySchedule,
};
use std::sync::Arc;

/// The call, what must be true afterwards, list dollars per hour saved (negative: added), what to
/// know before saying yes.
pub(super) type ResolvedAction = (ApiCall, Expected, Option<UsdPerHour>, Vec<Reason>);

/// What `ask` comes to on `record`.
pub(super) fn resolve(record: &Record, ask: &ActionRequest) -> Result<ResolvedAction, Reason> {
    let head = &record.head;
    // What is put back needs no offer of hours: at night a variant at its least has none.
    if let ActionRequest::Timetable(timetable) = ask {
        return Ok(timetable.aim(head));
    }
    let capability = match head.capability(ask.operation()) {
        Measured::Known(capability) => capability,
        Measured::Unknown(why) => return Err(why),
    };
    match (capability, ask) {
        (Capability::Stop(call), ActionRequest::Stop) => Ok((
            call.clone(),
            Expected::Stopped,
            head.burn.rate(),
            Vec::new(),
        )),
        (Capability::Start { costs, call }, ActionRequest::Start) => Ok((
            call.clone(),
            Expected::Running,
            costs.map(|costs| costs * -1.0),
            Vec::new(),
        )),
        (Capability::Reboot(call), ActionRequest::Reboot) => {
            let broken = Reason::new("what runs on it breaks off");
            Ok((
                call.clone(),
                Expected::Running,
                Some(UsdPerHour::ZERO),
                vec![broken],
            ))
        }
        (Capability::Terminate(call), ActionRequest::Terminate) => {
            let lost = Reason::new(
                "there is no way back: the instance and what its own disks hold are gone",
            );
            Ok((call.clone(), Expected::Gone, head.burn.rate(), vec![lost]))
        }
        (Capability::Scale { .. }, ActionRequest::Scale(count)) => {
            by_count(head, capability, *count)
        }
        (Capability::Delete(call), ActionRequest::Delete) => {
            let mut warnings = vec![Reason::new(
                "there is no way back: what calls it by its name fails from then on",
            )];
            if let Some(name) = call.endpoint_deleted() {
                warnings.push(Reason::new(format!(
                    "every variant of {name} goes with it; its configuration and its models stay, and cost nothing"
                )));
            }
            Ok((call.clone(), Expected::Gone, head.burn.rate(), warnings))
        }
        (
            Capability::Bounds {
                scaled,
                now,
                minimum,
                per_unit,
            },
            ActionRequest::Bounds { least, most },
        ) => bounds(head, scaled, *now, *minimum, *per_unit, (*least, *most)),
        (Capability::SwapModel { arn, now, .. }, ActionRequest::SwapModel(model)) => {
            swap(arn, now, model)
        }
        (
            Capability::Feedback {
                anomaly,
                day,
                given,
            },
            ActionRequest::Feedback(feedback),
        ) => answer(anomaly, day, *given, *feedback),
        (
            Capability::Schedule {
                minimum,
                per_unit,
                call,
                ..
            },
            ActionRequest::Schedule(schedule),
        ) => by_hours(head, schedule, *minimum, *per_unit, call),
        (Capability::Tag(route), ActionRequest::Tag { set, remove }) => {
            let current = head.tags.known();
            let set: Tags = set
                .iter()
                .filter(|(key, value)| current.is_none_or(|tags| tags.get(*key) != Some(value)))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            let remove: Vec<String> = remove
                .iter()
                .filter(|key| current.is_none_or(|tags| tags.contains_key(*key)))
                .cloned()
                .collect();
            if set.is_empty() && remove.is_empty() {
                return Err(Reason::new("its tags are already so"));
            }
            let call = ApiCall::Tag {
                route: route.clone(),
                set: set.clone(),
                remove: remove.clone(),
            };
            let shared =
                Reason::new("these tags are its cluster's: they change for every node of it");
            let warnings = if head.key.kind == ResourceKind::HYPERPOD_NODE {
                vec![shared]
            } else {
                Vec::new()
            };
            Ok((
                call,
                Expected::Tags { set, remove },
                Some(UsdPerHour::ZERO),
                warnings,
            ))
        }
        _ => Err(Reason::new(format!(
            "{} does not fit its offer",
            ask.operation()
        ))),
    }
}

fn by_count(
    head: &CommonFields,
    capability: &Capability,
    count: u32,
) -> Result<ResolvedAction, Reason> {
    let Capability::Scale {
        unit,
        minimum,
        per_unit,
        call,
        at_zero,
        ..
    } = capability
    else {
        return Err(Reason::new("it cannot be scaled"));
    };
    let desired = capability.desired(head.compute.as_ref().map_or(0, |compute| compute.desired));
    if count < *minimum {
        return Err(Reason::new(format!(
            "AWS takes at least {minimum} {unit} here"
        )));
    }
    if count == desired {
        return Err(Reason::new(format!("already set to {count} {unit}")));
    }
    let mut warnings = Vec::new();
    let call = match call.clone() {
        ApiCall::ScaleVariant {
            endpoint, variant, ..
        } => ApiCall::ScaleVariant {
            endpoint,
            variant,
            count,
        },
        ApiCall::ScaleComponent { name, .. } => ApiCall::ScaleComponent {
            name,
            copies: count,
        },
        ApiCall::ScaleGroup { cluster, group, .. } => ApiCall::ScaleGroup {
            cluster,
            group,
            count,
        },
        other => other,
    };
    match call {
        ApiCall::ScaleGroup { .. } if count < desired => {
            warnings.push(Reason::new("AWS chooses which nodes go: what runs on them breaks off, what their disks hold is gone"));
        }
        ApiCall::ScaleGroup { .. } => {}
        _ if count == 0 => {
            warnings.push(Reason::new("at zero it answers no request"));
            warnings.extend(at_zero.clone());
        }
        _ => {}
    }
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(count)));
    Ok((call, Expected::Count(count), saves, warnings))
}

fn by_hours(
    head: &CommonFields,
    schedule: &WeeklySchedule,
    minimum: u32,
    per_unit: Option<UsdPerHour>,
    call: &ApiCall,
) -> Result<ResolvedAction, Reason> {
    if schedule.outside.min(schedule.inside) < minimum {
        return Err(Reason::new(format!("AWS takes at least {minimum} here")));
    }
    let ApiCall::ScheduleVariant {
        endpoint,
        variant,
        bounds,
        ..
    } = call
    else {
        return Err(Reason::new("it cannot be scheduled"));
    };
    let few = schedule.inside.min(schedule.outside);
    let many = schedule.inside.max(schedule.outside);
    let bounds = (bounds.0.min(few), bounds.1.max(many));
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - schedule.mean()));
    let mut warnings = vec![Reason::new(
        "hours are UTC all year; dollars are the mean of a week; the count changes at the next of these hours",
    )];
    if few == 0 {
        warnings.push(Reason::new("at zero it answers no request"));
    }
    let call = ApiCall::ScheduleVariant {
        endpoint: endpoint.clone(),
        variant: variant.clone(),
        schedule: *schedule,
        bounds,
    };
    Ok((
        call,
        Expected::Timed(ScheduledAction::of(schedule, bounds.1).into()),
        saves,
        warnings,
    ))
}

fn bounds(
    head: &CommonFields,
    scaled: &ScalableResource,
    now: (u32, u32),
    minimum: u32,
    per_unit: Option<UsdPerHour>,
    (least, most): (u32, u32),
) -> Result<ResolvedAction, Reason> {
    let unit = scaled.unit();
    if least > most {
        return Err(Reason::new(format!("{least} is more than {most}")));
    }
    if least < minimum {
        return Err(Reason::new(format!(
            "AWS takes at least {minimum} {unit} here"
        )));
    }
    if now == (least, most) {
        return Err(Reason::new(format!(
            "its bounds are already {least}-{most}"
        )));
    }
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let after = desired.clamp(least, most);
    let mut warnings = Vec::new();
    if after != desired {
        warnings.push(Reason::new(format!(
            "{desired} {unit} are asked for now: autoscaling takes them to {after}"
        )));
    }
    if least == 0 {
        warnings.push(Reason::new("at zero it answers no request"));
    }
    if least == most {
        warnings.push(Reason::new(format!(
            "autoscaling has no room left: always {least}"
        )));
    }
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(after)));
    Ok((
        ApiCall::SetBounds {
            scaled: scaled.clone(),
            least,
            most,
        },
        Expected::Set(Setting::Bounds(least, most)),
        saves,
        warnings,
    ))
}

fn swap(arn: &Arc<str>, now: &Arc<str>, model: &Arc<str>) -> Result<ResolvedAction, Reason> {
    let wanted = Setting::Model(model.clone());
    if wanted.is(&Setting::Model(now.clone())) {
        return Err(Reason::new("that model is on it already"));
    }
    if model.contains(":foundation-model/") {
        return Err(Reason::new(
            "AWS takes only a custom model here, not a foundation model",
        ));
    }
    let warnings = vec![Reason::new(
        "once it is done, requests are answered by the other model; AWS takes only one of the same base model",
    )];
    Ok((
        ApiCall::SwapModel {
            arn: arn.clone(),
            model: model.clone(),
        },
        Expected::Set(wanted),
        Some(UsdPerHour::ZERO),
        warnings,
    ))
}

fn answer(
    anomaly: &Arc<str>,
    day: &Arc<str>,
    given: Option<Feedback>,
    feedback: Feedback,
) -> Result<ResolvedAction, Reason> {
    if given == Some(feedback) {
        return Err(Reason::new(format!("{feedback} was answered already")));
    }
    let warnings = given
        .map(|given| Reason::new(format!("{given} was answered before: this takes its place")))
        .into_iter()
        .collect();
    let call = ApiCall::GiveFeedback {
        anomaly: anomaly.clone(),
        day: day.clone(),
        feedback,
    };
    Ok((
        call,
        Expected::Set(Setting::Feedback(Some(feedback))),
        Some(UsdPerHour::ZERO),
        warnings,
    ))
}
