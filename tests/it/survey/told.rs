//! Each fact where it is so, and not where it is not, for every operation that it matters to.

use super::{Estate, otherwise, plan, sentences};
use spendtop::domain::{Input, ops};
use spendtop::{
    domain::{
        ActionRequest, Capability, Operation, Preflight, Record, Severity, Target, WeeklySchedule,
        action::ApiCall,
    },
    mock::{FaultEffect as MockFault, FaultRule},
};

async fn compare(estate: &Estate, rows: &[Record], cases: &[(&str, ActionRequest, &[&str])]) {
    let mut wrong = Vec::new();
    for (name, ask, expected) in cases {
        let plan = plan(rows, &[name], ask);
        let survey = estate.preflight(&plan.targets).await.remove(0);
        wrong.extend(
            otherwise(&survey, expected)
                .map(|told| format!("{ask:?} {name}: {told:?} is not {expected:?}")),
        );
        assert!(
            survey
                .warnings
                .is_sorted_by_key(|warning| std::cmp::Reverse((warning.weight(), warning.loses()))),
            "{name}"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_warnings_match_each_operation() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let held = "is billed until it is cancelled, whether it runs or not";
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        ("plain", Operation::Stop.request(Input::None), &[]),
        ("plain", Operation::Terminate.request(Input::None), &[]),
        ("plain", Operation::Reboot.request(Input::None), &[]),
        ("plain-off", Operation::Start.request(Input::None), &[]),
        ("plain-off", Operation::Terminate.request(Input::None), &[]),
        (
            "big",
            Operation::Stop.request(Input::None),
            &["8000 GB on its instance store", "p4d.24xlarge is scarce"],
        ),
        (
            "big",
            Operation::Terminate.request(Input::None),
            &["8000 GB on its instance store", "p4d.24xlarge is scarce"],
        ),
        ("big", Operation::Reboot.request(Input::None), &[]),
        (
            "scarce-off",
            Operation::Start.request(Input::None),
            &["AWS may have none free, and refuse the start"],
        ),
        (
            "in-group",
            Operation::Stop.request(Input::None),
            &["Auto Scaling group serve-asg replaces it"],
        ),
        (
            "in-group",
            Operation::Terminate.request(Input::None),
            &["Auto Scaling group serve-asg replaces it"],
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
            &["is persistent: it launches another", "125 GB"],
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
                "is paid for until 2026-11-25 08:30 UTC, whether it runs or not",
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
    compare(&estate, &rows, cases).await;
    for (name, ask, why) in [
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
            .capability(ask.operation)
            .why()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(refused.contains(why), "{name}: {refused}");
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_warnings_match_each_operation() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
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
            &[": 3 must carry them"],
        ),
        (
            "busy-endpoint",
            Operation::Scale.request(Input::Count(9)),
            &[],
        ),
        (
            "busy-endpoint",
            Operation::Delete.request(Input::None),
            &[": those who call it will notice"],
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
            &["autoscaled between 1 and 4, 1 scheduled action: it may be set anew"],
        ),
        (
            "timed-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &["autoscaled between 1 and 4, 1 scheduled action: it may be set anew"],
        ),
        (
            "timed-endpoint",
            bounds(1, 3),
            &["1 scheduled action: it may be set anew"],
        ),
        (
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            &[
                "autoscaled between 2 and 6, 1 policy: it is set back",
                " must carry them",
            ],
        ),
        (
            "steered-endpoint",
            Operation::Scale.request(Input::Count(4)),
            &["autoscaled between 2 and 6, 1 policy: it may be set anew"],
        ),
        ("steered-endpoint", bounds(1, 2), &[": 2 must carry them"]),
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
            &[last, ": those who call it will notice"],
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
            &["the last copy", ": those who call it will notice"],
        ),
        (
            "called-copies",
            Operation::Scale.request(Input::Count(1)),
            &[": 1 must carry them"],
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
                "autoscaled between 1 and 2, 1 policy: it is set back",
            ],
        ),
        ("steered-copies", bounds(0, 0), &["the last copy"]),
        (
            "quiet-copies",
            Operation::Scale.request(Input::Count(1)),
            &[],
        ),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_and_job_warnings_match_each_operation() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
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
            &["AWS may have none free, and refuse the start"],
        ),
        ("in-use", Operation::Stop.request(Input::None), &["in use "]),
        ("left-alone", Operation::Stop.request(Input::None), &[]),
        (
            "for-all",
            Operation::Stop.request(Input::None),
            &["space for-all, made by bo, is shared: others may be at work in it"],
        ),
        (
            "no-checkpoints",
            Operation::Stop.request(Input::None),
            &["no checkpoints: 2h of work are lost, $"],
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
            &["no checkpoints: 87m of work are lost, $"],
        ),
        (
            "sweep",
            Operation::Stop.request(Input::None),
            &["2 training jobs run for it: they end with it; what has finished stays"],
        ),
        (
            "sweep-*",
            Operation::Stop.request(Input::None),
            &[
                "no checkpoints: ",
                "tuning job sweep starts another try in its place",
            ],
        ),
        (
            "fine-tuning",
            Operation::Stop.request(Input::None),
            &["no checkpoints: "],
        ),
        ("nightly", Operation::Stop.request(Input::None), &[]),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throughput_warnings_match_each_operation() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let serves = |name: &str| {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let Some(Capability::Model { now, .. }) =
            row.head.capability(Operation::SwapModel).known().copied()
        else {
            panic!("{name}")
        };
        now.clone()
    };
    let (alike, otherwise) = (serves("still-tuned"), serves("otherwise-tuned"));
    let cases: &[(&str, ActionRequest, &[&str])] = &[
        (
            "units",
            Operation::Delete.request(Input::None),
            &[" requests in the last 15 minutes: those who call it will notice"],
        ),
        ("still-units", Operation::Delete.request(Input::None), &[]),
        (
            "tuned",
            Operation::SwapModel.request(Input::Model(alike)),
            &[" requests in the last 15 minutes: the other model answers them from then on"],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model(serves("tuned"))),
            &[],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model(otherwise)),
            &[
                "AWS will refuse: that model is made from meta.llama3-1-8b-instruct-v1:0, the units are for meta.llama3-1-70b-instruct-v1:0",
            ],
        ),
        (
            "still-tuned",
            Operation::SwapModel.request(Input::Model("no-such-model".into())),
            &["AWS will refuse: it knows no custom model no-such-model"],
        ),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

/// What a row does not offer may have come about between the last look and the question.
#[tokio::test(flavor = "multi_thread")]
async fn changes_since_the_last_poll_are_warned_about() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let of = |name: &str| rows.iter().find(|row| *row.head.name == *name).unwrap();
    let as_if = |name: &str, by: &str, ask: &ActionRequest, call: ApiCall| {
        let target = plan(&rows, &[by], ask).targets.remove(0);
        Target {
            key: of(name).head.key.clone(),
            call,
            ..target
        }
    };
    let bought = of("bought").head.arn.as_ref().unwrap().as_str().into();
    for (target, expected) in [
        (
            as_if(
                "spot-once",
                "plain",
                &Operation::Stop.request(Input::None),
                ApiCall::Stop(ops::stop::Call::Instance(
                    of("spot-once").head.key.id.clone(),
                )),
            ),
            vec!["Spot, asked for once: AWS will refuse a stop", "125 GB"],
        ),
        (
            as_if(
                "bought",
                "still-units",
                &Operation::Delete.request(Input::None),
                ApiCall::Delete(ops::delete::Call::Throughput(bought)),
            ),
            vec![
                "committed (OneMonth): AWS will refuse, and billing goes on until 2026-12-04 08:30 UTC",
            ],
        ),
    ] {
        let survey = estate
            .preflight(std::slice::from_ref(&target))
            .await
            .remove(0);
        assert_eq!(otherwise(&survey, &expected), None, "{}", target.name);
    }
    for (service, operation, name, ask) in [
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
        estate
            .mock
            .add_fault(FaultRule::new(MockFault::Gone).of(service, operation));
        let survey = estate
            .preflight(&plan(&rows, &[name], &ask).targets)
            .await
            .remove(0);
        estate.mock.clear_faults();
        assert_eq!(
            sentences(&survey),
            ["AWS does not find it any more: nothing will be changed"],
            "{operation}"
        );
        assert_eq!(survey.warnings[0].weight(), Severity::Refusal);
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_reports_a_forbidden_target_among_others() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    for (ask, operation, names, others) in [
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
        estate.mock.add_fault(
            FaultRule::new(MockFault::Deny)
                .of("ec2", operation)
                .resource(names[0]),
        );
        let surveys = estate.preflight(&plan(&rows, &names, &ask).targets).await;
        estate.mock.clear_faults();
        assert_eq!(surveys[0].warnings[0].weight(), Severity::Refusal);
        let told = sentences(&surveys[0]);
        assert!(
            told[0].starts_with(&format!("AWS will refuse ec2:{operation}")),
            "{told:?}"
        );
        assert_eq!(
            (told.len(), sentences(&surveys[1])),
            (1 + others, Vec::new()),
            "{ask:?}"
        );
    }
    let stopped = {
        let (world, now) = (estate.mock.simulation(), estate.mock.now());
        world
            .instances("us-east-1", now)
            .iter()
            .filter(|one| one.state(now).unwrap().name() == "stopped")
            .count()
    };
    assert_eq!(stopped, 3, "only rehearsed");
    estate.mock.stop().await;
}

#[test]
fn empty_preflight_has_no_warnings() {
    assert_eq!(sentences(&Preflight::default()), Vec::<String>::new());
}
