//! Inputs that a person enters for an operation.

use super::{schedule_restore::ScheduleRestore, setting::AnomalyFeedback};
use crate::domain::{Tags, WeeklySchedule};
use std::sync::Arc;

/// The kinds of input. A dialog of the screen belongs to each but [`Prompt::None`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing is entered: the request is complete.
    None,
    /// A count of instances or copies.
    Count,
    /// A minimum and a maximum.
    Limits,
    /// Hours of the week, and counts inside and outside of them.
    Hours,
    /// A custom model.
    Model,
    /// Feedback on an anomaly.
    Feedback,
    /// Tags to set and to remove.
    Tags,
}

/// The input that a person entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing: the operation needs none.
    None,
    /// Instances or copies wanted.
    Count(u32),
    /// Limits of autoscaling.
    Limits {
        /// Minimum.
        min: u32,
        /// Maximum.
        max: u32,
    },
    /// Hours of the week, with counts.
    Hours(WeeklySchedule),
    /// The scheduled actions and limits before a change. Only an undo makes it; no dialog does.
    Restore(ScheduleRestore),
    /// ARN or id of a custom model.
    Model(Arc<str>),
    /// Feedback on an anomaly.
    Feedback(AnomalyFeedback),
    /// Changes of tags.
    Tags {
        /// Tags to add where the resource has no such key, or an empty value.
        fill: Tags,
        /// Tags to add or overwrite.
        set: Tags,
        /// Keys to remove.
        remove: Vec<String>,
    },
}
