//! The scenario `weekend-spike` on every pane. All tests here look at one collection.

use super::{REGIONS, cell, collect_inventory, row, start_mock};
use spendtop::{
    domain::{HourlyCost, Measured, Operation, PaneId, Reason, Timestamp, UsdPerHour, Value},
    inventory::Inventory,
    mock::Scenario,
    pricing::{Component, Prices, Quote},
    rules::Finding,
};
use std::sync::LazyLock;

/// The inventory after one poll of every pane.
struct Weekend {
    inventory: Inventory,
    now: Timestamp,
    /// Cost of the requests in dollars.
    dollars: f64,
}

static WEEKEND: LazyLock<Weekend> = LazyLock::new(|| {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let scenario = Scenario::find("weekend-spike").unwrap();
        let (mock, sessions, clock) = start_mock(scenario, 1.0, REGIONS).await;
        let now = clock.now();
        let inventory = collect_inventory(&sessions, &clock).await;
        mock.stop().await;
        Weekend {
            inventory,
            now,
            dollars: sessions[0].calls.dollars().0,
        }
    })
});

impl Weekend {
    fn cell(&self, pane: PaneId, name: &str, field: &str) -> Value {
        cell(pane, row(&self.inventory, pane, name), field, self.now)
    }

    fn number(&self, pane: PaneId, name: &str, field: &str) -> f64 {
        let value = self.cell(pane, name, field);
        value
            .number()
            .unwrap_or_else(|| panic!("{name} {field}: {value:?}"))
    }

    fn burn(&self, pane: PaneId, name: &str) -> &HourlyCost {
        &row(&self.inventory, pane, name).head.burn
    }

    fn rate(&self, pane: PaneId, name: &str) -> UsdPerHour {
        self.burn(pane, name).rate().unwrap()
    }

    /// The findings on the row `name`.
    fn findings(&self, name: &str) -> impl Iterator<Item = &Finding> {
        self.inventory
            .findings()
            .iter()
            .filter(move |finding| *finding.name == *name)
    }
}

fn price(quote: &Measured<Quote>) -> f64 {
    quote.known().unwrap().unit.0
}

#[test]
fn forgotten_fleet_is_eight_owned_idle_instances_at_list_price() {
    let fleet: Vec<_> = WEEKEND
        .inventory
        .rows("gpus")
        .filter(|row| row.head.name.starts_with("hpo-worker-"))
        .collect();
    assert_eq!(fleet.len(), 8);
    let list_price = price(&Prices::embedded().ec2("p4d.24xlarge", "us-east-1"));
    for worker in &fleet {
        assert_eq!(worker.head.burn.rate().unwrap().0, list_price);
        assert_eq!(worker.head.owner.as_deref(), Some("mlops"));
        let gpu = cell("gpus", worker, "gpu", WEEKEND.now).number().unwrap();
        assert!((0.015..0.045).contains(&gpu), "{gpu}");
        assert!(worker.head.capability(Operation::Stop).known().is_some());
        let accelerators = cell("gpus", worker, "accelerators", WEEKEND.now);
        assert_eq!(accelerators.show(), "8xA100");
    }
}

#[test]
fn waste_is_found_with_its_remedy() {
    for (name, rule, remedy) in [
        ("hpo-worker-", "gpu-idle", Some(Operation::Stop)),
        ("rec-endpoint", "oversized-endpoint", Some(Operation::Scale)),
    ] {
        let mut findings = WEEKEND.inventory.findings().iter();
        let finding = findings
            .find(|finding| finding.name.starts_with(name))
            .unwrap();
        assert_eq!(
            (finding.rule, finding.fix),
            (rule, remedy),
            "{}",
            finding.message
        );
    }
    let is_idle = |finding: &Finding| finding.rule == "idle-notebook";
    assert!(WEEKEND.findings("distil-eval").any(is_idle));
    assert!(WEEKEND.findings("chat-pilot-pt").next().is_some());
    for name in ["fraud-research", "support-assist-pt"] {
        assert!(
            WEEKEND.findings(name).all(|finding| finding.waste.0 == 0.0),
            "{name}"
        );
    }
}

#[test]
fn utilization_without_an_agent_is_unknown_and_power_is_known() {
    assert_eq!(
        WEEKEND.cell("gpus", "rag-bench", "gpu"),
        Value::Unknown(Reason::new(
            "CloudWatch has no GPU utilisation of it: neither its agent nor Container Insights \
             reports one"
        ))
    );
    assert!(WEEKEND.cell("gpus", "rag-bench", "gpu_power").is_known());
}

#[test]
fn prepaid_block_costs_nothing_per_hour_and_spot_is_an_estimate_that_cannot_be_stopped() {
    assert!(matches!(
        WEEKEND.burn("gpus", "pretrain-block-1"),
        HourlyCost::Nothing(_)
    ));
    let spot = &row(&WEEKEND.inventory, "gpus", "render-spot-1").head;
    assert!(matches!(
        spot.burn,
        HourlyCost::Priced { estimate: true, .. }
    ));
    let stop = spot.capability(Operation::Stop);
    let why = stop.why().unwrap();
    assert!(why.text().contains("one-time"), "{why}");
}

#[test]
fn instance_without_an_accelerator_is_no_row() {
    assert!(
        WEEKEND
            .inventory
            .rows("gpus")
            .all(|row| !row.head.name.starts_with("airflow"))
    );
}

#[test]
fn endpoint_of_eight_instances_is_suggested_two() {
    let list_price =
        price(&Prices::embedded().sagemaker("ml.g5.12xlarge", Component::Hosting, "us-east-1"));
    assert_eq!(
        WEEKEND.rate("endpoints", "rec-endpoint").0,
        8.0 * list_price
    );
    let suggested = WEEKEND.cell("endpoints", "rec-endpoint", "suggested");
    assert_eq!(suggested, Value::Count(2));
    assert!(WEEKEND.number("endpoints", "rec-endpoint", "gpu") < 0.2);
}

/// Components share the instances of their endpoint, which are billed once.
#[test]
fn components_cost_nothing_beside_their_endpoint() {
    assert_eq!(WEEKEND.rate("endpoints", "guard-2b").0, 0.0);
    assert!(WEEKEND.rate("endpoints", "llm-host").0 > 0.0);
}

#[test]
fn endpoint_without_a_configuration_is_unpriced() {
    let HourlyCost::Unpriced(why) = WEEKEND.burn("endpoints", "legacy-forecast") else {
        panic!("it has a price");
    };
    assert!(why.text().contains("configuration was deleted"));
}

#[test]
fn notebooks_are_idle_since_friday() {
    for name in ["churn-model-dev", "vision-labeling", "LLM-eval-scratch"] {
        let idle = WEEKEND.number("notebooks", name, "idle") / 3600.0;
        assert!((58.0..66.0).contains(&idle), "{name}: {idle} h");
    }
}

#[test]
fn unused_throughput_names_the_end_of_its_commitment() {
    let p50 = WEEKEND.number("throughput", "chat-pilot-pt", "util_p50");
    assert!((0.2..0.4).contains(&p50), "{p50}");
    let verdict = WEEKEND.cell("throughput", "chat-pilot-pt", "verdict");
    assert!(verdict.show().contains("bound to Jan 14"), "{verdict:?}");
}

#[test]
fn anomalies_and_month_to_date_are_read() {
    let mut usage_types: Vec<_> = WEEKEND
        .inventory
        .rows("anomalies")
        .map(|row| {
            let usage_type = cell("anomalies", row, "usage_type", WEEKEND.now);
            usage_type.show().into_owned()
        })
        .collect();
    usage_types.sort();
    assert_eq!(
        usage_types,
        ["BoxUsage:p4d.24xlarge", "USE1-NovaPro-input-tokens"]
    );
    let month = *WEEKEND.inventory.month_to_date().known().unwrap();
    assert!(
        month.amount.0 > 1_000.0 && month.through.unwrap() <= WEEKEND.now,
        "{month:?}"
    );
}

#[test]
fn one_look_at_everything_costs_less_than_twenty_cents() {
    assert!(WEEKEND.dollars < 0.20, "{}", WEEKEND.dollars);
}
