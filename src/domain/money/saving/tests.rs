//! Tests of the saving of a plan.

use super::*;
use crate::domain::{
    ActionRequest, ApiCall, Controller, ExpectedState, FaultKind, HourlyCost, ObservedState,
    Operation, Phase, PlanId, Reason, ResourceKind, State, Tags, Timestamp, ops,
};

fn target(name: &str, request: ActionRequest, saves: Option<f64>, desired: Option<u32>) -> Target {
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
        hours_left: None,
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

fn scaled(min: u32, outside: bool) -> Warning {
    Warning::Scaled {
        min,
        max: 9,
        policies: 1,
        scheduled: 0,
        outside,
    }
}

fn reserved(block: bool) -> Warning {
    Warning::Reserved {
        reservation: "cr-1".into(),
        block,
        until: None,
    }
}

fn spot(returns: bool) -> Warning {
    Warning::SpotPersistent {
        request: "sir-1".into(),
        returns,
    }
}

fn group() -> Warning {
    let tags = Tags::from([("aws:autoscaling:groupName".to_owned(), "asg".to_owned())]);
    Warning::Controlled(Controller::find(&tags).unwrap())
}

/// Checks that of `saves`, `net` is saved and the rest stays billed for the reason `why`.
fn check_saving(
    operation: Operation,
    saves: f64,
    warnings: Vec<Warning>,
    net: f64,
    why: Option<StillBilled>,
) {
    let request = operation.request(Input::None);
    check(target("a", request, Some(saves), None), warnings, net, why);
}

/// The same for a scaling from 5 to `count`.
fn check_scaling(
    count: u32,
    saves: f64,
    warnings: Vec<Warning>,
    net: f64,
    why: Option<StillBilled>,
) {
    let request = Operation::Scale.request(Input::Count(count));
    check(
        target("a", request, Some(saves), Some(5)),
        warnings,
        net,
        why,
    );
}

fn check(target: Target, warnings: Vec<Warning>, net: f64, why: Option<StillBilled>) {
    let saves = target.saves.unwrap().0;
    let text = format!("{:?} {warnings:?}", target.request);
    let preflight = with(warnings);
    let expected = Saving {
        net: UsdPerHour(net),
        anyway: UsdPerHour(if why.is_some() { saves - net } else { 0.0 }),
        why: why.into_iter().collect(),
        unpriced: 0,
        at_most: false,
        month: UsdPerHour(net).monthly(),
        hours_left: None,
    };
    assert_eq!(
        plan(vec![target]).saving(|_| Some(&preflight)),
        expected,
        "{text}"
    );
}

#[test]
fn warnings_without_a_bill_leave_the_saving() {
    check_saving(Operation::Stop, 10.0, vec![], 10.0, None);
    let warnings = vec![Warning::InstanceStore { gigabytes: 8 }, spot(false)];
    check_saving(Operation::Stop, 10.0, warnings, 10.0, None);
}

#[test]
fn reserved_capacity_stays_billed() {
    let paid = Some(StillBilled::Paid);
    check_saving(Operation::Stop, 10.0, vec![reserved(false)], 0.0, paid);
    let warnings = vec![reserved(true), group()];
    check_saving(Operation::Stop, 10.0, warnings, 0.0, paid);
    let committed = Warning::Committed {
        term: "OneMonth".into(),
        until: None,
    };
    check_saving(Operation::Delete, 10.0, vec![committed], 0.0, paid);
    check_saving(Operation::Start, -10.0, vec![reserved(false)], 0.0, paid);
}

#[test]
fn a_replacement_stays_billed() {
    let replaced = Some(StillBilled::Replaced);
    check_saving(Operation::Stop, 10.0, vec![group()], 0.0, replaced);
    check_saving(Operation::Terminate, 10.0, vec![spot(true)], 0.0, replaced);
    check_saving(Operation::Start, -10.0, vec![group()], -10.0, None);
}

#[test]
fn a_refused_call_saves_nothing() {
    let refused = Some(StillBilled::Refused);
    let warnings = vec![Warning::StopProtected];
    check_saving(Operation::Stop, 10.0, warnings, 0.0, refused);
}

#[test]
fn a_count_that_autoscaling_reverts_stays_billed() {
    let reverted = Some(StillBilled::Reverted);
    check_scaling(1, 10.0, vec![scaled(1, false)], 10.0, None);
    check_scaling(1, 10.0, vec![scaled(2, true)], 7.5, reverted);
    check_scaling(1, 10.0, vec![scaled(9, true)], 0.0, reverted);
    check_scaling(12, -10.0, vec![scaled(2, true)], -10.0, None);
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
        month: Usd(4.0 * 730.0),
        hours_left: None,
    };
    assert_eq!(plan.saving(of), sum);
    assert!(
        !plan
            .saving(|key| (&*key.id != "unread").then_some(&paid).or(Some(&paid)))
            .at_most
    );
    assert!(plan.saving(|_| None).at_most, "nothing was read yet");
    let use_of_it = Preflight::unread(Fault::new(FaultKind::Denied, "sagemaker:DescribeApp", "no"));
    assert!(
        !plan.saving(|_| Some(&use_of_it)).at_most,
        "who is at work in it makes no difference to the bill"
    );
}
