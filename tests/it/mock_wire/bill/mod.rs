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

const WORLD: &str = r#"description = "bill"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "payer" }
regions = ["us-east-1"]
hourly-granularity = false
[[linked-account]]
id = "444455556666"
name = "research"
[[cost]]
service = "Amazon SageMaker"
usage-type = "USE1-Host:ml.m5.xlarge"
usd-per-day = "steady 50"
account = "444455556666"
tags = { team = "search" }
[[cost]]
service = "Tax"
usage-type = "NoUsageType"
usd-per-day = "steady 9"
record-type = "tax"
[[instance]]
name = "gpu-{n}"
count = 2
type = "p4d.24xlarge"
launched = "-20d"
gpu = "steady 3"
tags = { team = "vision" }
[[endpoint]]
name = "ep"
type = "ml.g5.12xlarge"
instances = 1
created = "-40d"
requests = "steady 100"
[[discount]]
service = "ec2"
percent = 20
[[savings-plan]]
type = "sagemaker"
commitment = 4
percent = 25
start = "-30d"
[[reservation]]
type = "p4d.24xlarge"
usd-per-hour = 13
start = "-40d"
[[credit]]
service = "Amazon SageMaker"
usd = 100
at = "sat 12:00"
[[budget]]
name = "ml"
usd-per-month = 20000
services = ["sagemaker"]
[[budget]]
name = "all"
usd-per-month = 100000
[[list-price]]
service = "ec2"
type = "g6.xlarge"
usd = 9.5
[[model]]
id = "us.amazon.nova-pro-v1:0"
requests = "steady 10"
input-tokens = 1000
output-tokens = 100
cache-read-percent = 25
profile = "chatbot"
tags = { team = "support" }
"#;

fn start_mock() -> Mock {
    Mock::start(Options::new(Scenario::parse(WORLD, "bill.toml").unwrap())).unwrap()
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

#[tokio::test]
async fn tags_accounts_and_filters_divide_the_bill() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let teams = by(
        &client,
        GroupDefinitionType::Tag,
        "team",
        "UnblendedCost",
        Some(service("Amazon SageMaker")),
    )
    .await;
    near(teams["team$search"], 50.0);
    assert!(teams.contains_key("team$"), "{teams:?}");
    let accounts = by(
        &client,
        GroupDefinitionType::Dimension,
        "LINKED_ACCOUNT",
        "UnblendedCost",
        None,
    )
    .await;
    near(accounts["444455556666"], 50.0);
    let names = client
        .get_dimension_values()
        .time_period(saturday())
        .dimension(Dimension::LinkedAccount)
        .send()
        .await
        .unwrap();
    let name = names
        .dimension_values()
        .iter()
        .find(|one| one.value() == Some("444455556666"))
        .unwrap();
    assert_eq!(name.attributes().unwrap()["description"], "research");
    let tagged = Expression::builder()
        .tags(TagValues::builder().key("team").values("search").build())
        .build();
    let both = Expression::builder()
        .and(tagged.clone())
        .and(service("Amazon SageMaker"))
        .build();
    near(
        by(
            &client,
            GroupDefinitionType::Dimension,
            "SERVICE",
            "UnblendedCost",
            Some(both),
        )
        .await["Amazon SageMaker"],
        50.0,
    );
    let either = Expression::builder().or(tagged).or(service("Tax")).build();
    assert_eq!(
        by(
            &client,
            GroupDefinitionType::Dimension,
            "SERVICE",
            "UnblendedCost",
            Some(either)
        )
        .await
        .len(),
        2
    );
    let values = client
        .get_tags()
        .time_period(saturday())
        .tag_key("team")
        .send()
        .await
        .unwrap();
    assert!(
        ["", "search", "support", "vision"]
            .iter()
            .all(|team| values.tags().iter().any(|one| one == team)),
        "{values:?}"
    );
    // Hourly granularity is off by default.
    let hours = client
        .get_cost_and_usage()
        .time_period(day("2026-11-21T00:00:00Z", "2026-11-21T02:00:00Z"));
    let refused = hours
        .granularity(Granularity::Hourly)
        .metrics("UnblendedCost")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("DataUnavailableException"));
}
