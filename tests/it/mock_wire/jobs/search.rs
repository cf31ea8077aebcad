//! `Search`.

use super::mock;
use crate::mock_wire::config;
use aws_sdk_sagemaker::{
    Client,
    operation::search::builders::SearchFluentBuilder,
    types::{Filter, Operator, ResourceType, SearchExpression},
};

fn filter(name: &str, operator: Operator, value: &str) -> Filter {
    Filter::builder()
        .name(name)
        .operator(operator)
        .value(value)
        .build()
}

/// The search for training jobs.
fn search(client: &Client, filters: Vec<Filter>) -> SearchFluentBuilder {
    let expression = SearchExpression::builder().set_filters(Some(filters));
    client
        .search()
        .resource(ResourceType::TrainingJob)
        .search_expression(expression.build())
}

#[tokio::test]
async fn search_finds_jobs_by_tag_and_member() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let filters = vec![
        filter("Tags.team", Operator::Equals, "fraud"),
        filter("ResourceConfig.InstanceCount", Operator::GreaterThan, "1"),
    ];
    let found = search(&client, filters).send().await.unwrap();
    let job = found.results()[0].training_job().unwrap();
    assert_eq!(
        (
            found.results().len(),
            job.training_job_name(),
            job.billable_time_in_seconds()
        ),
        (1, Some("warm"), Some(1_080))
    );
    assert_eq!(job.tags()[0].key(), Some("team"));
}

#[tokio::test]
async fn search_pages_to_the_end() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let failed = filter("TrainingJobStatus", Operator::Equals, "Failed");
    let search = search(&client, vec![failed]).max_results(10);
    let mut pages = search.into_paginator().items().send();
    let mut failed = 0;
    while let Some(one) = pages.next().await {
        let one = one.unwrap();
        let job = one.training_job().unwrap();
        assert!(job.failure_reason().is_some());
        failed += 1;
    }
    assert_eq!(failed, 24);
}

#[tokio::test]
async fn search_for_a_kind_without_resources_is_empty() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let search = client.search().resource(ResourceType::Endpoint);
    assert!(search.send().await.unwrap().results().is_empty());
}
