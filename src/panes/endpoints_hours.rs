//! What a variant was asked in each hour of two weeks: read once an hour, kept in between.
//!
//! An hour without an invocation is zero only if the variant was in service in it, which its
//! machines' CPU readings prove; serverless variants have no machines and are in service since they
//! were created. Three metrics a variant and hour: $0.0007 a day. Must not know prices.

use super::{
    Context,
    endpoints::{Item, Shape},
};
use crate::{
    aws::{
        meters::{self, Query},
        stamps::shifted,
    },
    domain::{Fault, Phase, Reading, Series, Stamp, time::seconds_between},
};
use std::{collections::HashMap, sync::Arc};

const PERIOD: u32 = 3600;
const DAYS: i64 = 14;

/// By the hour, UTC.
#[derive(Clone, Debug)]
pub(crate) struct Hours {
    /// Invocations of all replicas; a gap is an hour out of service.
    pub invocations: Reading<Arc<Series>>,
    /// Seconds in which a request was worked on.
    pub busy: Reading<Arc<Series>>,
}

impl Hours {
    /// Not known, because.
    pub fn unknown(why: &'static str) -> Self {
        Self {
            invocations: Reading::unknown(why),
            busy: Reading::unknown(why),
        }
    }
}

/// The hours of all variants.
#[derive(Default)]
pub(super) struct Book(HashMap<Arc<str>, (Hours, Stamp)>);

impl Book {
    /// The hours of `item` as last read.
    pub fn of(&self, item: &Item) -> Hours {
        if item.hosts_components() {
            return Hours::unknown("its inference components count their own invocations");
        }
        match item.fleet.as_ref().map(|fleet| &fleet.shape) {
            None => Hours::unknown("a component is billed with its endpoint"),
            Some(Shape::Instances {
                asynchronous: true, ..
            }) => Hours::unknown("asynchronous endpoints tell only when a request is done"),
            Some(_) => self.0.get(&item.key()).map_or_else(
                || Hours::unknown("not measured by the hour yet"),
                |(hours, _)| hours.clone(),
            ),
        }
    }

    /// Reads those that are due, forgets those that are gone.
    pub async fn refresh(&mut self, cx: &Context, items: &[Item]) -> Vec<Fault> {
        let now = cx.clock.now();
        self.0
            .retain(|key, _| items.iter().any(|item| item.key() == *key));
        let due: Vec<&Item> = items
            .iter()
            .filter(|item| item.fleet.is_some() && !item.hosts_components())
            .filter(|item| matches!(item.state.phase, Phase::Running | Phase::Changing))
            .filter(|item| {
                self.0
                    .get(&item.key())
                    .is_none_or(|(_, read)| seconds_between(*read, now) >= f64::from(PERIOD))
            })
            .collect();
        let queries: Vec<Query> = due.iter().flat_map(|item| queries(item)).collect();
        if queries.is_empty() {
            return Vec::new();
        }
        let read = meters::fetch(&cx.session, &queries, shifted(now, -DAYS * 86_400), now).await;
        let mut series = read.series.into_iter();
        for item in due {
            let (Some(counts), Some(latency), Some(cpu)) =
                (series.next(), series.next(), series.next())
            else {
                break;
            };
            self.0
                .insert(item.key(), (hours(item, counts, latency, cpu), now));
        }
        read.faults
    }
}

fn queries(item: &Item) -> Vec<Query> {
    let Some(fleet) = &item.fleet else {
        return Vec::new();
    };
    let dims = [
        ("EndpointName", fleet.endpoint.as_ref()),
        ("VariantName", fleet.variant.as_ref()),
    ];
    vec![
        Query::new("AWS/SageMaker", "Invocations", &dims, "Sum", PERIOD),
        Query::new("AWS/SageMaker", "ModelLatency", &dims, "Average", PERIOD),
        Query::new(
            "/aws/sagemaker/Endpoints",
            "CPUUtilization",
            &dims,
            "Average",
            PERIOD,
        ),
    ]
}

fn hours(
    item: &Item,
    counts: Reading<Series>,
    latency: Reading<Series>,
    cpu: Reading<Series>,
) -> Hours {
    let serverless = item
        .fleet
        .as_ref()
        .is_some_and(|fleet| matches!(fleet.shape, Shape::Serverless { .. }));
    let (counts, latency, cpu) = match (counts, latency, cpu) {
        (Reading::Known(counts), Reading::Known(latency), Reading::Known(cpu)) => {
            (counts, latency, cpu)
        }
        (Reading::Unknown(why), ..)
        | (_, Reading::Unknown(why), _)
        | (.., Reading::Unknown(why)) => {
            return Hours {
                invocations: Reading::Unknown(why.clone()),
                busy: Reading::Unknown(why),
            };
        }
    };
    let served = |place: usize| {
        let lived = item
            .created
            .is_none_or(|created| counts.at(place) >= created);
        if serverless {
            lived
        } else {
            cpu.points.get(place).is_some_and(Option::is_some)
        }
    };
    let points: Vec<Option<f64>> = counts
        .points
        .iter()
        .enumerate()
        .map(|(place, point)| point.or_else(|| served(place).then_some(0.0)))
        .collect();
    // The mean latency of an hour times its requests: microseconds to seconds.
    let busy = points
        .iter()
        .zip(&latency.points)
        .map(|(count, latency)| match (count, latency) {
            (Some(count), _) if *count <= 0.0 => Some(0.0),
            (Some(count), Some(latency)) => Some(count * latency * 1e-6),
            _ => None,
        });
    let busy = Series {
        points: busy.collect(),
        ..counts
    };
    let invocations = Series { points, ..counts };
    let some = |series: Series| {
        Reading::or_why(
            series.last().is_some().then(|| Arc::new(series)),
            "no full hour in service yet",
        )
    };
    Hours {
        invocations: some(invocations),
        busy: some(busy),
    }
}
