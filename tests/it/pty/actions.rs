//! Actions in the terminal: one stop and its undo, and bulk plans with failures.

use super::Fixture;
use spendtop::mock::{FaultEffect, FaultRule, Scenario};
use std::collections::BTreeMap;

/// The scenario `bad-day` without its faults.
fn bad_day_without_faults() -> Fixture {
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap());
    fixture.mock.clear_faults();
    fixture
}

#[test]
fn stop_is_journalled_called_once_and_undone() {
    let fixture = bad_day_without_faults();
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("worker-12");
    session.press("S");
    session.wait_for("ec2:StopInstances");
    assert!(
        fixture.all_effects().is_empty() && fixture.journal().is_empty(),
        "nothing happens before confirmation"
    );
    session.confirm("worker-12");
    fixture.wait(&session, "succeeded stop", |fixture| {
        fixture.has_journalled("worker-12 succeeded")
    });
    session.wait("the row stopped", |screen| {
        are_in_state(screen, &["worker-12"], "stopped")
    });
    assert_eq!(
        fixture.journal_events(),
        [
            "worker-12 intent",
            "worker-12 accepted",
            "worker-12 succeeded"
        ]
    );
    session.press("u");
    session.wait_for("Undo stop of worker-12?");
    session.wait_for("ec2:StartInstances");
    session.confirm("worker-12");
    session.wait("the row running", |screen| {
        are_in_state(screen, &["worker-12"], "running")
    });
    fixture.wait(&session, "succeeded start", |fixture| {
        count_succeeded(fixture) == 2
    });
    let journal = fixture.journal();
    assert_eq!(
        journal.last().unwrap()["undoes"],
        journal[0]["plan"],
        "the second plan undoes the first"
    );
    assert_eq!(
        fixture.all_effects(),
        ["StopInstances worker-12", "StartInstances worker-12"]
    );
    session.terminate();
    fixture.stop();
}

/// Number of succeeded actions.
fn count_succeeded(fixture: &Fixture) -> usize {
    let events = fixture.journal_events();
    let succeeded = |event: &&String| event.ends_with(" succeeded");
    events.iter().filter(succeeded).count()
}

/// Whether a line of the screen has the name and the state, for each of `names`.
fn are_in_state(screen: &vt100::Screen, names: &[&str], state: &str) -> bool {
    let frame = screen.contents();
    let is_in_state = |name: &&str| {
        let name = format!("{name} ");
        let mut lines = frame.lines();
        lines.any(|line| line.contains(&name) && line.contains(state))
    };
    names.iter().all(is_in_state)
}

/// The names of the effects of an operation, sorted.
fn effects_of(fixture: &Fixture, operation: &str) -> Vec<String> {
    let mut names: Vec<String> = fixture
        .all_effects()
        .iter()
        .filter_map(|effect| Some(effect.strip_prefix(operation)?.trim().to_owned()))
        .collect();
    names.sort_unstable();
    names
}

/// One of four stops is refused: undo starts the other three in one plan.
#[test]
fn undo_of_a_bulk_skips_refused_targets() {
    let fixture = bad_day_without_faults();
    fixture.mock.add_fault(
        FaultRule::new(FaultEffect::Deny)
            .of("ec2", "StopInstances")
            .resource("worker-11"),
    );
    let stopped = ["worker-1", "worker-10", "worker-12"];
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-1*");
    session.press("*");
    session.wait_for("4 marked");
    session.press("S");
    session.confirm("4 resources");
    fixture.wait(&session, "three succeeded stops", |fixture| {
        count_succeeded(fixture) == 3
    });
    session.wait_for("3 of 4 done");
    session.wait("three rows stopped", |screen| {
        are_in_state(screen, &stopped, "stopped")
    });
    session.press("u");
    session.wait_for("Undo stop of 3 resources?");
    session.confirm("3 resources");
    fixture.wait(&session, "three succeeded starts", |fixture| {
        count_succeeded(fixture) == 6
    });
    session.wait("three rows running", |screen| {
        are_in_state(screen, &stopped, "running")
    });
    assert_eq!(effects_of(&fixture, "StopInstances"), stopped);
    assert_eq!(effects_of(&fixture, "StartInstances"), stopped);
    assert_eq!(fixture.all_effects().len(), 6, "each once");
    assert_second_plan_undoes_the_first(&fixture.journal());
    session.terminate();
    fixture.stop();
}

/// Asserts that the three starts, intended after four stops, undo them.
fn assert_second_plan_undoes_the_first(journal: &[serde_json::Value]) {
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
        "{journal:#?}"
    );
}

/// Fifty stops in one plan: five are denied, five throttled, five gone, and two are never answered,
/// one of them with effect.
#[test]
fn bulk_of_fifty_stops_reports_each_outcome_once() {
    let scenario = r#"
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
    let fixture = Fixture::new(Scenario::parse(scenario, "crowd.toml").unwrap());
    let of = |fault, row: &str| {
        FaultRule::new(fault)
            .of("ec2", "StopInstances")
            .resource(row)
    };
    fixture.mock.add_fault(of(FaultEffect::Deny, "task-*3"));
    fixture.mock.add_fault(of(FaultEffect::Throttle, "task-*7"));
    fixture.mock.add_fault(of(FaultEffect::Gone, "task-*9"));
    fixture
        .mock
        .add_fault(of(FaultEffect::TimeoutBefore, "task-25"));
    fixture
        .mock
        .add_fault(of(FaultEffect::TimeoutAfter, "task-45"));
    let mut session = fixture.open_session(&[]);
    session.wait_for("task-12");
    session.maximize_gpus();
    session.press("*");
    session.wait_for("50 marked");
    session.press("S");
    session.confirm("50 resources");
    let is_over = |fixture: &Fixture| {
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
        fixture
            .journal_events()
            .iter()
            .filter(|step| last(step))
            .count()
            == 50
    };
    fixture.wait(&session, "fifty outcomes", is_over);
    let mut ends: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for line in fixture.journal() {
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
    let mut expected: Vec<String> = done.iter().map(|number| format!("task-{number}")).collect();
    expected.sort_unstable();
    assert_eq!(effects_of(&fixture, "StopInstances"), expected, "each once");
    assert_eq!(fixture.all_effects().len(), expected.len());
    session.wait_for("34 of 50 done");
    session.press("r");
    let named = |frame: &str, number: &u32| {
        frame.contains(&format!("task-{number},")) || frame.contains(&format!("task-{number} "))
    };
    session.wait("every name in the summary", |screen| {
        let frame = screen.contents();
        let words = ["5 denied", "5 throttled", "unknown", "34 done"];
        words.iter().all(|word| frame.contains(word))
            && (1..=50).all(|number| named(&frame, &number))
    });
    session.terminate();
    fixture.stop();
}
