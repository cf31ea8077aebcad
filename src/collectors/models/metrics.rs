//! Hourly metrics of each model called on demand, over a month.
//!
//! Seven metrics a model every five minutes, four more for each tier: about 2,000 a day, $0.02. A
//! longer look costs nothing more.

use super::item::ModelItem;
use crate::collectors::{Context, MetricReport, shared::series::count_unread};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{Measured, Series, Timestamp, time::timestamp::seconds_between},
    pricing::Tier,
};

const PERIOD: u32 = 3600;
/// Hours looked back on: a month, and a day for the one that has 31.
const HOURS: i64 = 32 * 24;
const METRICS: [(&str, &str); 7] = [
    ("InputTokenCount", "Sum"),
    ("OutputTokenCount", "Sum"),
    ("CacheReadInputTokens", "Sum"),
    ("CacheWriteInputTokens", "Sum"),
    ("Invocations", "Sum"),
    ("InvocationThrottles", "Sum"),
    ("InvocationLatency", "Average"),
];

/// The hourly metrics of one model.
#[derive(Clone, Debug)]
pub(crate) struct ModelMetrics {
    /// Input, output, cache reads, cache writes.
    pub tokens: [Measured<Series>; 4],
    pub requests: Measured<Series>,
    pub throttles: Measured<Series>,
    /// Seconds.
    pub latency: Measured<Series>,
    /// Of `tokens`, those at another tier.
    pub tiers: Vec<(Option<Tier>, [Measured<Series>; 4])>,
    /// The hour that is not over; `None`: CloudWatch may not have counted it yet.
    pub open: Option<OpenHour>,
}

/// The hour that is not over, as one point of each series.
#[derive(Clone, Debug)]
pub(crate) struct OpenHour {
    /// Input, output, cache reads, cache writes.
    pub tokens: [Measured<Series>; 4],
    pub requests: Measured<Series>,
    /// Of `tokens`, those at another tier.
    pub tiers: Vec<(Option<Tier>, [Measured<Series>; 4])>,
    /// The moment up to which it is counted.
    pub until: Timestamp,
}

/// Seconds after which CloudWatch has the first points of an hour: Bedrock's arrive within minutes.
const REPORTED_AFTER: f64 = 900.0;

impl ModelMetrics {
    /// Takes the last point of each series, the hour that held `now`, for `open`.
    fn split_open_hour(mut self, now: Timestamp) -> Self {
        let own = [&self.tokens[0], &self.tokens[1], &self.requests];
        let is_counted = own.into_iter().filter_map(Measured::known).any(|series| {
            let begin = series.at(series.points.len().saturating_sub(1));
            series
                .points
                .last()
                .copied()
                .flatten()
                .is_some_and(|count| count > 0.0)
                || seconds_between(begin, now) >= REPORTED_AFTER
        });
        let open = OpenHour {
            tokens: self.tokens.each_mut().map(split_last),
            requests: split_last(&mut self.requests),
            tiers: self
                .tiers
                .iter_mut()
                .map(|(tier, tokens)| (*tier, tokens.each_mut().map(split_last)))
                .collect(),
            until: now,
        };
        split_last(&mut self.throttles);
        split_last(&mut self.latency);
        self.open = is_counted.then_some(open);
        self
    }

    /// How many of them could not be read.
    pub(super) fn count_unread(&self) -> usize {
        let tiers = self.tiers.iter().flat_map(|(_, tokens)| tokens);
        let own = [&self.requests, &self.throttles, &self.latency];
        count_unread(own.into_iter().chain(&self.tokens).chain(tiers))
    }
}

/// Reads all of them.
pub(super) async fn measure(cx: &Context, items: &[ModelItem]) -> MetricReport<ModelMetrics> {
    let queries: Vec<MetricQuery> = items
        .iter()
        .flat_map(|item| {
            let burn = cx.burn(&item.id);
            queries(item)
                .into_iter()
                .map(move |query| query.of_burn(burn))
        })
        .collect();
    let now = cx.clock.now();
    let from = add_seconds(now, -HOURS * 3600);
    let read = metrics::fetch_with_open_period(&cx.session, &queries, from, now).await;
    let (mut series, mut asked) = (read.series(), read.asked());
    let signals = items.iter().filter_map(|item| {
        if let Some(mantle) = &item.mantle {
            let signals = mantle_signals(&mut series)?;
            let asked = asked.nth(mantle.queries(PERIOD).count() - 1)?;
            return Some((item.id.clone(), signals.split_open_hour(asked), asked));
        }
        let seven: [Measured<Series>; 7] = series
            .by_ref()
            .take(7)
            .collect::<Vec<_>>()
            .try_into()
            .ok()?;
        let mut tiers = Vec::new();
        for tier in &item.tiers {
            let four: [Measured<Series>; 4] = series
                .by_ref()
                .take(4)
                .collect::<Vec<_>>()
                .try_into()
                .ok()?;
            tiers.push((tier.tier, four));
        }
        let signals = ModelMetrics {
            tiers,
            ..signals(seven)
        };
        let asked = asked.nth(METRICS.len() + 4 * item.tiers.len() - 1)?;
        Some((item.id.clone(), signals.split_open_hour(asked), asked))
    });
    let signals = signals.collect();
    MetricReport {
        signals,
        faults: read.faults.clone(),
    }
}

fn queries(item: &ModelItem) -> Vec<MetricQuery> {
    if let Some(mantle) = &item.mantle {
        return mantle.queries(PERIOD).collect();
    }
    let ask = |metric: &str, stat, dims: &[(&str, &str)]| {
        MetricQuery::new("AWS/Bedrock", metric, dims, stat, PERIOD)
    };
    let mut queries: Vec<MetricQuery> = METRICS
        .iter()
        .map(|(metric, stat)| ask(metric, stat, &[("ModelId", &item.id)]))
        .collect();
    for tier in &item.tiers {
        let dims: Vec<(&str, &str)> = tier
            .dims
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        queries.extend(
            METRICS
                .iter()
                .take(4)
                .map(|(metric, stat)| ask(metric, stat, &dims)),
        );
    }
    queries
}

fn signals(
    [input, output, reads, writes, requests, throttles, latency]: [Measured<Series>; 7],
) -> ModelMetrics {
    // The first hour with any point: before, the model may have had no callers, or may not have
    // existed.
    let first = [&input, &output, &requests]
        .into_iter()
        .filter_map(|series| series.known()?.points.iter().position(Option::is_some))
        .min();
    let counted = |series: Measured<Series>| series.map(|series| zero_from(&series, first));
    ModelMetrics {
        tokens: [input, output, reads, writes].map(counted),
        requests: counted(requests),
        throttles: counted(throttles),
        latency: latency.map(|series| series.scaled(1e-3)),
        tiers: Vec::new(),
        open: None,
    }
}

/// Removes the last point of `series`, and returns it as a series of its own.
fn split_last(series: &mut Measured<Series>) -> Measured<Series> {
    let last = series.as_ref().map(|series| series.tail(1));
    if let Measured::Known(series) = series {
        series.points.pop();
    }
    last
}

/// The metrics of a model at the mantle endpoint, in the order of its queries.
fn mantle_signals(series: &mut impl Iterator<Item = Measured<Series>>) -> Option<ModelMetrics> {
    let (input, output, requests) = (series.next()?, series.next()?, series.next()?);
    let none = || Measured::unknown("the mantle endpoint does not report it");
    let no_cache = input.as_ref().map(|series| series.scaled(0.0));
    Some(signals([
        input,
        output,
        no_cache.clone(),
        no_cache,
        requests,
        none(),
        none(),
    ]))
}

/// Gaps from point `first` on are zero.
fn zero_from(series: &Series, first: Option<usize>) -> Series {
    let filled = series.points.iter().enumerate().map(|(place, point)| {
        point.or_else(|| first.is_some_and(|first| place >= first).then_some(0.0))
    });
    Series {
        points: filled.collect(),
        ..*series
    }
}
