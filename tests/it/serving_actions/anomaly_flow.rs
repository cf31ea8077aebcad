//! From an anomaly to its contributors, their stop and feedback to AWS.

use crate::harness::{Harness, count_succeeded};
use crossterm::event::KeyCode;

/// Whether one line of `frame` has all of `words`.
fn has_line(frame: &str, words: &[&str]) -> bool {
    frame
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

/// The dollars per hour in the header.
fn burn(frame: &str) -> f64 {
    let after = frame
        .split_once("BURN $")
        .unwrap_or_else(|| panic!("no burn in:\n{frame}"))
        .1;
    let (figure, _) = after.split_once("/h").unwrap();
    figure.replace(',', "").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn anomaly_leads_to_contributors_stop_and_feedback() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("hpo-worker-8").await;
    harness.type_text(":anomalies");
    harness.press(KeyCode::Enter);
    harness
        .wait("the anomaly of p4d", |frame| {
            has_line(frame, &["BoxUsage:p4d.24xl", "open"])
        })
        .await;
    harness.type_text("/p4d");
    harness.press(KeyCode::Enter);
    harness.type_text("s");
    let frame = harness
        .wait("the contributors", |frame| {
            frame.contains("contributors explain")
        })
        .await;
    for n in 1..=8 {
        assert!(
            has_line(&frame, &[&format!("hpo-worker-{n}"), "running"]),
            "{frame}"
        );
    }
    // Cost rate after every region was read: the eight p4d.24xlarge are $175 of it.
    let before = burn(
        &harness
            .wait("the total cost rate", |frame| burn(frame) > 470.0)
            .await,
    );
    harness.type_text("*");
    harness.type_text("S");
    harness.wait_for("Stop 8 resources?").await;
    harness.confirm().await;
    harness
        .wait_for_journal("eight stops", |lines| count_succeeded(lines) == 8)
        .await;
    harness
        .wait("the offer of feedback", |frame| {
            has_line(frame, &["done: F sends feedback"])
        })
        .await;
    assert_eq!(harness.mock.count("ec2", "StopInstances"), 8);
    harness
        .wait("all stopped", |frame| {
            frame
                .lines()
                .filter(|line| line.contains("hpo-worker-") && line.contains("stopped"))
                .count()
                == 8
        })
        .await;
    harness
        .wait("a burn that fell", |frame| burn(frame) < before - 170.0)
        .await;
    harness.type_text("F");
    harness.wait_for("Is it an anomaly?").await;
    harness.press(KeyCode::Enter);
    harness.wait_for("ProvideAnomalyFeedback").await;
    harness.confirm().await;
    harness.wait_for("Feedback sent: YES").await;
    assert_eq!(harness.mock.count("ce", "ProvideAnomalyFeedback"), 1);
    let now = harness.mock.clock().now();
    let feedback_count = harness
        .mock
        .simulation()
        .anomalies(now)
        .iter()
        .filter(|one| one.feedback.as_deref() == Some("YES"))
        .count();
    assert_eq!(feedback_count, 1);
    harness.press(KeyCode::Esc);
    harness
        .wait("the anomaly again", |frame| {
            !frame.contains("contributors explain")
        })
        .await;
    harness.type_text("1");
    harness.wait_for("Waste by cost").await;
    harness.quit().await;
}
