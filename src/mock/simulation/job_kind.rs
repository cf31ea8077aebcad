//! The kinds of SageMaker's jobs, and the states they all have.

use crate::mock::price_facts::Component;

/// The kind of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Trains a model.
    Training,
    /// Runs a script over data.
    Processing,
    /// Runs inference over a data set.
    Transform,
}

impl JobKind {
    /// The word in ARNs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Training => "training-job",
            Self::Processing => "processing-job",
            Self::Transform => "transform-job",
        }
    }

    /// The word in refusals.
    pub(super) fn display_name(self) -> &'static str {
        match self {
            Self::Training => "training job",
            Self::Processing => "processing job",
            Self::Transform => "transform job",
        }
    }

    /// The component it is billed as.
    pub fn component(self) -> Component {
        match self {
            Self::Training => Component::Training,
            Self::Processing => Component::Processing,
            Self::Transform => Component::Transform,
        }
    }

    /// Seconds from its creation until its instances run and are billed.
    pub fn startup_seconds(self) -> f64 {
        match self {
            Self::Training => 240.0,
            Self::Processing => 120.0,
            Self::Transform => 150.0,
        }
    }

    /// Seconds it has to save its work when it is stopped.
    pub(super) fn stopping_seconds(self) -> f64 {
        if self == Self::Training { 120.0 } else { 60.0 }
    }
}

/// A job's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Billed, once its instances run.
    InProgress,
    /// Succeeded.
    Completed,
    /// Ended with an error.
    Failed,
    /// Stopping, and billed.
    Stopping,
    /// Stopped by a client or at its limit.
    Stopped,
}

impl JobState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
        }
    }

    /// Whether it has not ended.
    pub fn runs(self) -> bool {
        matches!(self, Self::InProgress | Self::Stopping)
    }
}
