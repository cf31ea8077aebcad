//! Each fact where it is so, and not where it is not, for every verb that it matters to.
//!
//! Must not know how a fact is read.

use super::{Estate, otherwise, plan, sentences};
use spendtop::{
    domain::{Ask, Offer, Record, Schedule, Survey, Target, Verb, Weight, verb::Call},
    mock::{Fault as MockFault, Rule},
};

async fn compare(estate: &Estate, rows: &[Record], cases: &[(&str, Ask, &[&str])]) {
    let mut wrong = Vec::new();
    for (name, ask, expected) in cases {
        let plan = plan(rows, &[name], ask);
        let survey = estate.survey(&plan.targets).await.remove(0);
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
async fn of_machines() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let held = "is billed until it is cancelled, whether it runs or not";
    let cases: &[(&str, Ask, &[&str])] = &[
        ("plain", Ask::Stop, &[]),
        ("plain", Ask::Terminate, &[]),
        ("plain", Ask::Reboot, &[]),
        ("plain-off", Ask::Start, &[]),
        ("plain-off", Ask::Terminate, &[]),
        (
            "big",
            Ask::Stop,
            &["8000 GB on its instance store", "p4d.24xlarge is scarce"],
        ),
        (
            "big",
            Ask::Terminate,
            &["8000 GB on its instance store", "p4d.24xlarge is scarce"],
        ),
        ("big", Ask::Reboot, &[]),
        (
            "scarce-off",
            Ask::Start,
            &["AWS may have none free, and refuse the start"],
        ),
        (
            "in-group",
            Ask::Stop,
            &["Auto Scaling group serve-asg replaces it"],
        ),
        (
            "in-group",
            Ask::Terminate,
            &["Auto Scaling group serve-asg replaces it"],
        ),
        ("in-group", Ask::Reboot, &[]),
        ("spot-once", Ask::Terminate, &["125 GB"]),
        ("spot-again", Ask::Stop, &["125 GB", "stays open"]),
        (
            "spot-again",
            Ask::Terminate,
            &["is persistent: it launches another", "125 GB"],
        ),
        ("spot-again", Ask::Reboot, &[]),
        (
            "guarded",
            Ask::Terminate,
            &["stop protection is on", "termination protection is on"],
        ),
        ("guarded", Ask::Stop, &["stop protection is on"]),
        ("guarded", Ask::Reboot, &[]),
        ("kept", Ask::Stop, &[]),
        ("kept", Ask::Terminate, &["termination protection is on"]),
        ("held", Ask::Stop, &[held]),
        ("held", Ask::Terminate, &[held]),
        ("held-off", Ask::Start, &[held]),
        (
            "block",
            Ask::Terminate,
            &[
                "is paid for until 2026-11-25 08:30 UTC, whether it runs or not",
                "p5.48xlarge is scarce",
                "30400 GB",
            ],
        ),
        (
            "pretrain/large",
            Ask::Scale(1),
            &["ml.p5.48xlarge is scarce"],
        ),
        ("pretrain/large", Ask::Scale(5), &[]),
        ("pretrain/small", Ask::Scale(1), &[]),
    ];
    compare(&estate, &rows, cases).await;
    for (name, ask, why) in [
        ("spot-once", Ask::Stop, "one-time spot"),
        ("block", Ask::Stop, "paid in advance"),
        ("rooted-on-disk", Ask::Stop, "its root is instance store"),
    ] {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let refused = row
            .head
            .offer(ask.verb())
            .why()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(refused.contains(why), "{name}: {refused}");
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_endpoints() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let hours = |inside, outside| {
        Ask::Schedule(Schedule {
            days: [true, true, true, true, true, false, false],
            start: 8,
            end: 18,
            inside,
            outside,
        })
    };
    let bounds = |least, most| Ask::Bounds { least, most };
    let last = "the last instance of the endpoint";
    let cases: &[(&str, Ask, &[&str])] = &[
        ("busy-endpoint", Ask::Scale(3), &[": 3 must carry them"]),
        ("busy-endpoint", Ask::Scale(9), &[]),
        (
            "busy-endpoint",
            Ask::Delete,
            &[": those who call it will notice"],
        ),
        ("quiet-endpoint", Ask::Delete, &[]),
        ("quiet-endpoint", Ask::Scale(1), &[]),
        ("quiet-endpoint", hours(2, 1), &[]),
        (
            "timed-endpoint",
            hours(2, 1),
            &["autoscaled between 1 and 4, 1 scheduled action: it may be set anew"],
        ),
        (
            "timed-endpoint",
            Ask::Scale(1),
            &["autoscaled between 1 and 4, 1 scheduled action: it may be set anew"],
        ),
        (
            "timed-endpoint",
            bounds(1, 3),
            &["1 scheduled action: it may be set anew"],
        ),
        (
            "steered-endpoint",
            Ask::Scale(1),
            &[
                "autoscaled between 2 and 6, 1 policy: it is set back",
                " must carry them",
            ],
        ),
        (
            "steered-endpoint",
            Ask::Scale(4),
            &["autoscaled between 2 and 6, 1 policy: it may be set anew"],
        ),
        ("steered-endpoint", bounds(1, 2), &[": 2 must carry them"]),
        ("steered-endpoint", bounds(2, 9), &[]),
        (
            "scarce-endpoint",
            Ask::Scale(1),
            &["ml.p4d.24xlarge is scarce"],
        ),
        ("scarce-endpoint", Ask::Scale(3), &[]),
        (
            "scarce-endpoint",
            Ask::Delete,
            &["ml.p4d.24xlarge is scarce"],
        ),
        (
            "queue-endpoint",
            Ask::Scale(0),
            &[last, ": those who call it will notice"],
        ),
        ("still-queue", Ask::Scale(0), &[last]),
        ("still-queue", Ask::Scale(2), &[]),
        (
            "called-copies",
            Ask::Scale(0),
            &["the last copy", ": those who call it will notice"],
        ),
        ("called-copies", Ask::Scale(1), &[": 1 must carry them"]),
        ("called-copies", Ask::Scale(3), &[]),
        (
            "steered-copies",
            Ask::Scale(0),
            &[
                "the last copy",
                "autoscaled between 1 and 2, 1 policy: it is set back",
            ],
        ),
        ("steered-copies", bounds(0, 0), &["the last copy"]),
        ("quiet-copies", Ask::Scale(1), &[]),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_work() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let cases: &[(&str, Ask, &[&str])] = &[
        ("idle-notebook", Ask::Stop, &[]),
        ("used-notebook", Ask::Stop, &["in use "]),
        ("off-notebook", Ask::Start, &[]),
        (
            "scripted-notebook",
            Ask::Start,
            &["lifecycle configuration auto-stop runs first"],
        ),
        (
            "scarce-notebook",
            Ask::Start,
            &["AWS may have none free, and refuse the start"],
        ),
        ("in-use", Ask::Stop, &["in use "]),
        ("left-alone", Ask::Stop, &[]),
        (
            "for-all",
            Ask::Stop,
            &["space for-all, made by bo, is shared: others may be at work in it"],
        ),
        (
            "no-checkpoints",
            Ask::Stop,
            &["no checkpoints: 2h of work are lost, $"],
        ),
        ("with-checkpoints", Ask::Stop, &[]),
        ("kept-warm", Ask::Stop, &["it ends by itself in 4"]),
        ("etl", Ask::Stop, &["no checkpoints: "]),
        (
            "scores",
            Ask::Stop,
            &["no checkpoints: 87m of work are lost, $"],
        ),
        (
            "sweep",
            Ask::Stop,
            &["2 training jobs run for it: they end with it; what has finished stays"],
        ),
        (
            "sweep-*",
            Ask::Stop,
            &[
                "no checkpoints: ",
                "tuning job sweep starts another try in its place",
            ],
        ),
        ("fine-tuning", Ask::Stop, &["no checkpoints: "]),
        ("nightly", Ask::Stop, &[]),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_units() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let serves = |name: &str| {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let Some(Offer::SwapModel { now, .. }) = row.head.offer(Verb::SwapModel).known().copied()
        else {
            panic!("{name}")
        };
        now.clone()
    };
    let (alike, otherwise) = (serves("still-tuned"), serves("otherwise-tuned"));
    let cases: &[(&str, Ask, &[&str])] = &[
        (
            "units",
            Ask::Delete,
            &[" requests in the last 15 minutes: those who call it will notice"],
        ),
        ("still-units", Ask::Delete, &[]),
        (
            "tuned",
            Ask::SwapModel(alike),
            &[" requests in the last 15 minutes: the other model answers them from then on"],
        ),
        ("still-tuned", Ask::SwapModel(serves("tuned")), &[]),
        (
            "still-tuned",
            Ask::SwapModel(otherwise),
            &[
                "AWS will refuse: that model is made from meta.llama3-1-8b-instruct-v1:0, the units are for meta.llama3-1-70b-instruct-v1:0",
            ],
        ),
        (
            "still-tuned",
            Ask::SwapModel("no-such-model".into()),
            &["AWS will refuse: it knows no custom model no-such-model"],
        ),
    ];
    compare(&estate, &rows, cases).await;
    estate.mock.stop().await;
}

/// What a row does not offer may have come about between the last look and the question.
#[tokio::test(flavor = "multi_thread")]
async fn of_what_has_changed_since_the_row_was_read() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let of = |name: &str| rows.iter().find(|row| *row.head.name == *name).unwrap();
    let as_if = |name: &str, by: &str, ask: &Ask, call: Call| {
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
                &Ask::Stop,
                Call::StopInstance(of("spot-once").head.key.id.clone()),
            ),
            vec!["Spot, asked for once: AWS will refuse a stop", "125 GB"],
        ),
        (
            as_if(
                "bought",
                "still-units",
                &Ask::Delete,
                Call::DeleteThroughput(bought),
            ),
            vec![
                "committed (OneMonth): AWS will refuse, and billing goes on until 2026-12-04 08:30 UTC",
            ],
        ),
    ] {
        let survey = estate.survey(std::slice::from_ref(&target)).await.remove(0);
        assert_eq!(otherwise(&survey, &expected), None, "{}", target.name);
    }
    for (service, operation, name, ask) in [
        (
            "sagemaker",
            "DescribeEndpoint",
            "quiet-endpoint",
            Ask::Delete,
        ),
        (
            "sagemaker",
            "DescribeNotebookInstance",
            "idle-notebook",
            Ask::Stop,
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "with-checkpoints",
            Ask::Stop,
        ),
        (
            "bedrock",
            "GetProvisionedModelThroughput",
            "still-units",
            Ask::Delete,
        ),
        ("ec2", "DescribeInstanceAttribute", "plain", Ask::Stop),
    ] {
        estate
            .mock
            .plan(Rule::new(MockFault::Gone).of(service, operation));
        let survey = estate
            .survey(&plan(&rows, &[name], &ask).targets)
            .await
            .remove(0);
        estate.mock.heal();
        assert_eq!(
            sentences(&survey),
            ["AWS does not find it any more: nothing will be changed"],
            "{operation}"
        );
        assert_eq!(survey.warnings[0].weight(), Weight::Refusal);
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_forbidden_is_told_by_a_dry_run_and_the_others_are_read() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    for (ask, operation, names, others) in [
        (Ask::Stop, "StopInstances", ["big", "plain"], 2),
        (Ask::Terminate, "TerminateInstances", ["big", "plain"], 2),
        (Ask::Reboot, "RebootInstances", ["big", "plain"], 0),
        (Ask::Start, "StartInstances", ["scarce-off", "plain-off"], 1),
    ] {
        estate.mock.plan(
            Rule::new(MockFault::Deny)
                .of("ec2", operation)
                .row(names[0]),
        );
        let surveys = estate.survey(&plan(&rows, &names, &ask).targets).await;
        estate.mock.heal();
        assert_eq!(surveys[0].warnings[0].weight(), Weight::Refusal);
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
        let (world, now) = (estate.mock.world(), estate.mock.now());
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
fn nothing_read_is_nothing_told() {
    assert_eq!(sentences(&Survey::default()), Vec::<String>::new());
}
