//! What an [`Ask`] comes to on one row: the exact call, what must be true afterwards, the dollars,
//! or why not.
//!
//! Pure, a line for each verb. Must not know plans' answers or who carries them out.

use super::{
    Ask, Feedback, Head, Reading, Record, Scaled, Schedule, Setting, Tags, UsdPerHour, Why,
    verb::{Call, Offer, Timed, Want},
};
use std::sync::Arc;

/// The call, what must be true afterwards, list dollars per hour saved (negative: added), what to
/// know before saying yes.
pub(super) type Aim = (Call, Want, Option<UsdPerHour>, Vec<Why>);

/// What `ask` comes to on `record`.
pub(super) fn aim(record: &Record, ask: &Ask) -> Result<Aim, Why> {
    let head = &record.head;
    // What is put back needs no offer of hours: at night a variant at its least has none.
    if let Ask::Timetable(timetable) = ask {
        return Ok(timetable.aim(head));
    }
    let offer = match head.offer(ask.verb()) {
        Reading::Known(offer) => offer,
        Reading::Unknown(why) => return Err(why),
    };
    match (offer, ask) {
        (Offer::Stop(call), Ask::Stop) => {
            Ok((call.clone(), Want::Stopped, head.burn.rate(), Vec::new()))
        }
        (Offer::Start { costs, call }, Ask::Start) => Ok((
            call.clone(),
            Want::Running,
            costs.map(|costs| costs * -1.0),
            Vec::new(),
        )),
        (Offer::Reboot(call), Ask::Reboot) => {
            let broken = Why::new("what runs on it breaks off");
            Ok((
                call.clone(),
                Want::Running,
                Some(UsdPerHour::ZERO),
                vec![broken],
            ))
        }
        (Offer::Terminate(call), Ask::Terminate) => {
            let lost =
                Why::new("there is no way back: the instance and what its own disks hold are gone");
            Ok((call.clone(), Want::Gone, head.burn.rate(), vec![lost]))
        }
        (Offer::Scale { .. }, Ask::Scale(count)) => by_count(head, offer, *count),
        (Offer::Delete(call), Ask::Delete) => {
            let mut warnings = vec![Why::new(
                "there is no way back: what calls it by its name fails from then on",
            )];
            if let Some(name) = call.endpoint_deleted() {
                warnings.push(Why::new(format!(
                    "every variant of {name} goes with it; its configuration and its models stay, and cost nothing"
                )));
            }
            Ok((call.clone(), Want::Gone, head.burn.rate(), warnings))
        }
        (
            Offer::Bounds {
                scaled,
                now,
                minimum,
                per_unit,
            },
            Ask::Bounds { least, most },
        ) => bounds(head, scaled, *now, *minimum, *per_unit, (*least, *most)),
        (Offer::SwapModel { arn, now, .. }, Ask::SwapModel(model)) => swap(arn, now, model),
        (
            Offer::Feedback {
                anomaly,
                day,
                given,
            },
            Ask::Feedback(feedback),
        ) => answer(anomaly, day, *given, *feedback),
        (
            Offer::Schedule {
                minimum,
                per_unit,
                call,
                ..
            },
            Ask::Schedule(schedule),
        ) => by_hours(head, schedule, *minimum, *per_unit, call),
        (Offer::Tag(route), Ask::Tag { set, remove }) => {
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
                return Err(Why::new("its tags are already so"));
            }
            let call = Call::Tag {
                route: route.clone(),
                set: set.clone(),
                remove: remove.clone(),
            };
            let shared = Why::new("these tags are its cluster's: they change for every node of it");
            let warnings = if head.key.kind.0 == "hyperpod-node" {
                vec![shared]
            } else {
                Vec::new()
            };
            Ok((
                call,
                Want::Tags { set, remove },
                Some(UsdPerHour::ZERO),
                warnings,
            ))
        }
        _ => Err(Why::new(format!("{} does not fit its offer", ask.verb()))),
    }
}

fn by_count(head: &Head, offer: &Offer, count: u32) -> Result<Aim, Why> {
    let Offer::Scale {
        unit,
        minimum,
        per_unit,
        call,
        at_zero,
        ..
    } = offer
    else {
        return Err(Why::new("it cannot be scaled"));
    };
    let desired = offer.desired(head.compute.as_ref().map_or(0, |compute| compute.desired));
    if count < *minimum {
        return Err(Why::new(format!(
            "AWS takes at least {minimum} {unit} here"
        )));
    }
    if count == desired {
        return Err(Why::new(format!("already set to {count} {unit}")));
    }
    let mut warnings = Vec::new();
    let call = match call.clone() {
        Call::ScaleVariant {
            endpoint, variant, ..
        } => Call::ScaleVariant {
            endpoint,
            variant,
            count,
        },
        Call::ScaleComponent { name, .. } => Call::ScaleComponent {
            name,
            copies: count,
        },
        Call::ScaleGroup { cluster, group, .. } => Call::ScaleGroup {
            cluster,
            group,
            count,
        },
        other => other,
    };
    match call {
        Call::ScaleGroup { .. } if count < desired => {
            warnings.push(Why::new("AWS chooses which nodes go: what runs on them breaks off, what their disks hold is gone"));
        }
        Call::ScaleGroup { .. } => {}
        _ if count == 0 => {
            warnings.push(Why::new("at zero it answers no request"));
            warnings.extend(at_zero.clone());
        }
        _ => {}
    }
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(count)));
    Ok((call, Want::Count(count), saves, warnings))
}

fn by_hours(
    head: &Head,
    schedule: &Schedule,
    minimum: u32,
    per_unit: Option<UsdPerHour>,
    call: &Call,
) -> Result<Aim, Why> {
    if schedule.outside.min(schedule.inside) < minimum {
        return Err(Why::new(format!("AWS takes at least {minimum} here")));
    }
    let Call::ScheduleVariant {
        endpoint,
        variant,
        bounds,
        ..
    } = call
    else {
        return Err(Why::new("it cannot be scheduled"));
    };
    let few = schedule.inside.min(schedule.outside);
    let many = schedule.inside.max(schedule.outside);
    let bounds = (bounds.0.min(few), bounds.1.max(many));
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - schedule.mean()));
    let mut warnings = vec![Why::new(
        "hours are UTC all year; dollars are the mean of a week; the count changes at the next of these hours",
    )];
    if few == 0 {
        warnings.push(Why::new("at zero it answers no request"));
    }
    let call = Call::ScheduleVariant {
        endpoint: endpoint.clone(),
        variant: variant.clone(),
        schedule: *schedule,
        bounds,
    };
    Ok((
        call,
        Want::Timed(Timed::of(schedule, bounds.1).into()),
        saves,
        warnings,
    ))
}

fn bounds(
    head: &Head,
    scaled: &Scaled,
    now: (u32, u32),
    minimum: u32,
    per_unit: Option<UsdPerHour>,
    (least, most): (u32, u32),
) -> Result<Aim, Why> {
    let unit = scaled.unit();
    if least > most {
        return Err(Why::new(format!("{least} is more than {most}")));
    }
    if least < minimum {
        return Err(Why::new(format!(
            "AWS takes at least {minimum} {unit} here"
        )));
    }
    if now == (least, most) {
        return Err(Why::new(format!("its bounds are already {least}-{most}")));
    }
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let after = desired.clamp(least, most);
    let mut warnings = Vec::new();
    if after != desired {
        warnings.push(Why::new(format!(
            "{desired} {unit} are asked for now: autoscaling takes them to {after}"
        )));
    }
    if least == 0 {
        warnings.push(Why::new("at zero it answers no request"));
    }
    if least == most {
        warnings.push(Why::new(format!(
            "autoscaling has no room left: always {least}"
        )));
    }
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(after)));
    Ok((
        Call::SetBounds {
            scaled: scaled.clone(),
            least,
            most,
        },
        Want::Set(Setting::Bounds(least, most)),
        saves,
        warnings,
    ))
}

fn swap(arn: &Arc<str>, now: &Arc<str>, model: &Arc<str>) -> Result<Aim, Why> {
    let wanted = Setting::Model(model.clone());
    if wanted.is(&Setting::Model(now.clone())) {
        return Err(Why::new("that model is on it already"));
    }
    if model.contains(":foundation-model/") {
        return Err(Why::new(
            "AWS takes only a custom model here, not a foundation model",
        ));
    }
    let warnings = vec![Why::new(
        "once it is done, requests are answered by the other model; AWS takes only one of the same base model",
    )];
    Ok((
        Call::SwapModel {
            arn: arn.clone(),
            model: model.clone(),
        },
        Want::Set(wanted),
        Some(UsdPerHour::ZERO),
        warnings,
    ))
}

fn answer(
    anomaly: &Arc<str>,
    day: &Arc<str>,
    given: Option<Feedback>,
    feedback: Feedback,
) -> Result<Aim, Why> {
    if given == Some(feedback) {
        return Err(Why::new(format!("{feedback} was answered already")));
    }
    let warnings = given
        .map(|given| Why::new(format!("{given} was answered before: this takes its place")))
        .into_iter()
        .collect();
    let call = Call::GiveFeedback {
        anomaly: anomaly.clone(),
        day: day.clone(),
        feedback,
    };
    Ok((
        call,
        Want::Set(Setting::Feedback(Some(feedback))),
        Some(UsdPerHour::ZERO),
        warnings,
    ))
}
