//! Preflight warnings for every operation: present where the risk exists, absent elsewhere.

use super::{Fixture, difference, messages, plan};
use spendtop::domain::{Input, ops};
use spendtop::{
    domain::{
        ActionRequest, Capability, Operation, Preflight, Record, Severity, Target, WeeklySchedule,
        action::ApiCall,
    },
    mock::{FaultEffect as MockFault, FaultRule},
};

async fn assert_warnings(
    fixture: &Fixture,
    rows: &[Record],
    cases: &[(&str, ActionRequest, &[&str])],
) {
    let mut wrong = Vec::new();
    for (name, request, expected) in cases {
        let plan = plan(rows, &[name], request);
        let preflight = fixture.preflight(&plan.targets).await.remove(0);
        wrong.extend(
            difference(&preflight, expected)
                .map(|actual| format!("{request:?} {name}: {actual:?} is not {expected:?}")),
        );
        assert!(
            preflight
                .warnings
                .is_sorted_by_key(|warning| std::cmp::Reverse((warning.weight(), warning.loses()))),
            "{name}"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let held = "is billed until it is cancelled, running or not";
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        ("plain", Operation::Stop.request(Input::None), &[]),
        ("plain", Operation::Terminate.request(Input::None), &[]),
        ("plain", Operation::Reboot.request(Input::None), &[]),
        ("plain-off", Operation::Start.request(Input::None), &[]),
        ("plain-off", Operation::Terminate.request(Input::None), &[]),
        (
            "big",
            Operation::Stop.request(Input::None),
            &["8000 GB of instance-store data", "p4d.24xlarge is scarce"],
        ),
        (
            "big",
            Operation::Terminate.request(Input::None),
            &["8000 GB of instance-store data", "p4d.24xlarge is scarce"],
        ),
        ("big", Operation::Reboot.request(Input::None), &[]),
        (
            "scarce-off",
            Operation::Start.request(Input::None),
            &["AWS may have no capacity and refuse the start"],
        ),
        (
            "in-group",
            Operation::Stop.request(Input::None),
            &["Auto Scaling group serve-asg starts a replacement"],
        ),
        (
            "in-group",
            Operation::Terminate.request(Input::None),
            &["Auto Scaling group serve-asg starts a replacement"],
        ),
        ("in-group", Operation::Reboot.request(Input::None), &[]),
        (
            "spot-once",
            Operation::Terminate.request(Input::None),
            &["125 GB"],
        ),
        (
            "spot-again",
            Operation::Stop.request(Input::None),
            &["125 GB", "stays open"],
        ),
        (
            "spot-again",
            Operation::Terminate.request(Input::None),
            &["is persistent: it launches a replacement", "125 GB"],
        ),
        ("spot-again", Operation::Reboot.request(Input::None), &[]),
        (
            "guarded",
            Operation::Terminate.request(Input::None),
            &["stop protection is on", "termination protection is on"],
        ),
        (
            "guarded",
            Operation::Stop.request(Input::None),
            &["stop protection is on"],
        ),
        ("guarded", Operation::Reboot.request(Input::None), &[]),
        ("kept", Operation::Stop.request(Input::None), &[]),
        (
            "kept",
            Operation::Terminate.request(Input::None),
            &["termination protection is on"],
        ),
        ("held", Operation::Stop.request(Input::None), &[held]),
        ("held", Operation::Terminate.request(Input::None), &[held]),
        ("held-off", Operation::Start.request(Input::None), &[held]),
        (
            "block",
            Operation::Terminate.request(Input::None),
            &[
                "is paid for until 2026-11-25 08:30 UTC, running or not",
                "p5.48xlarge is scarce",
                "30400 GB",
            ],
        ),
        (
            "pretrain/large",
            Operation::Scale.request(Input::Count(1)),
            &["ml.p5.48xlarge is scarce"],
        ),
        (
            "pretrain/large",
            Operation::Scale.request(Input::Count(5)),
            &[],
        ),
        (
            "pretrain/small",
            Operation::Scale.request(Input::Count(1)),
            &[],
        ),
    ];
    assert_warnings(&fixture, &rows, cases).await;
    for (name, request, why) in [
        (
            "spot-once",
            Operation::Stop.request(Input::None),
            "one-time spot",
        ),
        (
            "block",
            Operation::Stop.request(Input::None),
            "paid in advance",
        ),
        (
            "rooted-on-disk",
            Operation::Stop.request(Input::None),
            "its root is instance store",
        ),
    ] {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let refused = row
            .head
            .capability(request.operation)
            .why()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(refused.contains(why), "{name}: {refused}");
    }
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let hours = |inside, outside| {
        Operation::ScheduledScaling.request(Input::Hours(WeeklySchedule {
            days: [true, true, true, true, true, false, false],
            start: 8,
            end: 18,
            inside,
            outside,
        }))
    };
    let bounds = |least, most| {
        Operation::AutoscalingLimits.request(Input::Limits {
            min: least,
            max: most,
        })
    };
    let last = "the last instance of the endpoint";
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        (
            "busy-endpoint",
            Operation::Scale.request(Input::Count(3)),
            &[": 3 must serve them"],
        ),
        (
            "busy-endpoint",
            Operation::Scale.request(Input::Count(9)),
            &[],
        ),
        (
            "busy-endpoint",
            Operation::Delete.request(Input::None),
            &[": callers will see errors"],
        ),
        (
            "quiet-endpoint",
            Operation::Delete.request(Input::None),
            &[],
        ),
        (
            "quiet-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &[],
        ),
        ("quiet-endpoint", hours(2, 1), &[]),
        (
            "timed-endpoint",
            hours(2, 1),
            &["autoscaled between 1 and 4, 1 scheduled action: autoscaling may change it again"],
        ),
        (
            "timed-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &["autoscaled between 1 and 4, 1 scheduled action: autoscaling may change it again"],
        ),
        (
            "timed-endpoint",
            bounds(1, 3),
            &["1 scheduled action: autoscaling may change it again"],
        ),
        (
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &[
                "autoscaled between 2 and 6, 1 policy: autoscaling will revert it",
                " must serve them",
            ],
        ),
        (
            "steered-endpoint",
            Operation::Scale.request(Input::Count(4)),
            &["autoscaled between 2 and 6, 1 policy: autoscaling may change it again"],
        ),
        ("steered-endpoint", bounds(1, 2), &[": 2 must serve them"]),
        ("steered-endpoint", bounds(2, 9), &[]),
        (
            "scarce-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &["ml.p4d.24xlarge is scarce"],
        ),
        (
            "scarce-endpoint",
            Operation::Scale.request(Input::Count(3)),
            &[],
        ),
        (
            "scarce-endpoint",
            Operation::Delete.request(Input::None),
            &["ml.p4d.24xlarge is scarce"],
        ),
        (
            "queue-endpoint",
            Operation::Scale.request(Input::Count(0)),
            &[last, ": callers will see errors"],
        ),
        (
            "still-queue",
            Operation::Scale.request(Input::Count(0)),
            &[last],
        ),
        (
            "still-queue",
            Operation::Scale.request(Input::Count(2)),
            &[],
        ),
        (
            "called-copies",
            Operation::Scale.request(Input::Count(0)),
            &["the last copy", ": callers will see errors"],
        ),
        (
            "called-copies",
            Operation::Scale.request(Input::Count(1)),
            &[": 1 must serve them"],
        ),
        (
            "called-copies",
            Operation::Scale.request(Input::Count(3)),
            &[],
        ),
        (
            "steered-copies",
            Operation::Scale.request(Input::Count(0)),
            &[
                "the last copy",
                "autoscaled between 1 and 2, 1 policy: autoscaling will revert it",
            ],
        ),
        ("steered-copies", bounds(0, 0), &["the last copy"]),
        (
            "quiet-copies",
            Operation::Scale.request(Input::Count(1)),
            &[],
        ),
    ];
    assert_warnings(&fixture, &rows, cases).await;
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_and_job_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        ("idle-notebook", Operation::Stop.request(Input::None), &[]),
        (
            "used-notebook",
            Operation::Stop.request(Input::None),
            &["in use "],
        ),
        ("off-notebook", Operation::Start.request(Input::None), &[]),
        (
            "scripted-notebook",
            Operation::Start.request(Input::None),
            &["lifecycle configuration auto-stop runs first"],
        ),
        (
            "scarce-notebook",
            Operation::Start.request(Input::None),
            &["AWS may have no capacity and refuse the start"],
        ),
        ("in-use", Operation::Stop.request(Input::None), &["in use "]),
        ("left-alone", Operation::Stop.request(Input::None), &[]),
        (
            "for-all",
            Operation::Stop.request(Input::None),
            &["space for-all, created by bo, is shared: others may be working in it"],
        ),
        (
            "no-checkpoints",
            Operation::Stop.request(Input::None),
            &["no checkpoints: 2h of work is lost, $"],
        ),
        (
            "with-checkpoints",
            Operation::Stop.request(Input::None),
            &[],
        ),
        (
            "kept-warm",
            Operation::Stop.request(Input::None),
            &["it ends by itself in 4"],
        ),
        (
            "etl",
            Operation::Stop.request(Input::None),
            &["no checkpoints: "],
        ),
        (
            "scores",
            Operation::Stop.request(Input::None),
            &["no checkpoints: 87m of work is lost, $"],
        ),
        (
            "sweep",
            Operation::Stop.request(Input::None),
            &["2 training jobs end with it; finished results remain"],
        ),
        (
            "sweep-*",
            Operation::Stop.request(Input::None),
            &[
                "no checkpoints: ",
                "tuning job sweep starts another attempt in its place",
            ],
        ),
        (
            "fine-tuning",
            Operation::Stop.request(Input::None),
            &["no checkpoints: "],
        ),
        ("nightly", Operation::Stop.request(Input::None), &[]),
    ];
    assert_warnings(&fixture, &rows, cases).await;
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throughput_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let serves = |name: &str| {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let Some(Capability::Model { now, .. }) =
            row.head.capability(Operation::SwapModel).known().copied()
        else {
            panic!("{name}")
        };
        now.clone()
    };
    let (alike, difference) = (serves("still-tuned"), serves("otherwise-tuned"));
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        (
            "units",
            Operation::Delete.request(Input::None),
            &[" requests in the last 15 minutes: callers will see errors"],
        ),
        ("still-units", Operation::Delete.request(Input::None), &[]),
        (
            "tuned",
            Operation::SwapModel.request(Input::Model(alike)),
            &[" requests in the last 15 minutes: the new model will answer them"],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model(serves("tuned"))),
            &[],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model(difference)),
            &[
                "AWS refuses: the model is based on meta.llama3-1-8b-instruct-v1:0, the units are for meta.llama3-1-70b-instruct-v1:0",
            ],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model("no-such-model".into())),
            &["AWS refuses: no custom model no-such-model"],
        ),
    ];
    assert_warnings(&fixture, &rows, cases).await;
    fixture.mock.stop().await;
}

/// A resource may have changed between the last poll and the dialog.
#[tokio::test(flavor = "multi_thread")]
async fn changes_since_the_last_poll_are_warned_about() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let row_of = |name: &str| rows.iter().find(|row| *row.head.name == *name).unwrap();
    let target_as = |name: &str, by: &str, request: &ActionRequest, call: ApiCall| {
        let target = plan(&rows, &[by], request).targets.remove(0);
        Target {
            key: row_of(name).head.key.clone(),
            call,
            ..target
        }
    };
    let bought = row_of("bought").head.arn.as_ref().unwrap().as_str().into();
    for (target, expected) in [
        (
            target_as(
                "spot-once",
                "plain",
                &Operation::Stop.request(Input::None),
                ApiCall::Stop(ops::stop::Call::Instance(
                    row_of("spot-once").head.key.id.clone(),
                )),
            ),
            vec!["one-time Spot request: AWS refuses to stop it", "125 GB"],
        ),
        (
            target_as(
                "bought",
                "still-units",
                &Operation::Delete.request(Input::None),
                ApiCall::Delete(ops::delete::Call::Throughput(bought)),
            ),
            vec![
                "committed (OneMonth): AWS refuses, and billing continues until 2026-12-04 08:30 UTC",
            ],
        ),
    ] {
        let preflight = fixture
            .preflight(std::slice::from_ref(&target))
            .await
            .remove(0);
        assert_eq!(difference(&preflight, &expected), None, "{}", target.name);
    }
    for (service, operation, name, request) in [
        (
            "sagemaker",
            "DescribeEndpoint",
            "quiet-endpoint",
            Operation::Delete.request(Input::None),
        ),
        (
            "sagemaker",
            "DescribeNotebookInstance",
            "idle-notebook",
            Operation::Stop.request(Input::None),
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "with-checkpoints",
            Operation::Stop.request(Input::None),
        ),
        (
            "bedrock",
            "GetProvisionedModelThroughput",
            "still-units",
            Operation::Delete.request(Input::None),
        ),
        (
            "ec2",
            "DescribeInstanceAttribute",
            "plain",
            Operation::Stop.request(Input::None),
        ),
    ] {
        fixture
            .mock
            .add_fault(FaultRule::new(MockFault::Gone).of(service, operation));
        let preflight = fixture
            .preflight(&plan(&rows, &[name], &request).targets)
            .await
            .remove(0);
        fixture.mock.clear_faults();
        assert_eq!(
            messages(&preflight),
            ["AWS no longer finds it: nothing will change"],
            "{operation}"
        );
        assert_eq!(preflight.warnings[0].weight(), Severity::Refusal);
    }
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_reports_a_forbidden_target_among_others() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    for (request, operation, names, others) in [
        (
            Operation::Stop.request(Input::None),
            "StopInstances",
            ["big", "plain"],
            2,
        ),
        (
            Operation::Terminate.request(Input::None),
            "TerminateInstances",
            ["big", "plain"],
            2,
        ),
        (
            Operation::Reboot.request(Input::None),
            "RebootInstances",
            ["big", "plain"],
            0,
        ),
        (
            Operation::Start.request(Input::None),
            "StartInstances",
            ["scarce-off", "plain-off"],
            1,
        ),
    ] {
        fixture.mock.add_fault(
            FaultRule::new(MockFault::Deny)
                .of("ec2", operation)
                .resource(names[0]),
        );
        let targets = plan(&rows, &names, &request).targets;
        let preflights = fixture.preflight(&targets).await;
        fixture.mock.clear_faults();
        assert_eq!(preflights[0].warnings[0].weight(), Severity::Refusal);
        let actual = messages(&preflights[0]);
        assert!(
            actual[0].starts_with(&format!("AWS refuses ec2:{operation}")),
            "{actual:?}"
        );
        assert_eq!(
            (actual.len(), messages(&preflights[1])),
            (1 + others, Vec::new()),
            "{request:?}"
        );
    }
    let stopped = {
        let (simulation, now) = (fixture.mock.simulation(), fixture.mock.now());
        simulation
            .instances("us-east-1", now)
            .iter()
            .filter(|one| one.state(now).unwrap().name() == "stopped")
            .count()
    };
    assert_eq!(stopped, 3, "dry runs only");
    fixture.mock.stop().await;
}

#[test]
fn empty_preflight_has_no_warnings() {
    assert_eq!(messages(&Preflight::default()), Vec::<String>::new());
}
