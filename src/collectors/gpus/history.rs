//! The longer look at an instance, once an hour: seven days of utilisation, and the runs before
//! this one.
//!
//! A run is a stretch of hours with a CPU reading: a stopped instance publishes none. Asking costs
//! one metric an instance (its CPU by the hour) and one a GPU that reports, every hour: $0.00024 a
//! day each.

use super::inventory::InstanceItem;
use crate::collectors::{Context, shared::series};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        Fault, Measured, Phase, Reason, Series, Timestamp, evidence::PastRuns,
        time::timestamp::seconds_between,
    },
};
use std::{collections::HashMap, sync::Arc};

/// Seconds a point covers.
pub(super) const PERIOD: u32 = 3600;
/// Days looked back on: a week of this run, and fifteen before it.
const DAYS: i64 = 22;
/// Hours of the present run that are judged.
const WEEK: usize = 7 * 24;

/// By the hour; fractions.
#[derive(Clone, Debug)]
pub(crate) struct HourlyUtilization {
    /// Accelerators, over the last week of this run.
    pub gpu: Measured<Series>,
    /// CPU, over the last week of this run.
    pub cpu: Measured<Series>,
    /// The runs before this one.
    pub past: Measured<PastRuns>,
}

impl HourlyUtilization {
    /// Whether a request for any of it failed.
    pub(super) fn is_unread(&self) -> bool {
        self.gpu.is_unread() || self.cpu.is_unread() || self.past.is_unread()
    }

    /// Unknown, for the reason `why`.
    pub(super) fn unknown(why: &'static str) -> Self {
        Self {
            gpu: Measured::unknown(why),
            cpu: Measured::unknown(why),
            past: Measured::unknown(why),
        }
    }
}

/// The longer looks at all instances, and when each was read; one that failed is read again with
/// the next shorter look.
#[derive(Default)]
pub(super) struct MetricHistory(HashMap<Arc<str>, (HourlyUtilization, Option<Timestamp>)>);

impl MetricHistory {
    /// The hourly utilization of the instance `id` as last read.
    pub(super) fn of(&self, id: &str) -> Option<&HourlyUtilization> {
        self.0.get(id).map(|(long_enough, _)| long_enough)
    }

    /// Reads those that are due. `gpus` are the dimension sets of the accelerators of each
    /// instance's utilisation, as found for the shorter look.
    pub(super) async fn refresh(
        &mut self,
        cx: &Context,
        items: &[InstanceItem],
        gpus: &HashMap<Arc<str>, Vec<MetricQuery>>,
    ) -> Vec<Fault> {
        let now = cx.clock.now();
        self.0
            .retain(|id, _| items.iter().any(|item| item.id == *id));
        let due: Vec<&InstanceItem> = items
            .iter()
            .filter(|item| item.state.phase == Phase::Running)
            .filter(|item| {
                let read = self.0.get(&item.id).and_then(|(_, read)| *read);
                read.is_none_or(|read| seconds_between(read, now) >= f64::from(PERIOD))
            })
            .collect();
        if due.is_empty() {
            return Vec::new();
        }
        let of = |item: &InstanceItem| {
            gpus.get(&item.id)
                .map_or(&[][..], Vec::as_slice)
                .iter()
                .map(|query| MetricQuery {
                    period: PERIOD,
                    ..query.clone()
                })
        };
        let queries: Vec<MetricQuery> = due
            .iter()
            .flat_map(|item| {
                std::iter::once(MetricQuery::new(
                    "AWS/EC2",
                    "CPUUtilization",
                    &[("InstanceId", &item.id)],
                    "Average",
                    PERIOD,
                ))
                .chain(of(item))
            })
            .collect();
        let read =
            metrics::fetch(&cx.session, &queries, add_seconds(now, -DAYS * 86_400), now).await;
        let mut series = read.series.into_iter();
        for item in due {
            let Some(cpu) = series.next() else { break };
            let devices: Vec<Measured<Series>> = series
                .by_ref()
                .take(gpus.get(&item.id).map_or(0, Vec::len))
                .collect();
            let long = long_enough(item, &cpu, devices);
            let read = (!long.is_unread()).then_some(now);
            self.0.insert(item.id.clone(), (long, read));
        }
        read.faults
    }
}

fn long_enough(
    item: &InstanceItem,
    cpu: &Measured<Series>,
    devices: Vec<Measured<Series>>,
) -> HourlyUtilization {
    let week = |series: &Series| this_run(&series.scaled(1.0), item.launched).tail(WEEK);
    let past = match cpu {
        Measured::Known(series) => past(series, item.launched),
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    };
    HourlyUtilization {
        gpu: mean(
            devices,
            Reason::new("no utilisation of its accelerators by the hour"),
        )
        .map(|series| week(&series)),
        cpu: cpu.as_ref().map(|series| week(&series.scaled(0.01))),
        past,
    }
}

/// The hours before `launched` do not count.
fn this_run(series: &Series, launched: Option<Timestamp>) -> Series {
    let own = |place: usize| launched.is_none_or(|launched| series.at(place) >= launched);
    let points = series
        .points
        .iter()
        .enumerate()
        .map(|(place, point)| point.filter(|_| own(place)));
    Series {
        points: points.collect(),
        ..*series
    }
}

/// The stretches of hours with a reading that ended before the hour of `launched`. One that was
/// under way at the first hour is left out: its length is unknown.
fn past(cpu: &Series, launched: Option<Timestamp>) -> Measured<PastRuns> {
    let Some(launched) = launched else {
        return Measured::unknown("AWS does not say since when it runs");
    };
    let before = cpu
        .points
        .iter()
        .enumerate()
        .take_while(|(place, _)| cpu.at(place + 1) <= launched);
    let (mut runs, mut length, mut whole) = (Vec::new(), 0_u32, false);
    let mut seen = false;
    for (_, point) in before {
        if point.is_some() {
            whole |= length == 0 && seen;
            length += 1;
        } else {
            seen = true;
            if length > 0 && whole {
                runs.push(length);
            }
            (length, whole) = (0, false);
        }
    }
    if length > 0 && whole {
        runs.push(length);
    }
    runs.sort_unstable();
    let seconds = |hours: u32| f64::from(hours) * f64::from(cpu.step);
    let (Some(longest), Some(median)) = (runs.last(), runs.get(runs.len() / 2)) else {
        return Measured::unknown(format!("no earlier run in the {DAYS} days looked at"));
    };
    Measured::Known(PastRuns {
        runs: runs.len() as u32,
        longest: seconds(*longest),
        median: seconds(*median),
    })
}

/// The mean of several percent series, point by point, as a fraction; unknown without one reading.
pub(super) fn mean(series: Vec<Measured<Series>>, absent: Reason) -> Measured<Series> {
    series::mean(series, absent).map(|mean| Series {
        points: mean
            .points
            .iter()
            .map(|point| point.map(|percent| percent / 100.0))
            .collect(),
        ..mean
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `x` is an hour with a reading.
    fn cpu(hours: &str) -> Series {
        let start = "2026-11-01T00:00:00Z".parse().unwrap();
        Series {
            start,
            step: 3600,
            points: hours.chars().map(|c| (c == 'x').then_some(5.0)).collect(),
        }
    }

    #[test]
    fn past_runs_are_contiguous_hours_before_the_current_run() {
        for (hours, launched, expected) in [
            (
                "..xxx..xx...x..xxxxx",
                "2026-11-01T15:10:00Z",
                Some((3, 3, 2)),
            ),
            // Under way when the look begins; and a launch in the middle of an hour does not count
            // its own hour.
            ("xxxx..xx..xxx", "2026-11-01T10:30:00Z", Some((1, 2, 2))),
            ("xxxxxxxxxx", "2026-10-01T00:00:00Z", None),
            ("..........", "2026-11-01T05:00:00Z", None),
        ] {
            let found = past(&cpu(hours), launched.parse().ok()).known().copied();
            let expected = expected.map(|(runs, longest, median): (u32, i32, i32)| PastRuns {
                runs,
                longest: f64::from(longest) * 3600.0,
                median: f64::from(median) * 3600.0,
            });
            assert_eq!(found, expected, "{hours}");
        }
        assert!(past(&cpu("..xx.."), None).known().is_none());
    }

    #[test]
    fn hours_before_the_launch_do_not_count() {
        let own = this_run(&cpu("xxxxxx"), "2026-11-01T02:30:00Z".parse().ok());
        assert_eq!(own.points.iter().flatten().count(), 3);
    }
}
