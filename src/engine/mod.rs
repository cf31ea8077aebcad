//! The background tasks: pollers that read, and an executor that executes confirmed plans.
//!
//! ```text
//!   sources --Poll--> poller (one task each) --Report--> inventory task --snapshot--+
//!                        ^ refresh                                                   v
//!   Confirmed --------> executor --ActionBackend--> AWS -----------------> Event --> the loop
//!                        |
//!                        +-> journal (on disk before the call)
//! ```

pub mod action_backend;
pub mod audit;
mod backoff;
pub mod config;
mod executor;
mod failed_call;
pub mod folders;
mod fresh_guards;
mod inventory_task;
mod poller;
mod preflight;
pub mod private_file;
mod recovery;
#[cfg(test)]
mod recovery_tests;
pub mod refresh_override;
#[cfg(test)]
mod simulation;
mod start_queue;
#[cfg(test)]
mod test_doubles;
#[cfg(test)]
mod tests;
mod waiter;

pub use crate::inventory::Event;
use crate::inventory::{Store, guards::Guards};
pub use action_backend::ActionBackend;
pub use audit::Journal;
pub use executor::WaiterConfig;
use fresh_guards::FreshGuards;

use crate::{
    aws::Clock,
    collectors::Source,
    domain::{ConfirmedPlan, PaneId, PlanId, Target},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// The most reports that wait to be applied; beyond it pollers wait.
const REPORTS: usize = 64;
/// The most commands that wait for the executor, and requests for the preflight task.
const QUEUE: usize = 32;

/// The parts of an engine.
pub struct EngineParts<B> {
    /// The sources to poll.
    pub sources: Vec<Box<dyn Source>>,
    /// The backend that changes accounts; `None` makes the engine read-only.
    pub backend: Option<B>,
    /// The journal of actions.
    pub journal: Arc<Journal>,
    /// The store that reports are applied to.
    pub store: Arc<Store>,
    /// The guards that every call must pass.
    pub guards: Guards,
    /// Aliases of accounts by id, as far as they are known.
    pub aliases: BTreeMap<Arc<str>, Arc<str>>,
    /// The time of reports and journal entries.
    pub clock: Clock,
    /// How the executor paces its calls and how long it waits for their effect.
    pub waiter: WaiterConfig,
    /// The channel of events. A closed channel ends the engine.
    pub events: mpsc::Sender<Event>,
}

/// The running background tasks.
#[derive(Debug)]
pub struct Engine {
    pollers: poller::PollerHandle,
    /// `None` without a backend.
    actions: Option<ActionTasks>,
    /// Ids of the plans that were submitted: a plan runs once.
    submitted: Mutex<HashSet<PlanId>>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
}

/// The tasks that need a backend, and their queues.
#[derive(Debug)]
struct ActionTasks {
    commands: mpsc::Sender<executor::ExecutorCommand>,
    preflights: mpsc::Sender<preflight::PreflightRequest>,
    executor: JoinHandle<()>,
    preflight: JoinHandle<()>,
    /// Profiles that the backend does not change.
    read_only: BTreeSet<Arc<str>>,
}

impl ActionTasks {
    /// Starts the executor and the preflight task.
    fn start<B: ActionBackend>(context: executor::ExecutorContext<B>) -> Self {
        let (preflights, requests) = mpsc::channel(QUEUE);
        let (commands, waiting) = mpsc::channel(QUEUE);
        Self {
            read_only: context.backend.read_only_profiles(),
            preflights,
            preflight: tokio::spawn(preflight::run(
                context.backend.clone(),
                requests,
                context.events.clone(),
                context.shutdown.clone(),
            )),
            commands,
            executor: tokio::spawn(executor::run(Arc::new(context), waiting)),
        }
    }

    /// Waits until calls under way have their results in the journal.
    async fn finish(self) {
        drop(self.commands);
        drop(self.preflights);
        if let Err(error) = self.executor.await {
            tracing::error!(%error, "the executor failed");
        }
        if let Err(error) = self.preflight.await {
            tracing::error!(%error, "the preflight task failed");
        }
    }
}

impl Engine {
    /// Starts a poller for each source, and the executor if there is a backend. `cancel` ends all
    /// of them.
    pub fn start<B: ActionBackend>(parts: EngineParts<B>, cancel: &CancellationToken) -> Self {
        let EngineParts {
            sources,
            backend,
            journal,
            store,
            guards,
            aliases,
            clock,
            waiter,
            events,
        } = parts;
        let shutdown = cancel.child_token();
        let pollers = poller::PollerHandle::new(&sources);
        let (reports, inbox) = mpsc::channel(REPORTS);
        let context = poller::PollerContext::new(clock.clone(), reports, shutdown.clone());
        let mut tasks = JoinSet::new();
        let (newest, store) = watch::channel(store);
        tasks.spawn(inventory_task::run(
            newest,
            inbox,
            clock.clone(),
            events.clone(),
        ));
        poller::start(sources, &pollers, &context, &mut tasks);
        let actions = if let Some(backend) = backend {
            Some(ActionTasks::start(executor::ExecutorContext {
                backend: Arc::new(backend),
                journal,
                guards: FreshGuards {
                    guards,
                    aliases,
                    store,
                },
                clock,
                slots: Arc::new(Semaphore::new(waiter.max_concurrent)),
                waiter,
                pollers: pollers.clone(),
                events,
                shutdown: shutdown.clone(),
                watches: waiter::ControllerWatches::default(),
            }))
        } else {
            tasks.spawn(recovery::report_unresolved(journal, clock, events));
            None
        };
        Self {
            pollers,
            actions,
            submitted: Mutex::default(),
            shutdown,
            tasks,
        }
    }

    /// Polls `pane`, or every pane, now.
    pub fn poll(&self, pane: Option<PaneId>) {
        self.pollers.refresh_now(pane);
    }

    /// Submits `confirmed` for execution. The error says why nothing will be done.
    pub fn submit(&self, confirmed: ConfirmedPlan) -> Result<(), RejectReason> {
        let actions = self.actions.as_ref().ok_or(RejectReason::ReadOnly)?;
        let plan = confirmed.plan();
        if plan
            .targets
            .iter()
            .any(|target| actions.read_only.contains(&target.profile))
        {
            return Err(RejectReason::ReadOnlyProfile);
        }
        let mut submitted = self
            .submitted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let id = plan.id.clone();
        if submitted.contains(&id) {
            return Err(RejectReason::Duplicate);
        }
        actions
            .commands
            .try_send(executor::ExecutorCommand::Run(Box::new(confirmed)))
            .map_err(|_| RejectReason::Busy)?;
        submitted.insert(id);
        Ok(())
    }

    /// Runs the preflight checks of `targets` of `plan` in the background; [`Event::Preflight`]
    /// has the result. The error says why they will not run.
    pub fn run_preflight(&self, plan: PlanId, targets: Vec<Target>) -> Result<(), RejectReason> {
        let actions = self.actions.as_ref().ok_or(RejectReason::ReadOnly)?;
        actions
            .preflights
            .try_send((plan, targets))
            .map_err(|_| RejectReason::Busy)
    }

    /// Skips the targets of `plan` that have not started.
    pub fn cancel(&self, plan: &PlanId) {
        let command = executor::ExecutorCommand::Cancel(plan.clone());
        if let Some(actions) = &self.actions
            && actions.commands.try_send(command).is_err()
        {
            tracing::warn!(%plan, "the executor's queue is full: not cancelled");
        }
    }

    /// Ends all tasks; waits for calls under way, so that their results are in the journal.
    pub async fn shutdown(mut self) {
        self.shutdown.cancel();
        if let Some(actions) = self.actions {
            actions.finish().await;
        }
        self.tasks.shutdown().await;
    }
}

/// Why the engine rejects a confirmed plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectReason {
    /// No executor was built.
    #[error("this console is read-only: nothing was done")]
    ReadOnly,
    /// A target's profile is read-only.
    #[error("a profile of this plan is read-only: nothing was done")]
    ReadOnlyProfile,
    /// The plan was submitted before.
    #[error("this plan was carried out before: nothing was done")]
    Duplicate,
    /// The executor's queue is full.
    #[error("too many actions wait already: nothing was done, try again")]
    Busy,
}
