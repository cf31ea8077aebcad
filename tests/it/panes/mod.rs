//! Every pane and the costs, collected over HTTP.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod faults;
mod weekend_spike;

use spendtop::{
    aws::{Clock, Session, SessionSettings, StaticCredentials, sessions},
    collectors::{self, PollKind, Source},
    domain::{PaneId, Record, Report, Timestamp, Value},
    inventory::Inventory,
    mock::{Mock, Options, Scenario},
    pricing::Prices,
    rules::Thresholds,
};
use std::time::{Duration, Instant};

const REGIONS: &[&str] = &["us-east-1", "us-west-2"];

/// Sessions on `url` with demo credentials.
pub(crate) async fn open(url: &str, regions: &[&str]) -> Vec<Session> {
    let settings = SessionSettings {
        regions: regions.iter().map(ToString::to_string).collect(),
        endpoint_url: Some(url.to_owned()),
        keys: Some(StaticCredentials::demo()),
        ..SessionSettings::default()
    };
    sessions(&settings).await.expect("sessions open").sessions
}

/// A mock in scenario time, and sessions on it.
pub(crate) async fn start_mock(
    scenario: Scenario,
    pace: f64,
    regions: &[&str],
) -> (Mock, Vec<Session>, Clock) {
    let mock = Mock::start(Options {
        pace,
        ..Options::new(scenario)
    })
    .unwrap();
    let sessions = open(&mock.url(), regions).await;
    let at = mock.clock();
    (mock, sessions, Clock::new(move || at.now()))
}

/// The only source of `pane`.
pub(crate) fn source(sessions: &[Session], clock: &Clock, pane: &str) -> Box<dyn Source> {
    collectors::sources(sessions, Prices::embedded(), clock, &[])
        .into_iter()
        .find(|source| source.id().pane == pane)
        .unwrap()
}

/// The inventory and metrics reports of each source, of one `pane` or all.
pub(crate) async fn poll(
    sessions: &[Session],
    clock: &Clock,
    pane: Option<PaneId>,
) -> Vec<(Report, Report)> {
    let sources = collectors::sources(sessions, Prices::embedded(), clock, &[]);
    let selected = sources
        .into_iter()
        .filter(|source| pane.is_none_or(|pane| source.id().pane == pane));
    let polls = selected.map(|mut source| async move {
        (
            source.poll(PollKind::Inventory).await,
            source.poll(PollKind::Metrics).await,
        )
    });
    futures_util::future::join_all(polls).await
}

/// The inventory after all sources were polled.
pub(crate) async fn collect_inventory(sessions: &[Session], clock: &Clock) -> Inventory {
    let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
    for (listed, measured) in poll(sessions, clock, None).await {
        assert!(
            listed.complete && measured.complete,
            "{}",
            show(&measured, clock.now())
        );
        assert_eq!(measured.faults, [], "{}", measured.source.pane);
        assert_eq!(listed.rows.len(), measured.rows.len());
        inventory.apply(listed, clock.now());
        inventory.apply(measured, clock.now());
    }
    inventory
}

pub(crate) fn row<'a>(inventory: &'a Inventory, pane: PaneId, name: &str) -> &'a Record {
    let mut rows = inventory
        .rows(pane)
        .filter(|row| row.head.name.as_ref() == name);
    rows.next()
        .unwrap_or_else(|| panic!("{name} is not in {pane}"))
}

pub(crate) fn cell(pane: PaneId, row: &Record, field: &str, now: Timestamp) -> Value {
    let metas = collectors::metas();
    let meta = metas.iter().find(|meta| meta.id == pane).unwrap();
    meta.field(field)
        .unwrap_or_else(|| panic!("{pane} has no {field}"))
        .value(row, now)
}

/// The inventory after one pane was polled without a fault.
pub(crate) async fn collect_pane(sessions: &[Session], clock: &Clock, pane: PaneId) -> Inventory {
    let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
    for (listed, measured) in poll(sessions, clock, Some(pane)).await {
        assert!(
            listed.complete && measured.complete && measured.faults.is_empty(),
            "{}",
            show(&measured, clock.now())
        );
        inventory.apply(listed, clock.now());
        inventory.apply(measured, clock.now());
    }
    inventory
}

/// A report as text for failure messages.
pub(crate) fn show(report: &Report, now: Timestamp) -> String {
    let metas = collectors::metas();
    let meta = metas
        .iter()
        .find(|meta| meta.id == report.source.pane)
        .unwrap();
    let mut lines = vec![format!(
        "{} {} complete={}",
        report.source.pane, report.source.place.region, report.complete
    )];
    lines.extend(report.faults.iter().map(|fault| format!("  ! {fault}")));
    for row in &report.rows {
        let cells = meta.fields.iter().map(|field| match field.value(row, now) {
            Value::Unknown(why) => format!("{}=?({why})", field.id),
            value => format!("{}={}", field.id, value.show()),
        });
        lines.push(format!("  - {}", cells.collect::<Vec<_>>().join(" ")));
    }
    lines.join("\n")
}

#[tokio::test]
async fn quiet_scenario_has_rows_and_no_findings() {
    let (mock, sessions, clock) =
        start_mock(Scenario::find("quiet").unwrap(), 1.0, &["us-east-1"]).await;
    let inventory = collect_inventory(&sessions, &clock).await;
    let sentences: Vec<_> = inventory
        .findings()
        .iter()
        .map(|finding| format!("{}: {}", finding.name, finding.message))
        .collect();
    assert_eq!(sentences, [""; 0]);
    assert!(inventory.totals(None).burn.0 > 0.0);
    mock.stop().await;
}

/// More instances than a page holds and more metrics than a request allows.
#[tokio::test]
async fn every_page_is_read() {
    let text = r#"
description = "a crowd"
now = "2026-11-23T08:30:00Z"
seed = 1
account = { id = "111122223333", alias = "crowd", caller = "user/finops" }
regions = ["us-east-1"]

[[instance]]
name = "crowd-{n}"
count = 1101
type = "g5.xlarge"
launched = "-2h"
gpu = "steady 50-60"
"#;
    let (mock, sessions, clock) = start_mock(
        Scenario::parse(text, "crowd.toml").unwrap(),
        1.0,
        &["us-east-1"],
    )
    .await;
    for (_, report) in poll(&sessions, &clock, Some("gpus")).await {
        assert_eq!(
            (report.rows.len(), report.complete, report.faults.len()),
            (1101, true, 0)
        );
        let now = clock.now();
        assert!(
            report
                .rows
                .iter()
                .all(|row| cell("gpus", row, "gpu", now).is_known()
                    && cell("gpus", row, "cpu", now).is_known())
        );
    }
    assert!(mock.count("ec2", "DescribeInstances") >= 2);
    assert!(mock.count("cloudwatch", "GetMetricData") >= 5);
    mock.stop().await;
}

/// Against any emulator, nothing panics or hangs, and every source has rows or faults.
#[tokio::test]
#[ignore = "needs an AWS emulator at SPENDTOP_TEST_ENDPOINT"]
async fn incomplete_emulator_is_shown_with_faults() {
    let url = std::env::var("SPENDTOP_TEST_ENDPOINT").expect("SPENDTOP_TEST_ENDPOINT");
    let start = Instant::now();
    let sessions = open(&url, &["us-east-1"]).await;
    println!(
        "{:?} unidentified: {:?}",
        sessions[0].place, sessions[0].unidentified
    );
    let clock = Clock::system();
    for (listed, measured) in poll(&sessions, &clock, None).await {
        println!("{}", show(&measured, clock.now()));
        println!("{:?}", measured.costs);
        assert!(listed.complete || !listed.faults.is_empty());
        assert_eq!(listed.rows.len(), measured.rows.len());
    }
    println!(
        "{} requests, {:#}, {:?}",
        sessions[0].calls.requests(),
        sessions[0].calls.dollars(),
        start.elapsed()
    );
    assert!(start.elapsed() < Duration::from_mins(2));
}
