//! Carries a confirmed plan out: journal, look again, call, journal, watch until settled.
//!
//! A call is made at most once, whatever comes back. Must not know the SDK (see [`Hands`]) or the screen.

use super::{Event, Hands, journal::Journal, poller::Knobs, watch};
use crate::{
    aws::Clock,
    domain::{Confirmed, Fault, FaultKind, Look, Outcome, Plan, PlanId, Step, Target, Verb, Want},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How patiently an action is followed.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
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

impl Default for Pace {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first: seconds(1), longest: seconds(10), doubt: seconds(30), patience: Duration::from_mins(30), at_once: 4 }
    }
}

impl Pace {
    /// How long `verb` is watched: tags, schedules, bounds and feedback are there at once or not at all.
    fn patience(&self, verb: Verb) -> Duration {
        match verb {
            Verb::Tag | Verb::Schedule | Verb::Bounds | Verb::Feedback => self.patience.min(Duration::from_mins(1)),
            Verb::Reboot => self.patience.min(Duration::from_mins(5)),
            Verb::Stop | Verb::Start | Verb::Terminate | Verb::Scale | Verb::Delete | Verb::SwapModel => self.patience,
        }
    }
}

/// What is asked of the executor.
#[derive(Debug)]
pub(super) enum Order {
    /// Carry it out.
    Run(Box<Confirmed>),
    /// Do not start what has not started.
    Cancel(PlanId),
}

/// What all deeds share.
pub(super) struct Shared<H> {
    pub(super) hands: H,
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Clock,
    pub(super) pace: Pace,
    pub(super) knobs: Knobs,
    pub(super) tx: mpsc::Sender<Event>,
    /// The console is leaving: nothing new is started, nothing is watched any longer; a call on its way is waited for.
    pub(super) leaving: CancellationToken,
    pub(super) slots: Semaphore,
}

/// Takes orders until the console leaves, then waits for calls on their way.
pub(super) async fn run<H: Hands>(shared: Arc<Shared<H>>, mut orders: mpsc::Receiver<Order>) {
    let mut deeds = JoinSet::new();
    let mut plans: HashMap<PlanId, CancellationToken> = HashMap::new();
    loop {
        tokio::select! {
            biased;
            () = shared.leaving.cancelled() => break,
            order = orders.recv() => match order {
                None => break,
                Some(Order::Cancel(plan)) => {
                    if let Some(token) = plans.get(&plan) { token.cancel(); }
                }
                Some(Order::Run(confirmed)) => {
                    let token = shared.leaving.child_token();
                    plans.insert(confirmed.plan().id.clone(), token.clone());
                    let plan = Arc::new(confirmed.plan().clone());
                    for place in 0..plan.targets.len() {
                        deeds.spawn(Deed { shared: shared.clone(), plan: plan.clone(), place, cancel: token.clone() }.carry_out());
                    }
                }
            },
            Some(ended) = deeds.join_next() => if let Err(error) = ended { tracing::error!(%error, "an action broke off") },
        }
    }
    while deeds.join_next().await.is_some() {}
}

/// One target of one plan.
pub(super) struct Deed<H> {
    pub(super) shared: Arc<Shared<H>>,
    plan: Arc<Plan>,
    place: usize,
    cancel: CancellationToken,
}

impl<H: Hands> Deed<H> {
    /// The resource that is changed.
    pub(super) fn target(&self) -> &Target {
        &self.plan.targets[self.place]
    }

    async fn carry_out(self) {
        let last = match self.change().await {
            Ok(()) => {
                self.tell(Step::Accepted).await;
                let patience = self.shared.pace.patience(self.plan.verb);
                watch::until_settled(&self, patience).await
            }
            Err(step) => Some(step),
        };
        // Left before the end: the journal says "accepted", and that is what is known.
        let Some(step) = last else { return };
        self.tell(step).await;
        self.shared.knobs.burst(&self.target().key);
    }

    /// Everything up to AWS's answer, one of [`Pace::at_once`] at a time. `Ok` is accepted.
    async fn change(&self) -> Result<(), Step> {
        let _slot = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Step::Cancelled),
            slot = self.shared.slots.acquire() => slot.map_err(|_| Step::Cancelled)?,
        };
        self.record(&Step::Journalled).await.map_err(Step::Refused)?;
        self.show(Step::Journalled).await;
        let before = self.as_planned().await?;
        if self.cancel.is_cancelled() {
            return Err(Step::Cancelled);
        }
        self.show(Step::Calling).await;
        match self.shared.hands.carry_out(self.target()).await {
            Ok(()) => Ok(()),
            Err(fault) if may_have_happened(fault.kind) => watch::after_doubt(self, &before, fault).await,
            Err(fault) => Err(Step::Refused(fault)),
        }
    }

    /// The resource right before the call, if it still is what the plan saw.
    async fn as_planned(&self) -> Result<Look, Step> {
        let target = self.target();
        let looked = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Step::Cancelled),
            looked = self.shared.hands.look(target) => looked,
        };
        match looked {
            Ok(look) => match target.want.still(&target.seen, &look) {
                Ok(()) => Ok(look),
                Err(difference) => Err(Step::Drifted(difference.into())),
            },
            Err(fault) if fault.kind == FaultKind::NotFound => Err(Step::Drifted("it is not there any more".into())),
            Err(fault) => Err(Step::Refused(fault)),
        }
    }

    async fn record(&self, step: &Step) -> Result<(), Fault> {
        let journal = &self.shared.journal;
        journal.write(journal.entry(&self.plan, self.target(), step, self.shared.clock.now())).await
    }

    /// Into the journal and onto the screen. A result that cannot be recorded is told as a fault: the deed is done.
    async fn tell(&self, step: Step) {
        if let Err(fault) = self.record(&step).await {
            tracing::error!(%fault, plan = %self.plan.id, "a result is not in the journal");
            let _closed = self.shared.tx.send(Event::Note(fault)).await;
        }
        self.show(step).await;
    }

    async fn show(&self, step: Step) {
        let Target { key, name, .. } = self.target();
        let outcome = Outcome {
            plan: self.plan.id.clone(),
            key: key.clone(),
            name: name.clone(),
            verb: self.plan.verb,
            at: self.shared.clock.now(),
            step,
        };
        // Nobody listens any more: the journal has it.
        let _closed = self.shared.tx.send(Event::Acted(outcome)).await;
    }
}

/// Whether a call that failed so may still have been carried out.
fn may_have_happened(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Timeout | FaultKind::Network | FaultKind::Service | FaultKind::Broken => true,
        FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::Denied
        | FaultKind::Throttled
        | FaultKind::Unavailable
        | FaultKind::NotFound
        | FaultKind::Refused => false,
    }
}

/// Whether not being there any more is what `want` asks for.
pub(super) fn gone_is_fine(want: &Want) -> bool {
    matches!(want, Want::Stopped | Want::Gone)
}
