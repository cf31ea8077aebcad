//! The Price List, and the application profiles that the bill names.

use super::start_mock;
use crate::mock_wire::config;
use aws_sdk_pricing::{
    Client,
    types::{Filter, FilterType},
};

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

/// The products of a service with these attributes.
async fn products(client: &Client, service: &str, attributes: &[(&str, &str)]) -> Vec<String> {
    let filters = attributes.iter().map(|(field, value)| filter(field, value));
    let get = client
        .get_products()
        .service_code(service)
        .set_filters(Some(filters.collect()));
    get.send().await.unwrap().price_list.unwrap_or_default()
}

#[tokio::test]
async fn product_has_its_unit_and_price() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let (region, os) = (("regionCode", "us-east-1"), ("operatingSystem", "Linux"));
    let used = ("capacitystatus", "Used");
    for (service, attributes, unit, usd) in [
        (
            "AmazonEC2",
            vec![region, ("instanceType", "p4d.24xlarge"), os, used],
            "Hrs",
            21.957_642,
        ),
        // As the scenario sets it.
        (
            "AmazonEC2",
            vec![region, ("instanceType", "g6.xlarge"), os, used],
            "Hrs",
            9.5,
        ),
        (
            "AmazonSageMaker",
            vec![
                region,
                ("instanceName", "ml.g5.12xlarge"),
                ("component", "Hosting"),
            ],
            "Hrs",
            7.09,
        ),
        (
            "AmazonBedrock",
            vec![("usagetype", "USE1-NovaPro-input-tokens")],
            "1K tokens",
            0.0008,
        ),
    ] {
        let found = products(&client, service, &attributes).await;
        assert_eq!(
            prices(&found),
            [(unit.to_owned(), usd)],
            "{service} {attributes:?}"
        );
    }
}

#[tokio::test]
async fn products_match_all_attributes_that_are_given() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let region = ("regionCode", "us-east-1");
    let (ty, os) = (
        ("instanceType", "p4d.24xlarge"),
        ("operatingSystem", "Linux"),
    );
    let of_any_status = products(&client, "AmazonEC2", &[region, ty, os]).await;
    assert_eq!(of_any_status.len(), 3);
    let edition = ("servicename", "Claude Haiku 4.5 (Amazon Bedrock Edition)");
    let claude = products(&client, "AmazonBedrockFoundationModels", &[region, edition]).await;
    let claude = prices(&claude);
    assert_eq!(claude.len(), 4, "{claude:?}");
    for (unit, usd) in claude {
        assert!(unit == "1M tokens" && usd > 0.05, "{usd} for {unit}");
    }
}

#[tokio::test]
async fn price_list_is_paged_by_a_hundred() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let get = client
        .get_products()
        .service_code("AmazonEC2")
        .filters(filter("regionCode", "us-east-1"));
    let mut pages = get.into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.price_list().len() <= 100);
        count += page.price_list().len();
    }
    assert!(count > 300, "{count}");
}

#[tokio::test]
async fn unknown_service_code_is_an_invalid_parameter() {
    let mock = start_mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let get = client.get_products().service_code("AmazonNothing");
    let refused = get.send().await.unwrap_err().into_service_error();
    assert!(refused.is_invalid_parameter_exception());
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
}

/// CloudWatch has its tokens under its id; a quarter of the input is read from the cache.
#[tokio::test]
async fn tokens_of_an_application_profile_are_measured() {
    let mock = start_mock();
    let simulation = mock.simulation();
    let names: Vec<_> = simulation
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
        simulation
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
