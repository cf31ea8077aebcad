//! Jobs of every type and HyperPod nodes, collected over HTTP; their costs are computed by hand.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod cluster_nodes;
mod costs;
mod reads;

use crate::panes::start_mock;
use spendtop::{
    aws::{Clock, Session},
    mock::{Mock, Scenario},
};

const EAST: &str = "us-east-1";

/// A mock of the scenario in this folder, and sessions on it.
async fn start() -> (Mock, Vec<Session>, Clock) {
    let scenario = Scenario::parse(include_str!("scenario.toml"), "scenario.toml").unwrap();
    start_mock(scenario, 1.0, &[EAST]).await
}

/// Dollars: half a cent, and two seconds of the most expensive job, which pass while it is read.
const TOLERANCE: f64 = 0.005 + 2.0 * 55.0 / 3600.0;

#[track_caller]
fn assert_dollars(what: &str, found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < TOLERANCE,
        "{what}: {found}, worked out by hand: {expected}"
    );
}
