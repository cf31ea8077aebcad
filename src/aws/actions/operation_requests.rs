//! The requests of one operation.

use super::retry::ThrottleRetry;
use crate::{
    aws::{Session, api::Api},
    domain::{Fault, ObservedState},
};
use std::sync::Arc;

/// The requests of one operation, implemented by its API calls.
pub(super) trait OperationRequests {
    /// The operations that [`OperationRequests::execute`] may call.
    const NEEDS: &'static [Api];

    /// Those of [`OperationRequests::NEEDS`] that [`OperationRequests::dry_run`] sends.
    const DRY_RUN: &'static [Api] = &[];

    /// The call on the EC2 instance `id` that a dry run asks about; `None` where there is none.
    fn on_instance(_id: &Arc<str>) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Makes the change.
    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault>;

    /// Describes the resource that would be changed.
    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault>;

    /// Asks EC2 whether this identity may do it to `instances`: nothing is changed. `None` where
    /// the service cannot be asked.
    async fn dry_run(&self, _: &Session, _instances: Vec<String>) -> Option<Result<(), Fault>> {
        None
    }
}
