//! Risks of a plan: each is a fact from a fresh read, worded as one sentence with its consequence
//! for the person.

mod summary;
mod words;

pub use summary::describe_all;

use crate::domain::{Controller, Replacement, Severity, Timestamp, Usd};
use std::sync::Arc;

/// One fact that speaks against confirming a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// AWS refused the dry run.
    DryRunRefused {
        /// IAM-style operation.
        operation: Arc<str>,
        /// AWS's words.
        message: Arc<str>,
    },
    /// `DisableApiStop`: neither stopped nor terminated by the API.
    StopProtected,
    /// `DisableApiTermination`.
    TerminationProtected,
    /// A one-time Spot request: AWS refuses to stop it.
    SpotOneTime,
    /// A persistent Spot request.
    SpotPersistent {
        /// `sir-...`
        request: Arc<str>,
        /// The instance is terminated, and the request launches another.
        returns: bool,
    },
    /// A controller that starts machines: it may undo the change.
    Controlled(Controller),
    /// A reservation that is billed whether the instance runs or not.
    Reserved {
        /// `cr-...`
        reservation: Arc<str>,
        /// A capacity block for ML, paid in full in advance.
        block: bool,
        /// When it ends, where it does.
        until: Option<Timestamp>,
    },
    /// The instance store is lost with the instance.
    InstanceStore {
        /// Gigabytes on them.
        gigabytes: u64,
    },
    /// An instance type that AWS may not have free again after the instance is released.
    Scarce {
        /// The instance type.
        unit: Arc<str>,
    },
    /// Callers send requests to it.
    Traffic {
        /// Requests counted.
        requests: u64,
        /// The length of the window in minutes.
        minutes: u32,
        /// Instances or copies left to answer them.
        left: u32,
    },
    /// Nothing is left to answer requests.
    Last {
        /// The counted unit: `instance`, `copy`.
        unit: &'static str,
        /// No other variant of the endpoint runs.
        only: bool,
    },
    /// Application Auto Scaling sets the count.
    Scaled {
        /// `MinCapacity`
        min: u32,
        /// `MaxCapacity`
        max: u32,
        /// Scaling policies.
        policies: usize,
        /// Scheduled actions.
        scheduled: usize,
        /// The requested count is outside the limits.
        outside: bool,
    },
    /// A commitment for a term: billed until its end, used or not.
    Committed {
        /// `OneMonth`, `SixMonths`.
        term: Arc<str>,
        /// The end of the term.
        until: Option<Timestamp>,
    },
    /// A person worked in it a short while ago.
    Active {
        /// Seconds since.
        ago: f64,
    },
    /// A job without checkpoints: a stop loses its work.
    NoCheckpoints {
        /// Seconds it has run.
        ran: f64,
        /// List cost of that time, where it is priced.
        cost: Option<Usd>,
    },
    /// A training job that its tuning job will start again.
    Retried {
        /// Name of the tuning job.
        tuning: Arc<str>,
    },
    /// A warm pool that AWS would release soon anyway.
    WarmPool {
        /// Seconds until AWS releases the instances.
        left: f64,
    },
    /// A start for which AWS may have no capacity.
    NoCapacity {
        /// The instance type.
        unit: Arc<str>,
    },
    /// A lifecycle script that runs before the notebook can be used, and may fail.
    Lifecycle {
        /// Its lifecycle configuration.
        config: Arc<str>,
    },
    /// Several people work in it.
    SharedSpace {
        /// The space.
        space: Arc<str>,
        /// The creator of the space.
        owner: Option<Arc<str>>,
    },
    /// Callers send requests to it, and another model answers them from then on.
    Served {
        /// Requests counted.
        requests: u64,
        /// The length of the window in minutes.
        minutes: u32,
    },
    /// The requested model is based on another model than the units are for.
    OtherBase {
        /// The base model of the requested model.
        base: Arc<str>,
        /// The base model that the units are for.
        wanted: Arc<str>,
    },
    /// The account has no custom model of that name.
    NoModel {
        /// As it was given.
        model: Arc<str>,
    },
    /// The resource no longer exists.
    Missing,
    /// Other jobs end with the job.
    Children {
        /// Training jobs that run for it.
        running: u32,
    },
}

impl Warning {
    /// How much it weighs.
    pub fn weight(&self) -> Severity {
        match self {
            Self::DryRunRefused { .. }
            | Self::StopProtected
            | Self::TerminationProtected
            | Self::SpotOneTime
            | Self::Committed { .. }
            | Self::OtherBase { .. }
            | Self::NoModel { .. }
            | Self::Missing => Severity::Refusal,
            Self::Controlled(Controller {
                replacement: Replacement::Never,
                ..
            })
            | Self::SpotPersistent { returns: false, .. }
            | Self::Traffic { left: 1.., .. }
            | Self::WarmPool { .. }
            | Self::Lifecycle { .. } => Severity::Note,
            Self::SpotPersistent { .. }
            | Self::Controlled(_)
            | Self::Reserved { .. }
            | Self::InstanceStore { .. }
            | Self::Scarce { .. }
            | Self::Traffic { .. }
            | Self::Last { .. }
            | Self::Scaled { .. }
            | Self::Active { .. }
            | Self::NoCheckpoints { .. }
            | Self::Retried { .. }
            | Self::NoCapacity { .. }
            | Self::SharedSpace { .. }
            | Self::Served { .. }
            | Self::Children { .. } => Severity::Danger,
        }
    }
}

impl Warning {
    /// Whether the change loses data or work for good.
    pub fn loses(&self) -> bool {
        matches!(
            self,
            Self::InstanceStore { .. } | Self::Active { .. } | Self::NoCheckpoints { .. }
        )
    }
}
