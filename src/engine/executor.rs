//! Executes a confirmed plan: records the intent, describes the target again, makes the call,
//! records the result and waits for the expected state.
//!
//! A call is made at most once; only the AWS client retries it when it is throttled. Each intent
//! gets one result, whatever happens.

use super::{
    ActionBackend, Event,
    audit::Journal,
    failed_call::{ambiguity, completed_requests, mark_partial},
    fresh_guards::FreshGuards,
    poller::PollerHandle,
    recovery,
    waiter::{self, ControllerWatches},
};
use crate::{
    aws::Clock,
    domain::{
        ActionStatus, ConfirmedPlan, Fault, FaultKind, ObservedState, Operation, Plan, PlanId,
        StatusUpdate, Target, Timestamp, audit::PriorState,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How the executor paces its calls and how long the waiter follows them.
#[derive(Clone, Copy, Debug)]
pub struct WaiterConfig {
    /// The wait before the first describe.
    pub initial_interval: Duration,
    /// The longest wait between two describes; the wait grows by half each time.
    pub max_interval: Duration,
    /// How long the waiter looks for the effect of a call without an answer; then it is unknown.
    pub ambiguity_timeout: Duration,
    /// How long the waiter waits for an accepted stop or scaling.
    pub timeout: Duration,
    /// How long a machine with a controller is watched after it was stopped or terminated.
    pub controller_watch: Duration,
    /// How many targets are changed at the same time.
    pub max_concurrent: usize,
}

impl Default for WaiterConfig {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            initial_interval: seconds(1),
            max_interval: seconds(10),
            ambiguity_timeout: seconds(30),
            timeout: Duration::from_mins(30),
            controller_watch: Duration::from_mins(15),
            max_concurrent: 4,
        }
    }
}

impl WaiterConfig {
    /// The longest wait for the expected state of `operation`.
    fn timeout(&self, operation: Operation) -> Duration {
        let own = operation.definition().timeout;
        own.map_or(self.timeout, |timeout| timeout.min(self.timeout))
    }
}

/// A command to the executor.
#[derive(Debug)]
pub(super) enum ExecutorCommand {
    /// Execute this plan.
    Run(Box<ConfirmedPlan>),
    /// Skip the targets of this plan whose call has not been made.
    Cancel(PlanId),
}

/// The context that all targets share.
pub(super) struct ExecutorContext<H> {
    pub(super) backend: Arc<H>,
    pub(super) journal: Arc<Journal>,
    pub(super) guards: FreshGuards,
    pub(super) clock: Clock,
    pub(super) waiter: WaiterConfig,
    pub(super) pollers: PollerHandle,
    pub(super) events: mpsc::Sender<Event>,
    /// Cancelled at shutdown: no call starts and no wait continues; calls under way end.
    pub(super) shutdown: CancellationToken,
    pub(super) slots: Arc<Semaphore>,
    pub(super) watches: ControllerWatches,
}

/// Executes commands until shutdown, then awaits the calls under way. Recovery of an earlier
/// session runs beside it.
pub(super) async fn run<H: ActionBackend>(
    context: Arc<ExecutorContext<H>>,
    mut commands: mpsc::Receiver<ExecutorCommand>,
) {
    let mut tasks = JoinSet::new();
    let mut plans: HashMap<PlanId, CancellationToken> = HashMap::new();
    let journalled = recovery::start(&context, &mut tasks).await;
    loop {
        tokio::select! {
            biased;
            () = context.shutdown.cancelled() => break,
            command = commands.recv() => match command {
                None => break,
                Some(ExecutorCommand::Cancel(plan)) => {
                    if let Some(token) = plans.get(&plan) { token.cancel(); }
                }
                Some(ExecutorCommand::Run(confirmed)) => {
                    let token = context.shutdown.child_token();
                    let plan = Arc::new(confirmed.plan().clone());
                    let is_new = plans.insert(plan.id.clone(), token.clone()).is_none()
                        && !journalled.contains(&plan.id);
                    if is_new {
                        tasks.spawn(run_plan(context.clone(), plan, token));
                    } else {
                        tasks.spawn(refuse_plan(context.clone(), plan, token));
                    }
                }
            },
            Some(ended) = tasks.join_next() => log_panic(ended),
        }
    }
    while tasks.join_next().await.is_some() {}
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an action task failed");
    }
}

/// All targets of a plan, in their order. Only one of them waits for a slot at a time, so that a
/// plan of one target does not queue behind all targets of a large plan.
async fn run_plan<H: ActionBackend>(
    context: Arc<ExecutorContext<H>>,
    plan: Arc<Plan>,
    cancel: CancellationToken,
) {
    let mut targets = JoinSet::new();
    for index in 0..plan.targets.len() {
        let slot = tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            slot = context.slots.clone().acquire_owned() => slot.ok(),
        };
        targets.spawn(TargetRun::new(&context, &plan, index, &cancel).run(slot));
    }
    while let Some(ended) = targets.join_next().await {
        log_panic(ended);
    }
}

/// Refuses a plan that was executed before.
async fn refuse_plan<H: ActionBackend>(
    context: Arc<ExecutorContext<H>>,
    plan: Arc<Plan>,
    cancel: CancellationToken,
) {
    for index in 0..plan.targets.len() {
        let fault = Fault::new(
            FaultKind::Refused,
            "spendtop:act",
            "this plan was executed before; nothing was done",
        );
        let target = TargetRun::new(&context, &plan, index, &cancel);
        target.send_status(ActionStatus::Refused(fault)).await;
    }
}

/// One target of one plan.
pub(super) struct TargetRun<H> {
    pub(super) context: Arc<ExecutorContext<H>>,
    pub(super) plan: Arc<Plan>,
    index: usize,
    cancel: CancellationToken,
    /// The resource right before the call.
    before: Mutex<Option<ObservedState>>,
    /// When the call was made.
    pub(super) called_at: OnceLock<Timestamp>,
}

impl<H: ActionBackend> TargetRun<H> {
    fn new(
        context: &Arc<ExecutorContext<H>>,
        plan: &Arc<Plan>,
        index: usize,
        cancel: &CancellationToken,
    ) -> Self {
        Self {
            context: context.clone(),
            plan: plan.clone(),
            index,
            cancel: cancel.clone(),
            before: Mutex::new(None),
            called_at: OnceLock::new(),
        }
    }

    /// The resource that is changed.
    pub(super) fn target(&self) -> &Target {
        &self.plan.targets[self.index]
    }

    /// Runs the target from its intent to its final status; without a slot it was cancelled before.
    async fn run(self, slot: Option<OwnedSemaphorePermit>) {
        let called = match slot {
            Some(slot) => self.execute(slot).await,
            None => Err(ActionStatus::Cancelled),
        };
        let status = match called {
            Ok(()) => {
                self.publish(ActionStatus::Accepted).await;
                let timeout = self.context.waiter.timeout(self.plan.operation);
                waiter::wait_for_expected(&self, timeout).await
            }
            Err(status) => Some(status),
        };
        let status = match status {
            Some(ActionStatus::Succeeded) => waiter::watch_controller(&self).await,
            status => status,
        };
        // Shut down before the end: the journal says "accepted" or "watching", and no more is
        // known.
        let Some(status) = status else { return };
        self.publish(status).await;
        self.context.pollers.refresh_soon(&self.target().key);
    }

    /// Everything up to AWS's answer, [`WaiterConfig::max_concurrent`] targets at a time. An
    /// ambiguous call gives its slot up and is resolved in the background. `Ok` is accepted.
    async fn execute(&self, slot: OwnedSemaphorePermit) -> Result<(), ActionStatus> {
        if self.cancel.is_cancelled() {
            return Err(ActionStatus::Cancelled);
        }
        self.record(&ActionStatus::Recorded)
            .await
            .map_err(ActionStatus::Refused)?;
        self.send_status(ActionStatus::Recorded).await;
        let before = self.check_drift().await?;
        self.check_guards(&before).await?;
        self.send_status(ActionStatus::Calling).await;
        if self.cancel.is_cancelled() {
            return Err(ActionStatus::Cancelled);
        }
        let backend = &self.context.backend;
        self.called_at.get_or_init(|| self.context.clock.now());
        self.context
            .watches
            .begin(&self.target().key, &self.plan.id);
        let called = backend.execute(self.target(), &self.cancel).await;
        drop(slot);
        let Err(fault) = called else { return Ok(()) };
        let completed = completed_requests(&self.target().call, &fault);
        let status = match ambiguity(fault.kind) {
            Some(ambiguity) => {
                match waiter::resolve_ambiguity(self, &before, fault, ambiguity).await {
                    Ok(()) => return Ok(()),
                    Err(status) => status,
                }
            }
            None if fault.kind == FaultKind::Throttled
                && completed == 0
                && self.cancel.is_cancelled() =>
            {
                ActionStatus::Cancelled
            }
            None => ActionStatus::Refused(fault),
        };
        Err(if completed > 0 {
            mark_partial(status)
        } else {
            status
        })
    }

    /// Describes the resource right before the call: `Err` unless it is as the plan observed it.
    async fn check_drift(&self) -> Result<ObservedState, ActionStatus> {
        let target = self.target();
        let described = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(ActionStatus::Cancelled),
            described = self.context.backend.describe(target) => described,
        };
        match described {
            Ok(observed) => match target.expected.check_unchanged(&target.observed, &observed) {
                Ok(()) => {
                    *self.before.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some(observed.clone());
                    Ok(observed)
                }
                Err(difference) => Err(ActionStatus::Drifted(difference.into())),
            },
            Err(fault) if fault.kind == FaultKind::NotFound => {
                Err(ActionStatus::Drifted("it no longer exists".into()))
            }
            Err(fault) => Err(ActionStatus::Refused(fault)),
        }
    }

    /// Judges the guards with the resource as just read: `Err` if they require more than the
    /// confirmation.
    async fn check_guards(&self, observed: &ObservedState) -> Result<(), ActionStatus> {
        let Self { context, plan, .. } = self;
        let confirmed = (plan.operation, &plan.confirm_level);
        let (backend, now) = (&*context.backend, context.clock.now());
        let check = context
            .guards
            .check(backend, confirmed, self.target(), observed, now);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(ActionStatus::Cancelled),
            checked = check => checked.map_err(ActionStatus::Refused),
        }
    }

    /// Writes `status` to the journal and waits until it is on disk.
    async fn record(&self, status: &ActionStatus) -> Result<(), Fault> {
        let (journal, target) = (&self.context.journal, self.target());
        let now = self.context.clock.now();
        let mut entry = journal.new_entry(&self.plan, target, status, now);
        entry.principal_arn = self.context.backend.principal(target).ok();
        if let Some(observed) = self
            .before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            entry.before = PriorState::new(observed, &target.expected);
        }
        journal.write(entry).await
    }

    /// Records `status` and sends it to the screen. A result that cannot be recorded is sent as a
    /// fault as well: the action itself is over.
    pub(super) async fn publish(&self, status: ActionStatus) {
        if let Err(fault) = self.record(&status).await {
            tracing::error!(%fault, plan = %self.plan.id, "a result is not in the journal");
            let _closed = self.context.events.send(Event::Fault(fault)).await;
        }
        self.send_status(status).await;
    }

    async fn send_status(&self, status: ActionStatus) {
        let Target { key, name, .. } = self.target();
        let update = StatusUpdate {
            plan: self.plan.id.clone(),
            key: key.clone(),
            name: name.clone(),
            operation: self.plan.operation,
            at: self.context.clock.now(),
            status,
        };
        // A closed channel loses nothing: the journal has the status.
        let _closed = self.context.events.send(Event::Acted(update)).await;
    }
}
