//! What is read before a question is answered: each fact of each kind of resource over HTTP, seen
//! where it is so and only there.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod bulk;
mod dollars;
mod told;
mod unread;

use super::{panes, rig::Rig};
use crossterm::event::KeyCode;
use spendtop::{
    aws::{Clock, Session},
    domain::{ActionRequest, Plan, PlanId, Preflight, Record, Target},
    engine::{ActionBackend, action_backend::AwsBackend},
    mock::{FaultEffect as MockFault, FaultRule, Mock, Scenario},
};
use std::time::Duration;

const ESTATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/survey/estate.toml");

/// A mock world and who can reach it.
struct Estate {
    mock: Mock,
    sessions: Vec<Session>,
    clock: Clock,
    backend: AwsBackend,
}

impl Estate {
    async fn new() -> Self {
        Self::with("").await
    }

    /// With `more` in its file.
    async fn with(more: &str) -> Self {
        let file = std::fs::read_to_string(ESTATE).unwrap() + more;
        let scenario = Scenario::parse(&file, "estate.toml").unwrap();
        let (mock, sessions, clock) = panes::world(scenario, 0.001, &["us-east-1"]).await;
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

fn plan(rows: &[Record], names: &[&str], ask: &ActionRequest) -> Plan {
    let found = |name: &&str| {
        let named = |row: &&Record| {
            name.strip_suffix('*')
                .map_or(*row.head.name == **name, |start| {
                    row.head.name.starts_with(start)
                })
        };
        let offered =
            |row: &&Record| named(row) && row.head.capability(ask.operation).known().is_some();
        rows.iter()
            .find(offered)
            .unwrap_or_else(|| panic!("{name} offers no {}", ask.operation))
    };
    let records: Vec<&Record> = names.iter().map(found).collect();
    let plan = Plan::new(
        PlanId::new(rows[0].head.read_at, 1),
        ask,
        &records,
        rows[0].head.read_at,
    );
    assert_eq!(plan.targets.len(), names.len(), "{:?}", plan.skipped);
    plan
}

fn sentences(survey: &Preflight) -> Vec<String> {
    assert_eq!(survey.unread, []);
    survey.warnings.iter().map(ToString::to_string).collect()
}

/// What is told, unless it is each of these and nothing else.
fn otherwise(survey: &Preflight, expected: &[&str]) -> Option<Vec<String>> {
    let told = sentences(survey);
    let fits = told.len() == expected.len()
        && expected
            .iter()
            .all(|expected| told.iter().any(|told| told.contains(expected)));
    (!fits).then_some(told)
}

#[tokio::test(flavor = "multi_thread")]
async fn confirm_dialog_warns_of_scarcity_and_lost_disks() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-8").await;
    rig.type_text("2/hpo-worker");
    rig.press(KeyCode::Enter);
    rig.type_text("        S");
    let told = |frame: &str| {
        frame.contains("Stop 8 resources")
            && frame.contains("scarce")
            && frame.contains("lost for good")
    };
    rig.wait("what may go wrong", told).await;
    rig.wait("who owns it", |frame| {
        frame.contains("ml-prod 1111-2222-3333")
    })
    .await;
    assert_eq!(rig.mock.count("ec2", "StopInstances"), 0, "only rehearsed");
    rig.yes().await;
    rig.wait_in_journal("all eight", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == 8
    })
    .await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_waits_for_preflight_checks_up_to_their_timeout() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.mock.add_fault(
        FaultRule::new(MockFault::Slow(Duration::from_secs(40)))
            .of("sagemaker", "DescribeNotebookInstance")
            .times(1),
    );
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("S");
    rig.wait("that it is being read", |frame| {
        frame.contains("reading what could go wrong")
    })
    .await;
    rig.type_text("y");
    rig.wait("that it is too early", |frame| {
        frame.contains("checks are still running")
    })
    .await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 0);
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.quit().await;
}
