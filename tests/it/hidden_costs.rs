//! Costs that are easily missed: regions that nobody watches, services that no pane lists.

use crate::panes::{cell, collect_inventory, row, start_mock};
use spendtop::{
    domain::{Currency, HourlyCost, Note, Usd, Value},
    inventory::Inventory,
    mock::Scenario,
};

const BILL: &str = r#"
description = "lines of the bill without a row"
now = "2026-11-23T10:30:00Z"
seed = 3
account = { id = "111122223333", alias = "bill", caller = "user/finops" }
regions = ["us-east-1", "sa-east-1"]
[[monitor]]
name = "ai"
created = "-90d"
[[cost]]
service = "Amazon SageMaker"
usage-type = "SAE1-Host:ml.g5.xlarge"
region = "sa-east-1"
usd-per-day = "steady 412"
[[cost]]
service = "Amazon Elastic Compute Cloud - Compute"
usage-type = "SAE1-BoxUsage:m5.large"
region = "sa-east-1"
usd-per-day = "steady 900"
[[cost]]
service = "Amazon SageMaker"
usage-type = "USE1-Host:ml.g5.xlarge"
usd-per-day = "steady 30"
[[cost]]
service = "Amazon Bedrock AgentCore"
usage-type = "USE1-Runtime:vCPU"
usd-per-day = "steady 7"
[[cost]]
service = "Amazon OpenSearch Service"
usage-type = "USE1-IndexingOCU"
usd-per-day = "steady 5.76"
[[cost]]
service = "Amazon OpenSearch Service"
usage-type = "USE1-SearchOCU"
usd-per-day = "steady 5.76"
[[cost]]
service = "Amazon OpenSearch Service"
usage-type = "USE1-ESInstance:r6g.large"
usd-per-day = "steady 500"
"#;

fn near(daily: Usd, expected: f64) -> bool {
    (daily.0 - expected).abs() < 0.01 * expected
}

#[tokio::test]
async fn notes_name_regions_and_services_that_only_the_bill_shows() {
    let scenario = Scenario::parse(BILL, "bill.toml").unwrap();
    let (_mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    let inventory = collect_inventory(&sessions, &clock).await;
    let notes = inventory.notes();
    let region = |note: &Note| match note {
        Note::RegionNotWatched {
            region,
            daily,
            currency,
        } => Some((*region, *daily, *currency)),
        _ => None,
    };
    let regions: Vec<_> = notes.iter().filter_map(region).collect();
    let [("sa-east-1", daily, Currency::USD)] = regions[..] else {
        panic!("{notes:?}")
    };
    assert!(
        near(daily, 412.0),
        "general instances do not count: {daily}"
    );
    let unlisted = |part: &str| {
        notes.iter().find_map(|note| match note {
            Note::Unlisted { name, daily, .. } if name.contains(part) => Some(*daily),
            _ => None,
        })
    };
    assert!(near(unlisted("AgentCore").unwrap(), 7.0), "{notes:?}");
    assert!(near(unlisted("OpenSearch").unwrap(), 11.52), "{notes:?}");
    let month = inventory.month_to_date();
    let month = month.known().unwrap().amount;
    assert!(
        near(month, 22.083 * 449.0),
        "OpenSearch is not counted as AI/ML: {month}"
    );
}

#[tokio::test]
async fn a_watched_region_has_no_note() {
    let scenario = Scenario::parse(BILL, "bill.toml").unwrap();
    let (_mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1", "sa-east-1"]).await;
    let inventory = collect_inventory(&sessions, &clock).await;
    let notes = inventory.notes();
    assert!(
        !notes
            .iter()
            .any(|note| matches!(note, Note::RegionNotWatched { .. })),
        "{notes:?}"
    );
}

async fn hidden_costs() -> (Inventory, spendtop::domain::Timestamp) {
    let scenario = Scenario::find("hidden-costs").unwrap();
    let (_mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    (collect_inventory(&sessions, &clock).await, clock.now())
}

/// Why a row burns nothing.
#[track_caller]
fn reason(inventory: &Inventory, pane: &'static str, name: &str) -> String {
    match &row(inventory, pane, name).head.burn {
        HourlyCost::Nothing(why) => why.to_string(),
        burn => panic!("{name} burns: {burn:?}"),
    }
}

#[tokio::test]
async fn reservations_burn_what_nothing_uses_and_prepaid_capacity_does_not() {
    let (inventory, now) = hidden_costs().await;
    let reserve = row(&inventory, "gpus", "launch-reserve");
    let rate = reserve.head.burn.rate().unwrap().0;
    assert!((rate - 2.0 * 55.04).abs() < 0.01, "two of four: {rate}");
    let waste = reserve.head.waste.known().unwrap().0;
    assert!((waste - rate).abs() < 0.01, "nothing uses them: {waste}");
    assert_eq!(cell("gpus", reserve, "unused", now), Value::text("2 of 4"));

    let block = row(&inventory, "gpus", "week-block");
    assert!(reason(&inventory, "gpus", "week-block").contains("1 of 2 unused"));
    let prepaid = cell("gpus", block, "prepaid", now).number().unwrap();
    assert!(prepaid > 50.0, "the rate of two instances: {prepaid}");
    assert!(matches!(cell("gpus", block, "ends", now), Value::Moment(_)));

    let shared = reason(&inventory, "gpus", "shared-reserve");
    assert!(shared.contains("444455556666"), "{shared}");

    let plan = row(&inventory, "gpus", "pretrain-q4");
    assert!(reason(&inventory, "gpus", "pretrain-q4").contains("5 of 8 unused"));
    let prepaid = cell("gpus", plan, "prepaid", now).number().unwrap();
    assert!(
        (prepaid - 88_100.0 / (14.0 * 24.0)).abs() < 0.01,
        "{prepaid}"
    );
    assert_eq!(plan.head.tags.known().unwrap()["team"], "foundation");
}

#[tokio::test]
async fn servers_partner_apps_and_volumes_have_rows() {
    let (inventory, now) = hidden_costs().await;
    let server = row(&inventory, "notebooks", "experiments");
    assert_eq!(server.head.burn.rate().unwrap().0, 1.04, "a medium server");
    let stopped = reason(&inventory, "notebooks", "workshop");
    assert!(stopped.starts_with("Stopped"), "{stopped}");
    let partner = row(&inventory, "notebooks", "compare");
    assert!(matches!(partner.head.burn, HourlyCost::Unpriced(_)));

    let storage = |name: &str| {
        let row = row(&inventory, "notebooks", name);
        cell("notebooks", row, "storage", now).number().unwrap()
    };
    assert!(
        (storage("feature-lab") - 900.0 * 0.14).abs() < 0.01,
        "stopped, its volume is not"
    );
    assert!(
        (storage("ben-lab") - 500.0 * 0.14).abs() < 0.01,
        "a space without an app"
    );
    assert!(reason(&inventory, "notebooks", "ben-lab").contains("volume"));
}

#[tokio::test]
async fn own_models_are_billed_by_the_token_or_by_their_copies() {
    let (inventory, _) = hidden_costs().await;
    let deployed = reason(&inventory, "throughput", "support-tone");
    assert!(deployed.contains("by the token"), "{deployed}");
    let imported = row(&inventory, "throughput", "legal-llama");
    let rate = imported.head.burn.rate().unwrap().0;
    let expected = 2.0 * 0.05718 * 60.0;
    assert!(
        (rate - expected).abs() < 0.001,
        "one copy of two units: {rate}"
    );
}

#[tokio::test]
async fn an_endpoint_on_a_training_plan_burns_nothing() {
    let (inventory, _) = hidden_costs().await;
    let why = reason(&inventory, "endpoints", "preview-model");
    assert!(why.contains("paid in advance"), "{why}");
}
