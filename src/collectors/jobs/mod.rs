//! Jobs of SageMaker and Bedrock: the cost of each, so far and at its limit, and whether it works,
//! fails, or duplicates another.

mod bedrock;
mod columns;
mod cost;
mod describe;
mod inventory;
mod list;
mod metrics;
mod related_jobs;

use self::{
    cost::{BilledComponent, Job},
    inventory::{JobHistory, JobItem},
    metrics::JobMetrics,
    related_jobs::RelatedJobs,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        column::Column,
        context::{available, unavailable},
    },
};
use crate::aws::Api;
use crate::domain::ops;
use crate::domain::{
    AvailableAction, Cadence, CommonFields, Compute, Evidence, HourlyCost, JobKind, Measured,
    Operation, PaneId, Parent, Phase, Reason, ResourceKind, Service, SourceScope, State, Timestamp,
    Usd, Value, Visibility,
    action::{ApiCall, Capability, TagRoute},
    evidence, pane_id,
    time::{series::SeriesSummary, timestamp::seconds_between},
};
use std::{sync::Arc, time::Duration};

/// The pane, with the jobs of the last days.
#[derive(Default)]
pub(crate) struct JobsPane {
    memory: JobHistory,
}

/// The pane's own cells of a row.
pub(crate) struct JobCells {
    sort: &'static str,
    ty: Value,
    count: Value,
    phase: Value,
    elapsed: Value,
    limit: Value,
    spot: Value,
    saving: Value,
    so_far: Value,
    at_limit: Value,
    per_run: Value,
    gpu: Value,
    spark: Value,
    cpu: Value,
    failures: Value,
    reason: Value,
    runs: Value,
    image: Value,
    input: Value,
    tuning: Value,
    ended: Value,
    warm: Value,
}

impl Pane for JobsPane {
    type Item = JobItem;
    type Metrics = JobMetrics;
    type Cells = JobCells;

    const ID: PaneId = pane_id::JOBS;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::TRAINING_JOB,
        ResourceKind::PROCESSING_JOB,
        ResourceKind::TRANSFORM_JOB,
        ResourceKind::TUNING_JOB,
        ResourceKind::CUSTOMIZATION_JOB,
        ResourceKind::BATCH_INFERENCE_JOB,
    ];
    const TITLE: &'static str = "Jobs";
    const DOC: &'static str = "training, processing, transform, tuning, Bedrock customization \
                               and batch inference jobs that run, hold a warm pool, or ended in \
                               the last 24 h; earlier runs of the last 14 days are read to compare";
    const NEEDS: &'static [Api] = &[
        Api::BedrockGetModelCustomizationJob,
        Api::BedrockListModelCustomizationJobs,
        Api::BedrockListModelInvocationJobs,
        Api::BedrockListTagsForResource,
        Api::CloudWatchGetMetricData,
        Api::CloudWatchListMetrics,
        Api::SageMakerDescribeHyperParameterTuningJob,
        Api::SageMakerDescribeProcessingJob,
        Api::SageMakerDescribeTrainingJob,
        Api::SageMakerDescribeTransformJob,
        Api::SageMakerListHyperParameterTuningJobs,
        Api::SageMakerListProcessingJobs,
        Api::SageMakerListTags,
        Api::SageMakerListTrainingJobs,
        Api::SageMakerListTransformJobs,
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(30),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<JobCells>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] = &[Operation::Stop, Operation::Tag];
    const SORT: &'static str = "burn";
    const TILE: Visibility = Visibility::Wide;

    fn id(item: &JobItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<JobItem> {
        self.memory.inventory(cx).await
    }

    fn ended(&self) -> Vec<JobItem> {
        self.memory.ended.clone()
    }

    async fn metrics(&mut self, cx: &Context, items: &[JobItem]) -> MetricReport<JobMetrics> {
        metrics::measure(cx, items).await
    }

    fn count_unread(metrics: &JobMetrics) -> usize {
        metrics.count_unread()
    }

    fn row(
        cx: &Context,
        item: &JobItem,
        signals: Option<&JobMetrics>,
        now: Timestamp,
    ) -> (CommonFields, JobCells) {
        let job = &*item.job;
        let mut head = cx.head(
            job.kind.kind(),
            &job.id,
            &job.name,
            state(job),
            &item.tags,
            now,
        );
        head.arn.clone_from(&job.arn);
        head.parent = job.tuning.clone().map(Parent::Tuning);
        head.since = job.started.or(job.created);
        head.service = Some(
            if job.kind.component().is_some() || job.kind == JobKind::Tuning {
                Service::SageMaker
            } else {
                Service::Bedrock
            },
        );
        head.burn = job.burn(cx);
        head.history = job.history(cx);
        head.prepaid = job.prepaid();
        if let Some(mean) = item.work.between_tries {
            head.burn = HourlyCost::Priced {
                unit: mean,
                quantity: 1.0,
                source: "mean of 24 h of its failed tries; none runs now".into(),
                estimate: true,
            };
            head.history.is_elsewhere = true;
        }
        if let (Some((ty, _)), Some(_)) = (first(job), job.kind.component()) {
            let all = machines(job);
            let is_idle =
                matches!(head.burn, HourlyCost::Nothing(_)) || item.work.between_tries.is_some();
            let billed = if is_idle { 0 } else { all };
            head.compute = Some(Compute {
                unit: ty,
                count: billed,
                desired: if job.lives() { all } else { 0 },
            });
        }
        head.evidence = Evidence::Job(Box::new(facts(cx, job, &item.work, signals, now)));
        head.actions = vec![stop(job), tag(job)];
        (head, row(cx, job, &item.work, signals, now))
    }
}

/// A warm pool belongs to a finished job, and is billed.
fn state(job: &Job) -> State {
    if job.is_warm() {
        crate::aws::convert::state::warm(&job.state.name)
    } else {
        job.state.clone()
    }
}

fn first(job: &Job) -> Option<(Arc<str>, u32)> {
    job.machines
        .known()
        .and_then(|machines| machines.first().cloned())
}

fn machines(job: &Job) -> u32 {
    job.machines
        .known()
        .map_or(0, |machines| machines.iter().map(|(_, count)| count).sum())
}

fn accelerators(cx: &Context, job: &Job) -> f64 {
    first(job)
        .and_then(|(ty, _)| cx.prices.spec(&ty))
        .map_or(0.0, |spec| spec.accelerators)
}

fn facts(
    cx: &Context,
    job: &Job,
    work: &RelatedJobs,
    signals: Option<&JobMetrics>,
    now: Timestamp,
) -> evidence::JobEvidence {
    let on_instances = job.kind.component().is_some();
    let measured = |read: fn(Option<&JobMetrics>) -> Measured<SeriesSummary>| {
        if on_instances {
            read(signals)
        } else {
            Measured::unknown("it runs on no instances of its own")
        }
    };
    evidence::JobEvidence {
        created: job.created,
        elapsed: job.started.map_or(0.0, |from| {
            seconds_between(from, job.ended.unwrap_or(now)).max(0.0)
        }),
        limit: job.limit,
        ends_in: job.ends_in(now),
        accelerators: if on_instances {
            accelerators(cx, job)
        } else {
            0.0
        },
        utilization: measured(metrics::gpu),
        cpu: measured(metrics::cpu),
        past: work.past.clone(),
        failures: work.failures.clone(),
        twins: work.twins.clone(),
        cpu_type: cpu_type(cx, job),
    }
}

/// The type that would do where only the CPU of `job` is used.
fn cpu_type(cx: &Context, job: &Job) -> Option<evidence::AdjacentType> {
    let (ty, _) = first(job)?;
    let component = job.kind.component()?;
    cx.prices.ml_cpu_type(&ty, component, cx.region())
}

fn row(
    cx: &Context,
    job: &Job,
    work: &RelatedJobs,
    signals: Option<&JobMetrics>,
    now: Timestamp,
) -> JobCells {
    let dollars = |cost: &Measured<Usd>| Value::read(cost, Value::Usd);
    let measured = job.kind.component().is_some()
        && job.state.phase == Phase::Running
        && job.started.is_some();
    let [gpu, spark, cpu] = if measured {
        metrics::shown(signals)
    } else {
        [Value::None, Value::None, Value::None]
    };
    let has_gpus = accelerators(cx, job) > 0.0;
    let failed = work.failures.known().filter(|failures| failures.all > 0);
    let billed_by_hour = job.kind.component().is_some();
    JobCells {
        sort: job.kind.word(),
        ty: Value::read(&job.machines, |machines| {
            joined(machines.iter().map(|(ty, _)| &**ty), "+")
        }),
        count: only_if(machines(job) > 0, Value::Count(machines(job).into())),
        phase: match &job.warm {
            Some(warm) if job.is_warm() => Value::text(format!("warm {}", warm.status)),
            _ => Value::opt(job.phase.clone(), Value::Text),
        },
        elapsed: Value::opt(job.elapsed(now), Value::Span),
        limit: Value::opt(job.limit, Value::Span),
        spot: only_if(job.kind == JobKind::Training, Value::Flag(job.spot)),
        saving: Value::opt(job.saving(), Value::Percent),
        so_far: cost_so_far(cx, job, work, now),
        at_limit: Value::opt(
            job.cost_at_limit(cx)
                .filter(|_| billed_by_hour && job.lives()),
            |cost| dollars(&cost),
        ),
        per_run: only_if(billed_by_hour, dollars(&work.run_cost)),
        gpu: only_if(has_gpus, gpu),
        spark: only_if(has_gpus, spark),
        cpu,
        failures: Value::opt(failed, |failures| Value::Count(failures.day.into())),
        reason: Value::opt(
            job.failure
                .clone()
                .or_else(|| failed.map(|failures| failures.reason.clone())),
            Value::Text,
        ),
        runs: Value::opt(work.past.known(), |past| Value::Count(past.runs.into())),
        image: Value::opt(job.image.clone(), Value::Text),
        input: joined(job.inputs.iter().map(|input| &**input), " "),
        tuning: Value::opt(job.tuning.clone(), Value::Text),
        ended: Value::opt(job.ended, Value::Moment),
        warm: Value::opt(job.warm.as_ref(), |warm| Value::Text(warm.status.clone())),
    }
}

/// The dollars since its start; of a tuning job, those of its tries.
fn cost_so_far(cx: &Context, job: &Job, work: &RelatedJobs, now: Timestamp) -> Value {
    match job.kind {
        JobKind::Tuning => Value::read(&work.tries, Value::Usd),
        JobKind::BatchInference => {
            Value::Unknown(Reason::new("billed by the token: see the models"))
        }
        _ => Value::read(&job.cost(cx, now), Value::Usd),
    }
}

/// `value` where it applies.
fn only_if(applies: bool, value: Value) -> Value {
    if applies { value } else { Value::None }
}

/// The texts joined; blank without any.
fn joined<'a>(texts: impl Iterator<Item = &'a str>, separator: &str) -> Value {
    let texts: Vec<&str> = texts.collect();
    only_if(!texts.is_empty(), Value::text(texts.join(separator)))
}

fn stop(job: &Job) -> AvailableAction {
    if job.is_warm() {
        return available(
            Operation::Stop,
            Capability::Ready(ApiCall::Stop(ops::stop::Call::WarmPool(job.name.clone()))),
        );
    }
    if &*job.state.name == "Stopping" {
        return unavailable(Operation::Stop, "it is Stopping");
    }
    if !job.lives() {
        return unavailable(Operation::Stop, format!("it is over: {}", job.state.name));
    }
    let id = match (job.kind, &job.arn) {
        (JobKind::Customization | JobKind::BatchInference, Some(arn)) => arn.as_str().into(),
        _ => job.name.clone(),
    };
    available(
        Operation::Stop,
        Capability::Ready(ApiCall::Stop(ops::stop::Call::Job { kind: job.kind, id })),
    )
}

fn tag(job: &Job) -> AvailableAction {
    let Some(arn) = &job.arn else {
        return unavailable(Operation::Tag, "its ARN is not known");
    };
    let arn: Arc<str> = arn.as_str().into();
    let route = match job.kind {
        JobKind::Customization | JobKind::BatchInference => TagRoute::Bedrock(arn),
        _ => TagRoute::SageMaker(arn),
    };
    available(Operation::Tag, Capability::Tags(route))
}
