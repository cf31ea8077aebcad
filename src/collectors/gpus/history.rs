//! The longer look at an instance, by the hour: seven days of utilisation, and the runs before
//! this one.
//!
//! A run is a stretch of hours with a CPU reading: a stopped instance publishes none. CloudWatch is
//! asked once; later hours follow from the points of the shorter look.

use super::inventory::InstanceItem;
use crate::collectors::{Context, shared::series};
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        Fault, Measured, Reason, Series, Timestamp, evidence::PastRuns, time::series::SeriesSummary,
    },
};
use std::{collections::HashMap, sync::Arc};

/// Seconds a point covers.
pub(super) const PERIOD: u32 = 3600;
/// Days looked back on: a week of this run, and fifteen before it.
const DAYS: i64 = 22;
/// Hours of the present run that are judged.
const WEEK: usize = 7 * 24;
/// Rounds after which an hour is asked that no shorter points give.
const ROUNDS: u16 = 12;

/// By the hour; fractions.
#[derive(Clone, Debug)]
pub(crate) struct HourlyUtilization {
    /// Accelerators, over the last week of this run.
    pub gpu: Measured<SeriesSummary>,
    /// CPU, over the last week of this run.
    pub cpu: Measured<SeriesSummary>,
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

/// The longer looks at all running `items` by id. `gpus` are the dimension sets of the accelerators
/// of each instance's utilisation, as found for the shorter look.
pub(super) async fn read(
    cx: &Context,
    items: &[&InstanceItem],
    gpus: &HashMap<Arc<str>, Vec<MetricQuery>>,
) -> (HashMap<Arc<str>, HourlyUtilization>, Vec<Fault>) {
    let queries: Vec<MetricQuery> = items
        .iter()
        .flat_map(|item| {
            let dims = [("InstanceId", item.id.as_ref())];
            let cpu = MetricQuery::new("AWS/EC2", "CPUUtilization", &dims, "Average", PERIOD);
            let devices = gpus.get(&item.id).map_or(&[][..], Vec::as_slice);
            let devices = devices.iter().map(|query| MetricQuery {
                period: PERIOD,
                ..query.clone()
            });
            let burn = cx.burn(&item.id);
            let all = std::iter::once(cpu).chain(devices);
            all.map(move |query| query.of_burn(burn).every(ROUNDS))
        })
        .collect();
    let now = cx.clock.now();
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -DAYS * 86_400), now).await;
    let mut series = read.series();
    let longer = items.iter().filter_map(|item| {
        let cpu = series.next()?;
        let count = gpus.get(&item.id).map_or(0, Vec::len);
        let devices: Vec<Measured<Series>> = series.by_ref().take(count).collect();
        Some((item.id.clone(), long_enough(item, &cpu, devices)))
    });
    let longer = longer.collect();
    (longer, read.faults.clone())
}

fn long_enough(
    item: &InstanceItem,
    cpu: &Measured<Series>,
    devices: Vec<Measured<Series>>,
) -> HourlyUtilization {
    let week = |series: &Series| this_run(series, item.launched).tail(WEEK);
    let past = match cpu {
        Measured::Known(series) => past(series, item.launched),
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    };
    let gpu = mean(
        devices,
        Reason::new("no utilisation of its accelerators by the hour"),
    );
    HourlyUtilization {
        gpu: series::summary(&gpu.map(|series| week(&series))),
        cpu: series::summary(&cpu.as_ref().map(|series| week(&series.scaled(0.01)))),
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
