//! Bedrock's models on demand and provisioned throughput, asked over HTTP the way the console asks them.
//!
//! Must not know how the panes collect.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::panes::{cell, poll, row, show, world};
use spendtop::{
    aws::{Clock, Session},
    domain::{Burn, Evidence, PaneId, Value, Verb},
    mock::Scenario,
    panes,
    pricing::findings::Thresholds,
    world::World,
};

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
throttled = 0.1

[[model]]
id = "anthropic.claude-3-haiku-20240307-v1:0"
requests = "steady 60, from -7d steady 120"
input-tokens = 400
output-tokens = 100
"#;

fn near(value: &Value, expected: f64, share: f64) {
    let seen = value.number().unwrap_or_else(|| panic!("{value:?}"));
    assert!((seen / expected - 1.0).abs() < share, "{seen} is not {expected}");
}

/// One pane as the console would know it.
async fn only(sessions: &[Session], clock: &Clock, pane: PaneId) -> World {
    let mut world = World::new(panes::metas(), Thresholds::default());
    for (listed, measured) in poll(sessions, clock, Some(pane)).await {
        assert!(listed.complete && measured.complete && measured.faults.is_empty(), "{}", show(&measured, clock.now()));
        println!("{}", show(&measured, clock.now()));
        world.apply(listed, clock.now());
        world.apply(measured, clock.now());
    }
    world
}

#[tokio::test]
async fn models_on_demand_are_counted_and_priced() {
    let (mock, sessions, clock) = world(Scenario::parse(TOKENS, "tokens.toml").unwrap(), 1.0, &["us-east-1"]).await;
    let now = clock.now();
    let world = only(&sessions, &clock, "models").await;
    assert_eq!(world.rows("models").count(), 2);
    let sonnet = world.rows("models").find(|row| row.head.key.id.starts_with("us.")).unwrap();
    // The mock's prompts vary by 6 % from minute to minute, evenly: an hour is within 1 % of its mean.
    near(&cell("models", sonnet, "requests", now), 30.0, 1e-9);
    near(&cell("models", sonnet, "input", now), 30_000.0, 0.02);
    near(&cell("models", sonnet, "output", now), 15_000.0, 0.02);
    near(&cell("models", sonnet, "cached", now), 0.75, 0.02);
    // 1,800 requests an hour x (1,000 x $0.0033 + 3,000 x $0.00033 + 500 x $0.0165) / 1,000 = 1,800 x $0.01254.
    let hour = 1800.0 * (1000.0 * 0.0033 + 3000.0 * 0.00033 + 500.0 * 0.0165) / 1000.0;
    near(&Value::Rate(sonnet.head.burn.rate().unwrap()), hour, 0.02);
    let Burn::Priced { quantity, source, estimate, .. } = &sonnet.head.burn else { panic!("{:?}", sonnet.head.burn) };
    assert_eq!((*quantity, *estimate), (1.0, false));
    assert!(source.starts_with("tokens of the hour from 07:00 UTC x in $0.0033, out $0.0165"), "{source}");
    near(&cell("models", sonnet, "today", now), 8.0 * hour, 0.02);
    near(&cell("models", sonnet, "month", now), (22.0 * 24.0 + 8.0) * hour, 0.02);
    near(&cell("models", sonnet, "per_1k", now), hour / (1800.0 * 4.5), 0.02);
    near(&cell("models", sonnet, "latency", now), 2.0, 0.05);
    assert!(cell("models", sonnet, "throttles", now).number().unwrap() > 1000.0);
    assert!(cell("models", sonnet, "week", now).number().unwrap().abs() < 0.01);
    let Evidence::Tokens(tokens) = &sonnet.head.evidence else { panic!("no tokens") };
    assert_eq!(tokens.dollars.known().unwrap().points.len(), 336);
    assert!(tokens.rates.known().unwrap().1.is_some());
    assert!(tokens.unit.why().is_some());
    assert!(sonnet.head.offer(Verb::Tag).why().unwrap().0.contains("application inference profile"));

    let haiku = row(&world, "models", "Claude 3 Haiku");
    near(&cell("models", haiku, "requests", now), 120.0, 1e-9);
    assert_eq!(cell("models", haiku, "cached", now).number(), Some(0.0));
    let total = world.totals(None).burn.0;
    let sum: f64 = [sonnet, haiku].iter().map(|row| row.head.burn.rate().unwrap().0).sum();
    assert!((total - sum).abs() < 1e-9, "{total} {sum}");
    mock.stop().await;
}
