//! A tuning job and its training jobs.

use super::mock;
use crate::mock_wire::{config, until};
use aws_sdk_sagemaker::{
    Client,
    error::ProvideErrorMetadata,
    operation::describe_hyper_parameter_tuning_job::DescribeHyperParameterTuningJobOutput,
    types::{HyperParameterTuningJobStatus, SortBy, SortOrder, TrainingJobSummary},
};

async fn describe(client: &Client) -> DescribeHyperParameterTuningJobOutput {
    let describe = client.describe_hyper_parameter_tuning_job();
    let describe = describe.hyper_parameter_tuning_job_name("churn-hpo");
    describe.send().await.unwrap()
}

/// Its training jobs by name.
async fn trials(client: &Client) -> Vec<TrainingJobSummary> {
    let list = client
        .list_training_jobs()
        .name_contains("churn-hpo-")
        .sort_by(SortBy::Name)
        .sort_order(SortOrder::Ascending);
    let mut pages = list.max_results(10).into_paginator().send();
    let mut trials = Vec::new();
    while let Some(page) = pages.next().await {
        trials.extend(page.unwrap().training_job_summaries().to_vec());
    }
    trials
}

#[tokio::test]
async fn tuning_job_counts_and_lists_its_training_jobs() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let list = client.list_hyper_parameter_tuning_jobs();
    let listed = list.send().await.unwrap();
    let one = &listed.hyper_parameter_tuning_job_summaries()[0];
    let counters = one.training_job_status_counters().unwrap();
    assert_eq!(
        (counters.in_progress(), counters.non_retryable_error()),
        (Some(1), Some(24))
    );
    let trials = trials(&client).await;
    assert_eq!(trials.len(), 25);
    let first = trials[0].training_job_name().unwrap();
    assert!(first.starts_with("churn-hpo-001-"), "{first}");
}

#[tokio::test]
async fn failed_training_job_names_its_tuning_job_and_its_failure() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let tuning = describe(&client).await;
    let trials = trials(&client).await;
    let described = client
        .describe_training_job()
        .training_job_name(trials[0].training_job_name().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.tuning_job_arn(),
        tuning.hyper_parameter_tuning_job_arn()
    );
    assert_eq!(
        described.failure_reason(),
        Some("AlgorithmError: FileNotFoundError: train.csv")
    );
    assert_eq!(
        (
            described.billable_time_in_seconds(),
            described.training_time_in_seconds()
        ),
        (Some(360), Some(360))
    );
}

#[tokio::test]
async fn tuning_job_stops_with_its_training_jobs() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let stop = || {
        client
            .stop_hyper_parameter_tuning_job()
            .hyper_parameter_tuning_job_name("churn-hpo")
            .send()
    };
    stop().await.unwrap();
    until("stopped", async || {
        let described = describe(&client).await;
        let definition = described.training_job_definition().unwrap();
        let resources = definition.resource_config().unwrap();
        assert_eq!(resources.instance_count(), Some(1));
        let counters = described.training_job_status_counters().unwrap();
        let status = described.hyper_parameter_tuning_job_status();
        (status == Some(&HyperParameterTuningJobStatus::Stopped) && counters.stopped() == Some(1))
            .then_some(())
    })
    .await;
    assert_eq!(
        stop().await.unwrap_err().code(),
        Some("ValidationException")
    );
}

#[tokio::test]
async fn missing_tuning_job_is_not_found() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let describe = client.describe_hyper_parameter_tuning_job();
    let describe = describe.hyper_parameter_tuning_job_name("none");
    let none = describe.send().await.unwrap_err();
    assert_eq!(none.code(), Some("ResourceNotFound"));
}
