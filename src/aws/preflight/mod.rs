//! Reads made while the confirm dialog is open; the re-read right before a change is in
//! `describe`. Every fact comes from a fresh call; a failed call does not keep others from being
//! made.
//!
//! They only read (a dry run changes nothing), at most [`MAX_CONCURRENT`] at a time and for
//! [`TIMEOUT`] in all.

mod capacity;
mod counts;
mod endpoints;
mod instance_store;
mod instances;
mod lost_work;
mod notebooks;
mod permissions;
mod scaling;
mod throughput;

pub(crate) use instance_store::InstanceStoreSizes;

use super::{Session, api, fault};
use crate::aws::Api;
use crate::domain::ops;
use crate::domain::{
    ApiCall, Fault, FaultKind, Preflight, ResourceKey, Target, Timestamp, Warning,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use endpoints::EndpointFacts;
use futures_util::future::{BoxFuture, join_all};
use instances::InstanceFacts;
use std::{error::Error, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// Operations that preflight checks may call. A request for any other is not sent.
pub const NEEDS: &[Api] = &[
    Api::AutoScalingDescribeScalableTargets,
    Api::AutoScalingDescribeScalingPolicies,
    Api::AutoScalingDescribeScheduledActions,
    Api::BedrockGetCustomModel,
    Api::BedrockGetModelCustomizationJob,
    Api::BedrockGetProvisionedModelThroughput,
    Api::CloudWatchGetMetricData,
    Api::Ec2DescribeCapacityReservations,
    Api::Ec2DescribeInstanceAttribute,
    Api::Ec2DescribeInstanceTypes,
    Api::Ec2DescribeInstances,
    Api::Ec2DescribeSpotInstanceRequests,
    Api::SageMakerDescribeApp,
    Api::SageMakerDescribeCluster,
    Api::SageMakerDescribeEndpoint,
    Api::SageMakerDescribeEndpointConfig,
    Api::SageMakerDescribeHyperParameterTuningJob,
    Api::SageMakerDescribeNotebookInstance,
    Api::SageMakerDescribeProcessingJob,
    Api::SageMakerDescribeSpace,
    Api::SageMakerDescribeTrainingJob,
    Api::SageMakerDescribeTransformJob,
];

/// The longest time that all reads of one plan may take.
pub const TIMEOUT: Duration = Duration::from_millis(4_500);
/// The most reads at the same time.
const MAX_CONCURRENT: usize = 8;

/// The limits that all reads of one plan share. Clones share one count.
#[derive(Clone, Debug)]
pub struct PreflightLimits {
    slots: Arc<Semaphore>,
    end: Instant,
}

impl PreflightLimits {
    /// Starts the clock.
    pub fn start() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            end: Instant::now() + TIMEOUT,
        }
    }
}

/// A session with the limits of one plan.
struct PreflightSession<'a> {
    session: &'a Session,
    limits: &'a PreflightLimits,
    now: Timestamp,
}

impl PreflightSession<'_> {
    /// The response to one request, within the limits.
    fn send<'a, T: Send + 'a, E>(
        &'a self,
        api: Api,
        sending: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Fault>>
    where
        E: ProvideErrorMetadata + Error + Send + 'static,
    {
        self.read(api, async move {
            let answer = sending.await;
            answer.map_err(|error| fault::from_sdk(api, &error))
        })
    }

    /// The result of `reading`, or a timeout if the limits are reached first.
    fn read<'a, T: 'a>(
        &'a self,
        operation: impl Into<Arc<str>>,
        reading: impl Future<Output = Result<T, Fault>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Fault>> {
        let operation = operation.into();
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

/// The warnings and failed reads of one target so far.
#[derive(Debug, Default)]
struct TargetFacts(Preflight);

impl TargetFacts {
    /// Adds the warnings of a read, or its failure.
    fn add(&mut self, read: Result<impl IntoIterator<Item = Warning>, Fault>) {
        match read {
            Ok(warnings) => self.0.warnings.extend(warnings),
            Err(fault) if fault.kind == FaultKind::NotFound => {
                self.0.warnings.push(Warning::Missing);
            }
            Err(fault) => self.0.unread.push(fault),
        }
    }
}

/// The preflight result of each of `targets`, all of them reached by `session`, as of `now`.
pub async fn facts(
    session: &Session,
    targets: &[&Target],
    limits: &PreflightLimits,
    now: Timestamp,
) -> Vec<(ResourceKey, Preflight)> {
    api::restrict(NEEDS, read_facts(session, targets, limits, now)).await
}

async fn read_facts(
    session: &Session,
    targets: &[&Target],
    limits: &PreflightLimits,
    now: Timestamp,
) -> Vec<(ResourceKey, Preflight)> {
    if targets.is_empty() {
        return Vec::new();
    }
    let reader = PreflightSession {
        session,
        limits,
        now,
    };
    let (machines, endpoints, notebooks, units) = tokio::join!(
        InstanceFacts::read(&reader, targets),
        EndpointFacts::read(&reader, targets),
        notebooks::NotebookFacts::read(&reader, targets),
        throughput::ThroughputFacts::read(&reader, targets)
    );
    let read = &PlanFacts {
        reader,
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

/// The facts that were read for all targets of a plan together.
struct PlanFacts<'a> {
    reader: PreflightSession<'a>,
    machines: InstanceFacts,
    endpoints: EndpointFacts,
    notebooks: notebooks::NotebookFacts,
    units: throughput::ThroughputFacts,
}

impl PlanFacts<'_> {
    /// The facts of one target, including the reads that only it needs.
    async fn of(&self, target: &Target) -> TargetFacts {
        let reader = &self.reader;
        if let Some(id) = target.call.instance() {
            return self.machines.facts(reader, id, &target.call).await;
        }
        match &target.call {
            ApiCall::Scale(
                ops::scale::Call::Variant { .. } | ops::scale::Call::Component { .. },
            )
            | ApiCall::ScheduledScaling(
                ops::scheduled_scaling::Call::Schedule { .. }
                | ops::scheduled_scaling::Call::Restore { .. },
            )
            | ApiCall::Delete(ops::delete::Call::Endpoint(_))
            | ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call { .. }) => {
                self.endpoints.facts(target)
            }
            ApiCall::Scale(ops::scale::Call::InstanceGroup {
                cluster,
                group,
                count,
            }) => notebooks::group(reader, cluster, group, *count).await,
            ApiCall::Stop(ops::stop::Call::Notebook(name)) => {
                self.notebooks.stop(reader, name).await
            }
            ApiCall::Start(ops::start::Call::Notebook(name)) => {
                notebooks::start(reader, name).await
            }
            ApiCall::Stop(ops::stop::Call::App {
                domain,
                owner,
                app_type,
                name,
            }) => notebooks::app(reader, domain, owner, app_type, name).await,
            ApiCall::Stop(ops::stop::Call::Job { kind, id }) => {
                lost_work::job(reader, *kind, id, target.burn.rate()).await
            }
            ApiCall::Stop(ops::stop::Call::WarmPool(name)) => {
                lost_work::warm_pool(reader, name).await
            }
            ApiCall::Delete(ops::delete::Call::Throughput(arn)) => {
                self.units.delete(reader, arn).await
            }
            ApiCall::SwapModel(ops::swap_model::Call { arn, model }) => {
                self.units.swap(reader, arn, model).await
            }
            // The others change nothing that runs.
            _ => TargetFacts::default(),
        }
    }
}
