//! The saving of a plan, without costs that stay: reserved capacity, replacements, and counts that
//! autoscaling reverts.

#[cfg(test)]
mod tests;

use crate::domain::{
    Controller, Fault, Input, Plan, Preflight, Replacement, ResourceKey, Severity, Target, Usd,
    UsdPerHour, Warning,
};
use std::{collections::BTreeSet, fmt};

/// The reason why a target stays billed after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StillBilled {
    /// Reserved, bought for a term, or paid in advance.
    Paid,
    /// A controller starts another instance in its place.
    Replaced,
    /// Autoscaling reverts the count.
    Reverted,
    /// AWS refuses the call.
    Refused,
}

impl fmt::Display for StillBilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Paid => "reserved",
            Self::Replaced => "replaced",
            Self::Reverted => "reverted by autoscaling",
            Self::Refused => "refused",
        })
    }
}

/// The saving of a plan, as far as the preflight checks were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saving {
    /// List dollars per hour saved (negative: added) by all priced targets.
    pub net: UsdPerHour,
    /// The net in the next month: a target that ends by itself counts up to its end.
    pub month: Usd,
    /// Hours until the last of the targets ends by itself; `None`: one of them does not.
    pub hours_left: Option<f64>,
    /// List dollars per hour of the same targets (negative: added) that the change does not take
    /// off the bill.
    pub anyway: UsdPerHour,
    /// The reasons for `anyway`.
    pub why: BTreeSet<StillBilled>,
    /// Targets without a price.
    pub unpriced: usize,
    /// The saving may be lower: a preflight check of a target that saves something failed, or its
    /// controller may start a replacement.
    pub at_most: bool,
}

impl Plan {
    /// The saving of the plan; `read` returns the preflight of each target.
    pub fn saving<'a>(&self, read: impl Fn(&ResourceKey) -> Option<&'a Preflight>) -> Saving {
        let ends = self.targets.iter().map(|target| target.hours_left);
        let mut sum = Saving {
            hours_left: ends.reduce(|one, two| Some(one?.max(two?))).flatten(),
            ..Saving::default()
        };
        for target in &self.targets {
            let Some(saves) = target.saves else {
                sum.unpriced += 1;
                continue;
            };
            let survey = read(&target.key);
            let anyway = survey.and_then(|survey| still_billed(target, saves, survey));
            let share = anyway.map_or(0.0, |(_, share)| share);
            sum.net += saves * (1.0 - share);
            sum.month += (saves * (1.0 - share)).within_month(target.hours_left);
            sum.anyway += saves * share;
            sum.why.extend(anyway.map(|(why, _)| why));
            sum.at_most |= saves.0 > 0.0
                && share < 1.0
                && survey.is_none_or(|survey| {
                    survey.unread.iter().any(is_about_money)
                        || survey.warnings.iter().any(may_return)
                });
        }
        sum
    }
}

/// Whether a controller may start a replacement.
fn may_return(warning: &Warning) -> bool {
    let Warning::Controlled(controller) = warning else {
        return false;
    };
    controller.replacement == Replacement::OnDemand
}

/// Whether the failed read could have shown a lower saving.
fn is_about_money(fault: &Fault) -> bool {
    let of_use = [
        "ec2:DescribeInstanceTypes",
        "sagemaker:DescribeApp",
        "sagemaker:DescribeSpace",
    ];
    !of_use.contains(&&*fault.operation)
}

/// The largest share of the saving of `target` that stays billed, and the reason.
fn still_billed(
    target: &Target,
    saves: UsdPerHour,
    survey: &Preflight,
) -> Option<(StillBilled, f64)> {
    let shares = survey.warnings.iter().filter_map(|warning| match warning {
        Warning::Reserved { .. } | Warning::Committed { .. } => Some((StillBilled::Paid, 1.0)),
        _ if warning.weight() == Severity::Refusal => Some((StillBilled::Refused, 1.0)),
        _ if saves.0 <= 0.0 => None,
        Warning::Controlled(Controller {
            replacement: Replacement::Always,
            ..
        })
        | Warning::SpotPersistent { returns: true, .. }
        | Warning::Retried { .. } => Some((StillBilled::Replaced, 1.0)),
        Warning::Scaled {
            min,
            max,
            outside: true,
            ..
        } => Some((StillBilled::Reverted, reverted_share(target, (*min, *max))?)),
        _ => None,
    });
    shares
        .filter(|(_, share)| *share > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

/// The share of the removed instances or copies that the autoscaling limits bring back.
fn reverted_share(target: &Target, (min, max): (u32, u32)) -> Option<f64> {
    let Input::Count(wanted) = target.request.input else {
        return None;
    };
    let now = target
        .observed
        .desired
        .or(target.observed.count)
        .filter(|now| *now > wanted)?;
    let back = wanted.clamp(min, max.max(min)).min(now);
    Some(f64::from(back.saturating_sub(wanted)) / f64::from(now - wanted))
}
