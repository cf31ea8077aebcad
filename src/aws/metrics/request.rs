//! GetMetricData: the queries that are due in as few requests as its limits allow.

use super::{MetricQuery, store::Ask};
use crate::aws::{Api, Session, convert::time, fault, paging::PageLimit};
use crate::domain::{Fault, FaultKind, Timestamp};
use aws_sdk_cloudwatch::types::{
    Dimension as SdkDimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy,
    StatusCode,
};
use aws_smithy_types::DateTime;

const DATA: Api = Api::CloudWatchGetMetricData;
/// Most queries, and most points of a page (CloudWatch API Reference, GetMetricData).
const MAX_QUERIES: usize = 500;
const MAX_POINTS: i64 = 100_800;

/// Moments in seconds of Unix time, with readings.
pub(super) type Points = Vec<(i64, f64)>;

/// `asks` by request: those from the same time on together, no more than one page of points in
/// each, the dearest first. A second page would repeat all queries, and may be billed again.
pub(super) fn batches(mut asks: Vec<Ask>, to: Timestamp) -> Vec<Vec<Ask>> {
    let points = |from: i64, ask: &Ask| (to.as_second() - from) / i64::from(ask.period) + 2;
    asks.sort_by(|a, b| {
        let by_length = points(a.from, a).ilog2().cmp(&points(b.from, b).ilog2());
        by_length.then(b.burn.total_cmp(&a.burn))
    });
    let mut batches: Vec<Vec<Ask>> = Vec::new();
    for ask in asks {
        let fits = |batch: &Vec<Ask>| {
            let from = batch.iter().map(|one| one.from).min();
            let from = from.map_or(ask.from, |from| from.min(ask.from));
            let all = batch.iter().chain([&ask]).map(|one| points(from, one));
            batch.len() < MAX_QUERIES && all.sum::<i64>() <= MAX_POINTS
        };
        match batches.last_mut().filter(|batch| fits(batch)) {
            Some(batch) => batch.push(ask),
            None => batches.push(vec![ask]),
        }
    }
    batches
}

/// Sends `batch`, asks of `queries`: the readings of each ask in turn, or why it has none.
pub(super) async fn send(
    session: &Session,
    queries: &[MetricQuery],
    batch: &[Ask],
    to: Timestamp,
) -> Result<Vec<Result<Points, Fault>>, Fault> {
    let from = batch.iter().map(|ask| ask.from).min();
    let start = Timestamp::from_second(from.unwrap_or(0)).unwrap_or(to);
    let asked: Vec<MetricDataQuery> = batch
        .iter()
        .enumerate()
        .map(|(place, ask)| sdk_query(place, &queries[ask.place]))
        .collect();
    session.calls.add_metrics(batch.len());
    let mut answers: Vec<Result<Points, Fault>> = batch.iter().map(|_| Ok(Vec::new())).collect();
    let (mut token, mut limit): (Option<String>, _) = (None, PageLimit::paid(DATA));
    loop {
        let answer = session
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(asked.clone()))
            .start_time(time::date_time(start))
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
            if let Some(answer) = index.and_then(|index| answers.get_mut(index)) {
                add_result(answer, result);
            }
        }
        match answer.next_token().filter(|next| !next.is_empty()) {
            Some(next) => {
                limit.next(next)?;
                tracing::warn!("GetMetricData has a second page; it may be billed again");
                session.calls.add_metrics(batch.len());
                token = Some(next.to_owned());
            }
            None => return Ok(answers),
        }
    }
}

/// Adds one result of a page to the answer it belongs to.
fn add_result(answer: &mut Result<Points, Fault>, result: &MetricDataResult) {
    let (kind, message) = match result.status_code() {
        Some(StatusCode::Forbidden) => (FaultKind::Denied, "not authorized for some metrics"),
        Some(StatusCode::InternalError) => {
            (FaultKind::Service, "CloudWatch failed on some metrics")
        }
        // After `PartialData` the next page continues the series.
        _ => {
            if let Ok(points) = answer {
                let times = result.timestamps().iter().map(DateTime::secs);
                points.extend(times.zip(result.values().iter().copied()));
            }
            return;
        }
    };
    *answer = Err(Fault::new(kind, DATA, message));
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn query_ids_are_valid_for_cloudwatch() {
        let query = MetricQuery::new("AWS/EC2", "CPUUtilization", &[], "Average", 60);
        assert_eq!(sdk_query(7, &query).id(), Some("q7"));
    }

    proptest! {
        /// A request never has more queries or points than a page, and no ask is lost.
        #[test]
        fn no_request_has_a_second_page(
            asks in proptest::collection::vec((0i64..2_000, 0usize..3, 0f64..100.0), 1..1_500),
        ) {
            let to = Timestamp::from_second(2_000_000_000).unwrap();
            let count = asks.len();
            let asks = asks.into_iter().enumerate().map(|(place, (hours, period, burn))| Ask {
                place,
                period: [300, 900, 3_600][period],
                from: to.as_second() - hours * 3_600,
                burn,
            });
            let batches = batches(asks.collect(), to);
            let mut places: Vec<usize> = Vec::new();
            for batch in &batches {
                let from = batch.iter().map(|ask| ask.from).min().unwrap();
                let span = to.as_second() - from;
                let points: i64 = batch.iter().map(|ask| span / i64::from(ask.period) + 1).sum();
                prop_assert!(batch.len() <= MAX_QUERIES && points <= MAX_POINTS);
                places.extend(batch.iter().map(|ask| ask.place));
            }
            places.sort_unstable();
            prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
        }
    }
}
