//! The only module that changes an account. Every call here was planned, confirmed and journalled
//! before.
//!
//! One attempt each: a request without an answer may have been carried out, so it is reported as
//! such and never sent again. A throttled one was not carried out, and is tried again.
//!
//! Not one of these requests takes an idempotency token: in the APIs asked here only those have one
//! that make something new. What stands in for it is said at each: counts, bounds and models are
//! set, never added to; names and ids say what is meant; and whoever carries them out has looked
//! right before, and never sends again what may have been done.

mod bedrock;
mod clusters;
mod costs;
mod dry_run;
mod ec2;
mod jobs;
mod response;
mod sagemaker;
mod scaling;
mod tags;

pub use dry_run::{dry_run, instance, together};

use super::Session;
use crate::domain::{
    Fault, FaultKind,
    action::operation::{ApiCall, ScheduledAction, scalable},
};
use std::{future::Future, time::Duration};
use tokio_util::sync::CancellationToken;

/// IAM actions that [`carry_out`] may use, besides what is read right before (see `reads::NEEDS`).
pub const NEEDS: &[&str] = &[
    "application-autoscaling:DeleteScheduledAction",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:PutScheduledAction",
    "application-autoscaling:RegisterScalableTarget",
    "bedrock:DeleteProvisionedModelThroughput",
    "bedrock:StopModelCustomizationJob",
    "bedrock:StopModelInvocationJob",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "bedrock:UpdateProvisionedModelThroughput",
    "ce:ProvideAnomalyFeedback",
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:RebootInstances",
    "ec2:StartInstances",
    "ec2:StopInstances",
    "ec2:TerminateInstances",
    "sagemaker:AddTags",
    "sagemaker:DeleteApp",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DeleteTags",
    "sagemaker:StartNotebookInstance",
    "sagemaker:StopHyperParameterTuningJob",
    "sagemaker:StopNotebookInstance",
    "sagemaker:StopProcessingJob",
    "sagemaker:StopTrainingJob",
    "sagemaker:StopTransformJob",
    "sagemaker:UpdateCluster",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "sagemaker:UpdateInferenceComponentRuntimeConfig",
    "sagemaker:UpdateTrainingJob",
];

/// Waits before a throttled request is sent again.
const WAITS: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Makes the change, once `stop` is cancelled no more of it. `Timeout`, `Network`, `Service` and
/// `Broken` mean that it may or may not have happened, `Unavailable` that it most likely has not;
/// any other kind is AWS's no. The fault names the request that failed: those of [`ApiCall::requests`]
/// before it were carried out.
pub async fn carry_out_until(
    stop: &CancellationToken,
    session: &Session,
    call: &ApiCall,
) -> Result<(), Fault> {
    let patience = ThrottleRetry(stop);
    match call {
        ApiCall::StopInstance(id) => {
            patience
                .unless_throttled(|| ec2::stop_instance(session, id))
                .await
        }
        ApiCall::StartInstance(id) => {
            patience
                .unless_throttled(|| ec2::start_instance(session, id))
                .await
        }
        ApiCall::RebootInstance(id) => {
            patience
                .unless_throttled(|| ec2::reboot_instance(session, id))
                .await
        }
        ApiCall::TerminateInstance(id) => {
            patience
                .unless_throttled(|| ec2::terminate_instance(session, id))
                .await
        }
        ApiCall::StartNotebook(name) => {
            patience
                .unless_throttled(|| sagemaker::start_notebook(session, name))
                .await
        }
        ApiCall::ScaleGroup {
            cluster,
            group,
            count,
        } => clusters::scale_group(patience, session, cluster, group, *count).await,
        ApiCall::StopJob { kind, id } => {
            patience
                .unless_throttled(|| jobs::stop_job(session, *kind, id))
                .await
        }
        ApiCall::EndWarmPool(name) => {
            patience
                .unless_throttled(|| sagemaker::end_warm_pool(session, name))
                .await
        }
        ApiCall::StopNotebook(name) => {
            patience
                .unless_throttled(|| sagemaker::stop_notebook(session, name))
                .await
        }
        ApiCall::DeleteApp {
            domain,
            owner,
            app_type,
            name,
        } => {
            patience
                .unless_throttled(|| sagemaker::delete_app(session, domain, owner, app_type, name))
                .await
        }
        ApiCall::ScaleVariant {
            endpoint,
            variant,
            count,
        } => {
            patience
                .unless_throttled(|| sagemaker::scale_variant(session, endpoint, variant, *count))
                .await
        }
        ApiCall::ScaleComponent { name, copies } => {
            patience
                .unless_throttled(|| sagemaker::scale_component(session, name, *copies))
                .await
        }
        ApiCall::DeleteThroughput(arn) => {
            patience
                .unless_throttled(|| bedrock::delete_throughput(session, arn))
                .await
        }
        ApiCall::ScheduleVariant {
            endpoint,
            variant,
            schedule,
            bounds,
        } => {
            let id = scalable(endpoint, variant);
            scaling::schedule_variant(
                patience,
                session,
                &id,
                *bounds,
                &ScheduledAction::of(schedule, bounds.1),
            )
            .await
        }
        ApiCall::Timetable {
            endpoint,
            variant,
            bounds,
            put,
            delete,
        } => {
            scaling::restore(
                patience,
                session,
                &scalable(endpoint, variant),
                *bounds,
                put,
                delete,
            )
            .await
        }
        ApiCall::DeleteEndpoint(name) => {
            patience
                .unless_throttled(|| sagemaker::delete_endpoint(session, name))
                .await
        }
        ApiCall::SetBounds {
            scaled,
            least,
            most,
        } => {
            patience
                .unless_throttled(|| scaling::set_bounds(session, scaled, (*least, *most)))
                .await
        }
        ApiCall::SwapModel { arn, model } => {
            patience
                .unless_throttled(|| bedrock::swap_model(session, arn, model))
                .await
        }
        ApiCall::GiveFeedback {
            anomaly, feedback, ..
        } => {
            patience
                .unless_throttled(|| costs::give_feedback(session, anomaly, *feedback))
                .await
        }
        ApiCall::Tag { route, set, remove } => {
            tags::tag(patience, session, route, set, remove).await
        }
    }
}

/// Makes the change, see [`carry_out_until`].
pub async fn carry_out(session: &Session, call: &ApiCall) -> Result<(), Fault> {
    carry_out_until(&CancellationToken::new(), session, call).await
}

/// How often a throttled request is sent again: until this is cancelled.
#[derive(Clone, Copy)]
struct ThrottleRetry<'a>(&'a CancellationToken);

impl ThrottleRetry<'_> {
    /// AWS did not carry out what it throttled: so that alone is sent again.
    async fn unless_throttled<F: Future<Output = Result<(), Fault>>>(
        self,
        send: impl Fn() -> F,
    ) -> Result<(), Fault> {
        for wait in WAITS {
            let answered = send().await;
            if !matches!(&answered, Err(fault) if fault.kind == FaultKind::Throttled) {
                return answered;
            }
            if self
                .0
                .run_until_cancelled(tokio::time::sleep(wait))
                .await
                .is_none()
            {
                return answered;
            }
        }
        send().await
    }
}
