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
            | Self::Controlled(_)
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
                write!(f, "AWS refuses {operation}: {}", printable(message))
            }
            Self::StopProtected => {
                f.write_str("stop protection is on: AWS refuses until it is removed")
            }
            Self::TerminationProtected => {
                f.write_str("termination protection is on: AWS refuses until it is removed")
            }
            Self::SpotOneTime => {
                f.write_str("one-time Spot request: AWS refuses to stop it; only terminate works")
            }
            Self::OtherBase { base, wanted } => {
                let (base, expected) = (printable(base), printable(wanted));
                write!(
                    f,
                    "AWS refuses: the model is based on {base}, the units are for {expected}"
                )
            }
            Self::NoModel { model } => {
                let model = printable(model);
                write!(f, "AWS refuses: no custom model {model}")
            }
            Self::Missing => f.write_str("AWS no longer finds it: nothing will change"),
            _ => Ok(()),
        }
    }

    /// Replacements, commitments that stay billed, and data that is lost for good.
    fn fmt_capacity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpotPersistent { request, returns } => {
                let effect = if *returns {
                    "is persistent: it launches a replacement unless cancelled first"
                } else {
                    "stays open: a later start needs available capacity"
                };
                write!(f, "Spot request {request} {effect}")
            }
            Self::Controlled(controller) => {
                let (effect, lever) = (controller.effect(), &controller.lever);
                write!(f, "{effect}; to keep it off: {lever}")
            }
            Self::Reserved {
                reservation,
                block,
                until,
            } => {
                let end = |open| format_end(*until, open);
                let bill = if *block {
                    let end = end("until its end");
                    format!("capacity block {reservation} is paid for {end}")
                } else {
                    let end = end("until it is cancelled");
                    format!("capacity reservation {reservation} is billed {end}")
                };
                write!(f, "{bill}, running or not")
            }
            Self::Committed { term, until } => {
                let end = format_end(*until, "until the end of the term");
                write!(
                    f,
                    "committed ({term}): AWS refuses, and billing continues {end}"
                )
            }
            Self::InstanceStore { gigabytes } => {
                write!(
                    f,
                    "{gigabytes} GB of instance-store data is permanently lost"
                )
            }
            Self::Scarce { unit } => write!(
                f,
                "{unit} is scarce (AWS sells it in capacity blocks): it may be unavailable \
                 later"
            ),
            Self::NoCapacity { unit } => write!(
                f,
                "{unit} is scarce (AWS sells it in capacity blocks): AWS may have no capacity \
                 and refuse the start"
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
                    0 => f.write_str("callers will see errors"),
                    left => write!(f, "{left} must serve them"),
                }
            }
            Self::Served { requests, minutes } => write!(
                f,
                "{requests} requests in the last {minutes} minutes: the new model will \
                 answer them"
            ),
            Self::Last { unit, only: true } => write!(
                f,
                "the last {unit} of the endpoint: it will serve no requests"
            ),
            Self::Last { unit, only: false } => write!(
                f,
                "the last {unit} of this variant: only other variants will serve requests"
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

    /// Work that is lost or continues, and people who use the resource.
    fn fmt_work(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active { ago } => {
                write!(f, "in use {} ago: unsaved work is lost", short(*ago))
            }
            Self::NoCheckpoints { ran, cost } => {
                write!(f, "no checkpoints: {} of work is lost", short(*ran))?;
                cost.map_or(Ok(()), |cost| write!(f, ", {cost} at list"))
            }
            Self::Retried { tuning } => {
                let tuning = printable(tuning);
                write!(f, "tuning job {tuning} starts another attempt in its place")
            }
            Self::WarmPool { left } => {
                let left = short(*left);
                write!(
                    f,
                    "it ends by itself in {left}: only that is saved, and the next job \
                     starts cold"
                )
            }
            Self::Lifecycle { config } => {
                let config = printable(config);
                write!(
                    f,
                    "lifecycle configuration {config} runs first: the start fails if it \
                     fails or takes over 5 minutes"
                )
            }
            Self::SharedSpace { space, owner } => {
                let owner = owner.as_ref().map_or_else(String::new, |owner| {
                    format!(", created by {}", printable(owner))
                });
                let space = printable(space);
                write!(
                    f,
                    "space {space}{owner}, is shared: others may be working in it"
                )
            }
            Self::Children { running } => write!(
                f,
                "{running} training jobs end with it; finished results remain"
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
