//! ListMetrics, in pages of 500.

use super::super::{Answer, Context};
use super::metric_key;
use crate::mock::{
    metrics::Metric,
    protocol::{Value, value::fields},
    simulation::after,
};

const PAGE: usize = 500;
const THREE_HOURS: u32 = 10_800;

/// `ListMetrics`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let (namespace, name) = (input.text("Namespace")?, input.text("MetricName")?);
    let recent = input.text("RecentlyActive")?.is_some();
    let mut wanted: Vec<(&str, Option<&str>)> = Vec::new();
    for dimension in input.children("Dimensions")? {
        wanted.push((dimension.need_text("Name")?, dimension.text("Value")?));
    }
    let simulation = context.simulation();
    let mut metrics = simulation.metrics(context.region, context.now);
    metrics.retain(|metric| {
        let has = |(name, value): &(&str, Option<&str>)| {
            metric
                .dimensions
                .iter()
                .any(|(own, given)| own == name && value.is_none_or(|value| value == given))
        };
        namespace.is_none_or(|text| metric.namespace == text)
            && name.is_none_or(|text| metric.name == text)
            && wanted.iter().all(has)
            && (!recent
                || simulation
                    .sample(
                        metric,
                        after(context.now, -f64::from(THREE_HOURS)),
                        THREE_HOURS,
                        context.now,
                    )
                    .is_some())
    });
    metrics.sort_by_cached_key(|metric| metric_key(metric));
    let page = context.page(metrics, ("NextToken", "-"), PAGE, |metric| {
        metric_key(metric)
    })?;
    let items: Vec<Value> = page.items.into_iter().map(item).collect();
    Ok(fields! { "Metrics": items, "NextToken": page.next })
}

fn item(metric: &Metric) -> Value {
    let dimensions: Vec<Value> = metric
        .dimensions
        .iter()
        .map(|(name, value)| fields! { "Name": *name, "Value": value })
        .collect();
    fields! { "Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions }
}
