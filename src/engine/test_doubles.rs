//! Test doubles of AWS for the engine.

use super::ActionBackend;
use crate::domain::{Input, ops};
use crate::{
    aws::Clock,
    collectors::{PollKind, Source},
    domain::{
        AvailableAction, Cadence, Capability, CommonFields, Compute, ConfirmationAnswer,
        ConfirmedPlan, Controller, Evidence, Fault, Freshness, HourlyCost, Location, Measured,
        Operation, Phase, Plan, PlanId, Record, Report, ResourceKey, ResourceKind, SourceId, State,
        Tags, Target, Timestamp,
        action::{ApiCall, ObservedState},
    },
};
use futures_util::future::BoxFuture;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

pub(super) const KIND: ResourceKind = ResourceKind::EC2_INSTANCE;

pub(super) fn stamp() -> Timestamp {
    "2026-11-23T08:30:00Z".parse().unwrap()
}

pub(super) fn clock() -> Clock {
    Clock::new(stamp)
}

pub(super) fn place(region: &str) -> Location {
    Location {
        profile: "".into(),
        account: "111122223333".into(),
        region: region.into(),
    }
}

pub(super) fn state(name: &str) -> State {
    let phase = match name {
        "running" => Phase::Running,
        "stopped" => Phase::Stopped,
        "failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    State::new(phase, name)
}

pub(super) fn observed(name: &str) -> ObservedState {
    ObservedState {
        state: state(name),
        count: Some(1),
        desired: Some(1),
        tags: Some(Tags::new()),
        scheduled_actions: None,
        setting: None,
    }
}

pub(super) fn record(id: &str) -> Record {
    let head = CommonFields {
        key: ResourceKey::new(&place("us-east-1"), KIND, id),
        profile: "".into(),
        name: format!("name-of-{id}").into(),
        arn: None,
        parent: None,
        state: state("running"),
        since: None,
        compute: Some(Compute {
            unit: "p4d.24xlarge".into(),
            count: 1,
            desired: 1,
        }),
        burn: HourlyCost::Nothing(crate::domain::Reason::new("free")),
        price_estimate: None,
        history: crate::domain::CostHistory::default(),
        prepaid: None,
        service: None,
        discount: None,
        waste: Measured::unknown("not judged"),
        waste_estimate: None,
        owner: None,
        tags: Measured::Known(Tags::new()),
        evidence: Evidence::None,
        as_of: None,
        measured_at: None,
        actions: vec![AvailableAction {
            operation: Operation::Stop,
            capability: Measured::Known(Capability::Ready(ApiCall::Stop(
                ops::stop::Call::Instance(id.into()),
            ))),
        }],
        read_at: stamp(),
    };
    Record {
        head,
        own: Vec::new(),
    }
}

pub(super) fn plan_to_stop(ids: &[&str]) -> Plan {
    let records: Vec<Record> = ids.iter().map(|id| record(id)).collect();
    Plan::new(
        PlanId::new(stamp(), 1),
        &Operation::Stop.request(Input::None),
        &records.iter().collect::<Vec<_>>(),
        stamp(),
    )
}

/// Like [`confirmed`], for machines of the Auto Scaling group `trainers`.
pub(super) fn confirmed_in_group(ids: &[&str]) -> ConfirmedPlan {
    let mut plan = plan_to_stop(ids);
    for target in &mut plan.targets {
        let group = (
            "aws:autoscaling:groupName".to_owned(),
            "trainers".to_owned(),
        );
        target.observed.tags = Some(Tags::from([group]));
    }
    plan.confirm(ConfirmationAnswer::Yes, stamp()).unwrap()
}

pub(super) fn confirmed(ids: &[&str]) -> ConfirmedPlan {
    plan_to_stop(ids)
        .confirm(ConfirmationAnswer::Yes, stamp())
        .unwrap()
}

/// A scripted backend: each target passes through its states and keeps the last one.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<ScriptedBackend>>);

#[derive(Default)]
struct ScriptedBackend {
    states: HashMap<String, VecDeque<Result<ObservedState, Fault>>>,
    answers: HashMap<String, Result<(), Fault>>,
    calls: Vec<String>,
    started: VecDeque<Result<Vec<Arc<str>>, Fault>>,
    slow: Duration,
    concurrent: usize,
    max_concurrent: usize,
}

impl Script {
    pub(super) fn states(
        self,
        id: &str,
        states: impl IntoIterator<Item = Result<ObservedState, Fault>>,
    ) -> Self {
        self.0
            .lock()
            .unwrap()
            .states
            .insert(id.into(), states.into_iter().collect());
        self
    }
    pub(super) fn answers(self, id: &str, answer: Result<(), Fault>) -> Self {
        self.0.lock().unwrap().answers.insert(id.into(), answer);
        self
    }
    /// The result of each look for replacements; the last one stays.
    pub(super) fn started(
        self,
        looks: impl IntoIterator<Item = Result<Vec<Arc<str>>, Fault>>,
    ) -> Self {
        self.0.lock().unwrap().started = looks.into_iter().collect();
        self
    }
    pub(super) fn slow(self, call: Duration) -> Self {
        self.0.lock().unwrap().slow = call;
        self
    }
    pub(super) fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().calls.clone()
    }
    pub(super) fn max_concurrent(&self) -> usize {
        self.0.lock().unwrap().max_concurrent
    }
}

impl ActionBackend for Script {
    async fn describe(&self, target: &Target) -> Result<ObservedState, Fault> {
        tokio::task::yield_now().await;
        let mut scripted = self.0.lock().unwrap();
        let states = scripted
            .states
            .entry(target.key.id.to_string())
            .or_default();
        if states.len() > 1 {
            states.pop_front().unwrap()
        } else {
            states
                .front()
                .cloned()
                .unwrap_or_else(|| Ok(observed("running")))
        }
    }

    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault> {
        Ok(format!("arn:aws:sts::{}:assumed-role/ops/ana", target.key.account).into())
    }

    async fn started_since(
        &self,
        _target: &Target,
        _controller: &Controller,
        _since: Timestamp,
    ) -> Result<Vec<Arc<str>>, Fault> {
        let started = &mut self.0.lock().unwrap().started;
        if started.len() > 1 {
            started.pop_front().unwrap()
        } else {
            started.front().cloned().unwrap_or_else(|| Ok(Vec::new()))
        }
    }

    async fn execute(&self, target: &Target, _stop: &CancellationToken) -> Result<(), Fault> {
        let slow = {
            let mut scripted = self.0.lock().unwrap();
            scripted.calls.push(target.key.id.to_string());
            scripted.concurrent += 1;
            scripted.max_concurrent = scripted.max_concurrent.max(scripted.concurrent);
            scripted.slow
        };
        tokio::time::sleep(slow).await;
        let mut scripted = self.0.lock().unwrap();
        scripted.concurrent -= 1;
        scripted
            .answers
            .get(&*target.key.id)
            .cloned()
            .unwrap_or(Ok(()))
    }
}

/// A source that counts its polls.
pub(super) struct CountingSource {
    pub id: SourceId,
    pub cadence: Cadence,
    pub polls: Arc<Mutex<Vec<PollKind>>>,
    pub answer: Box<dyn FnMut(usize) -> Report + Send>,
}

impl CountingSource {
    pub(super) fn new(
        pane: &'static str,
        every: Duration,
        mut answer: impl FnMut(usize, Report) -> Report + Send + 'static,
    ) -> Self {
        let id = SourceId {
            pane,
            place: place("us-east-1"),
        };
        let source = id.clone();
        let answer = move |number| {
            let report = Report {
                source: source.clone(),
                at: stamp(),
                ended: Vec::new(),
                rows: vec![record("i-1")],
                complete: true,
                faults: Vec::new(),
                notes: Vec::new(),
                costs: None,
                watch: None,
                freshness: Freshness::listed(stamp()),
            };
            answer(number, report)
        };
        Self {
            id,
            cadence: Cadence {
                inventory: every,
                metrics: every,
            },
            polls: Arc::default(),
            answer: Box::new(answer),
        }
    }
}

impl Source for CountingSource {
    fn id(&self) -> &SourceId {
        &self.id
    }
    fn cadence(&self) -> Cadence {
        self.cadence
    }
    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report> {
        Box::pin(async move {
            let number = {
                let mut polls = self.polls.lock().unwrap();
                polls.push(what);
                polls.len()
            };
            tokio::task::yield_now().await;
            (self.answer)(number)
        })
    }
}
