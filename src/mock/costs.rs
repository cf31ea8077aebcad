//! What it cost: the integral of what ran x list price, as Cost Explorer would tell it, late.
//!
//! Must not know Cost Explorer's requests.

use super::{load::Load, world::World};
use crate::domain::{Stamp, Tags};

/// A cost that no simulated resource makes (S3, data transfer, support): dollars per day.
#[derive(Clone, Debug)]
pub struct Extra {
    pub(super) service: String,
    pub(super) usage_type: String,
    pub(super) region: String,
    pub(super) daily: Load,
    pub(super) since: Option<Stamp>,
}

/// Cost Explorer's granularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// UTC hours.
    Hour,
    /// UTC days.
    Day,
    /// Calendar months, UTC.
    Month,
}

/// A line of the bill: one resource, one usage type, one step of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    /// Beginning of the step.
    pub at: Stamp,
    /// `SERVICE`: `Amazon Elastic Compute Cloud - Compute`, `Amazon SageMaker`, ...
    pub service: String,
    /// `USAGE_TYPE`: `BoxUsage:p4d.24xlarge`, `USE1-Host:ml.g5.xlarge`, ...
    pub usage_type: String,
    /// `OPERATION`: `RunInstances`, ...
    pub operation: String,
    /// `RECORD_TYPE`: `Usage`, ...
    pub record_type: &'static str,
    /// `REGION`
    pub region: String,
    /// `AZ`, where there is one.
    pub zone: Option<String>,
    /// `INSTANCE_TYPE`, where there is one.
    pub instance_type: Option<String>,
    /// `PURCHASE_TYPE`
    pub purchase_type: &'static str,
    /// Resource id or ARN, where there is one.
    pub resource: Option<String>,
    /// Its tags now.
    pub tags: Tags,
    /// `UsageQuantity`
    pub quantity: f64,
    /// Its unit: `Hrs`, `GB-Mo`, `1K tokens`.
    pub unit: &'static str,
    /// Dollars, unblended; there are no discounts, so net and amortized are the same.
    pub usd: f64,
}

/// How far Cost Explorer's figures reach at `now`.
///
/// It refreshes at 02:00, 10:00 and 18:00 UTC, each time with what happened up to eight hours before.
pub fn settled_until(now: Stamp) -> Stamp {
    let hours = now.as_second().div_euclid(3_600);
    let refresh = (hours - 2).div_euclid(8) * 8 + 2;
    Stamp::from_second((refresh - 8) * 3_600).unwrap_or(now)
}

impl World {
    /// The charges in `[from, to)` that are known at `now`, each resource's line by line and step by step.
    pub fn charges(&self, from: Stamp, to: Stamp, step: Step, now: Stamp) -> Vec<Charge> {
        let _ = (from, to, step, now);
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monday_morning_knows_sunday_afternoon() {
        for (now, until) in [
            ("2026-11-23T08:30:00Z", "2026-11-22T18:00:00Z"),
            ("2026-11-23T10:00:00Z", "2026-11-23T02:00:00Z"),
            ("2026-11-23T01:59:00Z", "2026-11-22T10:00:00Z"),
        ] {
            assert_eq!(settled_until(now.parse().unwrap()).to_string(), until);
        }
    }
}
