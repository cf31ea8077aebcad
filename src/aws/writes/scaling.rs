//! Changes by Application Auto Scaling: scalable targets and their scheduled actions.
//!
//! One attempt each. Must not know plans, rows or screens.

use super::{
    Patience,
    answer::{self, Sober},
};
use crate::{
    aws::Session,
    domain::{
        Fault, Scaled,
        verb::{Timed, VARIANT_COUNT},
    },
};
use aws_config::retry::RetryConfig;
use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ServiceNamespace};

/// First the target, then up, then down: should one fail, none that came before it takes anything away.
pub(super) async fn schedule_variant(
    patience: Patience<'_>,
    session: &Session,
    id: &str,
    bounds: (u32, u32),
    timed: &[Timed],
) -> Result<(), Fault> {
    patience.unless_throttled(|| register(session, id, VARIANT_COUNT, bounds)).await?;
    for (place, one) in timed.iter().enumerate() {
        patience.unless_throttled(|| put_timed(session, id, one)).await.map_err(|fault| {
            let message = format!("the target was registered and {place} of {} actions put, then: {}", timed.len(), fault.message);
            Fault { message: message.into(), ..fault }
        })?;
    }
    Ok(())
}

/// Only the bounds are given: its role and what is suspended stay.
pub(super) async fn set_bounds(session: &Session, scaled: &Scaled, bounds: (u32, u32)) -> Result<(), Fault> {
    register(session, &scaled.resource(), scaled.dimension(), bounds).await
}

async fn register(session: &Session, id: &str, dimension: &str, (least, most): (u32, u32)) -> Result<(), Fault> {
    let request = session
        .scaling
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(dimension.into())
        .min_capacity(capacity(least))
        .max_capacity(capacity(most));
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop).map_err(|error| answer::of("application-autoscaling:RegisterScalableTarget", &error))
}

async fn put_timed(session: &Session, id: &str, one: &Timed) -> Result<(), Fault> {
    let action = ScalableTargetAction::builder().min_capacity(capacity(one.least)).max_capacity(capacity(one.most)).build();
    let request = session
        .scaling
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(VARIANT_COUNT.into())
        .scheduled_action_name(one.name.as_ref())
        .schedule(one.cron.as_ref())
        .timezone("UTC")
        .scalable_target_action(action);
    let sent = request.customize().config_override(once()).send().await;
    sent.map(drop).map_err(|error| answer::of("application-autoscaling:PutScheduledAction", &error))
}

fn capacity(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn once() -> aws_sdk_applicationautoscaling::config::Builder {
    aws_sdk_applicationautoscaling::Config::builder().retry_config(RetryConfig::disabled()).interceptor(Sober::Json)
}
