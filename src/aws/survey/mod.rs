//! What may go wrong with a plan, read for it: every fact from a fresh call, and one that cannot be read stops no other.
//!
//! Reads only (a dry run changes nothing), at most [`AT_ONCE`] at a time and [`PATIENCE`] in all. Must not know plans,
//! answers or screens.

mod endpoints;
mod jobs;
mod machines;
mod scarce;
mod work;

use super::{Session, fault, stamps};
use crate::domain::{Call, Fault, FaultKind, Key, Stamp, Survey, Target, Warning};
use futures_util::future::{BoxFuture, join_all};
use machines::Machines;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// IAM actions that a survey may use, beyond those of the panes.
pub const NEEDS: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "bedrock:GetModelCustomizationJob",
    "bedrock:GetProvisionedModelThroughput",
    "cloudwatch:GetMetricData",
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeInstanceAttribute",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeSpotInstanceRequests",
    "sagemaker:DescribeApp",
    "sagemaker:DescribeCluster",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeHyperParameterTuningJob",
    "sagemaker:DescribeInferenceComponent",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:DescribeProcessingJob",
    "sagemaker:DescribeTrainingJob",
];

/// Longest all reads of one plan may take together.
pub const PATIENCE: Duration = Duration::from_millis(4_500);
/// Most reads under way.
const AT_ONCE: usize = 8;

/// What all reads of one plan share. Clones share it.
#[derive(Clone, Debug)]
pub struct Limits {
    slots: Arc<Semaphore>,
    end: Instant,
}

impl Limits {
    /// From now on.
    pub fn start() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)), end: Instant::now() + PATIENCE }
    }
}

/// Who asks, within what limits.
struct Asking<'a> {
    session: &'a Session,
    limits: &'a Limits,
    now: Stamp,
}

impl Asking<'_> {
    /// What `reading` answers, if it does within the limits.
    fn ask<'a, T: 'a>(
        &'a self,
        operation: &'static str,
        reading: impl Future<Output = Result<T, Fault>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Fault>> {
        let within = async {
            let _slot = self.limits.slots.acquire().await;
            reading.await
        };
        let late = move || Fault::new(FaultKind::Timeout, operation, "no answer in time");
        Box::pin(async move { tokio::time::timeout_at(self.limits.end, within).await.unwrap_or_else(|_| Err(late())) })
    }
}

/// What was found of one target so far.
#[derive(Debug, Default)]
struct Found(Survey);

impl Found {
    /// Adds what a read tells, or that it could not be read.
    fn add(&mut self, read: Result<impl IntoIterator<Item = Warning>, Fault>) {
        match read {
            Ok(warnings) => self.0.warnings.extend(warnings),
            // A resource that is gone is told by the look right before the call.
            Err(fault) if fault.kind == FaultKind::NotFound => {}
            Err(fault) => self.0.unread.push(fault),
        }
    }
}

/// What may go wrong with each of `targets`, all of them reached by `session`, as of `now`.
pub async fn facts(session: &Session, targets: &[&Target], limits: &Limits, now: Stamp) -> Vec<(Key, Survey)> {
    if targets.is_empty() {
        return Vec::new();
    }
    let asking = Asking { session, limits, now };
    let machines = Machines::read(&asking, targets).await;
    let (asking, machines) = (&asking, &machines);
    join_all(targets.iter().map(|target| async move { (target.key.clone(), of(asking, machines, target).await.0.sorted()) })).await
}

async fn of(asking: &Asking<'_>, machines: &Machines, target: &Target) -> Found {
    match &target.call {
        Call::StopInstance(id) | Call::TerminateInstance(id) => machines.facts(asking, id, &target.call).await,
        Call::StartInstance(_) | Call::RebootInstance(_) => {
            let mut found = Found::default();
            found.add(machines::permitted(asking, &target.call).await);
            found
        }
        Call::ScaleVariant { endpoint, variant, count } => endpoints::variant(asking, endpoint, variant, *count, &target.seen).await,
        Call::ScheduleVariant { endpoint, variant, schedule, bounds } => {
            endpoints::schedule(asking, endpoint, variant, schedule, *bounds).await
        }
        Call::DeleteEndpoint(name) => endpoints::delete(asking, name).await,
        Call::SetBounds { scaled, most, .. } => endpoints::bounds(asking, scaled, *most, &target.seen).await,
        Call::ScaleComponent { name, copies } => endpoints::component(asking, name, *copies, &target.seen).await,
        Call::ScaleGroup { cluster, group, count } => work::group(asking, cluster, group, *count).await,
        Call::StopNotebook(name) => work::notebook(asking, name).await,
        Call::DeleteApp { domain, owner, app_type, name } => work::app(asking, domain, owner, app_type, name).await,
        Call::StopJob { kind, id } => jobs::job(asking, *kind, id, target.burn.rate()).await,
        Call::DeleteThroughput(arn) => work::throughput(asking, arn).await,
        // They take nothing away that runs.
        _ => Found::default(),
    }
}
