//! Metrics from CloudWatch: many series in few requests, on a regular grid, gaps kept as gaps.
//!
//! GetMetricData costs $0.01 per 1,000 requested metrics: frequent polls request few of them.

use super::{
    Session,
    convert::time,
    fault,
    paging::{PageLimit, read_pages},
};
use crate::aws::Api;
use crate::domain::{Fault, FaultKind, Measured, Series, Timestamp};
use aws_sdk_cloudwatch::types::{
    Dimension as SdkDimension, DimensionFilter, Metric, MetricDataQuery, MetricDataResult,
    MetricStat, RecentlyActive, ScanBy, StatusCode,
};
use std::sync::Arc;

/// Most queries one request takes.
const MAX_QUERIES_PER_REQUEST: usize = 500;
const DATA: Api = Api::CloudWatchGetMetricData;
/// The requests of an asynchronous endpoint. AWS publishes `InvocationsProcessed` (Cloud Custodian
/// recorded it of live endpoints); its documentation spells it with three s.
pub const ASYNC_REQUESTS: [&str; 2] = ["InvocationsProcessed", "InvocationsProcesssed"];
/// The queue of an asynchronous endpoint, by endpoint name only.
pub const ASYNC_BACKLOG: &str = "ApproximateBacklogSize";
const LIST: Api = Api::CloudWatchListMetrics;

/// A dimension's name and value.
pub type Dimension = (Arc<str>, Arc<str>);

/// One series: the exact set of dimensions, so that nothing counts twice.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        }
    }
}

/// One series per query, in the order of the queries.
#[derive(Clone, Debug, Default)]
pub struct MetricResults {
    /// A known series without points means that CloudWatch has no data.
    pub series: Vec<Measured<Series>>,
    /// The requests that failed, each once.
    pub faults: Vec<Fault>,
}

/// Reads `queries` over `from..to`. Both ends are moved down to a whole period of each query.
pub async fn fetch(
    session: &Session,
    queries: &[MetricQuery],
    from: Timestamp,
    to: Timestamp,
) -> MetricResults {
    let mut readings = MetricResults::default();
    for batch in queries.chunks(MAX_QUERIES_PER_REQUEST) {
        let mut grid: Vec<Measured<Series>> = batch
            .iter()
            .map(|query| Measured::Known(empty(query, from, to)))
            .collect();
        if let Err(fault) = fill(session, batch, from, to, &mut grid, &mut readings.faults).await {
            for reading in &mut grid {
                *reading = Measured::unread(&fault);
            }
            push_fault(&mut readings.faults, fault);
        }
        readings.series.append(&mut grid);
    }
    readings
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

fn push_fault(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// The start of the period that holds `at`, in seconds of Unix time.
fn floor(at: Timestamp, period: u32) -> i64 {
    let period = i64::from(period.max(1));
    at.as_second().div_euclid(period) * period
}

fn empty(query: &MetricQuery, from: Timestamp, to: Timestamp) -> Series {
    let start = floor(from, query.period);
    let points = (floor(to, query.period) - start) / i64::from(query.period.max(1));
    Series::empty(
        Timestamp::from_second(start).unwrap_or(from),
        query.period,
        usize::try_from(points).unwrap_or(0),
    )
}

/// Reads all pages of one batch into `grid`.
async fn fill(
    session: &Session,
    batch: &[MetricQuery],
    from: Timestamp,
    to: Timestamp,
    grid: &mut [Measured<Series>],
    faults: &mut Vec<Fault>,
) -> Result<(), Fault> {
    let longest = batch.iter().map(|query| query.period).max().unwrap_or(60);
    let start = time::date_time(Timestamp::from_second(floor(from, longest)).unwrap_or(from));
    let asked: Vec<MetricDataQuery> = batch
        .iter()
        .enumerate()
        .map(|(place, query)| sdk_query(place, query))
        .collect();
    let (mut token, mut limit): (Option<String>, _) = (None, PageLimit::paid(DATA));
    loop {
        if token.is_none() {
            session.calls.add_metrics(batch.len());
        }
        let answer = session
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(asked.clone()))
            .start_time(start)
            .end_time(time::date_time(to))
            .scan_by(ScanBy::TimestampAscending)
            .set_next_token(token.clone())
            .send()
            .await
            .map_err(|error| fault::from_sdk(DATA, &error))?;
        for result in answer.metric_data_results() {
            let index = result
                .id()
                .and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
            if let Some(reading) = index.and_then(|index| grid.get_mut(index)) {
                store_result(reading, result, faults);
            }
        }
        match answer.next_token().filter(|next| !next.is_empty()) {
            Some(next) => {
                limit.next(next)?;
                token = Some(next.to_owned());
            }
            None => return Ok(()),
        }
    }
}

/// Adds one result of a page to the series it belongs to.
fn store_result(
    reading: &mut Measured<Series>,
    result: &MetricDataResult,
    faults: &mut Vec<Fault>,
) {
    let (kind, message) = match result.status_code() {
        Some(StatusCode::Forbidden) => (FaultKind::Denied, "not authorized for some metrics"),
        Some(StatusCode::InternalError) => {
            (FaultKind::Service, "CloudWatch failed on some metrics")
        }
        // After `PartialData` the next page continues the series.
        _ => {
            if let Measured::Known(series) = reading {
                place_points(series, result.timestamps(), result.values());
            }
            return;
        }
    };
    let fault = Fault::new(kind, DATA, message);
    *reading = Measured::unread(&fault);
    push_fault(faults, fault);
}

fn sdk_query(place: usize, query: &MetricQuery) -> MetricDataQuery {
    let dims = query
        .dims
        .iter()
        .map(|(name, value)| {
            SdkDimension::builder()
                .name(name.as_ref())
                .value(value.as_ref())
                .build()
        })
        .collect();
    let metric = Metric::builder()
        .namespace(query.namespace.as_ref())
        .metric_name(query.metric.as_ref())
        .set_dimensions(Some(dims))
        .build();
    let period = i32::try_from(query.period).unwrap_or(i32::MAX);
    MetricDataQuery::builder()
        .id(format!("q{place}"))
        .metric_stat(
            MetricStat::builder()
                .metric(metric)
                .period(period)
                .stat(query.stat)
                .build(),
        )
        .build()
}

fn place_points(series: &mut Series, at: &[aws_smithy_types::DateTime], values: &[f64]) {
    let step = i64::from(series.step.max(1));
    for (at, value) in at.iter().zip(values) {
        let offset = (at.secs() - series.start.as_second()).div_euclid(step);
        if let Some(point) = usize::try_from(offset)
            .ok()
            .and_then(|offset| series.points.get_mut(offset))
        {
            *point = Some(*value).filter(|value| value.is_finite());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;

    #[test]
    fn points_align_to_periods_and_gaps_stay_empty() {
        let query = MetricQuery::new(
            "AWS/EC2",
            "CPUUtilization",
            &[("InstanceId", "i-1")],
            "Average",
            300,
        );
        let from: Timestamp = "2026-11-23T08:02:11Z".parse().unwrap();
        let mut series = empty(&query, from, "2026-11-23T08:31:00Z".parse().unwrap());
        assert_eq!(
            (series.points.len(), series.start.to_string().as_str()),
            (6, "2026-11-23T08:00:00Z")
        );
        let at = |minute: i64| DateTime::from_secs(series.start.as_second() + minute * 60);
        let times = [at(0), at(10), at(31), at(-5)];
        place_points(&mut series, &times, &[1.0, 3.0, 9.0, 9.0]);
        assert_eq!(
            series.points,
            [Some(1.0), None, Some(3.0), None, None, None]
        );
    }

    #[test]
    fn query_ids_are_valid_for_cloudwatch() {
        let query = MetricQuery::new("AWS/EC2", "CPUUtilization", &[], "Average", 60);
        assert_eq!(sdk_query(7, &query).id(), Some("q7"));
    }
}
