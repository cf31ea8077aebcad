//! A mock AWS: a loopback HTTP server that answers the AWS APIs from simulated accounts, which a
//! scenario in `mocks/*.toml` describes. `docs/mock.md` is the reference.
//!
//! ```text
//!   scenario/    reads and checks a file        clock.rs        simulated time
//!   simulation/  resources, states over time,   load_shape.rs   load as a function of time
//!                changes and refusals           price_facts/    instance types and list prices
//!   metrics/     (resource, metric, minute)     billing/        usage x list price, agreements
//!   protocol/    AWS's wire protocols           services/       one module per service
//!   server.rs    HTTP on loopback               dispatch.rs     one call: fault, answer, log entry
//!   faults/      planned failures               request_log.rs  calls and effects, counted
//!   organization/  accounts and sessions          limits/       AWS's request limits
//!   reply_body.rs  bodies that end, and those that do not
//!   contract/    AWS's service models: requests and answers are checked against them
//!   roles.rs     the managed policies that a caller may have
//!   control.rs   `/_spendtop`: faults, calls and the clock
//!   callers.rs   which requests are answered: none of a web page of another site
//! ```
//!
//! It shares `domain`'s types for time and tags and the rate cards with the rest of the program,
//! and no code that calls AWS, so that both sides cannot share a misreading of the API.

pub mod billing;
mod callers;
pub mod clock;
pub mod contract;
mod control;
mod dispatch;
pub mod faults;
pub mod glob;
pub mod limits;
pub mod load_shape;
pub mod managed_policies;
pub mod metrics;
pub mod organization;
pub mod price_facts;
pub mod protocol;
mod reply_body;
pub mod request_log;
pub mod scenario;
pub mod server;
pub mod services;
pub mod simulation;

pub use clock::{ClockEnds, ClockMode, LAST_MOMENT, MockClock};
pub use faults::{FaultEffect, FaultRule};
pub use managed_policies::Role;
pub use organization::Organization;
pub use request_log::{CallCount, LoggedCall};
pub use scenario::{Scenario, ScenarioError};
pub use server::Mock;
pub use simulation::{ServiceError, Simulation};

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// How to start a mock.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the simulated account starts.
    pub scenario: Scenario,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether time is the scenario's or the real one.
    pub clock: ClockMode,
    /// Virtual seconds per real second, 1 for real time.
    pub speed: f64,
    /// Factor on the duration of state changes; tests use a small one.
    pub pace: f64,
    /// Names that clients may call it by, besides its addresses and `localhost`.
    pub hosts: Vec<String>,
    /// How long the head, and then the body, of a request may take to arrive.
    pub receive_timeout: Duration,
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
            hosts: Vec::new(),
            receive_timeout: Duration::from_secs(30),
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
    (
        "gpus-on-kubernetes",
        include_str!("../../mocks/gpus-on-kubernetes.toml"),
    ),
    (
        "silent-notebooks",
        include_str!("../../mocks/silent-notebooks.toml"),
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
    ("controllers", include_str!("../../mocks/controllers.toml")),
    (
        "hidden-costs",
        include_str!("../../mocks/hidden-costs.toml"),
    ),
    ("bad-day", include_str!("../../mocks/bad-day.toml")),
    (
        "hostile-network",
        include_str!("../../mocks/hostile-network.toml"),
    ),
    (
        "organization",
        include_str!("../../mocks/organization.toml"),
    ),
    ("quiet", include_str!("../../mocks/quiet.toml")),
    ("empty", include_str!("../../mocks/empty.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_mocks_is_embedded_and_has_a_description() {
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
            let scenario = Scenario::find(name).unwrap();
            assert!(
                !scenario.description.is_empty() && !scenario.description.contains('\n'),
                "{name}"
            );
        }
    }
}
