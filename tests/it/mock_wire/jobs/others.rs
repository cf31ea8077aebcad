//! Processing, transform and Bedrock jobs, and clusters.

use super::mock;
use crate::mock_wire::{config, until};
use aws_sdk_bedrock::{Client as Bedrock, types::ModelInvocationJobStatus};
use aws_sdk_sagemaker::{
    Client as SageMaker,
    operation::{
        describe_processing_job::DescribeProcessingJobOutput,
        describe_transform_job::DescribeTransformJobOutput,
    },
    types::ProcessingJobStatus,
};

#[tokio::test]
async fn processing_jobs_stop() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let listed = client
        .list_processing_jobs()
        .status_equals(ProcessingJobStatus::InProgress)
        .send()
        .await
        .unwrap();
    assert_eq!(
        listed.processing_job_summaries()[0].processing_job_name(),
        Some("features")
    );
    assert_stops!(
        client.stop_processing_job().processing_job_name("features"),
        client
            .describe_processing_job()
            .processing_job_name("features"),
        processing_job_status,
        |described: &DescribeProcessingJobOutput| {
            let resources = described.processing_resources().unwrap();
            let cluster = resources.cluster_config().unwrap();
            assert_eq!(cluster.instance_count(), Some(1));
        }
    );
}

#[tokio::test]
async fn transform_jobs_stop() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let listed = client
        .list_transform_jobs()
        .name_contains("score")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.transform_job_summaries().len(), 1);
    assert_stops!(
        client.stop_transform_job().transform_job_name("scores"),
        client.describe_transform_job().transform_job_name("scores"),
        transform_job_status,
        |described: &DescribeTransformJobOutput| {
            let resources = described.transform_resources().unwrap();
            assert_eq!(resources.instance_count(), Some(1));
            assert_eq!(described.model_name(), Some("ranker-7"));
        }
    );
}

#[tokio::test]
async fn clusters_list_their_nodes() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let listed = client.list_clusters().send().await.unwrap();
    assert_eq!(
        listed.cluster_summaries()[0].cluster_name(),
        Some("research")
    );
    let described = client
        .describe_cluster()
        .cluster_name("research")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            described.instance_groups()[0].current_count(),
            described.instance_groups()[0].target_count()
        ),
        (Some(12), Some(12))
    );
    let mut pages = client
        .list_cluster_nodes()
        .cluster_name("research")
        .max_results(5)
        .into_paginator()
        .items()
        .send();
    let mut nodes = Vec::new();
    while let Some(node) = pages.next().await {
        nodes.push(node.unwrap());
    }
    assert_eq!(nodes.len(), 12);
    assert_eq!(nodes[3].instance_type().unwrap().as_str(), "ml.p5.48xlarge");
}

#[tokio::test]
async fn batch_inference_jobs_stop() {
    let mock = mock();
    let client = Bedrock::new(&config(&mock, "us-east-1").await);
    let batches = client.list_model_invocation_jobs().send().await.unwrap();
    let arn = batches.invocation_job_summaries()[0].job_arn().to_owned();
    let described = client
        .get_model_invocation_job()
        .job_identifier(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            described.total_record_count(),
            described.processed_record_count()
        ),
        (Some(1_000), Some(458))
    );
    client
        .stop_model_invocation_job()
        .job_identifier(&arn)
        .send()
        .await
        .unwrap();
    until("stopped", async || {
        let described = client
            .get_model_invocation_job()
            .job_identifier(&arn)
            .send()
            .await
            .unwrap();
        (described.status() == Some(&ModelInvocationJobStatus::Stopped)).then_some(())
    })
    .await;
    let again = client
        .stop_model_invocation_job()
        .job_identifier(&arn)
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        aws_sdk_bedrock::error::ProvideErrorMetadata::code(&again),
        Some("ConflictException")
    );
}

#[tokio::test]
async fn customization_jobs_stop_and_are_tagged() {
    let mock = mock();
    let client = Bedrock::new(&config(&mock, "us-east-1").await);
    let jobs = client.list_model_customization_jobs().send().await.unwrap();
    let arn = jobs.model_customization_job_summaries()[0]
        .job_arn()
        .to_owned();
    let described = client
        .get_model_customization_job()
        .job_identifier("tone")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (described.job_arn(), described.output_model_name()),
        (arn.as_str(), "tone-model")
    );
    client
        .stop_model_customization_job()
        .job_identifier(&arn)
        .send()
        .await
        .unwrap();
    let tag = aws_sdk_bedrock::types::Tag::builder()
        .key("team")
        .value("nlp")
        .build()
        .unwrap();
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags(tag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        client
            .list_tags_for_resource()
            .resource_arn(&arn)
            .send()
            .await
            .unwrap()
            .tags()[0]
            .value(),
        "nlp"
    );
}
