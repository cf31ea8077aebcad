//! The only module that changes an account. Every call here was planned, confirmed and journalled before.
//!
//! One attempt each: a request without an answer may have been carried out, so it is reported as such and never sent again.
//! A throttled one was not carried out, and is tried again. Must not know plans, rows or screens.

mod bedrock;
mod clusters;
mod costs;
mod dry_run;
mod ec2;
mod jobs;
mod sagemaker;
mod scaling;
mod tags;

pub use dry_run::dry_run;

use super::Session;
use crate::domain::{
    Fault, FaultKind,
    verb::{Call, Timed, scalable},
};
use std::{future::Future, time::Duration};

/// IAM actions that [`carry_out`] may use, besides what is read right before (see `reads::NEEDS`).
pub const NEEDS: &[&str] = &[
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
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Makes the change. `Timeout` and `Network` mean that it may or may not have happened.
pub async fn carry_out(session: &Session, call: &Call) -> Result<(), Fault> {
    match call {
        Call::StopInstance(id) => unless_throttled(|| ec2::stop_instance(session, id)).await,
        Call::StartInstance(id) => unless_throttled(|| ec2::start_instance(session, id)).await,
        Call::RebootInstance(id) => unless_throttled(|| ec2::reboot_instance(session, id)).await,
        Call::TerminateInstance(id) => unless_throttled(|| ec2::terminate_instance(session, id)).await,
        Call::StartNotebook(name) => unless_throttled(|| sagemaker::start_notebook(session, name)).await,
        Call::ScaleGroup { cluster, group, count } => clusters::scale_group(session, cluster, group, *count).await,
        Call::StopJob { kind, id } => unless_throttled(|| jobs::stop_job(session, *kind, id)).await,
        Call::EndWarmPool(name) => unless_throttled(|| sagemaker::end_warm_pool(session, name)).await,
        Call::StopNotebook(name) => unless_throttled(|| sagemaker::stop_notebook(session, name)).await,
        Call::DeleteApp { domain, owner, app_type, name } => {
            unless_throttled(|| sagemaker::delete_app(session, domain, owner, app_type, name)).await
        }
        Call::ScaleVariant { endpoint, variant, count } => {
            unless_throttled(|| sagemaker::scale_variant(session, endpoint, variant, *count)).await
        }
        Call::ScaleComponent { name, copies } => unless_throttled(|| sagemaker::scale_component(session, name, *copies)).await,
        Call::DeleteThroughput(arn) => unless_throttled(|| bedrock::delete_throughput(session, arn)).await,
        Call::ScheduleVariant { endpoint, variant, schedule, bounds } => {
            let id = scalable(endpoint, variant);
            scaling::schedule_variant(session, &id, *bounds, &Timed::of(schedule, bounds.1)).await
        }
        Call::DeleteEndpoint(name) => unless_throttled(|| sagemaker::delete_endpoint(session, name)).await,
        Call::SetBounds { scaled, least, most } => unless_throttled(|| scaling::set_bounds(session, scaled, (*least, *most))).await,
        Call::SwapModel { arn, model } => unless_throttled(|| bedrock::swap_model(session, arn, model)).await,
        Call::GiveFeedback { anomaly, feedback, .. } => unless_throttled(|| costs::give_feedback(session, anomaly, *feedback)).await,
        Call::Tag { route, set, remove } => tags::tag(session, route, set, remove).await,
    }
}

async fn unless_throttled<F: Future<Output = Result<(), Fault>>>(send: impl Fn() -> F) -> Result<(), Fault> {
    for wait in WAITS {
        match send().await {
            Err(fault) if fault.kind == FaultKind::Throttled => tokio::time::sleep(wait).await,
            other => return other,
        }
    }
    send().await
}
