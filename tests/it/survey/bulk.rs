//! Plans of fifty: what can be asked in one call is, what is known is not asked again, and the
//! whole answers in time.

use super::{Estate, plan, sentences};
use spendtop::domain::{ActionRequest, Target};
use spendtop::domain::{Input, Operation};
use std::{
    collections::BTreeMap,
    fmt::Write,
    time::{Duration, Instant},
};

/// Longest a survey may take, which is how long a person waits for it.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// How often it may be tried: a machine that is busy with other tests is no measure.
const TRIES: usize = 5;

/// How often each operation was asked for while `targets` were surveyed, wholly and in time, and
/// what was told of the first.
async fn asked(estate: &Estate, targets: &[Target]) -> (BTreeMap<String, usize>, Vec<String>) {
    let mut took = Vec::new();
    for _ in 0..TRIES {
        estate.mock.clear_calls();
        let begun = Instant::now();
        let surveys = estate.preflight(targets).await;
        took.push(begun.elapsed());
        if begun.elapsed() > PATIENCE || surveys.iter().any(|survey| !survey.unread.is_empty()) {
            continue;
        }
        assert!(
            surveys
                .iter()
                .all(|survey| sentences(survey).len() == sentences(&surveys[0]).len()),
            "{surveys:?}"
        );
        let mut counts = BTreeMap::new();
        for call in estate.mock.calls() {
            *counts.entry((*call.operation).to_owned()).or_insert(0) += 1;
        }
        return (counts, sentences(&surveys[0]));
    }
    panic!("never wholly read in time: {took:?}");
}

fn counts<const N: usize>(of: [(&str, usize); N]) -> BTreeMap<String, usize> {
    of.into_iter()
        .map(|(operation, count)| (operation.to_owned(), count))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn instance_checks_are_batched() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let names: Vec<String> = (1..=50).map(|n| format!("worker-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lost = ["125 GB on its instance store are lost for good"];
    let first = asked(
        &estate,
        &plan(&rows, &names[..1], &Operation::Stop.request(Input::None)).targets,
    )
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
    // From then on the type is known.
    for (ask, operation, attributes) in [
        (Operation::Stop.request(Input::None), "StopInstances", 50),
        (
            Operation::Terminate.request(Input::None),
            "TerminateInstances",
            100,
        ),
    ] {
        let (calls, told) = asked(&estate, &plan(&rows, &names, &ask).targets).await;
        let expected = counts([
            ("DescribeInstances", 1),
            ("DescribeInstanceAttribute", attributes),
            (operation, 1),
        ]);
        assert_eq!(
            (calls, told),
            (expected, lost.map(str::to_owned).to_vec()),
            "{ask:?}"
        );
    }
    let (calls, _) = asked(
        &estate,
        &plan(&rows, &names, &Operation::Reboot.request(Input::None)).targets,
    )
    .await;
    assert_eq!(calls, counts([("RebootInstances", 1)]));
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_and_notebook_checks_are_batched() {
    let mut more = String::new();
    for n in 1..=50 {
        write!(
            more,
            "\n[[endpoint]]\nname = \"many-{n}\"\ncreated = \"-9d\"\ntype = \"ml.g5.xlarge\"\ninstances = 2\nrequests = \"steady 1500\"\n\
             autoscaling = {{ min = 2, max = 6, target = 600 }}\n\
             \n[[notebook]]\nname = \"book-{n}\"\ntype = \"ml.g5.xlarge\"\ncreated = \"-9d\"\nstarted = \"-2d\"\ncpu = \"steady 60\"\n"
        )
        .unwrap();
    }
    let estate = Estate::with(&more).await;
    let rows = estate.rows().await;
    let named = |start: &str| -> Vec<String> { (1..=50).map(|n| format!("{start}-{n}")).collect() };
    let (endpoints, notebooks) = (named("many"), named("book"));
    let of = |names: &[String], ask: &ActionRequest| {
        plan(
            &rows,
            &names.iter().map(String::as_str).collect::<Vec<_>>(),
            ask,
        )
        .targets
    };
    let (calls, told) = asked(
        &estate,
        &of(&endpoints, &Operation::Scale.request(Input::Count(1))),
    )
    .await;
    // Policies come in pages of ten.
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
    assert_eq!((calls, told.len()), (expected, 2), "{told:?}");
    let (calls, told) = asked(
        &estate,
        &of(&notebooks, &Operation::Stop.request(Input::None)),
    )
    .await;
    assert_eq!(
        (calls, told.len()),
        (
            counts([("DescribeNotebookInstance", 50), ("GetMetricData", 1)]),
            1
        ),
        "{told:?}"
    );
    estate.mock.stop().await;
}
