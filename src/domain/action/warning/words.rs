//! The sentences of warnings.

use super::Warning;
use crate::domain::{Timestamp, text::printable, time::timestamp::short};
use std::fmt;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DryRunRefused { .. }
            | Self::StopProtected
            | Self::TerminationProtected
            | Self::SpotOneTime
            | Self::OtherBase { .. }
            | Self::NoModel { .. }
            | Self::Missing => self.fmt_refusal(f),
            Self::SpotPersistent { .. }
            | Self::AutoScalingGroup { .. }
            | Self::Reserved { .. }
            | Self::Committed { .. }
            | Self::InstanceStore { .. }
            | Self::Scarce { .. }
            | Self::NoCapacity { .. } => self.fmt_capacity(f),
            Self::Traffic { .. }
            | Self::Served { .. }
            | Self::Last { .. }
            | Self::Scaled { .. } => self.fmt_traffic(f),
            Self::Active { .. }
            | Self::NoCheckpoints { .. }
            | Self::Retried { .. }
            | Self::WarmPool { .. }
            | Self::Lifecycle { .. }
            | Self::SharedSpace { .. }
            | Self::Children { .. } => self.fmt_work(f),
        }
    }
}

impl Warning {
    /// AWS refuses the call, or has no such resource.
    fn fmt_refusal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DryRunRefused { operation, message } => {
                write!(f, "AWS will refuse {operation}: {}", printable(message))
            }
            Self::StopProtected => {
                f.write_str("stop protection is on: AWS will refuse until it is taken off")
            }
            Self::TerminationProtected => {
                f.write_str("termination protection is on: AWS will refuse until it is taken off")
            }
            Self::SpotOneTime => f.write_str(
                "Spot, asked for once: AWS will refuse a stop; only terminating ends it",
            ),
            Self::OtherBase { base, wanted } => {
                let (base, wanted) = (printable(base), printable(wanted));
                write!(
                    f,
                    "AWS will refuse: that model is made from {base}, the units are for {wanted}"
                )
            }
            Self::NoModel { model } => {
                let model = printable(model);
                write!(f, "AWS will refuse: it knows no custom model {model}")
            }
            Self::Missing => f.write_str("AWS does not find it any more: nothing will be changed"),
            _ => Ok(()),
        }
    }

    /// What is replaced, paid for all the same, or lost for good.
    fn fmt_capacity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpotPersistent { request, returns } => {
                let effect = if *returns {
                    "is persistent: it launches another unless it is cancelled first"
                } else {
                    "stays open: it comes back when it is started, if there is capacity then"
                };
                write!(f, "Spot request {request} {effect}")
            }
            Self::AutoScalingGroup { group } => {
                let group = printable(group);
                write!(
                    f,
                    "Auto Scaling group {group} replaces it: a new one starts, and is billed"
                )
            }
            Self::Reserved {
                reservation,
                block,
                until,
            } => {
                let end = |open| format_end(*until, open);
                let bill = if *block {
                    let end = end("to its end");
                    format!("capacity block {reservation} is paid for {end}")
                } else {
                    let end = end("until it is cancelled");
                    format!("capacity reservation {reservation} is billed {end}")
                };
                write!(f, "{bill}, whether it runs or not")
            }
            Self::Committed { term, until } => {
                let end = format_end(*until, "to the end of the term");
                write!(
                    f,
                    "committed ({term}): AWS will refuse, and billing goes on {end}"
                )
            }
            Self::InstanceStore { gigabytes } => {
                write!(f, "{gigabytes} GB on its instance store are lost for good")
            }
            Self::Scarce { unit } => write!(
                f,
                "{unit} is scarce (AWS sells it in capacity blocks): there may be none when it is \
                 wanted again"
            ),
            Self::NoCapacity { unit } => write!(
                f,
                "{unit} is scarce (AWS sells it in capacity blocks): AWS may have none free, and \
                 refuse the start"
            ),
            _ => Ok(()),
        }
    }

    /// Requests that notice the change, and autoscaling that reverts it.
    fn fmt_traffic(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traffic {
                requests,
                minutes,
                left,
            } => {
                write!(f, "{requests} requests in the last {minutes} minutes: ")?;
                match left {
                    0 => f.write_str("those who call it will notice"),
                    left => write!(f, "{left} must carry them"),
                }
            }
            Self::Served { requests, minutes } => write!(
                f,
                "{requests} requests in the last {minutes} minutes: the other model answers them \
                 from then on"
            ),
            Self::Last { unit, only: true } => write!(
                f,
                "the last {unit} of the endpoint: it answers no request afterwards"
            ),
            Self::Last { unit, only: false } => write!(
                f,
                "the last {unit} here: only the other variants answer afterwards"
            ),
            Self::Scaled {
                min,
                max,
                policies,
                scheduled,
                outside,
            } => {
                write!(f, "autoscaled between {min} and {max}")?;
                if *policies > 0 {
                    write!(f, ", {}", plural(*policies, "policy", "policies"))?;
                }
                if *scheduled > 0 {
                    let actions = plural(*scheduled, "scheduled action", "scheduled actions");
                    write!(f, ", {actions}")?;
                }
                f.write_str(if *outside {
                    ": autoscaling will revert it"
                } else {
                    ": autoscaling may change it again"
                })
            }
            _ => Ok(()),
        }
    }

    /// Work that is lost or goes on, and people who are at it.
    fn fmt_work(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active { ago } => {
                write!(f, "in use {} ago: what is not saved is lost", short(*ago))
            }
            Self::NoCheckpoints { ran, cost } => {
                write!(f, "no checkpoints: {} of work are lost", short(*ran))?;
                cost.map_or(Ok(()), |cost| write!(f, ", {cost} at list"))
            }
            Self::Retried { tuning } => {
                let tuning = printable(tuning);
                write!(f, "tuning job {tuning} starts another try in its place")
            }
            Self::WarmPool { left } => {
                let left = short(*left);
                write!(
                    f,
                    "it ends by itself in {left}: only that much is saved, and the next job \
                     starts cold"
                )
            }
            Self::Lifecycle { config } => {
                let config = printable(config);
                write!(
                    f,
                    "lifecycle configuration {config} runs first: if it fails or takes 5 minutes, \
                     so does the start"
                )
            }
            Self::SharedSpace { space, owner } => {
                let owner = owner.as_ref().map_or_else(String::new, |owner| {
                    format!(", made by {}", printable(owner))
                });
                let space = printable(space);
                write!(
                    f,
                    "space {space}{owner}, is shared: others may be at work in it"
                )
            }
            Self::Children { running } => write!(
                f,
                "{running} training jobs run for it: they end with it; what has finished stays"
            ),
            _ => Ok(()),
        }
    }
}

/// `until 2026-12-01 00:00 UTC`, or `open` without an end.
fn format_end(end: Option<Timestamp>, open: &str) -> String {
    end.map_or_else(
        || open.to_owned(),
        |at| at.strftime("until %Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// `1 policy`, `2 policies`.
fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
