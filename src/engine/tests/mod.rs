//! The whole engine on test doubles: each guarantee of the executor and the pollers. Tests wait for
//! events, never for a fixed time.

mod ambiguity;
mod controllers;
mod fresh_guards;
mod pollers;

use super::test_doubles::{CountingSource, Script, clock, confirmed, observed};
use super::*;
use crate::collectors::{PollKind, metas};
use crate::domain::StatusUpdate;
use crate::domain::{ActionStatus, Fault, FaultKind};
use crate::inventory::Store;
use crate::rules::Thresholds;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};
use tokio::time::timeout;

const TIMEOUT: Duration = Duration::from_secs(10);

fn fast_waiter() -> WaiterConfig {
    let millis = Duration::from_millis;
    WaiterConfig {
        initial_interval: millis(2),
        max_interval: millis(5),
        ambiguity_timeout: millis(60),
        timeout: millis(400),
        controller_watch: millis(40),
        max_concurrent: 2,
    }
}

struct Harness {
    engine: Engine,
    events: mpsc::Receiver<Event>,
    journal: PathBuf,
    _folder: tempfile::TempDir,
}

impl Harness {
    fn new(backend: Option<Script>, sources: Vec<Box<dyn Source>>) -> Self {
        Self::with_waiter(backend, sources, fast_waiter())
    }

    fn with_waiter(
        backend: Option<Script>,
        sources: Vec<Box<dyn Source>>,
        waiter: WaiterConfig,
    ) -> Self {
        Self::guarded(backend, sources, waiter, Guards::default())
    }

    /// A harness with `guards` before every call.
    fn guarded(
        backend: Option<Script>,
        sources: Vec<Box<dyn Source>>,
        waiter: WaiterConfig,
        guards: Guards,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let (tx, events) = mpsc::channel(64);
        let journal = Arc::new(Journal::at(&path, "ana"));
        let parts = EngineParts {
            sources,
            backend,
            journal,
            store: Arc::new(Store::new(metas(), Thresholds::default())),
            guards,
            aliases: BTreeMap::new(),
            clock: clock(),
            waiter,
            events: tx,
        };
        let engine = Engine::start(parts, &CancellationToken::new());
        Self {
            engine,
            events,
            journal: path,
            _folder: folder,
        }
    }

    /// The statuses of each target until `targets` targets have a final one.
    async fn final_statuses(&mut self, targets: usize) -> BTreeMap<String, Vec<ActionStatus>> {
        let mut steps: BTreeMap<String, Vec<ActionStatus>> = BTreeMap::new();
        let mut over = 0;
        while over < targets {
            match timeout(TIMEOUT, self.events.recv()).await.unwrap().unwrap() {
                Event::Acted(outcome) => {
                    over += usize::from(outcome.status.is_final());
                    steps
                        .entry(outcome.key.id.to_string())
                        .or_default()
                        .push(outcome.status);
                }
                Event::Report(_) => {}
                other => panic!("{other:?}"),
            }
        }
        steps
    }

    fn journalled(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(&self.journal).unwrap_or_default();
        let line = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            (
                line["id"].as_str().unwrap().to_owned(),
                line["event"].as_str().unwrap().to_owned(),
            )
        };
        text.lines().map(line).collect()
    }
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "ec2:StopInstances", "as scripted")
}

#[tokio::test]
async fn stop_is_journalled_called_once_and_waited_for() {
    let backend = Script::default().states(
        "i-1",
        [
            Ok(observed("running")),
            Ok(observed("stopping")),
            Ok(observed("stopping")),
            Ok(observed("stopped")),
        ],
    );
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    assert_eq!(
        steps["i-1"],
        [
            ActionStatus::Recorded,
            ActionStatus::Calling,
            ActionStatus::Accepted,
            ActionStatus::Succeeded
        ]
    );
    assert_eq!(backend.calls(), ["i-1"]);
    let journal: Vec<_> = harness
        .journalled()
        .into_iter()
        .map(|(_, step)| step)
        .collect();
    assert_eq!(journal, ["intent", "accepted", "succeeded"]);
}

#[tokio::test]
async fn one_failure_leaves_others_running_within_the_limit() {
    let backend = ["i-1", "i-3", "i-4", "i-5"]
        .into_iter()
        .fold(Script::default(), |backend, id| {
            backend.states(id, [Ok(observed("running")), Ok(observed("stopped"))])
        })
        .answers("i-2", Err(fault(FaultKind::Denied)))
        // Longer than a busy disk takes for an intent.
        .slow(Duration::from_millis(200));
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness
        .engine
        .submit(confirmed(&["i-1", "i-2", "i-3", "i-4", "i-5"]))
        .unwrap();
    let steps = harness.final_statuses(5).await;
    assert_eq!(
        steps["i-2"].last(),
        Some(&ActionStatus::Refused(fault(FaultKind::Denied)))
    );
    for id in ["i-1", "i-3", "i-4", "i-5"] {
        assert_eq!(steps[id].last(), Some(&ActionStatus::Succeeded), "{id}");
    }
    assert_eq!(backend.max_concurrent(), 2);
}

#[tokio::test]
async fn drifted_target_is_not_called() {
    let backend = Script::default()
        .states("i-1", [Ok(observed("stopping"))])
        .states("i-2", [Err(fault(FaultKind::NotFound))])
        .states("i-3", [Err(fault(FaultKind::Denied))]);
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness
        .engine
        .submit(confirmed(&["i-1", "i-2", "i-3"]))
        .unwrap();
    let steps = harness.final_statuses(3).await;
    assert_eq!(
        steps["i-1"].last(),
        Some(&ActionStatus::Drifted(
            "state was running, is now stopping".into()
        ))
    );
    assert!(matches!(
        steps["i-2"].last(),
        Some(ActionStatus::Drifted(_))
    ));
    assert!(matches!(
        steps["i-3"].last(),
        Some(ActionStatus::Refused(_))
    ));
    assert!(backend.calls().is_empty());
}

#[tokio::test]
async fn throttled_call_is_refused_and_not_repeated() {
    let backend = Script::default().answers("i-1", Err(fault(FaultKind::Throttled)));
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    assert_eq!(
        harness.final_statuses(1).await["i-1"].last(),
        Some(&ActionStatus::Refused(fault(FaultKind::Throttled)))
    );
    assert_eq!(backend.calls(), ["i-1"]);
}

#[tokio::test]
async fn unsettled_action_times_out() {
    let backend =
        Script::default().states("i-1", [Ok(observed("running")), Ok(observed("stopping"))]);
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    assert!(
        matches!(
            steps["i-1"].last(),
            Some(ActionStatus::TimedOut(why)) if why.contains("stopping")
        ),
        "{steps:?}"
    );
}

#[tokio::test]
async fn cancel_skips_targets_that_have_not_started() {
    let backend = Script::default().slow(Duration::from_millis(50));
    let mut harness = Harness::with_waiter(
        Some(backend.clone()),
        Vec::new(),
        WaiterConfig {
            max_concurrent: 1,
            ..fast_waiter()
        },
    );
    let confirmed = confirmed(&["i-1", "i-2", "i-3"]);
    let plan = confirmed.plan().id.clone();
    harness.engine.submit(confirmed).unwrap();
    while !matches!(
        timeout(TIMEOUT, harness.events.recv()).await.unwrap(),
        Some(Event::Acted(StatusUpdate {
            status: ActionStatus::Calling,
            ..
        }))
    ) {}
    harness.engine.cancel(&plan);
    let steps = harness.final_statuses(3).await;
    let cancelled = steps
        .values()
        .filter(|steps| steps.last() == Some(&ActionStatus::Cancelled))
        .count();
    assert_eq!((cancelled, backend.calls().len()), (2, 1));
}

#[tokio::test]
async fn unwritable_journal_prevents_every_call() {
    let backend = Script::default();
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, "").unwrap();
    let (tx, events) = mpsc::channel(64);
    let journal = Arc::new(Journal::at(in_the_way.join("journal.jsonl"), "ana"));
    let parts = EngineParts {
        sources: Vec::new(),
        backend: Some(backend.clone()),
        journal,
        store: Arc::new(Store::new([].into(), Thresholds::default())),
        guards: Guards::default(),
        aliases: BTreeMap::new(),
        clock: clock(),
        waiter: fast_waiter(),
        events: tx,
    };
    let engine = Engine::start(parts, &CancellationToken::new());
    engine.submit(confirmed(&["i-1"])).unwrap();
    let mut events = events;
    loop {
        match timeout(TIMEOUT, events.recv()).await.unwrap().unwrap() {
            Event::Acted(StatusUpdate { status: step, .. }) => {
                assert!(
                    matches!(
                        &step,
                        ActionStatus::Refused(fault) if &*fault.operation == "spendtop:journal"
                    ),
                    "{step:?}"
                );
                break;
            }
            Event::Fault(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(backend.calls().is_empty());
}

#[tokio::test]
async fn read_only_engine_rejects_plans() {
    let harness = Harness::new(None, Vec::new());
    assert_eq!(
        harness.engine.submit(confirmed(&["i-1"])),
        Err(RejectReason::ReadOnly)
    );
    harness.engine.shutdown().await;
}

#[tokio::test]
async fn shutdown_waits_for_a_running_call_and_journals_it() {
    let backend = Script::default()
        .states("i-1", [Ok(observed("running")), Ok(observed("stopping"))])
        .slow(Duration::from_millis(30));
    let mut harness = Harness::new(Some(backend.clone()), Vec::new());
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    while !matches!(
        timeout(TIMEOUT, harness.events.recv()).await.unwrap(),
        Some(Event::Acted(StatusUpdate {
            status: ActionStatus::Calling,
            ..
        }))
    ) {}
    let Harness {
        engine,
        events,
        journal,
        _folder,
    } = harness;
    timeout(TIMEOUT, engine.shutdown()).await.unwrap();
    drop(events);
    let text = std::fs::read_to_string(journal).unwrap();
    assert!(
        text.lines().last().unwrap().contains("\"accepted\""),
        "{text}"
    );
}
