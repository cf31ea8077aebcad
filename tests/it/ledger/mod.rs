//! The tests' own ledger: dollars by a few lines of code from the scenario and the price files,
//! compared with the figures of spendtop.
//!
//! The tests compare windows with the bill of the mock, which reads the price files by code of its
//! own and integrates usage second by second, and rows with the price files themselves.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod actions;
mod edges;
mod forecasts;
mod prepaid;
mod prices;
mod rows;
mod windows;
mod worlds;

use super::panes;
use spendtop::{
    aws::{Clock, Session},
    collectors::{self, PollKind, Source},
    domain::{CostWindow, Service, Timestamp},
    inventory::{Inventory, WindowCost},
    mock::{Mock, SCENARIOS, Scenario, billing::BillingPeriod, organization::Account},
    pricing::Prices,
    rules::Thresholds,
};

/// The shipped scenarios of one account, with their texts. Of an organization these tests would
/// read the payer's account only, and its bill has all of them.
pub(crate) fn accounts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let scenarios = SCENARIOS.iter().copied();
    scenarios.filter(|(_, text)| !text.contains("\n[organization]"))
}

/// An account, and spendtop's inventory of it.
pub(crate) struct Books {
    pub mock: Mock,
    pub clock: Clock,
    pub inventory: Inventory,
    sources: Vec<Box<dyn Source>>,
}

impl Books {
    /// The account of `scenario`, read once. Nothing of it fails.
    pub(crate) async fn open(scenario: Scenario) -> Self {
        let regions = scenario.regions.clone();
        let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
        let (mock, sessions, clock) = panes::start_mock(scenario, 1.0, &regions).await;
        mock.clear_faults();
        let mut books = Self {
            sources: sources(&sessions, &clock),
            inventory: Inventory::new(collectors::metas(), Thresholds::default()),
            mock,
            clock,
        };
        books.read().await;
        books
    }

    /// Reads everything again.
    pub(crate) async fn read(&mut self) {
        for source in &mut self.sources {
            for kind in [PollKind::Inventory, PollKind::Metrics] {
                self.inventory
                    .apply(source.poll(kind).await, self.clock.now());
            }
        }
    }

    /// Lets `seconds` pass, and reads everything again.
    pub(crate) async fn advance(&mut self, seconds: f64) {
        self.mock.clock().advance(seconds);
        self.read().await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The cost of `window` by spendtop.
    pub(crate) fn told(&self, window: CostWindow) -> WindowCost {
        let start = window.start(self.now()).unwrap();
        self.inventory.store().spent(start, self.now())
    }

    /// As [`billed`], until now.
    pub(crate) fn billed(&self, window: CostWindow) -> f64 {
        billed(&self.mock, window, self.now())
    }

    pub(crate) async fn close(self) {
        self.mock.stop().await;
    }
}

/// The mock's bill of all accounts for AI/ML from the beginning of `window` to `now` once all is
/// settled, without the fees of capacity blocks.
pub(crate) fn billed(mock: &Mock, window: CostWindow, now: Timestamp) -> f64 {
    let start = window.start(now).unwrap();
    let settled = now
        .saturating_add(jiff::SignedDuration::from_hours(48))
        .unwrap();
    let of_account = |account: &Account| {
        let simulation = account.simulation();
        simulation.charges(start, now, BillingPeriod::Hour, settled)
    };
    let charges = mock.organization().accounts().iter().flat_map(of_account);
    charges
        .filter(|one| Service::of_line(&one.service, &one.usage_type).is_some())
        .filter(|one| !one.usage_type.contains("CapacityBlock"))
        .filter(|one| !matches!(one.record_type, "Credit" | "Refund" | "Tax"))
        .map(|one| one.net_amortized)
        .sum()
}

fn sources(sessions: &[Session], clock: &Clock) -> Vec<Box<dyn Source>> {
    collectors::sources(sessions, Prices::embedded(), clock, &[])
}

/// The shipped scenarios of one account without costs by the hour in Cost Explorer.
pub(crate) fn without_hours() -> impl Iterator<Item = (&'static str, Scenario)> {
    accounts().map(|(name, text)| {
        let text = text.replace("\nregions", "\nhourly-granularity = false\nregions");
        (name, Scenario::parse(&text, name).unwrap())
    })
}

/// Whether `told` is `billed`, within two percent or a dollar.
pub(crate) fn agrees(told: f64, billed: f64) -> bool {
    (told - billed).abs() <= (billed * 0.02).max(1.0)
}
