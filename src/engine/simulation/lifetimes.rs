//! A lifetime: confirmed plans, the session that executes them, its end, and the next session on
//! the same journal.

use super::super::{
    test_doubles::{clock, place, stamp},
    *,
};
use super::{
    account::{Account, CallBehavior, Place, Row},
    invariants::check,
};
use crate::domain::{
    ActionRequest, ActionStatus, ApiCall, AvailableAction, Capability, Compute, ConfirmationAnswer,
    Measured, Operation, Plan, Record, ResourceKey, action::TagRoute, audit::AuditEntry,
};
use crate::domain::{Input, ops};
use crate::inventory::{Store, guards::Guards};
use crate::rules::Thresholds;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
    time::Duration,
};

/// A case: plans, faults and interruptions.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The rows of each plan.
    pub(super) plans: Vec<Vec<(CallBehavior, u8)>>,
    /// Steps of the account after which all tasks are dropped.
    pub(super) kill: Option<usize>,
    /// Steps after which the first plan is cancelled.
    pub(super) cancel: Option<usize>,
    /// Steps after which the engine shuts down.
    pub(super) leave: Option<usize>,
    /// The power is cut while the journal is written.
    pub(super) power: Option<usize>,
}

/// The row `id`, with every operation of these tests.
fn record(id: &str) -> Record {
    let mut record = test_doubles::record(id);
    let variant = ApiCall::Scale(ops::scale::Call::Variant {
        endpoint: id.into(),
        variant: "v".into(),
        count: 1,
    });
    let scale = Capability::Count {
        unit: "instances",
        minimum: 0,
        suggested: None,
        per_unit: None,
        call: variant,
        shared: None,
        at_zero: None,
    };
    record.head.actions.push(AvailableAction {
        operation: Operation::Scale,
        capability: Measured::Known(scale),
    });
    record.head.actions.push(AvailableAction {
        operation: Operation::Tag,
        capability: Measured::Known(Capability::Tags(TagRoute::Ec2(id.into()))),
    });
    record.head.compute = Some(Compute {
        unit: "p4d.24xlarge".into(),
        count: 1,
        desired: 1,
    });
    record.head.key = ResourceKey::new(&place("us-east-1"), test_doubles::KIND, id);
    record
}

fn operation(number: usize) -> (Operation, ActionRequest) {
    match number % 3 {
        0 => (Operation::Stop, Operation::Stop.request(Input::None)),
        1 => (Operation::Scale, Operation::Scale.request(Input::Count(3))),
        _ => (
            Operation::Tag,
            Operation::Tag.request(Input::Tags {
                fill: crate::domain::Tags::new(),
                set: [("team".to_owned(), "a".to_owned())].into(),
                remove: Vec::new(),
            }),
        ),
    }
}

pub(super) fn confirmed(case: &Case, seed: usize) -> (Vec<ConfirmedPlan>, BTreeMap<String, Row>) {
    let mut rows = BTreeMap::new();
    let mut plans = Vec::new();
    for (number, fates) in case.plans.iter().enumerate() {
        let (operation, request) = operation(number + seed);
        let records: Vec<Record> = (0..fates.len())
            .map(|place| record(&format!("i-{number}-{place}")))
            .collect();
        for (record, (fate, _)) in records.iter().zip(fates) {
            let row = Row {
                fate: *fate,
                operation,
                effects: 0,
                calls: 0,
            };
            rows.insert(record.head.key.id.to_string(), row);
        }
        let id = PlanId::new(stamp(), number as u64);
        let plan = Plan::new(id, &request, &records.iter().collect::<Vec<_>>(), stamp());
        assert_eq!(plan.targets.len(), fates.len(), "{:?}", plan.skipped);
        plans.push(plan.confirm(ConfirmationAnswer::Yes, stamp()).unwrap());
    }
    // A row that is in no plan.
    rows.insert(
        "i-other".to_owned(),
        Row {
            fate: CallBehavior::Done,
            operation: Operation::Stop,
            effects: 0,
            calls: 0,
        },
    );
    (plans, rows)
}

/// No delays: effects are visible at once.
fn waiter() -> WaiterConfig {
    let none = Duration::ZERO;
    WaiterConfig {
        initial_interval: none,
        max_interval: none,
        ambiguity_timeout: none,
        timeout: none,
        controller_watch: none,
        max_concurrent: 2,
    }
}

/// Runs an engine until every target has a final status or the engine is killed.
async fn console(account: &Account, journal: Arc<Journal>, plans: &[ConfirmedPlan], case: &Case) {
    let (tx, mut events) = mpsc::channel(256);
    let cancel = CancellationToken::new();
    let parts = EngineParts {
        sources: Vec::new(),
        backend: Some(account.clone()),
        journal,
        store: Arc::new(Store::new([].into(), Thresholds::default())),
        guards: Guards::default(),
        aliases: BTreeMap::new(),
        clock: clock(),
        waiter: waiter(),
        events: tx,
    };
    let engine = Engine::start(parts, &cancel);
    let mut open = BTreeSet::new();
    for plan in plans {
        engine.submit(plan.clone()).unwrap();
        assert_eq!(engine.submit(plan.clone()), Err(RejectReason::Duplicate));
        open.extend(plan.plan().targets.iter().map(|target| target.key.clone()));
    }
    let begun = account.steps.load(Ordering::Relaxed);
    let mut cancelled = false;
    while !open.is_empty() {
        let steps = account.steps.load(Ordering::Relaxed) - begun;
        if case.kill.is_some_and(|kill| steps >= kill) {
            // All tasks are dropped with the runtime, wherever they are.
            drop(engine);
            return;
        }
        if let (Some(first), false) = (plans.first(), cancelled)
            && case.cancel.is_some_and(|cancel| steps >= cancel)
        {
            cancelled = true;
            engine.cancel(&first.plan().id);
        }
        if case.leave.is_some_and(|leave| steps >= leave) {
            break;
        }
        tokio::select! {
            biased;
            event = events.recv() => if let Some(Event::Acted(outcome)) = event
                && outcome.status.is_final()
            {
                open.remove(&outcome.key);
            },
            () = account.moved.notified() => {}
        }
    }
    let draining = async { while events.recv().await.is_some() {} };
    let ((), ()) = tokio::join!(engine.shutdown(), draining);
}

/// The next event; a report of an altered journal breaks an invariant.
async fn heard(events: &mut mpsc::Receiver<Event>, broken: &mut Vec<String>) -> Option<Event> {
    let event = events.recv().await;
    if let Some(Event::Fault(fault)) = &event {
        broken.push(fault.to_string());
    }
    event
}

/// A second console on the same journal: verifies it, recovers intents, gets the same plans again
/// and repeats nothing. Returns the broken invariants.
async fn next_console(
    account: &Account,
    plans: &[ConfirmedPlan],
    begun: &BTreeSet<PlanId>,
    open: usize,
) -> Vec<String> {
    let mut broken = Vec::new();
    let (tx, mut events) = mpsc::channel(256);
    let journal = account.place.journal();
    let parts = EngineParts {
        sources: Vec::new(),
        backend: Some(account.clone()),
        journal,
        store: Arc::new(Store::new([].into(), Thresholds::default())),
        guards: Guards::default(),
        aliases: BTreeMap::new(),
        clock: clock(),
        waiter: waiter(),
        events: tx,
    };
    let engine = Engine::start(parts, &CancellationToken::new());
    let mut recovered = 0;
    while recovered < open {
        match tokio::time::timeout(Duration::from_mins(1), heard(&mut events, &mut broken)).await {
            Ok(Some(Event::Recovered(_))) => recovered += 1,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    for plan in plans.iter().filter(|plan| begun.contains(&plan.plan().id)) {
        engine.submit(plan.clone()).unwrap();
        for _ in &plan.plan().targets {
            loop {
                match heard(&mut events, &mut broken).await {
                    Some(Event::Acted(outcome)) => {
                        assert!(
                            matches!(outcome.status, ActionStatus::Refused(_)),
                            "{outcome:?}"
                        );
                        break;
                    }
                    Some(_) => {}
                    None => panic!("the engine ended"),
                }
            }
        }
    }
    let draining = async { while heard(&mut events, &mut broken).await.is_some() {} };
    tokio::join!(engine.shutdown(), draining);
    broken
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// Runs `case` and returns the broken invariants.
pub(super) fn live(case: &Case, seed: usize, place: Place) -> Vec<String> {
    let (plans, rows) = confirmed(case, seed);
    let account = Account::new(rows, place);
    let place = &account.place;
    place.set_power(case.power);
    let first = runtime();
    first.block_on(console(&account, place.journal(), &plans, case));
    drop(first);
    place.set_power(None);
    let mut broken = Vec::new();
    let id = |line: &AuditEntry| line.id.to_string();
    let entries = place.entries();
    let open: Vec<String> = audit::open_intents(&entries).into_iter().map(id).collect();
    let begun: BTreeSet<PlanId> = entries.iter().map(|line| line.plan.clone()).collect();
    if case.kill.is_none() && case.power.is_none() && !open.is_empty() {
        broken.push(format!("intents without a result: {open:?}"));
    }
    let second = runtime();
    broken.extend(second.block_on(next_console(&account, &plans, &begun, open.len())));
    drop(second);
    broken.extend(place.violations());
    broken.append(&mut account.world.lock().unwrap().broken);
    check(&account, &plans, &mut broken);
    broken
}
