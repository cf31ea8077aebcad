//! What goes by the clock at the scaling target of a variant, put back as it was before a deed: the
//! way there, and whether it may be gone.

use super::{
    api_call::{VARIANT_COUNT, registering, scalable},
    expected::ScheduledAction,
};
use crate::domain::{
    ApiCall, Capability, CommonFields, Expected, Observed, Operation, Reason, Setting, UsdPerHour,
    audit::PriorState,
};
use std::sync::Arc;

/// What a deed changed, as it was before and as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRestore {
    endpoint: Arc<str>,
    variant: Arc<str>,
    /// Bounds before; `None`: it was no scaling target.
    bounds: Option<(u32, u32)>,
    /// Scheduled actions of before that the deed changed or deleted.
    put: Vec<ScheduledAction>,
    /// Scheduled actions that were not there before.
    delete: Vec<Arc<str>>,
    /// The scheduled actions that the deed left.
    left: Vec<ScheduledAction>,
    /// The bounds that it left.
    left_bounds: Option<(u32, u32)>,
}

impl ScheduleRestore {
    /// What takes `call` back, where it was so `before`; or what is not known of that.
    pub fn before(call: &ApiCall, before: &PriorState) -> Result<Self, Reason> {
        let (endpoint, variant, left, left_bounds, taken) = match call {
            ApiCall::ScheduleVariant {
                endpoint,
                variant,
                schedule,
                bounds,
            } => (
                endpoint,
                variant,
                ScheduledAction::of(schedule, bounds.1).to_vec(),
                Some(*bounds),
                &[][..],
            ),
            ApiCall::Timetable {
                endpoint,
                variant,
                bounds,
                put,
                delete,
            } => (endpoint, variant, put.clone(), *bounds, delete.as_slice()),
            _ => return Err(Reason::new("it does not go by the clock")),
        };
        let Some(was) = &before.scheduled_actions else {
            return Err(Reason::new(
                "what went by the clock before is not in the journal",
            ));
        };
        let Some(Setting::Target { bounds, .. }) = before.setting else {
            return Err(Reason::new(
                "what its scaling target was before is not in the journal",
            ));
        };
        let touched =
            |name: &Arc<str>| left.iter().any(|one| one.name == *name) || taken.contains(name);
        let put: Vec<ScheduledAction> = was
            .iter()
            .filter(|one| touched(&one.name))
            .cloned()
            .collect();
        let names = left.iter().map(|one| &one.name).chain(taken);
        let delete = names
            .filter(|name| !put.iter().any(|one| one.name == **name))
            .cloned()
            .collect();
        Ok(Self {
            endpoint: endpoint.clone(),
            variant: variant.clone(),
            bounds,
            put,
            delete,
            left,
            left_bounds,
        })
    }

    /// What is expected right before the call: that all is as the deed left it.
    pub(super) fn seen(&self, look: Observed) -> Observed {
        let setting = Setting::Target {
            bounds: self.left_bounds,
            policies: None,
        };
        Observed {
            scheduled_actions: Some(self.left.clone()),
            setting: Some(setting),
            ..look
        }
    }

    /// The call, what must be true afterwards, what that saves, what to know of it.
    pub(super) fn aim(
        &self,
        head: &CommonFields,
    ) -> (ApiCall, Expected, Option<UsdPerHour>, Vec<Reason>) {
        let Self {
            endpoint,
            variant,
            bounds,
            put,
            delete,
            ..
        } = self.clone();
        let now = head.compute.as_ref().map_or(0, |compute| compute.desired);
        let then = bounds.map_or(now, |(least, most)| now.clamp(least, most.max(least)));
        let mut warnings = Vec::new();
        if then == now {
            warnings.push(Reason::new(format!(
                "its count stays as it is now, {now}: what the clock did to it is not taken back"
            )));
        } else {
            warnings.push(Reason::new(format!(
                "{now} instances are asked for now: its bounds of before take them to {then}"
            )));
        }
        if bounds.is_none() {
            warnings.push(Reason::new("it was no scaling target before, and is none again: its scheduled actions go with it"));
        }
        let per_unit = match head.capability(Operation::Scale).known() {
            Some(Capability::Scale { per_unit, .. }) => *per_unit,
            _ => None,
        };
        let saves = if then == now {
            Some(UsdPerHour::ZERO)
        } else {
            per_unit.map(|unit| unit * (f64::from(now) - f64::from(then)))
        };
        let expected = Expected::Timetable {
            bounds,
            put: put.clone(),
            gone: delete.clone(),
        };
        (
            ApiCall::Timetable {
                endpoint,
                variant,
                bounds,
                put,
                delete,
            },
            expected,
            saves,
            warnings,
        )
    }
}

/// Bounds, what is there, and what is not: of [`Expected::Timetable`].
type Wanted<'a> = (Option<(u32, u32)>, &'a [ScheduledAction], &'a [Arc<str>]);

fn named<'a>(timed: &'a [ScheduledAction], name: &str) -> Option<&'a ScheduledAction> {
    timed.iter().find(|one| *one.name == *name)
}

/// Whether `look` is so.
pub(super) fn holds((bounds, put, gone): Wanted<'_>, look: &Observed) -> bool {
    let Some(Setting::Target { bounds: now, .. }) = look.setting else {
        return false;
    };
    let fits = now == bounds
        || now.is_some_and(|now| bounds.is_some() && put.iter().any(|one| one.may_set(now)));
    fits && look.scheduled_actions.as_ref().is_some_and(|timed| {
        put.iter().all(|one| timed.contains(one))
            && gone.iter().all(|name| named(timed, name).is_none())
    })
}

/// Whether all that would be changed is as it was left (`planned`), or as it is wanted already; and
/// whether nothing else would go with it.
pub(super) fn still(
    (bounds, put, gone): Wanted<'_>,
    planned: &Observed,
    look: &Observed,
) -> Result<(), String> {
    let (Some(left), Some(now)) = (&planned.scheduled_actions, &look.scheduled_actions) else {
        return Ok(());
    };
    for name in put.iter().map(|one| &one.name).chain(gone) {
        let found = named(now, name);
        if found != named(left, name) && found != named(put, name) {
            return Err(match found {
                Some(found) => format!(
                    "scheduled action {name} was changed since: {} {}",
                    found.cron,
                    found.bounds()
                ),
                None => format!("scheduled action {name} was deleted since"),
            });
        }
    }
    let (
        Some(Setting::Target { bounds: was, .. }),
        Some(Setting::Target {
            bounds: is,
            policies,
        }),
    ) = (&planned.setting, &look.setting)
    else {
        return Ok(());
    };
    let by_clock = is.is_some_and(|is| left.iter().any(|one| one.may_set(is)));
    if is != was && *is != bounds && !by_clock {
        let text = |bounds: Option<(u32, u32)>| {
            Setting::Target {
                bounds,
                policies: None,
            }
            .to_string()
        };
        return Err(format!(
            "its bounds were left at {}, are now {}",
            text(*was),
            text(*is)
        ));
    }
    if bounds.is_some() {
        return Ok(());
    }
    // Its scaling target goes, and with it all that others have put on it since.
    if let Some(other) = now.iter().find(|one| !gone.contains(&one.name)) {
        return Err(format!(
            "scheduled action {} was put on its scaling target since: that would go too",
            other.name
        ));
    }
    match policies {
        Some(many) if *many > 0 => Err(
            "a scaling policy was put on its scaling target since: that would go too".to_owned(),
        ),
        _ => Ok(()),
    }
}

/// `PutScheduledAction`, as it is printed.
pub(super) fn putting(id: &str, timed: &ScheduledAction) -> String {
    let ScheduledAction {
        name,
        cron,
        least,
        most,
        zone,
        start,
        end,
    } = timed;
    let target = format!("ResourceId={id} ScalableDimension={VARIANT_COUNT}");
    let mut text = format!(
        "application-autoscaling:PutScheduledAction {target} ScheduledActionName={name} Schedule={cron}"
    );
    let number = |n: &Option<u32>| n.map(|n| n.to_string());
    let word = |text: &Option<Arc<str>>| text.as_ref().map(ToString::to_string);
    for (parameter, value) in [
        ("MinCapacity", number(least)),
        ("MaxCapacity", number(most)),
        ("Timezone", word(zone)),
        ("StartTime", word(start)),
        ("EndTime", word(end)),
    ] {
        text.extend(value.map(|value| format!(" {parameter}={value}")));
    }
    text
}

/// The requests of [`ApiCall::Timetable`], in their order.
pub(super) fn requests(
    endpoint: &str,
    variant: &str,
    bounds: Option<(u32, u32)>,
    put: &[ScheduledAction],
    delete: &[Arc<str>],
) -> Vec<String> {
    let id = scalable(endpoint, variant);
    let target = format!("ResourceId={id} ScalableDimension={VARIANT_COUNT}");
    // With its scaling target go its scheduled actions.
    let Some(bounds) = bounds else {
        return vec![format!(
            "application-autoscaling:DeregisterScalableTarget {target}"
        )];
    };
    let mut requests = vec![registering(&id, VARIANT_COUNT, bounds)];
    requests.extend(put.iter().map(|timed| putting(&id, timed)));
    let deleting = |name| {
        format!("application-autoscaling:DeleteScheduledAction {target} ScheduledActionName={name}")
    };
    requests.extend(delete.iter().map(deleting));
    requests
}
