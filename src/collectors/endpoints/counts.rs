//! The instance counts of each variant in the last days, and their cost.
//!
//! No API lists past counts. `InvocationsPerInstance` is "the number of invocations sent to a
//! model, normalized by InstanceCount" (SageMaker Developer Guide, "Monitor SageMaker AI with
//! CloudWatch"): the invocations over it are the instances of that time. In a time without
//! invocations the count stayed as it was; before the first ones it was the mean.

use super::{
    item::{EndpointItem, Shape},
    metrics::{DETAIL_ROUNDS, EndpointMetrics, PERIOD},
};
use crate::collectors::Context;
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{CostHistory, CostSpan, Fault, Phase, Series, Timestamp, UsdPerHour},
};
use std::{collections::HashMap, sync::Arc};

/// Days looked back on: to the last Friday and the days before.
const DAYS: i64 = 9;

/// The counts of all variants in service, by item.
pub(super) async fn read(
    cx: &Context,
    items: &[EndpointItem],
) -> (HashMap<Arc<str>, Arc<Series>>, Vec<Fault>) {
    let is_counted = |item: &&EndpointItem| {
        matches!(item.state.phase, Phase::Running | Phase::Changing)
            && item.fleet.is_some()
            && item.unit().is_some()
            && !item.is_async()
    };
    let live: Vec<&EndpointItem> = items.iter().filter(is_counted).collect();
    let queries: Vec<MetricQuery> = live.iter().flat_map(|item| queries(cx, item)).collect();
    let now = cx.clock.now();
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -DAYS * 86_400), now).await;
    let mut series = read.series();
    let by_key = live.iter().filter_map(|item| {
        let (all, each) = (series.next()?, series.next()?);
        let counts = counts(all.known()?, each.known()?);
        Some((item.key(), Arc::new(counts)))
    });
    let by_key = by_key.collect();
    (by_key, read.faults.clone())
}

/// As the metrics of the last days ask, so that each is asked once.
fn queries(cx: &Context, item: &EndpointItem) -> Vec<MetricQuery> {
    let Some(fleet) = &item.fleet else {
        return Vec::new();
    };
    let (dims, burn) = (fleet.dimensions(), cx.burn(&item.key()));
    [
        ("Invocations", 1),
        ("InvocationsPerInstance", DETAIL_ROUNDS),
    ]
    .map(|(metric, rounds)| {
        MetricQuery::new("AWS/SageMaker", metric, &dims, "Sum", PERIOD)
            .of_burn(burn)
            .every(rounds)
    })
    .into()
}

/// The instances behind each point with invocations.
fn counts(all: &Series, each: &Series) -> Series {
    let count = |(all, each): (&Option<f64>, &Option<f64>)| {
        let (all, each) = ((*all)?, (*each)?);
        let count = (all > 0.0 && each > 0.0).then(|| (all / each).max(1.0))?;
        // Sums of fractions are not exact.
        let whole = count.round();
        Some(if (count - whole).abs() < 0.02 {
            whole
        } else {
            count
        })
    };
    Series {
        points: all.points.iter().zip(&each.points).map(count).collect(),
        ..*all
    }
}

/// The cost of the instances of `item` at `unit` each, since its creation.
pub(super) fn history(
    cx: &Context,
    item: &EndpointItem,
    signals: Option<&EndpointMetrics>,
    unit: Option<UsdPerHour>,
) -> CostHistory {
    let Some(signals) = signals else {
        return CostHistory::default();
    };
    if let Some(Shape::Serverless { memory_mb, .. }) = item.fleet.as_ref().map(|it| &it.shape) {
        let memory_mb = u32::try_from(*memory_mb).unwrap_or(0);
        let quote = cx.prices.serverless(memory_mb, cx.region());
        let known = signals.hours.busy.known().zip(quote.known());
        return known.map_or_else(CostHistory::default, |(busy, quote)| {
            CostHistory::of_series(&busy.scaled(quote.unit.0 / 3_600.0))
        });
    }
    match (&signals.counts, unit) {
        (Some(counts), Some(unit)) => CostHistory::of(spans(counts, item.created, unit)),
        _ => CostHistory::default(),
    }
}

/// The spans of `counts` instances since `created`, to the last point with a count.
fn spans(counts: &Series, created: Option<Timestamp>, unit: UsdPerHour) -> Vec<CostSpan> {
    let Some(seen) = counts.observed() else {
        return Vec::new();
    };
    let known = counts.points.iter().enumerate();
    let known: Vec<(usize, f64)> = known
        .filter_map(|(place, count)| Some((place, (*count)?)))
        .collect();
    let begin = created.unwrap_or(counts.start);
    let mut spans = Vec::new();
    let mut add = |from: Timestamp, to: Timestamp, count: f64| {
        let from = from.max(begin);
        let rate = unit * count;
        spans.extend((from < to).then_some(CostSpan { from, to, rate }));
    };
    if let Some((first, _)) = known.first() {
        add(begin, counts.at(*first), seen.mean);
    }
    for (index, (place, count)) in known.iter().enumerate() {
        let next = known.get(index + 1).map_or(place + 1, |(next, _)| *next);
        add(counts.at(*place), counts.at(next), *count);
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[Option<f64>]) -> Series {
        Series {
            start: "2026-11-20T10:00:00Z".parse().unwrap(),
            step: PERIOD,
            points: points.to_vec(),
        }
    }

    #[test]
    fn past_counts_are_invocations_over_those_of_one_instance() {
        let all = series(&[Some(800.0), None, Some(300.0), Some(0.0), Some(10.0)]);
        let each = series(&[Some(100.000_1), None, Some(150.0), None, Some(10.0)]);
        let counts = counts(&all, &each);
        assert_eq!(counts.points, [Some(8.0), None, Some(2.0), None, Some(1.0)]);
        let created = "2026-11-20T09:00:00Z".parse().ok();
        let spans = spans(&counts, created, UsdPerHour(1.0));
        let told: Vec<(String, f64)> = spans
            .iter()
            .map(|span| (span.from.strftime("%H:%M").to_string(), span.rate.0))
            .collect();
        let mean = 11.0 / 3.0;
        assert_eq!(
            told,
            [
                ("09:00".to_owned(), mean),
                ("10:00".to_owned(), 8.0),
                ("10:10".to_owned(), 2.0),
                ("10:20".to_owned(), 1.0),
            ]
        );
        let end = spans.last().map(|span| span.to.to_string());
        assert_eq!(end.as_deref(), Some("2026-11-20T10:25:00Z"));
    }
}
