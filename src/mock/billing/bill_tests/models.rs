//! List prices and models on the bill.

use super::{BEDROCK, EC2, ML, near, saturday, simulation, sum};

#[test]
fn scenario_list_price_is_billed() {
    let (simulation, now) = simulation(
        r#"
[[list-price]]
service = "ec2"
type = "p4d.24xlarge"
usd = 20
[[list-price]]
service = "sagemaker"
type = "ml.g5.12xlarge"
component = "hosting"
usd = 8
[[list-price]]
service = "bedrock"
type = "amazon.nova-pro-v1:0"
component = "output"
usd = 0.004
[[instance]]
name = "gpu"
type = "p4d.24xlarge"
launched = "-20d"
gpu = "steady 3"
[[endpoint]]
name = "ep"
type = "ml.g5.12xlarge"
instances = 1
created = "-20d"
requests = "steady 100"
[[model]]
id = "amazon.nova-pro-v1:0"
requests = "steady 10"
input-tokens = 1000
output-tokens = 100
"#,
    );
    let charges = saturday(&simulation, now);
    near(
        sum(&charges, EC2, "Usage"),
        [24.0, 480.0, 480.0, 480.0, 480.0],
    );
    near(
        sum(&charges, ML, "Usage"),
        [24.0, 192.0, 192.0, 192.0, 192.0],
    );
    for charge in charges.iter().filter(|charge| charge.service == BEDROCK) {
        let rate = if charge.usage_type.contains("output") {
            0.004
        } else {
            0.0008
        };
        assert!(
            (charge.usd - charge.quantity * rate).abs() < 1e-9,
            "{charge:?}"
        );
    }
}

#[test]
fn tokens_are_billed_by_kind_tier_and_profile() {
    let (simulation, now) = simulation(
        r#"
[[model]]
id = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
requests = "steady 10"
input-tokens = 2000
output-tokens = 100
cache-read-percent = 60
cache-write-percent = 10
profile = "chatbot"
tags = { team = "support" }
[[model]]
id = "amazon.nova-pro-v1:0"
requests = "steady 10"
input-tokens = 1000
output-tokens = 100
tier = "flex"
"#,
    );
    let charges = saturday(&simulation, now);
    let kind = |part: &str| {
        let of: Vec<_> = charges
            .iter()
            .filter(|charge| charge.usage_type.contains(part))
            .collect();
        assert_eq!(of.len(), 1, "{part}");
        (of[0].quantity, of[0].usd, of[0].tags.get("team").cloned())
    };
    let sonnet = |name: &str, millions: f64, rate: f64| {
        let (quantity, usd, team) = kind(&format!("MP:USE1_{name}_Global-Units"));
        // 14,400 requests a day.
        assert!(
            (quantity - millions).abs() < 1e-6 * millions,
            "{name} {quantity}"
        );
        assert!((usd - quantity * rate).abs() < 1e-6, "{name} {usd}");
        assert_eq!(team.as_deref(), Some("support"));
    };
    sonnet("InputTokenCount", 14_400.0 * 6e-4, 3.0);
    sonnet("CacheReadInputTokenCount", 14_400.0 * 12e-4, 0.3);
    sonnet("CacheWriteInputTokenCount", 14_400.0 * 2e-4, 3.75);
    sonnet("OutputTokenCount", 14_400.0 * 1e-4, 15.0);
    let (quantity, usd, team) = kind("USE1-NovaPro-input-tokens-flex");
    assert!((usd - quantity * 0.000_4).abs() < 1e-6 && team.is_none());
}

/// Two units of 2 GB kept warm for a day, and the request time on them: 0.02 s a request.
#[test]
fn provisioned_concurrency_is_billed_called_or_not() {
    let (simulation, now) = simulation(
        r#"
[[endpoint]]
name = "warm"
created = "-20d"
serverless = { memory-mb = 2048, max-concurrency = 10, provisioned-concurrency = 2 }
requests = "steady 100"
latency-ms = 20
"#,
    );
    let charges = saturday(&simulation, now);
    let usd = |part: &str| -> f64 {
        let of = charges.iter().filter(|one| one.usage_type.contains(part));
        of.map(|one| one.usd).sum()
    };
    let warm = 2.0 * 86_400.0 * 0.000_01;
    let requests = 100.0 * 1_440.0 * 0.02 * 0.000_023_3;
    let (kept, called) = (
        usd("ProvisionedConcurrency:Usage-2GB"),
        usd("ProvisionedConcurrency:Mem-2GB"),
    );
    assert!((kept / warm - 1.0).abs() < 1e-6, "{kept} not {warm}");
    assert!(
        (called / requests - 1.0).abs() < 0.05,
        "{called} not {requests}"
    );
    assert_eq!(usd("ServerlessInf"), 0.0);
}
