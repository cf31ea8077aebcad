//! `spendtop doctor`: the built program on mocks that deny, on a server that is silent, and with an
//! expired profile beside a good one.

#![cfg(test)]

use crate::{
    cli::{CommandOutput, MockServer, at_endpoint, run, spendtop},
    panes::start_mock,
    roles::scenario,
    stub::{Stub, refuse},
};
use serde_json::Value;
use spendtop::{
    aws::Api,
    collectors,
    domain::{SourceScope, pane_id},
    mock::Mock,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

/// A mock whose caller has `role`.
async fn mock(role: &str) -> Mock {
    let (mock, ..) = start_mock(scenario(role), 1.0, &["us-east-1"]).await;
    mock.clear_calls();
    mock
}

fn doctor(url: &str, arguments: &[&str]) -> CommandOutput {
    let home = tempfile::tempdir().unwrap();
    let arguments = [&["doctor"], arguments].concat();
    let mut command = at_endpoint(home.path(), url, &arguments);
    tokio::task::block_in_place(|| run(&mut command))
}

/// The checks by area and subject.
fn checks(output: &CommandOutput) -> BTreeMap<(String, String), Value> {
    let checks: Vec<Value> = serde_json::from_str(&output.out)
        .unwrap_or_else(|error| panic!("{error}: {} {}", output.out, output.err));
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let keyed = |check: Value| ((text(&check, "area"), text(&check, "subject")), check);
    checks.into_iter().map(keyed).collect()
}

/// The state and detail of the check whose subject begins with `subject`.
#[track_caller]
fn find<'a>(
    checks: &'a BTreeMap<(String, String), Value>,
    area: &str,
    subject: &str,
) -> (&'a str, &'a str) {
    let found = checks
        .iter()
        .find(|((known, name), _)| known == area && name.starts_with(subject))
        .unwrap_or_else(|| panic!("no {area} {subject} in {checks:#?}"));
    let text = |key: &str| found.1[key].as_str().unwrap();
    (text("state"), text("detail"))
}

fn limited(checks: &BTreeMap<(String, String), Value>) -> BTreeSet<&str> {
    let limited = checks
        .iter()
        .filter(|(_, check)| check["state"] == "limited");
    let names = limited.map(|((area, subject), _)| match area.as_str() {
        "permissions" => subject.split(' ').next().unwrap(),
        other => other,
    });
    names.collect()
}

/// Sends no request that changes something or costs a cent, and each that a pane declares.
#[tokio::test(flavor = "multi_thread")]
async fn healthy_account_passes_and_nothing_is_changed() {
    let scenario = spendtop::mock::Scenario::find("weekend-spike").unwrap();
    let (mock, ..) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    mock.clear_calls();
    let output = doctor(&mock.url(), &["--output", "json"]);
    let checks = checks(&output);
    assert_eq!(limited(&checks), BTreeSet::new(), "{checks:#?}");
    assert_eq!(output.code, 0, "{}", output.err);
    assert_eq!(find(&checks, "credentials", "environment").0, "ok");
    assert_eq!(find(&checks, "clock", "environment"), ("ok", "as AWS's"));
    assert_eq!(find(&checks, "costs", "bill").0, "not-asked");
    let (state, detail) = find(&checks, "actions", "environment");
    assert_eq!(state, "ok", "{detail}");
    for operation in ["stop", "start", "reboot", "tag", "terminate"] {
        assert!(detail.contains(operation), "{operation} in {detail}");
    }
    assert_eq!(mock.take_mismatches(), []);
    let calls = mock.calls();
    for call in &calls {
        let name = &call.operation;
        let reads = ["Describe", "Get", "List"]
            .iter()
            .any(|verb| name.starts_with(verb));
        assert!(reads || call.dry_run, "{call:?}");
        assert!(!call.effect && call.service != "ce", "{call:?}");
    }
    let called: BTreeSet<String> = calls
        .iter()
        .map(|call| format!("{}:{}", call.service, call.operation))
        .collect();
    let regional = |meta: &&spendtop::domain::PaneMeta| meta.scope == SourceScope::Region;
    for pane in collectors::metas().iter().filter(regional) {
        for need in &pane.needs {
            assert!(called.contains(*need), "{} needs {need}", pane.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn denied_requests_are_named_pane_by_pane() {
    let mock = mock("ReadOnlyAccess").await;
    let output = doctor(&mock.url(), &["-o", "json", "--read-only"]);
    let found = checks(&output);
    assert_eq!(output.code, 1);
    // The policy allows to read one of these, not to list them.
    assert_eq!(limited(&found), BTreeSet::from([pane_id::THROUGHPUT]));
    let (_, detail) = find(&found, "permissions", pane_id::THROUGHPUT);
    let denied = "denied: bedrock:ListCustomModelDeployments, bedrock:ListImportedModels";
    assert!(detail.contains(denied), "{detail}");
    assert_eq!(find(&found, "actions", "environment").0, "note");
    let may_act = checks(&doctor(&mock.url(), &["-o", "json"]));
    let (state, detail) = find(&may_act, "actions", "environment");
    assert_eq!(state, "limited");
    assert!(detail.contains("stop (ec2:StopInstances)"), "{detail}");
    assert!(mock.calls().iter().all(|call| !call.effect));
    mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn auditor_sees_the_resources_and_not_the_bill() {
    let mock = mock("SecurityAudit").await;
    let output = doctor(&mock.url(), &["-o", "json", "--read-only", "--paid"]);
    let found = checks(&output);
    assert_eq!(output.code, 1);
    for pane in [pane_id::GPUS, pane_id::NOTEBOOKS] {
        assert_eq!(find(&found, "permissions", pane).0, "ok");
    }
    let (state, detail) = find(&found, "permissions", pane_id::SPEND);
    assert_eq!(state, "limited");
    assert!(detail.contains("budgets:ViewBudget"), "{detail}");
    let (state, detail) = find(&found, "costs", "bill");
    assert_eq!(state, "limited");
    assert!(detail.contains("ce:GetCostAndUsage"), "{detail}");
    mock.stop().await;
}

/// The bill is asked as of this machine's time, which this mock has.
#[test]
fn paid_run_tells_what_cost_explorer_has() {
    let mock = MockServer::new("weekend-spike");
    let found = checks(&mock.ask(&["doctor", "-o", "json", "--paid"]));
    for subject in ["bill", "hourly data", "tag team"] {
        assert_eq!(find(&found, "costs", subject).0, "ok", "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_server_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Accepts and never answers.
    thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    let start = Instant::now();
    let output = doctor(&url, &[]);
    assert!(
        start.elapsed() < Duration::from_secs(45),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(output.code, 2, "{}", output.out);
    for text in [
        "the account is not known",
        "no answer within 5 s",
        "1 failure",
    ] {
        assert!(output.out.contains(text), "{text} in {}", output.out);
    }
    assert!(!output.out.contains('\u{1b}'), "plain text for a pipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_profile_beside_a_good_one_limits() {
    let stub = Stub::new(|request| {
        (request.key == "AKIDOLD").then(|| {
            let text = "The security token included in the request is expired";
            refuse(request, "ExpiredTokenException", text)
        })
    });
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    let keys = |name: &str, id: &str| {
        format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = s\n")
    };
    let text = keys("old", "AKIDOLD") + &keys("good", "AKIDGOOD");
    fs::write(home.path().join(".aws/credentials"), text).unwrap();
    let arguments = [
        "doctor",
        "-o",
        "json",
        "--profile",
        "old,good",
        "--region",
        "us-east-1",
    ];
    let mut command = spendtop(home.path(), &arguments);
    command.env("AWS_ENDPOINT_URL", &stub.url);
    let output = tokio::task::block_in_place(|| run(&mut command));
    let found = checks(&output);
    assert_eq!(output.code, 1, "{found:#?}");
    let (state, detail) = find(&found, "credentials", "profile old");
    assert_eq!(state, "limited");
    assert!(detail.contains("aws sso login --profile old"), "{detail}");
    let (state, detail) = find(&found, "credentials", "profile good");
    assert_eq!(state, "ok");
    assert!(detail.contains("keys of profile good"), "{detail}");
    assert!(detail.contains("account 1111-2222-3333"), "{detail}");
}

#[test]
fn no_credentials_are_a_failure() {
    let home = tempfile::tempdir().unwrap();
    let output = run(&mut spendtop(home.path(), &["doctor"]));
    assert_eq!(output.code, 2, "{}", output.out);
    assert!(
        output.out.contains("no AWS credentials were found"),
        "{}",
        output.out
    );
    assert!(output.out.contains("spendtop demo"), "{}", output.out);
}

/// Every request that a pane declares has a probe, apart from those of Cost Explorer.
#[tokio::test]
async fn each_declared_request_can_be_asked() {
    let scenario = spendtop::mock::Scenario::find("quiet").unwrap();
    let (mock, sessions, _) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    for pane in collectors::metas().iter() {
        for need in &pane.needs {
            let api = Api::ALL
                .iter()
                .find(|api| api.iam_action() == *need)
                .unwrap();
            let has_probe = spendtop::aws::probe::has_probe(&sessions[0], *api);
            assert_eq!(has_probe, !need.starts_with("ce:"), "{need}");
        }
    }
    mock.stop().await;
}
