//! How an operation becomes a call on one row, or why it does not.

use super::{
    api_call::{ApiCall, TagRoute},
    expected::Observed,
    operation::Operation,
};
use crate::domain::{Feedback, Measured, Reason, ScalableResource, Setting, WeeklySchedule};
use std::sync::Arc;

/// How an operation becomes a call on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Capability {
    /// Nothing to ask: the call is complete. It ends the row's whole burn.
    Stop(ApiCall),
    /// Nothing to ask: the call is complete. The row is billed again.
    Start {
        /// What it will cost per hour, if known.
        costs: Option<crate::domain::UsdPerHour>,
        /// The call.
        call: ApiCall,
    },
    /// Nothing to ask: the call is complete. The bill stays.
    Reboot(ApiCall),
    /// The call is complete, and there is no way back. It ends the row's whole burn.
    Terminate(ApiCall),
    /// A count to ask for.
    Scale {
        /// What the count counts: `instances`, `copies`.
        unit: &'static str,
        /// The fewest AWS accepts here.
        minimum: u32,
        /// What the metrics suggest.
        suggested: Option<u32>,
        /// What one unit costs per hour, if known.
        per_unit: Option<crate::domain::UsdPerHour>,
        /// The call, with any count in it.
        call: ApiCall,
        /// What is scaled, where that is more than the row; `None` where the count is the row's
        /// own.
        shared: Option<SharedCount>,
        /// What to know before it is set to zero, beyond that it then does nothing.
        at_zero: Option<Reason>,
    },
    /// The call is complete, and there is no way back. It ends the row's whole burn.
    Delete(ApiCall),
    /// Fewest and most to ask for.
    Bounds {
        /// What is scaled.
        scaled: ScalableResource,
        /// What holds now.
        now: (u32, u32),
        /// The fewest AWS accepts here.
        minimum: u32,
        /// What one unit costs per hour, if known.
        per_unit: Option<crate::domain::UsdPerHour>,
    },
    /// Hours to ask for.
    Schedule {
        /// What the metrics suggest, or the hours of an office.
        suggested: WeeklySchedule,
        /// The fewest AWS accepts outside of the hours.
        minimum: u32,
        /// What one costs per hour, if known.
        per_unit: Option<crate::domain::UsdPerHour>,
        /// The call, with the suggestion in it, and the bounds that hold now.
        call: ApiCall,
    },
    /// A model to ask for.
    SwapModel {
        /// ARN of the units.
        arn: Arc<str>,
        /// ARN of the custom model that serves now.
        now: Arc<str>,
        /// ARNs of the other custom models of the account that would fit.
        known: Vec<Arc<str>>,
    },
    /// An answer to ask for.
    Feedback {
        /// The anomaly's id.
        anomaly: Arc<str>,
        /// Its first day: `2026-11-21`.
        day: Arc<str>,
        /// What was answered before.
        given: Option<Feedback>,
    },
    /// Tags to ask for.
    Tag(TagRoute),
}

/// What several rows are parts of, and share the count of.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedCount {
    /// Its name: `cluster/group`.
    pub name: Arc<str>,
    /// Its state and counts.
    pub seen: Observed,
}

impl Capability {
    /// Instances or copies asked for now, where the offer is of a count: those of what is shared,
    /// else `own`.
    pub fn desired(&self, own: u32) -> u32 {
        match self {
            Self::Scale {
                shared: Some(shared),
                ..
            } => shared.seen.desired.unwrap_or(own),
            _ => own,
        }
    }

    /// What the offered call would change, as it is now.
    pub fn setting(&self) -> Option<Setting> {
        match self {
            Self::Bounds {
                now: (least, most), ..
            } => Some(Setting::Bounds(*least, *most)),
            Self::SwapModel { now, .. } => Some(Setting::Model(now.clone())),
            Self::Feedback { given, .. } => Some(Setting::Feedback(*given)),
            _ => None,
        }
    }
}

/// An operation on a row: the offer, or why it is not offered.
#[derive(Clone, Debug, PartialEq)]
pub struct AvailableAction {
    /// The operation.
    pub operation: Operation,
    /// The offer or the reason against it.
    pub capability: Measured<Capability>,
}
