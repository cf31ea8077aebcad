//! The hourly invocations of each variant over two weeks: read once an hour, cached in between.
//!
//! An hour without an invocation is zero only if the variant was in service in it, which its
//! machines' CPU readings prove; serverless variants have no machines and are in service since they
//! were created. Three metrics a variant and hour: $0.0007 a day.

use super::item::EndpointItem;
use crate::collectors::Context;
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{Fault, Measured, Phase, Series, Timestamp, time::timestamp::seconds_between},
};
use std::{collections::HashMap, sync::Arc};

const PERIOD: u32 = 3600;
const DAYS: i64 = 14;

/// The hourly invocations of a variant, by UTC hour.
#[derive(Clone, Debug)]
pub(crate) struct HourlyInvocations {
    /// Invocations of all replicas; a gap is an hour out of service.
    pub invocations: Measured<Arc<Series>>,
    /// Seconds of request time.
    pub busy: Measured<Arc<Series>>,
}

impl HourlyInvocations {
    /// Whether a request for any of them failed.
    pub(crate) fn is_unread(&self) -> bool {
        self.invocations.is_unread() || self.busy.is_unread()
    }

    /// Unknown, for the reason `why`.
    pub(crate) fn unknown(why: &'static str) -> Self {
        Self {
            invocations: Measured::unknown(why),
            busy: Measured::unknown(why),
        }
    }
}

/// The hourly invocations of all variants, and when each was read; one that failed is read again
/// with the next metrics.
#[derive(Default)]
pub(super) struct InvocationHistory(HashMap<Arc<str>, (HourlyInvocations, Option<Timestamp>)>);

impl InvocationHistory {
    /// The hourly invocations of `item` as last read.
    pub(super) fn of(&self, item: &EndpointItem) -> HourlyInvocations {
        if item.hosts_components() {
            return HourlyInvocations::unknown(
                "its inference components count their own invocations",
            );
        }
        if item.fleet.is_none() {
            return HourlyInvocations::unknown("a component is billed with its endpoint");
        }
        if item.is_async() {
            return HourlyInvocations::unknown(
                "asynchronous endpoints tell only when a request is done",
            );
        }
        self.0.get(&item.key()).map_or_else(
            || HourlyInvocations::unknown("not measured by the hour yet"),
            |(hours, _)| hours.clone(),
        )
    }

    /// Reads the variants that are due, and forgets those that no longer exist.
    pub(super) async fn refresh(&mut self, cx: &Context, items: &[EndpointItem]) -> Vec<Fault> {
        let now = cx.clock.now();
        self.0
            .retain(|key, _| items.iter().any(|item| item.key() == *key));
        let due: Vec<&EndpointItem> = items
            .iter()
            .filter(|item| item.fleet.is_some() && !item.hosts_components())
            .filter(|item| matches!(item.state.phase, Phase::Running | Phase::Changing))
            .filter(|item| {
                let read = self.0.get(&item.key()).and_then(|(_, read)| *read);
                read.is_none_or(|read| seconds_between(read, now) >= f64::from(PERIOD))
            })
            .collect();
        let queries: Vec<MetricQuery> = due.iter().flat_map(|item| queries(item)).collect();
        if queries.is_empty() {
            return Vec::new();
        }
        let read =
            metrics::fetch(&cx.session, &queries, add_seconds(now, -DAYS * 86_400), now).await;
        let mut series = read.series.into_iter();
        for item in due {
            let (Some(counts), Some(latency), Some(cpu)) =
                (series.next(), series.next(), series.next())
            else {
                break;
            };
            let hours = hours(item, counts, latency, cpu);
            let read = (!hours.is_unread()).then_some(now);
            self.0.insert(item.key(), (hours, read));
        }
        read.faults
    }
}

fn queries(item: &EndpointItem) -> Vec<MetricQuery> {
    let Some(fleet) = &item.fleet else {
        return Vec::new();
    };
    let dims = fleet.dimensions();
    vec![
        MetricQuery::new("AWS/SageMaker", "Invocations", &dims, "Sum", PERIOD),
        MetricQuery::new("AWS/SageMaker", "ModelLatency", &dims, "Average", PERIOD),
        MetricQuery::new(
            "/aws/sagemaker/Endpoints",
            "CPUUtilization",
            &dims,
            "Average",
            PERIOD,
        ),
    ]
}

fn hours(
    item: &EndpointItem,
    counts: Measured<Series>,
    latency: Measured<Series>,
    cpu: Measured<Series>,
) -> HourlyInvocations {
    let (counts, latency, cpu) = match (counts, latency, cpu) {
        (Measured::Known(counts), Measured::Known(latency), Measured::Known(cpu)) => {
            (counts, latency, cpu)
        }
        (Measured::Unknown(why), ..)
        | (_, Measured::Unknown(why), _)
        | (.., Measured::Unknown(why)) => {
            return HourlyInvocations {
                invocations: Measured::Unknown(why.clone()),
                busy: Measured::Unknown(why),
            };
        }
    };
    let invocations = fill_served_hours(item, &counts, &cpu);
    let busy = busy_seconds(&invocations, &latency);
    let some = |series: Series| {
        Measured::or_why(
            series.last().is_some().then(|| Arc::new(series)),
            "no full hour in service yet",
        )
    };
    HourlyInvocations {
        invocations: some(invocations),
        busy: some(busy),
    }
}

/// `counts` with zero in each hour without an invocation in which `item` was in service.
fn fill_served_hours(item: &EndpointItem, counts: &Series, cpu: &Series) -> Series {
    if item.is_serverless() {
        return counts.fill_gaps_since(item.created);
    }
    let is_served = |index: usize| cpu.points.get(index).is_some_and(Option::is_some);
    let points = counts
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| point.or_else(|| is_served(index).then_some(0.0)));
    Series {
        points: points.collect(),
        ..*counts
    }
}

/// Seconds of request time: the invocations of an hour times their mean latency in microseconds.
fn busy_seconds(invocations: &Series, latency: &Series) -> Series {
    let points = invocations
        .points
        .iter()
        .zip(&latency.points)
        .map(|(count, latency)| match (count, latency) {
            (Some(count), _) if *count <= 0.0 => Some(0.0),
            (Some(count), Some(latency)) => Some(count * latency * 1e-6),
            _ => None,
        });
    Series {
        points: points.collect(),
        ..*invocations
    }
}
