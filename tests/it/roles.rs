//! AWS's managed policies, on a mock that enforces them: spendtop sends the allowed reads, each
//! denied request is one fault, and spendtop reads tags by the request that the policy allows.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::{
    harness::Harness,
    panes::{poll, source, start_mock},
    requests::tags,
};
use spendtop::{
    aws::actions,
    collectors::PollKind,
    domain::{ApiCall, FaultKind, Measured, action::TagRoute, ops},
    mock::{FaultEffect, Role, Scenario},
};
use std::collections::{BTreeMap, BTreeSet};

/// The scenario with a caller of `role`.
pub(crate) fn scenario(role: &str) -> Scenario {
    let path = format!("{}/mocks/weekend-spike.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replacen(
        "account = {",
        &format!("account = {{ role = \"{role}\","),
        1,
    );
    Scenario::parse(&text, "weekend-spike.toml").unwrap()
}

/// By pane: whether it has rows, and the denied requests.
type PaneAccess = BTreeMap<&'static str, (bool, BTreeSet<String>)>;

async fn access(role: &str) -> PaneAccess {
    let (mock, sessions, clock) = start_mock(scenario(role), 1.0, &["us-east-1"]).await;
    let mut panes = PaneAccess::new();
    for (listed, measured) in poll(&sessions, &clock, None).await {
        let faults: Vec<String> = measured
            .faults
            .iter()
            .map(|fault| {
                assert_eq!(fault.kind, FaultKind::Denied, "{role}: {fault}");
                fault.operation.to_string()
            })
            .collect();
        let denied: BTreeSet<String> = faults.iter().cloned().collect();
        assert_eq!(
            denied.len(),
            faults.len(),
            "one fault a request: {faults:?}"
        );
        let rows = !measured.rows.is_empty();
        assert_eq!(rows, !listed.rows.is_empty());
        panes.insert(measured.source.pane, (rows, denied));
    }
    mock.stop().await;
    panes
}

#[tokio::test(flavor = "multi_thread")]
async fn panes_show_what_each_managed_policy_allows() {
    for (role, panes) in [
        (
            "ReadOnlyAccess",
            &[
                ("gpus", true, &[][..]),
                ("notebooks", true, &[]),
                ("endpoints", true, &[]),
                ("jobs", true, &[]),
                // The policy allows to read one of these, not to list them.
                (
                    "throughput",
                    true,
                    &[
                        "bedrock:ListCustomModelDeployments",
                        "bedrock:ListImportedModels",
                    ],
                ),
                ("models", true, &[]),
                ("spend", true, &[]),
                ("anomalies", true, &[]),
            ][..],
        ),
        (
            "ViewOnlyAccess",
            &[
                ("gpus", true, &[][..]),
                ("notebooks", true, &[]),
                (
                    "endpoints",
                    true,
                    &["application-autoscaling:DescribeScalableTargets"],
                ),
            ][..],
        ),
    ] {
        let access = access(role).await;
        for (pane, has_rows, denied) in panes {
            let denied: BTreeSet<String> = denied.iter().map(ToString::to_string).collect();
            assert_eq!(access[pane], (*has_rows, denied), "{role} {pane}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_many_resources_are_read_at_once() {
    let (mock, sessions, clock) = start_mock(scenario("ReadOnlyAccess"), 1.0, &["us-east-1"]).await;
    let reports = poll(&sessions, &clock, Some("throughput")).await;
    let rows = reports.iter().flat_map(|(_, measured)| &measured.rows);
    let tags: Vec<_> = rows.map(|row| &row.head.tags).collect();
    assert!(!tags.is_empty());
    assert!(
        tags.iter()
            .all(|tags| matches!(tags, Measured::Known(tags) if !tags.is_empty())),
        "{tags:?}"
    );
    assert_eq!(mock.count("bedrock", "ListTagsForResource"), 0);
    assert_eq!(mock.count("tag", "GetResources"), 1);
    mock.stop().await;
}

/// The service denies its tags, and the Tagging API has them: a change made here shows, and the
/// resource never counts as untagged.
#[tokio::test(flavor = "multi_thread")]
async fn changed_tags_are_read_where_the_service_denies_them() {
    let text = Scenario::find("weekend-spike").unwrap();
    let (mock, sessions, clock) = start_mock(text, 1.0, &["us-east-1"]).await;
    mock.fail(
        "bedrock",
        "ListTagsForResource",
        FaultEffect::Deny,
        usize::MAX,
    );
    let mut throughput = source(&sessions, &clock, "throughput");
    let report = throughput.poll(PollKind::Inventory).await;
    let tagged = report
        .rows
        .iter()
        .find(|row| row.head.name.contains("embed-batch-pt"));
    let key = tagged.unwrap().head.key.clone();
    let route = TagRoute::Bedrock(tagged.unwrap().head.arn.as_ref().unwrap().as_str().into());
    let mut polls = 0;
    // The first change shows that the service denies, the second is known to be denied.
    for name in ["cost-centre", "stage"] {
        let tag = ApiCall::Tag(ops::tag::Call {
            route: route.clone(),
            set: tags(&[(name, "4100")]),
            remove: Vec::new(),
        });
        actions::execute(&sessions[0], &tag).await.unwrap();
        loop {
            let report = throughput.poll(PollKind::Inventory).await;
            let row = report.rows.iter().find(|row| row.head.key == key).unwrap();
            let known = row.head.tags.known();
            assert!(known.is_none_or(|tags| !tags.is_empty()), "{known:?}");
            if known.is_some_and(|tags| tags.contains_key(name)) {
                break;
            }
            polls += 1;
            assert!(polls < 4, "{:?}", row.head.tags);
        }
    }
    mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn console_runs_with_every_managed_policy() {
    for role in Role::names() {
        let mut harness = Harness::from_scenario(scenario(role));
        let shows_denied = |frame: &str| frame.contains("denied") || frame.contains("BURN");
        harness.wait("a first frame with data", shows_denied).await;
        harness.quit().await;
    }
}
