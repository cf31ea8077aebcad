//! The events that the engine sends to the console.

use super::Store;
use crate::domain::{
    Fault, PlanId, Preflight, Report, ResourceKey, SourceId, StatusUpdate, Timestamp,
};
use std::sync::Arc;

/// One event of the engine.
#[derive(Clone, Debug)]
pub enum Event {
    /// A source was read.
    Report(AppliedReport),
    /// The status of an action on one target.
    Acted(StatusUpdate),
    /// The status of an action that an earlier run left without a result: settled or accepted if
    /// it was carried out, cancelled if it was not, unknown if that cannot be determined.
    Recovered(StatusUpdate),
    /// The preflight checks of a plan have finished.
    Preflight {
        /// The plan.
        plan: PlanId,
        /// The result for each target.
        targets: Vec<(ResourceKey, Preflight)>,
    },
    /// A failure that belongs to no source.
    Fault(Fault),
}

/// A report after the engine applied it: everything but its rows, which are in the store.
#[derive(Clone, Debug)]
pub struct AppliedReport {
    /// The source.
    pub source: SourceId,
    /// When the source was read.
    pub at: Timestamp,
    /// The failures while the source was read.
    pub faults: Vec<Fault>,
    /// The store with this report applied.
    pub store: Arc<Store>,
}

impl AppliedReport {
    /// The summary of `report`, which `store` does not have yet: it is applied at `now`.
    pub fn apply(report: Report, store: &Store, now: Timestamp) -> Self {
        let mut store = store.clone();
        let (source, at) = (report.source.clone(), report.at);
        let faults = report.faults.clone();
        store.apply(report, now);
        Self {
            source,
            at,
            faults,
            store: Arc::new(store),
        }
    }
}
