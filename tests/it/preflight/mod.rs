//! Preflight checks over HTTP, for each kind of resource.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod bulk;
mod refusals;
mod savings;
mod unread_checks;
mod warnings;

use super::{
    harness::{Harness, count_succeeded},
    panes, requests,
};
use spendtop::{
    aws::{Clock, Session},
    domain::{Plan, PlanId, Preflight, Record, Target},
    engine::{ActionBackend, action_backend::AwsBackend},
    mock::{FaultEffect as MockFault, FaultRule, Mock, Scenario},
};
use std::time::Duration;

const SCENARIO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/preflight/scenario.toml"
);

/// A mock, sessions on it and the engine's backend.
struct Fixture {
    mock: Mock,
    sessions: Vec<Session>,
    clock: Clock,
    backend: AwsBackend,
}

impl Fixture {
    async fn new() -> Self {
        Self::with("").await
    }

    /// With `more` appended to the scenario.
    async fn with(more: &str) -> Self {
        let file = std::fs::read_to_string(SCENARIO).unwrap() + more;
        let scenario = Scenario::parse(&file, "scenario.toml").unwrap();
        let (mock, sessions, clock) = panes::start_mock(scenario, 0.001, &["us-east-1"]).await;
        let backend = AwsBackend::new(sessions.clone(), clock.clone());
        Self {
            mock,
            sessions,
            clock,
            backend,
        }
    }

    async fn rows(&self) -> Vec<Record> {
        panes::poll(&self.sessions, &self.clock, None)
            .await
            .into_iter()
            .flat_map(|(_, measured)| measured.rows)
            .collect()
    }

    async fn preflight(&self, targets: &[Target]) -> Vec<Preflight> {
        let facts = self.backend.preflight(targets).await;
        assert_eq!(facts.len(), targets.len());
        let of = |target: &Target| {
            facts
                .iter()
                .find(|(key, _)| *key == target.key)
                .unwrap()
                .1
                .clone()
        };
        targets.iter().map(of).collect()
    }
}

/// The plan of `request` on the rows with these names; a name may end in `*`.
fn plan<N: AsRef<str>>(rows: &[Record], names: &[N], request: &str) -> Plan {
    let request = &requests::request(request);
    let found = |name: &N| {
        let name = name.as_ref();
        let is_named = |row: &Record| match name.strip_suffix('*') {
            Some(start) => row.head.name.starts_with(start),
            None => *row.head.name == *name,
        };
        rows.iter()
            .find(|row| is_named(row) && row.head.capability(request.operation).known().is_some())
            .unwrap_or_else(|| panic!("{name} offers no {}", request.operation))
    };
    let records: Vec<&Record> = names.iter().map(found).collect();
    let plan = Plan::new(
        PlanId::new(rows[0].head.read_at, 1),
        request,
        &records,
        rows[0].head.read_at,
    );
    assert_eq!(plan.targets.len(), names.len(), "{:?}", plan.skipped);
    plan
}

fn messages(preflight: &Preflight) -> Vec<String> {
    assert_eq!(preflight.unread, []);
    preflight.warnings.iter().map(ToString::to_string).collect()
}

/// The warnings, unless each contains one of `expected` and there are no others.
fn difference(preflight: &Preflight, expected: &[&str]) -> Option<Vec<String>> {
    let actual = messages(preflight);
    let matches = actual.len() == expected.len()
        && expected
            .iter()
            .all(|expected| actual.iter().any(|actual| actual.contains(expected)));
    (!matches).then_some(actual)
}

#[tokio::test(flavor = "multi_thread")]
async fn confirm_dialog_warns_of_scarcity_and_lost_disks() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("hpo-worker-8").await;
    harness.enter("2/hpo-worker");
    harness.type_text("        S");
    let actual = |frame: &str| {
        frame.contains("Stop 8 resources")
            && frame.contains("scarce")
            && frame.contains("permanently lost")
    };
    harness.wait("preflight warnings", actual).await;
    harness
        .wait("the owner", |frame| {
            frame.contains("ml-prod 1111-2222-3333")
        })
        .await;
    assert_eq!(
        harness.mock.count("ec2", "StopInstances"),
        0,
        "dry runs only"
    );
    harness.confirm().await;
    harness
        .wait_for_journal("all eight", |lines| count_succeeded(lines) == 8)
        .await;
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_waits_for_preflight_checks_up_to_their_timeout() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("vision-labeling").await;
    harness.mock.add_fault(
        FaultRule::new(MockFault::Slow(Duration::from_secs(40)))
            .of("sagemaker", "DescribeNotebookInstance")
            .times(1),
    );
    harness.enter("3/vision-labeling");
    harness.type_text("S");
    harness
        .wait("running preflight checks", |frame| {
            frame.contains("Running preflight checks")
        })
        .await;
    harness.type_text("y");
    harness
        .wait("a notice that the checks still run", |frame| {
            frame.contains("checks are still running")
        })
        .await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 0);
    harness.confirm().await;
    harness.wait_until_succeeded("vision-labeling").await;
    harness.quit().await;
}
