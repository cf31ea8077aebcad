//! What a plan saves, without what is billed all the same: reserved, replaced by another, set back.

use crate::domain::{
    Fault, Input, Plan, Preflight, ResourceKey, Severity, Target, UsdPerHour, Warning,
};
use std::{collections::BTreeSet, fmt};

/// Why something is billed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StillBilled {
    /// Reserved, bought for a term, or paid in advance.
    Paid,
    /// Another is started in its place.
    Replaced,
    /// Autoscaling takes the count back.
    SetBack,
    /// AWS will not do it.
    Refused,
}

impl fmt::Display for StillBilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Paid => "reserved",
            Self::Replaced => "replaced",
            Self::SetBack => "set back by autoscaling",
            Self::Refused => "refused",
        })
    }
}

/// What a plan saves in all, as far as its facts were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saving {
    /// List dollars per hour saved (negative: added) by all priced targets.
    pub net: UsdPerHour,
    /// List dollars per hour of the same targets (negative: added) that make no difference to the
    /// bill.
    pub anyway: UsdPerHour,
    /// Why not.
    pub why: BTreeSet<StillBilled>,
    /// Targets without a price.
    pub unpriced: usize,
    /// Not everything was read of a target that saves something: it may be less.
    pub at_most: bool,
}

impl Plan {
    /// What it saves, given what was `read` of each target.
    pub fn saving<'a>(&self, read: impl Fn(&ResourceKey) -> Option<&'a Preflight>) -> Saving {
        let mut sum = Saving::default();
        for target in &self.targets {
            let Some(saves) = target.saves else {
                sum.unpriced += 1;
                continue;
            };
            let survey = read(&target.key);
            let anyway = survey.and_then(|survey| still_billed(target, saves, survey));
            let share = anyway.map_or(0.0, |(_, share)| share);
            sum.net += saves * (1.0 - share);
            sum.anyway += saves * share;
            sum.why.extend(anyway.map(|(why, _)| why));
            sum.at_most |= saves.0 > 0.0
                && share < 1.0
                && survey.is_none_or(|survey| survey.unread.iter().any(is_about_money));
        }
        sum
    }
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

/// The largest share of what `target` saves that is billed all the same, and why.
fn still_billed(
    target: &Target,
    saves: UsdPerHour,
    survey: &Preflight,
) -> Option<(StillBilled, f64)> {
    let shares = survey.warnings.iter().filter_map(|warning| match warning {
        Warning::Reserved { .. } | Warning::Committed { .. } => Some((StillBilled::Paid, 1.0)),
        _ if warning.weight() == Severity::Refusal => Some((StillBilled::Refused, 1.0)),
        _ if saves.0 <= 0.0 => None,
        Warning::AutoScalingGroup { .. }
        | Warning::SpotPersistent { returns: true, .. }
        | Warning::Retried { .. } => Some((StillBilled::Replaced, 1.0)),
        Warning::Scaled {
            least,
            most,
            outside: true,
            ..
        } => Some((
            StillBilled::SetBack,
            reverted_share(target, (*least, *most))?,
        )),
        _ => None,
    });
    shares
        .filter(|(_, share)| *share > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

/// The share of the instances or copies taken away that the limits bring back.
fn reverted_share(target: &Target, (least, most): (u32, u32)) -> Option<f64> {
    let Input::Count(wanted) = target.request.input else {
        return None;
    };
    let now = target
        .observed
        .desired
        .or(target.observed.count)
        .filter(|now| *now > wanted)?;
    let back = wanted.clamp(least, most.max(least)).min(now);
    Some(f64::from(back.saturating_sub(wanted)) / f64::from(now - wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ActionRequest, ApiCall, ExpectedState, FaultKind, HourlyCost, ObservedState, Operation,
        Phase, PlanId, Reason, ResourceKind, State, Timestamp, ops,
    };

    fn target(
        name: &str,
        request: ActionRequest,
        saves: Option<f64>,
        desired: Option<u32>,
    ) -> Target {
        Target {
            key: ResourceKey {
                account: "111122223333".into(),
                region: "us-east-1".into(),
                kind: ResourceKind("any"),
                id: name.into(),
            },
            profile: "".into(),
            name: name.into(),
            owner: None,
            burn: HourlyCost::Unpriced(Reason::new("not asked")),
            saves: saves.map(UsdPerHour),
            request,
            call: ApiCall::Stop(ops::stop::Call::Instance(name.into())),
            observed: ObservedState {
                state: State::new(Phase::Running, "running"),
                count: desired,
                desired,
                tags: None,
                scheduled_actions: None,
                setting: None,
            },
            expected: ExpectedState::Stopped,
            warnings: Vec::new(),
        }
    }

    fn plan(targets: Vec<Target>) -> Plan {
        let made: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let mut plan = Plan::each(PlanId::new(made, 1), Operation::Stop, &[], made);
        plan.targets = targets;
        plan
    }

    fn with(warnings: Vec<Warning>) -> Preflight {
        Preflight {
            warnings,
            unread: Vec::new(),
        }
    }

    fn scaled(least: u32, outside: bool) -> Warning {
        Warning::Scaled {
            least,
            most: 9,
            policies: 1,
            scheduled: 0,
            outside,
        }
    }

    #[test]
    fn cost_billed_anyway_is_not_saved() {
        let reserved = |block| Warning::Reserved {
            reservation: "cr-1".into(),
            block,
            until: None,
        };
        let spot = |returns| Warning::SpotPersistent {
            request: "sir-1".into(),
            returns,
        };
        let group = Warning::AutoScalingGroup {
            group: "asg".into(),
        };
        let committed = Warning::Committed {
            term: "OneMonth".into(),
            until: None,
        };
        let (paid, replaced, back) = (
            Some(StillBilled::Paid),
            Some(StillBilled::Replaced),
            Some(StillBilled::SetBack),
        );
        for (request, saves, desired, warnings, net, still_billed, why) in [
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![],
                10.0,
                0.0,
                None,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![],
                10.0,
                0.0,
                None,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![Warning::InstanceStore { gigabytes: 8 }, spot(false)],
                10.0,
                0.0,
                None,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![reserved(false)],
                0.0,
                10.0,
                paid,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![reserved(true), group.clone()],
                0.0,
                10.0,
                paid,
            ),
            (
                Operation::Delete.request(Input::None),
                10.0,
                None,
                vec![committed],
                0.0,
                10.0,
                paid,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![group.clone()],
                0.0,
                10.0,
                replaced,
            ),
            (
                Operation::Terminate.request(Input::None),
                10.0,
                None,
                vec![spot(true)],
                0.0,
                10.0,
                replaced,
            ),
            (
                Operation::Start.request(Input::None),
                -10.0,
                None,
                vec![reserved(false)],
                0.0,
                -10.0,
                paid,
            ),
            (
                Operation::Start.request(Input::None),
                -10.0,
                None,
                vec![group],
                -10.0,
                0.0,
                None,
            ),
            (
                Operation::Stop.request(Input::None),
                10.0,
                None,
                vec![Warning::StopProtected],
                0.0,
                10.0,
                Some(StillBilled::Refused),
            ),
            (
                Operation::Scale.request(Input::Count(1)),
                10.0,
                Some(5),
                vec![scaled(1, false)],
                10.0,
                0.0,
                None,
            ),
            (
                Operation::Scale.request(Input::Count(1)),
                10.0,
                Some(5),
                vec![scaled(2, true)],
                7.5,
                2.5,
                back,
            ),
            (
                Operation::Scale.request(Input::Count(1)),
                10.0,
                Some(5),
                vec![scaled(9, true)],
                0.0,
                10.0,
                back,
            ),
            (
                Operation::Scale.request(Input::Count(12)),
                -10.0,
                Some(5),
                vec![scaled(2, true)],
                -10.0,
                0.0,
                None,
            ),
        ] {
            let plan = plan(vec![target("a", request.clone(), Some(saves), desired)]);
            let survey = with(warnings.clone());
            let expected = Saving {
                net: UsdPerHour(net),
                anyway: UsdPerHour(still_billed),
                why: why.into_iter().collect(),
                unpriced: 0,
                at_most: false,
            };
            assert_eq!(
                plan.saving(|_| Some(&survey)),
                expected,
                "{request:?} {warnings:?}"
            );
        }
    }

    #[test]
    fn savings_sum_and_unread_checks_make_an_upper_bound() {
        let all = ["paid", "free", "unpriced", "unread"];
        let plan = plan(
            all.map(|name| {
                target(
                    name,
                    Operation::Stop.request(Input::None),
                    (name != "unpriced").then_some(2.0),
                    None,
                )
            })
            .to_vec(),
        );
        let denied = Fault::new(FaultKind::Denied, "ec2:DescribeInstances", "no");
        let (paid, free) = (
            with(vec![Warning::Reserved {
                reservation: "cr-1".into(),
                block: true,
                until: None,
            }]),
            with(Vec::new()),
        );
        let unread = Preflight::unread(denied);
        let of = |key: &ResourceKey| {
            Some(match &*key.id {
                "paid" => &paid,
                "unread" => &unread,
                _ => &free,
            })
        };
        let why = [StillBilled::Paid].into();
        let sum = Saving {
            net: UsdPerHour(4.0),
            anyway: UsdPerHour(2.0),
            why,
            unpriced: 1,
            at_most: true,
        };
        assert_eq!(plan.saving(of), sum);
        assert!(
            !plan
                .saving(|key| (&*key.id != "unread").then_some(&paid).or(Some(&paid)))
                .at_most
        );
        assert!(plan.saving(|_| None).at_most, "nothing was read yet");
        let use_of_it =
            Preflight::unread(Fault::new(FaultKind::Denied, "sagemaker:DescribeApp", "no"));
        assert!(
            !plan.saving(|_| Some(&use_of_it)).at_most,
            "who is at work in it makes no difference to the bill"
        );
    }
}
