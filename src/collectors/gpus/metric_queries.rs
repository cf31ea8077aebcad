//! The CloudWatch queries of running instances: which metrics each of them has, and how soon each
//! is asked again.

use super::{inventory::InstanceItem, metrics::PERIOD};
use crate::collectors::{Context, shared::context::push_fault};
use crate::{
    aws::metrics::{self, Dimension, DimensionSets, MetricQuery},
    domain::{Fault, Reason, time::timestamp::seconds_between},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Rounds after which metrics are asked that decide nothing by themselves.
const DETAIL_ROUNDS: u16 = 6;
/// A list of published metrics serves so many seconds; the second figure holds while the agent of a
/// new instance may just have begun to report.
const LIST_AGE: (f64, f64) = (3_600.0, 290.0);

/// The metrics of utilisation in percent, the preferred first: the CloudWatch agent's; those of
/// Container Insights for NVIDIA GPUs and for Neuron cores (CloudWatch User Guide, "Amazon EKS and
/// Kubernetes Container Insights metrics"). Metrics of pods name no instance.
pub(super) const UTILIZATION: [(&str, &str); 3] = [
    ("CWAgent", "nvidia_smi_utilization_gpu"),
    ("ContainerInsights", "node_gpu_utilization"),
    ("ContainerInsights", "node_neuroncore_utilization"),
];
pub(super) const EC2: &str = "AWS/EC2";
pub(super) const POWER: &str = "GPUPowerUtilization";

/// A metric of an instance; its number is its place among the series of the instance.
#[derive(Clone, Copy)]
pub(super) enum GpuMetric {
    Gpu,
    Power,
    Cpu,
}

/// The queries of the running instances.
pub(super) struct GpuQueries {
    pub queries: Vec<MetricQuery>,
    /// For each query, the index of its instance and the metric.
    pub subjects: Vec<(usize, GpuMetric)>,
    /// For each instance, the metric that its utilisation comes from.
    pub sources: Vec<Option<(&'static str, &'static str)>>,
    /// Why an instance has no GPU metric, and why it has no power metric.
    pub absent: [Reason; 2],
}

/// The queries of the GPUs of each instance.
pub(super) fn queries_of_gpus(
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
pub(super) async fn find_queries(
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
            Ok(sets) => found.add(cx, running, &sets, (namespace, name, metric)),
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
    /// Adds the queries of `metric` for those of its dimension `sets` that belong to an instance.
    fn add(
        &mut self,
        cx: &Context,
        running: &[&InstanceItem],
        sets: &DimensionSets,
        (namespace, name, metric): (&'static str, &'static str, GpuMetric),
    ) {
        for (index, dims) in belongings(running, sets) {
            if matches!(metric, GpuMetric::Gpu) {
                // A GPU that two agents report counts once.
                let source = self.sources[index].get_or_insert((namespace, name));
                if *source != (namespace, name) {
                    continue;
                }
            }
            self.queries.push(MetricQuery {
                dims,
                ..MetricQuery::new(namespace, name, &[], "Average", PERIOD)
                    .of_burn(cx.burn(&running[index].id))
            });
            self.subjects.push((index, metric));
        }
    }

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
                GpuMetric::Cpu | GpuMetric::Power if has_gpu => DETAIL_ROUNDS,
                GpuMetric::Gpu | GpuMetric::Cpu | GpuMetric::Power => 1,
            };
            *query = query.clone().every(rounds).in_turn(*place, count);
            *place += 1;
        }
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
