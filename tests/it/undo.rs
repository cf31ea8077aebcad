//! Undo end to end: keys, journal, requests to the mock and their effects.

use super::harness::{Harness, count_succeeded};
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule, Scenario, simulation::InstanceState};

const REGION: &str = "us-east-1";
const SCENARIO: &str = r#"
description = "what is changed and taken back"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "undone", caller = "user/ana" }
regions = ["us-east-1"]

[[instance]]
name = "box-{n}"
count = 3
type = "g5.xlarge"
launched = "-3d"
gpu = "steady 0-2"
tags = { environment = "dev", colour = "ruby-1", old = "sapphire-1" }

[[endpoint]]
name = "bounded"
created = "-9d"
type = "ml.g5.xlarge"
instances = 3
requests = "steady 10"
autoscaling = { min = 3, max = 6, target = 5 }

[[endpoint]]
name = "fixed"
created = "-9d"
type = "ml.g5.xlarge"
instances = 2
requests = "steady 10"

[[throughput]]
name = "units"
model = "meta.llama3-1-70b-instruct-v1:0"
custom-model = "triage-v1"
commitment = "none"
purchased = "-9d"
utilization = "steady 10"
tokens-per-minute = 1000

[[customization]]
name = "triage-v2"
model = "meta.llama3-1-70b-instruct-v1:0"
created = "-2d"
training-tokens = 1e6
"#;

/// A console on the row `name` of `page`, with its details open.
async fn open_row(page: &str, name: &str) -> Harness {
    let mut harness = Harness::from_scenario(Scenario::parse(SCENARIO, "undo.toml").unwrap());
    harness.wait_for("box-1").await;
    harness.enter(&format!(":{page}"));
    harness.wait_for(name).await;
    harness.enter(&format!("/{name}"));
    harness.type_text("d");
    harness
        .wait("its details", |frame| {
            frame.contains(name) && frame.contains("account")
        })
        .await;
    harness
}

/// Closes the details and quits from the Overview.
async fn quit(mut harness: Harness) {
    harness.press(KeyCode::Esc);
    harness
        .wait("its row alone", |frame| {
            !frame.contains("endpoint-variant") && !frame.contains("esc back")
        })
        .await;
    harness.type_text("1");
    harness.wait_for("Waste by cost").await;
    harness.quit().await;
}

/// Confirms the dialog that shows all `words`, and waits until `succeeded` actions have succeeded
/// in total.
async fn confirm(harness: &mut Harness, words: &[&str], succeeded: usize) {
    harness
        .wait(words[0], |frame| {
            words.iter().all(|word| frame.contains(word))
        })
        .await;
    harness.confirm().await;
    harness
        .wait_for_journal("a succeeded action", |lines| {
            count_succeeded(lines) == succeeded
        })
        .await;
}

/// Undoes the last action as soon as its row was polled, and continues like [`confirm`].
async fn undo(harness: &mut Harness, words: &[&str], succeeded: usize) {
    loop {
        harness
            .wait("no notice", |frame| !frame.contains("Not yet: "))
            .await;
        harness.type_text("u");
        let answered = harness
            .wait("a response", |frame| {
                frame.contains("Not yet: ") || frame.contains(words[0])
            })
            .await;
        if answered.contains(words[0]) {
            return confirm(harness, words, succeeded).await;
        }
    }
}

fn effects(harness: &Harness, operation: &str) -> usize {
    harness.mock.effects("application-autoscaling", operation)
}

/// Autoscaling limits of an endpoint's variant, if it is a scalable target.
fn limits(harness: &Harness, endpoint: &str) -> Option<(u32, u32)> {
    let targets = harness
        .mock
        .simulation()
        .scalable_targets(REGION, harness.mock.now());
    let target = targets
        .into_iter()
        .find(|target| target.resource_id == format!("endpoint/{endpoint}/variant/AllTraffic"))?;
    Some((target.min, target.max))
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_redo_of_autoscaling_limits_restore_limits() {
    let mut harness = open_row("endpoints", "bounded").await;
    harness.wait_for("3-6").await;
    harness.type_text("M");
    harness.wait_for("minimum").await;
    for _ in 0..3 {
        harness.press(KeyCode::Backspace);
    }
    harness.enter("2-5");
    confirm(
        &mut harness,
        &["Set the limits of bounded?", "undo: the previous limits"],
        1,
    )
    .await;
    for (succeeded, expected, text) in [(2, (3, 6), "3-6"), (3, (2, 5), "2-5")] {
        harness
            .wait("the other bounds", |frame| !frame.contains(text))
            .await;
        harness.type_text("u");
        let request = format!("MinCapacity={} MaxCapacity={}", expected.0, expected.1);
        confirm(
            &mut harness,
            &[
                "Undo autoscaling-limits of bounded?",
                "undoes autoscaling-limits of bounded by ana, 2026-11-23",
                &request,
            ],
            succeeded,
        )
        .await;
        assert_eq!(limits(&harness, "bounded"), Some(expected));
        harness.wait_for(text).await;
    }
    assert_eq!(effects(&harness, "RegisterScalableTarget"), 3);
    quit(harness).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_restores_added_changed_and_removed_tags() {
    let mut harness = open_row("gpus", "box-1").await;
    harness.wait_for("sapphire-1").await;
    harness.type_text("T");
    for word in ["!colour=emerald-2", "fresh=topaz-2", "-old", ""] {
        harness.enter(word);
    }
    confirm(&mut harness, &["Tag box-1?", "undo: the previous tags"], 1).await;
    harness
        .wait("other tags", |frame| {
            frame.contains("topaz-2")
                && frame.contains("emerald-2")
                && !frame.contains("sapphire-1")
        })
        .await;
    harness.type_text("u");
    confirm(
        &mut harness,
        &[
            "Undo tag of box-1?",
            "colour=ruby-1",
            "old=sapphire-1",
            "TagKeys=[fresh]",
        ],
        2,
    )
    .await;
    harness
        .wait("its tags of before", |frame| {
            frame.contains("ruby-1") && frame.contains("sapphire-1") && !frame.contains("topaz-2")
        })
        .await;
    assert_eq!(
        (
            harness.mock.effects("ec2", "CreateTags"),
            harness.mock.effects("ec2", "DeleteTags")
        ),
        (2, 2)
    );
    quit(harness).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_bulk_skips_denied_targets() {
    let mut harness = Harness::from_scenario(Scenario::parse(SCENARIO, "undo.toml").unwrap());
    harness.wait_for("box-3").await;
    harness.mock.add_fault(
        FaultRule::new(FaultEffect::Deny)
            .of("ec2", "StopInstances")
            .resource("box-2"),
    );
    harness.type_text("u");
    harness.wait_for("Nothing to undo: ").await;
    harness.enter(":gpus");
    harness
        .wait("every row of the pane", |frame| {
            frame.matches("box-").count() >= 3
        })
        .await;
    harness.type_text("*S");
    harness.wait_for("Stop 3 resources?").await;
    harness.confirm().await;
    harness
        .wait_for_journal("two of three", |lines| count_succeeded(lines) == 2)
        .await;
    harness
        .wait("two stopped", |frame| {
            frame
                .lines()
                .filter(|line| line.contains("box-") && line.contains("stopped"))
                .count()
                >= 2
        })
        .await;
    let stopped = |harness: &Harness| {
        let simulation = harness.mock.simulation();
        let rows = simulation.instances(REGION, harness.mock.now());
        rows.iter()
            .filter(|row| row.state(harness.mock.now()) == Some(InstanceState::Stopped))
            .count()
    };
    assert_eq!(stopped(&harness), 2);
    harness.type_text("u");
    harness
        .wait_for("1 of 3 skipped: nothing was changed: it was denied")
        .await;
    confirm(&mut harness, &["Undo stop of 2 resources?"], 4).await;
    assert_eq!(
        (
            stopped(&harness),
            harness.mock.effects("ec2", "StartInstances"),
            harness.mock.effects("ec2", "StopInstances")
        ),
        (0, 2, 2)
    );
    harness.type_text("1");
    harness.wait_for("Waste by cost").await;
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_scheduled_scaling_removes_its_scalable_target() {
    let mut harness = open_row("endpoints", "fixed").await;
    assert_eq!(limits(&harness, "fixed"), None);
    harness.type_text("H");
    harness.wait_for("days, hours UTC").await;
    harness.press(KeyCode::Enter);
    confirm(
        &mut harness,
        &["Schedule fixed?", "undo: the previous schedule and limits"],
        1,
    )
    .await;
    let created = limits(&harness, "fixed");
    assert_eq!(created, Some((1, 2)));
    undo(
        &mut harness,
        &[
            "Undo scheduled-scaling of fixed?",
            "DeregisterScalableTarget",
            "it was not a scaling target before",
        ],
        2,
    )
    .await;
    assert_eq!(limits(&harness, "fixed"), None);
    undo(
        &mut harness,
        &[
            "Undo scheduled-scaling of fixed?",
            "RegisterScalableTarget",
            "PutScheduledAction",
        ],
        3,
    )
    .await;
    assert_eq!(
        limits(&harness, "fixed"),
        created,
        "redo restores the target"
    );
    assert_eq!(
        (
            effects(&harness, "PutScheduledAction"),
            effects(&harness, "DeregisterScalableTarget")
        ),
        (4, 1)
    );
    quit(harness).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_swap_model_restores_the_model() {
    let mut harness = open_row("throughput", "units").await;
    harness.type_text("V");
    harness.wait_for("select a known model").await;
    harness.press(KeyCode::Down);
    harness.press(KeyCode::Enter);
    confirm(
        &mut harness,
        &["Swap the model of units?", "undo: the previous model"],
        1,
    )
    .await;
    undo(
        &mut harness,
        &["Undo swap-model of units?", "DesiredModelId="],
        2,
    )
    .await;
    assert_eq!(
        harness
            .mock
            .effects("bedrock", "UpdateProvisionedModelThroughput"),
        2
    );
    quit(harness).await;
}
