//! Actions on endpoints, provisioned throughput, models and anomalies: capabilities in every state,
//! calls and their effects.

#![cfg(test)]

mod anomaly_flow;
mod mutations;
mod scope;

use crate::{
    panes::{open, poll},
    requests::request,
};
use spendtop::{
    aws::{Clock, Session, actions},
    domain::{
        ActionRequest, Capability, Operation, Plan, PlanId, Record, Target,
        action::{ApiCall, ObservedState},
    },
    mock::{Mock, Options, Scenario},
};
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

/// A mock of the scenario in this folder, and a session on it. `pace` scales the duration of
/// changes, `speed` the clock.
async fn start_mock(pace: f64, speed: f64) -> (Mock, Session, Clock) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/serving_actions/scenario.toml"
    );
    let scenario = Scenario::parse(&std::fs::read_to_string(path).unwrap(), path).unwrap();
    let mock = Mock::start(Options {
        pace,
        speed,
        ..Options::new(scenario)
    })
    .unwrap();
    let session = open(&mock.url(), &["us-east-1"]).await.remove(0);
    let at = mock.clock();
    (mock, session, Clock::new(move || at.now()))
}

/// A mock that changes a hundred times as fast as AWS.
async fn start_fast_mock() -> (Mock, Session, Clock) {
    start_mock(0.01, 1.0).await
}

async fn rows(session: &Session, clock: &Clock, pane: &'static str) -> Vec<Record> {
    let mut found = Vec::new();
    for (_, measured) in poll(std::slice::from_ref(session), clock, Some(pane)).await {
        found.extend(measured.rows);
    }
    found.sort_by(|a, b| a.head.name.cmp(&b.head.name));
    found
}

fn row<'a>(rows: &'a [Record], name: &str) -> &'a Record {
    rows.iter()
        .find(|row| row.head.name.as_ref() == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

fn plan(rows: &[&Record], request: &ActionRequest, clock: &Clock) -> Plan {
    Plan::new(PlanId::new(clock.now(), 1), request, rows, clock.now())
}

fn plan_one(row: &Record, request: &ActionRequest, clock: &Clock) -> Target {
    let plan = plan(&[row], request, clock);
    plan.targets
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{}: {:?}", row.head.name, plan.skipped))
}

async fn observe(session: &Session, call: &ApiCall) -> ObservedState {
    actions::describe(session, call).await.unwrap()
}

/// Describes the resource, makes the call once and waits for the expected state.
async fn carry_out_and_wait(session: &Session, target: &Target) {
    let before = observe(session, &target.call).await;
    assert_eq!(
        target.expected.check_unchanged(&target.observed, &before),
        Ok(()),
        "{}",
        target.name
    );
    assert!(
        !target.expected.is_met_by(&before),
        "{} is so already: {before:?}",
        target.name
    );
    actions::execute(session, &target.call).await.unwrap();
    let start = Instant::now();
    loop {
        let now = observe(session, &target.call).await;
        if target.expected.is_met_by(&now) {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{now:?} is not {:?}",
            target.expected
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const TABLE: [(&str, &[Operation]); 4] = [
    (
        "endpoints",
        &[
            Operation::Scale,
            Operation::AutoscalingLimits,
            Operation::ScheduledScaling,
            Operation::Delete,
            Operation::Stop,
            Operation::Tag,
        ],
    ),
    (
        "throughput",
        &[
            Operation::SwapModel,
            Operation::Delete,
            Operation::Scale,
            Operation::Stop,
            Operation::Tag,
        ],
    ),
    (
        "models",
        &[Operation::Delete, Operation::Stop, Operation::Tag],
    ),
    (
        "anomalies",
        &[Operation::Feedback, Operation::Stop, Operation::Tag],
    ),
];

/// Every operation on every row: its capability, or the reason why it is unavailable.
async fn table(session: &Session, clock: &Clock) -> String {
    let mut text = String::new();
    for (pane, operations) in TABLE {
        for row in rows(session, clock, pane).await {
            let head = &row.head;
            writeln!(
                text,
                "{} {} ({})",
                head.key.kind, head.name, head.state.name
            )
            .unwrap();
            for operation in operations {
                let what = match head.capability(*operation).known() {
                    Some(capability) => describe_capability(capability),
                    None => format!("- {}", head.capability(*operation).why().unwrap()),
                };
                // Ids are random.
                writeln!(
                    text,
                    "  {operation} {}",
                    what.replace(&*head.key.id, "<id>")
                )
                .unwrap();
            }
        }
    }
    text
}

/// A capability in short.
fn describe_capability(capability: &Capability) -> String {
    match capability {
        Capability::Count { minimum, unit, .. } => format!("from {minimum} {unit}"),
        Capability::Limits { now, minimum, .. } => format!("{}-{}, from {minimum}", now.0, now.1),
        Capability::Model { known, .. } => format!("to one of {}", known.len()),
        Capability::Feedback { given, .. } => given.map_or_else(
            || "not given yet".to_owned(),
            |given| format!("given: {given}"),
        ),
        _ => "yes".to_owned(),
    }
}

#[tokio::test]
async fn capabilities_match_the_snapshot_in_every_state() {
    let (mock, session, clock) = start_mock(1.0, 0.0).await;
    let at_rest = table(&session, &clock).await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let units = rows(&session, &clock, "throughput").await;
    let anomalies = rows(&session, &clock, "anomalies").await;
    let custom = row(&units, "l-custom");
    let Some(Capability::Model { known, .. }) =
        custom.head.capability(Operation::SwapModel).known()
    else {
        panic!("no swap")
    };
    let swap = format!("swap-model {}", known[0]);
    for (row, words) in [
        (row(&endpoints, "b-scaled"), "delete"),
        (row(&endpoints, "c-fixed"), "scale 1"),
        (row(&endpoints, "g-copies"), "scale 1"),
        (custom, &*swap),
        (row(&units, "j-hourly"), "delete"),
        (&anomalies[0], "feedback NO"),
    ] {
        let target = plan_one(row, &request(words), &clock);
        actions::execute(&session, &target.call).await.unwrap();
    }
    let in_transition = table(&session, &clock).await;
    mock.stop().await;
    insta::assert_snapshot!("at_rest", at_rest);
    insta::assert_snapshot!("in_transition", in_transition);
}
