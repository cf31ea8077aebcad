//! Recent request counts of all resources of a plan, read together.

use super::PreflightSession;
use crate::aws::Api;
use crate::aws::convert::time;
use crate::{
    aws::metrics::{self, MetricQuery},
    domain::{Fault, FaultKind, Measured, Series, Warning},
};

const OPERATION: Api = Api::CloudWatchGetMetricData;
/// Minutes in which requests are counted.
pub(super) const MINUTES: u32 = 15;

/// The series of `queries` over the last `seconds`, in their order.
pub(super) async fn series(
    reader: &PreflightSession<'_>,
    queries: &[MetricQuery],
    seconds: i64,
) -> Vec<Result<Series, Fault>> {
    if queries.is_empty() {
        return Vec::new();
    }
    let from = time::add_seconds(reader.now, -seconds);
    let readings = match reader
        .read(OPERATION, async {
            Ok(metrics::fetch_now(reader.session, queries, from, reader.now).await)
        })
        .await
    {
        Ok(readings) => readings,
        Err(fault) => return vec![Err(fault); queries.len()],
    };
    let fault = readings.faults.first();
    let of = |place: usize| match (readings.one(place), fault) {
        (Measured::Known(series), None) => Ok(series),
        (_, Some(fault)) => Err(fault.clone()),
        _ => Err(Fault::new(
            FaultKind::Broken,
            OPERATION,
            "an answer is missing",
        )),
    };
    (0..queries.len()).map(of).collect()
}

/// How often each of `asked` was called in the last [`MINUTES`]: the sum of all its series.
pub(super) async fn requests(
    reader: &PreflightSession<'_>,
    asked: &[Vec<MetricQuery>],
) -> Vec<Result<u64, Fault>> {
    let queries: Vec<MetricQuery> = asked.iter().flatten().cloned().collect();
    let mut read = series(reader, &queries, 60 * i64::from(MINUTES))
        .await
        .into_iter();
    asked
        .iter()
        .map(|own| {
            let series: Result<Vec<Series>, Fault> = read.by_ref().take(own.len()).collect();
            count(own, &series?)
        })
        .collect()
}

/// The sum of the counts, and the largest queue. A queue is published at all times: where neither
/// it nor a count has a point, the requests are unknown.
fn count(queries: &[MetricQuery], series: &[Series]) -> Result<u64, Fault> {
    let is_queue = |query: &MetricQuery| query.metric.as_ref() == metrics::ASYNC_BACKLOG;
    let is_silent = series.iter().all(|series| series.last().is_none());
    if is_silent && queries.iter().any(is_queue) {
        let message = "CloudWatch has neither its requests nor its queue";
        return Err(Fault::new(FaultKind::Unavailable, OPERATION, message));
    }
    let total: f64 = queries
        .iter()
        .zip(series)
        .map(|(query, series)| {
            if is_queue(query) {
                series.points.iter().flatten().copied().fold(0.0, f64::max)
            } else {
                series.gaps_as_zero().sum()
            }
        })
        .sum();
    Ok(total.round() as u64)
}

/// The queries for the requests of a variant; of an asynchronous endpoint the count under both its
/// names, and the queue.
pub(super) fn of_variant(endpoint: &str, variant: &str, is_async: bool) -> Vec<MetricQuery> {
    let dims = [("EndpointName", endpoint), ("VariantName", variant)];
    let sum = |metric: &str| MetricQuery::new("AWS/SageMaker", metric, &dims, "Sum", 60);
    if !is_async {
        return vec![sum("Invocations")];
    }
    let queue = MetricQuery::new(
        "AWS/SageMaker",
        metrics::ASYNC_BACKLOG,
        &dims[..1],
        "Maximum",
        60,
    );
    metrics::ASYNC_REQUESTS
        .iter()
        .map(|metric| sum(metric))
        .chain([queue])
        .collect()
}

/// The queries for requests to the inference component `name`.
pub(super) fn of_component(name: &str) -> Vec<MetricQuery> {
    vec![MetricQuery::new(
        "AWS/SageMaker",
        "Invocations",
        &[("InferenceComponentName", name)],
        "Sum",
        60,
    )]
}

/// The queries for requests to the provisioned throughput `arn`.
pub(super) fn of_units(arn: &str) -> Vec<MetricQuery> {
    vec![MetricQuery::new(
        "AWS/Bedrock",
        "Invocations",
        &[("ModelId", arn)],
        "Sum",
        60,
    )]
}

/// Requests, when `left` instances or copies are to carry them.
pub(super) fn recent_requests(requests: u64, left: u32) -> Option<Warning> {
    (requests > 0).then_some(Warning::Traffic {
        requests,
        minutes: MINUTES,
        left,
    })
}
