//! The executor against a failing AWS over HTTP: the journal must agree with the effects.

#![cfg(test)]

mod bulk_tags;
mod fault_scripts;
mod gateway;
mod responses;

use super::panes::{open, poll};
use spendtop::inventory::{Store, guards::Guards};
use spendtop::rules::Thresholds;
use spendtop::{
    aws::Clock,
    domain::{
        ActionRequest, ConfirmLevel, ConfirmationAnswer, Outcome, Plan, PlanId, Record, StatusKind,
        audit::AuditEntry,
    },
    engine::{
        Engine, EngineParts, Event, Journal, WaiterConfig,
        action_backend::AwsBackend,
        audit::{open_intents, read, verify},
    },
    mock::{LoggedCall, Mock, Options, Scenario},
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Enough for every test here on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A scenario with twenty or more rows of most kinds.
pub(crate) fn twenty_of_each() -> String {
    let numbered = |table: &str, count: u32| -> String {
        (1..=count)
            .map(|n| table.replace("{n}", &n.to_string()))
            .collect()
    };
    HEAD.to_owned() + WORKERS + &numbered(BOOK, 20) + &numbered(RANK, 6)
}

const HEAD: &str = r#"
description = "many rows"
now = "2026-11-23T08:30:00Z"
seed = 7
regions = ["us-east-1"]
account = { id = "111122223333", alias = "ml-sandbox", caller = "user/finops" }
tags = { team = "mlops" }
"#;

const WORKERS: &str = r#"
[[instance]]
name = "worker-{n}"
count = 25
type = "g5.xlarge"
launched = "fri 17:00"
gpu = "steady 0-2"
"#;

const BOOK: &str = r#"
[[notebook]]
name = "book-{n}"
type = "ml.g5.2xlarge"
created = "-12d"
started = "fri 09:00"
"#;

const RANK: &str = r#"
[[endpoint]]
name = "rank-{n}"
created = "-40d"
type = "ml.g5.xlarge"
instances = 4
requests = "steady 9"
"#;

/// An engine on a mock, or on a gateway before it.
pub(crate) struct EngineHarness {
    pub mock: Mock,
    pub clock: Clock,
    pub engine: Option<Engine>,
    sessions: Vec<spendtop::aws::Session>,
    events: mpsc::Receiver<Event>,
    plans: u64,
    folder: tempfile::TempDir,
}

impl EngineHarness {
    pub(crate) async fn new(scenario: &str) -> Self {
        let mock = Mock::start(Options {
            pace: 0.01,
            ..Options::new(Scenario::parse(scenario, "adversary.toml").unwrap())
        })
        .unwrap();
        let url = mock.url();
        Self::at(mock, &url, 4).await
    }

    /// Reaches the mock through `url`, with at most `at_once` concurrent calls.
    pub(crate) async fn at(mock: Mock, url: &str, at_once: usize) -> Self {
        let sessions = open(url, &["us-east-1"]).await;
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let folder = tempfile::tempdir().unwrap();
        let (tx, events) = mpsc::channel(256);
        let millis = Duration::from_millis;
        let parts = EngineParts {
            sources: Vec::new(),
            backend: Some(AwsBackend::new(sessions.clone(), clock.clone())),
            journal: Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana")),
            store: Arc::new(Store::new([].into(), Thresholds::default())),
            guards: Guards::default(),
            aliases: BTreeMap::new(),
            clock: clock.clone(),
            waiter: WaiterConfig {
                initial_interval: millis(50),
                max_interval: millis(400),
                ambiguity_timeout: Duration::from_secs(2),
                timeout: TIMEOUT,
                controller_watch: Duration::ZERO,
                max_concurrent: at_once,
            },
            events: tx,
        };
        let engine = Engine::start(parts, &CancellationToken::new());
        Self {
            mock,
            clock,
            engine: Some(engine),
            sessions,
            events,
            plans: 0,
            folder,
        }
    }

    /// The rows of a pane, by name.
    pub(crate) async fn rows(&self, pane: &'static str) -> BTreeMap<String, Record> {
        let reports = poll(&self.sessions, &self.clock, Some(pane)).await;
        let rows = reports.into_iter().flat_map(|(_, measured)| measured.rows);
        rows.map(|row| (row.head.name.to_string(), row)).collect()
    }

    /// Confirms and runs `request` on `rows`.
    pub(crate) fn run(&mut self, request: &ActionRequest, rows: &[&Record]) -> PlanId {
        self.plans += 1;
        let now = self.clock.now();
        let plan = Plan::new(PlanId::new(now, self.plans), request, rows, now);
        assert_eq!(plan.targets.len(), rows.len(), "{:?}", plan.skipped);
        let (id, confirm_level) = (plan.id.clone(), plan.confirm_level.clone());
        let answer = if let ConfirmLevel::Type(name) = &confirm_level {
            ConfirmationAnswer::Typed(name)
        } else {
            ConfirmationAnswer::Yes
        };
        self.engine
            .as_ref()
            .unwrap()
            .submit(plan.confirm(answer, now).unwrap())
            .unwrap();
        id
    }

    /// Waits until `targets` targets have a final status.
    pub(crate) async fn wait_for_final(&mut self, mut targets: usize) {
        while targets > 0 {
            let Ok(event) = tokio::time::timeout(TIMEOUT, self.events.recv()).await else {
                panic!("{targets} have not ended: {:#?}", self.histories())
            };
            if let Some(Event::Acted(outcome)) = event {
                targets -= usize::from(outcome.status.is_final());
            }
        }
    }

    /// Shuts the engine down as quitting does.
    pub(crate) async fn shut_down(&mut self) {
        let engine = self.engine.take().unwrap();
        let events = &mut self.events;
        let drained = async { while events.recv().await.is_some() {} };
        tokio::time::timeout(TIMEOUT, async { tokio::join!(engine.shutdown(), drained) })
            .await
            .unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("journal.jsonl")
    }

    pub(crate) fn lines(&self) -> Vec<AuditEntry> {
        read(&self.path()).unwrap_or_default()
    }

    /// The journalled events and the outcome of each resource, by name.
    pub(crate) fn histories(&self) -> BTreeMap<String, (String, Option<Outcome>)> {
        let mut histories: BTreeMap<String, (String, Option<Outcome>)> = BTreeMap::new();
        for line in self.lines() {
            let (steps, outcome) = histories.entry(line.name.to_string()).or_default();
            if !steps.is_empty() {
                steps.push(' ');
            }
            steps.push_str(line.event.id());
            *outcome = line.outcome.or(*outcome);
        }
        histories
    }

    /// The mutating calls on the resource `name`, without dry runs.
    pub(crate) fn mutating_calls(&self, name: &str) -> Vec<LoggedCall> {
        let changes = |call: &LoggedCall| {
            !call.dry_run
                && !["Describe", "List", "Get"]
                    .iter()
                    .any(|word| call.operation.starts_with(word))
        };
        let calls = self.mock.calls().into_iter();
        calls
            .filter(|call| changes(call) && call.resources.iter().any(|row| row.name == name))
            .collect()
    }

    /// The differences between the journal and the effects. `was_quit`: the console quit while the
    /// plan ran.
    pub(crate) fn find_mismatches(&self, names: &[String], was_quit: bool) -> Vec<String> {
        let lines = self.lines();
        let violations = verify(&self.path()).unwrap().violations;
        let open = open_intents(&lines)
            .into_iter()
            .map(|line| format!("{}: an intent without a result", line.name));
        let differing = names.iter().filter_map(|name| {
            let own: Vec<&AuditEntry> = lines.iter().filter(|line| *line.name == **name).collect();
            find_mismatch(&own, &self.mutating_calls(name), was_quit)
                .map(|mismatch| format!("{name}: {mismatch}"))
        });
        violations
            .iter()
            .map(ToString::to_string)
            .chain(open)
            .chain(differing)
            .collect()
    }
}

/// The difference between the journal entries of a resource and the calls on it.
fn find_mismatch(entries: &[&AuditEntry], calls: &[LoggedCall], was_quit: bool) -> Option<String> {
    let intents = entries
        .iter()
        .filter(|line| line.event == StatusKind::Recorded)
        .count();
    let results: Vec<&&AuditEntry> = entries
        .iter()
        .filter(|line| !matches!(line.event, StatusKind::Recorded | StatusKind::Succeeded))
        .collect();
    // An accepted call that times out has two entries but one outcome.
    let results = match results[..] {
        [one, _] if one.event == StatusKind::Accepted => &results[..1],
        _ => &results[..],
    };
    let outcome = results.first().and_then(|line| line.outcome);
    let effects = calls.iter().filter(|call| call.effect).count();
    let is_truthful = agrees(outcome, effects, was_quit)
        && intents <= 1
        && results.len() <= 1
        && !is_repeated(calls)
        && (intents > 0 || calls.is_empty());
    let events: Vec<&str> = entries.iter().map(|line| line.event.id()).collect();
    let calls = calls.len();
    (!is_truthful).then(|| format!("{events:?} {outcome:?}, {calls} calls, {effects} effects"))
}

/// Whether an outcome in the journal is true of a number of effects.
fn agrees(outcome: Option<Outcome>, effects: usize, was_quit: bool) -> bool {
    match outcome {
        None => effects == 0 && was_quit,
        Some(Outcome::Succeeded | Outcome::Partial) => effects > 0,
        Some(Outcome::Unknown) => true,
        Some(
            Outcome::Skipped
            | Outcome::Refused
            | Outcome::Denied
            | Outcome::Throttled
            | Outcome::Expired,
        ) => effects == 0,
    }
}

/// Whether a call has had an effect more often than its action needs.
fn is_repeated(calls: &[LoggedCall]) -> bool {
    let mut effects = BTreeMap::<&str, usize>::new();
    for call in calls {
        *effects.entry(&call.operation).or_default() += usize::from(call.effect);
    }
    // A schedule has two actions.
    let needed = |operation| {
        if operation == "PutScheduledAction" {
            2
        } else {
            1
        }
    };
    effects
        .into_iter()
        .any(|(operation, count)| count > needed(operation))
}
