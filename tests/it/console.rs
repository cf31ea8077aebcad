//! The main job, end to end: the real loop, the real SDK, HTTP to the mock, and back onto the
//! screen.

use super::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule};

/// Whether one line of `frame` has all of `words`.
fn line(frame: &str, words: &[&str]) -> bool {
    frame
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

#[tokio::test(flavor = "multi_thread")]
async fn first_frame_needs_no_aws_answer() {
    let mut rig = Rig::unconnected("weekend-spike");
    rig.wait_for("spendtop").await;
    assert!(rig.mock.calls().is_empty());
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_is_stopped_and_waited_for() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait("vision-labeling at work", |frame| {
        line(frame, &["vision-labeling", "InService"])
    })
    .await;
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("S");
    rig.wait_for("StopNotebookInstance").await;
    assert_eq!(
        rig.mock.count("sagemaker", "StopNotebookInstance"),
        0,
        "nothing is done before the answer"
    );
    rig.yes().await;
    rig.wait("vision-labeling stopped", |frame| {
        line(frame, &["vision-labeling", "Stopped"])
    })
    .await;
    rig.settled("vision-labeling").await;
    assert_eq!(
        rig.journal(),
        [
            "vision-labeling intent",
            "vision-labeling accepted",
            "vision-labeling succeeded"
        ]
    );
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 1);
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_is_scaled_from_eight_to_two() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("rec-endpoint").await;
    rig.type_text("4/rec-endpoint");
    rig.press(KeyCode::Enter);
    rig.type_text("C");
    rig.press(KeyCode::Backspace);
    rig.type_text("2");
    rig.press(KeyCode::Enter);
    rig.wait_for("DesiredInstanceCount=2").await;
    rig.yes().await;
    rig.settled("rec-endpoint/AllTraffic").await;
    rig.wait("rec-endpoint with two instances", |frame| {
        line(frame, &["rec-endpoint", " 2 "])
    })
    .await;
    let ended = rig.journal();
    assert_eq!(
        ended.last().map(String::as_str),
        Some("rec-endpoint/AllTraffic succeeded")
    );
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marked_instances_are_tagged_in_one_plan() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-3").await;
    rig.type_text("2/hpo-worker");
    rig.press(KeyCode::Enter);
    rig.type_text("   T");
    rig.type_text("cost-centre=7781");
    rig.press(KeyCode::Enter);
    rig.press(KeyCode::Enter);
    rig.wait_for("CreateTags").await;
    rig.yes().await;
    rig.wait_in_journal("three succeeded", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == 3
    })
    .await;
    assert_eq!(rig.mock.count("ec2", "CreateTags"), 3);
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_chart_switches_between_day_and_hour() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.type_text("8");
    rig.wait_for("Sum of 3 rows  by day").await;
    rig.type_text("B");
    rig.wait_for("Sum of 3 rows  by hour").await;
    rig.type_text("B");
    rig.wait_for("Sum of 3 rows  by day").await;
    rig.type_text("1");
    rig.wait_for("Burning with nothing").await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_console_changes_nothing() {
    let mut rig = Rig::read_only("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("Sy");
    rig.wait("a word on it", |frame| {
        frame.to_lowercase().contains("read-only")
    })
    .await;
    assert!(rig.journal().is_empty());
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 0);
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arn_is_copied_and_view_is_exported() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("Yx");
    rig.wait_for("csv").await;
    rig.press(KeyCode::Enter);
    rig.wait_for("Saved").await;
    assert_eq!(
        *rig.copied.lock().unwrap(),
        ["arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/vision-labeling"]
    );
    let saved = std::fs::read_dir(rig.path(""))
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
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursor_starts_on_the_top_of_the_ranking() {
    let denied = FaultRule::new(FaultEffect::Deny).of("ec2", "DescribeInstances");
    let mut rig = Rig::with_faults("weekend-spike", vec![denied]);
    // The others are there, and ranked, for a good while.
    let frame = rig
        .wait("a ranking without instances", |frame| {
            line(frame, &["Burning with nothing to show for it", "/h"])
        })
        .await;
    assert!(!frame.contains("hpo-worker"), "{frame}");
    rig.mock.clock().advance(120.0);
    rig.mock.clear_faults();
    rig.refresh();
    rig.wait("the fleet on top", |frame| {
        line(frame, &["hpo-worker ×8", "@mlops"])
    })
    .await;
    rig.type_text("S");
    let frame = rig
        .wait("a question", |frame| {
            frame.contains("DryRun") || frame.contains("looked at again")
        })
        .await;
    assert!(frame.contains("Stop 8 resources?"), "{frame}");
    rig.press(KeyCode::Esc);
    rig.wait("no question", |frame| !frame.contains("looked at again"))
        .await;
    rig.quit().await;
}
