//! Describes settings: limits and scheduled actions of a scaling target, the model of provisioned
//! throughput, feedback on an anomaly.

use super::{observed, provisioned_throughput};
use crate::aws::api::Api;
use crate::aws::{Session, convert::state, fault, paging::read_pages};
use crate::domain::{
    AnomalyFeedback, Fault, FaultKind, ObservedState, Phase, ScalableResource, Setting, State,
    action::{ScheduledAction, VARIANT_COUNT},
};
use aws_sdk_applicationautoscaling::types::{
    ScalableTargetAction, ScheduledAction as SdkScheduledAction, ServiceNamespace,
};
use aws_sdk_costexplorer::types::AnomalyDateInterval;
use aws_smithy_types::{DateTime, date_time::Format};

/// Most pages of anomalies that are looked through: each costs $0.01.
const MAX_PAGES: usize = 5;

fn set(state: State, setting: Setting) -> ObservedState {
    ObservedState {
        setting: Some(setting),
        ..observed(state)
    }
}

/// Limits of a registered target.
pub(in crate::aws) async fn limits(
    session: &Session,
    target: &ScalableResource,
) -> Result<ObservedState, Fault> {
    let (resource, scaling) = (target.resource(), &session.scaling);
    let request = scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_ids(&resource);
    let answer = request
        .scalable_dimension(target.dimension().into())
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::AutoScalingDescribeScalableTargets, &error))?;
    let Some(target) = answer
        .scalable_targets()
        .iter()
        .find(|target| target.resource_id() == resource)
    else {
        return Ok(observed(state::gone()));
    };
    let count = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(set(
        State::new(Phase::Still, "registered"),
        Setting::Limits(count(target.min_capacity()), count(target.max_capacity())),
    ))
}

/// Whether a variant, by its scalable id, is a scaling target; its limits, and how many policies it
/// has if they are to be counted.
pub(in crate::aws) async fn target(
    session: &Session,
    id: &str,
    count_policies: bool,
) -> Result<Setting, Fault> {
    let request = session
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_ids(id);
    let answer = request
        .scalable_dimension(VARIANT_COUNT.into())
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::AutoScalingDescribeScalableTargets, &error))?;
    let target = answer
        .scalable_targets()
        .iter()
        .find(|target| target.resource_id() == id);
    let count = |n: i32| u32::try_from(n).unwrap_or(0);
    let limits = target.map(|target| (count(target.min_capacity()), count(target.max_capacity())));
    if !count_policies {
        return Ok(Setting::Target {
            limits,
            policies: None,
        });
    }
    let request = session
        .scaling
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id);
    let answer = request
        .scalable_dimension(VARIANT_COUNT.into())
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::AutoScalingDescribeScalingPolicies, &error))?;
    Ok(Setting::Target {
        limits,
        policies: u32::try_from(answer.scaling_policies().len()).ok(),
    })
}

/// The scheduled actions of a variant, by its scalable id.
pub(in crate::aws) async fn scheduled_actions(
    session: &Session,
    id: &str,
) -> Result<Vec<ScheduledAction>, Fault> {
    let pages = session
        .scaling
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .into_paginator()
        .send();
    let mut found = Vec::new();
    read_pages(Api::AutoScalingDescribeScheduledActions, pages, |page| {
        found.extend(page.scheduled_actions().iter().map(one));
    })
    .await?;
    Ok(found)
}

fn one(action: &SdkScheduledAction) -> ScheduledAction {
    let target = action.scalable_target_action();
    let bound = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
    let moment = |at: Option<&DateTime>| {
        at.and_then(|at| at.fmt(Format::DateTime).ok())
            .map(Into::into)
    };
    ScheduledAction {
        name: action.scheduled_action_name().into(),
        cron: action.schedule().into(),
        min: bound(target.and_then(ScalableTargetAction::min_capacity)),
        max: bound(target.and_then(ScalableTargetAction::max_capacity)),
        time_zone: action
            .timezone()
            .filter(|zone| *zone != "UTC")
            .map(Into::into),
        start: moment(action.start_time()),
        end: moment(action.end_time()),
    }
}

/// The model that provisioned units serve.
pub(in crate::aws) async fn model(session: &Session, arn: &str) -> Result<ObservedState, Fault> {
    let answer = provisioned_throughput(session, arn).await?;
    Ok(set(
        state::throughput(answer.status().as_str()),
        Setting::Model(answer.model_arn().into()),
    ))
}

/// The feedback on an anomaly that began on `day`.
pub(in crate::aws) async fn feedback(
    session: &Session,
    anomaly: &str,
    day: &str,
) -> Result<ObservedState, Fault> {
    const OPERATION: Api = Api::CeGetAnomalies;
    // The interval is that of their last days, and none ends before it begins.
    let interval = AnomalyDateInterval::builder().start_date(day).build();
    let interval =
        interval.map_err(|error| Fault::new(FaultKind::Refused, OPERATION, error.to_string()))?;
    let mut pages = session
        .costs
        .get_anomalies()
        .date_interval(interval)
        .max_results(100)
        .into_paginator()
        .send();
    for _ in 0..MAX_PAGES {
        let Some(page) = pages.next().await else {
            return Ok(observed(state::gone()));
        };
        let page = page.map_err(|error| fault::from_sdk(OPERATION, &error))?;
        if let Some(found) = page
            .anomalies()
            .iter()
            .find(|one| one.anomaly_id() == anomaly)
        {
            let given = found
                .feedback()
                .and_then(|given| AnomalyFeedback::parse(given.as_str()));
            return Ok(set(
                State::new(Phase::Still, "found"),
                Setting::Feedback(given),
            ));
        }
    }
    let message = format!("it is not among the first {MAX_PAGES} pages of anomalies");
    Err(Fault::new(FaultKind::Incomplete, OPERATION, message))
}
