//! Carries a confirmed plan out: journal, look again, call, journal, watch until settled.
//!
//! A call is made at most once: what AWS was asked too much for is sent again by the call itself.
//! Each intent gets one result, whatever happens.

use super::{ActionBackend, Event, audit::Journal, poller::PollerHandle, recovery, waiter};
use crate::{
    aws::Clock,
    domain::{
        ActionStatus, ApiCall, ConfirmedPlan, Expected, Fault, FaultKind, Observed, Operation,
        Plan, PlanId, StatusUpdate, Target, audit::PriorState,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How patiently an action is followed.
#[derive(Clone, Copy, Debug)]
pub struct WaiterConfig {
    /// The wait before the first look.
    pub first: Duration,
    /// The longest wait between two looks; the wait grows by half each time.
    pub longest: Duration,
    /// How long a call that got no answer is looked after before it is given up as unknown.
    pub doubt: Duration,
    /// How long an accepted stop or scaling is watched.
    pub patience: Duration,
    /// How many targets are changed at the same time.
    pub at_once: usize,
}

impl Default for WaiterConfig {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            first: seconds(1),
            longest: seconds(10),
            doubt: seconds(30),
            patience: Duration::from_mins(30),
            at_once: 4,
        }
    }
}

impl WaiterConfig {
    /// How long `operation` is watched: tags, schedules, bounds and feedback are there at once or not at
    /// all.
    fn patience(&self, operation: Operation) -> Duration {
        match operation {
            Operation::Tag
            | Operation::ScheduledScaling
            | Operation::AutoscalingLimits
            | Operation::Feedback => self.patience.min(Duration::from_mins(1)),
            Operation::Reboot => self.patience.min(Duration::from_mins(5)),
            Operation::Stop
            | Operation::Start
            | Operation::Terminate
            | Operation::Scale
            | Operation::Delete
            | Operation::SwapModel => self.patience,
        }
    }
}

/// What is asked of the executor.
#[derive(Debug)]
pub(super) enum ExecutorCommand {
    /// Carry it out.
    Run(Box<ConfirmedPlan>),
    /// Do not start what has not started.
    Cancel(PlanId),
}

/// What all deeds share.
pub(super) struct ExecutorContext<H> {
    pub(super) hands: Arc<H>,
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Clock,
    pub(super) pace: WaiterConfig,
    pub(super) knobs: PollerHandle,
    pub(super) tx: mpsc::Sender<Event>,
    /// The console is leaving: nothing new is started, nothing is watched any longer; a call on its
    /// way is waited for.
    pub(super) leaving: CancellationToken,
    pub(super) slots: Arc<Semaphore>,
}

/// Takes orders until the console leaves, then waits for calls on their way. What an earlier run
/// left open is looked after meanwhile.
pub(super) async fn run<H: ActionBackend>(
    shared: Arc<ExecutorContext<H>>,
    mut orders: mpsc::Receiver<ExecutorCommand>,
) {
    let mut bulks = JoinSet::new();
    let mut plans: HashMap<PlanId, CancellationToken> = HashMap::new();
    let known = recovery::begin(&shared, &mut bulks).await;
    loop {
        tokio::select! {
            biased;
            () = shared.leaving.cancelled() => break,
            order = orders.recv() => match order {
                None => break,
                Some(ExecutorCommand::Cancel(plan)) => {
                    if let Some(token) = plans.get(&plan) { token.cancel(); }
                }
                Some(ExecutorCommand::Run(confirmed)) => {
                    let token = shared.leaving.child_token();
                    let plan = Arc::new(confirmed.plan().clone());
                    let once = plans.insert(plan.id.clone(), token.clone()).is_none() && !known.contains(&plan.id);
                    bulks.spawn(bulk(shared.clone(), plan, token, once));
                }
            },
            Some(ended) = bulks.join_next() => if let Err(error) = ended { tracing::error!(%error, "an action broke off") },
        }
    }
    while bulks.join_next().await.is_some() {}
}

/// All targets of a plan in their order. One of them at a time waits for its turn, so that a plan
/// of one does not wait for all of a plan of many.
async fn bulk<H: ActionBackend>(
    shared: Arc<ExecutorContext<H>>,
    plan: Arc<Plan>,
    cancel: CancellationToken,
    once: bool,
) {
    let mut deeds = JoinSet::new();
    for place in 0..plan.targets.len() {
        let deed = TargetRun {
            shared: shared.clone(),
            plan: plan.clone(),
            place,
            cancel: cancel.clone(),
            before: Mutex::new(None),
        };
        if !once {
            let twice = Fault::new(
                FaultKind::Refused,
                "spendtop:act",
                "this plan was carried out before: nothing was done",
            );
            deed.show(ActionStatus::Refused(twice)).await;
            continue;
        }
        let slot = tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            slot = shared.slots.clone().acquire_owned() => slot.ok(),
        };
        deeds.spawn(deed.carry_out(slot));
    }
    while let Some(ended) = deeds.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "an action broke off");
        }
    }
}

/// One target of one plan.
pub(super) struct TargetRun<H> {
    pub(super) shared: Arc<ExecutorContext<H>>,
    plan: Arc<Plan>,
    place: usize,
    cancel: CancellationToken,
    /// As it was right before the call.
    before: Mutex<Option<Observed>>,
}

impl<H: ActionBackend> TargetRun<H> {
    /// The resource that is changed.
    pub(super) fn target(&self) -> &Target {
        &self.plan.targets[self.place]
    }

    /// All of it; without a slot it was cancelled before its turn.
    async fn carry_out(self, slot: Option<OwnedSemaphorePermit>) {
        let changed = match slot {
            Some(slot) => self.change(slot).await,
            None => Err(ActionStatus::Cancelled),
        };
        let last = match changed {
            Ok(()) => {
                self.tell(ActionStatus::Accepted).await;
                let patience = self.shared.pace.patience(self.plan.operation);
                waiter::until_settled(&self, patience).await
            }
            Err(step) => Some(step),
        };
        // Left before the end: the journal says "accepted", and that is what is known.
        let Some(step) = last else { return };
        self.tell(step).await;
        self.shared.knobs.burst(&self.target().key);
    }

    /// Everything up to AWS's answer, one of [`WaiterConfig::at_once`] at a time; what comes of a call in
    /// doubt is looked for meanwhile others go on. `Ok` is accepted.
    async fn change(&self, slot: OwnedSemaphorePermit) -> Result<(), ActionStatus> {
        if self.cancel.is_cancelled() {
            return Err(ActionStatus::Cancelled);
        }
        self.record(&ActionStatus::Journalled)
            .await
            .map_err(ActionStatus::Refused)?;
        self.show(ActionStatus::Journalled).await;
        let before = self.as_planned().await?;
        self.show(ActionStatus::Calling).await;
        if self.cancel.is_cancelled() {
            return Err(ActionStatus::Cancelled);
        }
        let called = self
            .shared
            .hands
            .carry_out(self.target(), &self.cancel)
            .await;
        drop(slot);
        let Err(fault) = called else { return Ok(()) };
        let done = done_before(&self.target().call, &fault);
        let ended = match doubt(fault.kind) {
            Some(doubt) => match waiter::after_doubt(self, &before, fault, doubt).await {
                Ok(()) => return Ok(()),
                Err(step) => step,
            },
            None if fault.kind == FaultKind::Throttled
                && done == 0
                && self.cancel.is_cancelled() =>
            {
                ActionStatus::Cancelled
            }
            None => ActionStatus::Refused(fault),
        };
        Err(if done > 0 { in_part(ended) } else { ended })
    }

    /// The resource right before the call, if it still is what the plan saw.
    async fn as_planned(&self) -> Result<Observed, ActionStatus> {
        let target = self.target();
        let looked = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(ActionStatus::Cancelled),
            looked = self.shared.hands.look(target) => looked,
        };
        match looked {
            Ok(look) => match target.expected.check_unchanged(&target.seen, &look) {
                Ok(()) => {
                    *self.before.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some(look.clone());
                    Ok(look)
                }
                Err(difference) => Err(ActionStatus::Drifted(difference.into())),
            },
            Err(fault) if fault.kind == FaultKind::NotFound => {
                Err(ActionStatus::Drifted("it is not there any more".into()))
            }
            Err(fault) => Err(ActionStatus::Refused(fault)),
        }
    }

    async fn record(&self, step: &ActionStatus) -> Result<(), Fault> {
        let (journal, target) = (&self.shared.journal, self.target());
        let mut line = journal.entry(&self.plan, target, step, self.shared.clock.now());
        line.who = self.shared.hands.who(target).ok();
        if let Some(look) = self
            .before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            line.before = PriorState::of(look, &target.expected);
        }
        journal.write(line).await
    }

    /// Into the journal and onto the screen. A result that cannot be recorded is told as a fault:
    /// the deed is done.
    async fn tell(&self, step: ActionStatus) {
        if let Err(fault) = self.record(&step).await {
            tracing::error!(%fault, plan = %self.plan.id, "a result is not in the journal");
            let _closed = self.shared.tx.send(Event::Fault(fault)).await;
        }
        self.show(step).await;
    }

    async fn show(&self, step: ActionStatus) {
        let Target { key, name, .. } = self.target();
        let outcome = StatusUpdate {
            plan: self.plan.id.clone(),
            key: key.clone(),
            name: name.clone(),
            operation: self.plan.operation,
            at: self.shared.clock.now(),
            step,
        };
        // Nobody listens any more: the journal has it.
        let _closed = self.shared.tx.send(Event::Acted(outcome)).await;
    }
}

/// Of a change whose first requests were carried out: the rest was refused, or nobody knows.
fn in_part(rest: ActionStatus) -> ActionStatus {
    match rest {
        ActionStatus::Refused(fault) | ActionStatus::Unknown(fault) => ActionStatus::Partly(fault),
        rest => rest,
    }
}

/// How many requests of `call` were carried out before the one that `fault` names.
fn done_before(call: &ApiCall, fault: &Fault) -> usize {
    let failed = |request: &String| request.split(' ').next() == Some(&*fault.operation);
    call.requests().iter().position(failed).unwrap_or(0)
}

/// What is not known after a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ambiguity {
    /// Whether it was carried out.
    Open,
    /// The same, but someone said no who is not AWS: seeing nothing of it is enough.
    Slight,
}

/// The doubt that a failed call leaves; `None` is AWS's plain no.
fn doubt(kind: FaultKind) -> Option<Ambiguity> {
    match kind {
        FaultKind::Timeout | FaultKind::Network | FaultKind::Service | FaultKind::Broken => {
            Some(Ambiguity::Open)
        }
        FaultKind::Unavailable => Some(Ambiguity::Slight),
        FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::Denied
        | FaultKind::Throttled
        | FaultKind::NotFound
        | FaultKind::Refused => None,
    }
}

/// Whether not being there any more is what `want` asks for.
pub(super) fn gone_is_fine(expected: &Expected) -> bool {
    matches!(expected, Expected::Stopped | Expected::Gone)
}
