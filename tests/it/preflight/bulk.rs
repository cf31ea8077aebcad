//! Preflight checks of fifty targets: they are batched, known facts are not read again, and all end
//! in time.

use super::{Fixture, messages, plan};
use spendtop::domain::Target;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// An endpoint and a notebook, of which there are fifty.
const MANY: &str = r#"
[[endpoint]]
name = "many-{n}"
created = "-9d"
type = "ml.g5.xlarge"
instances = 2
requests = "steady 1500"
autoscaling = { min = 2, max = 6, target = 600 }

[[notebook]]
name = "book-{n}"
type = "ml.g5.xlarge"
created = "-9d"
started = "-2d"
cpu = "steady 60"
publishes-cpu = true
"#;

/// Longest duration of the checks, which is how long the dialog waits for them.
const MAX_DURATION: Duration = Duration::from_millis(4_500);
/// Number of attempts: other tests may keep the machine busy.
const MAX_ATTEMPTS: usize = 5;

/// The number of calls per operation in the first attempt that was complete and in time, and the
/// warnings of the first target.
async fn measure_calls(
    fixture: &Fixture,
    targets: &[Target],
) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut durations, mut unread) = (Vec::new(), Vec::new());
    for _ in 0..MAX_ATTEMPTS {
        fixture.mock.clear_calls();
        let start = Instant::now();
        let preflights = fixture.preflight(targets).await;
        durations.push(start.elapsed());
        unread.extend(preflights.iter().flat_map(|one| one.unread.clone()));
        if start.elapsed() > MAX_DURATION
            || preflights
                .iter()
                .any(|preflight| !preflight.unread.is_empty())
        {
            continue;
        }
        assert!(
            preflights
                .iter()
                .all(|preflight| messages(preflight).len() == messages(&preflights[0]).len()),
            "{preflights:?}"
        );
        let mut counts = BTreeMap::new();
        for call in fixture.mock.calls() {
            *counts.entry((*call.operation).to_owned()).or_insert(0) += 1;
        }
        return (counts, messages(&preflights[0]));
    }
    panic!("never wholly read in time: {durations:?}, {unread:?}");
}

/// Fifty names.
fn numbered(start: &str) -> Vec<String> {
    (1..=50).map(|n| format!("{start}-{n}")).collect()
}

fn counts<const N: usize>(of: [(&str, usize); N]) -> BTreeMap<String, usize> {
    of.into_iter()
        .map(|(operation, count)| (operation.to_owned(), count))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_checks_are_batched() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let names = numbered("worker");
    let lost = ["125 GB of instance-store data is permanently lost"];
    let first = measure_calls(&fixture, &plan(&rows, &names[..1], "stop").targets)
        .await
        .0;
    assert_eq!(
        first,
        counts([
            ("DescribeInstances", 1),
            ("DescribeInstanceTypes", 1),
            ("DescribeInstanceAttribute", 1),
            ("StopInstances", 1)
        ])
    );
    // The instance type is cached now.
    for (request, operation, attributes) in [
        ("stop", "StopInstances", 50),
        ("terminate", "TerminateInstances", 100),
    ] {
        let (calls, messages_of_first) =
            measure_calls(&fixture, &plan(&rows, &names, request).targets).await;
        let expected = counts([
            ("DescribeInstances", 1),
            ("DescribeInstanceAttribute", attributes),
            (operation, 1),
        ]);
        assert_eq!(
            (calls, messages_of_first),
            (expected, lost.map(str::to_owned).to_vec()),
            "{request}"
        );
    }
    let (calls, _) = measure_calls(&fixture, &plan(&rows, &names, "reboot").targets).await;
    assert_eq!(calls, counts([("RebootInstances", 1)]));
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_and_notebook_checks_are_batched() {
    let more: String = (1..=50)
        .map(|n| MANY.replace("{n}", &n.to_string()))
        .collect();
    let fixture = Fixture::with(&more).await;
    let rows = fixture.rows().await;
    let targets = |start: &str, request: &str| plan(&rows, &numbered(start), request).targets;
    let (calls, messages_of_first) = measure_calls(&fixture, &targets("many", "scale 1")).await;
    // Policies have pages of ten.
    let policies = calls["DescribeScalingPolicies"];
    assert!((1..=6).contains(&policies), "{policies}");
    let expected = counts([
        ("DescribeEndpoint", 50),
        ("DescribeEndpointConfig", 50),
        ("DescribeScalableTargets", 1),
        ("DescribeScalingPolicies", policies),
        ("DescribeScheduledActions", 1),
        ("GetMetricData", 1),
    ]);
    assert_eq!(
        (calls, messages_of_first.len()),
        (expected, 2),
        "{messages_of_first:?}"
    );
    let (calls, messages_of_first) = measure_calls(&fixture, &targets("book", "stop")).await;
    assert_eq!(
        (calls, messages_of_first.len()),
        (
            counts([("DescribeNotebookInstance", 50), ("GetMetricData", 1)]),
            1
        ),
        "{messages_of_first:?}"
    );
    fixture.mock.stop().await;
}
