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
        ActionRequest, ConfirmLevel, Confirmation, Outcome, Plan, PlanId, Record, StatusKind,
        audit::AuditEntry,
    },
    engine::{
        Engine, EngineParts, Event, Journal, WaiterConfig,
        action_backend::AwsBackend,
        audit::{open_intents, read, verify},
    },
    mock::{LoggedCall, Mock, Options, Scenario},
};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Enough for every test here on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A scenario with twenty or more rows of most kinds.
pub(crate) fn twenty_of_each() -> String {
    let mut scenario = "description = \"twenty of most things\"\nnow = \"2026-11-23T08:30:00Z\"\nseed = 7\nregions = [\"us-east-1\"]\n\
        account = { id = \"111122223333\", alias = \"ml-sandbox\", caller = \"user/finops\" }\ntags = { team = \"mlops\" }\n\
        [[instance]]\nname = \"worker-{n}\"\ncount = 25\ntype = \"g5.xlarge\"\nlaunched = \"fri 17:00\"\ngpu = \"steady 0-2\"\n"
        .to_owned();
    for n in 1..=20 {
        write!(scenario, "[[notebook]]\nname = \"book-{n}\"\ntype = \"ml.g5.2xlarge\"\ncreated = \"-12d\"\nstarted = \"fri 09:00\"\n")
            .unwrap();
    }
    for n in 1..=6 {
        write!(
            scenario,
            "[[endpoint]]\nname = \"rank-{n}\"\ncreated = \"-40d\"\ntype = \"ml.g5.xlarge\"\ninstances = 4\nrequests = \"steady 9\"\n"
        )
        .unwrap();
    }
    scenario
}

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
            Confirmation::Typed(name)
        } else {
            Confirmation::Yes
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
        let mut mismatches: Vec<String> = verify(&self.path())
            .unwrap()
            .violations
            .iter()
            .map(ToString::to_string)
            .collect();
        mismatches.extend(
            open_intents(&lines)
                .into_iter()
                .map(|line| format!("{}: an intent without a result", line.name)),
        );
        for name in names {
            let own: Vec<&AuditEntry> = lines.iter().filter(|line| *line.name == **name).collect();
            let intents = own
                .iter()
                .filter(|line| line.event == StatusKind::Recorded)
                .count();
            let results: Vec<&&AuditEntry> = own
                .iter()
                .filter(|line| !matches!(line.event, StatusKind::Recorded | StatusKind::Succeeded))
                .collect();
            // An accepted call that times out has two entries but one outcome.
            let results = if matches!(results[..], [one, _] if one.event == StatusKind::Accepted) {
                &results[..1]
            } else {
                &results[..]
            };
            let calls = self.mutating_calls(name);
            let effects = calls.iter().filter(|call| call.effect).count();
            let outcome = results.first().and_then(|line| line.outcome);
            let agrees = match outcome {
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
            };
            let mut twice = BTreeMap::<&str, usize>::new();
            for one in &calls {
                *twice.entry(&one.operation).or_default() += usize::from(one.effect);
            }
            twice.retain(|operation, count| {
                *count
                    > if *operation == "PutScheduledAction" {
                        2
                    } else {
                        1
                    }
            });
            if !agrees
                || intents > 1
                || results.len() > 1
                || !twice.is_empty()
                || (intents == 0 && !calls.is_empty())
            {
                let steps: Vec<&str> = own.iter().map(|line| line.event.id()).collect();
                mismatches.push(format!(
                    "{name}: {steps:?} {outcome:?}, {} calls, {effects} effects",
                    calls.len()
                ));
            }
        }
        mismatches
    }
}
