//! The Price List, and the application profiles that the bill names.

use super::start_mock;
use crate::mock_wire::config;
use aws_sdk_pricing::types::{Filter, FilterType};

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
async fn price_list_has_the_shapes_of_aws() {
    let mock = start_mock();
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
async fn application_profiles_are_listed_described_and_tagged() {
    let mock = start_mock();
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
    let described = bedrock
        .get_inference_profile()
        .inference_profile_identifier(one.inference_profile_id())
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.inference_profile_arn(),
        one.inference_profile_arn()
    );
    assert!(
        described.models()[0]
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
    // CloudWatch has its tokens under its id; a quarter of the input is read from the cache.
    let start_mock = mock.simulation();
    let names: Vec<_> = start_mock
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
        start_mock
            .sample(metric, from, 3_600, mock.now())
            .unwrap()
            .sum
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
