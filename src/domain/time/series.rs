//! A regular series of readings with gaps, and its statistics.

use crate::domain::Timestamp;

/// Readings at a fixed step, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The moment of the first point.
    pub start: Timestamp,
    /// Seconds between points.
    pub step: u32,
    /// A reading for each step; `None` where there is none.
    pub points: Vec<Option<f64>>,
}

/// The summary of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesSummary {
    /// Arithmetic mean of the readings.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 95th percentile, nearest rank.
    pub p95: f64,
    /// 99th percentile, nearest rank.
    pub p99: f64,
    /// Highest reading.
    pub max: f64,
    /// Hours that have a reading.
    pub hours: f64,
    /// Hours of the requested window.
    pub window: f64,
}

impl Series {
    /// The series with zero in each gap since `created`; in every gap where that is `None`.
    #[must_use]
    pub fn fill_gaps_since(&self, created: Option<Timestamp>) -> Self {
        let points = self.points.iter().enumerate().map(|(index, point)| {
            let is_later = created.is_none_or(|created| self.at(index) >= created);
            point.or_else(|| is_later.then_some(0.0))
        });
        Self {
            points: points.collect(),
            ..*self
        }
    }

    /// All points missing.
    pub fn empty(start: Timestamp, step: u32, points: usize) -> Self {
        Self {
            start,
            step,
            points: vec![None; points],
        }
    }

    /// The newest reading.
    pub fn last(&self) -> Option<f64> {
        self.points.iter().rev().find_map(|point| *point)
    }

    /// The moment of point `index`.
    pub fn at(&self, index: usize) -> Timestamp {
        let seconds = i64::from(self.step).saturating_mul(i64::try_from(index).unwrap_or(i64::MAX));
        self.start
            .saturating_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap_or(self.start)
    }

    /// The sum of all readings, each multiplied by `factor`.
    pub fn sum(&self) -> f64 {
        self.points.iter().flatten().sum()
    }

    /// A copy with every reading multiplied by `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            points: self
                .points
                .iter()
                .map(|point| point.map(|reading| reading * factor))
                .collect(),
            ..*self
        }
    }

    /// A copy with zero in every gap. Only for a metric that publishes nothing while its count is
    /// zero.
    #[must_use]
    pub fn gaps_as_zero(&self) -> Self {
        Self {
            points: self
                .points
                .iter()
                .map(|point| Some(point.unwrap_or(0.0)))
                .collect(),
            ..*self
        }
    }

    /// The newest `points` points.
    #[must_use]
    pub fn tail(&self, points: usize) -> Self {
        let skip = self.points.len().saturating_sub(points);
        Self {
            start: self.at(skip),
            step: self.step,
            points: self.points[skip..].to_vec(),
        }
    }

    /// The reading that `share` of all readings do not pass, nearest rank.
    pub fn rank(&self, share: f64) -> Option<f64> {
        let mut sorted: Vec<f64> = self
            .points
            .iter()
            .flatten()
            .copied()
            .filter(|r| r.is_finite())
            .collect();
        sorted.sort_by(f64::total_cmp);
        sorted
            .get(((share * count(sorted.len())).ceil() as usize).clamp(1, sorted.len().max(1)) - 1)
            .copied()
    }

    /// The statistics, or `None` without a single reading.
    pub fn observed(&self) -> Option<SeriesSummary> {
        let mut sorted: Vec<f64> = self
            .points
            .iter()
            .flatten()
            .copied()
            .filter(|r| r.is_finite())
            .collect();
        let max = *{
            sorted.sort_by(f64::total_cmp);
            sorted.last()?
        };
        let rank = |share: f64| {
            sorted[((share * count(sorted.len())).ceil() as usize).clamp(1, sorted.len()) - 1]
        };
        let hours = |points: usize| count(points) * f64::from(self.step) / 3600.0;
        Some(SeriesSummary {
            mean: sorted.iter().sum::<f64>() / count(sorted.len()),
            p50: rank(0.50),
            p95: rank(0.95),
            p99: rank(0.99),
            max,
            hours: hours(sorted.len()),
            window: hours(self.points.len()),
        })
    }
}

/// A count as a float; series are far shorter than 2^52 points.
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[Option<f64>]) -> Series {
        Series {
            start: Timestamp::UNIX_EPOCH,
            step: 300,
            points: points.to_vec(),
        }
    }

    #[test]
    fn gap_is_not_zero() {
        let seen = series(&[Some(1.0), None, Some(3.0), None])
            .observed()
            .unwrap();
        assert_eq!((seen.mean, seen.p50, seen.max), (2.0, 1.0, 3.0));
        assert!((seen.hours - 2.0 / 12.0).abs() < 1e-9 && (seen.window - 4.0 / 12.0).abs() < 1e-9);
        assert_eq!(series(&[None, None]).observed(), None);
        assert_eq!(
            series(&[None, None]).gaps_as_zero().observed().unwrap().max,
            0.0
        );
    }

    #[test]
    fn percentiles_use_the_nearest_rank() {
        let hundred: Vec<_> = (1..=100).map(|n| Some(f64::from(n))).collect();
        let seen = series(&hundred).observed().unwrap();
        assert_eq!(
            (seen.p50, seen.p95, seen.p99, seen.max),
            (50.0, 95.0, 99.0, 100.0)
        );
        assert_eq!(
            (series(&hundred).rank(0.75), series(&[None]).rank(0.75)),
            (Some(75.0), None)
        );
    }

    #[test]
    fn tail_moves_the_start() {
        let tail = series(&[Some(1.0), Some(2.0), Some(3.0)]).tail(2);
        assert_eq!(
            (tail.points.len(), tail.last(), tail.start.as_second()),
            (2, Some(3.0), 300)
        );
    }
}
