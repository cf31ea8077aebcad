//! The state of a resource: AWS's own word for it, and the few phases all services share.

use std::sync::Arc;

/// What a state means to someone who pays.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// At work and billed.
    Running,
    /// On its way to another state; still billed unless the pane's burn says otherwise.
    Changing,
    /// Stopped: compute is not billed.
    Stopped,
    /// Failed or broken.
    Failed,
    /// Deleted or terminated; about to leave the table.
    Gone,
    /// A state that has no life of its own (an anomaly).
    Still,
}

/// A state as AWS names it, with its phase.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct State {
    /// What it means.
    pub phase: Phase,
    /// AWS's word: `running`, `InService`.
    pub name: Arc<str>,
}

impl State {
    /// A state named `name` by AWS, in `phase`.
    pub fn new(phase: Phase, name: impl Into<Arc<str>>) -> Self {
        Self {
            phase,
            name: name.into(),
        }
    }
}
