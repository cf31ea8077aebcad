//! The bill as clients read it: record types and metrics, accounts, tags, hours, commitments,
//! budgets, prices, profiles.

use super::config;
use aws_sdk_budgets::Client as Budgets;
use aws_sdk_costexplorer::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition,
        GroupDefinitionType, Metric, TagValues,
    },
};
use aws_sdk_pricing::types::{Filter, FilterType};
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

fn world() -> Mock {
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
async fn record_types_and_metrics_are_those_of_aws() {
    let mock = world();
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
    let mock = world();
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
    // No hours without having asked for them.
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

#[tokio::test]
async fn commitments_tell_how_far_they_reach() {
    let mock = world();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let by_service = GroupDefinition::builder()
        .r#type(GroupDefinitionType::Dimension)
        .key("SERVICE")
        .build();
    let coverage = client
        .get_savings_plans_coverage()
        .time_period(saturday())
        .group_by(by_service)
        .send()
        .await
        .unwrap();
    let ml = coverage
        .savings_plans_coverages()
        .iter()
        .find(|one| one.attributes().unwrap()["SERVICE"] == "Amazon SageMaker")
        .unwrap();
    let covered = 24.0 * 4.0 / 0.75;
    near(
        number(ml.coverage().unwrap().spend_covered_by_savings_plans()),
        covered,
    );
    near(
        number(ml.coverage().unwrap().coverage_percentage()),
        100.0 * covered / (24.0 * 7.09),
    );
    let used = client
        .get_savings_plans_utilization()
        .time_period(saturday())
        .send()
        .await
        .unwrap();
    let total = used.total().unwrap();
    near(
        number(total.utilization().unwrap().utilization_percentage()),
        100.0,
    );
    near(
        number(total.savings().unwrap().net_savings()),
        covered - 96.0,
    );
    let reserved = client
        .get_reservation_coverage()
        .time_period(saturday())
        .send()
        .await
        .unwrap();
    near(
        number(
            reserved
                .total()
                .unwrap()
                .coverage_hours()
                .unwrap()
                .coverage_hours_percentage(),
        ),
        50.0,
    );
    let used = client
        .get_reservation_utilization()
        .time_period(saturday())
        .send()
        .await
        .unwrap();
    near(
        number(used.total().unwrap().utilization_percentage()),
        100.0,
    );
    near(
        number(used.total().unwrap().net_ri_savings()),
        24.0 * (21.957_642 - 13.0),
    );
    let none = super::mock();
    let client = Client::new(&config(&none, "us-east-1").await);
    let refused = client
        .get_savings_plans_utilization()
        .time_period(saturday())
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("DataUnavailableException"));
    assert!(
        client
            .get_savings_plans_coverage()
            .time_period(saturday())
            .send()
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_forecast_widens_with_its_level_and_needs_history() {
    let mock = world();
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
    let young = Mock::start(Options::new(Scenario::named("empty").unwrap())).unwrap();
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
    let mock = world();
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

fn filter(field: &str, value: &str) -> Filter {
    Filter::builder()
        .r#type(FilterType::TermMatch)
        .field(field)
        .value(value)
        .build()
        .unwrap()
}

/// Unit and dollars of each product.
fn prices(products: &[String]) -> Vec<(String, f64)> {
    let first =
        |value: &serde_json::Value| value.as_object().unwrap().values().next().unwrap().clone();
    let read = |text: &String| {
        let product: serde_json::Value = serde_json::from_str(text).unwrap();
        let price = first(&first(&product["terms"]["OnDemand"])["priceDimensions"]);
        (
            price["unit"].as_str().unwrap().to_owned(),
            price["pricePerUnit"]["USD"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap(),
        )
    };
    products.iter().map(read).collect()
}

#[tokio::test]
async fn the_price_list_has_aws_shapes_and_traps() {
    let mock = world();
    let pricing = aws_sdk_pricing::Client::new(&config(&mock, "us-east-1").await);
    let ec2 = |ty: &str| {
        let asked = pricing
            .get_products()
            .service_code("AmazonEC2")
            .filters(filter("regionCode", "us-east-1"));
        asked
            .filters(filter("instanceType", ty))
            .filters(filter("operatingSystem", "Linux"))
    };
    assert_eq!(
        ec2("p4d.24xlarge").send().await.unwrap().price_list().len(),
        3
    );
    let used = ec2("p4d.24xlarge")
        .filters(filter("capacitystatus", "Used"))
        .send()
        .await
        .unwrap();
    assert_eq!(prices(used.price_list()), [("Hrs".to_owned(), 21.957_642)]);
    let set = ec2("g6.xlarge")
        .filters(filter("capacitystatus", "Used"))
        .send()
        .await
        .unwrap();
    assert_eq!(prices(set.price_list()), [("Hrs".to_owned(), 9.5)]);
    let hosting = pricing
        .get_products()
        .service_code("AmazonSageMaker")
        .filters(filter("regionCode", "us-east-1"));
    let hosting = hosting
        .filters(filter("instanceName", "ml.g5.12xlarge"))
        .filters(filter("component", "Hosting"))
        .send()
        .await
        .unwrap();
    assert_eq!(prices(hosting.price_list()), [("Hrs".to_owned(), 7.09)]);
    let nova = pricing
        .get_products()
        .service_code("AmazonBedrock")
        .filters(filter("usagetype", "USE1-NovaPro-input-tokens"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        prices(nova.price_list()),
        [("1K tokens".to_owned(), 0.0008)]
    );
    let claude = pricing
        .get_products()
        .service_code("AmazonBedrockFoundationModels")
        .filters(filter("regionCode", "us-east-1"));
    let claude = claude.filters(filter(
        "servicename",
        "Claude Haiku 4.5 (Amazon Bedrock Edition)",
    ));
    let claude = prices(claude.send().await.unwrap().price_list());
    assert!(
        claude.len() == 4
            && claude
                .iter()
                .all(|(unit, usd)| unit == "1M tokens" && *usd > 0.05),
        "{claude:?}"
    );
    let mut pages = pricing
        .get_products()
        .service_code("AmazonEC2")
        .filters(filter("regionCode", "us-east-1"))
        .into_paginator()
        .send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.price_list().len() <= 100);
        count += page.price_list().len();
    }
    assert!(count > 300, "{count}");
    let refused = pricing
        .get_products()
        .service_code("AmazonNothing")
        .send()
        .await
        .unwrap_err();
    assert!(
        refused
            .as_service_error()
            .unwrap()
            .is_invalid_parameter_exception()
    );
}

#[tokio::test]
async fn application_profiles_are_listed_told_and_tagged() {
    let mock = world();
    let config = config(&mock, "us-east-1").await;
    let bedrock = aws_sdk_bedrock::Client::new(&config);
    let listed = bedrock
        .list_inference_profiles()
        .type_equals("APPLICATION".into())
        .send()
        .await
        .unwrap();
    let one = &listed.inference_profile_summaries()[0];
    assert_eq!(
        (one.inference_profile_name(), one.models().len()),
        ("chatbot", 3)
    );
    let told = bedrock
        .get_inference_profile()
        .inference_profile_identifier(one.inference_profile_id())
        .send()
        .await
        .unwrap();
    assert_eq!(told.inference_profile_arn(), one.inference_profile_arn());
    assert!(
        told.models()[0]
            .model_arn()
            .unwrap()
            .ends_with("foundation-model/amazon.nova-pro-v1:0")
    );
    let tags = bedrock
        .list_tags_for_resource()
        .resource_arn(one.inference_profile_arn())
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags()[0].value(), "support");
    let absent = bedrock
        .get_inference_profile()
        .inference_profile_identifier("none")
        .send()
        .await
        .unwrap_err();
    assert!(
        absent
            .as_service_error()
            .unwrap()
            .is_resource_not_found_exception()
    );
    // Its tokens are told under its id, a quarter of the input from the cache.
    let world = mock.simulation();
    let names: Vec<_> = world
        .metrics("us-east-1", mock.now())
        .into_iter()
        .filter(|one| one.namespace == "AWS/Bedrock")
        .collect();
    let sum = |name: &str| {
        let metric = names
            .iter()
            .find(|metric| metric.name == name && metric.dimensions.len() == 1)
            .unwrap();
        let from = mock.now() - std::time::Duration::from_hours(2);
        world.sample(metric, from, 3_600, mock.now()).unwrap().sum
    };
    assert_eq!(
        (
            sum("InputTokenCount"),
            sum("CacheReadInputTokens"),
            sum("OutputTokenCount")
        ),
        (450_000.0, 150_000.0, 60_000.0)
    );
}
