//! CloudWatch's metrics, whatever protocol they are asked in.

mod data;
mod list;
mod search;
mod series;
mod statistics;

use super::{Answer, Context};
use crate::mock::{
    metrics::Metric,
    protocol::{Failure, Input, Value, error, value::fields},
};

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "GetMetricData" => data::get(context),
        "GetMetricStatistics" => statistics::get(context),
        "ListMetrics" => list::list(context),
        "DescribeAlarms" => Ok(
            fields! { "MetricAlarms": Value::List(Vec::new()), "CompositeAlarms": Value::List(Vec::new()) },
        ),
        _ => context.unknown(),
    }
}

/// A `ValidationError`, which GetMetricData has for most mistakes.
fn wrong<T>(message: impl Into<String>) -> Result<T, Failure> {
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

fn identity(metric: &Metric) -> String {
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
