//! The Spend pane over HTTP; its figures are computed independently here.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod bill;
mod cache;
mod commitments;
mod reads;

pub(crate) use commitments::commitments;

use crate::panes::start_mock;
use spendtop::{
    aws::{Clock, Session},
    collectors::{self, PollKind, Source, SpendSettings},
    domain::{Record, Report, Service, Timestamp, Value},
    inventory::Inventory,
    mock::{Mock, Scenario},
    pricing::Prices,
    rules::Thresholds,
};

const DEALS: &str = include_str!("deals.toml");
/// Cost per hour of each, after the discount.
const MACHINES: f64 = 2.0 * 21.957_642 * 0.8;
const REPLICAS: f64 = 4.0 * 7.09 * 0.9;

/// A mock of the scenario in `text`, and sessions on it.
async fn start(text: &str) -> (Mock, Vec<Session>, Clock) {
    let scenario = Scenario::parse(text, "deals.toml").unwrap();
    start_mock(scenario, 1.0, &["us-east-1"]).await
}

fn source(sessions: &[Session], clock: &Clock, spending: SpendSettings) -> Box<dyn Source> {
    let sources = collectors::sources_with(sessions, Prices::embedded(), clock, &[], spending);
    sources
        .into_iter()
        .find(|source| source.id().pane == "spend")
        .unwrap()
}

async fn spend(sessions: &[Session], clock: &Clock, spending: SpendSettings) -> Report {
    source(sessions, clock, spending)
        .poll(PollKind::Inventory)
        .await
}

/// An inventory that knows `report` alone.
fn inventory_of(report: Report, now: Timestamp) -> Inventory {
    let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
    inventory.apply(report, now);
    inventory
}

fn cell(row: &Record, field: &str, now: Timestamp) -> Value {
    crate::panes::cell("spend", row, field, now)
}

fn row<'a>(report: &'a Report, id: &str) -> &'a Record {
    let ids: Vec<_> = report
        .rows
        .iter()
        .map(|row| row.head.key.id.to_string())
        .collect();
    report
        .rows
        .iter()
        .find(|row| &*row.head.key.id == id)
        .unwrap_or_else(|| panic!("no {id} in {ids:#?}"))
}

fn usd(row: &Record, field: &str, now: Timestamp) -> f64 {
    cell(row, field, now)
        .number()
        .unwrap_or_else(|| panic!("{field}: {:?}", cell(row, field, now)))
}

/// The discount on a service that `report` has learned from the bill.
fn share(report: &Report, service: Service) -> f64 {
    let discounts = &report.costs.as_ref().unwrap().discounts;
    let mut of_service = discounts.iter().filter(|one| one.service == service);
    of_service.next().unwrap().share
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 0.01,
        "{found}, expected {expected}"
    );
}
