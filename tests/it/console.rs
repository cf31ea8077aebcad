//! The console end to end: keys, event loop, SDK, HTTP to the mock, and the screen.

use super::harness::{Harness, count_succeeded, has_line};
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule};

#[tokio::test(flavor = "multi_thread")]
async fn first_frame_needs_no_aws_answer() {
    let mut harness = Harness::unconnected("weekend-spike");
    harness.wait_for("spendtop").await;
    assert!(harness.mock.calls().is_empty());
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_is_stopped_and_waited_for() {
    let mut harness = Harness::new("weekend-spike");
    harness
        .wait_for_line(&["vision-labeling", "InService"])
        .await;
    harness.enter("3/vision-labeling");
    harness.type_text("S");
    harness.wait_for("StopNotebookInstance").await;
    assert_eq!(
        harness.mock.count("sagemaker", "StopNotebookInstance"),
        0,
        "nothing happens before confirmation"
    );
    harness.confirm().await;
    harness.wait_for_line(&["vision-labeling", "Stopped"]).await;
    harness.wait_until_succeeded("vision-labeling").await;
    assert_eq!(
        harness.journal_events(),
        [
            "vision-labeling intent",
            "vision-labeling accepted",
            "vision-labeling succeeded"
        ]
    );
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 1);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_is_scaled_from_eight_to_two() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("rec-endpoint").await;
    harness.enter("4/rec-endpoint");
    harness.type_text("C");
    harness.press(KeyCode::Backspace);
    harness.enter("2");
    harness.wait_for("DesiredInstanceCount=2").await;
    harness.confirm().await;
    harness
        .wait_until_succeeded("rec-endpoint/AllTraffic")
        .await;
    harness.wait_for_line(&["rec-endpoint", " 2 "]).await;
    let ended = harness.journal_events();
    assert_eq!(
        ended.last().map(String::as_str),
        Some("rec-endpoint/AllTraffic succeeded")
    );
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marked_instances_are_tagged_in_one_plan() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("hpo-worker-3").await;
    harness.enter("2/hpo-worker");
    harness.type_text("   T");
    harness.enter("!cost-centre=7781");
    harness.press(KeyCode::Enter);
    harness.wait_for("CreateTags").await;
    harness.confirm().await;
    harness
        .wait_for_journal("three succeeded", |lines| count_succeeded(lines) == 3)
        .await;
    assert_eq!(harness.mock.count("ec2", "CreateTags"), 3);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_chart_switches_between_day_and_hour() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("vision-labeling").await;
    harness.type_text("8");
    harness.wait_for("Sum of 3 rows  by day").await;
    harness.type_text("B");
    harness.wait_for("Sum of 3 rows  by hour").await;
    harness.type_text("B");
    harness.wait_for("Sum of 3 rows  by day").await;
    harness.type_text("1");
    harness.wait_for("Waste by cost").await;
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_console_changes_nothing() {
    let mut harness = Harness::read_only("weekend-spike");
    harness.wait_for("vision-labeling").await;
    harness.enter("3/vision-labeling");
    harness.type_text("Sy");
    harness
        .wait("a read-only notice", |frame| {
            frame.to_lowercase().contains("read-only")
        })
        .await;
    assert!(harness.journal_events().is_empty());
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 0);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arn_is_copied_and_view_is_exported() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("vision-labeling").await;
    harness.enter("3/vision-labeling");
    harness.type_text("Yx");
    harness.wait_for("csv").await;
    harness.press(KeyCode::Enter);
    harness.wait_for("Saved").await;
    assert_eq!(
        *harness.copied_texts.lock().unwrap(),
        ["arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/vision-labeling"]
    );
    let saved = std::fs::read_dir(harness.path(""))
        .unwrap()
        .filter_map(Result::ok)
        .any(|entry| {
            let path = entry.path();
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().contains("notebooks"))
                && std::fs::read_to_string(path)
                    .unwrap()
                    .contains("vision-labeling")
        });
    assert!(saved);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursor_starts_on_the_top_of_the_ranking() {
    let denied = FaultRule::new(FaultEffect::Deny).of("ec2", "DescribeInstances");
    let mut harness = Harness::with_faults("weekend-spike", vec![denied]);
    // The other sources have answered and their rows are ranked.
    let frame = harness.wait_for_line(&["Waste by cost", "/h"]).await;
    assert!(!frame.contains("hpo-worker"), "{frame}");
    harness.mock.clock().advance(120.0);
    harness.mock.clear_faults();
    harness.refresh();
    harness.wait_for_line(&["hpo-worker ×8", "@mlops"]).await;
    harness.type_text("S");
    let frame = harness
        .wait("a dialog", |frame| {
            frame.contains("DryRun") || frame.contains("re-checked")
        })
        .await;
    assert!(frame.contains("Stop 8 resources?"), "{frame}");
    harness.press(KeyCode::Esc);
    harness
        .wait("no dialog", |frame| !frame.contains("re-checked"))
        .await;
    harness.quit().await;
}

/// STS did not answer at the start: the console requests the account again, and rows and header
/// change with it.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_named_later_reaches_the_rows() {
    let mut silent = FaultRule::new(FaultEffect::Status500).of("sts", "GetCallerIdentity");
    silent.times = 24;
    let mut harness = Harness::with_faults("weekend-spike", vec![silent]);
    harness.type_text("3");
    harness
        .wait("rows without an account", |frame| {
            has_line(frame, &["vision-labeling", "InService"]) && !frame.contains("1111-2222-3333")
        })
        .await;
    harness
        .wait("the account", |frame| frame.contains("1111-2222-3333"))
        .await;
    harness.enter(":notebooks");
    harness.enter("/account:111122223333");
    harness
        .wait("rows of the account", |frame| {
            has_line(frame, &["vision-labeling", "InService"]) && frame.contains("/account:")
        })
        .await;
    // Clears the filter, then returns to the Overview.
    harness.press(KeyCode::Esc);
    harness.press(KeyCode::Esc);
    let app = harness.quit().await;
    let accounts: std::collections::BTreeSet<String> = app
        .inventory
        .rows(spendtop::domain::pane_id::NOTEBOOKS)
        .map(|record| record.head.key.account.to_string())
        .collect();
    assert_eq!(accounts, ["111122223333".to_owned()].into());
}
