//! The value of each quantity in one minute. `docs/mock.md` lists these formulas.

use super::{
    Stats,
    probe::{InstanceMetric, MachineMetric, ModelMetric, Probe, RequestMetric},
};
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::{Load, mix, unit},
        price_facts::{Tier, TypeFacts},
        simulation::{
            Endpoint, InferenceComponent, Instance, InstanceState, Job, JobState, ModelUse,
            NotebookState, Simulation, Variant, after,
        },
    },
};

/// A share as a percentage that never leaves 0..100.
fn percent(share: f64) -> f64 {
    (share * 100.0).clamp(0.0, 100.0)
}

impl Simulation {
    /// The point of a quantity in the minute (or five minutes) that begins at `t`; `None` when
    /// nothing was published.
    pub(super) fn point(&self, probe: &Probe, t: Timestamp) -> Option<Stats> {
        match *probe {
            Probe::Instance(place, what) => instance_point(&self.instances[place], what, t),
            Probe::Notebook(place) => {
                let one = &self.notebooks[place];
                (one.life.at(t) == Some(NotebookState::InService))
                    .then(|| Stats::one(one.cpu.at(t)))
            }
            Probe::Variant(place, which, what) => {
                self.requests_point(&self.endpoints[place], which, what, t)
            }
            Probe::Machines(place, which, what) => {
                self.machines_point(&self.endpoints[place], which, what, t)
            }
            Probe::Component(place, what) => self.component_point(place, what, t),
            Probe::ComponentMachines(place, what) => self.component_machines(place, what, t),
            Probe::Job(place, host, what) => job_point(&self.jobs[place], host, what, t),
            Probe::Throughput(place, what) => self.throughput_point(place, what, t),
            Probe::Model(place, what) => self.model_point(place, what, t),
            Probe::Tier(place, what) => use_point(&self.model_uses[place], what, t),
        }
    }

    /// Whether a quantity has any point in `[from, to)`: looked for every two hours.
    pub(super) fn seen(&self, probe: &Probe, from: Timestamp, to: Timestamp) -> bool {
        match *probe {
            Probe::Instance(place, _) => self.instances[place]
                .life
                .spans(from, to)
                .any(|(.., state)| state == InstanceState::Running),
            Probe::Notebook(place) => self.notebooks[place]
                .life
                .spans(from, to)
                .any(|(.., state)| state == NotebookState::InService),
            Probe::Machines(place, ..) => self.endpoints[place]
                .life
                .spans(from, to)
                .any(|(.., state)| state.serves()),
            Probe::ComponentMachines(place, _) => self.components[place]
                .life
                .spans(from, to)
                .any(|(.., state)| state.serves()),
            Probe::Job(place, ..) => {
                let job = &self.jobs[place];
                job.started().is_some_and(|started| {
                    job.life
                        .spans(from.max(started), to)
                        .any(|(.., state)| state == JobState::InProgress)
                })
            }
            _ => (1..=168).any(|n| {
                let t = after(to, -7_200.0 * f64::from(n) + 3_600.0);
                t >= from && self.point(probe, t).is_some()
            }),
        }
    }

    fn requests_point(
        &self,
        endpoint: &Endpoint,
        which: usize,
        what: RequestMetric,
        t: Timestamp,
    ) -> Option<Stats> {
        let variant = &endpoint.variants[which];
        let hosted = || {
            self.hosted(endpoint)
                .map(|one| one.requests_at(t))
                .sum::<f64>()
        };
        let requests = endpoint.requests_at(variant, t)
            + if variant.managed.is_some() {
                hosted()
            } else {
                0.0
            };
        let replicas = f64::from(endpoint.current(variant, t));
        if matches!(
            what,
            RequestMetric::Backlog | RequestMetric::BacklogPerInstance
        ) {
            let serves = endpoint
                .life
                .at(t)
                .is_some_and(crate::mock::simulation::EndpointState::serves);
            let per = if what == RequestMetric::BacklogPerInstance {
                replicas.max(1.0)
            } else {
                1.0
            };
            return serves.then(|| {
                Stats::one((requests - replicas * variant.capacity).max(0.0).floor() / per)
            });
        }
        let key = endpoint.requests.key();
        if let Some(serverless) = variant.serverless {
            let busy = requests * endpoint.latency_ms / 60_000.0;
            if what == RequestMetric::Concurrency {
                return (requests > 0.0)
                    .then(|| Stats::one(percent(busy / f64::from(serverless.max_concurrency))));
            }
            return request_stats(
                what,
                requests,
                1.0,
                0.0,
                endpoint.latency_ms,
                endpoint.errors,
                key,
                t,
            );
        }
        if replicas == 0.0 {
            return None;
        }
        request_stats(
            what,
            requests,
            replicas,
            self.utilization(endpoint, variant, replicas, t),
            endpoint.latency_ms,
            endpoint.errors,
            key,
            t,
        )
    }

    /// How full the busiest resource of one of `replicas` instances is, 0 to 1.
    fn utilization(
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

    fn hosted<'a>(
        &'a self,
        endpoint: &'a Endpoint,
    ) -> impl Iterator<Item = &'a InferenceComponent> {
        self.components
            .iter()
            .filter(|one| one.endpoint == endpoint.name && one.region == endpoint.region)
    }

    fn machines_point(
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

    /// What the copies of the hosted components hold of the machines, percent.
    fn reserved(
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

    fn component_point(&self, place: usize, what: RequestMetric, t: Timestamp) -> Option<Stats> {
        let one = &self.components[place];
        let copies = f64::from(one.current(t));
        if copies == 0.0 {
            return None;
        }
        request_stats(
            what,
            one.requests_at(t),
            copies,
            one.utilization(t),
            one.latency_ms,
            0.0,
            one.requests.key(),
            t,
        )
    }

    fn component_machines(&self, place: usize, what: MachineMetric, t: Timestamp) -> Option<Stats> {
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

    fn throughput_point(&self, place: usize, what: ModelMetric, t: Timestamp) -> Option<Stats> {
        let one = &self.throughputs[place];
        if one.life.at(t) != Some(crate::mock::simulation::ThroughputState::InService) {
            return None;
        }
        let used = one.used.at(t) / 100.0;
        let tokens = used * f64::from(one.units) * one.tokens_per_minute;
        let requests = (tokens / one.request_tokens).round();
        let use_of = ModelMinute {
            written: 0.0,
            exact: false,
            requests,
            input: one.request_tokens,
            output: one.request_tokens * one.output_share,
            cache: 0.0,
            latency_ms: 2_400.0 * (1.0 + used.powi(4)),
            throttled: if used > 0.97 { 0.02 } else { 0.0 },
        };
        use_of.stats(what, one.used.key(), t)
    }

    /// All that is published under one `ModelId`: of every tier but batch.
    fn model_point(&self, place: usize, what: ModelMetric, t: Timestamp) -> Option<Stats> {
        let one = &self.model_uses[place];
        let same = |other: &ModelUse| {
            other.metric_id == one.metric_id
                && other.region == one.region
                && other.tier != Tier::Batch
        };
        let points = self
            .model_uses
            .iter()
            .filter(|other| same(other))
            .filter_map(|other| use_point(other, what, t));
        points.reduce(Stats::with)
    }

    /// Input, output, cache-read and cache-write tokens of a use of a model in the minute of `t`.
    pub(in crate::mock) fn model_minute(&self, place: usize, t: Timestamp) -> [f64; 4] {
        [
            ModelMetric::InputTokens,
            ModelMetric::OutputTokens,
            ModelMetric::CacheReadTokens,
            ModelMetric::CacheWriteTokens,
        ]
        .map(|what| use_point(&self.model_uses[place], what, t).map_or(0.0, |stats| stats.sum))
    }
}

fn use_point(one: &ModelUse, what: ModelMetric, t: Timestamp) -> Option<Stats> {
    let [input, output, cache, written] = one.tokens_of_request(t);
    let minute = ModelMinute {
        requests: one.requests.at(t).round(),
        input,
        output,
        cache,
        written,
        latency_ms: one.latency_ms,
        throttled: one.throttled,
        exact: one.requests.constant(t),
    };
    minute.stats(what, one.requests.key(), t)
}

/// A Bedrock model's minute.
struct ModelMinute {
    requests: f64,
    input: f64,
    output: f64,
    cache: f64,
    written: f64,
    latency_ms: f64,
    throttled: f64,
    /// Tokens of a request do not vary.
    exact: bool,
}

impl ModelMinute {
    fn stats(&self, what: ModelMetric, key: u64, t: Timestamp) -> Option<Stats> {
        let n = self.requests;
        if n < 0.5 {
            return None;
        }
        let wobble = if self.exact {
            1.0
        } else {
            0.94 + 0.12 * unit(key ^ 0x77, t.as_second())
        };
        let some = |count: f64| {
            (count >= 1.0).then_some(Stats {
                sum: count,
                min: 1.0,
                max: 1.0,
                count,
            })
        };
        match what {
            ModelMetric::Invocations => some(n),
            ModelMetric::Latency => Some(Stats::spread(self.latency_ms * wobble, n, 0.35, 3.2)),
            ModelMetric::ClientErrors => some((n * 0.004 * wobble).floor()),
            ModelMetric::Throttles => some((n * self.throttled * wobble).floor()),
            ModelMetric::InputTokens => {
                Some(Stats::spread((self.input * wobble).round(), n, 0.1, 4.0))
            }
            ModelMetric::OutputTokens => {
                Some(Stats::spread((self.output * wobble).round(), n, 0.1, 4.0))
            }
            ModelMetric::CacheReadTokens => (self.cache > 0.0)
                .then(|| Stats::spread((self.cache * wobble).round(), n, 0.0, 2.0)),
            ModelMetric::CacheWriteTokens => (self.written > 0.0)
                .then(|| Stats::spread((self.written * wobble).round(), n, 0.0, 2.0)),
        }
    }
}

fn instance_point(one: &Instance, what: InstanceMetric, t: Timestamp) -> Option<Stats> {
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
        // A GPU host's CPU feeds its GPUs; without a load of its own it follows them.
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

fn job_point(job: &Job, host: usize, what: MachineMetric, t: Timestamp) -> Option<Stats> {
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
        // What a GPU never works on takes none of its memory.
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

fn accelerators(variant: &Variant) -> f64 {
    variant
        .facts
        .and_then(|facts| facts.accelerators.as_ref())
        .map_or(0.0, |a| f64::from(a.visible()))
}

/// What a quantity of a machine comes to when its busiest resource is `full`, 0 to 1. CPU counts
/// 100 for each vCPU, GPU 100 for each GPU; a machine with accelerators is busy on them, one
/// without on its CPU.
fn machine(what: MachineMetric, full: f64, facts: &TypeFacts, key: u64) -> f64 {
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
fn ceiling(what: MachineMetric, facts: &TypeFacts) -> f64 {
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

/// What `requests` in a minute tell. No request, no point.
#[expect(
    clippy::too_many_arguments,
    reason = "one formula for variants and components"
)]
fn request_stats(
    what: RequestMetric,
    requests: f64,
    replicas: f64,
    full: f64,
    latency_ms: f64,
    errors: f64,
    key: u64,
    t: Timestamp,
) -> Option<Stats> {
    if requests < 1.0 {
        return None;
    }
    let wobble = 0.92 + 0.16 * unit(key, t.as_second());
    // Queueing: twice as slow at 84 %, three times when full.
    let latency = latency_ms * 1_000.0 * (1.0 + 2.0 * full.powi(4)) * wobble;
    let failed = |share: f64| {
        let count = (requests * share * wobble).floor();
        Some(Stats {
            sum: count,
            min: 0.0,
            max: count.min(1.0),
            count: requests,
        })
    };
    match what {
        RequestMetric::Count => Some(Stats {
            sum: requests,
            min: 1.0,
            max: 1.0,
            count: requests,
        }),
        RequestMetric::PerReplica => Some(Stats {
            sum: requests / replicas,
            min: 1.0 / replicas,
            max: 1.0 / replicas,
            count: requests,
        }),
        RequestMetric::ModelLatency => Some(Stats::spread(latency, requests, 0.5, 2.8)),
        RequestMetric::OverheadLatency => Some(Stats::spread(6_500.0 * wobble, requests, 0.6, 4.0)),
        RequestMetric::ClientErrors => failed(0.001),
        RequestMetric::ServerErrors => failed(errors),
        RequestMetric::SetupTime => {
            let cold = (requests * 0.01).floor();
            (cold >= 1.0).then(|| Stats::spread(3.8e6 * wobble, cold, 0.8, 1.4))
        }
        RequestMetric::Concurrent => {
            let busy = requests * latency / 60e6 / replicas;
            Some(Stats {
                sum: busy * 6.0,
                min: busy * 0.6,
                max: (busy * 1.7).ceil().max(1.0),
                count: 6.0,
            })
        }
        RequestMetric::Backlog | RequestMetric::BacklogPerInstance | RequestMetric::Concurrency => {
            None
        }
    }
}
