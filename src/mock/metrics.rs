//! CloudWatch metrics as functions: (identity, minute) -> point. Nothing is recorded, so any range can be asked.
//!
//! Must not know CloudWatch's requests.

use super::world::World;
use crate::domain::Stamp;

/// A metric's identity, and what it measures here.
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
    /// `Average`
    pub fn average(&self) -> f64 {
        self.sum / self.count.max(f64::MIN_POSITIVE)
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

impl World {
    /// The metrics of a region with points in the two weeks before `now`, as `ListMetrics` would tell.
    pub fn metrics(&self, region: &str, now: Stamp) -> Vec<&Metric> {
        let _ = (region, now);
        Vec::new()
    }

    /// The metric of exactly that identity (dimensions in any order), if it ever had points.
    pub fn metric(&self, region: &str, namespace: &str, name: &str, dimensions: &[(String, String)]) -> Option<&Metric> {
        let _ = (region, namespace, name, dimensions);
        None
    }

    /// The statistics of the points in `[from, from + period)` that exist at `now`; `None` without a point.
    pub fn sample(&self, metric: &Metric, from: Stamp, period: u32, now: Stamp) -> Option<Stats> {
        let _ = (metric, from, period, now);
        None
    }
}
