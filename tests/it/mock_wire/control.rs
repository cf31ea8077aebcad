//! The control API `/_spendtop`: faults, request counts and the clock over HTTP.

use super::{config, mock, raw};
use aws_sdk_ec2::{Client as Ec2, error::ProvideErrorMetadata};
use aws_sdk_sagemaker::Client as SageMaker;
use serde_json::{Value, json};
use spendtop::mock::{FaultEffect, FaultRule, Mock};

/// Calls the control API; returns status and body.
async fn ask(mock: &Mock, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (head, body) = raw::send(
        mock,
        &format!("{method} /_spendtop/{path}"),
        &[],
        body.as_bytes(),
    )
    .await;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")),
    )
}

fn worker(mock: &Mock, name: &str) -> String {
    let (simulation, now) = (mock.simulation(), mock.now());
    let all = simulation.instances("us-east-1", now);
    all.iter()
        .find(|one| one.tags.get("Name").is_some_and(|tag| tag == name))
        .unwrap()
        .id
        .clone()
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared_over_http() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let id = worker(&mock, "hpo-worker-3");
    let plan = r#"[
        {"kind": "deny", "service": "ec2", "operation": "Stop*", "resource": "rag-*"},
        {"kind": "gone", "resource": "hpo-worker-3", "operation": "StopInstances", "times": 1}
    ]"#;
    let (status, answer) = ask(&mock, "POST", "faults", plan).await;
    assert_eq!(
        (status, answer["faults"].as_array().unwrap().len()),
        (200, 2),
        "{answer}"
    );
    let gone = ec2
        .stop_instances()
        .instance_ids(&id)
        .send()
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Some("InvalidInstanceID.NotFound"));
    ec2.stop_instances().instance_ids(&id).send().await.unwrap();
    let (_, answer) = ask(&mock, "GET", "faults", "").await;
    assert_eq!(
        (
            &answer["faults"][1]["matched"],
            &answer["faults"][1]["fired"],
            &answer["faults"][0]["matched"]
        ),
        (&json!(1), &json!(1), &json!(0))
    );
    let (_, answer) = ask(&mock, "DELETE", "faults", "").await;
    assert_eq!(answer["faults"], json!([]));
    mock.stop().await;
}

#[tokio::test]
async fn invalid_control_requests_are_refused() {
    let mock = mock();
    let (status, answer) = ask(
        &mock,
        "POST",
        "faults",
        "[[fault]]\nkind = \"deny\"\nregion = \"moon-1\"\n",
    )
    .await;
    assert_eq!(status, 400);
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .starts_with("line 3: `moon-1` is not in `regions`"),
        "{answer}"
    );
    for (method, path, status) in [
        ("GET", "nothing", 404),
        ("PUT", "faults", 405),
        ("GET", "calls?colour=red", 400),
    ] {
        assert_eq!(
            ask(&mock, method, path, "").await.0,
            status,
            "{method} {path}"
        );
    }
    mock.stop().await;
}

/// Stops an instance through three faults, of which the last takes effect, and another one once,
/// and in a dry run; then lists.
async fn make_six_requests(mock: &Mock) {
    let ec2 = Ec2::new(&config(mock, "us-east-1").await);
    let (id, other) = (worker(mock, "hpo-worker-3"), worker(mock, "hpo-worker-4"));
    for fault in [
        FaultEffect::Deny,
        FaultEffect::Status500,
        FaultEffect::ResetAfter,
    ] {
        mock.fail("ec2", "StopInstances", fault, 1);
        let stop = ec2.stop_instances().instance_ids(&id);
        stop.send().await.unwrap_err();
    }
    let stop = ec2.stop_instances().instance_ids(&other);
    stop.clone().send().await.unwrap();
    stop.dry_run(true).send().await.unwrap_err();
    ec2.describe_instances().send().await.unwrap();
}

/// The answer of `calls`, whose sums are asserted.
async fn ask_for_calls(mock: &Mock, path: &str, requests: u64, effects: u64) -> Value {
    let (_, answer) = ask(mock, "GET", path, "").await;
    assert_eq!(
        (&answer["requests"], &answer["effects"]),
        (&json!(requests), &json!(effects)),
        "{answer:#}"
    );
    answer
}

#[tokio::test]
async fn effects_are_counted_separately_from_requests() {
    let mock = mock();
    make_six_requests(&mock).await;
    ask_for_calls(&mock, "calls", 6, 2).await;
    assert_eq!(
        (
            mock.count("ec2", "StopInstances"),
            mock.effects("ec2", "StopInstances")
        ),
        (4, 2),
        "dry runs apart"
    );
    ask(&mock, "DELETE", "calls", "").await;
    ask_for_calls(&mock, "calls", 0, 0).await;
    mock.stop().await;
}

#[tokio::test]
async fn calls_are_selected_by_operation_and_resource() {
    let mock = mock();
    make_six_requests(&mock).await;
    let path = "calls?operation=Stop*&resource=hpo-worker-3";
    let answer = ask_for_calls(&mock, path, 3, 1).await;
    let faults: Vec<_> = answer["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["fault"].as_str().unwrap())
        .collect();
    assert_eq!(faults, ["deny", "status-500", "reset-after"]);
    let counted: Vec<_> = answer["counters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (&line["status"], &line["effects"]))
        .map(|(status, effects)| (status.as_u64().unwrap(), effects.as_u64().unwrap()))
        .collect();
    assert_eq!(
        counted,
        [(0, 1), (403, 0), (500, 0)],
        "by row, dry run, status"
    );
    mock.stop().await;
}

#[tokio::test]
async fn every_fault_effect_has_its_code_and_effect() {
    let mock = mock();
    let sagemaker = SageMaker::new(&config(&mock, "us-east-1").await);
    let name = mock
        .simulation()
        .notebooks("us-east-1", mock.now())
        .iter()
        .find(|one| one.state(mock.now()).name() == "InService")
        .unwrap()
        .name
        .clone();
    for (fault, code, effects) in [
        (FaultEffect::Deny, Some("AccessDeniedException"), 0),
        (FaultEffect::Throttle, Some("ThrottlingException"), 0),
        (FaultEffect::ExpiredToken, Some("ExpiredTokenException"), 0),
        (FaultEffect::Gone, Some("ValidationException"), 0),
        (FaultEffect::Status500, Some("InternalFailure"), 0),
        (FaultEffect::BrokenBody, None, 0),
        (FaultEffect::Reset, None, 0),
        (
            FaultEffect::Slow(std::time::Duration::from_millis(5)),
            None,
            1,
        ),
    ] {
        mock.clear_calls();
        mock.add_fault(
            FaultRule::new(fault)
                .of("sagemaker", "StopNotebookInstance")
                .resource(&name)
                .times(1),
        );
        let sent = sagemaker
            .stop_notebook_instance()
            .notebook_instance_name(&name)
            .send()
            .await;
        assert_eq!(
            sent.is_ok(),
            matches!(fault, FaultEffect::Slow(_)),
            "{fault:?}"
        );
        if let Err(error) = sent {
            assert_eq!(error.code(), code, "{fault:?}");
        }
        assert_eq!(
            (
                mock.count("sagemaker", "StopNotebookInstance"),
                mock.effects("sagemaker", "StopNotebookInstance")
            ),
            (1, effects),
            "{fault:?}"
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn clock_jumps_forward_and_faults_follow() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let (_, before) = ask(&mock, "GET", "clock", "").await;
    ask(
        &mock,
        "POST",
        "faults",
        r#"[{"kind": "throttle", "service": "ec2", "from": "+1h", "until": "+2h"}]"#,
    )
    .await;
    let mut went = Vec::new();
    for _ in 0..3 {
        went.push(ec2.describe_instances().send().await.is_ok());
        assert_eq!(
            ask(&mock, "POST", "clock", r#"{"forward": "61m"}"#).await.0,
            200
        );
    }
    assert_eq!(went, [true, false, true]);
    let (_, after) = ask(&mock, "GET", "clock", "").await;
    assert!(after["now"].as_str() > before["now"].as_str());
    assert_eq!(
        ask(&mock, "POST", "clock", r#"{"forward": "soon"}"#).await,
        (400, json!({"error": "write {\"forward\": \"2h\"}"}))
    );
    mock.stop().await;
}
