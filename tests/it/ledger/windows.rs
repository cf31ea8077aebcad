//! The cost since Friday, today and this month, and the month's end line by line, on every shipped
//! scenario.

use super::{Books, accounts, agrees, forecasts::contradictions, without_hours};
use spendtop::{domain::CostWindow, mock::Scenario};

const WINDOWS: [CostWindow; 3] = [CostWindow::Friday, CostWindow::Today, CostWindow::Month];

/// The windows and forecasts of `scenario` that are off, as text.
async fn wrong_figures(name: &str, scenario: Scenario) -> Vec<String> {
    let books = Books::open(scenario).await;
    let mut wrong = Vec::new();
    for window in WINDOWS {
        let (told, billed) = (books.told(window), books.billed(window));
        let line = format!(
            "{name} {window:?}: {:.2} told, {billed:.2} billed ({:+.2} %); {told:?}",
            told.usage.0,
            (told.usage.0 / billed - 1.0) * 100.0
        );
        println!("{line}");
        if !agrees(told.usage.0, billed) || told.billed > told.usage {
            wrong.push(line);
        }
    }
    wrong.extend(contradictions(name, &books));
    books.close().await;
    wrong
}

#[tokio::test]
async fn every_scenario_says_what_its_bill_says() {
    let mut wrong = Vec::new();
    for (name, _) in accounts() {
        wrong.extend(wrong_figures(name, Scenario::find(name).unwrap()).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same where Cost Explorer has no hours: whole closed days, and the own estimate beside them.
#[tokio::test]
async fn every_scenario_says_it_without_costs_by_the_hour() {
    let mut wrong = Vec::new();
    for (name, scenario) in without_hours() {
        wrong.extend(wrong_figures(name, scenario).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
