//! Error codes, configured faults and shutdown.

use super::{config, mock};
use aws_sdk_ec2::{Client as Ec2, error::ProvideErrorMetadata};
use spendtop::mock::{FaultEffect, Mock};

/// Operation and member of each request so far that AWS's service models exclude.
fn refused(mock: &Mock) -> Vec<String> {
    let taken = mock.take_mismatches().into_iter();
    taken
        .map(|one| format!("{}:{} {}", one.service, one.operation, one.mismatch.path))
        .collect()
}

#[tokio::test]
async fn ec2_refuses_with_its_codes() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let id = mock
        .simulation()
        .instances("us-east-1", mock.now())
        .iter()
        .find(|one| one.running(mock.now()))
        .unwrap()
        .id
        .clone();
    let dry = ec2
        .stop_instances()
        .instance_ids(&id)
        .dry_run(true)
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (dry.code(), dry.raw_response().unwrap().status().as_u16()),
        (Some("DryRunOperation"), 412)
    );
    let code = async |ids: &str| {
        ec2.describe_instances()
            .instance_ids(ids)
            .send()
            .await
            .unwrap_err()
            .code()
            .map(str::to_owned)
    };
    assert_eq!(
        code("i-00000000000000000").await.as_deref(),
        Some("InvalidInstanceID.NotFound")
    );
    assert_eq!(
        code("nonsense").await.as_deref(),
        Some("InvalidInstanceID.Malformed")
    );
    assert_eq!(
        ec2.describe_images().send().await.unwrap_err().code(),
        Some("InvalidAction")
    );
    assert_eq!(
        ec2.describe_instances()
            .max_results(3)
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("InvalidParameterValue")
    );
    assert_eq!(
        ec2.stop_instances().send().await.unwrap_err().code(),
        Some("MissingParameter")
    );
    assert_eq!(refused(&mock), ["ec2:StopInstances InstanceId"]);
    assert_eq!(
        mock.simulation()
            .instance("us-east-1", &id, mock.now())
            .unwrap()
            .state(mock.now())
            .unwrap()
            .name(),
        "running"
    );
}

#[tokio::test]
async fn sagemaker_and_bedrock_refuse_with_their_codes() {
    let mock = mock();
    let sdk = config(&mock, "us-east-1").await;
    let sagemaker = aws_sdk_sagemaker::Client::new(&sdk);
    assert_eq!(
        sagemaker
            .list_endpoints()
            .max_results(101)
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("ValidationException")
    );
    assert_eq!(
        sagemaker
            .list_endpoints()
            .next_token("none")
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("ValidationException")
    );
    assert_eq!(
        sagemaker
            .describe_endpoint()
            .endpoint_name("none")
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("ValidationException")
    );
    let tags = sagemaker
        .list_tags()
        .resource_arn("arn:aws:sagemaker:us-east-1:111122223333:endpoint/rec-endpoint")
        .max_results(10);
    assert_eq!(
        tags.send().await.unwrap_err().code(),
        Some("ValidationException")
    );
    assert_eq!(
        sagemaker.list_images().send().await.unwrap_err().code(),
        Some("UnknownOperationException")
    );
    let bedrock = aws_sdk_bedrock::Client::new(&sdk);
    let absent = bedrock
        .get_provisioned_model_throughput()
        .provisioned_model_id("abcdefghijkl")
        .send()
        .await
        .unwrap_err();
    assert!(
        absent
            .as_service_error()
            .unwrap()
            .is_resource_not_found_exception()
    );
    let committed = mock
        .simulation()
        .throughputs("us-east-1", mock.now())
        .iter()
        .find(|one| one.commitment_ends.is_some())
        .unwrap()
        .arn
        .clone();
    let held = bedrock
        .delete_provisioned_model_throughput()
        .provisioned_model_id(committed)
        .send()
        .await
        .unwrap_err();
    assert!(held.as_service_error().unwrap().is_conflict_exception());
    assert_eq!(
        refused(&mock),
        [
            "sagemaker:ListEndpoints MaxResults",
            "sagemaker:ListTags MaxResults"
        ]
    );
}

#[tokio::test]
async fn faults_fire_as_often_as_configured() {
    let mock = mock();
    let sdk = config(&mock, "us-east-1").await;
    let ec2 = Ec2::new(&sdk);
    mock.fail("ec2", "DescribeInstances", FaultEffect::Deny, 1);
    mock.fail("ec2", "DescribeInstances", FaultEffect::Throttle, 1);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(
            ec2.describe_instances()
                .send()
                .await
                .map_err(|error| error.code().map(str::to_owned))
                .err()
                .flatten(),
        );
    }
    assert_eq!(
        codes,
        [
            Some("UnauthorizedOperation".into()),
            Some("RequestLimitExceeded".into()),
            None
        ]
    );
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&sdk);
    mock.fail("cloudwatch", "*", FaultEffect::Deny, 1);
    mock.fail("cloudwatch", "*", FaultEffect::Status500, 1);
    mock.fail("cloudwatch", "*", FaultEffect::BrokenBody, 1);
    let denied = cloudwatch.list_metrics().send().await.unwrap_err();
    assert_eq!(
        aws_sdk_cloudwatch::error::ProvideErrorMetadata::code(&denied),
        Some("AccessDenied")
    );
    let broken = cloudwatch.list_metrics().send().await.unwrap_err();
    assert_eq!(broken.raw_response().unwrap().status().as_u16(), 500);
    assert!(
        cloudwatch
            .list_metrics()
            .send()
            .await
            .unwrap_err()
            .as_service_error()
            .is_none_or(|error| error.meta().code().is_none())
    );
    assert!(cloudwatch.list_metrics().send().await.is_ok());
    let statuses: Vec<u16> = mock
        .calls()
        .iter()
        .filter(|asked| asked.service == "cloudwatch")
        .map(|asked| asked.status)
        .collect();
    assert_eq!(statuses, [403, 500, 200, 200]);
}

#[tokio::test]
async fn hanging_call_does_not_block_shutdown() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    mock.fail("ec2", "*", FaultEffect::TimeoutBefore, 1);
    let hanging = tokio::spawn(async move { ec2.describe_instances().send().await.is_err() });
    super::until("asked", async || {
        (mock.count("ec2", "DescribeInstances") == 1).then_some(())
    })
    .await;
    assert!(!hanging.is_finished());
    mock.stop().await;
    assert!(hanging.await.unwrap());
}
