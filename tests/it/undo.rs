//! Deeds taken back end to end: keys, the journal, what the mock was asked and what came of it.

use super::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule, Scenario, simulation::InstanceState};

const REGION: &str = "us-east-1";
const WORLD: &str = r#"
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

/// A console on the row called `name` of this page, with its details open.
async fn at(page: &str, name: &str) -> Rig {
    let mut rig = Rig::of(Scenario::parse(WORLD, "undo.toml").unwrap());
    rig.wait_for("box-1").await;
    rig.type_text(&format!(":{page}"));
    rig.press(KeyCode::Enter);
    rig.wait_for(name).await;
    rig.type_text(&format!("/{name}"));
    rig.press(KeyCode::Enter);
    rig.type_text("d");
    rig.wait("its details", |frame| {
        frame.contains(name) && frame.contains("account")
    })
    .await;
    rig
}

/// Closes the details, and leaves from the overview.
async fn leave(mut rig: Rig) {
    rig.press(KeyCode::Esc);
    rig.wait("its row alone", |frame| {
        !frame.contains("endpoint-variant") && !frame.contains("esc back")
    })
    .await;
    rig.type_text("1");
    rig.wait_for("Burning with nothing").await;
    rig.quit().await;
}

/// Says yes to the question with all of `words`, and waits until so many deeds have settled in all.
async fn yes(rig: &mut Rig, words: &[&str], settled: usize) {
    rig.wait(words[0], |frame| {
        words.iter().all(|word| frame.contains(word))
    })
    .await;
    rig.yes().await;
    rig.wait_in_journal("a settled deed", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == settled
    })
    .await;
}

/// Takes the last deed back as soon as its row shows it, and goes on as [`yes`] does.
async fn undo(rig: &mut Rig, words: &[&str], settled: usize) {
    loop {
        rig.wait("nothing said", |frame| !frame.contains("Not yet: "))
            .await;
        rig.type_text("u");
        let answered = rig
            .wait("an answer", |frame| {
                frame.contains("Not yet: ") || frame.contains(words[0])
            })
            .await;
        if answered.contains(words[0]) {
            return yes(rig, words, settled).await;
        }
    }
}

fn effects(rig: &Rig, operation: &str) -> usize {
    rig.mock.effects("application-autoscaling", operation)
}

/// Bounds of an endpoint's variant, if it is a scaling target.
fn bounds(rig: &Rig, endpoint: &str) -> Option<(u32, u32)> {
    let targets = rig
        .mock
        .simulation()
        .scalable_targets(REGION, rig.mock.now());
    let target = targets
        .into_iter()
        .find(|target| target.resource_id == format!("endpoint/{endpoint}/variant/AllTraffic"))?;
    Some((target.min, target.max))
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_redo_of_autoscaling_limits_restore_limits() {
    let mut rig = at("endpoints", "bounded").await;
    rig.wait_for("3-6").await;
    rig.type_text("M");
    rig.wait_for("at least").await;
    for _ in 0..3 {
        rig.press(KeyCode::Backspace);
    }
    rig.type_text("2-5");
    rig.press(KeyCode::Enter);
    yes(
        &mut rig,
        &["Bound bounded?", "undo: the previous limits"],
        1,
    )
    .await;
    for (settled, asked, seen) in [(2, (3, 6), "3-6"), (3, (2, 5), "2-5")] {
        rig.wait("the other bounds", |frame| !frame.contains(seen))
            .await;
        rig.type_text("u");
        let request = format!("MinCapacity={} MaxCapacity={}", asked.0, asked.1);
        yes(
            &mut rig,
            &[
                "Undo autoscaling-limits of bounded?",
                "undoes autoscaling-limits of bounded by ana, 2026-11-23",
                &request,
            ],
            settled,
        )
        .await;
        assert_eq!(bounds(&rig, "bounded"), Some(asked));
        rig.wait_for(seen).await;
    }
    assert_eq!(effects(&rig, "RegisterScalableTarget"), 3);
    leave(rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_restores_added_changed_and_removed_tags() {
    let mut rig = at("gpus", "box-1").await;
    rig.wait_for("sapphire-1").await;
    rig.type_text("T");
    for word in ["colour=emerald-2", "fresh=topaz-2", "-old", ""] {
        rig.type_text(word);
        rig.press(KeyCode::Enter);
    }
    yes(&mut rig, &["Tag box-1?", "undo: the previous tags"], 1).await;
    rig.wait("other tags", |frame| {
        frame.contains("topaz-2") && frame.contains("emerald-2") && !frame.contains("sapphire-1")
    })
    .await;
    rig.type_text("u");
    yes(
        &mut rig,
        &[
            "Undo tag of box-1?",
            "colour=ruby-1",
            "old=sapphire-1",
            "TagKeys=[fresh]",
        ],
        2,
    )
    .await;
    rig.wait("its tags of before", |frame| {
        frame.contains("ruby-1") && frame.contains("sapphire-1") && !frame.contains("topaz-2")
    })
    .await;
    assert_eq!(
        (
            rig.mock.effects("ec2", "CreateTags"),
            rig.mock.effects("ec2", "DeleteTags")
        ),
        (2, 2)
    );
    leave(rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_bulk_skips_denied_targets() {
    let mut rig = Rig::of(Scenario::parse(WORLD, "undo.toml").unwrap());
    rig.wait_for("box-3").await;
    rig.mock.add_fault(
        FaultRule::new(FaultEffect::Deny)
            .of("ec2", "StopInstances")
            .resource("box-2"),
    );
    rig.type_text("u");
    rig.wait_for("Nothing to undo: ").await;
    rig.type_text(":gpus");
    rig.press(KeyCode::Enter);
    rig.wait("the whole pane", |frame| frame.matches("box-").count() >= 3)
        .await;
    rig.type_text("*S");
    rig.wait_for("Stop 3 resources?").await;
    rig.yes().await;
    rig.wait_in_journal("two of three", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == 2
    })
    .await;
    rig.wait("two stopped", |frame| {
        frame
            .lines()
            .filter(|line| line.contains("box-") && line.contains("stopped"))
            .count()
            >= 2
    })
    .await;
    let stopped = |rig: &Rig| {
        let world = rig.mock.simulation();
        let rows = world.instances(REGION, rig.mock.now());
        rows.iter()
            .filter(|row| row.state(rig.mock.now()) == Some(InstanceState::Stopped))
            .count()
    };
    assert_eq!(stopped(&rig), 2);
    rig.type_text("u");
    rig.wait_for("1 of 3 left out: nothing was done: it was denied")
        .await;
    yes(&mut rig, &["Undo stop of 2 resources?"], 4).await;
    assert_eq!(
        (
            stopped(&rig),
            rig.mock.effects("ec2", "StartInstances"),
            rig.mock.effects("ec2", "StopInstances")
        ),
        (0, 2, 2)
    );
    rig.type_text("1");
    rig.wait_for("Burning with nothing").await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_scheduled_scaling_removes_its_scalable_target() {
    let mut rig = at("endpoints", "fixed").await;
    assert_eq!(bounds(&rig, "fixed"), None);
    rig.type_text("H");
    rig.wait_for("days, hours UTC").await;
    rig.press(KeyCode::Enter);
    yes(
        &mut rig,
        &[
            "Scheduled-scaling fixed?",
            "undo: the previous schedule and limits",
        ],
        1,
    )
    .await;
    let made = bounds(&rig, "fixed");
    assert_eq!(made, Some((1, 2)));
    undo(
        &mut rig,
        &[
            "Undo scheduled-scaling of fixed?",
            "DeregisterScalableTarget",
            "it was no scaling target before",
        ],
        2,
    )
    .await;
    assert_eq!(bounds(&rig, "fixed"), None);
    undo(
        &mut rig,
        &[
            "Undo scheduled-scaling of fixed?",
            "RegisterScalableTarget",
            "PutScheduledAction",
        ],
        3,
    )
    .await;
    assert_eq!(bounds(&rig, "fixed"), made, "what was undone is done again");
    assert_eq!(
        (
            effects(&rig, "PutScheduledAction"),
            effects(&rig, "DeregisterScalableTarget")
        ),
        (4, 1)
    );
    leave(rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_swap_model_restores_the_model() {
    let mut rig = at("throughput", "units").await;
    rig.type_text("V");
    rig.wait_for("a known model").await;
    rig.press(KeyCode::Down);
    rig.press(KeyCode::Enter);
    yes(
        &mut rig,
        &["Swap the model of units?", "undo: the previous model"],
        1,
    )
    .await;
    undo(
        &mut rig,
        &["Undo swap-model of units?", "DesiredModelId="],
        2,
    )
    .await;
    assert_eq!(
        rig.mock
            .effects("bedrock", "UpdateProvisionedModelThroughput"),
        2
    );
    leave(rig).await;
}
