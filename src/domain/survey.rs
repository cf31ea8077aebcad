//! What may go wrong with a plan: facts read for it from fresh calls, a sentence each, with what it means for the person.
//!
//! Must not know how a fact is read, or on what it is drawn.

use super::{Fault, Stamp, Usd, text::printable, time::short};
use std::{fmt, sync::Arc};

/// How much a warning weighs, the lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Something may be lost, or money not saved.
    Danger,
    /// AWS will refuse.
    Refusal,
}

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
    /// An Auto Scaling group keeps its number.
    AutoScalingGroup {
        /// Its name.
        group: Arc<str>,
    },
    /// Paid for whether it runs or not.
    Reserved {
        /// `cr-...`
        reservation: Arc<str>,
        /// A capacity block for ML, paid in full in advance.
        block: bool,
        /// When it ends, where it does.
        until: Option<Stamp>,
    },
    /// The disks of the host go with the instance.
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
        /// In the last so many minutes.
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
    /// Application Auto Scaling sets the count by itself.
    Scaled {
        /// `MinCapacity`
        least: u32,
        /// `MaxCapacity`
        most: u32,
        /// Scaling policies.
        policies: usize,
        /// Scheduled actions.
        scheduled: usize,
        /// The count asked for lies outside of the bounds.
        outside: bool,
    },
    /// Bought for a term: billed until its end whatever happens.
    Committed {
        /// `OneMonth`, `SixMonths`.
        term: Arc<str>,
        /// The end of the term.
        until: Option<Stamp>,
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
    /// Others go with it.
    Children {
        /// Training jobs that run for it.
        running: u32,
    },
}

impl Warning {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Self::DryRunRefused { .. } | Self::StopProtected | Self::TerminationProtected | Self::SpotOneTime | Self::Committed { .. } => {
                Weight::Refusal
            }
            Self::SpotPersistent { returns: false, .. } | Self::Traffic { left: 1.., .. } => Weight::Note,
            Self::SpotPersistent { .. }
            | Self::AutoScalingGroup { .. }
            | Self::Reserved { .. }
            | Self::InstanceStore { .. }
            | Self::Scarce { .. }
            | Self::Traffic { .. }
            | Self::Last { .. }
            | Self::Scaled { .. }
            | Self::Active { .. }
            | Self::NoCheckpoints { .. }
            | Self::Children { .. } => Weight::Danger,
        }
    }
}

impl Warning {
    /// Whether something that was made is gone for good afterwards.
    pub fn loses(&self) -> bool {
        matches!(self, Self::InstanceStore { .. } | Self::Active { .. } | Self::NoCheckpoints { .. })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end =
            |at: &Option<Stamp>, open: &str| at.map_or_else(|| open.to_owned(), |at| at.strftime("until %Y-%m-%d %H:%M UTC").to_string());
        match self {
            Self::DryRunRefused { operation, message } => write!(f, "AWS will refuse {operation}: {}", printable(message)),
            Self::StopProtected => f.write_str("stop protection is on: AWS will refuse until it is taken off"),
            Self::TerminationProtected => f.write_str("termination protection is on: AWS will refuse until it is taken off"),
            Self::SpotOneTime => f.write_str("Spot, asked for once: AWS will refuse a stop; only terminating ends it"),
            Self::SpotPersistent { request, returns: true } => {
                write!(f, "Spot request {request} is persistent: it launches another unless it is cancelled first")
            }
            Self::SpotPersistent { request, returns: false } => {
                write!(f, "Spot request {request} stays open: it comes back when it is started, if there is capacity then")
            }
            Self::AutoScalingGroup { group } => {
                write!(f, "Auto Scaling group {} replaces it: a new one starts, and is billed", printable(group))
            }
            Self::Reserved { reservation, block: true, until } => {
                write!(f, "capacity block {reservation} is paid for {}: nothing is saved", end(until, "to its end"))
            }
            Self::Reserved { reservation, block: false, until } => {
                write!(f, "capacity reservation {reservation} is billed {}: nothing is saved", end(until, "until it is cancelled"))
            }
            Self::InstanceStore { gigabytes } => write!(f, "{gigabytes} GB on its instance store are lost for good"),
            Self::Scarce { unit } => {
                write!(f, "{unit} is scarce (AWS sells it in capacity blocks): there may be none when it is wanted again")
            }
            Self::Traffic { requests, minutes, left: 0 } => {
                write!(f, "{requests} requests in the last {minutes} minutes: those who call it will notice")
            }
            Self::Traffic { requests, minutes, left } => {
                write!(f, "{requests} requests in the last {minutes} minutes: {left} must carry them")
            }
            Self::Last { unit, only: true } => write!(f, "the last {unit} of the endpoint: it answers no request afterwards"),
            Self::Last { unit, only: false } => write!(f, "the last {unit} here: only the other variants answer afterwards"),
            Self::Scaled { least, most, policies, scheduled, outside } => scaled(f, (*least, *most), *policies, *scheduled, *outside),
            Self::Committed { term, until } => {
                write!(f, "committed ({term}): AWS will refuse, and billing goes on {}", end(until, "to the end of the term"))
            }
            Self::Active { ago } => write!(f, "in use {} ago: what is not saved is lost", short(*ago)),
            Self::NoCheckpoints { ran, cost: Some(cost) } => {
                write!(f, "no checkpoints: {} of work are lost, {cost} at list", short(*ran))
            }
            Self::NoCheckpoints { ran, cost: None } => write!(f, "no checkpoints: {} of work are lost", short(*ran)),
            Self::Children { running } => write!(f, "{running} training jobs run for it: they end with it"),
        }
    }
}

fn scaled(f: &mut fmt::Formatter<'_>, (least, most): (u32, u32), policies: usize, scheduled: usize, outside: bool) -> fmt::Result {
    let number = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let by = match (policies, scheduled) {
        (0, 0) => String::new(),
        (_, 0) => format!(", {}", number(policies, "policy").replace("policys", "policies")),
        (0, _) => format!(", {}", number(scheduled, "scheduled action")),
        (_, _) => format!(", {}, {}", number(policies, "policy").replace("policys", "policies"), number(scheduled, "scheduled action")),
    };
    write!(f, "autoscaled between {least} and {most}{by}: ")?;
    f.write_str(if outside { "it is set back" } else { "it may be set anew" })
}

/// What was read about one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// What speaks against a yes, the heaviest first.
    pub warnings: Vec<Warning>,
    /// What could not be read.
    pub unread: Vec<Fault>,
}

impl Survey {
    /// Of which nothing could be read, because.
    pub fn unread(fault: Fault) -> Self {
        Self { warnings: Vec::new(), unread: vec![fault] }
    }

    /// In the order in which they are told: the heaviest first, of those as heavy what is lost for good, each once.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.warnings.sort_by_key(|warning| std::cmp::Reverse((warning.weight(), warning.loses())));
        let mut once: Vec<Warning> = Vec::with_capacity(self.warnings.len());
        for warning in self.warnings {
            if !once.contains(&warning) {
                once.push(warning);
            }
        }
        let mut unread: Vec<Fault> = Vec::with_capacity(self.unread.len());
        for fault in self.unread {
            if !unread.contains(&fault) {
                unread.push(fault);
            }
        }
        Self { warnings: once, unread }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_is_told_first_and_what_is_lost_before_what_is_scarce() {
        let scarce = Warning::Scarce { unit: "p4d.24xlarge".into() };
        let again = Warning::SpotPersistent { request: "sir-1".into(), returns: false };
        for lost in
            [Warning::InstanceStore { gigabytes: 8 }, Warning::Active { ago: 60.0 }, Warning::NoCheckpoints { ran: 60.0, cost: None }]
        {
            let warnings = vec![again.clone(), scarce.clone(), lost.clone(), Warning::StopProtected, scarce.clone()];
            let told = Survey { warnings, unread: Vec::new() }.sorted().warnings;
            assert_eq!(told, [Warning::StopProtected, lost, scarce.clone(), again.clone()]);
        }
    }
}
