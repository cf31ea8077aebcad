//! Faults end to end: every way a call can fail, the content of the screen and the journal, and
//! that each confirmed action takes effect at most once.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use super::harness::{Harness, has_line};
use crossterm::event::KeyCode;
use spendtop::mock::{FaultEffect, FaultRule};
use std::{collections::BTreeMap, time::Duration};

/// Instance ids of the workers, by number.
fn worker_ids(harness: &Harness) -> BTreeMap<usize, String> {
    let (simulation, now) = (harness.mock.simulation(), harness.mock.now());
    let number = |name: &String| {
        name.strip_prefix("worker-")
            .and_then(|number| number.parse().ok())
    };
    simulation
        .instances("us-east-1", now)
        .iter()
        .filter_map(|one| Some((number(one.tags.get("Name")?)?, one.id.clone())))
        .collect()
}

/// The journalled events of one resource.
fn events_of(journal: &[String], id: &str) -> String {
    let steps: Vec<&str> = journal
        .iter()
        .filter_map(|line| line.strip_prefix(id)?.strip_prefix(' '))
        .collect();
    steps.join(" ")
}

/// Number of stop requests and of their effects on one instance, without dry runs.
fn count_stops(harness: &Harness, id: &str) -> (usize, usize) {
    let calls = harness.mock.calls();
    let stops: Vec<_> = calls
        .iter()
        .filter(|call| {
            call.operation == "StopInstances"
                && !call.dry_run
                && call.resources.iter().any(|row| row.id == id)
        })
        .collect();
    (stops.len(), stops.iter().filter(|call| call.effect).count())
}

/// A number of a worker, its journalled events, and how often its stop is requested and takes
/// effect.
const STOPS: &[(usize, &str, usize, usize)] = &[
    (1, "intent denied", 1, 0),
    (2, "intent expired", 1, 0),
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
];

/// The numbers of the workers with each status on the screen.
const STATUSES: &[(&[usize], &str)] = &[
    (&[3, 5, 6, 7, 8, 11, 12], "stopped"),
    (&[1], "denied"),
    (&[2], "expired"),
    (&[4], "changed"),
    (&[9, 10], "unknown"),
];

/// The last journalled event of an action that is over.
const OUTCOMES: &[&str] = &[
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

/// Twelve stops in one plan, each with its own fault or none.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_twelve_stops_ends_under_faults() {
    let mut harness = Harness::new("bad-day");
    harness.wait_for("worker-12").await;
    harness.type_text("2z*S");
    harness.wait_for("Stop 12 resources?").await;
    assert!(
        harness.mock.calls().iter().all(|call| !call.effect),
        "nothing happens before confirmation"
    );
    harness.confirm().await;
    // Keys work while calls hang.
    harness.type_text("?");
    harness.wait_for("on rows: tiles, panes").await;
    harness.press(KeyCode::Esc);
    let ids = worker_ids(&harness);
    assert_eq!(ids.len(), 12);
    let is_over = |journal: &[String], id: &String| {
        let events = events_of(journal, id);
        let last = events.rsplit(' ').next();
        last.is_some_and(|event| OUTCOMES.contains(&event))
    };
    harness
        .wait_for_journal("twelve outcomes", |journal| {
            ids.values().all(|id| is_over(journal, id))
        })
        .await;
    let journal = harness.journal_events();
    for (number, events, requests, effects) in STOPS {
        let id = &ids[number];
        assert_eq!(
            (events_of(&journal, id).as_str(), count_stops(&harness, id)),
            (*events, (*requests, *effects)),
            "worker-{number}"
        );
    }
    for (numbers, word) in STATUSES {
        let shows = |frame: &str| {
            numbers
                .iter()
                .all(|number| has_line(frame, &[&format!("worker-{number} "), word]))
        };
        harness.wait(&format!("{word} on {numbers:?}"), shows).await;
    }
    quit(harness).await;
}

/// Each fault in turn: row and journal name it, and the call has no effect.
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
        let mut harness = Harness::new("bad-day");
        harness.wait_for_line(&["scratch", "InService"]).await;
        harness.mock.add_fault(
            FaultRule::new(fault)
                .of("sagemaker", "StopNotebookInstance")
                .resource("scratch"),
        );
        harness.type_text("3zS");
        harness.confirm().await;
        harness
            .wait_for_journal("a refusal", |lines| {
                lines.contains(&format!("scratch {words}"))
            })
            .await;
        harness.wait_for_line(&["scratch", words]).await;
        let journal = std::fs::read_to_string(harness.path("journal.jsonl")).unwrap();
        assert!(journal.lines().last().unwrap().contains(code), "{journal}");
        assert_eq!(harness.mock.effects("sagemaker", "StopNotebookInstance"), 0);
        assert_eq!(
            harness.mock.count("sagemaker", "StopNotebookInstance"),
            requests,
            "only what is throttled is sent again: {fault:?}"
        );
        quit(harness).await;
    }
}

/// After a failed poll the rows stay and the tile names the fault until the next success.
#[tokio::test(flavor = "multi_thread")]
async fn failed_poll_keeps_rows() {
    let mut harness = Harness::new("bad-day");
    harness.wait_for("worker-12").await;
    harness.type_text("2z");
    for (fault, word) in [
        (FaultEffect::Deny, "denied"),
        (FaultEffect::Throttle, "throttled"),
        (FaultEffect::Status500, "service error"),
        (FaultEffect::BrokenBody, "bad answer"),
        (FaultEffect::Reset, "network"),
        // Last: rejected keys are loaded again at most once a minute.
        (FaultEffect::ExpiredToken, "credentials"),
    ] {
        harness.mock.clear_faults();
        harness.refresh();
        harness
            .wait("healthy rows", |frame| {
                frame.contains("worker-12") && !frame.contains("ec2:DescribeInstances")
            })
            .await;
        harness.mock.add_fault(
            FaultRule::new(fault)
                .of("ec2", "DescribeInstances")
                .region("us-east-1"),
        );
        harness.refresh();
        let shows = format!("{word}: ec2:DescribeInstances");
        let frame = harness.wait_for(&shows).await;
        for number in 1..=12 {
            assert!(
                has_line(&frame, &[&format!("worker-{number} ")]),
                "{fault:?} took worker-{number} from\n{frame}"
            );
        }
    }
    assert!(harness.mock.calls().iter().all(|call| !call.effect));
    quit(harness).await;
}

/// A hanging poll blocks neither keys nor other panes.
#[tokio::test(flavor = "multi_thread")]
async fn slow_poll_blocks_neither_keys_nor_panes() {
    for fault in [
        FaultEffect::TimeoutBefore,
        FaultEffect::Slow(Duration::from_secs(3)),
    ] {
        let mut harness = Harness::new("bad-day");
        harness.wait_for("worker-12").await;
        harness
            .mock
            .add_fault(FaultRule::new(fault).of("ec2", "DescribeInstances"));
        harness.type_text("2z");
        harness.mock.clear_calls();
        harness.refresh();
        harness
            .wait_for_mock("poll in progress", |mock| {
                mock.count("ec2", "DescribeInstances") > 0
            })
            .await;
        harness.enter("/worker-7");
        let frame = harness
            .wait("worker-7 alone", |frame| {
                has_line(frame, &["worker-7 "]) && !frame.contains("worker-8 ")
            })
            .await;
        assert!(frame.contains("worker-7"));
        quit(harness).await;
    }
}

/// Leaves the tile, then quits.
async fn quit(harness: Harness) {
    harness.type_text("1");
    harness.quit().await;
}
