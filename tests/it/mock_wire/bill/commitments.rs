//! Commitments, forecasts and budgets.

use super::{day, near, number, saturday, start_mock};
use crate::mock_wire::config;
use aws_sdk_budgets::Client as Budgets;
use aws_sdk_costexplorer::{
    Client,
    error::ProvideErrorMetadata,
    types::{Granularity, GroupDefinition, GroupDefinitionType, Metric},
};
use spendtop::mock::{Mock, Options, Scenario};

#[tokio::test]
async fn savings_plan_has_its_coverage_and_utilization() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let by_service = GroupDefinition::builder()
        .r#type(GroupDefinitionType::Dimension)
        .key("SERVICE")
        .build();
    let get = client
        .get_savings_plans_coverage()
        .time_period(saturday())
        .group_by(by_service);
    let coverage = get.send().await.unwrap();
    let ml = coverage
        .savings_plans_coverages()
        .iter()
        .find(|one| one.attributes().unwrap()["SERVICE"] == "Amazon SageMaker");
    let ml = ml.unwrap().coverage().unwrap();
    let covered = 24.0 * 4.0 / 0.75;
    near(number(ml.spend_covered_by_savings_plans()), covered);
    let share = covered / (24.0 * 7.09);
    near(number(ml.coverage_percentage()), 100.0 * share);
    let get = client
        .get_savings_plans_utilization()
        .time_period(saturday());
    let used = get.send().await.unwrap();
    let total = used.total().unwrap();
    let utilization = total.utilization().unwrap();
    near(number(utilization.utilization_percentage()), 100.0);
    let savings = total.savings().unwrap();
    near(number(savings.net_savings()), covered - 96.0);
}

#[tokio::test]
async fn reservation_has_its_coverage_and_utilization() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let get = client.get_reservation_coverage().time_period(saturday());
    let covered = get.send().await.unwrap();
    let hours = covered.total().unwrap().coverage_hours().unwrap();
    near(number(hours.coverage_hours_percentage()), 50.0);
    let get = client.get_reservation_utilization().time_period(saturday());
    let used = get.send().await.unwrap();
    let total = used.total().unwrap();
    near(number(total.utilization_percentage()), 100.0);
    near(number(total.net_ri_savings()), 24.0 * (21.957_642 - 13.0));
}

#[tokio::test]
async fn account_without_a_savings_plan_has_coverage_and_no_utilization() {
    let mock = crate::mock_wire::mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let get = client
        .get_savings_plans_utilization()
        .time_period(saturday());
    let refused = get.send().await.unwrap_err();
    assert_eq!(refused.code(), Some("DataUnavailableException"));
    let get = client.get_savings_plans_coverage().time_period(saturday());
    assert!(get.send().await.is_ok());
}

#[tokio::test]
async fn forecast_widens_with_its_level_and_needs_history() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ask = |level| {
        let asked = client
            .get_cost_forecast()
            .time_period(day("2026-11-23", "2026-12-01"))
            .metric(Metric::NetAmortizedCost);
        asked
            .granularity(Granularity::Monthly)
            .prediction_interval_level(level)
            .send()
    };
    let (narrow, wide) = (ask(60).await.unwrap(), ask(95).await.unwrap());
    let bounds =
        |answer: &aws_sdk_costexplorer::operation::get_cost_forecast::GetCostForecastOutput| {
            let one = &answer.forecast_results_by_time()[0];
            [
                one.prediction_interval_lower_bound(),
                one.mean_value(),
                one.prediction_interval_upper_bound(),
            ]
            .map(number)
        };
    let ([a, mean, b], [c, same, d]) = (bounds(&narrow), bounds(&wide));
    assert!(
        mean == same && c < a && a < mean && mean < b && b < d,
        "{a} {b} {c} {d}"
    );
    let young = Mock::start(Options::new(Scenario::find("empty").unwrap())).unwrap();
    let client = Client::new(&config(&young, "us-east-1").await);
    let start = young.now().strftime("%Y-%m-%d").to_string();
    let end = (young.now() + std::time::Duration::from_hours(72))
        .strftime("%Y-%m-%d")
        .to_string();
    let asked = client
        .get_cost_forecast()
        .time_period(day(&start, &end))
        .metric(Metric::UnblendedCost)
        .granularity(Granularity::Daily);
    assert_eq!(
        asked.send().await.unwrap_err().code(),
        Some("DataUnavailableException")
    );
}

#[tokio::test]
async fn budgets_are_paged_and_add_up() {
    let mock = start_mock();
    let config = config(&mock, "us-east-1").await;
    let budgets = Budgets::new(&config);
    let first = budgets
        .describe_budgets()
        .account_id("111122223333")
        .max_results(1)
        .send()
        .await
        .unwrap();
    assert_eq!(first.budgets().len(), 1);
    let token = first.next_token().unwrap();
    let second = budgets
        .describe_budgets()
        .account_id("111122223333")
        .max_results(1)
        .next_token(token)
        .send()
        .await
        .unwrap();
    assert!(second.next_token().is_none() && second.budgets()[0].budget_name() == "all");
    let ml = &first.budgets()[0];
    assert_eq!(
        (ml.budget_name(), ml.budget_limit().unwrap().amount()),
        ("ml", "20000.0")
    );
    let spend = ml.calculated_spend().unwrap();
    let actual: f64 = spend.actual_spend().unwrap().amount().parse().unwrap();
    // 21 days and 18 hours of the endpoint's rest, of the fee, and of the other account's 50 a day;
    // no credit, no tax.
    let hours = 21.75 * 24.0;
    let expected = hours * (7.09 - 4.0 / 0.75) + hours * 4.0 + 21.75 * 50.0;
    assert!(
        (actual - expected).abs() < 0.01,
        "{actual}, expected {expected}"
    );
    let forecast: f64 = spend.forecasted_spend().unwrap().amount().parse().unwrap();
    let whole = expected / 21.75 * 30.0;
    assert!(
        (forecast - whole).abs() < 0.02,
        "{forecast}, expected {whole}"
    );
    let other = budgets
        .describe_budgets()
        .account_id("999999999999")
        .send()
        .await
        .unwrap_err();
    assert!(
        other
            .as_service_error()
            .unwrap()
            .is_access_denied_exception()
    );
}
