//! The bill over HTTP: record types, metrics, accounts, tags, hours, commitments, budgets, prices,
//! profiles.

mod commitments;
mod price_list;

use super::config;
use aws_sdk_costexplorer::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition,
        GroupDefinitionType, TagValues,
    },
};
use spendtop::mock::{Mock, Options, Scenario};
use std::collections::BTreeMap;

fn start_mock() -> Mock {
    let scenario = Scenario::parse(include_str!("scenario.toml"), "scenario.toml").unwrap();
    Mock::start(Options::new(scenario)).unwrap()
}

fn day(start: &str, end: &str) -> DateInterval {
    DateInterval::builder()
        .start(start)
        .end(end)
        .build()
        .unwrap()
}

fn saturday() -> DateInterval {
    day("2026-11-21", "2026-11-22")
}

fn near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
        "{found}, expected {expected}"
    );
}

fn number(text: Option<&str>) -> f64 {
    text.unwrap().parse().unwrap()
}

/// Dollars of Saturday by group, in a metric.
async fn by(
    client: &Client,
    kind: GroupDefinitionType,
    key: &str,
    metric: &str,
    filter: Option<Expression>,
) -> BTreeMap<String, f64> {
    let group = GroupDefinition::builder().r#type(kind).key(key).build();
    let asked = client
        .get_cost_and_usage()
        .time_period(saturday())
        .granularity(Granularity::Daily)
        .metrics(metric)
        .group_by(group);
    let answer = asked.set_filter(filter).send().await.unwrap();
    let groups = answer.results_by_time()[0].groups();
    groups
        .iter()
        .map(|one| {
            (
                one.keys()[0].clone(),
                number(one.metrics().unwrap()[metric].amount()),
            )
        })
        .collect()
}

fn service(name: &str) -> Expression {
    Expression::builder()
        .dimensions(
            DimensionValues::builder()
                .key(Dimension::Service)
                .values(name)
                .build(),
        )
        .build()
}

#[tokio::test]
async fn record_types_and_metrics_match_those_of_aws() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ec2 = "Amazon Elastic Compute Cloud - Compute";
    let list = 24.0 * 21.957_642;
    let records = async |metric| {
        by(
            &client,
            GroupDefinitionType::Dimension,
            "RECORD_TYPE",
            metric,
            Some(service(ec2)),
        )
        .await
    };
    let unblended = records("UnblendedCost").await;
    near(unblended["Usage"], list);
    near(unblended["DiscountedUsage"], 0.0);
    near(
        unblended["Enterprise Discount Program Discount"],
        -list * 0.2,
    );
    let paid = records("NetAmortizedCost").await;
    near(paid["Usage"], list * 0.8);
    near(paid["DiscountedUsage"], 24.0 * 13.0 * 0.8);
    near(paid["Enterprise Discount Program Discount"], 0.0);
    // The plan of 4 an hour covers 4 / (7.09 x 0.75) of the endpoint's instance.
    let ml = by(
        &client,
        GroupDefinitionType::Dimension,
        "RECORD_TYPE",
        "AmortizedCost",
        Some(service("Amazon SageMaker")),
    )
    .await;
    near(ml["SavingsPlanCoveredUsage"], 96.0);
    near(ml["Usage"], 24.0 * (7.09 - 4.0 / 0.75) + 50.0);
    near(ml["Credit"], -100.0);
    let usual = Expression::builder().dimensions(
        DimensionValues::builder()
            .key(Dimension::RecordType)
            .values("Credit")
            .values("Refund")
            .values("Tax")
            .build(),
    );
    let without = by(
        &client,
        GroupDefinitionType::Dimension,
        "SERVICE",
        "NetAmortizedCost",
        Some(Expression::builder().not(usual.build()).build()),
    )
    .await;
    near(
        without["Amazon SageMaker"],
        96.0 + 24.0 * (7.09 - 4.0 / 0.75) + 50.0,
    );
    assert!(!without.contains_key("Tax"));
}

/// Unblended dollars of Saturday by a dimension.
async fn by_dimension(
    client: &Client,
    key: &str,
    filter: Option<Expression>,
) -> BTreeMap<String, f64> {
    let kind = GroupDefinitionType::Dimension;
    by(client, kind, key, "UnblendedCost", filter).await
}

#[tokio::test]
async fn tags_divide_the_bill() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let (kind, sagemaker) = (GroupDefinitionType::Tag, service("Amazon SageMaker"));
    let teams = by(&client, kind, "team", "UnblendedCost", Some(sagemaker)).await;
    near(teams["team$search"], 50.0);
    assert!(teams.contains_key("team$"), "{teams:?}");
    let get = client.get_tags().time_period(saturday()).tag_key("team");
    let values = get.send().await.unwrap();
    assert!(
        ["", "search", "support", "vision"]
            .iter()
            .all(|team| values.tags().iter().any(|one| one == team)),
        "{values:?}"
    );
}

#[tokio::test]
async fn accounts_divide_the_bill_and_have_names() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let accounts = by_dimension(&client, "LINKED_ACCOUNT", None).await;
    near(accounts["444455556666"], 50.0);
    let get = client
        .get_dimension_values()
        .time_period(saturday())
        .dimension(Dimension::LinkedAccount);
    let names = get.send().await.unwrap();
    let name = names
        .dimension_values()
        .iter()
        .find(|one| one.value() == Some("444455556666"))
        .unwrap();
    assert_eq!(name.attributes().unwrap()["description"], "research");
}

#[tokio::test]
async fn filters_are_joined_by_and_or() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let team = TagValues::builder().key("team").values("search").build();
    let tagged = Expression::builder().tags(team).build();
    let both = Expression::builder()
        .and(tagged.clone())
        .and(service("Amazon SageMaker"))
        .build();
    let services = by_dimension(&client, "SERVICE", Some(both)).await;
    near(services["Amazon SageMaker"], 50.0);
    let either = Expression::builder().or(tagged).or(service("Tax")).build();
    let services = by_dimension(&client, "SERVICE", Some(either)).await;
    assert_eq!(services.len(), 2);
}

#[tokio::test]
async fn hours_are_refused_where_hourly_granularity_is_off() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let hours = client
        .get_cost_and_usage()
        .time_period(day("2026-11-21T00:00:00Z", "2026-11-21T02:00:00Z"))
        .granularity(Granularity::Hourly)
        .metrics("UnblendedCost");
    let refused = hours.send().await.unwrap_err();
    assert_eq!(refused.code(), Some("DataUnavailableException"));
}
