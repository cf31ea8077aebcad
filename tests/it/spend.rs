//! The Spend pane over HTTP: what a mock's bill comes to on it.
//!
//! Must not know how the pane asks.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::panes::world;
use spendtop::{
    aws::{Clock, Session},
    domain::{Record, Report, Value},
    mock::Scenario,
    panes::{self, Poll, Spending},
    pricing::Prices,
};

/// The Spend pane's report.
async fn spend(sessions: &[Session], clock: &Clock, spending: Spending) -> Report {
    let sources = panes::sources_with(sessions, Prices::embedded(), clock, &[], spending);
    let mut source = sources.into_iter().find(|source| source.id().pane == "spend").unwrap();
    source.poll(Poll::Inventory).await
}

fn cell(row: &Record, field: &str, clock: &Clock) -> Value {
    let metas = panes::metas();
    let meta = metas.iter().find(|meta| meta.id == "spend").unwrap();
    meta.field(field).unwrap().value(row, clock.now())
}

#[tokio::test]
async fn every_group_is_the_same_dollars() {
    let (mock, sessions, clock) = world(Scenario::named("weekend-spike").unwrap(), 1.0, &["us-east-1"]).await;
    let report = spend(&sessions, &clock, Spending::default()).await;
    let costs = report.costs.clone().unwrap();
    assert_eq!((report.complete, report.faults.len()), (true, 0));
    let sum = |group: &str| -> f64 {
        let rows = report.rows.iter().filter(|row| cell(row, "group", &clock).show() == group);
        rows.filter_map(|row| cell(row, "month", &clock).number()).sum()
    };
    let month = costs.month_to_date.known().unwrap().0;
    for group in ["service", "usage-type", "tag:team", "account"] {
        assert!((sum(group) - month).abs() < 0.01, "{group}: {} of {month}", sum(group));
    }
    mock.stop().await;
}
