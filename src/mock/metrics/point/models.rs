//! Metrics of Bedrock models and provisioned throughput.

use crate::{
    domain::Timestamp,
    mock::{
        load_shape::unit,
        metrics::{Stats, probe::ModelMetric},
        price_facts::Tier,
        simulation::{ModelUse, Simulation},
    },
};

pub(super) fn use_point(one: &ModelUse, what: ModelMetric, t: Timestamp) -> Option<Stats> {
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

/// The requests and tokens of a Bedrock model in one minute.
pub(super) struct ModelMinute {
    pub(super) requests: f64,
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) cache: f64,
    pub(super) written: f64,
    pub(super) latency_ms: f64,
    pub(super) throttled: f64,
    /// Statistics of requests with equal token counts.
    pub(super) exact: bool,
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

impl Simulation {
    pub(super) fn throughput_point(
        &self,
        place: usize,
        what: ModelMetric,
        t: Timestamp,
    ) -> Option<Stats> {
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

    /// The points under one `ModelId`: all tiers except batch.
    pub(super) fn model_point(
        &self,
        place: usize,
        what: ModelMetric,
        t: Timestamp,
    ) -> Option<Stats> {
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
}
