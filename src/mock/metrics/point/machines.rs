//! Metrics of machines: CPU, GPU, memory, disk, network.

use super::percent;
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::{Load, mix, unit},
        metrics::{
            Stats,
            probe::{InstanceMetric, MachineMetric},
        },
        price_facts::TypeFacts,
        simulation::{Endpoint, InferenceComponent, Instance, Job, JobState, Simulation, Variant},
    },
};

pub(super) fn instance_point(one: &Instance, what: InstanceMetric, t: Timestamp) -> Option<Stats> {
    if !one.running(t) {
        return None;
    }
    let gpu = |index: u32| {
        let wobble = 0.94 + 0.12 * unit(one.key ^ u64::from(index), t.as_second());
        one.gpu
            .as_ref()
            .map_or(0.0, |load| (load.at(t) * wobble).clamp(0.0, 100.0))
    };
    let busy = || one.gpu.as_ref().unwrap_or(&one.cpu).at(t) / 100.0;
    let memory = || {
        one.facts
            .and_then(|facts| facts.accelerators.as_ref())
            .map_or(0.0, |a| a.memory_gib * 1_024.0)
    };
    let steady = |index: u32, low: f64, high: f64| {
        low + (high - low) * unit(one.key ^ 0xee, i64::from(index))
    };
    let value = match what {
        // Without a CPU load in the scenario, the CPU follows the GPUs.
        InstanceMetric::Cpu if one.gpu.as_ref() == Some(&one.cpu) => {
            (1.0 + 0.4 * one.cpu.at(t)).clamp(0.0, 100.0)
        }
        InstanceMetric::Cpu => one.cpu.at(t).clamp(0.0, 100.0),
        InstanceMetric::NetworkIn => 18_000.0 + 9e7 * busy().powi(2),
        InstanceMetric::NetworkOut => 12_000.0 + 7e7 * busy().powi(2),
        InstanceMetric::GpuPower(index) => (14.0 + 0.8 * gpu(index)).clamp(0.0, 100.0),
        InstanceMetric::Gpu(index) => gpu(index),
        InstanceMetric::GpuTraffic(index) => gpu(index) * 0.55,
        InstanceMetric::GpuMemoryUsed(index) => {
            (memory() * (0.02 + steady(index, 0.25, 0.85) * busy().sqrt())).min(memory())
        }
        InstanceMetric::GpuMemoryTotal(_) => memory(),
    };
    Some(Stats::one(value))
}

pub(super) fn job_point(
    job: &Job,
    host: usize,
    what: MachineMetric,
    t: Timestamp,
) -> Option<Stats> {
    let facts = job.facts?;
    if job.life.at(t) != Some(JobState::InProgress)
        || job.started().is_none_or(|started| t < started)
    {
        return None;
    }
    let key = job.gpu.as_ref().or(job.cpu.as_ref()).map_or(7, Load::key);
    let apart = if job.hosts.len() > 1 {
        0.97 + 0.06 * unit(key ^ mix(host as u64), t.as_second())
    } else {
        1.0
    };
    let gpu = job
        .gpu
        .as_ref()
        .map(|gpu| (gpu.at(t) / 100.0 * apart).clamp(0.0, 1.0));
    let value = match (what, &job.cpu, gpu) {
        (MachineMetric::Cpu, Some(cpu), _) => {
            percent(cpu.at(t) / 100.0 * apart) * f64::from(facts.vcpus)
        }
        // A GPU without work uses no memory.
        (MachineMetric::GpuMemory, _, Some(0.0)) => 0.0,
        (_, Some(cpu), None) => machine(
            what,
            (cpu.at(t) / 100.0 * apart).clamp(0.0, 1.0),
            facts,
            key,
        ),
        (_, _, gpu) => machine(what, gpu.unwrap_or_default(), facts, key),
    };
    Some(Stats::one(value))
}

pub(super) fn accelerators(variant: &Variant) -> f64 {
    variant
        .facts
        .and_then(|facts| facts.accelerators.as_ref())
        .map_or(0.0, |a| f64::from(a.visible()))
}

/// A quantity of a machine whose busiest resource is `full`, 0 to 1. CPU counts 100 for each vCPU,
/// GPU 100 for each GPU; a machine with accelerators is busy on them, one without on its CPU.
pub(super) fn machine(what: MachineMetric, full: f64, facts: &TypeFacts, key: u64) -> f64 {
    let gpus = facts
        .accelerators
        .as_ref()
        .map_or(0.0, |a| f64::from(a.visible()));
    let cpu = if gpus > 0.0 {
        0.03 + 0.30 * full
    } else {
        0.02 + 0.96 * full
    };
    let fixed = |low: f64, high: f64| low + (high - low) * unit(key, 3);
    match what {
        MachineMetric::Cpu => percent(cpu) * f64::from(facts.vcpus),
        MachineMetric::CpuNormalized => percent(cpu),
        MachineMetric::Memory | MachineMetric::MemoryNormalized => {
            percent(fixed(0.15, 0.4) + 0.25 * full)
        }
        MachineMetric::Disk => percent(fixed(0.1, 0.35)),
        MachineMetric::Gpu => percent(full) * gpus,
        MachineMetric::GpuNormalized => percent(full),
        MachineMetric::GpuMemory => percent(fixed(0.45, 0.8)) * gpus,
        MachineMetric::GpuMemoryNormalized => percent(fixed(0.45, 0.8)),
        MachineMetric::CpuReserved | MachineMetric::MemoryReserved | MachineMetric::GpuReserved => {
            0.0
        }
    }
}

/// The highest a quantity can be.
pub(super) fn ceiling(what: MachineMetric, facts: &TypeFacts) -> f64 {
    let gpus = facts
        .accelerators
        .as_ref()
        .map_or(0.0, |a| f64::from(a.visible()));
    match what {
        MachineMetric::Cpu => 100.0 * f64::from(facts.vcpus),
        MachineMetric::Gpu | MachineMetric::GpuMemory => 100.0 * gpus,
        _ => 100.0,
    }
}

impl Simulation {
    /// Utilization of the busiest resource of one of `replicas` instances, 0 to 1.
    pub(super) fn utilization(
        &self,
        endpoint: &Endpoint,
        variant: &Variant,
        replicas: f64,
        t: Timestamp,
    ) -> f64 {
        if variant.managed.is_none() {
            return (endpoint.requests_at(variant, t) / (replicas * variant.capacity))
                .clamp(0.0, 1.0);
        }
        let (mut used, accelerators) = (0.0, accelerators(variant));
        for component in self.hosted(endpoint) {
            let share = if accelerators > 0.0 {
                component.accelerators / accelerators
            } else {
                0.25
            };
            used += component.utilization(t) * f64::from(component.current(t)) * share;
        }
        (used / replicas).clamp(0.0, 1.0)
    }

    pub(super) fn hosted<'a>(
        &'a self,
        endpoint: &'a Endpoint,
    ) -> impl Iterator<Item = &'a InferenceComponent> {
        self.components
            .iter()
            .filter(|one| one.endpoint == endpoint.name && one.region == endpoint.region)
    }

    pub(super) fn machines_point(
        &self,
        endpoint: &Endpoint,
        which: usize,
        what: MachineMetric,
        t: Timestamp,
    ) -> Option<Stats> {
        let variant = &endpoint.variants[which];
        let Some(facts) = variant.facts else {
            let requests = endpoint.requests_at(variant, t);
            return (requests > 0.0).then(|| {
                Stats::one(percent(
                    0.42 + 0.1 * unit(endpoint.requests.key(), t.as_second()),
                ))
            });
        };
        let replicas = endpoint.current(variant, t);
        if replicas == 0 {
            return None;
        }
        if let Some(reserved) = self.reserved(endpoint, variant, facts, what, t) {
            return Some(Stats::one(reserved));
        }
        let value = machine(
            what,
            self.utilization(endpoint, variant, f64::from(replicas), t),
            facts,
            endpoint.requests.key(),
        );
        let top = ceiling(what, facts);
        let spread = if replicas > 1 { 0.07 } else { 0.0 };
        let mut stats = Stats::spread(value, f64::from(replicas), 1.0 - spread, 1.0 + spread);
        stats.max = stats.max.min(top).max(value);
        Some(stats)
    }

    /// Share of the machines that the copies of hosted components reserve, percent.
    pub(super) fn reserved(
        &self,
        endpoint: &Endpoint,
        variant: &Variant,
        facts: &TypeFacts,
        what: MachineMetric,
        t: Timestamp,
    ) -> Option<f64> {
        let replicas = f64::from(endpoint.current(variant, t)).max(1.0);
        let sum = |of: fn(&InferenceComponent) -> f64| -> f64 {
            self.hosted(endpoint)
                .map(|one| of(one) * f64::from(one.current(t)))
                .sum()
        };
        match what {
            MachineMetric::CpuReserved => Some(percent(
                sum(|one| one.cpus) / (replicas * f64::from(facts.vcpus)),
            )),
            MachineMetric::MemoryReserved => Some(percent(
                sum(|one| f64::from(one.memory_mb)) / (replicas * facts.memory_gib * 1_024.0),
            )),
            MachineMetric::GpuReserved => Some(percent(
                sum(|one| one.accelerators) / (replicas * accelerators(variant).max(1.0)),
            )),
            _ => None,
        }
    }

    pub(super) fn component_machines(
        &self,
        place: usize,
        what: MachineMetric,
        t: Timestamp,
    ) -> Option<Stats> {
        let one = &self.components[place];
        if one.current(t) == 0 {
            return None;
        }
        let full = one.utilization(t);
        let value = match what {
            MachineMetric::GpuNormalized => full,
            MachineMetric::GpuMemoryNormalized => 0.62,
            MachineMetric::MemoryNormalized => 0.35 + 0.2 * full,
            _ => 0.05 + 0.4 * full,
        };
        Some(Stats::spread(
            percent(value),
            f64::from(one.current(t)),
            1.0,
            1.0,
        ))
    }
}
