//! The task that owns the store: it applies reports, judges their rows by the rules, and sends
//! snapshots to the console, so that none of this happens on the render path.

use super::Event;
use crate::{
    aws::Clock,
    domain::Report,
    inventory::{AppliedReport, Store},
};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Applies every report in turn to the `newest` store until the pollers or the console end.
///
/// The task keeps each snapshot until nobody else holds it, so that the rows of an old snapshot are
/// freed here and not by the render loop.
pub(super) async fn run(
    newest: watch::Sender<Arc<Store>>,
    mut reports: mpsc::Receiver<Report>,
    clock: Clock,
    tx: mpsc::Sender<Event>,
) {
    let mut snapshots = Vec::new();
    while let Some(report) = reports.recv().await {
        let now = clock.now().max(report.at);
        let store = newest.borrow().clone();
        let summary = AppliedReport::apply(report, &store, now);
        newest.send_replace(summary.store.clone());
        snapshots.push(store);
        snapshots.retain(|snapshot| Arc::strong_count(snapshot) > 1);
        if tx.send(Event::Report(summary)).await.is_err() {
            return;
        }
    }
}
