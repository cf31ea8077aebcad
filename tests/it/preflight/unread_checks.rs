//! Preflight checks that are denied, slow or without data: they are reported as unread, and the
//! others continue.

use super::{Fixture, difference, plan};
use spendtop::{
    domain::{FaultKind, Preflight},
    mock::{FaultEffect as MockFault, FaultRule},
};
use std::time::{Duration, Instant};

/// The denied AWS operation, a row, a request, and the warnings that remain.
#[rustfmt::skip]
const DENIED: &[(&str, &str, &str, &str, &[&str])] = &[
    ("ec2", "DescribeInstances", "guarded", "stop", &["stop protection is on"]),
    ("ec2", "DescribeInstances", "scarce-off", "start", &[]),
    ("ec2", "DescribeInstanceTypes", "big", "stop", &["is scarce"]),
    ("ec2", "DescribeInstanceAttribute", "big", "stop", &["8000 GB", "is scarce"]),
    ("ec2", "DescribeCapacityReservations", "block", "terminate",
        &["is paid for until its end", "is scarce", "30400 GB"]),
    ("ec2", "DescribeSpotInstanceRequests", "spot-again", "stop", &["125 GB"]),
    ("sagemaker", "DescribeCluster", "pretrain/large", "scale 1", &[]),
    ("sagemaker", "DescribeEndpoint", "steered-endpoint", "scale 1",
        &["autoscaling will revert it", "must serve them"]),
    ("sagemaker", "DescribeEndpointConfig", "scarce-endpoint", "scale 1", &[]),
    ("application-autoscaling", "DescribeScalableTargets", "steered-endpoint", "scale 1",
        &["must serve them"]),
    ("application-autoscaling", "DescribeScalingPolicies", "steered-endpoint", "scale 1",
        &["must serve them"]),
    ("application-autoscaling", "DescribeScheduledActions", "steered-endpoint", "scale 1",
        &["must serve them"]),
    ("cloudwatch", "GetMetricData", "steered-endpoint", "scale 1", &["autoscaling will revert it"]),
    ("cloudwatch", "GetMetricData", "idle-notebook", "stop", &[]),
    ("cloudwatch", "GetMetricData", "units", "delete", &[]),
    ("sagemaker", "DescribeNotebookInstance", "scripted-notebook", "start", &[]),
    ("sagemaker", "DescribeApp", "for-all", "stop", &["is shared"]),
    ("sagemaker", "DescribeSpace", "in-use", "stop", &["in use "]),
    ("sagemaker", "DescribeTrainingJob", "no-checkpoints", "stop", &[]),
    ("sagemaker", "DescribeTrainingJob", "kept-warm", "stop", &[]),
    ("sagemaker", "DescribeProcessingJob", "etl", "stop", &[]),
    ("sagemaker", "DescribeTransformJob", "scores", "stop", &[]),
    ("sagemaker", "DescribeHyperParameterTuningJob", "sweep", "stop", &[]),
    ("bedrock", "GetModelCustomizationJob", "fine-tuning", "stop", &[]),
    ("bedrock", "GetProvisionedModelThroughput", "still-units", "delete", &[]),
    ("bedrock", "GetCustomModel", "still-tuned", "swap-model triage-v1", &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn denied_check_is_named_and_others_continue() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    for (service, operation, name, request, left) in DENIED {
        let plan = plan(&rows, &[name], request);
        fixture
            .mock
            .add_fault(FaultRule::new(MockFault::Deny).of(service, operation));
        let preflight = fixture.preflight(&plan.targets).await.remove(0);
        fixture.mock.clear_faults();
        let denied: Vec<(FaultKind, &str)> = preflight
            .unread
            .iter()
            .map(|fault| (fault.kind, &*fault.operation))
            .collect();
        assert_eq!(
            denied,
            [(FaultKind::Denied, &*format!("{service}:{operation}"))],
            "{name}"
        );
        let mismatch = difference(
            &Preflight {
                unread: Vec::new(),
                ..preflight
            },
            left,
        );
        assert_eq!(mismatch, None, "{request} {name}");
    }
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_data_is_reported_as_unread() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    for (name, request, operation, why) in [
        (
            "silent-notebook",
            "stop",
            "cloudwatch:GetMetricData",
            "whether somebody is at work is unknown",
        ),
        (
            "unreported",
            "stop",
            "sagemaker:DescribeApp",
            "whether somebody is at work is unknown",
        ),
        (
            "lost-endpoint",
            "scale 1",
            "sagemaker:DescribeEndpointConfig",
            "Could not find endpoint configuration",
        ),
    ] {
        let preflight = fixture
            .preflight(&plan(&rows, &[name], request).targets)
            .await
            .remove(0);
        assert_eq!(preflight.warnings, [], "{name}");
        let [fault] = preflight.unread.as_slice() else {
            panic!("{name}: {:?}", preflight.unread)
        };
        assert_eq!(&*fault.operation, operation);
        assert!(fault.message.contains(why), "{fault}");
    }
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_check_times_out_after_five_seconds() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    for (service, operation, name, request, still) in [
        ("ec2", "DescribeInstanceTypes", "big", "stop", "scarce"),
        (
            "cloudwatch",
            "GetMetricData",
            "steered-endpoint",
            "scale 1",
            "autoscaling will revert it",
        ),
        ("sagemaker", "DescribeSpace", "in-use", "stop", "in use"),
    ] {
        fixture.mock.add_fault(
            FaultRule::new(MockFault::Slow(Duration::from_secs(30))).of(service, operation),
        );
        let plan = plan(&rows, &[name], request);
        let start = Instant::now();
        let preflight = fixture.preflight(&plan.targets).await.remove(0);
        fixture.mock.clear_faults();
        assert!(
            start.elapsed() < Duration::from_secs(8),
            "{:?}",
            start.elapsed()
        );
        let late = (FaultKind::Timeout, format!("{service}:{operation}"));
        assert!(
            preflight
                .unread
                .iter()
                .any(|fault| (fault.kind, fault.operation.to_string()) == late),
            "{preflight:?}"
        );
        assert!(
            preflight
                .warnings
                .iter()
                .any(|warning| warning.to_string().contains(still)),
            "{preflight:?}"
        );
    }
    fixture.mock.stop().await;
}
