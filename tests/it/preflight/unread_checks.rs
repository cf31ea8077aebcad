//! Preflight checks that are denied, slow or without data: they are reported as unread, and the
//! others continue.

use super::{Fixture, difference, plan};
use spendtop::domain::{Input, Operation};
use spendtop::{
    domain::{FaultKind, Preflight},
    mock::{FaultEffect as MockFault, FaultRule},
};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn denied_check_is_named_and_others_continue() {
    let fixture = Fixture::new().await;
    let rows = fixture.rows().await;
    let swap = || Operation::SwapModel.request(Input::Model("triage-v1".into()));
    for (service, operation, name, request, left) in [
        (
            "ec2",
            "DescribeInstances",
            "guarded",
            Operation::Stop.request(Input::None),
            vec!["stop protection is on"],
        ),
        (
            "ec2",
            "DescribeInstances",
            "scarce-off",
            Operation::Start.request(Input::None),
            vec![],
        ),
        (
            "ec2",
            "DescribeInstanceTypes",
            "big",
            Operation::Stop.request(Input::None),
            vec!["is scarce"],
        ),
        (
            "ec2",
            "DescribeInstanceAttribute",
            "big",
            Operation::Stop.request(Input::None),
            vec!["8000 GB", "is scarce"],
        ),
        (
            "ec2",
            "DescribeCapacityReservations",
            "block",
            Operation::Terminate.request(Input::None),
            vec!["is paid for until its end", "is scarce", "30400 GB"],
        ),
        (
            "ec2",
            "DescribeSpotInstanceRequests",
            "spot-again",
            Operation::Stop.request(Input::None),
            vec!["125 GB"],
        ),
        (
            "sagemaker",
            "DescribeCluster",
            "pretrain/large",
            Operation::Scale.request(Input::Count(1)),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeEndpoint",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec!["autoscaling will revert it", "must serve them"],
        ),
        (
            "sagemaker",
            "DescribeEndpointConfig",
            "scarce-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec![],
        ),
        (
            "application-autoscaling",
            "DescribeScalableTargets",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec!["must serve them"],
        ),
        (
            "application-autoscaling",
            "DescribeScalingPolicies",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec!["must serve them"],
        ),
        (
            "application-autoscaling",
            "DescribeScheduledActions",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec!["must serve them"],
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            vec!["autoscaling will revert it"],
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "idle-notebook",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "units",
            Operation::Delete.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeNotebookInstance",
            "scripted-notebook",
            Operation::Start.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeApp",
            "for-all",
            Operation::Stop.request(Input::None),
            vec!["is shared"],
        ),
        (
            "sagemaker",
            "DescribeSpace",
            "in-use",
            Operation::Stop.request(Input::None),
            vec!["in use "],
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "no-checkpoints",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "kept-warm",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeProcessingJob",
            "etl",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeTransformJob",
            "scores",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeHyperParameterTuningJob",
            "sweep",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "bedrock",
            "GetModelCustomizationJob",
            "fine-tuning",
            Operation::Stop.request(Input::None),
            vec![],
        ),
        (
            "bedrock",
            "GetProvisionedModelThroughput",
            "still-units",
            Operation::Delete.request(Input::None),
            vec![],
        ),
        ("bedrock", "GetCustomModel", "still-tuned", swap(), vec![]),
    ] {
        let plan = plan(&rows, &[name], &request);
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
            &left,
        );
        assert_eq!(mismatch, None, "{request:?} {name}");
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
            Operation::Stop.request(Input::None),
            "cloudwatch:GetMetricData",
            "whether somebody is at work is unknown",
        ),
        (
            "unreported",
            Operation::Stop.request(Input::None),
            "sagemaker:DescribeApp",
            "whether somebody is at work is unknown",
        ),
        (
            "lost-endpoint",
            Operation::Scale.request(Input::Count(1)),
            "sagemaker:DescribeEndpointConfig",
            "Could not find endpoint configuration",
        ),
    ] {
        let preflight = fixture
            .preflight(&plan(&rows, &[name], &request).targets)
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
        (
            "ec2",
            "DescribeInstanceTypes",
            "big",
            Operation::Stop.request(Input::None),
            "scarce",
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "steered-endpoint",
            Operation::Scale.request(Input::Count(1)),
            "autoscaling will revert it",
        ),
        (
            "sagemaker",
            "DescribeSpace",
            "in-use",
            Operation::Stop.request(Input::None),
            "in use",
        ),
    ] {
        fixture.mock.add_fault(
            FaultRule::new(MockFault::Slow(Duration::from_secs(30))).of(service, operation),
        );
        let plan = plan(&rows, &[name], &request);
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
