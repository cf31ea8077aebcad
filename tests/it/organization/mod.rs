//! The accounts of an organization over HTTP: which are opened, in which order, what denies, and
//! whose bill counts.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod order;

use crate::{harness, ledger};
use spendtop::{
    app::session::event_loop::Connection,
    aws::Clock,
    domain::{CostWindow, Fault, FaultKind},
    engine::{Engine, Event, Journal},
    inventory::{Inventory, Store},
    mock::{FaultEffect, FaultRule, Mock, Options, SCENARIOS, Scenario},
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(2);
const PANES: [&str; 3] = ["gpus", "endpoints", "jobs"];
const INCIDENT: &str = "100000000039";

/// A mock, and an engine that reads it.
struct Watch {
    mock: Mock,
    events: mpsc::Receiver<Event>,
    places: Vec<(String, String)>,
    names: Vec<String>,
    notes: Vec<Fault>,
    engine: Engine,
    _folder: tempfile::TempDir,
}

impl Watch {
    async fn start(scenario: Scenario, rules: Vec<FaultRule>) -> Self {
        let mock = Mock::start(Options::new(scenario)).unwrap();
        for rule in rules {
            mock.add_fault(rule);
        }
        let at = mock.clock();
        let clock = Clock::new(move || at.now());
        let folder = tempfile::tempdir().unwrap();
        let journal = Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana"));
        let options = harness::connect_options(&mock, &clock, journal, true);
        let connection: Connection = options.connect().await.unwrap();
        let (sender, events) = mpsc::channel(1_024);
        let places = connection.places.iter();
        let places = places.map(|place| (place.account.to_string(), place.region.to_string()));
        let names = connection.aliases.0.values().map(ToString::to_string);
        Self {
            mock,
            events,
            places: places.collect(),
            names: names.collect(),
            notes: connection.notes,
            engine: (connection.start)(sender, &CancellationToken::new()),
            _folder: folder,
        }
    }

    /// Applies events until `is_enough`.
    async fn until(&mut self, mut is_enough: impl FnMut(&Mock, &Event, &Arc<Store>) -> bool) {
        let events = &mut self.events;
        let mock = &self.mock;
        let wait = async {
            while let Some(event) = events.recv().await {
                if let Event::Report(report) = &event
                    && is_enough(mock, &event, &report.store)
                {
                    return;
                }
            }
            panic!("the engine ended");
        };
        tokio::time::timeout(TIMEOUT, wait).await.unwrap();
    }

    /// Waits for a row whose name begins with `name`; the account that has it.
    async fn row(&mut self, name: &str) -> String {
        let mut found = None;
        self.until(|_, _, store| {
            let inventory = Inventory::of(store.clone());
            let mut rows = PANES.iter().flat_map(|pane| inventory.rows(pane));
            let row = rows.find(|row| row.head.name.starts_with(name));
            found = row.map(|row| row.head.key.account.to_string());
            found.is_some()
        })
        .await;
        found.unwrap()
    }
}

fn shipped() -> Scenario {
    Scenario::find("organization").unwrap()
}

/// The same with a tenth of the resources.
fn small() -> Scenario {
    let (_, text) = SCENARIOS
        .iter()
        .find(|(name, _)| *name == "organization")
        .unwrap();
    let line = |line: &str| match line.strip_prefix("count = ").map(str::parse::<usize>) {
        Some(Ok(count)) => format!("count = {}\n", count.div_ceil(10)),
        _ => format!("{line}\n"),
    };
    let text: String = text.lines().map(line).collect();
    Scenario::parse(&text, "organization.toml").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_the_incident_is_opened_first_and_shown_under_its_name() {
    let mut watch = Watch::start(shipped(), Vec::new()).await;
    assert_eq!(
        watch.places[0],
        (INCIDENT.to_owned(), "sa-east-1".to_owned())
    );
    assert!(
        watch.names.contains(&"tiva labs".to_owned()),
        "{:?}",
        watch.names
    );
    assert_eq!(watch.row("nightly-rerun-").await, INCIDENT);
    watch.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_deny_are_asked_once_and_named_in_a_note() {
    let mut watch = Watch::start(shipped(), Vec::new()).await;
    let notes: Vec<String> = watch.notes.iter().map(ToString::to_string).collect();
    // Of the accounts that deny, only one has AI/ML dollars: the others are not opened at all.
    assert_eq!(watch.notes.len(), 1, "{notes:?}");
    assert_eq!(watch.notes[0].kind, FaultKind::Denied);
    assert!(notes[0].contains("payroll"), "{notes:?}");
    let opened: BTreeSet<&str> = watch.places.iter().map(|place| place.0.as_str()).collect();
    assert!(!opened.contains("100000000037"), "payroll: {opened:?}");
    assert!(!opened.contains("100000000038"), "suspended: {opened:?}");
    assert_eq!(watch.row("nightly-rerun-").await, INCIDENT);
    let asked = watch.mock.calls();
    let denied = asked
        .iter()
        .filter(|call| call.operation == "AssumeRole" && call.status == 403);
    assert_eq!(denied.count(), 1);
    watch.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_never_answers_does_not_hold_up_the_others() {
    let silent = FaultRule::new(FaultEffect::TimeoutBefore).account("* research");
    let mut watch = Watch::start(shipped(), vec![silent]).await;
    assert_eq!(watch.row("nightly-rerun-").await, INCIDENT);
    assert!(!watch.row("batch-").await.is_empty());
    watch.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_paying_account_reads_the_bill() {
    let mut watch = Watch::start(shipped(), Vec::new()).await;
    let mut month = None;
    watch
        .until(|_, event, store| {
            if let Event::Report(report) = event
                && report.source.pane == "spend"
            {
                month = Inventory::of(store.clone())
                    .month_to_date()
                    .known()
                    .copied();
            }
            month.is_some()
        })
        .await;
    watch.row("batch-").await;
    let calls = watch.mock.calls();
    let payers: BTreeSet<&str> = calls
        .iter()
        .filter(|call| call.service == "ce")
        .map(|call| call.account.as_str())
        .collect();
    assert_eq!(payers, BTreeSet::from(["100000000001"]));
    watch.engine.shutdown().await;
}

/// The payer's bill and the rows of all members, one of which denies, are one account of the money.
#[tokio::test(flavor = "multi_thread")]
async fn windows_of_the_organization_are_those_of_its_bill() {
    let mut watch = Watch::start(small(), Vec::new()).await;
    let windows = [CostWindow::Friday, CostWindow::Today, CostWindow::Month];
    let now = watch.mock.now();
    let billed = windows.map(|window| ledger::billed(&watch.mock, window, now));
    let (mut told, mut reports) = (Vec::new(), 0);
    let wait = watch.until(|_, event, store| {
        // To add up the costs of all rows takes longer than to read most of them.
        reports += usize::from(matches!(event, Event::Report(_)));
        if !reports.is_multiple_of(50) {
            return false;
        }
        let spent = |window: &CostWindow| store.spent(window.start(now).unwrap(), now).usage.0;
        told = windows.iter().map(spent).collect();
        let mut pairs = told.iter().zip(billed);
        pairs.all(|(told, billed)| ledger::agrees(*told, billed))
    });
    let ended = tokio::time::timeout(Duration::from_secs(110), wait).await;
    assert!(
        ended.is_ok(),
        "{told:?}, billed {billed:?}, {reports} reports"
    );
    watch.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_accounts_the_management_account_is_watched_all_the_same() {
    let deny = FaultRule::new(FaultEffect::Deny).of("organizations", "ListAccounts");
    let watch = Watch::start(shipped(), vec![deny]).await;
    assert_eq!(watch.notes.len(), 1, "{:?}", watch.notes);
    assert_eq!(watch.notes[0].kind, FaultKind::Denied);
    let accounts: BTreeSet<&str> = watch.places.iter().map(|place| place.0.as_str()).collect();
    assert_eq!(accounts, BTreeSet::from(["100000000001"]));
    watch.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_bill_every_account_is_opened_where_the_management_account_is() {
    let deny = FaultRule::new(FaultEffect::Deny).of("ce", "*");
    let watch = Watch::start(shipped(), vec![deny]).await;
    let regions: BTreeSet<&str> = watch.places.iter().map(|place| place.1.as_str()).collect();
    assert_eq!(regions, BTreeSet::from(["us-east-1"]));
    // Forty accounts, of which three deny and one is suspended.
    assert_eq!(watch.places.len(), 36);
    watch.engine.shutdown().await;
}
