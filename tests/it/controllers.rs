//! Machines that a controller starts: its text in a row and in a plan, and the console's report
//! after a stop.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::{
    harness::Harness,
    panes::{cell, poll, start_mock},
};
use spendtop::{
    domain::{Record, Value, pane_id},
    mock::Scenario,
};

const SCENARIO: &str = "controllers";

/// Opens the confirm dialog of a stop of the row `name`.
async fn open_stop(name: &str) -> Harness {
    let mut harness = Harness::new(SCENARIO);
    harness.wait_for("trainer-1").await;
    harness.enter(&format!("2/{name}"));
    harness.type_text("S");
    harness
}

/// The journal entries as `event saves`.
fn entries(harness: &Harness) -> Vec<String> {
    let text = std::fs::read_to_string(harness.path("journal.jsonl")).unwrap();
    let entry = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let saves = match entry["saves_usd_per_hour"].as_f64() {
            None => "unknown",
            Some(0.0) => "nothing",
            Some(_) => "something",
        };
        format!("{} {saves}", entry["event"].as_str().unwrap())
    };
    text.lines().map(entry).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_name_the_controller_its_tag_and_the_lever() {
    let scenario = Scenario::find(SCENARIO).unwrap();
    let (mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    let reports = poll(&sessions, &clock, Some(pane_id::GPUS)).await;
    let rows: Vec<&Record> = reports
        .iter()
        .flat_map(|(_, report)| &report.rows)
        .collect();
    let row = |name: &str| *rows.iter().find(|row| &*row.head.name == name).unwrap();
    for (name, controller, tag, lever) in [
        (
            "trainer-1",
            "Auto Scaling group trainers",
            "aws:autoscaling:groupName=trainers",
            "aws autoscaling update-auto-scaling-group --auto-scaling-group-name trainers",
        ),
        (
            "eks-gpu-2",
            "EKS node group gpu",
            "eks:nodegroup-name=gpu",
            "aws eks update-nodegroup-config --cluster-name ml-prod --nodegroup-name gpu",
        ),
        (
            "karpenter-node",
            "Karpenter node pool gpu",
            "karpenter.sh/nodepool=gpu",
            "kubectl patch nodepool gpu",
        ),
        (
            "Compute",
            "ParallelCluster hpc",
            "parallelcluster:cluster-name=hpc",
            "pcluster update-compute-fleet --cluster-name hpc --status STOP_REQUESTED",
        ),
        (
            "sky-finetune-ana-head",
            "SkyPilot cluster finetune-ana",
            "skypilot-cluster-name=finetune-ana",
            "sky down finetune-ana",
        ),
    ] {
        let row = row(name);
        let text = |field| match cell(pane_id::GPUS, row, field, clock.now()) {
            Value::Text(text) => text.to_string(),
            other => panic!("{name} {field}: {other:?}"),
        };
        assert_eq!(text("controller"), controller);
        assert_eq!(text("controller_tag"), tag);
        assert!(text("lever").starts_with(lever), "{}", text("lever"));
    }
    let alone = row("bench-box");
    for field in ["controller", "controller_tag", "lever"] {
        let value = cell(pane_id::GPUS, alone, field, clock.now());
        assert_eq!(value, Value::None);
    }
    mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replacement_of_a_stopped_machine_is_reported_and_nothing_is_saved() {
    let mut harness = open_stop("trainer-1").await;
    let names_controller = |frame: &str| {
        frame.contains("Auto Scaling group trainers starts a replacement")
            && frame.contains("--desired-capacity 0")
            && frame.contains("saves nothing")
    };
    harness.wait("controller and lever", names_controller).await;
    harness.confirm().await;
    let is_watched = |frame: &str| frame.contains("watching");
    harness.wait("a watch", is_watched).await;
    harness
        .wait("the replacement", |frame| frame.contains("came back"))
        .await;
    let replaced = |events: &[String]| events.iter().any(|event| event.ends_with(" replaced"));
    harness.wait_for_journal("its entry", replaced).await;
    assert_eq!(
        entries(&harness),
        [
            "intent unknown",
            "accepted unknown",
            "watching unknown",
            "replaced nothing"
        ]
    );
    let text = std::fs::read_to_string(harness.path("journal.jsonl")).unwrap();
    assert!(
        text.contains("Auto Scaling group trainers started i-0"),
        "{text}"
    );
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_is_claimed_once_a_machine_stayed_off() {
    for (name, events) in [
        (
            "sky-finetune-ana-head",
            vec![
                "intent unknown",
                "accepted unknown",
                "watching unknown",
                "succeeded something",
            ],
        ),
        (
            "bench-box",
            vec![
                "intent something",
                "accepted something",
                "succeeded something",
            ],
        ),
    ] {
        let mut harness = open_stop(name).await;
        harness.confirm().await;
        let is_over = |events: &[String]| events.iter().any(|event| event.ends_with(" succeeded"));
        harness.wait_for_journal("its end", is_over).await;
        assert_eq!(entries(&harness), events, "{name}");
        harness.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn console_leaves_while_it_watches() {
    let mut harness = open_stop("trainer-2").await;
    harness.confirm().await;
    harness
        .wait("a watch", |frame| frame.contains("watching"))
        .await;
    harness.quit().await;
}
