//! The value of each metric in one minute.

mod machines;
mod models;

use self::{
    machines::{instance_point, job_point},
    models::use_point,
};

use super::{
    Stats,
    probe::{ModelMetric, Probe, RequestMetric},
};
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::unit,
        simulation::{
            Endpoint, EndpointState, InstanceState, JobState, NotebookState, Simulation, after,
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
            Probe::Copies(place) => {
                let one = &self.imported_models[place];
                let copies = one.copies.at(t).round();
                (t >= one.created && copies > 0.0).then(|| Stats::one(copies))
            }
        }
    }

    /// Whether a quantity has any point in `[from, to)`, sampled every two hours.
    pub(super) fn has_points(&self, probe: &Probe, from: Timestamp, to: Timestamp) -> bool {
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
        let mut requests = endpoint.requests_at(variant, t);
        if variant.managed.is_some() {
            let hosted = self.hosted(endpoint).map(|one| one.requests_at(t));
            requests += hosted.sum::<f64>();
        }
        let replicas = f64::from(endpoint.current(variant, t));
        if matches!(
            what,
            RequestMetric::Backlog | RequestMetric::BacklogPerInstance
        ) {
            let is_serving = endpoint.life.at(t).is_some_and(EndpointState::serves);
            let backlog = (requests - replicas * variant.capacity).max(0.0).floor();
            let share = if what == RequestMetric::BacklogPerInstance {
                backlog / replicas.max(1.0)
            } else {
                backlog
            };
            return is_serving.then(|| Stats::one(share));
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

/// The points of `requests` in a minute; none without a request.
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
    // Queueing doubles the latency at 84 % and triples it at 100 %.
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
