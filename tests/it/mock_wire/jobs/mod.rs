//! Jobs of all kinds, and clusters: listed, described, stopped and tagged through the real clients.

mod others;
mod search;
mod training;
mod tuning;

use spendtop::mock::{Mock, Options, Scenario};

fn mock() -> Mock {
    let scenario = Scenario::parse(include_str!("scenario.toml"), "scenario.toml").unwrap();
    Mock::start(Options {
        pace: 0.01,
        ..Options::new(scenario)
    })
    .unwrap()
}
