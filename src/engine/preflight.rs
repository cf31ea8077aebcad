//! Reads what may go wrong with a plan while its question is on the screen, each plan in a task of
//! its own.
//!
//! Always answers, once. Only looks; must not change anything.

use super::{ActionBackend, Event};
use crate::domain::{Fault, FaultKind, PlanId, Preflight, Target};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Longest wait for hands that do not keep to their own limit.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked of the surveyor.
pub(super) type PreflightRequest = (PlanId, Vec<Target>);

/// Takes plans until the console leaves; what is being read then is dropped.
pub(super) async fn run<H: ActionBackend>(
    hands: Arc<H>,
    mut asked: mpsc::Receiver<PreflightRequest>,
    tx: mpsc::Sender<Event>,
    leaving: CancellationToken,
) {
    let mut surveys = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = leaving.cancelled() => break,
            next = asked.recv() => match next {
                None => break,
                Some((plan, targets)) => { surveys.spawn(survey(hands.clone(), plan, targets, tx.clone())); }
            },
            Some(ended) = surveys.join_next() => if let Err(error) = ended { tracing::error!(%error, "a survey broke off") },
        }
    }
    surveys.shutdown().await;
}

async fn survey<H: ActionBackend>(
    hands: Arc<H>,
    plan: PlanId,
    targets: Vec<Target>,
    tx: mpsc::Sender<Event>,
) {
    let facts = match tokio::time::timeout(PATIENCE, hands.survey(&targets)).await {
        Ok(facts) => facts,
        Err(_) => unread(&targets, "no answer in time"),
    };
    // Nobody listens any more: nobody asks.
    let _closed = tx
        .send(Event::Preflight {
            plan,
            targets: facts,
        })
        .await;
}

/// Nothing could be read of any of `targets`, because.
pub(super) fn unread(
    targets: &[Target],
    why: &str,
) -> Vec<(crate::domain::ResourceKey, Preflight)> {
    let survey = Preflight::unread(Fault::new(FaultKind::Timeout, "spendtop:survey", why));
    targets
        .iter()
        .map(|target| (target.key.clone(), survey.clone()))
        .collect()
}
