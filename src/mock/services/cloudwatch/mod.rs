//! CloudWatch's metrics and alarms.

mod data;
mod get_metric_statistics;
mod list;
mod series;

use super::{Answer, Context, Operations};
use crate::mock::{
    metrics::Metric,
    protocol::{Failure, Input, Value, error, value::fields},
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("GetMetricData", data::get),
    ("GetMetricStatistics", get_metric_statistics::get),
    ("ListMetrics", list::list),
    ("DescribeAlarms", alarms),
];

/// `DescribeAlarms`: the account has none.
#[expect(
    clippy::unnecessary_wraps,
    reason = "all operations have one signature"
)]
fn alarms(_: &Context<'_>) -> Answer {
    Ok(fields! {
        "MetricAlarms": Value::List(Vec::new()),
        "CompositeAlarms": Value::List(Vec::new()),
    })
}

/// A `ValidationError`, GetMetricData's error for most invalid requests.
fn validation_error<T>(message: impl Into<String>) -> Result<T, Failure> {
    error::refuse("ValidationError", message)
}

/// `Dimensions`, as names and values.
fn dimensions(input: &Input<'_>) -> Result<Vec<(String, String)>, Failure> {
    let mut all = Vec::new();
    for dimension in input.children("Dimensions")? {
        all.push((
            dimension.need_text("Name")?.to_owned(),
            dimension.need_text("Value")?.to_owned(),
        ));
    }
    Ok(all)
}

fn metric_key(metric: &Metric) -> String {
    let dimensions: Vec<String> = metric
        .dimensions
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!(
        "{}/{}/{}",
        metric.namespace,
        metric.name,
        dimensions.join(",")
    )
}
