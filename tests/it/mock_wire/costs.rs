//! Cost Explorer.

use super::{config, mock};
use aws_sdk_costexplorer::{
    Client,
    error::ProvideErrorMetadata,
    operation::get_cost_and_usage::builders::GetCostAndUsageFluentBuilder,
    types::{
        AnomalyDateInterval, AnomalyFeedbackType, DateInterval, Dimension, DimensionValues,
        Expression, Granularity, GroupDefinition, GroupDefinitionType, Metric, ResultByTime,
    },
};

fn november() -> DateInterval {
    interval("2026-11-01", "2026-11-24")
}

fn interval(start: &str, end: &str) -> DateInterval {
    DateInterval::builder()
        .start(start)
        .end(end)
        .build()
        .unwrap()
}

fn dollars(
    metrics: Option<&std::collections::HashMap<String, aws_sdk_costexplorer::types::MetricValue>>,
) -> f64 {
    metrics.unwrap()["UnblendedCost"]
        .amount()
        .unwrap()
        .parse()
        .unwrap()
}

fn ask(client: &Client, granularity: Granularity) -> GetCostAndUsageFluentBuilder {
    client
        .get_cost_and_usage()
        .time_period(november())
        .granularity(granularity)
        .metrics("UnblendedCost")
}

/// The total of the month.
async fn total(client: &Client, filter: Option<Expression>) -> f64 {
    let ask = ask(client, Granularity::Monthly).set_filter(filter);
    let month = ask.send().await.unwrap();
    assert!(month.results_by_time()[0].estimated());
    dollars(month.results_by_time()[0].total())
}

#[tokio::test]
async fn groups_of_all_pages_add_up_to_the_total() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let by = |key: &str| {
        GroupDefinition::builder()
            .r#type(GroupDefinitionType::Dimension)
            .key(key)
            .build()
    };
    let whole = total(&client, None).await;
    assert!(whole > 1_000.0);
    let mut sum = 0.0;
    let mut token = None;
    loop {
        let ask = ask(&client, Granularity::Daily)
            .group_by(by("SERVICE"))
            .group_by(by("USAGE_TYPE"))
            .set_next_page_token(token);
        let page = ask.send().await.unwrap();
        sum += page
            .results_by_time()
            .iter()
            .flat_map(ResultByTime::groups)
            .map(|group| dollars(group.metrics()))
            .sum::<f64>();
        token = page.next_page_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert!((sum - whole).abs() < 0.01, "{sum} {whole}");
}

#[tokio::test]
async fn a_service_and_all_others_add_up_to_the_total() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let sagemaker = DimensionValues::builder()
        .key(Dimension::Service)
        .values("Amazon SageMaker")
        .build();
    let only = Expression::builder().dimensions(sagemaker).build();
    let others = Expression::builder().not(only.clone()).build();
    let parts = total(&client, Some(only)).await + total(&client, Some(others)).await;
    assert!((parts - total(&client, None).await).abs() < 0.01);
}

#[tokio::test]
async fn anomalies_accept_feedback() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let since = AnomalyDateInterval::builder()
        .start_date("2026-10-01")
        .build()
        .unwrap();
    let found = client
        .get_anomalies()
        .date_interval(since.clone())
        .send()
        .await
        .unwrap();
    assert!(!found.anomalies().is_empty());
    let one = &found.anomalies()[0];
    assert!(one.impact().unwrap().total_impact() > 0.0 && !one.root_causes().is_empty());
    client
        .provide_anomaly_feedback()
        .anomaly_id(one.anomaly_id())
        .feedback(AnomalyFeedbackType::PlannedActivity)
        .send()
        .await
        .unwrap();
    let planned = client
        .get_anomalies()
        .date_interval(since)
        .feedback(AnomalyFeedbackType::PlannedActivity)
        .send()
        .await
        .unwrap();
    assert_eq!(planned.anomalies().len(), 1);
    assert!(
        !client
            .get_anomaly_monitors()
            .send()
            .await
            .unwrap()
            .anomaly_monitors()
            .is_empty()
    );
}

#[tokio::test]
async fn forecasts_values_and_tags_are_returned() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ask = client
        .get_cost_forecast()
        .time_period(interval("2026-11-23", "2026-12-01"))
        .metric(Metric::UnblendedCost);
    let forecast = ask.granularity(Granularity::Daily).send().await.unwrap();
    assert_eq!(forecast.forecast_results_by_time().len(), 8);
    assert!(
        forecast
            .total()
            .unwrap()
            .amount()
            .unwrap()
            .parse::<f64>()
            .unwrap()
            > 0.0
    );
    let ask = || {
        client
            .get_dimension_values()
            .time_period(november())
            .dimension(Dimension::UsageType)
    };
    let whole = ask().send().await.unwrap();
    let (mut paged, mut token) = (Vec::new(), None);
    loop {
        let page = ask()
            .max_results(5)
            .set_next_page_token(token)
            .send()
            .await
            .unwrap();
        paged.extend(page.dimension_values().to_vec());
        token = page.next_page_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole.dimension_values());
    assert_eq!(whole.total_size() as usize, paged.len());
    let tags = client
        .get_tags()
        .time_period(november())
        .send()
        .await
        .unwrap();
    assert!(tags.tags().iter().any(|key| key == "team"));
}

#[tokio::test]
async fn invalid_requests_get_cost_explorer_codes() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ask = |period| {
        client
            .get_cost_and_usage()
            .time_period(period)
            .granularity(Granularity::Daily)
    };
    let refused = ask(interval("2026-11-01", "2026-11-01"))
        .metrics("UnblendedCost")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("ValidationException"));
    assert_eq!(
        ask(november())
            .metrics("Bogus")
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("ValidationException")
    );
    let refused = ask(november())
        .metrics("UnblendedCost")
        .next_page_token("none")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("InvalidNextTokenException"));
}
