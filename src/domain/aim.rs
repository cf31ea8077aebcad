//! What an [`Ask`] comes to on one row: the exact call, what must be true afterwards, the dollars, or why not.
//!
//! Pure, a line for each verb. Must not know plans' answers or who carries them out.

use super::{
    Ask, Head, Reading, Record, Schedule, Tags, UsdPerHour, Why,
    verb::{Call, Offer, Timed, Want},
};

/// The call, what must be true afterwards, list dollars per hour saved (negative: added), what to know before saying yes.
pub(super) type Aim = (Call, Want, Option<UsdPerHour>, Vec<Why>);

/// What `ask` comes to on `record`.
pub(super) fn aim(record: &Record, ask: &Ask) -> Result<Aim, Why> {
    let head = &record.head;
    let offer = match head.offer(ask.verb()) {
        Reading::Known(offer) => offer,
        Reading::Unknown(why) => return Err(why),
    };
    match (offer, ask) {
        (Offer::Stop(call), Ask::Stop) => Ok((call.clone(), Want::Stopped, head.burn.rate(), Vec::new())),
        (Offer::Scale { unit, minimum, per_unit, call, .. }, Ask::Scale(count)) => {
            let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
            if *count < *minimum {
                return Err(Why::new(format!("AWS takes at least {minimum} {unit} here")));
            }
            if *count == desired {
                return Err(Why::new(format!("already set to {count} {unit}")));
            }
            let call = match call.clone() {
                Call::ScaleVariant { endpoint, variant, .. } => Call::ScaleVariant { endpoint, variant, count: *count },
                Call::ScaleComponent { name, .. } => Call::ScaleComponent { name, copies: *count },
                other => other,
            };
            let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(*count)));
            let warnings = if *count == 0 { vec![Why::new("at zero it answers no request")] } else { Vec::new() };
            Ok((call, Want::Count(*count), saves, warnings))
        }
        (Offer::Delete(call), Ask::Delete) => {
            let lost = Why::new("there is no way back: what calls it by its name fails from then on");
            Ok((call.clone(), Want::Gone, head.burn.rate(), vec![lost]))
        }
        (Offer::Schedule { minimum, per_unit, call, .. }, Ask::Schedule(schedule)) => by_hours(head, schedule, *minimum, *per_unit, call),
        (Offer::Tag(route), Ask::Tag { set, remove }) => {
            let current = head.tags.known();
            let set: Tags = set
                .iter()
                .filter(|(key, value)| current.is_none_or(|tags| tags.get(*key) != Some(value)))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            let remove: Vec<String> = remove.iter().filter(|key| current.is_none_or(|tags| tags.contains_key(*key))).cloned().collect();
            if set.is_empty() && remove.is_empty() {
                return Err(Why::new("its tags are already so"));
            }
            let call = Call::Tag { route: route.clone(), set: set.clone(), remove: remove.clone() };
            Ok((call, Want::Tags { set, remove }, Some(UsdPerHour::ZERO), Vec::new()))
        }
        _ => Err(Why::new(format!("{} does not fit its offer", ask.verb()))),
    }
}

fn by_hours(head: &Head, schedule: &Schedule, minimum: u32, per_unit: Option<UsdPerHour>, call: &Call) -> Result<Aim, Why> {
    if schedule.outside.min(schedule.inside) < minimum {
        return Err(Why::new(format!("AWS takes at least {minimum} here")));
    }
    let Call::ScheduleVariant { endpoint, variant, bounds, .. } = call else {
        return Err(Why::new("it cannot be scheduled"));
    };
    let few = schedule.inside.min(schedule.outside);
    let many = schedule.inside.max(schedule.outside);
    let bounds = (bounds.0.min(few), bounds.1.max(many));
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - schedule.mean()));
    let mut warnings =
        vec![Why::new("hours are UTC all year; dollars are the mean of a week; the count changes at the next of these hours")];
    if few == 0 {
        warnings.push(Why::new("at zero it answers no request"));
    }
    let call = Call::ScheduleVariant { endpoint: endpoint.clone(), variant: variant.clone(), schedule: *schedule, bounds };
    Ok((call, Want::Timed(Timed::of(schedule, bounds.1).into()), saves, warnings))
}
