//! Bad days, end to end: every way a call can fail, met by the real loop over HTTP. What the screen
//! says, what the journal says, and that what took effect is what was confirmed: once, never twice.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use super::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule};
use std::{collections::BTreeMap, time::Duration};

/// Instance ids of the workers, by number.
fn workers(rig: &Rig) -> BTreeMap<usize, String> {
    let (world, now) = (rig.mock.simulation(), rig.mock.now());
    let number = |name: &String| {
        name.strip_prefix("worker-")
            .and_then(|number| number.parse().ok())
    };
    world
        .instances("us-east-1", now)
        .iter()
        .filter_map(|one| Some((number(one.tags.get("Name")?)?, one.id.clone())))
        .collect()
}

/// The steps of one resource in the journal.
fn story(journal: &[String], id: &str) -> String {
    let steps: Vec<&str> = journal
        .iter()
        .filter_map(|line| line.strip_prefix(id)?.strip_prefix(' '))
        .collect();
    steps.join(" ")
}

/// Requests and effects of stops of one instance, without dry runs.
fn stops(rig: &Rig, id: &str) -> (usize, usize) {
    let calls = rig.mock.calls();
    let own: Vec<_> = calls
        .iter()
        .filter(|asked| {
            asked.operation == "StopInstances"
                && !asked.dry_run
                && asked.resources.iter().any(|row| row.id == id)
        })
        .collect();
    (own.len(), own.iter().filter(|asked| asked.effect).count())
}

/// Whether one line of `frame` has all of `words`.
fn line(frame: &str, words: &[&str]) -> bool {
    frame
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

/// The shipped scenario, all twelve at once: each of the faults, and none, and nothing of one
/// touches another.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_twelve_stops_ends_under_faults() {
    let mut rig = Rig::new("bad-day");
    rig.wait_for("worker-12").await;
    rig.type_text("2z*S");
    rig.wait_for("Stop 12 resources?").await;
    assert!(
        rig.mock.calls().iter().all(|asked| !asked.effect),
        "nothing is done before the answer"
    );
    rig.yes().await;
    // It stays a console while calls hang.
    rig.type_text("?");
    rig.wait_for("on rows: tiles, panes").await;
    rig.press(KeyCode::Esc);
    let ids = workers(&rig);
    assert_eq!(ids.len(), 12);
    let over = |journal: &[String]| {
        let last = [
            "succeeded",
            "refused",
            "denied",
            "throttled",
            "expired",
            "drifted",
            "unknown",
            "timed_out",
            "failed",
            "cancelled",
        ];
        ids.values().all(|id| {
            story(journal, id)
                .rsplit(' ')
                .next()
                .is_some_and(|step| last.contains(&step))
        })
    };
    rig.wait_in_journal("twelve ends", over).await;
    let journal = rig.journal();
    for (number, steps, requests, effects) in [
        (1, "intent denied", 1, 0),
        (2, "intent refused", 1, 0),
        (3, "intent accepted succeeded", 3, 1),
        (4, "intent drifted", 0, 0),
        (5, "intent accepted succeeded", 1, 1),
        (6, "intent accepted succeeded", 1, 1),
        (7, "intent accepted succeeded", 1, 1),
        (8, "intent accepted succeeded", 1, 1),
        (9, "intent unknown", 1, 0),
        (10, "intent unknown", 1, 0),
        (11, "intent accepted succeeded", 1, 1),
        (12, "intent accepted succeeded", 1, 1),
    ] {
        let id = &ids[&number];
        assert_eq!(
            (story(&journal, id).as_str(), stops(&rig, id)),
            (steps, (requests, effects)),
            "worker-{number}"
        );
    }
    let ends = [
        (&[3, 5, 6, 7, 8, 11, 12][..], "stopped"),
        (&[1][..], "denied"),
        (&[2][..], "refused"),
        (&[4][..], "changed"),
        (&[9, 10][..], "unknown"),
    ];
    for (numbers, word) in ends {
        let told = |frame: &str| {
            numbers
                .iter()
                .all(|number| line(frame, &[&format!("worker-{number} "), word]))
        };
        rig.wait(&format!("{word} on {numbers:?}"), told).await;
    }
    leave(rig).await;
}

/// One notebook, each fault in turn: the row and the journal say which, and the count is one at
/// most.
#[tokio::test(flavor = "multi_thread")]
async fn refused_stop_shows_the_reason_and_has_no_effect() {
    for (fault, words, code, requests) in [
        (FaultEffect::Deny, "denied", "AccessDeniedException", 1),
        (
            FaultEffect::ExpiredToken,
            "expired",
            "ExpiredTokenException",
            1,
        ),
        (FaultEffect::Throttle, "throttled", "ThrottlingException", 4),
    ] {
        let mut rig = Rig::new("bad-day");
        rig.wait("scratch at work", |frame| {
            line(frame, &["scratch", "InService"])
        })
        .await;
        rig.mock.add_fault(
            FaultRule::new(fault)
                .of("sagemaker", "StopNotebookInstance")
                .resource("scratch"),
        );
        rig.type_text("3zS");
        rig.yes().await;
        rig.wait_in_journal("a refusal", |lines| {
            lines.contains(&format!("scratch {words}"))
        })
        .await;
        rig.wait(words, |frame| line(frame, &["scratch", words]))
            .await;
        let journal = std::fs::read_to_string(rig.path("journal.jsonl")).unwrap();
        assert!(journal.lines().last().unwrap().contains(code), "{journal}");
        assert_eq!(rig.mock.effects("sagemaker", "StopNotebookInstance"), 0);
        assert_eq!(
            rig.mock.count("sagemaker", "StopNotebookInstance"),
            requests,
            "only what is throttled is sent again: {fault:?}"
        );
        leave(rig).await;
    }
}

/// Whatever becomes of a poll, the rows stay, the tile says what failed, and the next good one
/// takes it back.
#[tokio::test(flavor = "multi_thread")]
async fn failed_poll_keeps_rows() {
    let mut rig = Rig::new("bad-day");
    rig.wait_for("worker-12").await;
    rig.type_text("2z");
    for (fault, word) in [
        (FaultEffect::Deny, "denied"),
        (FaultEffect::ExpiredToken, "credentials"),
        (FaultEffect::Throttle, "throttled"),
        (FaultEffect::Status500, "service error"),
        (FaultEffect::BrokenBody, "bad answer"),
        (FaultEffect::Reset, "network"),
    ] {
        rig.mock.clear_faults();
        rig.refresh();
        rig.wait("healthy rows", |frame| {
            frame.contains("worker-12") && !frame.contains("ec2:DescribeInstances")
        })
        .await;
        rig.mock.add_fault(
            FaultRule::new(fault)
                .of("ec2", "DescribeInstances")
                .region("us-east-1"),
        );
        rig.refresh();
        let told = format!("{word}: ec2:DescribeInstances");
        let frame = rig.wait_for(&told).await;
        for number in 1..=12 {
            assert!(
                line(&frame, &[&format!("worker-{number} ")]),
                "{fault:?} took worker-{number} from\n{frame}"
            );
        }
    }
    assert!(rig.mock.calls().iter().all(|asked| !asked.effect));
    leave(rig).await;
}

/// A poll that hangs keeps neither keys nor other panes waiting.
#[tokio::test(flavor = "multi_thread")]
async fn slow_poll_blocks_neither_keys_nor_panes() {
    for fault in [
        FaultEffect::TimeoutBefore,
        FaultEffect::Slow(Duration::from_secs(3)),
    ] {
        let mut rig = Rig::new("bad-day");
        rig.wait_for("worker-12").await;
        rig.mock
            .add_fault(FaultRule::new(fault).of("ec2", "DescribeInstances"));
        rig.type_text("2z");
        rig.mock.clear_calls();
        rig.refresh();
        rig.wait_in_mock("poll under way", |mock| {
            mock.count("ec2", "DescribeInstances") > 0
        })
        .await;
        rig.type_text("/worker-7");
        rig.press(KeyCode::Enter);
        let frame = rig
            .wait("worker-7 alone", |frame| {
                line(frame, &["worker-7 "]) && !frame.contains("worker-8 ")
            })
            .await;
        assert!(frame.contains("worker-7"));
        leave(rig).await;
    }
}

/// Leaves the tile, then the console.
async fn leave(rig: Rig) {
    rig.type_text("1");
    rig.quit().await;
}
