//! Targets that changed since the last poll, or that AWS refuses: each is warned about before the
//! call is made.

use super::{Fixture, difference, messages, plan};
use spendtop::domain::{CommonFields, Preflight, Record, Severity, Target, action::ApiCall, ops};
use spendtop::mock::{FaultEffect as MockFault, FaultRule};

/// The AWS operation that no longer finds the resource, the row and the request.
#[rustfmt::skip]
const GONE: &[(&str, &str, &str, &str)] = &[
    ("sagemaker", "DescribeEndpoint", "quiet-endpoint", "delete"),
    ("sagemaker", "DescribeNotebookInstance", "idle-notebook", "stop"),
    ("sagemaker", "DescribeTrainingJob", "with-checkpoints", "stop"),
    ("bedrock", "GetProvisionedModelThroughput", "still-units", "delete"),
    ("ec2", "DescribeInstanceAttribute", "plain", "stop"),
];

/// The request, its dry run, two targets of which the first is denied, and how many other warnings
/// the first has.
const DENIED: &[(&str, &str, [&str; 2], usize)] = &[
    ("stop", "StopInstances", ["big", "plain"], 2),
    ("terminate", "TerminateInstances", ["big", "plain"], 2),
    ("reboot", "RebootInstances", ["big", "plain"], 0),
    ("start", "StartInstances", ["scarce-off", "plain-off"], 1),
];

/// A resource may have changed between the last poll and the dialog, so that its row still offers
/// an operation that AWS now refuses.
#[tokio::test(flavor = "multi_thread")]
async fn changes_since_the_last_poll_are_warned_about() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    assert_refused_changes(&fixture, &rows).await;
    assert_gone_resources(&fixture, &rows).await;
    fixture.mock.stop().await;
}

async fn assert_refused_changes(fixture: &Fixture, rows: &[Record]) {
    // The call on the row `name`, as a target that row `by` offers.
    let target_as =
        |name: &str, by: &str, request: &str, call: &dyn Fn(&CommonFields) -> ApiCall| {
            let row = rows.iter().find(|row| *row.head.name == *name).unwrap();
            let target = plan(rows, &[by], request).targets.remove(0);
            Target {
                key: row.head.key.clone(),
                call: call(&row.head),
                ..target
            }
        };
    let stop = |head: &CommonFields| ApiCall::Stop(ops::stop::Call::Instance(head.key.id.clone()));
    let delete = |head: &CommonFields| {
        let arn = head.arn.as_ref().unwrap().as_str();
        ApiCall::Delete(ops::delete::Call::Throughput(arn.into()))
    };
    let cases: [(_, &[&str]); 2] = [
        (
            target_as("spot-once", "plain", "stop", &stop),
            &["one-time Spot request: AWS refuses to stop it", "125 GB"],
        ),
        (
            target_as("bought", "still-units", "delete", &delete),
            &[
                "committed (OneMonth): AWS refuses, and billing continues until \
               2026-12-04 08:30 UTC",
            ],
        ),
    ];
    for (target, expected) in cases {
        let preflight = preflight_of(fixture, &target).await;
        assert_eq!(difference(&preflight, expected), None, "{}", target.name);
    }
}

async fn assert_gone_resources(fixture: &Fixture, rows: &[Record]) {
    for (service, operation, name, request) in GONE {
        let target = plan(rows, &[name], request).targets.remove(0);
        let gone = FaultRule::new(MockFault::Gone).of(service, operation);
        fixture.mock.add_fault(gone);
        let preflight = preflight_of(fixture, &target).await;
        fixture.mock.clear_faults();
        assert_eq!(
            messages(&preflight),
            ["AWS no longer finds it: nothing will change"],
            "{operation}"
        );
        assert_eq!(preflight.warnings[0].weight(), Severity::Refusal);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_reports_a_forbidden_target_among_others() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    for (request, operation, names, others) in DENIED {
        let deny = FaultRule::new(MockFault::Deny).of("ec2", operation);
        fixture.mock.add_fault(deny.resource(names[0]));
        let targets = plan(&rows, names, request).targets;
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
            "{request}"
        );
    }
    assert_eq!(count_stopped(&fixture), 3, "dry runs only");
    fixture.mock.stop().await;
}

async fn preflight_of(fixture: &Fixture, target: &Target) -> Preflight {
    fixture
        .preflight(std::slice::from_ref(target))
        .await
        .remove(0)
}

/// Number of stopped instances on the mock.
fn count_stopped(fixture: &Fixture) -> usize {
    let (simulation, now) = (fixture.mock.simulation(), fixture.mock.now());
    simulation
        .instances("us-east-1", now)
        .iter()
        .filter(|one| one.state(now).unwrap().name() == "stopped")
        .count()
}
