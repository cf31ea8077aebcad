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

/// Asserts the error code of the answer to each request.
macro_rules! assert_codes {
    ($($request:expr => $code:literal;)*) => {
        $(
            let error = $request.send().await.unwrap_err();
            assert_eq!(error.code(), Some($code), "{}", stringify!($request));
        )*
    };
}

#[tokio::test]
async fn ec2_refuses_with_its_codes() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let describe = || ec2.describe_instances();
    assert_codes! {
        describe().instance_ids("i-00000000000000000") => "InvalidInstanceID.NotFound";
        describe().instance_ids("nonsense") => "InvalidInstanceID.Malformed";
        describe().max_results(3) => "InvalidParameterValue";
        ec2.describe_images() => "InvalidAction";
        ec2.stop_instances() => "MissingParameter";
    }
    assert_eq!(refused(&mock), ["ec2:StopInstances InstanceId"]);
}

#[tokio::test]
async fn ec2_dry_run_answers_412_and_stops_nothing() {
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
    let stop = ec2.stop_instances().instance_ids(&id).dry_run(true);
    let dry = stop.send().await.unwrap_err();
    assert_eq!(
        (dry.code(), dry.raw_response().unwrap().status().as_u16()),
        (Some("DryRunOperation"), 412)
    );
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
async fn sagemaker_refuses_with_its_codes() {
    use aws_sdk_sagemaker::error::ProvideErrorMetadata as _;
    let mock = mock();
    let sagemaker = aws_sdk_sagemaker::Client::new(&config(&mock, "us-east-1").await);
    let arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/rec-endpoint";
    assert_codes! {
        sagemaker.list_endpoints().max_results(101) => "ValidationException";
        sagemaker.list_endpoints().next_token("none") => "ValidationException";
        sagemaker.describe_endpoint().endpoint_name("none") => "ValidationException";
        sagemaker.list_tags().resource_arn(arn).max_results(10) => "ValidationException";
        sagemaker.list_images() => "UnknownOperationException";
    }
    assert_eq!(
        refused(&mock),
        [
            "sagemaker:ListEndpoints MaxResults",
            "sagemaker:ListTags MaxResults"
        ]
    );
}

#[tokio::test]
async fn bedrock_refuses_missing_and_committed_throughput() {
    let mock = mock();
    let bedrock = aws_sdk_bedrock::Client::new(&config(&mock, "us-east-1").await);
    let get = bedrock.get_provisioned_model_throughput();
    let missing = get.provisioned_model_id("abcdefghijkl").send().await;
    let missing = missing.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception());
    let committed = mock
        .simulation()
        .throughputs("us-west-2", mock.now())
        .iter()
        .find(|one| one.commitment_ends.is_some())
        .unwrap()
        .arn
        .clone();
    let bedrock = aws_sdk_bedrock::Client::new(&config(&mock, "us-west-2").await);
    let delete = bedrock.delete_provisioned_model_throughput();
    let held = delete.provisioned_model_id(committed).send().await;
    assert!(
        held.unwrap_err()
            .into_service_error()
            .is_conflict_exception()
    );
    assert_eq!(refused(&mock), Vec::<String>::new());
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
