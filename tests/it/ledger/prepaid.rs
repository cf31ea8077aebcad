//! Prepaid capacity, from the scenario and the price files: rates by the instance, fees pro rata,
//! idleness as exposure.

use super::{Books, prices};
use crate::panes::row;
use spendtop::{
    domain::{CommonField, CostWindow, HourlyCost, Timestamp},
    mock::Scenario,
};

const WORLD: &str = r#"
description = "prepaid"
now = "2026-11-24T10:30:00Z"
account = { id = "111122223333", alias = "prepaid" }
regions = ["us-east-1"]
[[capacity-reservation]]
name = "week-block"
type = "p5en.48xlarge"
instances = 4
used = 1
created = "-3d"
block-end = "+4d"
[[instance]]
name = "idle-in-block"
type = "p5.48xlarge"
market = "capacity-block"
launched = "-2d"
capacity-block-end = "+1d"
gpu = "steady 1"
[[training-plan]]
name = "plan"
type = "ml.p5.48xlarge"
instances = 8
used = 1
start = "-6d"
duration = "14d"
upfront-fee = 88100.0
[[endpoint]]
name = "on-plan"
type = "ml.p5.48xlarge"
instances = 1
created = "-5d"
requests = "steady 0"
training-plan = "plan"
[[instance]]
name = "on-demand"
type = "g5.xlarge"
launched = "-4d"
gpu = "steady 80"
"#;

/// Hours of `[from, to)` at or after `start`.
fn hours(start: Timestamp, from: &str, to: Timestamp) -> f64 {
    let from: Timestamp = from.parse().unwrap();
    to.duration_since(start.max(from)).as_secs_f64() / 3_600.0
}

#[tokio::test]
async fn prepaid_capacity_has_its_rate_its_fees_and_its_idleness_beside_no_burn() {
    let books = Books::open(Scenario::parse(WORLD, "prepaid.toml").unwrap()).await;
    let now = books.now();
    let p5en = prices::block("p5en.48xlarge", "us-east-1").unwrap();
    let p5 = prices::block("p5.48xlarge", "us-east-1").unwrap();
    let plan = 88_100.0 / (14.0 * 24.0);
    let mut sum = 0.0;
    for (pane, name, rate, exposure) in [
        ("gpus", "week-block", 4.0 * p5en, 3.0 * p5en),
        ("gpus", "idle-in-block", p5, p5),
        ("gpus", "plan", plan * 7.0 / 8.0, plan * 7.0 / 8.0),
        ("endpoints", "on-plan", plan / 8.0, plan / 8.0),
    ] {
        let mut rows = books.inventory.rows(pane);
        let named = rows.find(|row| row.head.name.starts_with(name)).unwrap();
        assert!(matches!(named.head.burn, HourlyCost::Nothing(_)), "{name}");
        let told = CommonField::Prepaid.value(&named.head, now).number();
        assert!(
            (told.unwrap() - rate).abs() < 0.005,
            "{name}: {told:?}, {rate}"
        );
        let found = books.inventory.findings().iter();
        let found: Vec<_> = found.filter(|one| one.key == named.head.key).collect();
        let [found] = found[..] else {
            panic!("{name}: {found:?}")
        };
        assert!((found.exposure.0 - exposure).abs() < 0.005, "{found:?}");
        assert_eq!((found.waste.0, found.saving.0), (0.0, 0.0), "{found:?}");
        sum += rate;
    }
    let totals = books.inventory.totals(None);
    assert!((totals.prepaid.0 - sum).abs() < 0.005, "{totals:?}");
    let on_demand = row(&books.inventory, "gpus", "on-demand");
    assert_eq!(totals.burn, on_demand.head.burn.rate().unwrap());
    books.close().await;
}

#[tokio::test]
async fn fees_fall_due_by_the_hour_and_stand_apart_from_usage() {
    let mut books = Books::open(Scenario::parse(WORLD, "prepaid.toml").unwrap()).await;
    let p5en = prices::block("p5en.48xlarge", "us-east-1").unwrap();
    let p5 = prices::block("p5.48xlarge", "us-east-1").unwrap();
    let plan = 88_100.0 / (14.0 * 24.0);
    // The second time the block of the single machine is over: its cost stays in the sums.
    for (advance, block_ends) in [(0.0, None), (30.0 * 3_600.0, Some("2026-11-25T10:30:00Z"))] {
        books.advance(advance).await;
        let now = books.now();
        let end = block_ends.map_or(now, |end| end.parse().unwrap());
        for window in [CostWindow::Friday, CostWindow::Month] {
            let start = window.start(now).unwrap();
            let due = 4.0 * p5en * hours(start, "2026-11-21T10:30:00Z", now)
                + p5 * hours(start, "2026-11-22T10:20:00Z", end)
                + plan * hours(start, "2026-11-18T10:30:00Z", now);
            let told = books.told(window);
            assert!((told.prepaid.0 - due).abs() < 1.0, "{told:?}, {due} due");
            let billed = books.billed(window);
            assert!(super::agrees(told.usage.0, billed), "{told:?}, {billed}");
        }
    }
    books.close().await;
}
