//! The executor on an AWS that does its worst, over HTTP and without a screen: what was done, what
//! the journal says of it, and that the two agree.

#![cfg(test)]

mod answers;
mod gateway;
mod scripts;
mod tagged;

use super::panes::{open, poll};
use spendtop::inventory::Store;
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

/// Long enough for everything here on a busy machine.
const SOON: Duration = Duration::from_mins(2);

/// Twenty of most things.
pub fn twenty() -> String {
    let mut world = "description = \"twenty of most things\"\nnow = \"2026-11-23T08:30:00Z\"\nseed = 7\nregions = [\"us-east-1\"]\n\
        account = { id = \"111122223333\", alias = \"ml-sandbox\", caller = \"user/finops\" }\ntags = { team = \"mlops\" }\n\
        [[instance]]\nname = \"worker-{n}\"\ncount = 25\ntype = \"g5.xlarge\"\nlaunched = \"fri 17:00\"\ngpu = \"steady 0-2\"\n"
        .to_owned();
    for n in 1..=20 {
        write!(world, "[[notebook]]\nname = \"book-{n}\"\ntype = \"ml.g5.2xlarge\"\ncreated = \"-12d\"\nstarted = \"fri 09:00\"\n")
            .unwrap();
    }
    for n in 1..=6 {
        write!(
            world,
            "[[endpoint]]\nname = \"rank-{n}\"\ncreated = \"-40d\"\ntype = \"ml.g5.xlarge\"\ninstances = 4\nrequests = \"steady 9\"\n"
        )
        .unwrap();
    }
    world
}

/// A mock, and an engine on it that is given plans, or on what stands before the mock.
pub struct Bench {
    pub mock: Mock,
    pub clock: Clock,
    pub engine: Option<Engine>,
    sessions: Vec<spendtop::aws::Session>,
    events: mpsc::Receiver<Event>,
    plans: u64,
    folder: tempfile::TempDir,
}

impl Bench {
    pub async fn new(world: &str) -> Self {
        let mock = Mock::start(Options {
            pace: 0.01,
            ..Options::new(Scenario::parse(world, "adversary.toml").unwrap())
        })
        .unwrap();
        let url = mock.url();
        Self::at(mock, &url, 4).await
    }

    /// On the mock by way of `url`, with so many calls at once.
    pub async fn at(mock: Mock, url: &str, at_once: usize) -> Self {
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
            clock: clock.clone(),
            waiter: WaiterConfig {
                initial_interval: millis(50),
                max_interval: millis(400),
                ambiguity_timeout: Duration::from_secs(2),
                timeout: SOON,
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
    pub async fn rows(&self, pane: &'static str) -> BTreeMap<String, Record> {
        let reports = poll(&self.sessions, &self.clock, Some(pane)).await;
        let rows = reports.into_iter().flat_map(|(_, measured)| measured.rows);
        rows.map(|row| (row.head.name.to_string(), row)).collect()
    }

    /// Confirms and begins `ask` on `rows`.
    pub fn begin(&mut self, ask: &ActionRequest, rows: &[&Record]) -> PlanId {
        self.plans += 1;
        let now = self.clock.now();
        let plan = Plan::new(PlanId::new(now, self.plans), ask, rows, now);
        assert_eq!(plan.targets.len(), rows.len(), "{:?}", plan.skipped);
        let (id, demand) = (plan.id.clone(), plan.demand.clone());
        let answer = if let ConfirmLevel::Type(name) = &demand {
            Confirmation::Typed(name)
        } else {
            Confirmation::Yes
        };
        self.engine
            .as_ref()
            .unwrap()
            .run(plan.confirm(answer, now).unwrap())
            .unwrap();
        id
    }

    /// Waits until so many targets have had their last step.
    pub async fn ends(&mut self, mut targets: usize) {
        while targets > 0 {
            let Ok(event) = tokio::time::timeout(SOON, self.events.recv()).await else {
                panic!("{targets} have not ended: {:#?}", self.stories())
            };
            if let Some(Event::Acted(outcome)) = event {
                targets -= usize::from(outcome.status.is_final());
            }
        }
    }

    /// Ends the engine as a console that is left.
    pub async fn leave(&mut self) {
        let engine = self.engine.take().unwrap();
        let events = &mut self.events;
        let drained = async { while events.recv().await.is_some() {} };
        tokio::time::timeout(SOON, async { tokio::join!(engine.shutdown(), drained) })
            .await
            .unwrap();
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("journal.jsonl")
    }

    pub fn lines(&self) -> Vec<AuditEntry> {
        read(&self.path()).unwrap_or_default()
    }

    /// Of each resource: its steps in the journal and the class of its result.
    pub fn stories(&self) -> BTreeMap<String, (String, Option<Outcome>)> {
        let mut stories: BTreeMap<String, (String, Option<Outcome>)> = BTreeMap::new();
        for line in self.lines() {
            let (steps, class) = stories.entry(line.name.to_string()).or_default();
            if !steps.is_empty() {
                steps.push(' ');
            }
            steps.push_str(line.event.id());
            *class = line.outcome.or(*class);
        }
        stories
    }

    /// Calls that change something, of the resource called `name`.
    pub fn asked(&self, name: &str) -> Vec<LoggedCall> {
        let changes = |asked: &LoggedCall| {
            !asked.dry_run
                && !["Describe", "List", "Get"]
                    .iter()
                    .any(|word| asked.operation.starts_with(word))
        };
        let calls = self.mock.calls().into_iter();
        calls
            .filter(|asked| changes(asked) && asked.resources.iter().any(|row| row.name == name))
            .collect()
    }

    /// What the journal says against what was done. `left`: the console was left in the middle.
    pub fn judge(&self, names: &[String], left: bool) -> Vec<String> {
        let lines = self.lines();
        let mut wrong: Vec<String> = verify(&self.path())
            .unwrap()
            .violations
            .iter()
            .map(ToString::to_string)
            .collect();
        wrong.extend(
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
            // Accepted, and not as wanted in time, is one result and its epilogue.
            let results = if matches!(results[..], [one, _] if one.event == StatusKind::Accepted) {
                &results[..1]
            } else {
                &results[..]
            };
            let asked = self.asked(name);
            let effects = asked.iter().filter(|asked| asked.effect).count();
            let class = results.first().and_then(|line| line.outcome);
            let agrees = match class {
                None => effects == 0 && left,
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
            for one in &asked {
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
                || (intents == 0 && !asked.is_empty())
            {
                let steps: Vec<&str> = own.iter().map(|line| line.event.id()).collect();
                wrong.push(format!(
                    "{name}: {steps:?} {class:?}, {} calls, {effects} effects",
                    asked.len()
                ));
            }
        }
        wrong
    }
}
