//! Metrics of endpoints: invocations, latency, errors, and the utilisation of one replica.
//!
//! An idle endpoint publishes no invocations at all: a gap is zero only while the instance itself
//! reports.

use super::{async_requests::async_requests, history::HourlyInvocations, item::EndpointItem};
use crate::collectors::{
    Context, MetricReport,
    shared::series::{count_unread, sum},
};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, ASYNC_BACKLOG, ASYNC_REQUESTS, MetricQuery},
    },
    domain::{Measured, Phase, Series, Timestamp, time::series::SeriesSummary},
};
use std::{collections::HashMap, sync::Arc};

/// Seconds a point covers, and hours looked back on.
pub(super) const PERIOD: u32 = 300;
const HOURS: i64 = 72;
/// Points of an hour and of a day.
pub(super) const HOUR: usize = 12;
pub(super) const DAY: usize = 24 * HOUR;
/// Rounds after which utilisation is asked, and what decides nothing by itself.
const USE_ROUNDS: u16 = 3;
pub(super) const DETAIL_ROUNDS: u16 = 6;

const SERVICE: &str = "AWS/SageMaker";
const MACHINES: &str = "/aws/sagemaker/Endpoints";
const COMPONENTS: &str = "/aws/sagemaker/InferenceComponents";

/// Why a host has no invocations of its own.
const COMPONENTS_COUNT: &str = "its inference components count their own invocations";

/// The metrics of one variant or component.
#[derive(Clone, Debug)]
pub(crate) struct EndpointMetrics {
    /// Invocations per minute, all replicas together.
    pub invocations: Measured<Series>,
    /// 95th percentile of the model's latency, seconds.
    pub latency: Measured<Series>,
    /// Answers 4XX and 5XX per minute.
    pub errors: Measured<Series>,
    /// GPU utilisation of one replica, fraction of all its devices, as if as many replicas as now
    /// had shared the work.
    pub gpu: Measured<Series>,
    /// CPU utilisation of one replica, fraction of all its vCPUs, likewise.
    pub cpu: Measured<Series>,
    /// Of a variant that hosts inference components: the invocations of all of them, per minute.
    pub components: Measured<Series>,
    /// Two weeks by the hour.
    pub hours: HourlyInvocations,
    /// How many instances it had in the last days; a gap is a time without invocations.
    pub counts: Option<Arc<Series>>,
}

impl EndpointMetrics {
    /// How many of them could not be read.
    pub(crate) fn count_unread(&self) -> usize {
        let short = [
            &self.invocations,
            &self.latency,
            &self.errors,
            &self.gpu,
            &self.cpu,
            &self.components,
        ];
        count_unread(short) + usize::from(self.hours.is_unread())
    }

    /// Whether there was any invocation at all.
    pub(crate) fn has_invocations(&self) -> bool {
        self.invocations
            .known()
            .is_some_and(|series| series.sum() > 0.0)
    }

    /// The busiest resource of one replica by its 99th percentile, and which it is.
    pub(crate) fn busiest(&self) -> Measured<(SeriesSummary, Arc<str>)> {
        let summary = |series: &Measured<Series>| series.known().and_then(Series::observed);
        match (summary(&self.gpu), summary(&self.cpu)) {
            (Some(gpu), Some(cpu)) if cpu.p99 > gpu.p99 => Measured::Known((cpu, "CPU".into())),
            (Some(gpu), _) => Measured::Known((gpu, "GPU".into())),
            (None, Some(cpu)) => Measured::Known((cpu, "CPU".into())),
            (None, None) => {
                let why = self.cpu.why().or_else(|| self.gpu.why());
                why.map_or_else(
                    || Measured::unknown("CloudWatch has no utilisation of it"),
                    |why| Measured::Unknown(why.clone()),
                )
            }
        }
    }
}

/// How a percentage that CloudWatch sums over devices becomes a fraction.
#[derive(Clone, Copy)]
enum Scale {
    /// 0 to 100.
    Whole,
    /// 0 to 100 times as many devices as the type has.
    PerDevice,
}

/// Reads everything in service.
pub(super) async fn measure(cx: &Context, items: &[EndpointItem]) -> MetricReport<EndpointMetrics> {
    let live: Vec<&EndpointItem> = items
        .iter()
        .filter(|item| matches!(item.state.phase, Phase::Running | Phase::Changing))
        .collect();
    let queries: Vec<MetricQuery> = live.iter().flat_map(|item| queries(cx, item)).collect();
    let now = cx.clock.now();
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now).await;
    let mut series = read.series().zip(read.asked());
    let mut signals: Vec<(Arc<str>, EndpointMetrics, Timestamp)> = live
        .iter()
        .filter_map(|item| {
            let mut asked = None;
            let mut read = || {
                let (series, at) = series.next()?;
                asked = asked.max(Some(at));
                Some(series)
            };
            let read_own: Option<Vec<_>> = (0..7).map(|_| read()).collect();
            let mut own: [Measured<Series>; 7] = read_own?.try_into().ok()?;
            if item.is_async() {
                let queue = [read()?, read()?];
                own[0] = async_requests(&own, queue);
            }
            Some((item.key(), signals(cx, item, own), asked.unwrap_or(now)))
        })
        .collect();
    add_components(&live, &mut signals);
    MetricReport {
        signals,
        faults: read.faults.clone(),
    }
}

/// Gives each host the sum of its components' invocations; unknown while one of them is.
fn add_components(live: &[&EndpointItem], signals: &mut [(Arc<str>, EndpointMetrics, Timestamp)]) {
    let mut hosted: HashMap<Arc<str>, Measured<Series>> = HashMap::new();
    for (item, (_, own, _)) in live.iter().zip(signals.iter()) {
        let Some(host) = &item.component else {
            continue;
        };
        let total = match (hosted.remove(host), own.invocations.clone()) {
            (Some(Measured::Known(total)), Measured::Known(own)) => {
                Measured::Known(sum(&total, &own))
            }
            (Some(Measured::Unknown(why)), _) | (_, Measured::Unknown(why)) => {
                Measured::Unknown(why)
            }
            (None, own) => own,
        };
        hosted.insert(host.clone(), total);
    }
    for (item, (_, own, _)) in live.iter().zip(signals.iter_mut()) {
        if let Some(total) = hosted.get(&item.id).filter(|_| item.fleet.is_some()) {
            own.components = total.clone();
        }
    }
}

/// Seven queries an item, always in the order of [`measure`]; of an asynchronous one its queue too.
fn queries(cx: &Context, item: &EndpointItem) -> Vec<MetricQuery> {
    let (own, machine, dims, normalized): (&str, &str, Vec<(&str, &str)>, bool) =
        match (&item.fleet, &item.component) {
            (Some(fleet), _) => (
                SERVICE,
                MACHINES,
                fleet.dimensions().to_vec(),
                fleet.hosts_components,
            ),
            _ => (
                SERVICE,
                COMPONENTS,
                vec![("InferenceComponentName", &item.name)],
                true,
            ),
        };
    let (gpu, cpu) = if normalized {
        ("GPUUtilizationNormalized", "CPUUtilizationNormalized")
    } else {
        ("GPUUtilization", "CPUUtilization")
    };
    let (counted, each) = match (item.is_async(), item.component.is_some()) {
        (true, _) => (ASYNC_REQUESTS[0], "InvocationsPerInstance"),
        (false, true) => ("Invocations", "InvocationsPerCopy"),
        (false, false) => ("Invocations", "InvocationsPerInstance"),
    };
    let ask = |namespace, metric, stat| MetricQuery::new(namespace, metric, &dims, stat, PERIOD);
    let mut queries = vec![
        ask(own, counted, "Sum"),
        ask(own, each, "Sum").every(DETAIL_ROUNDS),
        ask(own, "ModelLatency", "p95").every(DETAIL_ROUNDS),
        ask(own, "Invocation4XXErrors", "Sum").every(DETAIL_ROUNDS),
        ask(own, "Invocation5XXErrors", "Sum").every(DETAIL_ROUNDS),
        ask(machine, gpu, "Average").every(USE_ROUNDS),
        ask(machine, cpu, "Average").every(USE_ROUNDS),
    ];
    if let Some(fleet) = item.fleet.as_ref().filter(|_| item.is_async()) {
        let endpoint = [("EndpointName", fleet.endpoint.as_ref())];
        let backlog = MetricQuery::new(own, ASYNC_BACKLOG, &endpoint, "Maximum", PERIOD);
        queries.extend([ask(own, ASYNC_REQUESTS[1], "Sum"), backlog]);
    }
    let burn = cx.burn(&item.key());
    queries
        .into_iter()
        .map(|query| query.of_burn(burn))
        .collect()
}

fn signals(
    cx: &Context,
    item: &EndpointItem,
    [invocations, each, latency, four, five, gpu, cpu]: [Measured<Series>; 7],
) -> EndpointMetrics {
    let fleet = item.fleet.as_ref();
    let scale = if fleet.is_none_or(|fleet| fleet.hosts_components) {
        Scale::Whole
    } else {
        Scale::PerDevice
    };
    let spec = item.unit().and_then(|ty| cx.prices.spec(&ty).cloned());
    let devices = |count: Option<f64>, what: &str| match scale {
        Scale::Whole => Measured::Known(1.0),
        Scale::PerDevice => Measured::or_why(
            count.filter(|n| *n > 0.0),
            format!("how many {what} its type has is not known"),
        ),
    };
    let per_minute = 60.0 / f64::from(PERIOD);
    let reports = has_data(&cpu) || has_data(&gpu);
    let counted = |series: Measured<Series>| {
        counts(item, series, reports).map(|series| series.scaled(per_minute))
    };
    let (gpu_count, cpu_count) = (
        spec.as_ref().map(|spec| spec.accelerators),
        spec.as_ref().map(|spec| f64::from(spec.vcpus)),
    );
    // Fewer than one device means a part of one, reported as one.
    let gpu_count = gpu_count.map(|count| if count > 0.0 { count.max(1.0) } else { count });
    let errors = match (counted(four), counted(five)) {
        (Measured::Known(four), Measured::Known(five)) => Measured::Known(sum(&four, &five)),
        (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Measured::Unknown(why),
    };
    let shared = |used: Measured<Series>| match (used, item.current) {
        (Measured::Known(used), Some(now)) => {
            Measured::Known(as_of_now(&used, &invocations, &each, now))
        }
        (used, _) => used,
    };
    let gpu = shared(fraction(
        known_if_any(gpu, "CloudWatch has no GPU utilisation of it"),
        &devices(gpu_count, "GPUs"),
    ));
    let cpu = shared(fraction(
        known_if_any(cpu, "CloudWatch has no CPU utilisation of it"),
        &devices(cpu_count, "vCPUs"),
    ));
    EndpointMetrics {
        invocations: counted(invocations),
        latency: known_if_any(latency, "no request in this time").map(|series| series.scaled(1e-6)),
        errors,
        gpu,
        cpu,
        components: Measured::unknown(COMPONENTS_COUNT),
        hours: HourlyInvocations::unknown("not measured by the hour yet"),
        counts: None,
    }
}

/// Utilisation as it would have been with `now` replicas: `used` x the replicas of that time /
/// `now`. The replicas of a time are its invocations over its invocations per replica; a point
/// without them stays unchanged. Without this step, the past utilisation of eight replicas would
/// count as that of the two that remain, and one replica would seem enough.
fn as_of_now(used: &Series, all: &Measured<Series>, each: &Measured<Series>, now: u32) -> Series {
    let (Some(all), Some(each)) = (all.known(), each.known()) else {
        return used.clone();
    };
    if now == 0
        || [all, each]
            .iter()
            .any(|series| series.start != used.start || series.step != used.step)
    {
        return used.clone();
    }
    let replicas = |place: usize| {
        let at = |series: &Series| {
            series
                .points
                .get(place)
                .copied()
                .flatten()
                .filter(|count| *count > 0.0)
        };
        Some((at(all)? / at(each)?).round().max(1.0))
    };
    let points = used.points.iter().enumerate().map(|(place, point)| {
        let factor = replicas(place).map_or(1.0, |then| then / f64::from(now));
        point.map(|share| share * factor)
    });
    Series {
        points: points.collect(),
        ..*used
    }
}

pub(super) fn has_data(series: &Measured<Series>) -> bool {
    series.known().is_some_and(|series| series.last().is_some())
}

/// A series with at least one reading, or why there is none.
fn known_if_any(series: Measured<Series>, why: &'static str) -> Measured<Series> {
    if series.known().is_some_and(|series| series.last().is_none()) {
        Measured::unknown(why)
    } else {
        series
    }
}

fn fraction(percent: Measured<Series>, devices: &Measured<f64>) -> Measured<Series> {
    match (percent, devices) {
        (Measured::Known(series), Measured::Known(devices)) => {
            Measured::Known(series.scaled(0.01 / devices))
        }
        (Measured::Unknown(why), _) => Measured::Unknown(why),
        (_, Measured::Unknown(why)) => Measured::Unknown(why.clone()),
    }
}

/// A count whose gaps after creation are zero, if the machine was there to report: CPU or GPU
/// readings prove it, and serverless variants and components have no machine of their own. Nothing
/// at all is unknown.
fn counts(item: &EndpointItem, series: Measured<Series>, reports: bool) -> Measured<Series> {
    let Measured::Known(series) = series else {
        return series;
    };
    if item.is_async() && series.last().is_none() {
        return Measured::unknown("CloudWatch has neither its requests nor its queue");
    }
    let has_machines = item.fleet.is_some() && !item.is_serverless();
    if series.last().is_none() && !reports && has_machines {
        return Measured::unknown("CloudWatch has nothing of it");
    }
    Measured::Known(series.fill_gaps_since(item.created))
}

/// The summary of the newest `points` of a series.
pub(super) fn recent(series: &Measured<Series>, points: usize) -> Measured<SeriesSummary> {
    match series {
        Measured::Known(series) => {
            Measured::or_why(series.tail(points).observed(), "no reading in this time")
        }
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn utilization_is_rescaled_to_the_current_instance_count() {
        let series = |points: &[Option<f64>]| Series {
            start: Timestamp::UNIX_EPOCH,
            step: PERIOD,
            points: points.to_vec(),
        };
        let used = series(&[Some(0.15), Some(0.6), Some(0.01), None]);
        let all = Measured::Known(series(&[Some(800.0), Some(800.0), None, Some(8.0)]));
        let each = Measured::Known(series(&[Some(100.0), Some(400.0), None, Some(4.0)]));
        let two = as_of_now(&used, &all, &each, 2);
        assert_eq!(two.points, [Some(0.6), Some(0.6), Some(0.01), None]);
        assert_eq!(
            as_of_now(&used, &Measured::unknown("denied"), &each, 2),
            used
        );
        assert_eq!(as_of_now(&used, &all, &each, 0), used);
    }
}
