//! Changes by Application Auto Scaling: scalable targets and their scheduled actions.
//!
//! One attempt each.

use super::{
    ThrottleRetry,
    response::{self, BodyValidator},
};
use crate::{
    aws::Session,
    domain::{
        Fault, FaultKind, ScalableResource,
        action::operation::{ScheduledAction, VARIANT_COUNT},
    },
};
use aws_config::retry::RetryConfig;
use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ServiceNamespace};
use aws_smithy_types::{DateTime, date_time::Format};
use std::sync::Arc;

/// First the target, then up, then down: should one fail, none that came before it takes anything
/// away. No token: a target is registered once by its resource, an action put once by its name, and
/// a second one takes the place of the first.
pub(super) async fn schedule_variant(
    patience: ThrottleRetry<'_>,
    session: &Session,
    id: &str,
    bounds: (u32, u32),
    timed: &[ScheduledAction],
) -> Result<(), Fault> {
    patience
        .unless_throttled(|| register(session, id, VARIANT_COUNT, bounds))
        .await?;
    for (place, one) in timed.iter().enumerate() {
        patience
            .unless_throttled(|| put_timed(session, id, one))
            .await
            .map_err(|fault| {
                let message = format!(
                    "the target was registered and {place} of {} actions put, then: {}",
                    timed.len(),
                    fault.message
                );
                Fault {
                    message: message.into(),
                    ..fault
                }
            })?;
    }
    Ok(())
}

/// As it was: first the bounds and what was there, which take nothing away, then what was not there
/// is deleted. Where there was no target it is taken away, and its scheduled actions go with it.
/// What is gone already need not be deleted. No token: all of it is by name.
pub(super) async fn restore(
    patience: ThrottleRetry<'_>,
    session: &Session,
    id: &str,
    bounds: Option<(u32, u32)>,
    put: &[ScheduledAction],
    delete: &[Arc<str>],
) -> Result<(), Fault> {
    let Some(bounds) = bounds else {
        return unless_gone(patience.unless_throttled(|| deregister(session, id)).await);
    };
    let total = 1 + put.len() + delete.len();
    let after = |done: usize, fault: Fault| {
        let message = format!(
            "{done} of {total} requests were carried out, then: {}",
            fault.message
        );
        Fault {
            message: message.into(),
            ..fault
        }
    };
    patience
        .unless_throttled(|| register(session, id, VARIANT_COUNT, bounds))
        .await?;
    for (place, one) in put.iter().enumerate() {
        patience
            .unless_throttled(|| put_timed(session, id, one))
            .await
            .map_err(|fault| after(1 + place, fault))?;
    }
    for (place, name) in delete.iter().enumerate() {
        let sent = unless_gone(
            patience
                .unless_throttled(|| delete_timed(session, id, name))
                .await,
        );
        sent.map_err(|fault| after(1 + put.len() + place, fault))?;
    }
    Ok(())
}

fn unless_gone(sent: Result<(), Fault>) -> Result<(), Fault> {
    sent.or_else(|fault| {
        if fault.kind == FaultKind::NotFound {
            Ok(())
        } else {
            Err(fault)
        }
    })
}

async fn delete_timed(session: &Session, id: &str, name: &str) -> Result<(), Fault> {
    let request = session
        .scaling
        .delete_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .scheduled_action_name(name);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("application-autoscaling:DeleteScheduledAction", &error))
}

async fn deregister(session: &Session, id: &str) -> Result<(), Fault> {
    let request = session
        .scaling
        .deregister_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into());
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("application-autoscaling:DeregisterScalableTarget", &error))
}

/// Only the bounds are given: its role and what is suspended stay. No token: they are set, however
/// often.
pub(super) async fn set_bounds(
    session: &Session,
    scaled: &ScalableResource,
    bounds: (u32, u32),
) -> Result<(), Fault> {
    register(session, &scaled.resource(), scaled.dimension(), bounds).await
}

async fn register(
    session: &Session,
    id: &str,
    dimension: &str,
    (least, most): (u32, u32),
) -> Result<(), Fault> {
    let request = session
        .scaling
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(dimension.into())
        .min_capacity(capacity(least))
        .max_capacity(capacity(most));
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("application-autoscaling:RegisterScalableTarget", &error))
}

async fn put_timed(session: &Session, id: &str, one: &ScheduledAction) -> Result<(), Fault> {
    let (least, most) = (one.least.map(capacity), one.most.map(capacity));
    let action = ScalableTargetAction::builder()
        .set_min_capacity(least)
        .set_max_capacity(most)
        .build();
    let moment = |at: &Option<Arc<str>>| {
        at.as_ref()
            .and_then(|at| DateTime::from_str(at, Format::DateTime).ok())
    };
    let request = session
        .scaling
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .scheduled_action_name(one.name.as_ref())
        .schedule(one.cron.as_ref())
        .timezone(one.zone.as_deref().unwrap_or("UTC"))
        .set_start_time(moment(&one.start))
        .set_end_time(moment(&one.end))
        .scalable_target_action(action);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop)
        .map_err(|error| response::of("application-autoscaling:PutScheduledAction", &error))
}

fn capacity(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// One attempt, whose answer is read to its end.
fn once() -> aws_sdk_applicationautoscaling::config::Builder {
    aws_sdk_applicationautoscaling::Config::builder()
        .retry_config(RetryConfig::disabled())
        .interceptor(BodyValidator::Json)
}
