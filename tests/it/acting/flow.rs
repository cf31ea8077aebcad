//! The whole way from an anomaly to its suspects, their stop, and the answer to AWS.

use crate::rig::Rig;
use crossterm::event::KeyCode;

/// Whether one line of `frame` has all of `words`.
fn line(frame: &str, words: &[&str]) -> bool {
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
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-8").await;
    rig.type_text(":anomalies");
    rig.press(KeyCode::Enter);
    rig.wait("the anomaly of p4d", |frame| {
        line(frame, &["BoxUsage:p4d.24xl", "open"])
    })
    .await;
    rig.type_text("/p4d");
    rig.press(KeyCode::Enter);
    rig.type_text("s");
    let frame = rig
        .wait("the suspects", |frame| {
            frame.contains("those below explain")
        })
        .await;
    for n in 1..=8 {
        assert!(
            line(&frame, &[&format!("hpo-worker-{n}"), "running"]),
            "{frame}"
        );
    }
    // Dollars an hour, once every region is read: the eight p4d.24xlarge are $175 of it.
    let before = burn(
        &rig.wait("the whole burn", |frame| burn(frame) > 470.0)
            .await,
    );
    rig.type_text("*");
    rig.type_text("S");
    rig.wait_for("Stop 8 resources?").await;
    rig.yes().await;
    rig.wait_in_journal("eight stops", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == 8
    })
    .await;
    rig.wait("the offer of feedback", |frame| {
        line(frame, &["done: F tells AWS"])
    })
    .await;
    assert_eq!(rig.mock.count("ec2", "StopInstances"), 8);
    rig.wait("all stopped", |frame| {
        frame
            .lines()
            .filter(|line| line.contains("hpo-worker-") && line.contains("stopped"))
            .count()
            == 8
    })
    .await;
    rig.wait("a burn that fell", |frame| burn(frame) < before - 170.0)
        .await;
    rig.type_text("F");
    rig.wait_for("Is it an anomaly?").await;
    rig.press(KeyCode::Enter);
    rig.wait_for("ProvideAnomalyFeedback").await;
    rig.yes().await;
    rig.wait_for("AWS was told: YES").await;
    assert_eq!(rig.mock.count("ce", "ProvideAnomalyFeedback"), 1);
    let now = rig.mock.clock().now();
    let told = rig
        .mock
        .simulation()
        .anomalies(now)
        .iter()
        .filter(|one| one.feedback.as_deref() == Some("YES"))
        .count();
    assert_eq!(told, 1);
    rig.press(KeyCode::Esc);
    rig.wait("the anomaly again", |frame| {
        !frame.contains("those below explain")
    })
    .await;
    rig.type_text("1");
    rig.wait_for("Burning with nothing").await;
    rig.quit().await;
}
