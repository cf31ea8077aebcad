//! Metrics of accelerated instances: GPU utilisation from the CloudWatch agent or from Container
//! Insights, GPU power as a weaker sign, CPU.
//!
//! No such metric is "unknown", never "idle".

use super::{
    history::{self, HourlyUtilization, mean},
    inventory::InstanceItem,
};
use crate::collectors::{
    Context, MetricReport,
    shared::{context::push_fault, series::count_unread},
};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, Dimension, DimensionSets, MetricQuery},
    },
    domain::{
        Fault, Measured, Phase, Reason, Series, Timestamp, Value,
        evidence::PastRuns,
        time::{series::SeriesSummary, timestamp::seconds_between},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Seconds a point covers.
const PERIOD: u32 = 300;
/// Hours looked back on: a weekend. A longer look costs nothing more.
const HOURS: i64 = 72;
/// Points of the last hour.
const LAST_HOUR: usize = 12;
/// Rounds after which metrics are asked that decide nothing by themselves.
const DETAIL_ROUNDS: u16 = 6;
/// Seconds for which a list of published metrics is kept, and for which while an instance is so
/// new that its agent may just have begun to report.
const LIST_AGE: (f64, f64) = (3_600.0, 290.0);

/// The metrics of utilisation in percent, the preferred first: the CloudWatch agent's; those of
/// Container Insights for NVIDIA GPUs and for Neuron cores (CloudWatch User Guide, "Amazon EKS and
/// Kubernetes Container Insights metrics"). Metrics of pods name no instance.
const UTILIZATION: [(&str, &str); 3] = [
    ("CWAgent", "nvidia_smi_utilization_gpu"),
    ("ContainerInsights", "node_gpu_utilization"),
    ("ContainerInsights", "node_neuroncore_utilization"),
];
const EC2: &str = "AWS/EC2";
const POWER: &str = "GPUPowerUtilization";

/// The metrics of one instance, as fractions.
#[derive(Clone, Debug)]
pub(crate) struct GpuMetrics {
    gpu: Measured<Series>,
    /// The metric that `gpu` comes from.
    source: Option<(&'static str, &'static str)>,
    power: Measured<Series>,
    cpu: Measured<Series>,
    long: HourlyUtilization,
}

impl GpuMetrics {
    /// How many of them could not be read.
    pub(super) fn count_unread(&self) -> usize {
        count_unread([&self.gpu, &self.power, &self.cpu]) + usize::from(self.long.is_unread())
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

/// A metric of an instance; its number is its place among the series of the instance.
#[derive(Clone, Copy)]
enum GpuMetric {
    Gpu,
    Power,
    Cpu,
}

/// The queries of the running instances.
struct GpuQueries {
    queries: Vec<MetricQuery>,
    /// For each query, the index of its instance and the metric.
    subjects: Vec<(usize, GpuMetric)>,
    /// For each instance, the metric that its utilisation comes from.
    sources: Vec<Option<(&'static str, &'static str)>>,
    /// Why an instance has no GPU metric, and why it has no power metric.
    absent: [Reason; 2],
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
    for fault in read.faults {
        push_fault(&mut faults, fault);
    }
    let of_gpus = queries_of_gpus(&running, &subjects, &queries);
    let (mut longer, failed) = history::read(cx, &running, &of_gpus).await;
    for fault in failed {
        push_fault(&mut faults, fault);
    }
    let mut series_of: Vec<[Vec<Measured<Series>>; 3]> =
        running.iter().map(|_| [const { Vec::new() }; 3]).collect();
    let mut asked_of: Vec<Option<Timestamp>> = vec![None; running.len()];
    for (((index, metric), series), asked) in subjects.into_iter().zip(read.series).zip(read.asked)
    {
        series_of[index][metric as usize].push(series);
        asked_of[index] = asked_of[index].max(Some(asked));
    }
    let signals = running
        .iter()
        .zip(series_of)
        .zip(sources)
        .zip(asked_of)
        .map(|(((item, [gpu, power, cpu]), source), asked)| {
            let signals = GpuMetrics {
                source,
                gpu: mean(gpu, absent_gpu(item, &absent[0])),
                power: mean(power, absent[1].clone()),
                cpu: mean(cpu, Reason::new("no CPU metric yet")),
                long: longer
                    .remove(&item.id)
                    .unwrap_or_else(|| HourlyUtilization::unknown("not read by the hour yet")),
            };
            (item.id.clone(), signals, asked.unwrap_or(now))
        });
    MetricReport {
        signals: signals.collect(),
        faults,
    }
}

/// The queries of the GPUs of each instance.
fn queries_of_gpus(
    running: &[&InstanceItem],
    subjects: &[(usize, GpuMetric)],
    queries: &[MetricQuery],
) -> HashMap<Arc<str>, Vec<MetricQuery>> {
    let mut of_gpus: HashMap<Arc<str>, Vec<MetricQuery>> = HashMap::new();
    for ((index, metric), query) in subjects.iter().zip(queries) {
        if let GpuMetric::Gpu = metric {
            let id = running[*index].id.clone();
            of_gpus.entry(id).or_default().push(query.clone());
        }
    }
    of_gpus
}

/// One CPU query for each instance, and those of the GPU and power metrics that CloudWatch lists.
async fn find_queries(
    cx: &Context,
    running: &[&InstanceItem],
    faults: &mut Vec<Fault>,
) -> GpuQueries {
    let cpu = |item: &&InstanceItem| {
        let dims = [("InstanceId", item.id.as_ref())];
        MetricQuery::new(EC2, "CPUUtilization", &dims, "Average", PERIOD).of_burn(cx.burn(&item.id))
    };
    let mut found = GpuQueries {
        queries: running.iter().map(cpu).collect(),
        subjects: (0..running.len())
            .map(|index| (index, GpuMetric::Cpu))
            .collect(),
        sources: vec![None; running.len()],
        absent: [
            Reason::new(
                "CloudWatch has no GPU utilisation of it: neither its agent nor Container \
                 Insights reports one",
            ),
            Reason::new("no GPU power metric for this type"),
        ],
    };
    let utilization = UTILIZATION.map(|(namespace, name)| (namespace, name, GpuMetric::Gpu));
    let power = (EC2, POWER, GpuMetric::Power);
    let now = cx.clock.now();
    let is_new = |item: &&InstanceItem| {
        item.launched
            .is_none_or(|at| seconds_between(at, now) < LIST_AGE.0)
    };
    let max_age = if running.iter().any(is_new) {
        LIST_AGE.1
    } else {
        LIST_AGE.0
    };
    for (namespace, name, metric) in utilization.into_iter().chain([power]) {
        match metrics::find_recent_within(&cx.session, namespace, name, (max_age, now)).await {
            Ok(sets) => {
                for (index, dims) in belongings(running, &sets) {
                    if matches!(metric, GpuMetric::Gpu) {
                        // A GPU that two agents report counts once.
                        let source = found.sources[index].get_or_insert((namespace, name));
                        if *source != (namespace, name) {
                            continue;
                        }
                    }
                    found.queries.push(MetricQuery {
                        dims,
                        ..MetricQuery::new(namespace, name, &[], "Average", PERIOD)
                            .of_burn(cx.burn(&running[index].id))
                    });
                    found.subjects.push((index, metric));
                }
            }
            Err(fault) => {
                found.absent[metric as usize] = Reason::unread(&fault);
                push_fault(faults, fault);
            }
        }
    }
    found.set_priorities();
    found
}

impl GpuQueries {
    /// The devices of an instance take turns; CPU and power of one whose accelerators report are
    /// asked less often.
    fn set_priorities(&mut self) {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (index, metric) in &self.subjects {
            *counts.entry((*index, *metric as usize)).or_default() += 1;
        }
        let mut seen: HashMap<(usize, usize), usize> = HashMap::new();
        for ((index, metric), query) in self.subjects.iter().zip(&mut self.queries) {
            let devices = (*index, *metric as usize);
            let place = seen.entry(devices).or_default();
            let count = counts.get(&devices).copied().unwrap_or(1);
            let has_gpu = counts.contains_key(&(*index, GpuMetric::Gpu as usize));
            let rounds = match metric {
                GpuMetric::Gpu => 1,
                GpuMetric::Cpu | GpuMetric::Power if has_gpu => DETAIL_ROUNDS,
                GpuMetric::Cpu | GpuMetric::Power => 1,
            };
            *query = query.clone().every(rounds).in_turn(*place, count);
            *place += 1;
        }
    }
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

/// The dimension sets that belong to `items`: by instance id, else by the name of host or node; for
/// each GPU only the most detailed set, so that an aggregate published beside it is not counted
/// with it.
fn belongings(items: &[&InstanceItem], sets: &DimensionSets) -> Vec<(usize, Vec<Dimension>)> {
    let by_id: HashMap<&str, usize> = items
        .iter()
        .enumerate()
        .map(|(place, item)| (item.id.as_ref(), place))
        .collect();
    let by_host: HashMap<&str, usize> = items
        .iter()
        .enumerate()
        .flat_map(|(place, item)| item.hosts.iter().map(move |host| (host.as_ref(), place)))
        .collect();
    let mut best: BTreeMap<(usize, Option<Arc<str>>), Vec<Dimension>> = BTreeMap::new();
    for dims in sets {
        let dim = |name: &str| {
            dims.iter()
                .find(|(known, _)| known.as_ref() == name)
                .map(|(_, value)| value)
        };
        let place = dim("InstanceId")
            .and_then(|id| by_id.get(id.as_ref()))
            .or_else(|| {
                let host = dim("host").or_else(|| dim("NodeName"))?;
                by_host.get(host.as_ref())
            });
        let Some(place) = place.copied() else {
            continue;
        };
        let device = ["index", "GpuId", "GpuDevice", "NeuronCore"]
            .into_iter()
            .find_map(dim)
            .cloned();
        let known = best.entry((place, device)).or_default();
        if known.len() < dims.len() {
            known.clone_from(dims);
        }
    }
    let detailed: Vec<usize> = best
        .keys()
        .filter(|(_, device)| device.is_some())
        .map(|(place, _)| *place)
        .collect();
    best.into_iter()
        .filter(|((place, device), _)| device.is_some() || !detailed.contains(place))
        .map(|((place, _), dims)| (place, dims))
        .collect()
}

/// Utilisation of the accelerators, for the findings. Power is no measure of work and never
/// replaces it.
pub(super) fn utilization(signals: Option<&GpuMetrics>) -> Measured<SeriesSummary> {
    longer(signals, |signals| (&signals.gpu, &signals.long.gpu))
}

/// CPU utilisation, for the findings.
pub(super) fn cpu(signals: Option<&GpuMetrics>) -> Measured<SeriesSummary> {
    longer(signals, |signals| (&signals.cpu, &signals.long.cpu))
}

/// The runs before this one.
pub(super) fn past(signals: Option<&GpuMetrics>) -> Measured<PastRuns> {
    signals.map_or_else(Measured::pending, |signals| signals.long.past.clone())
}

/// The summary of the short series while it covers the whole run, else of a week by the hour.
fn longer(
    signals: Option<&GpuMetrics>,
    get: impl Fn(&GpuMetrics) -> (&Measured<Series>, &Measured<Series>),
) -> Measured<SeriesSummary> {
    let Some(signals) = signals else {
        return Measured::pending();
    };
    let (short, long) = get(signals);
    let by_hour = observed(Some(long));
    let by_minutes = observed(Some(short));
    match (by_minutes.known(), by_hour.known()) {
        (Some(short), Some(long)) if long.hours > short.window => by_hour,
        (None, Some(_)) => by_hour,
        _ => by_minutes,
    }
}

fn observed(series: Option<&Measured<Series>>) -> Measured<SeriesSummary> {
    match series {
        None => Measured::pending(),
        Some(Measured::Unknown(why)) => Measured::Unknown(why.clone()),
        Some(Measured::Known(series)) => Measured::or_why(series.observed(), "no reading"),
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
    let signal = match (&signals.gpu, &signals.power) {
        (Measured::Known(_), _) => {
            let (namespace, name) = signals.source.unwrap_or(UTILIZATION[0]);
            format!("{namespace} {name}, mean of its GPUs")
        }
        (_, Measured::Known(_)) => format!("{EC2} {POWER} only: power is a weak sign of work"),
        (Measured::Unknown(why), _) => why.to_string(),
    };
    GpuMetricCells {
        gpu: last_hour(&signals.gpu),
        spark: Value::read(&signals.gpu, |series| {
            Value::Series(Arc::new(series.tail(LAST_HOUR)))
        }),
        power: last_hour(&signals.power),
        cpu: last_hour(&signals.cpu),
        signal: Value::text(signal),
    }
}

fn last_hour(series: &Measured<Series>) -> Value {
    Value::read(series, |series| {
        let seen = series.tail(LAST_HOUR).observed();
        seen.map_or_else(
            || Value::Unknown(Reason::new("no reading in the last hour")),
            |seen| Value::Percent(seen.mean),
        )
    })
}
