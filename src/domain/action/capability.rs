//! What an operation needs to become an API call on one row, or why the row does not have it.

use super::{
    expected::ObservedState,
    setting::{AnomalyFeedback, ScalableResource, Setting, TagRoute},
};
use crate::domain::{Reason, UsdPerHour, WeeklySchedule};
use std::sync::Arc;

/// What an operation needs to become an API call of type `C` on one row. There is a variant for
/// each kind of input ([`Prompt`](super::input::Prompt)), not for each operation.
#[derive(Clone, Debug, PartialEq)]
pub enum CapabilityOf<C> {
    /// The call is complete.
    Ready(C),
    /// The call is complete, and the resource is billed once it is made.
    Billed {
        /// What it then costs per hour; `None` when unpriced.
        rate: Option<UsdPerHour>,
        /// The call.
        call: C,
    },
    /// It takes a count.
    Count {
        /// What is counted: `instances`, `copies`.
        unit: &'static str,
        /// The minimum AWS accepts here.
        minimum: u32,
        /// What the metrics suggest.
        suggested: Option<u32>,
        /// What one unit costs per hour; `None` when unpriced.
        per_unit: Option<UsdPerHour>,
        /// The call, with any count in it.
        call: C,
        /// What is scaled, where that is more than the row; `None` where the count is the row's
        /// own.
        shared: Option<SharedCount>,
        /// A warning for the count zero, beyond that it then serves nothing.
        at_zero: Option<Reason>,
    },
    /// It takes a minimum and a maximum.
    Limits {
        /// What is scaled.
        target: ScalableResource,
        /// The limits now.
        now: (u32, u32),
        /// The minimum AWS accepts here.
        minimum: u32,
        /// What one unit costs per hour; `None` when unpriced.
        per_unit: Option<UsdPerHour>,
    },
    /// It takes hours.
    Hours {
        /// What the metrics suggest, or the hours of an office.
        suggested: WeeklySchedule,
        /// The minimum AWS accepts outside of the hours.
        minimum: u32,
        /// What one unit costs per hour; `None` when unpriced.
        per_unit: Option<UsdPerHour>,
        /// The call, with the suggestion and the present limits in it.
        call: C,
    },
    /// It takes a custom model.
    Model {
        /// ARN of the provisioned throughput.
        arn: Arc<str>,
        /// ARN of the custom model that serves now.
        now: Arc<str>,
        /// ARNs of the other custom models of the account that fit.
        known: Vec<Arc<str>>,
    },
    /// It takes feedback.
    Feedback {
        /// The anomaly's id.
        anomaly: Arc<str>,
        /// Its first day: `2026-11-21`.
        day: Arc<str>,
        /// The feedback given before.
        given: Option<AnomalyFeedback>,
    },
    /// It takes tags.
    Tags(TagRoute),
}

/// A count that several rows share.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedCount {
    /// Name of what they are parts of: `cluster/group`.
    pub name: Arc<str>,
    /// Its state and counts.
    pub observed: ObservedState,
}

impl<C: Clone> CapabilityOf<C> {
    /// The desired count of instances or copies: that of what is shared, else `own`.
    pub fn desired(&self, own: u32) -> u32 {
        match self {
            Self::Count {
                shared: Some(shared),
                ..
            } => shared.observed.desired.unwrap_or(own),
            _ => own,
        }
    }

    /// The present value of the setting that the call changes; `None` where it changes none.
    pub fn setting(&self) -> Option<Setting> {
        match self {
            Self::Limits {
                now: (min, max), ..
            } => Some(Setting::Limits(*min, *max)),
            Self::Model { now, .. } => Some(Setting::Model(now.clone())),
            Self::Feedback { given, .. } => Some(Setting::Feedback(*given)),
            _ => None,
        }
    }

    /// The same with the call that `convert` makes of its call; `None` where it makes none.
    pub(super) fn try_map<D>(&self, convert: impl Fn(&C) -> Option<D>) -> Option<CapabilityOf<D>> {
        Some(match self.clone() {
            Self::Ready(call) => CapabilityOf::Ready(convert(&call)?),
            Self::Billed { rate, call } => CapabilityOf::Billed {
                rate,
                call: convert(&call)?,
            },
            Self::Count {
                unit,
                minimum,
                suggested,
                per_unit,
                call,
                shared,
                at_zero,
            } => CapabilityOf::Count {
                unit,
                minimum,
                suggested,
                per_unit,
                call: convert(&call)?,
                shared,
                at_zero,
            },
            Self::Limits {
                target,
                now,
                minimum,
                per_unit,
            } => CapabilityOf::Limits {
                target,
                now,
                minimum,
                per_unit,
            },
            Self::Hours {
                suggested,
                minimum,
                per_unit,
                call,
            } => CapabilityOf::Hours {
                suggested,
                minimum,
                per_unit,
                call: convert(&call)?,
            },
            Self::Model { arn, now, known } => CapabilityOf::Model { arn, now, known },
            Self::Feedback {
                anomaly,
                day,
                given,
            } => CapabilityOf::Feedback {
                anomaly,
                day,
                given,
            },
            Self::Tags(route) => CapabilityOf::Tags(route),
        })
    }
}
