//! Metrics of jobs: use of their accelerators and CPUs, from the metrics that SageMaker publishes
//! for each host.
//!
//! CloudWatch's percent runs to 100 x GPUs (or CPUs) of a host; here 1 is all of them. Must not
//! know prices or actions.

use super::{cost::Job, inventory::JobItem};
use crate::collectors::{
    Context, MetricReport,
    shared::{
        context::push_fault,
        series::{self, summary},
    },
};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        Fault, JobKind, Measured, Phase, Reason, Series, Timestamp, Value,
        time::{series::SeriesSummary, timestamp::seconds_between},
    },
};
use std::sync::Arc;

/// Seconds a point covers.
const PERIOD: u32 = 300;
/// Hours looked back on. A longer look costs nothing more.
const HOURS: i64 = 96;
/// Points of the last hour.
const LAST_HOUR: usize = 12;
/// The most hosts of one job that are measured: all do the same work.
const MAX_HOSTS: u32 = 4;
/// Rounds after which the CPUs of a job on accelerators are asked.
const DETAIL_ROUNDS: u16 = 6;

/// The metrics of one job, as fractions of all its GPUs or CPUs.
#[derive(Clone, Debug)]
pub(crate) struct JobMetrics {
    gpu: Measured<Series>,
    cpu: Measured<Series>,
}

impl JobMetrics {
    /// How many of them could not be read.
    pub(super) fn count_unread(&self) -> usize {
        series::count_unread([&self.gpu, &self.cpu])
    }
}

/// The subject of one query: a job and its devices.
struct JobQuery {
    /// Index of the job.
    index: usize,
    /// GPU utilisation, else CPU utilisation.
    gpu: bool,
    /// CloudWatch's percentage when all devices are busy.
    full: f64,
}

/// The queries of the running jobs.
struct JobQueries {
    queries: Vec<MetricQuery>,
    /// The subject of each query.
    subjects: Vec<JobQuery>,
    /// For each job, why it has no metric.
    absent: Vec<Reason>,
}

/// Reads the metrics of the running jobs that have instances.
pub(super) async fn measure(cx: &Context, items: &[JobItem]) -> MetricReport<JobMetrics> {
    let mut faults = Vec::new();
    let running: Vec<&JobItem> = items
        .iter()
        .filter(|item| item.job.state.phase == Phase::Running && item.job.started.is_some())
        .collect();
    let found = find_queries(cx, &running, &mut faults).await;
    let JobQueries {
        queries,
        subjects,
        absent,
    } = found;
    let now = cx.clock.now();
    let oldest = add_seconds(now, -HOURS * 3600);
    let first = running
        .iter()
        .filter_map(|item| item.job.started)
        .min()
        .unwrap_or(oldest)
        .max(oldest);
    let read = metrics::fetch(&cx.session, &queries, first, now).await;
    for fault in &read.faults {
        push_fault(&mut faults, fault.clone());
    }
    let mut series_of: Vec<[Vec<Measured<Series>>; 2]> =
        running.iter().map(|_| [const { Vec::new() }; 2]).collect();
    let mut asked_of: Vec<Option<Timestamp>> = vec![None; running.len()];
    for ((subject, series), asked) in subjects.into_iter().zip(read.series()).zip(read.asked()) {
        asked_of[subject.index] = asked_of[subject.index].max(Some(asked));
        series_of[subject.index][usize::from(!subject.gpu)]
            .push(series.map(|series| series.scaled(1.0 / subject.full)));
    }
    let signals = running.iter().zip(series_of).zip(absent).zip(asked_of).map(
        |(((item, [gpu, cpu]), absent), asked)| {
            let since = item.job.started.unwrap_or(now);
            let signals = JobMetrics {
                gpu: mean(gpu, absent.clone(), since, now),
                cpu: mean(cpu, absent, since, now),
            };
            (item.id.clone(), signals, asked.unwrap_or(now))
        },
    );
    MetricReport {
        signals: signals.collect(),
        faults,
    }
}

/// The GPU and CPU queries of each host of each job.
async fn find_queries(cx: &Context, running: &[&JobItem], faults: &mut Vec<Fault>) -> JobQueries {
    let (mut queries, mut subjects) = (Vec::new(), Vec::new());
    let mut absent = vec![Reason::new("SageMaker publishes no such metric of it"); running.len()];
    for (index, item) in running.iter().enumerate() {
        let job = &item.job;
        let (Some(namespace), Some(machines)) = (namespace(job.kind), job.machines.known()) else {
            continue;
        };
        let Some((ty, _)) = machines.first() else {
            continue;
        };
        let spec = cx.prices.spec(ty);
        let (gpus, cpus) = spec.map_or((0.0, 0.0), |spec| {
            (spec.accelerators, f64::from(spec.vcpus))
        });
        let hosts = hosts(cx, job, namespace, machines).await;
        let hosts = hosts.unwrap_or_else(|fault| {
            absent[index] = Reason::unread(&fault);
            push_fault(faults, fault);
            Vec::new()
        });
        for (place, host) in hosts.iter().enumerate() {
            for (metric, gpu, devices) in [
                ("GPUUtilization", true, gpus),
                ("CPUUtilization", false, cpus),
            ] {
                if devices > 0.0 {
                    let dims = [("Host", host.as_str())];
                    let rounds = if gpu || gpus <= 0.0 { 1 } else { DETAIL_ROUNDS };
                    queries.push(
                        MetricQuery::new(namespace, metric, &dims, "Average", PERIOD)
                            .of_burn(cx.burn(&item.id))
                            .every(rounds)
                            .in_turn(place, hosts.len()),
                    );
                    subjects.push(JobQuery {
                        index,
                        gpu,
                        full: devices * 100.0,
                    });
                }
            }
        }
    }
    JobQueries {
        queries,
        subjects,
        absent,
    }
}

fn namespace(kind: JobKind) -> Option<&'static str> {
    match kind {
        JobKind::Training => Some("/aws/sagemaker/TrainingJobs"),
        JobKind::Processing => Some("/aws/sagemaker/ProcessingJobs"),
        JobKind::Transform => Some("/aws/sagemaker/TransformJobs"),
        JobKind::Tuning | JobKind::Customization | JobKind::BatchInference => None,
    }
}

/// `job/algo-1` and so on; those of transform jobs are instance ids, which only the published
/// metrics tell.
async fn hosts(
    cx: &Context,
    job: &Job,
    namespace: &str,
    machines: &[(Arc<str>, u32)],
) -> Result<Vec<String>, Fault> {
    if job.kind != JobKind::Transform {
        let count = machines
            .iter()
            .map(|(_, count)| count)
            .sum::<u32>()
            .min(MAX_HOSTS);
        let hosts = (1..=count).map(|host| format!("{}/algo-{host}", job.name));
        return Ok(hosts.collect());
    }
    let own = format!("{}/", job.name);
    let named = [("Host", None)];
    let sets = metrics::find_recent(&cx.session, namespace, "CPUUtilization", &named).await?;
    let all = sets
        .iter()
        .flatten()
        .filter(|(name, host)| &**name == "Host" && host.starts_with(&own));
    let hosts = all.map(|(_, host)| host.to_string());
    Ok(hosts.take(MAX_HOSTS as usize).collect())
}

/// The mean of the hosts, point by point, since the job started; unknown without one reading.
fn mean(
    hosts: Vec<Measured<Series>>,
    absent: Reason,
    since: Timestamp,
    now: Timestamp,
) -> Measured<Series> {
    let own = (seconds_between(since, now) / f64::from(PERIOD))
        .ceil()
        .max(1.0) as usize;
    series::mean(hosts, absent).map(|mean| mean.tail(own))
}

/// Use of the accelerators, for the findings.
pub(super) fn gpu(signals: Option<&JobMetrics>) -> Measured<SeriesSummary> {
    signals.map_or_else(Measured::pending, |signals| summary(&signals.gpu))
}

/// Use of the CPUs, for the findings.
pub(super) fn cpu(signals: Option<&JobMetrics>) -> Measured<SeriesSummary> {
    signals.map_or_else(Measured::pending, |signals| summary(&signals.cpu))
}

/// GPU, GPU's last hour and CPU of a job that runs on instances.
pub(super) fn shown(signals: Option<&JobMetrics>) -> [Value; 3] {
    let Some(signals) = signals else {
        return [const {}; 3].map(|()| Value::Unknown(Reason::pending()));
    };
    let last = |series: &Measured<Series>| {
        Value::read(series, |series| {
            let seen = series.tail(LAST_HOUR).observed();
            seen.map_or_else(
                || Value::Unknown(Reason::new("no reading in the last hour")),
                |seen| Value::Percent(seen.mean),
            )
        })
    };
    let spark = Value::read(&signals.gpu, |series| {
        Value::Series(Arc::new(series.tail(LAST_HOUR)))
    });
    [last(&signals.gpu), spark, last(&signals.cpu)]
}
