//! The hourly invocations of each variant over two weeks. CloudWatch is asked once for invocations
//! and CPU; later hours follow from the points of the last days.
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
    domain::{Fault, Measured, Phase, Series},
};
use std::{collections::HashMap, sync::Arc};

const PERIOD: u32 = 3600;
const DAYS: i64 = 14;
/// Rounds after which an hour is asked that no shorter points give.
const ROUNDS: u16 = 12;

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

/// The hourly invocations of all variants in service, by item.
pub(super) async fn read(
    cx: &Context,
    items: &[EndpointItem],
) -> (HashMap<Arc<str>, HourlyInvocations>, Vec<Fault>) {
    let own = |item: &&EndpointItem| item.fleet.is_some() && !item.hosts_components();
    let is_up = |item: &&EndpointItem| matches!(item.state.phase, Phase::Running | Phase::Changing);
    let live: Vec<&EndpointItem> = items.iter().filter(own).filter(is_up).collect();
    let queries: Vec<MetricQuery> = live.iter().flat_map(|item| queries(cx, item)).collect();
    let now = cx.clock.now();
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -DAYS * 86_400), now).await;
    let mut series = read.series();
    let by_key = live.iter().filter_map(|item| {
        let (counts, latency, cpu) = (series.next()?, series.next()?, series.next()?);
        Some((item.key(), hours(item, counts, latency, cpu)))
    });
    let by_key = by_key.collect();
    (by_key, read.faults.clone())
}

/// The hourly invocations of `item` among those `read`.
pub(super) fn of(
    read: &mut HashMap<Arc<str>, HourlyInvocations>,
    item: &EndpointItem,
) -> HourlyInvocations {
    if item.hosts_components() {
        return HourlyInvocations::unknown("its inference components count their own invocations");
    }
    if item.fleet.is_none() {
        return HourlyInvocations::unknown("a component is billed with its endpoint");
    }
    if item.is_async() {
        return HourlyInvocations::unknown(
            "asynchronous endpoints tell only when a request is done",
        );
    }
    read.remove(&item.key())
        .unwrap_or_else(|| HourlyInvocations::unknown("not measured by the hour yet"))
}

fn queries(cx: &Context, item: &EndpointItem) -> Vec<MetricQuery> {
    let Some(fleet) = &item.fleet else {
        return Vec::new();
    };
    let dims = fleet.dimensions();
    // The seconds of a serverless variant are its bill; of others they only serve a comparison.
    let rounds = if item.is_serverless() { 1 } else { ROUNDS };
    let burn = cx.burn(&item.key());
    let ask = |namespace, metric, stat| {
        MetricQuery::new(namespace, metric, &dims, stat, PERIOD).of_burn(burn)
    };
    vec![
        ask("AWS/SageMaker", "Invocations", "Sum").every(ROUNDS),
        ask("AWS/SageMaker", "ModelLatency", "Average").every(rounds),
        ask("/aws/sagemaker/Endpoints", "CPUUtilization", "Average").every(ROUNDS),
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
