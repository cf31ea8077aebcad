//! From an anomaly to its contributors, their stop and feedback to AWS.

use crate::harness::{Harness, count_succeeded, has_line};
use crossterm::event::KeyCode;

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
    // Every source has answered: the burn is no lower bound.
    harness.wait_for("BURN $").await;
    open_contributors(&mut harness).await;
    stop_contributors(&mut harness).await;
    send_feedback(&mut harness).await;
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

/// Opens the contributors of the p4d anomaly: eight running workers.
async fn open_contributors(harness: &mut Harness) {
    harness.enter(":anomalies");
    harness.wait_for_line(&["BoxUsage:p4d.24xl", "open"]).await;
    harness.enter("/p4d");
    harness.type_text("s");
    let frame = harness.wait_for("contributors explain").await;
    for n in 1..=8 {
        assert!(
            has_line(&frame, &[&format!("hpo-worker-{n}"), "running"]),
            "{frame}"
        );
    }
}

/// Stops all eight: each is stopped once, and the cost rate falls.
async fn stop_contributors(harness: &mut Harness) {
    // Cost rate after every region was read: the eight p4d.24xlarge are $175 of it.
    let frame = harness
        .wait("the total cost rate", |frame| burn(frame) > 470.0)
        .await;
    let before = burn(&frame);
    harness.type_text("*");
    harness.type_text("S");
    harness.wait_for("Stop 8 resources?").await;
    harness.confirm().await;
    harness
        .wait_for_journal("eight stops", |lines| count_succeeded(lines) == 8)
        .await;
    harness.wait_for("done: F sends feedback").await;
    assert_eq!(harness.mock.count("ec2", "StopInstances"), 8);
    let is_stopped = |line: &&str| line.contains("hpo-worker-") && line.contains("stopped");
    harness
        .wait("all stopped", |frame| {
            frame.lines().filter(is_stopped).count() == 8
        })
        .await;
    harness
        .wait("a burn that fell", |frame| burn(frame) < before - 170.0)
        .await;
}

/// Sends the feedback that it is an anomaly: AWS gets it once.
async fn send_feedback(harness: &mut Harness) {
    harness.type_text("F");
    harness.wait_for("Is it an anomaly?").await;
    harness.press(KeyCode::Enter);
    harness.wait_for("ProvideAnomalyFeedback").await;
    harness.confirm().await;
    harness.wait_for("Feedback sent: YES").await;
    assert_eq!(harness.mock.count("ce", "ProvideAnomalyFeedback"), 1);
    let now = harness.mock.clock().now();
    let anomalies = harness.mock.simulation().anomalies(now);
    let feedback = anomalies.iter().filter_map(|one| one.feedback.as_deref());
    assert_eq!(feedback.collect::<Vec<_>>(), ["YES"]);
}
