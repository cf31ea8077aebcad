//! The operations that each pane declares are those that it calls.
//!
//! A pane cannot call more: `aws::api::restrict` keeps an undeclared request from being sent, in
//! every test and in production. These tests show that the guard works and that no pane declares
//! an operation that it never calls.

#![cfg(test)]

use crate::{
    cli::{at_endpoint, run, run_spendtop},
    panes::start_mock,
};
use spendtop::{
    app::commands::iam_policy,
    aws::{Api, Clock, Session, api::restrict, metrics},
    collectors::{self, PollKind},
    domain::{FaultKind, PaneId, Report},
    mock::Scenario,
    pricing::Prices,
};
use std::collections::BTreeSet;

/// Scenarios that together have a resource of every kind.
fn scenarios() -> Vec<Scenario> {
    let shipped = [
        "weekend-spike",
        "long-weekend",
        "chatbot-growth",
        "notebook-weekend",
        "hidden-costs",
    ];
    let estates = ["compute_actions", "preflight", "serving_actions"].map(|folder| {
        let path = format!(
            "{}/tests/it/{folder}/scenario.toml",
            env!("CARGO_MANIFEST_DIR")
        );
        Scenario::parse(&std::fs::read_to_string(&path).unwrap(), &path).unwrap()
    });
    shipped
        .map(|name| Scenario::find(name).unwrap())
        .into_iter()
        .chain(estates)
        .chain([crate::spend::commitments()])
        .collect()
}

/// Not called by a poll: the profile that `ListInferenceProfiles` does not list, which no scenario
/// has, and the tags of what the Tagging API omits, where a scenario tags everything.
const RARE: &[&str] = &["bedrock:GetInferenceProfile", "bedrock:ListTagsForResource"];

/// The operations that opening a session calls.
const SESSION: &[Api] = &[Api::StsGetCallerIdentity, Api::IamListAccountAliases];

#[tokio::test(flavor = "multi_thread")]
async fn every_pane_calls_exactly_what_it_declares() {
    for meta in collectors::metas().iter() {
        let mut called = BTreeSet::new();
        for scenario in scenarios() {
            let (_mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
            for report in look_twice(&sessions, &clock, meta.id).await {
                for fault in &report.faults {
                    // An account without a monitor has a fault; refused requests are the failure.
                    assert_eq!(fault.kind, FaultKind::Unavailable, "{}: {fault}", meta.id);
                }
            }
            called.extend(sessions.iter().flat_map(|session| session.calls.called()));
        }
        let called: BTreeSet<&str> = called
            .into_iter()
            .filter(|api| !SESSION.contains(api))
            .map(Api::iam_action)
            .filter(|need| !RARE.contains(need))
            .collect();
        let declared: BTreeSet<&str> = meta
            .needs
            .iter()
            .copied()
            .filter(|need| !RARE.contains(need))
            .collect();
        assert_eq!(called, declared, "{}", meta.id);
    }
}

/// The reports of a pane's sources. The second poll sends the requests for which the first had no
/// pages left.
async fn look_twice(sessions: &[Session], clock: &Clock, pane: PaneId) -> Vec<Report> {
    let mut reports = Vec::new();
    for mut source in collectors::sources(sessions, Prices::embedded(), clock, &[]) {
        if source.id().pane == pane {
            for kind in [PollKind::Inventory, PollKind::Metrics, PollKind::Inventory] {
                reports.push(source.poll(kind).await);
            }
        }
    }
    reports
}

#[tokio::test]
async fn undeclared_request_is_not_sent() {
    let scenario = Scenario::find("quiet").unwrap();
    let (_mock, sessions, _clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    let session = &sessions[0];
    let sent = session.calls.requests();
    let find = || metrics::find_recent(session, "AWS/EC2", "CPUUtilization", &[]);
    let refused = restrict(&[Api::CloudWatchGetMetricData], find()).await;
    assert_eq!(refused.unwrap_err().kind, FaultKind::Refused);
    assert_eq!(session.calls.requests(), sent, "nothing was sent");
    restrict(&[Api::CloudWatchListMetrics], find())
        .await
        .unwrap();
    assert!(session.calls.requests() > sent);
}

/// The actions of a printed policy.
fn printed(arguments: &[&str]) -> (serde_json::Value, BTreeSet<String>) {
    let printed = run_spendtop(arguments);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let policy: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap());
    let actions = actions.map(|action| action.as_str().unwrap().to_owned());
    let actions = actions.collect();
    (policy, actions)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_a_run_is_in_the_printed_policy() {
    let (_, allowed) = printed(&["iam-policy"]);
    let scenario = Scenario::find("weekend-spike").unwrap();
    let (mock, ..) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    mock.clear_calls();
    let home = tempfile::tempdir().unwrap();
    let mut command = at_endpoint(home.path(), &mock.url(), &["--once", "--region", "all"]);
    let frame = tokio::task::block_in_place(|| run(&mut command));
    assert_eq!(frame.code, 0, "{}", frame.err);
    let calls = mock.calls();
    let called: BTreeSet<_> = calls
        .iter()
        .map(|call| (call.service, &*call.operation))
        .collect();
    assert!(called.len() > 30, "{called:?}");
    for (service, operation) in called {
        let action = match (service, operation) {
            ("sts", "GetCallerIdentity") => continue,
            ("budgets", "DescribeBudgets") => "budgets:ViewBudget".to_owned(),
            _ => format!("{service}:{operation}"),
        };
        assert!(allowed.contains(&action), "{action}");
    }
}

#[test]
fn policy_of_an_operation_has_its_requests_and_conditions() {
    let (reads, (policy, actions)) = (
        printed(&["iam-policy"]).1,
        printed(&["iam-policy", "--actions=scale", "--region", "eu-west-1"]),
    );
    let added: BTreeSet<&str> = actions.difference(&reads).map(String::as_str).collect();
    for action in ["sagemaker:UpdateCluster", "iam:PassRole"] {
        assert!(added.contains(action), "{added:?}");
    }
    assert!(!added.contains("ec2:TerminateInstances"));
    let text = policy.to_string();
    for condition in [
        r#""iam:PassedToService":["sagemaker.amazonaws.com"]"#,
        r#""aws:RequestedRegion":["eu-west-1"]"#,
    ] {
        assert!(text.contains(condition), "{text}");
    }
    let wrong = run_spendtop(&["iam-policy", "--actions=halt"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong
            .err
            .contains("there is no operation `halt`: expected one of stop")
    );
}

#[test]
fn policy_holds_every_declared_operation() {
    let mut all = iam_policy::policy(spendtop::domain::Operation::ALL, &[]);
    all.allow_organization("finops-reader");
    let all = all.actions();
    for api in Api::ALL {
        let is_free = *api == Api::StsGetCallerIdentity;
        assert_eq!(!is_free, all.contains(api.iam_action()), "{api}");
    }
}
