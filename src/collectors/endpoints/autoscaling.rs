//! The autoscaling of endpoints: scalable targets and scheduled actions.

use super::item::Scaling;
use crate::{
    aws::{Api, paging::read_pages},
    collectors::{Context, shared::context::push_fault},
    domain::{Fault, Measured},
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use std::collections::{HashMap, HashSet};

/// The scalable dimensions that are counts.
const COUNTS: [&str; 2] = [
    "sagemaker:variant:DesiredInstanceCount",
    "sagemaker:inference-component:DesiredCopyCount",
];

/// Limits by resource id of the scalable target.
pub(super) type ScalableTargets = Measured<HashMap<String, Scaling>>;
/// Resource ids of the scalable targets that have a scheduled action.
pub(super) type ScheduledTargets = Measured<HashSet<String>>;

/// The limits of each scalable target; unknown without the permission.
pub(super) async fn targets(cx: &Context, faults: &mut Vec<Fault>) -> ScalableTargets {
    let pages = cx
        .session
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .into_paginator()
        .send();
    let mut targets = HashMap::new();
    let read = read_pages(Api::AutoScalingDescribeScalableTargets, pages, |page| {
        targets.extend(page.scalable_targets().iter().filter_map(|target| {
            let scaling = Scaling {
                min: u32::try_from(target.min_capacity()).ok()?,
                max: u32::try_from(target.max_capacity()).ok()?,
            };
            COUNTS
                .contains(&target.scalable_dimension().as_str())
                .then(|| (target.resource_id().to_owned(), scaling))
        }));
    });
    match read.await {
        Ok(()) => Measured::Known(targets),
        Err(fault) => unread(fault, faults),
    }
}

/// The scalable targets that have a scheduled action.
pub(super) async fn scheduled(cx: &Context, faults: &mut Vec<Fault>) -> ScheduledTargets {
    let pages = cx
        .session
        .scaling
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Sagemaker)
        .into_paginator()
        .send();
    let mut found = HashSet::new();
    let read = read_pages(Api::AutoScalingDescribeScheduledActions, pages, |page| {
        let actions = page.scheduled_actions().iter();
        found.extend(actions.map(|action| action.resource_id().to_owned()));
    });
    match read.await {
        Ok(()) => Measured::Known(found),
        Err(fault) => unread(fault, faults),
    }
}

/// Reports `fault`, and gives it as the reason of a missing value.
fn unread<T>(fault: Fault, faults: &mut Vec<Fault>) -> Measured<T> {
    let why = format!("{}: {}", fault.operation, fault.kind.word());
    push_fault(faults, fault);
    Measured::unknown(why)
}

/// The limits of the scalable target `id`; `None` if there is no such target.
pub(super) fn limits(targets: &ScalableTargets, id: &str) -> Measured<Option<Scaling>> {
    targets.as_ref().map(|targets| targets.get(id).copied())
}
