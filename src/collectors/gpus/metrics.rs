//! Metrics of accelerated instances: GPU utilisation from the CloudWatch agent or from Container
//! Insights, GPU power as a weaker sign, CPU.
//!
//! No such metric is "unknown", never "idle".

use super::{
    history::{self, HourlyUtilization, mean},
    inventory::InstanceItem,
    metric_queries::{
        EC2, GpuMetric, GpuQueries, POWER, UTILIZATION, find_queries, queries_of_gpus,
    },
};
use crate::collectors::{
    Context, MetricReport,
    shared::{
        context::push_fault,
        series::{count_unread, summary},
    },
};
use crate::{
    aws::{convert::time::add_seconds, metrics},
    domain::{
        Measured, Phase, Reason, Series, Value, evidence::PastRuns, time::series::SeriesSummary,
    },
};
use std::sync::Arc;

/// Seconds a point covers.
pub(super) const PERIOD: u32 = 300;
/// Hours looked back on: a weekend. A longer look costs nothing more.
const HOURS: i64 = 72;
/// Points of the last hour.
const LAST_HOUR: usize = 12;

/// The metrics of one instance, as fractions.
#[derive(Clone, Debug)]
pub(crate) struct GpuMetrics {
    gpu: Utilization,
    /// The metric that `gpu` comes from.
    source: Option<(&'static str, &'static str)>,
    power: Utilization,
    cpu: Utilization,
    long: HourlyUtilization,
}

impl GpuMetrics {
    /// How many of them could not be read.
    pub(super) fn count_unread(&self) -> usize {
        let last = [&self.gpu, &self.power, &self.cpu].map(|one| &one.last_hour);
        count_unread(last) + usize::from(self.long.is_unread())
    }
}

/// The part of a series that rows show and rules judge. The series themselves would be most of the
/// memory of a large account.
#[derive(Clone, Debug)]
struct Utilization {
    days: Measured<SeriesSummary>,
    last_hour: Measured<Series>,
}

impl Utilization {
    fn of(series: &Measured<Series>) -> Self {
        Self {
            days: summary(series),
            last_hour: series.as_ref().map(|series| series.tail(LAST_HOUR)),
        }
    }
}

/// The cells that show metrics.
pub(super) struct GpuMetricCells {
    pub gpu: Value,
    pub spark: Value,
    pub power: Value,
    pub cpu: Value,
    pub signal: Value,
}

/// Reads the metrics of all running instances.
pub(super) async fn measure(cx: &Context, items: &[InstanceItem]) -> MetricReport<GpuMetrics> {
    let mut faults = Vec::new();
    let running: Vec<&InstanceItem> = items
        .iter()
        .filter(|item| item.state.phase == Phase::Running)
        .collect();
    if running.is_empty() {
        return MetricReport {
            signals: Vec::new(),
            faults,
        };
    }
    let found = find_queries(cx, &running, &mut faults).await;
    let GpuQueries {
        queries,
        subjects,
        sources,
        absent,
    } = found;
    let now = cx.clock.now();
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now).await;
    for fault in &read.faults {
        push_fault(&mut faults, fault.clone());
    }
    let of_gpus = queries_of_gpus(&running, &subjects, &queries);
    let (mut longer, failed) = history::read(cx, &running, &of_gpus).await;
    for fault in failed {
        push_fault(&mut faults, fault);
    }
    let places = places(running.len(), subjects);
    let signals = running
        .iter()
        .zip(places)
        .zip(sources)
        .map(|((item, places), source)| {
            let asked = places.iter().flatten().map(|place| read.asked_at(*place));
            let asked = asked.max().unwrap_or(now);
            let [gpu, power, cpu] = places.map(|places| {
                places
                    .into_iter()
                    .map(|place| read.one(place))
                    .collect::<Vec<_>>()
            });
            let signals = GpuMetrics {
                source,
                gpu: Utilization::of(&mean(gpu, absent_gpu(item, &absent[0]))),
                power: Utilization::of(&mean(power, absent[1].clone())),
                cpu: Utilization::of(&mean(cpu, Reason::new("no CPU metric yet"))),
                long: longer
                    .remove(&item.id)
                    .unwrap_or_else(|| HourlyUtilization::unknown("not read by the hour yet")),
            };
            (item.id.clone(), signals, asked)
        });
    MetricReport {
        signals: signals.collect(),
        faults,
    }
}

/// The places of the series of each of `count` instances, by metric.
fn places(count: usize, subjects: Vec<(usize, GpuMetric)>) -> Vec<[Vec<usize>; 3]> {
    let mut places: Vec<[Vec<usize>; 3]> = (0..count).map(|_| Default::default()).collect();
    for (place, (index, metric)) in subjects.into_iter().enumerate() {
        places[index][metric as usize].push(place);
    }
    places
}

/// Why `item` has no GPU metric; `usual` for most types.
fn absent_gpu(item: &InstanceItem, usual: &Reason) -> Reason {
    let neuron = ["trn", "inf"]
        .iter()
        .any(|family| item.ty.starts_with(family));
    if neuron && !usual.is_unread() {
        Reason::new(
            "Neuron devices publish no CloudWatch metric by themselves, and Container Insights \
             has none of it",
        )
    } else {
        usual.clone()
    }
}

/// Utilisation of the accelerators, for the findings. Power is no measure of work and never
/// replaces it.
pub(super) fn utilization(signals: Option<&GpuMetrics>) -> Measured<SeriesSummary> {
    longer(signals, |signals| (&signals.gpu.days, &signals.long.gpu))
}

/// CPU utilisation, for the findings.
pub(super) fn cpu(signals: Option<&GpuMetrics>) -> Measured<SeriesSummary> {
    longer(signals, |signals| (&signals.cpu.days, &signals.long.cpu))
}

/// The runs before this one.
pub(super) fn past(signals: Option<&GpuMetrics>) -> Measured<PastRuns> {
    signals.map_or_else(Measured::pending, |signals| signals.long.past.clone())
}

/// The summary of the short series while it covers the whole run, else of a week by the hour.
fn longer(
    signals: Option<&GpuMetrics>,
    get: impl Fn(&GpuMetrics) -> (&Measured<SeriesSummary>, &Measured<SeriesSummary>),
) -> Measured<SeriesSummary> {
    let Some(signals) = signals else {
        return Measured::pending();
    };
    let (by_minutes, by_hour) = get(signals);
    match (by_minutes.known(), by_hour.known()) {
        (Some(short), Some(long)) if long.hours > short.window => by_hour.clone(),
        (None, Some(_)) => by_hour.clone(),
        _ => by_minutes.clone(),
    }
}

/// The cells of a row that is `up`, or not.
pub(super) fn shown(signals: Option<&GpuMetrics>, up: bool) -> GpuMetricCells {
    let Some(signals) = signals.filter(|_| up) else {
        let none = || {
            if up {
                Value::Unknown(Reason::pending())
            } else {
                Value::None
            }
        };
        return GpuMetricCells {
            gpu: none(),
            spark: none(),
            power: none(),
            cpu: none(),
            signal: none(),
        };
    };
    let signal = match (&signals.gpu.last_hour, &signals.power.last_hour) {
        (Measured::Known(_), _) => {
            let (namespace, name) = signals.source.unwrap_or(UTILIZATION[0]);
            format!("{namespace} {name}, mean of its GPUs")
        }
        (_, Measured::Known(_)) => format!("{EC2} {POWER} only: power is a weak sign of work"),
        (Measured::Unknown(why), _) => why.to_string(),
    };
    GpuMetricCells {
        gpu: last_hour(&signals.gpu),
        spark: Value::read(&signals.gpu.last_hour, |series| {
            Value::Series(Arc::new(series))
        }),
        power: last_hour(&signals.power),
        cpu: last_hour(&signals.cpu),
        signal: Value::text(signal),
    }
}

fn last_hour(utilization: &Utilization) -> Value {
    Value::read(&utilization.last_hour, |series| {
        let seen = series.observed();
        seen.map_or_else(
            || Value::Unknown(Reason::new("no reading in the last hour")),
            |seen| Value::Percent(seen.mean),
        )
    })
}
