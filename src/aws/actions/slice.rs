//! The requests of one operation.

use super::retry::ThrottleRetry;
use crate::{
    aws::Session,
    domain::{Fault, ObservedState},
};

/// The requests of one operation, implemented by its API calls.
pub(super) trait Action {
    /// IAM actions that [`Action::execute`] may use.
    const NEEDS: &'static [&'static str];

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
