//! What runs in the background: pollers that read, and an executor that changes what was confirmed.
//!
//! ```text
//!   sources --Poll--> poller (one task each) --Report--> inventory task --snapshot--+
//!                        ^ burst                                                     v
//!   Confirmed --------> executor --ActionBackend--> AWS -----------------> Event --> the loop
//!                        |
//!                        +-> journal (on disk before the call)
//! ```

pub mod action_backend;
pub mod audit;
mod backoff;
pub mod config;
mod executor;
pub mod folders;
mod inventory_task;
mod poller;
mod preflight;
mod recovery;
#[cfg(test)]
mod recovery_tests;
pub mod refresh_override;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod test_doubles;
#[cfg(test)]
mod tests;
mod waiter;

pub use crate::inventory::Event;
use crate::inventory::Store;
pub use audit::Journal;
pub use executor::WaiterConfig;

use crate::{
    aws::Clock,
    collectors::Source,
    domain::{
        ConfirmedPlan, Fault, PaneId, PlanId, Preflight, ResourceKey, Target, action::ObservedState,
    },
};
use std::{
    collections::{BTreeSet, HashSet},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// How many reports may wait to be applied; a poller that finds them waiting waits as well.
const REPORTS: usize = 64;
/// How many orders may wait for the executor.
const ORDERS: usize = 32;

/// The only way to change an account: one look and one call. Read-only consoles have none.
pub trait ActionBackend: Send + Sync + 'static {
    /// The target as a fresh describe finds it.
    fn look(&self, target: &Target) -> impl Future<Output = Result<ObservedState, Fault>> + Send;
    /// The identity that would act on the target, as AWS names it. The fault says why nothing here
    /// reaches it.
    fn who(&self, target: &Target) -> Result<Arc<str>, Fault>;
    /// Makes the target's call, once; after `stop` no more of it. A fault names the request that
    /// failed.
    fn carry_out(
        &self,
        target: &Target,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Profiles that nothing is changed through: their sessions are not among these hands.
    fn closed(&self) -> BTreeSet<Arc<str>> {
        BTreeSet::new()
    }
    /// What may go wrong with each of `targets`; reads only.
    fn survey(
        &self,
        targets: &[Target],
    ) -> impl Future<Output = Vec<(ResourceKey, Preflight)>> + Send {
        let nothing = targets
            .iter()
            .map(|target| (target.key.clone(), Preflight::default()))
            .collect();
        std::future::ready(nothing)
    }
}

impl<H: ActionBackend> ActionBackend for Arc<H> {
    fn look(&self, target: &Target) -> impl Future<Output = Result<ObservedState, Fault>> + Send {
        H::look(self, target)
    }
    fn carry_out(
        &self,
        target: &Target,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(), Fault>> + Send {
        H::carry_out(self, target, stop)
    }
    fn survey(
        &self,
        targets: &[Target],
    ) -> impl Future<Output = Vec<(ResourceKey, Preflight)>> + Send {
        H::survey(self, targets)
    }
    fn who(&self, target: &Target) -> Result<Arc<str>, Fault> {
        H::who(self, target)
    }
    fn closed(&self) -> BTreeSet<Arc<str>> {
        H::closed(self)
    }
}

/// What an engine is made of.
pub struct EngineParts<H> {
    /// What is read.
    pub sources: Vec<Box<dyn Source>>,
    /// What changes accounts; `None` builds no executor.
    pub hands: Option<H>,
    /// Where actions are recorded.
    pub journal: Arc<Journal>,
    /// The store that reports are applied to.
    pub store: Arc<Store>,
    /// The time of reports and journal lines.
    pub clock: Clock,
    /// How actions are followed.
    pub pace: WaiterConfig,
    /// Where events go. A closed channel ends the engine.
    pub tx: mpsc::Sender<Event>,
}

/// The background, running.
#[derive(Debug)]
pub struct Engine {
    knobs: poller::PollerHandle,
    orders: Option<mpsc::Sender<executor::ExecutorCommand>>,
    /// Plans that were taken: none is taken twice.
    taken: Mutex<HashSet<PlanId>>,
    surveys: Option<mpsc::Sender<preflight::PreflightRequest>>,
    leaving: CancellationToken,
    pollers: JoinSet<()>,
    executor: Option<JoinHandle<()>>,
    surveyor: Option<JoinHandle<()>>,
    /// Profiles without hands.
    closed: BTreeSet<Arc<str>>,
}

impl Engine {
    /// Starts a task for each source, and the executor if there are hands. `cancel` ends all of it.
    pub fn start<H: ActionBackend>(parts: EngineParts<H>, cancel: &CancellationToken) -> Self {
        let EngineParts {
            sources,
            hands,
            journal,
            store,
            clock,
            pace,
            tx,
        } = parts;
        let leaving = cancel.child_token();
        let knobs = poller::PollerHandle::new(&sources);
        let (reports, reported) = mpsc::channel(REPORTS);
        let shared = poller::PollerContext::new(clock.clone(), reports, leaving.clone());
        let mut pollers = JoinSet::new();
        pollers.spawn(inventory_task::run(
            store,
            reported,
            clock.clone(),
            tx.clone(),
        ));
        for (place, source) in sources.into_iter().enumerate() {
            pollers.spawn(poller::run(source, knobs.clone(), place, shared.clone()));
        }
        let hands = hands.map(Arc::new);
        let closed = hands
            .as_ref()
            .map(ActionBackend::closed)
            .unwrap_or_default();
        let (surveys, surveyor) = hands.clone().map_or((None, None), |hands| {
            let (surveys, asked) = mpsc::channel(ORDERS);
            (
                Some(surveys),
                Some(tokio::spawn(preflight::run(
                    hands,
                    asked,
                    tx.clone(),
                    leaving.clone(),
                ))),
            )
        });
        if hands.is_none() {
            pollers.spawn(recovery::report_unresolved(
                journal.clone(),
                clock.clone(),
                tx.clone(),
            ));
        }
        let (orders, executor) = hands.map_or((None, None), |hands| {
            let (orders, waiting) = mpsc::channel(ORDERS);
            let slots = Arc::new(Semaphore::new(pace.max_concurrent));
            let context = executor::ExecutorContext {
                backend: hands,
                journal,
                clock,
                waiter: pace,
                pollers: knobs.clone(),
                events: tx,
                shutdown: leaving.clone(),
                slots,
            };
            (
                Some(orders),
                Some(tokio::spawn(executor::run(Arc::new(context), waiting))),
            )
        });
        Self {
            knobs,
            orders,
            taken: Mutex::default(),
            surveys,
            leaving,
            pollers,
            executor,
            surveyor,
            closed,
        }
    }

    /// Reads `pane`, or everything, now.
    pub fn poll(&self, pane: Option<PaneId>) {
        self.knobs.refresh_now(pane);
    }

    /// Carries `confirmed` out. The error says why nothing will be done.
    pub fn run(&self, confirmed: ConfirmedPlan) -> Result<(), RejectReason> {
        let orders = self.orders.as_ref().ok_or(RejectReason::ReadOnly)?;
        if confirmed
            .plan()
            .targets
            .iter()
            .any(|target| self.closed.contains(&target.profile))
        {
            return Err(RejectReason::ReadOnlyProfile);
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = confirmed.plan().id.clone();
        if taken.contains(&plan) {
            return Err(RejectReason::Twice);
        }
        orders
            .try_send(executor::ExecutorCommand::Run(Box::new(confirmed)))
            .map_err(|_| RejectReason::Busy)?;
        taken.insert(plan);
        Ok(())
    }

    /// Reads what may go wrong with `targets` of `plan`, in the background; told as
    /// [`Event::Preflight`]. The error says why it will not be.
    pub fn survey(&self, plan: PlanId, targets: Vec<Target>) -> Result<(), RejectReason> {
        let surveys = self.surveys.as_ref().ok_or(RejectReason::ReadOnly)?;
        surveys
            .try_send((plan, targets))
            .map_err(|_| RejectReason::Busy)
    }

    /// Does not start what of `plan` has not started.
    pub fn cancel(&self, plan: &PlanId) {
        if let Some(orders) = &self.orders
            && orders
                .try_send(executor::ExecutorCommand::Cancel(plan.clone()))
                .is_err()
        {
            tracing::warn!(%plan, "too many orders wait: not cancelled");
        }
    }

    /// Ends everything; waits for calls on their way, so that their results are in the journal.
    pub async fn shutdown(mut self) {
        self.leaving.cancel();
        drop(self.orders);
        drop(self.surveys);
        if let Some(executor) = self.executor
            && let Err(error) = executor.await
        {
            tracing::error!(%error, "the executor broke off");
        }
        if let Some(surveyor) = self.surveyor
            && let Err(error) = surveyor.await
        {
            tracing::error!(%error, "the surveyor broke off");
        }
        self.pollers.shutdown().await;
    }
}

/// Why a confirmed plan was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectReason {
    /// No executor was built.
    #[error("this console is read-only: nothing was done")]
    ReadOnly,
    /// A target's profile has no hands.
    #[error("a profile of this plan is read-only: nothing was done")]
    ReadOnlyProfile,
    /// A plan is carried out once.
    #[error("this plan was carried out before: nothing was done")]
    Twice,
    /// The executor has too much to do.
    #[error("too many actions wait already: nothing was done, try again")]
    Busy,
}
