//! The only module that changes an account: every call here was planned, confirmed and journalled
//! before. The requests of one operation are in the file of its name.
//!
//! One attempt each: AWS may have carried out a request without an answer, so the module reports it
//! as such and never repeats it. AWS carries out no throttled request, so those are repeated.
//!
//! None of these requests takes an idempotency token: in the APIs used here only requests that
//! create something have one. The doc of each request says why a second one is harmless: it sets
//! counts, limits and models, never adds to them; names and ids are unique; and the executor
//! describes the resource right before, and never repeats a request that may have taken effect.

mod autoscaling_limits;
mod client_config;
mod delete;
mod dependent;
mod dry_run;
mod feedback;
mod instance_group;
mod operation_requests;
mod reboot;
mod response;
mod retry;
mod scale;
mod scheduled_scaling;
mod start;
mod stop;
mod swap_model;
mod tag;
mod terminate;

pub use dependent::{Condition, DEPENDENT_ACTIONS, DependentActions, Grant};

use super::{
    Session,
    api::{self, Api},
    convert::state,
};
use crate::domain::{
    ApiCall, Fault, FaultKind, ObservedState, Operation,
    action::ops::{self, for_each_operation},
};
use operation_requests::OperationRequests;
use retry::ThrottleRetry;
use std::{collections::BTreeSet, sync::Arc};
use tokio_util::sync::CancellationToken;

macro_rules! dispatch {
    ($($variant:ident $module:ident,)*) => {
        /// IAM actions that the operations may use to change an account.
        pub fn needs() -> BTreeSet<&'static str> {
            [$(<ops::$module::Call as OperationRequests>::NEEDS,)*]
                .into_iter()
                .flatten()
                .map(|api| api.iam_action())
                .collect()
        }

        /// The operations of AWS that each operation may call.
        pub fn needs_by_operation() -> Vec<(Operation, &'static [Api])> {
            vec![$((Operation::$variant, <ops::$module::Call as OperationRequests>::NEEDS),)*]
        }

        /// The requests that a dry run of the operation of `call` sends. EC2 carries none of them
        /// out.
        pub fn dry_run_requests(call: &ApiCall) -> &'static [Api] {
            match call {
                $(ApiCall::$variant(_) => <ops::$module::Call as OperationRequests>::DRY_RUN,)*
            }
        }

        /// Which operations this identity may do to the EC2 instance `id`, by dry runs: nothing is
        /// changed, and no caller can have it changed.
        pub async fn dry_run_instance(
            session: &Session,
            id: &Arc<str>,
        ) -> Vec<(Operation, Result<(), Fault>)> {
            let mut answers = Vec::new();
            $(if let Some(call) = <ops::$module::Call as OperationRequests>::on_instance(id) {
                let run = call.dry_run(session, vec![id.to_string()]);
                let needs = <ops::$module::Call as OperationRequests>::DRY_RUN;
                if let Some(answer) = api::restrict(needs, run).await {
                    answers.push((Operation::$variant, answer));
                }
            })*
            answers
        }

        /// Makes the change, and no more of its requests once `stop` is cancelled. `Timeout`,
        /// `Network`, `Service` and `Broken` mean that it may or may not have happened,
        /// `Unavailable` that it most likely has not; any other kind is AWS's refusal. The fault
        /// names the request that failed: those of [`ApiCall::requests`] before it were carried
        /// out.
        pub async fn execute_until(
            stop: &CancellationToken,
            session: &Session,
            call: &ApiCall,
        ) -> Result<(), Fault> {
            let retry = ThrottleRetry(stop);
            match call {
                $(ApiCall::$variant(call) => call.execute(retry, session).await,)*
            }
        }

        /// The resource that `call` would change, as it is now. One that is not there is
        /// [`state::gone`].
        pub async fn describe(session: &Session, call: &ApiCall) -> Result<ObservedState, Fault> {
            let found = match call {
                $(ApiCall::$variant(call) => call.describe(session).await,)*
            };
            match found {
                Err(fault) if fault.kind == FaultKind::NotFound => {
                    Ok(super::describe::observed(state::gone()))
                }
                other => other,
            }
        }

        /// Whether this identity may make all of `calls`, which are of one operation on EC2
        /// instances, in one request. A fault does not tell which of them it is about. `None`
        /// where the service cannot be asked. A fault of kind [`FaultKind::Denied`]: it may not;
        /// any other: the question was not answered. AWS looks at permissions only: a protected or
        /// already stopped instance is permitted too.
        pub async fn dry_run_together(
            session: &Session,
            calls: &[&ApiCall],
        ) -> Option<Result<(), Fault>> {
            let first = *calls.first()?;
            let ids = calls
                .iter()
                .filter(|call| call.operation() == first.operation())
                .filter_map(|call| call.instance())
                .map(ToString::to_string)
                .collect();
            match first {
                $(ApiCall::$variant(call) => call.dry_run(session, ids).await,)*
            }
        }
    };
}
for_each_operation!(dispatch);

/// Makes the change, see [`execute_until`].
pub async fn execute(session: &Session, call: &ApiCall) -> Result<(), Fault> {
    execute_until(&CancellationToken::new(), session, call).await
}

/// Whether this identity may make `call`, see [`dry_run_together`].
pub async fn dry_run(session: &Session, call: &ApiCall) -> Option<Result<(), Fault>> {
    dry_run_together(session, &[call]).await
}
