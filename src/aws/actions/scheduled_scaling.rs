//! Requests of `scheduled-scaling`: scheduled actions of a scaling target.

use super::{
    autoscaling_limits::{capacity, register},
    client_config::send,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{
        Fault, FaultKind, ObservedState,
        action::{
            expected::ScheduledAction,
            ops::scheduled_scaling::Call,
            setting::{VARIANT_COUNT, scalable},
        },
    },
};
use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ServiceNamespace};
use aws_smithy_types::{DateTime, date_time::Format};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[
        Api::AutoScalingDeleteScheduledAction,
        Api::AutoScalingDeregisterScalableTarget,
        Api::AutoScalingPutScheduledAction,
        Api::AutoScalingRegisterScalableTarget,
    ];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        match self {
            Self::Schedule {
                endpoint,
                variant,
                schedule,
                limits,
            } => {
                let actions = ScheduledAction::of(schedule, limits.1);
                put_schedule(
                    retry,
                    session,
                    &scalable(endpoint, variant),
                    *limits,
                    &actions,
                )
                .await
            }
            Self::Restore {
                endpoint,
                variant,
                limits,
                put,
                delete,
            } => {
                let id = scalable(endpoint, variant);
                restore(retry, session, &id, *limits, put, delete).await
            }
        }
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match self {
            Self::Schedule {
                endpoint, variant, ..
            } => describe::scheduled_variant(session, endpoint, variant, false).await,
            // Without a target before, the target is deregistered, and its policies end with it.
            Self::Restore {
                endpoint,
                variant,
                limits,
                ..
            } => describe::scheduled_variant(session, endpoint, variant, limits.is_none()).await,
        }
    }
}

/// First the target, then up, then down: if one fails, the requests before it remove nothing. No
/// token: a target is registered once by its resource, an action put once by its name, and a second
/// one replaces the first.
async fn put_schedule(
    retry: ThrottleRetry<'_>,
    session: &Session,
    id: &str,
    limits: (u32, u32),
    actions: &[ScheduledAction],
) -> Result<(), Fault> {
    retry
        .send(|| register(session, id, VARIANT_COUNT, limits))
        .await?;
    for (place, one) in actions.iter().enumerate() {
        retry
            .send(|| put_action(session, id, one))
            .await
            .map_err(|fault| {
                let message = format!(
                    "the target was registered and {place} of {} actions put, then: {}",
                    actions.len(),
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

/// Restores a target: first the limits and the earlier actions, which removes nothing, then deletes
/// the actions that were not there. Where there was no target it is deregistered, and its scheduled
/// actions end with it. An action that is gone already counts as deleted. No token: all of it is by
/// name.
async fn restore(
    retry: ThrottleRetry<'_>,
    session: &Session,
    id: &str,
    limits: Option<(u32, u32)>,
    put: &[ScheduledAction],
    delete: &[Arc<str>],
) -> Result<(), Fault> {
    let Some(limits) = limits else {
        return unless_gone(retry.send(|| deregister(session, id)).await);
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
    retry
        .send(|| register(session, id, VARIANT_COUNT, limits))
        .await?;
    for (place, one) in put.iter().enumerate() {
        retry
            .send(|| put_action(session, id, one))
            .await
            .map_err(|fault| after(1 + place, fault))?;
    }
    for (place, name) in delete.iter().enumerate() {
        let sent = unless_gone(retry.send(|| delete_action(session, id, name)).await);
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

async fn delete_action(session: &Session, id: &str, name: &str) -> Result<(), Fault> {
    let request = session
        .scaling
        .delete_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .scheduled_action_name(name);
    send!(
        request,
        application_autoscaling,
        AutoScalingDeleteScheduledAction
    )
}

async fn deregister(session: &Session, id: &str) -> Result<(), Fault> {
    let request = session
        .scaling
        .deregister_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into());
    send!(
        request,
        application_autoscaling,
        AutoScalingDeregisterScalableTarget
    )
}

async fn put_action(session: &Session, id: &str, one: &ScheduledAction) -> Result<(), Fault> {
    let (min, max) = (one.min.map(capacity), one.max.map(capacity));
    let action = ScalableTargetAction::builder()
        .set_min_capacity(min)
        .set_max_capacity(max)
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
        .timezone(one.time_zone.as_deref().unwrap_or("UTC"))
        .set_start_time(moment(&one.start))
        .set_end_time(moment(&one.end))
        .scalable_target_action(action);
    send!(
        request,
        application_autoscaling,
        AutoScalingPutScheduledAction
    )
}
