//! The scheduled actions and limits of a scaling target, restored as they were before a change: the
//! actions to put and delete, and a check that nobody changed them since.

use super::{
    expected::{ObservedState, ScheduledAction},
    prior_state::PriorState,
    setting::{Setting, VARIANT_COUNT, scalable},
};
use crate::domain::Reason;
use std::sync::Arc;

/// A change of scheduled actions, with the state before it and the state it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRestore {
    /// Endpoint name.
    pub(super) endpoint: Arc<str>,
    /// Variant name.
    pub(super) variant: Arc<str>,
    /// Limits before; `None`: it was no scalable target.
    pub(super) limits: Option<(u32, u32)>,
    /// The earlier scheduled actions that the change replaced or deleted.
    pub(super) put: Vec<ScheduledAction>,
    /// Names of scheduled actions that the change added.
    pub(super) delete: Vec<Arc<str>>,
    /// The scheduled actions that the change left.
    left: Vec<ScheduledAction>,
    /// The limits that it left.
    left_limits: Option<(u32, u32)>,
}

impl ScheduleRestore {
    /// The restore that undoes a change of a variant (endpoint, variant) which put `left`, set
    /// `left_limits` and deleted the actions named `deleted`; or the reason if the journal lacks
    /// data.
    pub(super) fn new(
        (endpoint, variant): (&Arc<str>, &Arc<str>),
        before: &PriorState,
        left: &[ScheduledAction],
        left_limits: Option<(u32, u32)>,
        deleted: &[Arc<str>],
    ) -> Result<Self, Reason> {
        let Some(was) = &before.scheduled_actions else {
            return Err(Reason::new(
                "the journal does not record the previous schedule",
            ));
        };
        let Some(Setting::Target { limits, .. }) = before.setting else {
            return Err(Reason::new(
                "the journal does not record the previous scaling target",
            ));
        };
        let is_touched =
            |name: &Arc<str>| left.iter().any(|one| one.name == *name) || deleted.contains(name);
        let put: Vec<ScheduledAction> = was
            .iter()
            .filter(|one| is_touched(&one.name))
            .cloned()
            .collect();
        let names = left.iter().map(|one| &one.name).chain(deleted);
        let delete = names
            .filter(|name| !put.iter().any(|one| one.name == **name))
            .cloned()
            .collect();
        Ok(Self {
            endpoint: endpoint.clone(),
            variant: variant.clone(),
            limits,
            put,
            delete,
            left: left.to_vec(),
            left_limits,
        })
    }

    /// The state expected right before the call: as the change left it.
    pub(super) fn left(&self, observed: ObservedState) -> ObservedState {
        let setting = Setting::Target {
            limits: self.left_limits,
            policies: None,
        };
        ObservedState {
            scheduled_actions: Some(self.left.clone()),
            setting: Some(setting),
            ..observed
        }
    }
}

/// The parts of [`super::expected::ExpectedState::RestoredSchedule`]: limits, scheduled actions
/// that exist, and names of those that do not.
type ScalingSettings<'a> = (Option<(u32, u32)>, &'a [ScheduledAction], &'a [Arc<str>]);

fn find<'a>(actions: &'a [ScheduledAction], name: &str) -> Option<&'a ScheduledAction> {
    actions.iter().find(|one| *one.name == *name)
}

/// Whether `observed` is restored.
pub(super) fn is_met_by(
    (limits, put, gone): ScalingSettings<'_>,
    observed: &ObservedState,
) -> bool {
    let Some(Setting::Target { limits: now, .. }) = observed.setting else {
        return false;
    };
    let fits = now == limits
        || now.is_some_and(|now| limits.is_some() && put.iter().any(|one| one.may_set(now)));
    fits && observed.scheduled_actions.as_ref().is_some_and(|actions| {
        put.iter().all(|one| actions.contains(one))
            && gone.iter().all(|name| find(actions, name).is_none())
    })
}

/// Checks that nobody changed the settings to restore since the change left them as `planned`, and
/// that the restore deletes nothing else.
pub(super) fn check_unchanged(
    expected: ScalingSettings<'_>,
    planned: &ObservedState,
    observed: &ObservedState,
) -> Result<(), String> {
    let (Some(left), Some(now)) = (&planned.scheduled_actions, &observed.scheduled_actions) else {
        return Ok(());
    };
    check_actions(expected, left, now)?;
    let (
        Some(Setting::Target {
            limits: limits_left,
            ..
        }),
        Some(Setting::Target {
            limits: limits_now,
            policies,
        }),
    ) = (&planned.setting, &observed.setting)
    else {
        return Ok(());
    };
    let (limits, _, gone) = expected;
    let by_schedule = limits_now.is_some_and(|limits| left.iter().any(|one| one.may_set(limits)));
    if limits_now != limits_left && *limits_now != limits && !by_schedule {
        return Err(format!(
            "its limits were {} after the change, are now {}",
            format_limits(*limits_left),
            format_limits(*limits_now)
        ));
    }
    if limits.is_some() {
        return Ok(());
    }
    // AWS deletes a scalable target with all its scheduled actions and policies.
    if let Some(other) = now.iter().find(|one| !gone.contains(&one.name)) {
        return Err(format!(
            "scheduled action {} was added to its scaling target since: it would be deleted too",
            other.name
        ));
    }
    match policies {
        Some(count) if *count > 0 => Err(
            "a scaling policy was added to its scaling target since: it would be deleted too"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}

/// Checks that each scheduled action to restore is as the change left it, or restored already.
fn check_actions(
    (_, put, gone): ScalingSettings<'_>,
    left: &[ScheduledAction],
    now: &[ScheduledAction],
) -> Result<(), String> {
    for name in put.iter().map(|one| &one.name).chain(gone) {
        let found = find(now, name);
        if found != find(left, name) && found != find(put, name) {
            return Err(match found {
                Some(found) => format!(
                    "scheduled action {name} was changed since: {} {}",
                    found.cron,
                    found.format_limits()
                ),
                None => format!("scheduled action {name} was deleted since"),
            });
        }
    }
    Ok(())
}

fn format_limits(limits: Option<(u32, u32)>) -> String {
    let target = Setting::Target {
        limits,
        policies: None,
    };
    target.to_string()
}

/// Formats a `PutScheduledAction` request.
pub(super) fn format_put(id: &str, action: &ScheduledAction) -> String {
    let ScheduledAction {
        name,
        cron,
        min,
        max,
        time_zone,
        start,
        end,
    } = action;
    let target = format!("ResourceId={id} ScalableDimension={VARIANT_COUNT}");
    let mut text = format!(
        "application-autoscaling:PutScheduledAction {target} ScheduledActionName={name} \
         Schedule={cron}"
    );
    let number = |n: &Option<u32>| n.map(|n| n.to_string());
    let word = |text: &Option<Arc<str>>| text.as_ref().map(ToString::to_string);
    for (parameter, value) in [
        ("MinCapacity", number(min)),
        ("MaxCapacity", number(max)),
        ("Timezone", word(time_zone)),
        ("StartTime", word(start)),
        ("EndTime", word(end)),
    ] {
        text.extend(value.map(|value| format!(" {parameter}={value}")));
    }
    text
}

/// The requests of a restore, in their order.
pub(super) fn requests(
    endpoint: &str,
    variant: &str,
    limits: Option<(u32, u32)>,
    put: &[ScheduledAction],
    delete: &[Arc<str>],
) -> Vec<String> {
    let id = scalable(endpoint, variant);
    let target = format!("ResourceId={id} ScalableDimension={VARIANT_COUNT}");
    // AWS deletes the scheduled actions with their scalable target.
    let Some(limits) = limits else {
        return vec![format!(
            "application-autoscaling:DeregisterScalableTarget {target}"
        )];
    };
    let mut requests = vec![format_register(&id, VARIANT_COUNT, limits)];
    requests.extend(put.iter().map(|action| format_put(&id, action)));
    let deleting = |name| {
        format!("application-autoscaling:DeleteScheduledAction {target} ScheduledActionName={name}")
    };
    requests.extend(delete.iter().map(deleting));
    requests
}

/// Formats a `RegisterScalableTarget` request.
pub(super) fn format_register(resource: &str, dimension: &str, (min, max): (u32, u32)) -> String {
    format!(
        "application-autoscaling:RegisterScalableTarget ResourceId={resource} \
         ScalableDimension={dimension} MinCapacity={min} MaxCapacity={max}"
    )
}
