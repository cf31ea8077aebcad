//! The metrics that a simulation publishes, with AWS's namespaces, names, dimensions and units.

mod endpoints;

use super::{
    Metric,
    probe::{InstanceMetric, MachineMetric, ModelMetric, Probe},
};
use crate::mock::{
    price_facts::{Facts, Tier},
    simulation::{Instance, JobKind, Simulation},
};
use std::collections::HashMap;

/// Every metric, found by identity.
#[derive(Clone, Debug, Default)]
pub(in crate::mock) struct Catalog {
    metrics: Vec<Metric>,
    places: HashMap<String, usize>,
}

/// Families whose accelerators report `GPUPowerUtilization` without an agent.
const POWER_FAMILIES: &[&str] = &["p4d", "p4de", "p5", "p5e", "p5en", "g6", "g6e", "gr6"];

const ENDPOINTS: &str = "/aws/sagemaker/Endpoints";

impl Catalog {
    /// The metrics of `simulation`.
    pub(in crate::mock) fn of(simulation: &Simulation) -> Self {
        let mut all = Self::default();
        for (place, instance) in simulation.instances.iter().enumerate() {
            all.instance(place, instance);
        }
        for (place, one) in simulation
            .notebooks
            .iter()
            .enumerate()
            .filter(|(_, one)| one.publishes_cpu)
        {
            let dimensions = vec![("NotebookInstanceName", one.name.clone())];
            all.add(
                &one.region,
                "/aws/sagemaker/NotebookInstances",
                "CPUUtilization",
                "Percent",
                60,
                dimensions,
                Probe::Notebook(place),
            );
        }
        for (place, endpoint) in simulation.endpoints.iter().enumerate() {
            all.endpoint(place, endpoint);
        }
        all.components(simulation);
        all.jobs(simulation);
        for (place, one) in simulation.throughputs.iter().enumerate() {
            all.model(
                &one.region,
                &[("ModelId", one.arn.clone())],
                |what| Probe::Throughput(place, what),
                [false; 2],
            );
        }
        for (place, one) in simulation
            .model_uses
            .iter()
            .enumerate()
            .filter(|(_, one)| one.tier != Tier::Batch)
        {
            let tells = [
                one.cached.0 + one.cache_read_tokens > 0.0,
                one.cached.1 + one.cache_write_tokens > 0.0,
            ];
            let by_id = vec![("ModelId", one.metric_id.clone())];
            if one.tier != Tier::Standard {
                let mut dimensions = by_id.clone();
                dimensions.push(("ServiceTier", one.tier.word().to_owned()));
                all.model(
                    &one.region,
                    &dimensions,
                    |what| Probe::Tier(place, what),
                    tells,
                );
            }
            all.model(&one.region, &by_id, |what| Probe::Model(place, what), tells);
        }
        for (place, one) in simulation.imported_models.iter().enumerate() {
            let dimensions = vec![("ModelId", one.arn.clone())];
            let probe = Probe::Copies(place);
            all.add(
                &one.region,
                "AWS/Bedrock",
                "ModelCopy",
                "Count",
                60,
                dimensions,
                probe,
            );
        }
        all
    }

    pub(super) fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    pub(super) fn find(
        &self,
        region: &str,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<&Metric> {
        let dimensions = dimensions
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        self.places
            .get(&identity(region, namespace, name, dimensions))
            .map(|place| &self.metrics[*place])
    }

    #[expect(clippy::too_many_arguments, reason = "an identity has that many parts")]
    fn add(
        &mut self,
        region: &str,
        namespace: &'static str,
        name: &'static str,
        unit: &'static str,
        resolution: u32,
        dimensions: Vec<(&'static str, String)>,
        probe: Probe,
    ) {
        let key = identity(
            region,
            namespace,
            name,
            dimensions
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        if !self.places.contains_key(&key) {
            self.places.insert(key, self.metrics.len());
            self.metrics.push(Metric {
                region: region.to_owned(),
                namespace,
                name,
                dimensions,
                unit,
                resolution,
                probe,
            });
        }
    }

    /// Adds the metrics of the instance at `place`.
    pub(in crate::mock) fn instance(&mut self, place: usize, one: &Instance) {
        let resolution = if one.detailed_monitoring { 60 } else { 300 };
        let by_id = vec![("InstanceId", one.id.clone())];
        for (name, unit, what) in [
            ("CPUUtilization", "Percent", InstanceMetric::Cpu),
            ("NetworkIn", "Bytes", InstanceMetric::NetworkIn),
            ("NetworkOut", "Bytes", InstanceMetric::NetworkOut),
        ] {
            self.add(
                &one.region,
                "AWS/EC2",
                name,
                unit,
                resolution,
                by_id.clone(),
                Probe::Instance(place, what),
            );
        }
        let Some(facts) = Facts::get().instance_type(&one.instance_type) else {
            return;
        };
        let Some(accelerators) = facts.accelerators.as_ref().filter(|a| a.maker == "NVIDIA") else {
            return;
        };
        for gpu in 0..accelerators.visible() {
            if POWER_FAMILIES.contains(&facts.family.as_str()) {
                let mut dimensions = by_id.clone();
                dimensions.push(("GpuId", gpu.to_string()));
                self.add(
                    &one.region,
                    "AWS/EC2",
                    "GPUPowerUtilization",
                    "Percent",
                    300,
                    dimensions,
                    Probe::Instance(place, InstanceMetric::GpuPower(gpu)),
                );
            }
            if one.agent {
                self.agent(place, one, &accelerators.name, gpu);
            }
            if let Some(cluster) = &one.insights_cluster {
                self.container_insights(place, one, cluster, gpu);
            }
        }
    }

    fn agent(&mut self, place: usize, one: &Instance, accelerator: &str, gpu: u32) {
        let mut dimensions = vec![
            ("InstanceId", one.id.clone()),
            ("ImageId", one.image_id.clone()),
            ("InstanceType", one.instance_type.clone()),
            ("index", gpu.to_string()),
            ("name", board(accelerator)),
            ("arch", architecture(accelerator).to_owned()),
        ];
        if let Some(group) = &one.auto_scaling_group {
            dimensions.push(("AutoScalingGroupName", group.clone()));
        }
        for (name, what) in [
            ("nvidia_smi_utilization_gpu", InstanceMetric::Gpu(gpu)),
            (
                "nvidia_smi_utilization_memory",
                InstanceMetric::GpuTraffic(gpu),
            ),
            ("nvidia_smi_memory_used", InstanceMetric::GpuMemoryUsed(gpu)),
            (
                "nvidia_smi_memory_total",
                InstanceMetric::GpuMemoryTotal(gpu),
            ),
        ] {
            self.add(
                &one.region,
                "CWAgent",
                name,
                "None",
                60,
                dimensions.clone(),
                Probe::Instance(place, what),
            );
        }
    }

    /// Container Insights with enhanced observability: a node as a whole and each of its GPUs.
    fn container_insights(&mut self, place: usize, one: &Instance, cluster: &str, gpu: u32) {
        let node = vec![
            ("ClusterName", cluster.to_owned()),
            ("InstanceId", one.id.clone()),
            ("NodeName", one.private_dns_name()),
        ];
        let mut device = node.clone();
        device.push(("InstanceType", one.instance_type.clone()));
        device.push(("GpuDevice", format!("nvidia{gpu}")));
        for dimensions in [node, device] {
            self.add(
                &one.region,
                "ContainerInsights",
                "node_gpu_utilization",
                "None",
                60,
                dimensions,
                Probe::Instance(place, InstanceMetric::Gpu(gpu)),
            );
        }
    }

    fn jobs(&mut self, simulation: &Simulation) {
        for (place, job) in simulation.jobs.iter().enumerate() {
            let namespace = match job.kind {
                JobKind::Training => "/aws/sagemaker/TrainingJobs",
                JobKind::Processing => "/aws/sagemaker/ProcessingJobs",
                JobKind::Transform => "/aws/sagemaker/TransformJobs",
            };
            for (which, host) in job.hosts.iter().enumerate() {
                for (name, what) in machine_metrics(job.gpu.is_some()) {
                    let dimensions = vec![("Host", format!("{}/{host}", job.name))];
                    self.add(
                        &job.region,
                        namespace,
                        name,
                        "Percent",
                        60,
                        dimensions,
                        Probe::Job(place, which, what),
                    );
                }
            }
        }
    }

    fn model(
        &mut self,
        region: &str,
        dimensions: &[(&'static str, String)],
        probe: impl Fn(ModelMetric) -> Probe,
        [read, write]: [bool; 2],
    ) {
        let read = read.then_some((
            "CacheReadInputTokens",
            "Count",
            ModelMetric::CacheReadTokens,
        ));
        let write = write.then_some((
            "CacheWriteInputTokens",
            "Count",
            ModelMetric::CacheWriteTokens,
        ));
        for (name, unit, what) in [
            ("Invocations", "Count", ModelMetric::Invocations),
            ("InvocationLatency", "Milliseconds", ModelMetric::Latency),
            ("InvocationClientErrors", "Count", ModelMetric::ClientErrors),
            ("InvocationThrottles", "Count", ModelMetric::Throttles),
            ("InputTokenCount", "Count", ModelMetric::InputTokens),
            ("OutputTokenCount", "Count", ModelMetric::OutputTokens),
        ]
        .into_iter()
        .chain(read)
        .chain(write)
        {
            self.add(
                region,
                "AWS/Bedrock",
                name,
                unit,
                60,
                dimensions.to_vec(),
                probe(what),
            );
        }
    }
}

fn identity<'a>(
    region: &str,
    namespace: &str,
    name: &str,
    dimensions: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut dimensions: Vec<_> = dimensions.collect();
    dimensions.sort_unstable();
    format!("{region}\n{namespace}\n{name}\n{dimensions:?}")
}

fn machine_metrics(accelerated: bool) -> Vec<(&'static str, MachineMetric)> {
    let mut all = vec![
        ("CPUUtilization", MachineMetric::Cpu),
        ("MemoryUtilization", MachineMetric::Memory),
        ("DiskUtilization", MachineMetric::Disk),
    ];
    if accelerated {
        all.push(("GPUUtilization", MachineMetric::Gpu));
        all.push(("GPUMemoryUtilization", MachineMetric::GpuMemory));
    }
    all
}

/// The board's name as nvidia-smi gives it.
fn board(accelerator: &str) -> String {
    match accelerator {
        "A100" => "NVIDIA A100-SXM4-40GB".to_owned(),
        "H100" => "NVIDIA H100 80GB HBM3".to_owned(),
        "V100" => "Tesla V100-SXM2-16GB".to_owned(),
        "T4" => "Tesla T4".to_owned(),
        other => format!("NVIDIA {other}"),
    }
}

fn architecture(accelerator: &str) -> &'static str {
    match accelerator {
        "A100" | "A10G" => "Ampere",
        "L4" | "L40S" => "Ada Lovelace",
        "H100" | "H200" => "Hopper",
        "V100" => "Volta",
        "T4" | "T4g" => "Turing",
        _ => "Blackwell",
    }
}
