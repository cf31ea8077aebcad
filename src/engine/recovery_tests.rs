//! Recovery of unresolved intents in many accounts, regions and profiles, at the next two starts.

use super::{
    audit::{Journal, simulated_disk::SimulatedDisk},
    test_doubles::{clock, observed, plan_to_stop, stamp},
    *,
};
use crate::domain::{
    ActionStatus, Fault, FaultKind, ObservedState, Outcome, Phase, Plan, State, StatusUpdate,
    audit::AuditEntry,
};
use crate::inventory::{Store, guards::Guards};
use crate::rules::Thresholds;
use std::{collections::BTreeMap, time::Duration};

/// The describe result of a resource with an unresolved intent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum InterruptedCase {
    Done,
    UnderWay,
    NotDone,
    Other,
    /// Described as terminated, which AWS does for an hour.
    GoneState,
    /// Not found.
    Gone,
    Denied,
    Unreachable,
    /// No profile of this run reaches it.
    NoProfile,
}

use InterruptedCase::{
    Denied, Done, Gone, GoneState, NoProfile, NotDone, Other, UnderWay, Unreachable,
};

/// The resources, each in its own location, and the journalled outcome; `None` stays unresolved.
const CASES: [(InterruptedCase, Option<Outcome>); 9] = [
    (Done, Some(Outcome::Succeeded)),
    (UnderWay, Some(Outcome::Succeeded)),
    (NotDone, Some(Outcome::Skipped)),
    (Other, Some(Outcome::Unknown)),
    (GoneState, Some(Outcome::Succeeded)),
    (Gone, Some(Outcome::Succeeded)),
    (Denied, Some(Outcome::Unknown)),
    (Unreachable, None),
    (NoProfile, None),
];

/// A backend that records what it describes and refuses to execute.
#[derive(Clone, Default)]
struct DescribeOnlyBackend {
    healed: bool,
    described: Arc<Mutex<Vec<String>>>,
}

impl DescribeOnlyBackend {
    fn state(&self, target: &Target) -> InterruptedCase {
        let state = CASES[target
            .key
            .id
            .strip_prefix("i-")
            .unwrap()
            .parse::<usize>()
            .unwrap()]
        .0;
        if self.healed && matches!(state, Unreachable | NoProfile) {
            Done
        } else {
            state
        }
    }
}

impl ActionBackend for DescribeOnlyBackend {
    async fn describe(&self, target: &Target) -> Result<ObservedState, Fault> {
        let place = format!(
            "{}/{}/{}/{}",
            target.profile, target.key.account, target.key.region, target.key.id
        );
        self.described.lock().unwrap().push(place);
        let fault = |kind| Err(Fault::new(kind, "ec2:DescribeInstances", "as told"));
        match self.state(target) {
            Done => Ok(observed("stopped")),
            UnderWay => Ok(observed("stopping")),
            NotDone => Ok(observed("running")),
            Other => Ok(observed("failed")),
            GoneState => Ok(ObservedState {
                state: State::new(Phase::Gone, "terminated"),
                ..observed("terminated")
            }),
            Gone => fault(FaultKind::NotFound),
            Denied => fault(FaultKind::Denied),
            Unreachable | NoProfile => fault(FaultKind::Network),
        }
    }

    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault> {
        match self.state(target) {
            NoProfile => Err(Fault::new(
                FaultKind::Unavailable,
                "spendtop:profile",
                "no profile reaches it",
            )),
            _ => Ok(format!("arn:aws:sts::{}:assumed-role/ops/ana", target.key.account).into()),
        }
    }

    async fn execute(&self, target: &Target, _stop: &CancellationToken) -> Result<(), Fault> {
        panic!(
            "{:?} was called by a backend that only describes",
            target.key
        );
    }
}

/// A plan whose targets have different accounts, regions and profiles.
fn plan() -> Plan {
    let ids: Vec<String> = (0..CASES.len())
        .map(|number| format!("i-{number}"))
        .collect();
    let mut plan = plan_to_stop(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    for (number, target) in plan.targets.iter_mut().enumerate() {
        target.profile = format!("profile-{number}").into();
        target.key.account = format!("{number:012}").into();
        target.key.region = ["us-east-1", "eu-west-1", "ap-south-1"][number % 3].into();
    }
    plan
}

/// Starts an engine, waits for `open` recovered intents and shuts it down; returns the reports.
async fn start(
    journal: Arc<Journal>,
    backend: &DescribeOnlyBackend,
    open: usize,
) -> Vec<StatusUpdate> {
    let (tx, mut events) = mpsc::channel(256);
    let none = Duration::ZERO;
    let waiter = WaiterConfig {
        initial_interval: none,
        max_interval: none,
        ambiguity_timeout: none,
        timeout: none,
        controller_watch: none,
        max_concurrent: 2,
    };
    let parts = EngineParts {
        sources: Vec::new(),
        backend: Some(backend.clone()),
        journal,
        store: Arc::new(Store::new([].into(), Thresholds::default())),
        guards: Guards::default(),
        aliases: BTreeMap::new(),
        clock: clock(),
        waiter,
        events: tx,
    };
    let engine = Engine::start(parts, &CancellationToken::new());
    let mut updates = Vec::new();
    let hear = |event, updates: &mut Vec<StatusUpdate>| match event {
        Event::Recovered(outcome) => updates.push(outcome),
        Event::Fault(fault) => panic!("{fault}"),
        _ => {}
    };
    while updates.len() < open {
        let event = tokio::time::timeout(Duration::from_mins(1), events.recv())
            .await
            .expect("a record for each action");
        hear(event.expect("the engine runs"), &mut updates);
    }
    let draining = async {
        while let Some(event) = events.recv().await {
            hear(event, &mut updates);
        }
    };
    tokio::join!(engine.shutdown(), draining);
    updates
}

async fn crash(disk: &SimulatedDisk, plan: &Plan) {
    let crashed = disk.journal();
    for target in &plan.targets {
        crashed
            .write(crashed.new_entry(plan, target, &ActionStatus::Recorded, stamp()))
            .await
            .unwrap();
    }
}

/// The places that the backend has described since the last call.
fn described(backend: &DescribeOnlyBackend) -> BTreeSet<String> {
    std::mem::take(&mut *backend.described.lock().unwrap())
        .into_iter()
        .collect()
}

/// The place of a target, with its profile.
fn place_of(number: usize) -> String {
    format!(
        "profile-{number}/{number:012}/{}/i-{number}",
        ["us-east-1", "eu-west-1", "ap-south-1"][number % 3]
    )
}

#[tokio::test]
async fn each_intent_is_resolved_through_its_own_profile() {
    let (disk, plan, backend) = (SimulatedDisk::new(), plan(), DescribeOnlyBackend::default());
    crash(&disk, &plan).await;
    let updates = start(disk.journal(), &backend, CASES.len()).await;
    let keys: Vec<_> = updates.iter().map(|update| update.key.clone()).collect();
    let targets: Vec<_> = plan
        .targets
        .iter()
        .map(|target| target.key.clone())
        .collect();
    assert_eq!(keys, targets);
    assert_eq!(described(&backend), (0..8).map(place_of).collect());
    let written = disk.entries();
    for (number, (case, outcome)) in CASES.iter().enumerate() {
        let id = format!("i-{number}");
        let entries: Vec<&AuditEntry> = written.iter().filter(|entry| *entry.id == *id).collect();
        let result = entries.get(1).filter(|entry| entry.recovered);
        assert_eq!(
            (result.and_then(|entry| entry.outcome), entries.len()),
            (*outcome, 1 + usize::from(outcome.is_some())),
            "{case:?}"
        );
        if let Some(entry) = entries.get(1) {
            let principal = format!("arn:aws:sts::{number:012}:assumed-role/ops/ana");
            assert_eq!(entry.principal_arn.as_deref(), Some(&*principal));
            assert_eq!(
                (&entry.plan, &entry.region, &entry.profile),
                (&entries[0].plan, &entries[0].region, &entries[0].profile)
            );
        }
    }
}

/// A start describes only what is still unresolved, and writes nothing while that stays so.
#[tokio::test]
async fn a_resolved_intent_is_not_described_again() {
    let (disk, backend) = (SimulatedDisk::new(), DescribeOnlyBackend::default());
    crash(&disk, &plan()).await;
    start(disk.journal(), &backend, CASES.len()).await;
    described(&backend);
    let written = disk.entries().len();
    let updates = start(disk.journal(), &backend, 2).await;
    let ids: Vec<_> = updates.iter().map(|update| &*update.key.id).collect();
    assert_eq!(ids, ["i-7", "i-8"]);
    assert_eq!(described(&backend), [place_of(7)].into());
    assert_eq!(disk.entries().len(), written);
    let healed = DescribeOnlyBackend {
        healed: true,
        ..backend.clone()
    };
    start(disk.journal(), &healed, 2).await;
    assert_eq!(disk.entries().len(), written + 2);
    described(&backend);
    assert_eq!(start(disk.journal(), &healed, 0).await, []);
    assert_eq!(described(&backend), BTreeSet::new());
    assert_eq!(disk.verify().violations, []);
}

/// A start recovers the intents of a console only after that console has ended.
#[tokio::test]
async fn intents_of_a_running_console_are_not_recovered() {
    let (disk, plan, backend) = (SimulatedDisk::new(), plan(), DescribeOnlyBackend::default());
    let alive = disk.journal();
    alive
        .write(alive.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
        .await
        .unwrap();
    assert_eq!(start(disk.journal(), &backend, 0).await, []);
    assert_eq!(*backend.described.lock().unwrap(), Vec::<String>::new());
    drop(alive);
    assert_eq!(start(disk.journal(), &backend, 1).await.len(), 1);
}

/// A start reports an altered journal, with and without a backend.
#[tokio::test]
async fn startup_reports_an_altered_journal() {
    let disk = SimulatedDisk::new();
    crash(&disk, &plan()).await;
    let mut bytes = disk.bytes();
    bytes[200] ^= 1;
    disk.set_bytes(bytes);
    for backend in [
        Some(DescribeOnlyBackend {
            healed: true,
            ..DescribeOnlyBackend::default()
        }),
        None,
    ] {
        let (tx, mut events) = mpsc::channel(256);
        let parts = EngineParts {
            sources: Vec::new(),
            backend,
            journal: disk.journal(),
            store: Arc::new(Store::new([].into(), Thresholds::default())),
            guards: Guards::default(),
            aliases: BTreeMap::new(),
            clock: clock(),
            waiter: WaiterConfig::default(),
            events: tx,
        };
        let engine = Engine::start(parts, &CancellationToken::new());
        let said = loop {
            let event = tokio::time::timeout(Duration::from_mins(1), events.recv())
                .await
                .expect("a record");
            if let Event::Fault(fault) = event.expect("the engine runs") {
                break fault.message;
            }
        };
        assert_eq!(
            &*said,
            "the journal was altered: journal.jsonl:1: the entry was altered: its hash does not \
             match"
        );
        drop(events);
        engine.shutdown().await;
    }
}
