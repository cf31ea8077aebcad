//! The edges of months, years, leap days and Friday evenings, in UTC as the bill counts.

use super::{Books, agrees};
use crate::cli::MockServer;
use serde_json::Value;
use spendtop::{
    domain::{CostWindow, Usd},
    mock::Scenario,
};

fn account(now: &str) -> Scenario {
    let text = format!(
        r#"
description = "edges"
now = "{now}"
account = {{ id = "111122223333", alias = "edges" }}
regions = ["us-east-1"]
[[instance]]
name = "gpu"
count = 2
type = "g5.12xlarge"
launched = "-40d"
gpu = "steady 60"
[[endpoint]]
name = "ep"
type = "ml.g5.xlarge"
instances = 2
created = "-30h"
requests = "daily 100-200"
[[training]]
name = "train"
type = "ml.g4dn.12xlarge"
created = "-26h"
ended = "-3h"
outcome = "completed"
[[model]]
id = "us.amazon.nova-pro-v1:0"
requests = "daily 20-60"
input-tokens = 2000
output-tokens = 300
"#
    );
    Scenario::parse(&text, "edges.toml").unwrap()
}

#[tokio::test]
async fn windows_begin_at_the_edges_of_the_calendar() {
    let mut wrong = Vec::new();
    for now in [
        "2026-11-20T17:59:59Z",
        "2026-11-20T18:00:00Z",
        "2026-11-20T18:00:01Z",
        "2026-12-01T00:00:00Z",
        "2026-12-01T08:30:00Z",
        "2027-01-01T00:00:00Z",
        "2027-01-01T03:10:00Z",
        "2027-01-02T23:59:59Z",
        "2028-02-29T00:00:00Z",
        "2028-02-29T23:30:00Z",
        "2028-03-01T00:30:00Z",
    ] {
        let books = Books::open(account(now)).await;
        for window in [CostWindow::Friday, CostWindow::Today, CostWindow::Month] {
            let (told, billed) = (books.told(window), books.billed(window));
            let is_empty = window.start(books.now()) == Some(books.now());
            if !agrees(told.usage.0, billed) || is_empty && told.usage != Usd::ZERO {
                wrong.push(format!("{now} {window:?}: {told:?}, {billed} billed"));
            }
        }
        let month = books.inventory.month_forecast(books.now());
        let (so_far, end) = (
            month.month_to_date.known().unwrap().amount,
            month.month_end.known().unwrap().clone(),
        );
        if !(so_far <= end.low && end.low < end.mean && end.mean < end.high) {
            wrong.push(format!("{now}: {so_far:?} so far, {end:?}"));
        }
        books.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Windows are those of the bill, in UTC: where the program runs does not change a sum.
#[test]
fn the_zone_of_the_machine_changes_no_window() {
    let server = MockServer::new("weekend-spike");
    let sums = |zone: &str| {
        let columns = "--columns=cost_friday,cost_today,cost_month";
        let output = server.ask_in_zone(zone, &["ls", "gpus", columns, "-o", "json"]);
        assert_eq!(output.code, 0, "{}", output.err);
        let rows: Vec<Value> = serde_json::from_str(&output.out).unwrap();
        ["cost_friday", "cost_today", "cost_month"].map(|key| {
            let costs = rows.iter().filter_map(|row| row[key].as_f64());
            costs.sum::<f64>()
        })
    };
    let utc = sums("UTC");
    assert!(utc.iter().all(|sum| *sum > 0.0), "{utc:?}");
    for zone in ["Pacific/Kiritimati", "America/Los_Angeles"] {
        for (there, here) in sums(zone).into_iter().zip(utc) {
            // The clock of the mock goes on between two runs.
            assert!(
                (there - here).abs() < here * 0.01 + 10.0,
                "{zone}: {there}, {here}"
            );
        }
    }
}
