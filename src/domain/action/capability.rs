//! The facts that an operation needs to become an API call on one row.

use super::{
    expected::ObservedState,
    setting::{AnomalyFeedback, ScalableResource, Setting, TagRoute},
};
use crate::domain::{Reason, UsdPerHour, WeeklySchedule};
use std::sync::Arc;

/// The facts that an operation needs to become an API call of type `C` on one row. There is a
/// variant for each kind of input ([`Prompt`](super::input::Prompt)), not for each operation.
#[derive(Clone, Debug, PartialEq)]
pub enum CallTemplate<C> {
    /// The call is complete.
    Ready(C),
    /// The call is complete, and the resource is billed once it is made.
    Billed {
        /// Cost per hour after the call; `None` when unpriced.
        rate: Option<UsdPerHour>,
        /// The call.
        call: C,
    },
    /// It takes a count.
    Count {
        /// The counted unit: `instances`, `copies`.
        unit: &'static str,
        /// The minimum AWS accepts here.
        minimum: u32,
        /// The count that the metrics suggest.
        suggested: Option<u32>,
        /// Cost of one unit per hour; `None` when unpriced.
        per_unit: Option<UsdPerHour>,
        /// The call, with any count in it.
        call: C,
        /// The resource that the call scales, where several rows share it; `None` where the count
        /// is the row's own.
        shared: Option<SharedCount>,
        /// A warning for the count zero, beyond the fact that nothing is left to serve requests.
        at_zero: Option<Reason>,
    },
    /// It takes a minimum and a maximum.
    Limits {
        /// The resource whose capacity is scaled.
        target: ScalableResource,
        /// The limits now.
        now: (u32, u32),
        /// The minimum AWS accepts here.
        minimum: u32,
        /// Cost of one unit per hour; `None` when unpriced.
        per_unit: Option<UsdPerHour>,
    },
    /// It takes hours.
    Hours {
        /// The hours that the metrics suggest, or office hours.
        suggested: WeeklySchedule,
        /// The minimum AWS accepts outside of the hours.
        minimum: u32,
        /// Cost of one unit per hour; `None` when unpriced.
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
    /// Name of the resource that the rows are parts of: `cluster/group`.
    pub name: Arc<str>,
    /// Its state and counts.
    pub observed: ObservedState,
}

impl<C: Clone> CallTemplate<C> {
    /// The desired count of instances or copies: that of the shared resource, else `own`.
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

    /// The same capability with the call that `convert` makes of its call; `None` where it makes
    /// none.
    pub(super) fn try_map<D>(&self, convert: impl Fn(&C) -> Option<D>) -> Option<CallTemplate<D>> {
        Some(match self.clone() {
            Self::Ready(call) => CallTemplate::Ready(convert(&call)?),
            Self::Billed { rate, call } => CallTemplate::Billed {
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
            } => CallTemplate::Count {
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
            } => CallTemplate::Limits {
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
            } => CallTemplate::Hours {
                suggested,
                minimum,
                per_unit,
                call: convert(&call)?,
            },
            Self::Model { arn, now, known } => CallTemplate::Model { arn, now, known },
            Self::Feedback {
                anomaly,
                day,
                given,
            } => CallTemplate::Feedback {
                anomaly,
                day,
                given,
            },
            Self::Tags(route) => CallTemplate::Tags(route),
        })
    }
}
