//! What may go wrong with a plan, read for it: every fact from a fresh call, and one that cannot be
//! read stops no other.
//!
//! Reads only (a dry run changes nothing), at most [`AT_ONCE`] at a time and [`PATIENCE`] in all.
//! Must not know plans, answers or screens.

mod counts;
mod endpoints;
mod jobs;
mod machines;
mod permits;
mod scaling;
mod scarce;
mod types;
mod units;
mod work;

pub(crate) use types::Disks;

use super::{Session, fault, stamps};
use crate::domain::{Call, Fault, FaultKind, Key, Stamp, Survey, Target, Warning};
use endpoints::Endpoints;
use futures_util::future::{BoxFuture, join_all};
use machines::Machines;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// IAM actions that a survey may use, beyond those of the panes.
pub const NEEDS: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "bedrock:GetCustomModel",
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
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:DescribeProcessingJob",
    "sagemaker:DescribeSpace",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:DescribeTransformJob",
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
        Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            end: Instant::now() + PATIENCE,
        }
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
        Box::pin(async move {
            tokio::time::timeout_at(self.limits.end, within)
                .await
                .unwrap_or_else(|_| Err(late()))
        })
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
            Err(fault) if fault.kind == FaultKind::NotFound => {
                self.0.warnings.push(Warning::Missing)
            }
            Err(fault) => self.0.unread.push(fault),
        }
    }
}

/// What may go wrong with each of `targets`, all of them reached by `session`, as of `now`.
pub async fn facts(
    session: &Session,
    targets: &[&Target],
    limits: &Limits,
    now: Stamp,
) -> Vec<(Key, Survey)> {
    if targets.is_empty() {
        return Vec::new();
    }
    let asking = Asking {
        session,
        limits,
        now,
    };
    let (machines, endpoints, notebooks, units) = tokio::join!(
        Machines::read(&asking, targets),
        Endpoints::read(&asking, targets),
        work::Notebooks::read(&asking, targets),
        units::Units::read(&asking, targets)
    );
    let read = &Read {
        asking,
        machines,
        endpoints,
        notebooks,
        units,
    };
    join_all(
        targets
            .iter()
            .map(|target| async move { (target.key.clone(), read.of(target).await.0.sorted()) }),
    )
    .await
}

/// What was read of all targets of a plan together.
struct Read<'a> {
    asking: Asking<'a>,
    machines: Machines,
    endpoints: Endpoints,
    notebooks: work::Notebooks,
    units: units::Units,
}

impl Read<'_> {
    /// All that is known of one, with what has to be asked of it alone.
    async fn of(&self, target: &Target) -> Found {
        let asking = &self.asking;
        match &target.call {
            Call::StopInstance(id)
            | Call::TerminateInstance(id)
            | Call::StartInstance(id)
            | Call::RebootInstance(id) => self.machines.facts(asking, id, &target.call).await,
            Call::ScaleVariant { .. }
            | Call::ScheduleVariant { .. }
            | Call::Timetable { .. }
            | Call::DeleteEndpoint(_)
            | Call::SetBounds { .. }
            | Call::ScaleComponent { .. } => self.endpoints.facts(target),
            Call::ScaleGroup {
                cluster,
                group,
                count,
            } => work::group(asking, cluster, group, *count).await,
            Call::StopNotebook(name) => self.notebooks.stop(asking, name).await,
            Call::StartNotebook(name) => work::start(asking, name).await,
            Call::DeleteApp {
                domain,
                owner,
                app_type,
                name,
            } => work::app(asking, domain, owner, app_type, name).await,
            Call::StopJob { kind, id } => jobs::job(asking, *kind, id, target.burn.rate()).await,
            Call::EndWarmPool(name) => jobs::warm_pool(asking, name).await,
            Call::DeleteThroughput(arn) => self.units.delete(asking, arn).await,
            Call::SwapModel { arn, model } => self.units.swap(asking, arn, model).await,
            // They change nothing that runs.
            Call::GiveFeedback { .. } | Call::Tag { .. } => Found::default(),
        }
    }
}
