//! Runs preflight checks while the confirm dialog is open, each plan in a task of its own.
//!
//! Each request gets one [`Event::Preflight`], also when the backend does not answer.

use super::{ActionBackend, Event};
use crate::domain::{Fault, FaultKind, PlanId, Preflight, ResourceKey, Target};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// The longest wait for a backend that exceeds its own limit.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A plan and the targets to check.
pub(super) type PreflightRequest = (PlanId, Vec<Target>);

/// Serves requests until shutdown; checks under way are then dropped.
pub(super) async fn run<B: ActionBackend>(
    backend: Arc<B>,
    mut requests: mpsc::Receiver<PreflightRequest>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let mut checks = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            request = requests.recv() => match request {
                None => break,
                Some((plan, targets)) => {
                    checks.spawn(check(backend.clone(), plan, targets, events.clone()));
                }
            },
            Some(ended) = checks.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a preflight check failed");
                }
            }
        }
    }
    checks.shutdown().await;
}

async fn check<B: ActionBackend>(
    backend: Arc<B>,
    plan: PlanId,
    targets: Vec<Target>,
    events: mpsc::Sender<Event>,
) {
    let targets = match tokio::time::timeout(TIMEOUT, backend.preflight(&targets)).await {
        Ok(results) => results,
        Err(_) => unread(&targets, "no answer in time"),
    };
    // A closed channel: the session has ended.
    let _closed = events.send(Event::Preflight { plan, targets }).await;
}

/// Results for `targets` that could not be read, for the reason `why`.
pub(super) fn unread(targets: &[Target], why: &str) -> Vec<(ResourceKey, Preflight)> {
    let fault = Fault::new(FaultKind::Timeout, "spendtop:preflight", why);
    let preflight = Preflight::unread(fault);
    targets
        .iter()
        .map(|target| (target.key.clone(), preflight.clone()))
        .collect()
}
