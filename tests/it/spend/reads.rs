//! Reads that AWS refuses.

use super::{DEALS, cell, inventory_of, row, spend, start, usd};
use spendtop::{
    collectors::SpendSettings,
    domain::{FaultKind, Value},
    mock::FaultEffect as MockFault,
};

/// Without Cost Explorer's forecast, the closed days forecast the month.
#[tokio::test]
async fn refused_forecast_and_budgets_are_faults_beside_the_costs() {
    let (mock, sessions, clock) = start(DEALS).await;
    let now = clock.now();
    mock.fail("budgets", "DescribeBudgets", MockFault::Deny, usize::MAX);
    mock.fail("ce", "GetCostForecast", MockFault::Deny, usize::MAX);
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    let mut faults: Vec<_> = report
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.operation.to_string()))
        .collect();
    faults.sort();
    assert_eq!(
        faults,
        [
            (FaultKind::Denied, "budgets:ViewBudget".into()),
            (FaultKind::Denied, "ce:GetCostForecast".into())
        ]
    );
    assert!(report.complete && usd(row(&report, "service/ec2"), "month", now) > 0.0);
    let forecast = inventory_of(report, now).month_forecast(now);
    let source = &forecast.month_end.known().unwrap().source;
    assert!(source.starts_with("own: "), "{source}");
    mock.stop().await;
}

#[tokio::test]
async fn refused_costs_are_unknown_with_the_reason() {
    let (mock, sessions, clock) = start(DEALS).await;
    mock.fail("ce", "GetCostAndUsage", MockFault::Deny, usize::MAX);
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    assert!(!report.complete);
    let month = report.costs.unwrap().month_to_date;
    let why = month.why().unwrap();
    assert!(why.text().contains("denied"), "{why}");
    mock.stop().await;
}

#[tokio::test]
async fn disabled_hourly_granularity_is_no_fault() {
    let text = DEALS.replace("hourly-granularity = true", "hourly-granularity = false");
    let (mock, sessions, clock) = start(&text).await;
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    assert_eq!(report.faults, []);
    assert!(matches!(
        cell(row(&report, "service/ec2"), "hours", clock.now()),
        Value::Unknown(_)
    ));
    mock.stop().await;
}
