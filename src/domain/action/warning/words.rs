//! The sentences of warnings.

use super::Warning;
use crate::domain::{Timestamp, text::printable, time::timestamp::short};
use std::fmt;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |at: &Option<Timestamp>, open: &str| {
            at.map_or_else(
                || open.to_owned(),
                |at| at.strftime("until %Y-%m-%d %H:%M UTC").to_string(),
            )
        };
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
            Self::SpotPersistent {
                request,
                returns: true,
            } => {
                write!(
                    f,
                    "Spot request {request} is persistent: it launches another unless it is cancelled first"
                )
            }
            Self::SpotPersistent {
                request,
                returns: false,
            } => {
                write!(
                    f,
                    "Spot request {request} stays open: it comes back when it is started, if there is capacity then"
                )
            }
            Self::AutoScalingGroup { group } => {
                write!(
                    f,
                    "Auto Scaling group {} replaces it: a new one starts, and is billed",
                    printable(group)
                )
            }
            Self::Reserved {
                reservation,
                block: true,
                until,
            } => {
                write!(
                    f,
                    "capacity block {reservation} is paid for {}, whether it runs or not",
                    end(until, "to its end")
                )
            }
            Self::Reserved {
                reservation,
                block: false,
                until,
            } => {
                write!(
                    f,
                    "capacity reservation {reservation} is billed {}, whether it runs or not",
                    end(until, "until it is cancelled")
                )
            }
            Self::InstanceStore { gigabytes } => {
                write!(f, "{gigabytes} GB on its instance store are lost for good")
            }
            Self::Scarce { unit } => {
                write!(
                    f,
                    "{unit} is scarce (AWS sells it in capacity blocks): there may be none when it is wanted again"
                )
            }
            Self::Traffic {
                requests,
                minutes,
                left: 0,
            } => {
                write!(
                    f,
                    "{requests} requests in the last {minutes} minutes: those who call it will notice"
                )
            }
            Self::Traffic {
                requests,
                minutes,
                left,
            } => {
                write!(
                    f,
                    "{requests} requests in the last {minutes} minutes: {left} must carry them"
                )
            }
            Self::Last { unit, only: true } => write!(
                f,
                "the last {unit} of the endpoint: it answers no request afterwards"
            ),
            Self::Last { unit, only: false } => write!(
                f,
                "the last {unit} here: only the other variants answer afterwards"
            ),
            Self::Scaled {
                least,
                most,
                policies,
                scheduled,
                outside,
            } => scaled(f, (*least, *most), *policies, *scheduled, *outside),
            Self::Committed { term, until } => {
                write!(
                    f,
                    "committed ({term}): AWS will refuse, and billing goes on {}",
                    end(until, "to the end of the term")
                )
            }
            Self::Active { ago } => {
                write!(f, "in use {} ago: what is not saved is lost", short(*ago))
            }
            Self::NoCheckpoints {
                ran,
                cost: Some(cost),
            } => {
                write!(
                    f,
                    "no checkpoints: {} of work are lost, {cost} at list",
                    short(*ran)
                )
            }
            Self::NoCheckpoints { ran, cost: None } => {
                write!(f, "no checkpoints: {} of work are lost", short(*ran))
            }
            Self::Retried { tuning } => {
                write!(
                    f,
                    "tuning job {} starts another try in its place",
                    printable(tuning)
                )
            }
            Self::WarmPool { left } => {
                write!(
                    f,
                    "it ends by itself in {}: only that much is saved, and the next job starts cold",
                    short(*left)
                )
            }
            Self::NoCapacity { unit } => {
                write!(
                    f,
                    "{unit} is scarce (AWS sells it in capacity blocks): AWS may have none free, and refuse the start"
                )
            }
            Self::Lifecycle { config } => {
                write!(
                    f,
                    "lifecycle configuration {} runs first: if it fails or takes 5 minutes, so does the start",
                    printable(config)
                )
            }
            Self::SharedSpace { space, owner } => {
                let owner = owner.as_ref().map_or_else(String::new, |owner| {
                    format!(", made by {}", printable(owner))
                });
                write!(
                    f,
                    "space {}{owner}, is shared: others may be at work in it",
                    printable(space)
                )
            }
            Self::Served { requests, minutes } => {
                write!(
                    f,
                    "{requests} requests in the last {minutes} minutes: the other model answers them from then on"
                )
            }
            Self::OtherBase { base, wanted } => {
                write!(
                    f,
                    "AWS will refuse: that model is made from {}, the units are for {}",
                    printable(base),
                    printable(wanted)
                )
            }
            Self::NoModel { model } => write!(
                f,
                "AWS will refuse: it knows no custom model {}",
                printable(model)
            ),
            Self::Missing => f.write_str("AWS does not find it any more: nothing will be changed"),
            Self::Children { running } => write!(
                f,
                "{running} training jobs run for it: they end with it; what has finished stays"
            ),
        }
    }
}

fn scaled(
    f: &mut fmt::Formatter<'_>,
    (least, most): (u32, u32),
    policies: usize,
    scheduled: usize,
    outside: bool,
) -> fmt::Result {
    let number = |n: usize, one: &str| {
        if n == 1 {
            format!("1 {one}")
        } else {
            format!("{n} {one}s")
        }
    };
    let by = match (policies, scheduled) {
        (0, 0) => String::new(),
        (_, 0) => format!(
            ", {}",
            number(policies, "policy").replace("policys", "policies")
        ),
        (0, _) => format!(", {}", number(scheduled, "scheduled action")),
        (_, _) => format!(
            ", {}, {}",
            number(policies, "policy").replace("policys", "policies"),
            number(scheduled, "scheduled action")
        ),
    };
    write!(f, "autoscaled between {least} and {most}{by}: ")?;
    f.write_str(if outside {
        "it is set back"
    } else {
        "it may be set anew"
    })
}
