//! Training jobs: input, time, managed spot, warm pools.

use super::mock;
use crate::mock_wire::{config, until};
use aws_sdk_sagemaker::{
    Client,
    error::ProvideErrorMetadata,
    operation::describe_training_job::DescribeTrainingJobOutput,
    types::{
        Channel, ResourceConfigForUpdate, SecondaryStatus, TrainingJobStatus,
        WarmPoolResourceStatus,
    },
};

async fn describe(client: &Client, name: &str) -> DescribeTrainingJobOutput {
    let describe = client.describe_training_job().training_job_name(name);
    describe.send().await.unwrap()
}

#[tokio::test]
async fn training_job_reports_its_input_and_image() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let described = describe(&client, "warm").await;
    let uri = |channel: &Channel| {
        let source = channel.data_source().unwrap().s3_data_source().unwrap();
        source.s3_uri().unwrap().to_owned()
    };
    let inputs: Vec<_> = described.input_data_config().iter().map(uri).collect();
    assert_eq!(inputs, ["s3://lake/fraud/train/", "s3://lake/fraud/test/"]);
    let algorithm = described.algorithm_specification().unwrap();
    assert!(algorithm.training_image().unwrap().ends_with("/fraud:4"));
    let tags = client
        .list_tags()
        .resource_arn(described.training_job_arn().unwrap());
    let tags = tags.send().await.unwrap();
    assert_eq!(tags.tags()[0].value(), Some("fraud"));
}

#[tokio::test]
async fn training_job_reports_its_instances_and_billable_time() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let described = describe(&client, "warm").await;
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
}

#[tokio::test]
async fn warm_pool_is_listed_until_it_is_released() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let list = client
        .list_training_jobs()
        .warm_pool_status_equals(WarmPoolResourceStatus::Available);
    let warm = list.send().await.unwrap();
    assert_eq!(warm.training_job_summaries().len(), 1);
    let release = || {
        let config = ResourceConfigForUpdate::builder()
            .keep_alive_period_in_seconds(0)
            .build();
        let update = client.update_training_job().training_job_name("warm");
        update.resource_config(config).send()
    };
    release().await.unwrap();
    until("released", async || {
        let described = describe(&client, "warm").await;
        let status = described.warm_pool_status()?.status()?;
        (*status == WarmPoolResourceStatus::Terminated).then_some(())
    })
    .await;
    let again = release().await.unwrap_err();
    assert_eq!(again.code(), Some("ValidationException"));
}

#[tokio::test]
async fn training_job_ends_at_its_maximal_duration() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let over = describe(&client, "over").await;
    assert_eq!(
        over.training_job_status(),
        Some(&TrainingJobStatus::Stopped)
    );
    assert_eq!(
        (over.secondary_status(), over.billable_time_in_seconds()),
        (Some(&SecondaryStatus::MaxRuntimeExceeded), Some(86_400))
    );
}
