//! An AWS to talk to without an account: a loopback HTTP server over a simulated simulation read from
//! `mocks/*.toml`.
//!
//! ```text
//!   scenario.rs  a file, read and checked          clock.rs    virtual time, faster than real if asked
//!   simulation/       entities, states over time,       load.rs     load shapes: (seed, time) -> level
//!                changes and refusals               facts.rs    instance types and list prices
//!   metrics.rs   (entity, metric, minute) -> point  costs.rs    the integral of what ran x list rate
//!   wire/        encodings of the protocols         service/    one file a service: request -> simulation -> response
//!   server.rs    HTTP on loopback               answering.rs a call, its fault, its answer
//!   faults/      what goes wrong, for whom, when   ledger.rs   calls and effects, counted
//!   control.rs   `/_spendtop`: faults, calls and the clock, for who holds the mock
//! ```
//!
//! It stands aside: it knows `domain`'s words for time and tags, AWS's wire and the dated price
//! lists, and nothing of the client's code.

pub mod billing;
pub mod clock;
mod control;
mod dispatch;
pub mod faults;
pub mod glob;
pub mod load_shape;
pub mod metrics;
pub mod price_facts;
pub mod protocol;
pub mod request_log;
pub mod scenario;
pub mod server;
pub mod services;
pub mod simulation;

pub use clock::{ClockMode, MockClock};
pub use faults::{FaultEffect, FaultRule};
pub use request_log::{CallCount, LoggedCall};
pub use scenario::{Scenario, ScenarioError};
pub use server::Mock;
pub use simulation::{ServiceError, Simulation};

use std::net::{Ipv4Addr, SocketAddr};

/// How to start a mock.
#[derive(Clone, Debug)]
pub struct Options {
    /// The simulation's beginning.
    pub scenario: Scenario,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether time is the scenario's or the real one.
    pub clock: ClockMode,
    /// Virtual seconds per real second, 1 for real time.
    pub speed: f64,
    /// Factor on how long state changes take; tests use a small one.
    pub pace: f64,
}

impl Options {
    /// `scenario` on a free loopback port, in scenario time, at real speed.
    pub fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: ClockMode::Scenario,
            speed: 1.0,
            pace: 1.0,
        }
    }
}

/// The shipped scenarios, name and text, the default first.
pub const SCENARIOS: &[(&str, &str)] = &[
    (
        "weekend-spike",
        include_str!("../../mocks/weekend-spike.toml"),
    ),
    (
        "long-weekend",
        include_str!("../../mocks/long-weekend.toml"),
    ),
    (
        "black-friday",
        include_str!("../../mocks/black-friday.toml"),
    ),
    (
        "notebook-weekend",
        include_str!("../../mocks/notebook-weekend.toml"),
    ),
    (
        "eight-where-two",
        include_str!("../../mocks/eight-where-two.toml"),
    ),
    (
        "early-commitment",
        include_str!("../../mocks/early-commitment.toml"),
    ),
    (
        "half-idle-gpu",
        include_str!("../../mocks/half-idle-gpu.toml"),
    ),
    ("untagged", include_str!("../../mocks/untagged.toml")),
    (
        "office-hours",
        include_str!("../../mocks/office-hours.toml"),
    ),
    (
        "chatbot-growth",
        include_str!("../../mocks/chatbot-growth.toml"),
    ),
    ("retry-loop", include_str!("../../mocks/retry-loop.toml")),
    (
        "two-peak-hours",
        include_str!("../../mocks/two-peak-hours.toml"),
    ),
    ("three-teams", include_str!("../../mocks/three-teams.toml")),
    (
        "budget-breach",
        include_str!("../../mocks/budget-breach.toml"),
    ),
    ("bad-day", include_str!("../../mocks/bad-day.toml")),
    ("quiet", include_str!("../../mocks/quiet.toml")),
    ("empty", include_str!("../../mocks/empty.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_mocks_is_embedded_and_says_what_it_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/mocks");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry
                    .unwrap()
                    .file_name()
                    .to_str()?
                    .strip_suffix(".toml")
                    .map(str::to_owned)
            })
            .collect();
        files.sort();
        let mut embedded: Vec<_> = SCENARIOS
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        embedded.sort();
        assert_eq!(files, embedded);
        for (name, _) in SCENARIOS {
            let scenario = Scenario::named(name).unwrap();
            assert!(
                !scenario.description.is_empty() && !scenario.description.contains('\n'),
                "{name}"
            );
        }
    }
}
