//! Acting: one stop and its undo, and fifty at once of which some fail in every way.

use super::Estate;
use spendtop::mock::{FaultEffect, FaultRule, Scenario};
use std::collections::BTreeMap;

/// The shipped bad day without its faults.
fn calm() -> Estate {
    let estate = Estate::new(Scenario::find("bad-day").unwrap());
    estate.mock.clear_faults();
    estate
}

#[test]
fn stop_is_journalled_called_once_and_undone() {
    let estate = calm();
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("worker-12");
    seat.press("S");
    seat.wait_for("ec2:StopInstances");
    assert!(
        estate.all_effects().is_empty() && estate.journal().is_empty(),
        "nothing before the answer"
    );
    seat.yes("worker-12");
    estate.wait(&seat, "settled stop", |estate| {
        estate.steps().contains(&"worker-12 succeeded".to_owned())
    });
    seat.wait("the row stopped", |screen| {
        screen
            .contents()
            .lines()
            .any(|line| line.contains("worker-12 ") && line.contains("stopped"))
    });
    assert_eq!(
        estate.steps(),
        [
            "worker-12 intent",
            "worker-12 accepted",
            "worker-12 succeeded"
        ]
    );
    seat.press("u");
    seat.wait_for("Undo stop of worker-12?");
    seat.wait_for("ec2:StartInstances");
    seat.yes("worker-12");
    seat.wait("the row at work", |screen| {
        screen
            .contents()
            .lines()
            .any(|line| line.contains("worker-12 ") && line.contains("running"))
    });
    estate.wait(&seat, "settled start", |estate| {
        estate
            .steps()
            .iter()
            .filter(|step| *step == "worker-12 succeeded")
            .count()
            == 2
    });
    let journal = estate.journal();
    assert_eq!(
        journal.last().unwrap()["undoes"],
        journal[0]["plan"],
        "the second takes the first back"
    );
    assert_eq!(
        estate.all_effects(),
        ["StopInstances worker-12", "StartInstances worker-12"]
    );
    seat.leave();
    estate.stop();
}

/// Of four, one is refused: what is taken back are the three that were stopped, in one plan, and
/// then nothing is left.
#[test]
fn undo_of_a_bulk_skips_refused_targets() {
    let estate = calm();
    estate.mock.add_fault(
        FaultRule::new(FaultEffect::Deny)
            .of("ec2", "StopInstances")
            .resource("worker-11"),
    );
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-1*");
    seat.press("*");
    seat.wait_for("4 marked");
    seat.press("S");
    seat.yes("4 resources");
    let settled = |estate: &Estate| {
        estate
            .steps()
            .iter()
            .filter(|step| step.ends_with(" succeeded"))
            .count()
    };
    estate.wait(&seat, "three settled stops", |estate| settled(estate) == 3);
    seat.wait_for("3 of 4 done");
    let in_state = |screen: &vt100::Screen, state: &str| {
        let frame = screen.contents();
        ["worker-1 ", "worker-10 ", "worker-12 "]
            .iter()
            .all(|name| {
                frame
                    .lines()
                    .any(|line| line.contains(name) && line.contains(state))
            })
    };
    seat.wait("three rows stopped", |screen| in_state(screen, "stopped"));
    seat.press("u");
    seat.wait_for("Undo stop of 3 resources?");
    seat.yes("3 resources");
    estate.wait(&seat, "three settled starts", |estate| settled(estate) == 6);
    seat.wait("three rows at work", |screen| in_state(screen, "running"));
    let of = |operation: &str| {
        let mut names: Vec<String> = estate
            .all_effects()
            .iter()
            .filter_map(|effect| Some(effect.strip_prefix(operation)?.trim().to_owned()))
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(of("StopInstances"), ["worker-1", "worker-10", "worker-12"]);
    assert_eq!(
        of("StartInstances"),
        of("StopInstances"),
        "each once, and nothing else"
    );
    assert_eq!(estate.all_effects().len(), 6);
    let journal = estate.journal();
    let plans: Vec<&serde_json::Value> = journal
        .iter()
        .filter(|line| line["event"] == "intent")
        .map(|line| &line["plan"])
        .collect();
    assert_eq!(plans.len(), 7);
    assert!(
        journal
            .iter()
            .filter(|line| line["plan"] == *plans[4])
            .all(|line| line["undoes"] == *plans[0]),
        "the second takes the first back"
    );
    seat.leave();
    estate.stop();
}

/// Fifty in one plan: five are denied, five throttled to the end, five gone, one never answers and
/// is not done, one never answers and is.
#[test]
fn bulk_of_fifty_stops_reports_each_outcome_once() {
    let crowd = r#"
description = "a crowd"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "ml-sandbox" }
regions = ["us-east-1"]
[[instance]]
name = "task-{n}"
count = 50
type = "g5.xlarge"
launched = "-3d"
gpu = "steady 0-2"
tags = { environment = "dev" }
"#;
    let estate = Estate::new(Scenario::parse(crowd, "crowd.toml").unwrap());
    let of = |fault, row: &str| {
        FaultRule::new(fault)
            .of("ec2", "StopInstances")
            .resource(row)
    };
    estate.mock.add_fault(of(FaultEffect::Deny, "task-*3"));
    estate.mock.add_fault(of(FaultEffect::Throttle, "task-*7"));
    estate.mock.add_fault(of(FaultEffect::Gone, "task-*9"));
    estate
        .mock
        .add_fault(of(FaultEffect::TimeoutBefore, "task-25"));
    estate
        .mock
        .add_fault(of(FaultEffect::TimeoutAfter, "task-45"));
    let mut seat = estate.seat(&[]);
    seat.wait_for("task-12");
    seat.press("2z");
    seat.wait("the tile in full", |screen| {
        !screen.contents().contains("Burning")
    });
    seat.press("*");
    seat.wait_for("50 marked");
    seat.press("S");
    seat.yes("50 resources");
    let over = |estate: &Estate| {
        let last = |step: &String| {
            [
                "succeeded",
                "refused",
                "denied",
                "throttled",
                "expired",
                "unknown",
                "drifted",
            ]
            .iter()
            .any(|end| step.ends_with(end))
        };
        estate.steps().iter().filter(|step| last(step)).count() == 50
    };
    estate.wait(&seat, "fifty ends", over);
    let mut ends: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for line in estate.journal() {
        let (name, step) = (
            line["name"].as_str().unwrap(),
            line["event"].as_str().unwrap(),
        );
        let number = name.strip_prefix("task-").unwrap().parse().unwrap();
        if !["intent", "accepted"].contains(&step) {
            let end = match step {
                "denied" | "throttled" | "expired" => "refused",
                step => step,
            };
            ends.entry(end.to_owned()).or_default().push(number);
        }
    }
    for numbers in ends.values_mut() {
        numbers.sort_unstable();
    }
    let ending = |digits: &[u32]| {
        (1..=50)
            .filter(|number| digits.contains(&(number % 10)))
            .collect::<Vec<u32>>()
    };
    assert_eq!(ends["refused"], ending(&[3, 7, 9]));
    assert_eq!(ends["unknown"], [25]);
    let done: Vec<u32> = (1..=50)
        .filter(|number| ![3, 7, 9].contains(&(number % 10)) && *number != 25)
        .collect();
    assert_eq!(ends["succeeded"], done);
    let mut effects = estate.all_effects();
    effects.sort_unstable();
    let mut wanted: Vec<String> = done
        .iter()
        .map(|number| format!("StopInstances task-{number}"))
        .collect();
    wanted.sort_unstable();
    assert_eq!(effects, wanted, "each once");
    seat.wait_for("34 of 50 done");
    seat.press("r");
    let named = |frame: &str, number: &u32| {
        frame.contains(&format!("task-{number},")) || frame.contains(&format!("task-{number} "))
    };
    seat.wait("every name in the summary", |screen| {
        let frame = screen.contents();
        let words = ["5 denied", "5 throttled", "without an answer", "34 done"];
        words.iter().all(|word| frame.contains(word))
            && (1..=50).all(|number| named(&frame, &number))
    });
    seat.leave();
    estate.stop();
}
