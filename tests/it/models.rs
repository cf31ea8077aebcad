//! On-demand models and provisioned throughput, collected over HTTP.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::panes::{cell, collect_pane, row, start_mock};
use spendtop::{
    aws::{Clock, Session},
    domain::{
        Capability, Evidence, HourlyCost, Measured, Operation, Record, Series, UsdPerHour, Value,
    },
    inventory::Inventory,
    mock::{Mock, Scenario},
};
use std::sync::Arc;

const TOKENS: &str = r#"
description = "tokens"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "tokens", caller = "user/ana" }
regions = ["us-east-1"]

[[model]]
id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
requests = "steady 30"
input-tokens = 1000
cache-read-tokens = 3000
output-tokens = 500
latency-ms = 2000
throttle-rate = 0.1

[[model]]
id = "anthropic.claude-3-haiku-20240307-v1:0"
requests = "steady 60, from -7d steady 120"
input-tokens = 400
output-tokens = 100
"#;

fn near(value: &Value, expected: f64, share: f64) {
    let seen = value.number().unwrap_or_else(|| panic!("{value:?}"));
    assert!(
        (seen / expected - 1.0).abs() < share,
        "{seen} is not {expected}"
    );
}

/// A mock of `scenario` in one region, and sessions on it.
async fn start(scenario: &str) -> (Mock, Vec<Session>, Clock) {
    let scenario = Scenario::parse(scenario, "models.toml").unwrap();
    start_mock(scenario, 1.0, &["us-east-1"]).await
}

/// An hour of the first model: 1,800 requests x (1,000 x $0.0033 + 3,000 x $0.00033 + 500 x
/// $0.0165) / 1,000 = 1,800 x $0.01254.
const HOUR: f64 = 1800.0 * (1000.0 * 0.0033 + 3000.0 * 0.00033 + 500.0 * 0.0165) / 1000.0;

/// The model `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.
fn sonnet(inventory: &Inventory) -> &Record {
    inventory
        .rows("models")
        .find(|row| row.head.key.id.starts_with("us."))
        .unwrap()
}

/// The mock's prompts vary by 6 % from minute to minute, evenly: an hour is within 1 % of its mean.
#[tokio::test]
async fn on_demand_models_are_measured_and_priced() {
    let (mock, sessions, clock) = start(TOKENS).await;
    let inventory = collect_pane(&sessions, &clock, "models").await;
    assert_eq!(inventory.rows("models").count(), 2);
    let sonnet = sonnet(&inventory);
    let haiku = row(&inventory, "models", "Claude 3 Haiku");
    for (row, field, expected, share) in [
        (sonnet, "requests", 30.0, 1e-9),
        (sonnet, "input", 30_000.0, 0.02),
        (sonnet, "output", 15_000.0, 0.02),
        (sonnet, "cached", 0.75, 0.02),
        (sonnet, "today", 8.0 * HOUR, 0.02),
        (sonnet, "month", (22.0 * 24.0 + 8.0) * HOUR, 0.02),
        (sonnet, "per_1k", HOUR / (1800.0 * 4.5), 0.02),
        (sonnet, "latency", 2.0, 0.05),
        (haiku, "requests", 120.0, 1e-9),
    ] {
        near(&cell("models", row, field, clock.now()), expected, share);
    }
    let number = |row, field| cell("models", row, field, clock.now()).number().unwrap();
    assert!(number(sonnet, "throttles") > 1000.0);
    assert!(number(sonnet, "growth").abs() < 0.01);
    assert_eq!(number(haiku, "cached"), 0.0);
    let total = inventory.totals(None).burn.0;
    let sum: f64 = [sonnet, haiku]
        .iter()
        .map(|row| row.head.burn.rate().unwrap().0)
        .sum();
    assert!((total - sum).abs() < 1e-9, "{total} {sum}");
    mock.stop().await;
}

#[tokio::test]
async fn cost_rate_of_a_model_names_its_tokens_and_prices() {
    let (mock, sessions, clock) = start(TOKENS).await;
    let inventory = collect_pane(&sessions, &clock, "models").await;
    let head = &sonnet(&inventory).head;
    near(&Value::Rate(head.burn.rate().unwrap()), HOUR, 0.02);
    let HourlyCost::Priced {
        quantity,
        source,
        estimate,
        ..
    } = &head.burn
    else {
        panic!("{:?}", head.burn)
    };
    assert_eq!((*quantity, *estimate), (1.0, false));
    assert!(
        source.starts_with("tokens of the hour from 07:00 UTC x in $3.3, out $16.5"),
        "{source}"
    );
    let Evidence::Tokens(tokens) = &head.evidence else {
        panic!("no tokens")
    };
    assert_eq!(tokens.dollars.known().unwrap().points.len(), 336);
    assert!(tokens.rates.known().unwrap().1.is_some());
    assert!(tokens.unit.why().is_some());
    let tag = head.capability(Operation::Tag);
    let why = tag.why().unwrap();
    assert!(
        why.text().contains("application inference profile"),
        "{why}"
    );
    mock.stop().await;
}

const BILLED: &str = r#"
description = "Models by profile, tier and cache"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "billed", caller = "user/ana" }
regions = ["us-east-1"]

[[model]]
id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
requests = "office-hours 3-55"
input-tokens = 900
cache-read-tokens = 5200
output-tokens = 410

[[model]]
id = "amazon.nova-pro-v1:0"
requests = "daily 10-80"
input-tokens = 700
output-tokens = 90
tier = "flex"

[[model]]
id = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
profile = "team-search"
requests = "daily 12-85"
input-tokens = 1400
output-tokens = 260
tags = { team = "search" }
"#;

/// The hourly costs of a closed day sum to the bill of that day.
#[tokio::test]
async fn closed_day_matches_the_bill() {
    use aws_sdk_costexplorer::types::{DateInterval, Granularity};
    let (mock, sessions, clock) = start(BILLED).await;
    let inventory = collect_pane(&sessions, &clock, "models").await;
    assert_eq!(inventory.rows("models").count(), 3);
    let day: spendtop::domain::Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let mut own = 0.0;
    for row in inventory.rows("models") {
        let Value::Series(series) = cell("models", row, "dollars_14d", clock.now()) else {
            panic!("no dollars of {}", row.head.name)
        };
        let first = (0..series.points.len())
            .find(|place| series.at(*place) == day)
            .unwrap();
        own += series.points[first..first + 24]
            .iter()
            .flatten()
            .sum::<f64>();
    }
    let bill =
        aws_sdk_costexplorer::Client::new(&crate::mock_wire::config(&mock, "us-east-1").await);
    let period = DateInterval::builder()
        .start("2026-11-20")
        .end("2026-11-21")
        .build()
        .unwrap();
    let answer = bill
        .get_cost_and_usage()
        .time_period(period)
        .granularity(Granularity::Daily)
        .metrics("UnblendedCost")
        .send()
        .await
        .unwrap();
    let billed: f64 = answer.results_by_time()[0].total().unwrap()["UnblendedCost"]
        .amount()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        billed > 100.0 && (own - billed).abs() < 0.01,
        "own {own}, billed {billed}"
    );
    // An application profile is priced as its model.
    let profile = row(&inventory, "models", "team-search");
    assert_eq!(
        cell("models", profile, "via", clock.now()).show(),
        "app profile"
    );
    assert_eq!(profile.head.owner.as_deref(), Some("search"));
    assert!(profile.head.capability(Operation::Tag).known().is_some());
    mock.stop().await;
}

const HOURS: &str = r#"
description = "Used in office hours"
now = "2026-11-24T20:30:00Z"
account = { id = "111122223333", alias = "hours", caller = "user/ana" }
regions = ["us-east-1"]

[[endpoint]]
name = "scorer"
created = "-60d"
type = "ml.m5.large"
instances = 4
requests = "office-hours 0-600"
capacity = 600
latency-ms = 200

[[endpoint]]
name = "vision"
created = "-60d"
type = "ml.g5.2xlarge"
instances = 2
requests = "daily 100-400"

[[instance]]
name = "trainer"
type = "g5.12xlarge"
launched = "-9d"
gpu = "steady 20-30"
"#;

/// The evidence of an endpoint's hours: every hour, serverless cost and whether it is scheduled.
fn replicas(
    row: &Record,
) -> (
    &Measured<Arc<Series>>,
    &Measured<UsdPerHour>,
    &Measured<bool>,
) {
    let Evidence::Replicas {
        hourly,
        serverless,
        scheduled,
        ..
    } = &row.head.evidence
    else {
        panic!("no replicas")
    };
    (hourly, serverless, scheduled)
}

#[tokio::test]
async fn endpoint_of_office_hours_gets_a_schedule_and_a_serverless_price() {
    let (mock, sessions, clock) = start(HOURS).await;
    let endpoints = collect_pane(&sessions, &clock, "endpoints").await;
    let scorer = row(&endpoints, "endpoints", "scorer");
    let (hourly, serverless, scheduled) = replicas(scorer);
    let hours = hourly.known().unwrap();
    assert_eq!(hours.points.len(), 336);
    assert!(
        hours.points.iter().all(Option::is_some),
        "in service all the time"
    );
    // Ten office hours on five days of seven, and one stray minute.
    let used = cell("endpoints", scorer, "active_share", clock.now());
    let used = used.number().unwrap();
    assert!((0.27..0.45).contains(&used), "{used}");
    // Requests per hour x 0.2 s or more at 6 GB cost far less than four instances.
    let rate = serverless.known().unwrap().0;
    assert!(
        rate > 0.0 && rate < scorer.head.burn.rate().unwrap().0,
        "{rate}"
    );
    assert_eq!(scheduled.known(), Some(&false));
    let schedule = scorer.head.capability(Operation::ScheduledScaling);
    let Some(Capability::Hours { suggested, .. }) = schedule.known().copied() else {
        panic!("no schedule")
    };
    // The load rises before eight and falls after six.
    assert_eq!(
        (suggested.when().as_str(), suggested.inside),
        ("mon-fri 07-19", 4)
    );
    let vision = row(&endpoints, "endpoints", "vision");
    assert_eq!(
        replicas(vision).1.why().unwrap().to_string(),
        "serverless has no GPU"
    );
    mock.stop().await;
}

#[tokio::test]
async fn instance_has_a_week_of_utilization_and_a_smaller_neighbour() {
    let (mock, sessions, clock) = start(HOURS).await;
    let gpus = collect_pane(&sessions, &clock, "gpus").await;
    let trainer = row(&gpus, "gpus", "trainer");
    let Evidence::Accelerators {
        utilization,
        neighbours,
        past,
        ..
    } = &trainer.head.evidence
    else {
        panic!("no accelerators")
    };
    assert_eq!(utilization.known().unwrap().hours, 168.0);
    let smaller = neighbours.smaller.last().unwrap();
    assert!(
        smaller.unit.starts_with("g5.") && smaller.size == 0.25,
        "{smaller:?}"
    );
    assert!(past.why().unwrap().text().contains("no earlier run"));
    mock.stop().await;
}
