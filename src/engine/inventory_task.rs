//! The task that owns the store: it applies reports, judges their rows by the rules, and sends
//! snapshots to the console, so that none of this happens on the render path.

use super::Event;
use crate::{
    aws::Clock,
    domain::Report,
    inventory::{ReportSummary, Store},
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Applies every report in turn until the pollers or the console end.
///
/// The task keeps each snapshot until nobody else holds it, so that the rows of an old snapshot are
/// freed here and not by the render loop.
pub(super) async fn run(
    mut store: Arc<Store>,
    mut reports: mpsc::Receiver<Report>,
    clock: Clock,
    tx: mpsc::Sender<Event>,
) {
    let mut snapshots = Vec::new();
    while let Some(report) = reports.recv().await {
        let now = clock.now().max(report.at);
        let summary = ReportSummary::apply(report, &store, now);
        snapshots.push(std::mem::replace(&mut store, summary.store.clone()));
        snapshots.retain(|snapshot| Arc::strong_count(snapshot) > 1);
        if tx.send(Event::Report(summary)).await.is_err() {
            return;
        }
    }
}
