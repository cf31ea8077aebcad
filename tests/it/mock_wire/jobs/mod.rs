//! Jobs of all kinds, and clusters: listed, described, stopped and tagged through the real clients.

mod others;

use super::{config, until};
use aws_sdk_sagemaker::{
    Client as SageMaker,
    error::ProvideErrorMetadata,
    types::{
        HyperParameterTuningJobStatus, SecondaryStatus, TrainingJobStatus, WarmPoolResourceStatus,
    },
};
use spendtop::mock::{Mock, Options, Scenario};

const WORLD: &str = r#"
description = "jobs"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1"]
[[tuning]]
name = "churn-hpo"
type = "ml.p4d.24xlarge"
created = "-1d"
trial-interval = "1h"
fails-after = "6m"
failure = "AlgorithmError: FileNotFoundError: train.csv"
[[training]]
name = "warm"
type = "ml.g5.12xlarge"
instances = 2
created = "-2h"
duration = "1h"
keep-alive = 120
spot = true
image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/fraud:4"
input = ["s3://lake/fraud/train/", "s3://lake/fraud/test/"]
tags = { team = "fraud" }
[[training]]
name = "over"
type = "ml.g5.xlarge"
created = "-2d"
[[processing]]
name = "features"
type = "ml.g5.xlarge"
created = "-3h"
gpu = "steady 0"
[[transform]]
name = "scores"
type = "ml.m5.xlarge"
created = "-1h"
model = "ranker-7"
[[cluster]]
name = "research"
created = "-2d"
groups = [{ name = "workers", type = "ml.p5.48xlarge", count = 12 }]
[[customization]]
name = "tone"
model = "meta.llama3-1-8b-instruct-v1:0"
created = "-1h"
training-tokens = 1e6
[[batch-inference]]
name = "reviews"
model = "amazon.nova-pro-v1:0"
created = "-1h"
records = 1000
input-tokens = 900
output-tokens = 100
"#;

fn mock() -> Mock {
    Mock::start(Options {
        pace: 0.01,
        ..Options::new(Scenario::parse(WORLD, "jobs.toml").unwrap())
    })
    .unwrap()
}

#[tokio::test]
async fn tuning_job_stops_with_its_trials() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let listed = client
        .list_hyper_parameter_tuning_jobs()
        .send()
        .await
        .unwrap();
    let one = &listed.hyper_parameter_tuning_job_summaries()[0];
    let counters = one.training_job_status_counters().unwrap();
    assert_eq!(
        (counters.in_progress(), counters.non_retryable_error()),
        (Some(1), Some(24))
    );
    let ask = client
        .list_training_jobs()
        .name_contains("churn-hpo-")
        .sort_by(aws_sdk_sagemaker::types::SortBy::Name)
        .sort_order(aws_sdk_sagemaker::types::SortOrder::Ascending);
    let (mut trials, mut pages) = (Vec::new(), ask.max_results(10).into_paginator().send());
    while let Some(page) = pages.next().await {
        trials.extend(page.unwrap().training_job_summaries().to_vec());
    }
    assert_eq!(trials.len(), 25);
    assert!(
        trials[0]
            .training_job_name()
            .unwrap()
            .starts_with("churn-hpo-001-")
    );
    let described = client
        .describe_training_job()
        .training_job_name(trials[0].training_job_name().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.tuning_job_arn(),
        one.hyper_parameter_tuning_job_arn()
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
    let stop = || {
        client
            .stop_hyper_parameter_tuning_job()
            .hyper_parameter_tuning_job_name("churn-hpo")
            .send()
    };
    stop().await.unwrap();
    until("stopped", async || {
        let ask = client
            .describe_hyper_parameter_tuning_job()
            .hyper_parameter_tuning_job_name("churn-hpo");
        let described = ask.send().await.unwrap();
        assert_eq!(
            described
                .training_job_definition()
                .unwrap()
                .resource_config()
                .unwrap()
                .instance_count(),
            Some(1)
        );
        let counters = described.training_job_status_counters().unwrap();
        (described.hyper_parameter_tuning_job_status()
            == Some(&HyperParameterTuningJobStatus::Stopped)
            && counters.stopped() == Some(1))
        .then_some(())
    })
    .await;
    assert_eq!(
        stop().await.unwrap_err().code(),
        Some("ValidationException")
    );
    let none = client
        .describe_hyper_parameter_tuning_job()
        .hyper_parameter_tuning_job_name("none")
        .send()
        .await
        .unwrap_err();
    assert_eq!(none.code(), Some("ResourceNotFound"));
}

#[tokio::test]
async fn training_job_reports_cost_and_releases_its_warm_pool() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let warm = client
        .list_training_jobs()
        .warm_pool_status_equals(WarmPoolResourceStatus::Available)
        .send()
        .await
        .unwrap();
    assert_eq!(warm.training_job_summaries().len(), 1);
    let described = client
        .describe_training_job()
        .training_job_name("warm")
        .send()
        .await
        .unwrap();
    let config = described.resource_config().unwrap();
    assert_eq!(
        (
            config.instance_count(),
            config.keep_alive_period_in_seconds()
        ),
        (Some(2), Some(7_200))
    );
    assert_eq!(
        (
            described.training_time_in_seconds(),
            described.billable_time_in_seconds()
        ),
        (Some(3_600), Some(1_080))
    );
    let inputs: Vec<_> = described
        .input_data_config()
        .iter()
        .map(|one| {
            one.data_source()
                .unwrap()
                .s3_data_source()
                .unwrap()
                .s3_uri()
                .unwrap()
        })
        .collect();
    assert_eq!(inputs, ["s3://lake/fraud/train/", "s3://lake/fraud/test/"]);
    assert!(
        described
            .algorithm_specification()
            .unwrap()
            .training_image()
            .unwrap()
            .ends_with("/fraud:4")
    );
    assert_eq!(described.enable_managed_spot_training(), Some(true));
    let steps: Vec<_> = described
        .secondary_status_transitions()
        .iter()
        .map(|step| step.status().unwrap().clone())
        .collect();
    assert_eq!(
        steps,
        [
            SecondaryStatus::Starting,
            SecondaryStatus::Downloading,
            SecondaryStatus::Training,
            SecondaryStatus::Completed
        ]
    );
    let tags = client
        .list_tags()
        .resource_arn(described.training_job_arn().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags()[0].value(), Some("fraud"));
    let let_go = aws_sdk_sagemaker::types::ResourceConfigForUpdate::builder()
        .keep_alive_period_in_seconds(0)
        .build();
    client
        .update_training_job()
        .training_job_name("warm")
        .resource_config(let_go.clone())
        .send()
        .await
        .unwrap();
    until("let go", async || {
        let described = client
            .describe_training_job()
            .training_job_name("warm")
            .send()
            .await
            .unwrap();
        (described.warm_pool_status()?.status()? == &WarmPoolResourceStatus::Terminated)
            .then_some(())
    })
    .await;
    let again = client
        .update_training_job()
        .training_job_name("warm")
        .resource_config(let_go)
        .send()
        .await
        .unwrap_err();
    assert_eq!(again.code(), Some("ValidationException"));
    let over = client
        .describe_training_job()
        .training_job_name("over")
        .send()
        .await
        .unwrap();
    assert_eq!(
        over.training_job_status(),
        Some(&TrainingJobStatus::Stopped)
    );
    assert_eq!(
        (over.secondary_status(), over.billable_time_in_seconds()),
        (Some(&SecondaryStatus::MaxRuntimeExceeded), Some(86_400))
    );
}

#[tokio::test]
async fn search_finds_jobs_and_endpoints_with_tags() {
    use aws_sdk_sagemaker::types::{Filter, Operator, ResourceType, SearchExpression};
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let filter = |name: &str, operator, value: &str| {
        Filter::builder()
            .name(name)
            .operator(operator)
            .value(value)
            .build()
    };
    let ask = |filters| {
        client
            .search()
            .resource(ResourceType::TrainingJob)
            .search_expression(
                SearchExpression::builder()
                    .set_filters(Some(filters))
                    .build(),
            )
    };
    let found = ask(vec![
        filter("Tags.team", Operator::Equals, "fraud"),
        filter("ResourceConfig.InstanceCount", Operator::GreaterThan, "1"),
    ]);
    let found = found.send().await.unwrap();
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
    let mut pages = ask(vec![filter(
        "TrainingJobStatus",
        Operator::Equals,
        "Failed",
    )])
    .max_results(10)
    .into_paginator()
    .items()
    .send();
    let mut failed = 0;
    while let Some(one) = pages.next().await {
        assert!(
            one.unwrap()
                .training_job()
                .unwrap()
                .failure_reason()
                .is_some()
        );
        failed += 1;
    }
    assert_eq!(failed, 24);
    assert!(
        client
            .search()
            .resource(ResourceType::Endpoint)
            .send()
            .await
            .unwrap()
            .results()
            .is_empty()
    );
}
