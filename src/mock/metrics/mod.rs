//! CloudWatch metrics as functions: (identity, minute) -> point. The mock records no points, so any
//! range has the same answer at any time; a point exists once its minute (or five minutes) is over.

mod catalog;
mod point;
mod probe;

pub(super) use catalog::Catalog;
use probe::Probe;

use super::simulation::{Simulation, after};
use crate::domain::Timestamp;

/// A metric's identity and the quantity it measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Region code.
    pub region: String,
    /// `AWS/EC2`, ...
    pub namespace: &'static str,
    /// `CPUUtilization`, ...
    pub name: &'static str,
    /// Dimensions, by name.
    pub dimensions: Vec<(&'static str, String)>,
    /// `Percent`, `Count`, `Microseconds`, ..., `None`.
    pub unit: &'static str,
    /// Seconds between its points: 60 or 300.
    pub resolution: u32,
    probe: Probe,
}

/// Statistics of the points in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// `Sum`
    pub sum: f64,
    /// `Minimum`
    pub min: f64,
    /// `Maximum`
    pub max: f64,
    /// `SampleCount`
    pub count: f64,
}

impl Stats {
    /// Statistics of one sample.
    fn one(value: f64) -> Self {
        Self {
            sum: value,
            min: value,
            max: value,
            count: 1.0,
        }
    }

    /// Statistics of `count` samples about `average`, the lowest `low` and the highest `high` times
    /// it.
    fn spread(average: f64, count: f64, low: f64, high: f64) -> Self {
        Self {
            sum: average * count,
            min: average * low,
            max: average * high,
            count,
        }
    }

    /// Statistics of both periods.
    fn with(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            count: self.count + other.count,
        }
    }

    /// `Average`
    pub fn average(&self) -> f64 {
        if self.count > 0.0 {
            self.sum / self.count
        } else {
            0.0
        }
    }

    /// `pNN`, `share` from 0 to 1: a curve through minimum, average and maximum.
    pub fn percentile(&self, share: f64) -> f64 {
        let (share, average) = (share.clamp(0.0, 1.0), self.average());
        if share <= 0.5 {
            self.min + (average - self.min) * (share / 0.5)
        } else {
            average + (self.max - average) * ((share - 0.5) / 0.5).powi(3)
        }
    }
}

/// How far back `ListMetrics` looks.
const MAX_LISTING_AGE: f64 = 14.0 * 86_400.0;

impl Simulation {
    /// The metrics of a region with points in the two weeks before `now`, as in the answer of
    /// `ListMetrics`.
    pub fn metrics(&self, region: &str, now: Timestamp) -> Vec<&Metric> {
        let from = after(now, -MAX_LISTING_AGE);
        self.catalog
            .metrics()
            .iter()
            .filter(|metric| metric.region == region && self.has_points(&metric.probe, from, now))
            .collect()
    }

    /// The metric of exactly that identity (dimensions in any order), if it exists.
    pub fn metric(
        &self,
        region: &str,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<&Metric> {
        self.catalog.find(region, namespace, name, dimensions)
    }

    /// The statistics of the points in `[from, from + period)` that exist at `now`; `None` without
    /// a point.
    pub fn sample(
        &self,
        metric: &Metric,
        from: Timestamp,
        period: u32,
        now: Timestamp,
    ) -> Option<Stats> {
        let step = i64::from(metric.resolution);
        let (begin, end) = (from.as_second(), from.as_second() + i64::from(period));
        let last = end.min(now.as_second() - step + 1);
        let mut at = begin.div_euclid(step) * step;
        if at < begin {
            at += step;
        }
        let mut all: Option<Stats> = None;
        while at < last {
            let point = Timestamp::from_second(at)
                .ok()
                .and_then(|at| self.point(&metric.probe, at));
            all = match (all, point) {
                (Some(all), Some(point)) => Some(all.with(point)),
                (all, point) => point.or(all),
            };
            at += step;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::Scenario;
    use proptest::prelude::*;

    fn simulation() -> (Simulation, Timestamp) {
        let scenario = Scenario::find("weekend-spike").unwrap();
        let now = scenario.now;
        (Simulation::new(&scenario, now, 1.0), now)
    }

    #[test]
    fn the_same_range_has_the_same_answer_at_any_time() {
        let (simulation, now) = simulation();
        let from = after(now, -7_200.0);
        let later = after(now, 86_400.0);
        for region in &simulation.regions {
            for metric in simulation.metrics(region, now) {
                for period in [60, 300, 3_600] {
                    let first = simulation.sample(metric, from, period, now);
                    assert_eq!(
                        first,
                        simulation.sample(metric, from, period, later),
                        "{metric:?}"
                    );
                }
                let again = simulation
                    .metric(region, metric.namespace, metric.name, &owned(metric))
                    .unwrap();
                assert_eq!(again, metric);
            }
        }
    }

    fn owned(metric: &Metric) -> Vec<(String, String)> {
        metric
            .dimensions
            .iter()
            .rev()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn hourly_sample_sums_five_minute_samples() {
        let (simulation, now) = simulation();
        let from = after(now, -5_400.0);
        for metric in simulation.metrics("us-east-1", now) {
            let hour = simulation.sample(metric, from, 3_600, now);
            let parts: f64 = (0..12)
                .filter_map(|n| {
                    simulation.sample(metric, after(from, 300.0 * f64::from(n)), 300, now)
                })
                .map(|stats| stats.sum)
                .sum();
            let sum = hour.map_or(0.0, |stats| stats.sum);
            assert!(
                (sum - parts).abs() <= 1e-6 * sum.abs().max(1.0),
                "{metric:?} {sum} {parts}"
            );
            assert_eq!(simulation.sample(metric, now, 3_600, now), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn samples_are_finite_and_within_bounds(
            minutes in -30_000i64..2_000,
            period in prop::sample::select(vec![60u32, 300, 900]),
        ) {
            let (simulation, now) = simulation();
            let from = after(now, minutes as f64 * 60.0);
            for metric in simulation.catalog.metrics() {
                let Some(stats) = simulation.sample(metric, from, period, now) else { continue };
                let numbers = [stats.sum, stats.min, stats.max, stats.count];
                let is_valid = numbers.iter().all(|n| n.is_finite() && *n >= 0.0);
                prop_assert!(is_valid, "{metric:?} {stats:?}");
                let average = stats.average();
                let is_between = stats.min <= average + 1e-6 && average <= stats.max + 1e-6;
                prop_assert!(is_between, "{metric:?} {stats:?}");
                prop_assert!(from < now || stats.count == 0.0);
                if let Some(bound) = bound(metric) {
                    prop_assert!(stats.max <= bound + 1e-9, "{metric:?} {stats:?}");
                }
            }
        }
    }

    /// The highest a percentage may be: endpoints count 100 for each vCPU or GPU.
    fn bound(metric: &Metric) -> Option<f64> {
        match (metric.namespace, metric.name) {
            (
                "/aws/sagemaker/Endpoints"
                | "/aws/sagemaker/TrainingJobs"
                | "/aws/sagemaker/ProcessingJobs",
                "CPUUtilization",
            ) => Some(100.0 * 192.0),
            (
                "/aws/sagemaker/Endpoints"
                | "/aws/sagemaker/TrainingJobs"
                | "/aws/sagemaker/ProcessingJobs",
                "GPUUtilization" | "GPUMemoryUtilization",
            ) => Some(800.0),
            ("CWAgent", "nvidia_smi_memory_used" | "nvidia_smi_memory_total") => None,
            _ if metric.unit == "Percent"
                || metric.name.contains("tilization")
                || metric.name.ends_with("Reservation") =>
            {
                Some(100.0)
            }
            _ => None,
        }
    }
}
