//! Metrics from CloudWatch: many series in few requests, on a regular grid, gaps kept as gaps.
//!
//! GetMetricData costs $0.01 per 1,000 requested metrics, however many points they have: the store
//! keeps every reading, and a poll requests only the queries that are due, from their last point.

mod entry;
mod request;
mod ring;
mod schedule;
mod snapshot;
mod store;
#[cfg(test)]
mod tests;

pub use schedule::WatchBudget;
pub use snapshot::MAX_BYTES;
pub use store::MetricStore;

use super::{Session, paging::read_pages};
use crate::aws::Api;
use crate::domain::{Fault, Measured, Series, Timestamp, UsdPerHour};
use aws_sdk_cloudwatch::types::{DimensionFilter, Metric, RecentlyActive};
use std::{collections::HashMap, sync::Arc};

/// The requests of an asynchronous endpoint. AWS publishes `InvocationsProcessed` (Cloud Custodian
/// recorded it of live endpoints); its documentation spells it with three s.
pub const ASYNC_REQUESTS: [&str; 2] = ["InvocationsProcessed", "InvocationsProcesssed"];
/// The queue of an asynchronous endpoint, by endpoint name only.
pub const ASYNC_BACKLOG: &str = "ApproximateBacklogSize";
const LIST: Api = Api::CloudWatchListMetrics;

/// A dimension's name and value.
pub type Dimension = (Arc<str>, Arc<str>);
/// The dimensions of each series of a metric.
pub type DimensionSets = Vec<Vec<Dimension>>;

/// One series: the exact set of dimensions, so that nothing counts twice.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricQuery {
    /// `AWS/EC2`.
    pub namespace: Arc<str>,
    /// `CPUUtilization`.
    pub metric: Arc<str>,
    /// All its dimensions.
    pub dims: Vec<Dimension>,
    /// `Average`, `Sum`, `Maximum`, `p95`.
    pub stat: &'static str,
    /// Seconds a point covers; a multiple of 60.
    pub period: u32,
    /// How soon it is asked again.
    pub priority: Priority,
}

/// How soon a query is asked again: the dearer its resource, the sooner (see [`schedule`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priority {
    /// The burn of the resource, which the query helps to judge.
    pub burn: UsdPerHour,
    /// It is asked in every `rounds`th round: 1 decides whether the resource is used.
    pub rounds: u16,
    /// Its place among queries that say the same of a resource, and their number: each round asks
    /// the next one.
    pub turn: (u16, u16),
}

impl MetricQuery {
    /// The series of `metric` in `namespace` with exactly these dimensions.
    pub fn new(
        namespace: &str,
        metric: &str,
        dims: &[(&str, &str)],
        stat: &'static str,
        period: u32,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            metric: metric.into(),
            dims: dims
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            stat,
            period,
            priority: Priority {
                burn: UsdPerHour(1.0),
                rounds: 1,
                turn: (0, 1),
            },
        }
    }

    /// The query, of a resource with this burn.
    #[must_use]
    pub fn of_burn(mut self, burn: UsdPerHour) -> Self {
        self.priority.burn = burn;
        self
    }

    /// The query, asked in every `rounds`th round.
    #[must_use]
    pub fn every(mut self, rounds: u16) -> Self {
        self.priority.rounds = rounds;
        self
    }

    /// The query as number `place` of `count` that take turns.
    #[must_use]
    pub fn in_turn(mut self, place: usize, count: usize) -> Self {
        let number = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        self.priority.turn = (number(place), number(count.max(1)));
        self
    }
}

/// The answer to queries: one series each, in their order. A series is made of the readings of the
/// store when it is taken, so that those of a large account are never in memory at the same time.
#[derive(Debug)]
pub struct MetricResults<'a> {
    session: &'a Session,
    queries: &'a [MetricQuery],
    window: Window,
    /// Why queries have no series, by their places.
    failed: HashMap<usize, Fault>,
    /// The requests that failed, each once.
    pub faults: Vec<Fault>,
}

impl MetricResults<'_> {
    /// The series of each query. A known series without points means that CloudWatch has no data. A
    /// series ends when it was last asked for, which may be earlier than now.
    pub fn series(&self) -> impl Iterator<Item = Measured<Series>> {
        (0..self.queries.len()).map(|place| self.one(place))
    }

    /// The series of the query at `place`.
    pub fn one(&self, place: usize) -> Measured<Series> {
        let (store, region) = (&self.session.metrics, &self.session.place.region);
        match (self.failed.get(&place), self.queries.get(place)) {
            (Some(fault), _) => Measured::unread(fault),
            (None, Some(query)) => Measured::Known(store.series(region, query, self.window)),
            (None, None) => Measured::pending(),
        }
    }

    /// When each query was asked.
    pub fn asked(&self) -> impl Iterator<Item = Timestamp> {
        (0..self.queries.len()).map(|place| self.asked_at(place))
    }

    /// When the query at `place` was asked.
    pub fn asked_at(&self, place: usize) -> Timestamp {
        let (store, region) = (&self.session.metrics, &self.session.place.region);
        let query = self.queries.get(place);
        let asked = query.and_then(|query| store.asked(region, query));
        asked.unwrap_or(self.window.to)
    }
}

/// What a read asks for.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Timestamp,
    to: Timestamp,
    /// The last point is the period that holds `to`, up to `to`.
    has_open_period: bool,
    /// Queries are asked also if they are not due.
    is_urgent: bool,
}

impl Window {
    /// The closed periods of `from..to`, of what is due.
    fn of_closed(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            has_open_period: false,
            is_urgent: false,
        }
    }
}

/// Reads `queries` over `from..to`, those that are not due from the store. Both ends are moved down
/// to a whole period of each query.
pub async fn fetch<'a>(
    session: &'a Session,
    queries: &'a [MetricQuery],
    from: Timestamp,
    to: Timestamp,
) -> MetricResults<'a> {
    read(session, queries, Window::of_closed(from, to)).await
}

/// As [`fetch`], and the last point of each series is the period that holds `to`, up to `to`.
pub async fn fetch_with_open_period<'a>(
    session: &'a Session,
    queries: &'a [MetricQuery],
    from: Timestamp,
    to: Timestamp,
) -> MetricResults<'a> {
    let window = Window {
        has_open_period: true,
        ..Window::of_closed(from, to)
    };
    read(session, queries, window).await
}

/// As [`fetch`], and CloudWatch is asked for every query: an action waits for the answer.
pub async fn fetch_now<'a>(
    session: &'a Session,
    queries: &'a [MetricQuery],
    from: Timestamp,
    to: Timestamp,
) -> MetricResults<'a> {
    let window = Window {
        is_urgent: true,
        ..Window::of_closed(from, to)
    };
    read(session, queries, window).await
}

async fn read<'a>(
    session: &'a Session,
    queries: &'a [MetricQuery],
    window: Window,
) -> MetricResults<'a> {
    let (store, region) = (&session.metrics, &session.place.region);
    let asks = store.due(region, queries, window);
    let mut failed: HashMap<usize, Fault> = HashMap::new();
    for batch in request::batches(asks, window.to) {
        match request::send(session, queries, &batch, window.to).await {
            Ok(answers) => {
                for (ask, answer) in batch.iter().zip(answers) {
                    match answer {
                        Ok(points) => {
                            store.add(region, &queries[ask.place], ask, window.to, &points);
                        }
                        Err(fault) => {
                            failed.insert(ask.place, fault);
                        }
                    }
                }
            }
            Err(fault) => failed.extend(batch.iter().map(|ask| (ask.place, fault.clone()))),
        }
    }
    let mut faults: Vec<Fault> = Vec::new();
    for fault in failed.values() {
        if !faults.contains(fault) {
            faults.push(fault.clone());
        }
    }
    MetricResults {
        session,
        queries,
        window,
        failed,
        faults,
    }
}

/// The dimension sets under which `metric` was published in the last three hours. `named` filters
/// by dimension name, and by value where it has one.
pub async fn find_recent(
    session: &Session,
    namespace: &str,
    metric: &str,
    named: &[(&str, Option<&str>)],
) -> Result<Vec<Vec<Dimension>>, Fault> {
    list(
        session,
        namespace,
        metric,
        named,
        Some(RecentlyActive::Pt3H),
    )
    .await
}

/// As [`find_recent`], of any dimensions, from a list that is at most `max_age` seconds old at
/// `now`.
pub async fn find_recent_within(
    session: &Session,
    namespace: &'static str,
    metric: &'static str,
    (max_age, now): (f64, Timestamp),
) -> Result<Arc<DimensionSets>, Fault> {
    let key = (session.place.region.clone(), namespace, metric);
    if let Some(sets) = session.metrics.published(&key, max_age, now) {
        return Ok(sets);
    }
    let sets = Arc::new(find_recent(session, namespace, metric, &[]).await?);
    session.metrics.keep_published(key, sets.clone(), now);
    Ok(sets)
}

/// As [`find_recent`], of the last two weeks: as far back as CloudWatch lists.
pub async fn find_published(
    session: &Session,
    namespace: &str,
    metric: &str,
    named: &[(&str, Option<&str>)],
) -> Result<Vec<Vec<Dimension>>, Fault> {
    list(session, namespace, metric, named, None).await
}

/// Lists to the end.
async fn list(
    session: &Session,
    namespace: &str,
    metric: &str,
    named: &[(&str, Option<&str>)],
    active: Option<RecentlyActive>,
) -> Result<Vec<Vec<Dimension>>, Fault> {
    let filters = named
        .iter()
        .map(|(name, value)| {
            DimensionFilter::builder()
                .name(*name)
                .set_value(value.map(ToOwned::to_owned))
                .build()
        })
        .collect();
    let pages = session
        .cloudwatch
        .list_metrics()
        .namespace(namespace)
        .metric_name(metric)
        .set_dimensions(Some(filters))
        .set_recently_active(active)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    read_pages(LIST, pages, |page| {
        found.extend(page.metrics().iter().map(dimensions));
    })
    .await?;
    Ok(found)
}

fn dimensions(metric: &Metric) -> Vec<Dimension> {
    metric
        .dimensions()
        .iter()
        .map(|dimension| {
            (
                Arc::from(dimension.name().unwrap_or_default()),
                Arc::from(dimension.value().unwrap_or_default()),
            )
        })
        .collect()
}
