//! Preflight warnings for every operation: present where the risk exists, absent elsewhere.

use super::{Fixture, difference, messages, plan};
use spendtop::domain::{Capability, Operation, Preflight, Record, Warning};
use std::cmp::Reverse;

/// A row, a request for it, and the expected words of its warnings.
type Case<'a> = (&'a str, &'a str, &'a [&'a str]);

const HELD: &str = "is billed until it is cancelled, running or not";
const OTHER_BASE: &str = "AWS refuses: the model is based on meta.llama3-1-8b-instruct-v1:0, \
                          the units are for meta.llama3-1-70b-instruct-v1:0";
const LAST: &str = "the last instance of the endpoint";

#[rustfmt::skip]
const INSTANCES: &[Case] = &[
    ("plain", "stop", &[]),
    ("plain", "terminate", &[]),
    ("plain", "reboot", &[]),
    ("plain-off", "start", &[]),
    ("plain-off", "terminate", &[]),
    ("big", "stop", &["8000 GB of instance-store data", "p4d.24xlarge is scarce"]),
    ("big", "terminate", &["8000 GB of instance-store data", "p4d.24xlarge is scarce"]),
    ("big", "reboot", &[]),
    ("scarce-off", "start", &["AWS may have no capacity and refuse the start"]),
    ("in-group", "stop", &["Auto Scaling group serve-asg starts a replacement"]),
    ("in-group", "terminate", &["Auto Scaling group serve-asg starts a replacement"]),
    ("in-group", "reboot", &[]),
    ("spot-once", "terminate", &["125 GB"]),
    ("spot-again", "stop", &["125 GB", "stays open"]),
    ("spot-again", "terminate", &["is persistent: it launches a replacement", "125 GB"]),
    ("spot-again", "reboot", &[]),
    ("guarded", "terminate", &["stop protection is on", "termination protection is on"]),
    ("guarded", "stop", &["stop protection is on"]),
    ("guarded", "reboot", &[]),
    ("kept", "stop", &[]),
    ("kept", "terminate", &["termination protection is on"]),
    ("held", "stop", &[HELD]),
    ("held", "terminate", &[HELD]),
    ("held-off", "start", &[HELD]),
    ("block", "terminate",
        &["is paid for until 2026-11-25 08:30 UTC, running or not",
          "p5.48xlarge is scarce", "30400 GB"]),
    ("pretrain/large", "scale 1", &["ml.p5.48xlarge is scarce"]),
    ("pretrain/large", "scale 5", &[]),
    ("pretrain/small", "scale 1", &[]),
];

#[rustfmt::skip]
const ENDPOINTS: &[Case] = &[
    ("busy-endpoint", "scale 3", &[": 3 must serve them"]),
    ("busy-endpoint", "scale 9", &[]),
    ("busy-endpoint", "delete", &[": callers will see errors"]),
    ("quiet-endpoint", "delete", &[]),
    ("quiet-endpoint", "scale 1", &[]),
    ("quiet-endpoint", "scheduled-scaling mon-fri 08-18 2 1", &[]),
    ("timed-endpoint", "scheduled-scaling mon-fri 08-18 2 1",
        &["autoscaled between 1 and 4, 1 scheduled action: autoscaling may change it again"]),
    ("timed-endpoint", "scale 1",
        &["autoscaled between 1 and 4, 1 scheduled action: autoscaling may change it again"]),
    ("timed-endpoint", "autoscaling-limits 1-3",
        &["1 scheduled action: autoscaling may change it again"]),
    ("steered-endpoint", "scale 1",
        &["autoscaled between 2 and 6, 1 policy: autoscaling will revert it", " must serve them"]),
    ("steered-endpoint", "scale 4",
        &["autoscaled between 2 and 6, 1 policy: autoscaling may change it again"]),
    ("steered-endpoint", "autoscaling-limits 1-2", &[": 2 must serve them"]),
    ("steered-endpoint", "autoscaling-limits 2-9", &[]),
    ("scarce-endpoint", "scale 1", &["ml.p4d.24xlarge is scarce"]),
    ("scarce-endpoint", "scale 3", &[]),
    ("scarce-endpoint", "delete", &["ml.p4d.24xlarge is scarce"]),
    ("queue-endpoint", "scale 0", &[LAST, ": callers will see errors"]),
    ("still-queue", "scale 0", &[LAST]),
    ("still-queue", "scale 2", &[]),
    ("called-copies", "scale 0", &["the last copy", ": callers will see errors"]),
    ("called-copies", "scale 1", &[": 1 must serve them"]),
    ("called-copies", "scale 3", &[]),
    ("steered-copies", "scale 0",
        &["the last copy", "autoscaled between 1 and 2, 1 policy: autoscaling will revert it"]),
    ("steered-copies", "autoscaling-limits 0-0", &["the last copy"]),
    ("quiet-copies", "scale 1", &[]),
];

#[rustfmt::skip]
const NOTEBOOKS_AND_JOBS: &[Case] = &[
    ("idle-notebook", "stop", &[]),
    ("used-notebook", "stop", &["in use "]),
    ("off-notebook", "start", &[]),
    ("scripted-notebook", "start", &["lifecycle configuration auto-stop runs first"]),
    ("scarce-notebook", "start", &["AWS may have no capacity and refuse the start"]),
    ("in-use", "stop", &["in use "]),
    ("left-alone", "stop", &[]),
    ("for-all", "stop", &["space for-all, created by bo, is shared: others may be working in it"]),
    ("no-checkpoints", "stop", &["no checkpoints: 2h of work is lost, $"]),
    ("with-checkpoints", "stop", &[]),
    ("kept-warm", "stop", &["it ends by itself in 4"]),
    ("etl", "stop", &["no checkpoints: "]),
    ("scores", "stop", &["no checkpoints: 87m of work is lost, $"]),
    ("sweep", "stop", &["2 training jobs end with it; finished results remain"]),
    ("sweep-*", "stop",
        &["no checkpoints: ", "tuning job sweep starts another attempt in its place"]),
    ("fine-tuning", "stop", &["no checkpoints: "]),
    ("nightly", "stop", &[]),
];

async fn assert_warnings(fixture: &Fixture, rows: &[Record], cases: &[Case<'_>]) {
    let mut wrong = Vec::new();
    for (name, request, expected) in cases {
        let plan = plan(rows, &[name], request);
        let preflight = fixture.preflight(&plan.targets).await.remove(0);
        wrong.extend(
            difference(&preflight, expected)
                .map(|actual| format!("{request} {name}: {actual:?} is not {expected:?}")),
        );
        let order = |warning: &Warning| Reverse((warning.weight(), warning.loses()));
        assert!(preflight.warnings.is_sorted_by_key(order), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    assert_warnings(&fixture, &rows, INSTANCES).await;
    for (name, why) in [
        ("spot-once", "one-time spot"),
        ("block", "paid in advance"),
        ("rooted-on-disk", "its root is instance store"),
    ] {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let refused = row
            .head
            .capability(Operation::Stop)
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
    assert_warnings(&fixture, &fixture.rows().await, ENDPOINTS).await;
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_and_job_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    assert_warnings(&fixture, &fixture.rows().await, NOTEBOOKS_AND_JOBS).await;
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throughput_warnings_match_each_operation() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let swap_to_model_of = |name: &str| {
        let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
        let Some(Capability::Model { now, .. }) =
            row.head.capability(Operation::SwapModel).known().copied()
        else {
            panic!("{name}")
        };
        format!("swap-model {now}")
    };
    let alike = swap_to_model_of("still-tuned");
    let of_another_base = swap_to_model_of("otherwise-tuned");
    let cases: &[Case] = &[
        (
            "units",
            "delete",
            &[" requests in the last 15 minutes: callers will see errors"],
        ),
        ("still-units", "delete", &[]),
        (
            "tuned",
            &alike,
            &[" requests in the last 15 minutes: the new model will answer them"],
        ),
        ("still-tuned", &swap_to_model_of("tuned"), &[]),
        ("still-tuned", &of_another_base, &[OTHER_BASE]),
        (
            "still-tuned",
            "swap-model no-such-model",
            &["AWS refuses: no custom model no-such-model"],
        ),
    ];
    assert_warnings(&fixture, &rows, cases).await;
    fixture.mock.stop().await;
}

#[test]
fn empty_preflight_has_no_warnings() {
    assert_eq!(messages(&Preflight::default()), Vec::<String>::new());
}
