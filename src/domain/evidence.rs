//! What is known of whether a resource does anything: the typed facts that findings are judged on.
//!
//! Must not know thresholds or verdicts: those are `pricing`'s.

use super::{Reading, Stamp, series::Observed};
use std::sync::Arc;

/// The facts, by the shape of the resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Nothing to judge (an anomaly).
    None,
    /// A machine with accelerators.
    Accelerators {
        /// Mean utilisation of its accelerators, fraction 0 to 1.
        utilization: Reading<Observed>,
        /// CPU utilisation, fraction 0 to 1.
        cpu: Reading<Observed>,
        /// Seconds since it started.
        running: f64,
    },
    /// Something a person works in.
    Workspace {
        /// The last sign of a person's work, and which sign it was (`CPU under 5 %`).
        last_activity: Reading<(Stamp, Arc<str>)>,
        /// Whether it stops by itself when idle.
        auto_stop: Reading<bool>,
    },
    /// Replicas behind an endpoint.
    Replicas {
        /// Instances (or copies) that run and are billed.
        running: u32,
        /// The fewest that may run.
        minimum: u32,
        /// The busiest resource of one replica (GPU or CPU), fraction 0 to 1, and which it was.
        utilization: Reading<(Observed, Arc<str>)>,
        /// Invocations per minute, all replicas together.
        invocations: Reading<Observed>,
    },
    /// Provisioned model units.
    Units {
        /// Model units bought.
        units: u32,
        /// Share of the bought capacity used, by hour, fraction 0 to 1.
        utilization: Reading<Observed>,
        /// When the commitment ends; `None` without commitment.
        committed_until: Option<Stamp>,
    },
}
