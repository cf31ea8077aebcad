//! What may go wrong with a plan: facts read for it from fresh calls, a sentence each, with what it
//! means for the person.

mod summary;
mod words;

pub use summary::describe_all;

use crate::domain::{Controller, Replacement, Severity, Timestamp, Usd};
use std::sync::Arc;

/// One fact that speaks against a yes.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// A dry run was answered with no.
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
    /// Something starts machines by itself: it may undo the change.
    Controlled(Controller),
    /// Paid for whether it runs or not.
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
    /// Given back, it may not be had again.
    Scarce {
        /// The instance type.
        unit: Arc<str>,
    },
    /// Somebody is calling it.
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
        /// What is counted: `instance`, `copy`.
        unit: &'static str,
        /// The whole endpoint has no other variant that runs.
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
        /// The count asked for lies outside of the limits.
        outside: bool,
    },
    /// Bought for a term: billed until its end whatever happens.
    Committed {
        /// `OneMonth`, `SixMonths`.
        term: Arc<str>,
        /// The end of the term.
        until: Option<Timestamp>,
    },
    /// Someone worked here a short while ago.
    Active {
        /// Seconds since.
        ago: f64,
    },
    /// A job that keeps nothing on the way.
    NoCheckpoints {
        /// Seconds it has run.
        ran: f64,
        /// What that cost at list, where it is priced.
        cost: Option<Usd>,
    },
    /// A training job that its tuning job will start again.
    Retried {
        /// Name of the tuning job.
        tuning: Arc<str>,
    },
    /// Instances that are kept for the next job, and would not be for long.
    WarmPool {
        /// Seconds until AWS releases the instances.
        left: f64,
    },
    /// A start that may find nothing free.
    NoCapacity {
        /// The instance type.
        unit: Arc<str>,
    },
    /// A script runs before it is of use, and may fail.
    Lifecycle {
        /// Its lifecycle configuration.
        config: Arc<str>,
    },
    /// Several people work in it.
    SharedSpace {
        /// The space.
        space: Arc<str>,
        /// Who made it.
        owner: Option<Arc<str>>,
    },
    /// Somebody is calling, and gets answers of another model from then on.
    Served {
        /// Requests counted.
        requests: u64,
        /// The length of the window in minutes.
        minutes: u32,
    },
    /// The model wanted is made from another one than the units are for.
    OtherBase {
        /// What it is made from.
        base: Arc<str>,
        /// What the units are for.
        wanted: Arc<str>,
    },
    /// No custom model of that name.
    NoModel {
        /// As it was given.
        model: Arc<str>,
    },
    /// It is gone.
    Missing,
    /// Other jobs end with it.
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
    /// Whether something that was made is gone for good afterwards.
    pub fn loses(&self) -> bool {
        matches!(
            self,
            Self::InstanceStore { .. } | Self::Active { .. } | Self::NoCheckpoints { .. }
        )
    }
}
