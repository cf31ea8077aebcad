//! The state of a resource: AWS's name of it, and the few phases that all services share.

use std::sync::Arc;

/// The phase of a state, by its effect on the cost.
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
    /// Deleted or terminated; AWS removes it from its lists soon.
    Gone,
    /// A row without a lifecycle (an anomaly).
    Still,
}

/// A state as AWS names it, with its phase.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct State {
    /// Its phase.
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
