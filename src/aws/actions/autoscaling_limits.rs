//! Requests of `autoscaling-limits`: minimum and maximum capacity of a scaling target.

use super::{client_config::send, operation_requests::OperationRequests, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::autoscaling_limits::Call},
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::AutoScalingRegisterScalableTarget];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        let (id, dimension) = (self.target.resource(), self.target.dimension());
        retry
            .send(|| register(session, &id, dimension, (self.min, self.max)))
            .await
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        describe::settings::limits(session, &self.target).await
    }
}

/// Registers a scaling target, or sets the limits of one that is registered: the request has only
/// the limits, so role and suspended state stay. No token: a second request sets the same limits.
pub(super) async fn register(
    session: &Session,
    id: &str,
    dimension: &str,
    (min, max): (u32, u32),
) -> Result<(), Fault> {
    let request = session
        .scaling
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id)
        .scalable_dimension(dimension.into())
        .min_capacity(capacity(min))
        .max_capacity(capacity(max));
    send!(
        request,
        application_autoscaling,
        AutoScalingRegisterScalableTarget
    )
}

/// A count as the API takes it.
pub(super) fn capacity(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
