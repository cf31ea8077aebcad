//! What may not be read, is slow, or is not there to be read: named as such, and it stops nothing
//! else.
//!
//! Must not know how a fact is read.

use super::{Estate, otherwise, plan};
use spendtop::{
    domain::{Ask, FaultKind, Survey},
    mock::{Fault as MockFault, Rule},
};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_is_named_and_stops_nothing_else() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let swap = || Ask::SwapModel("triage-v1".into());
    for (service, operation, name, ask, left) in [
        (
            "ec2",
            "DescribeInstances",
            "guarded",
            Ask::Stop,
            vec!["stop protection is on"],
        ),
        ("ec2", "DescribeInstances", "scarce-off", Ask::Start, vec![]),
        (
            "ec2",
            "DescribeInstanceTypes",
            "big",
            Ask::Stop,
            vec!["is scarce"],
        ),
        (
            "ec2",
            "DescribeInstanceAttribute",
            "big",
            Ask::Stop,
            vec!["8000 GB", "is scarce"],
        ),
        (
            "ec2",
            "DescribeCapacityReservations",
            "block",
            Ask::Terminate,
            vec!["is paid for to its end", "is scarce", "30400 GB"],
        ),
        (
            "ec2",
            "DescribeSpotInstanceRequests",
            "spot-again",
            Ask::Stop,
            vec!["125 GB"],
        ),
        (
            "sagemaker",
            "DescribeCluster",
            "pretrain/large",
            Ask::Scale(1),
            vec![],
        ),
        (
            "sagemaker",
            "DescribeEndpoint",
            "steered-endpoint",
            Ask::Scale(1),
            vec!["it is set back", "must carry them"],
        ),
        (
            "sagemaker",
            "DescribeEndpointConfig",
            "scarce-endpoint",
            Ask::Scale(1),
            vec![],
        ),
        (
            "application-autoscaling",
            "DescribeScalableTargets",
            "steered-endpoint",
            Ask::Scale(1),
            vec!["must carry them"],
        ),
        (
            "application-autoscaling",
            "DescribeScalingPolicies",
            "steered-endpoint",
            Ask::Scale(1),
            vec!["must carry them"],
        ),
        (
            "application-autoscaling",
            "DescribeScheduledActions",
            "steered-endpoint",
            Ask::Scale(1),
            vec!["must carry them"],
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "steered-endpoint",
            Ask::Scale(1),
            vec!["it is set back"],
        ),
        (
            "cloudwatch",
            "GetMetricData",
            "idle-notebook",
            Ask::Stop,
            vec![],
        ),
        ("cloudwatch", "GetMetricData", "units", Ask::Delete, vec![]),
        (
            "sagemaker",
            "DescribeNotebookInstance",
            "scripted-notebook",
            Ask::Start,
            vec![],
        ),
        (
            "sagemaker",
            "DescribeApp",
            "for-all",
            Ask::Stop,
            vec!["is shared"],
        ),
        (
            "sagemaker",
            "DescribeSpace",
            "in-use",
            Ask::Stop,
            vec!["in use "],
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "no-checkpoints",
            Ask::Stop,
            vec![],
        ),
        (
            "sagemaker",
            "DescribeTrainingJob",
            "kept-warm",
            Ask::Stop,
            vec![],
        ),
        (
            "sagemaker",
            "DescribeProcessingJob",
            "etl",
            Ask::Stop,
            vec![],
        ),
        (
            "sagemaker",
            "DescribeTransformJob",
            "scores",
            Ask::Stop,
            vec![],
        ),
        (
            "sagemaker",
            "DescribeHyperParameterTuningJob",
            "sweep",
            Ask::Stop,
            vec![],
        ),
        (
            "bedrock",
            "GetModelCustomizationJob",
            "fine-tuning",
            Ask::Stop,
            vec![],
        ),
        (
            "bedrock",
            "GetProvisionedModelThroughput",
            "still-units",
            Ask::Delete,
            vec![],
        ),
        ("bedrock", "GetCustomModel", "still-tuned", swap(), vec![]),
    ] {
        let plan = plan(&rows, &[name], &ask);
        estate
            .mock
            .plan(Rule::new(MockFault::Deny).of(service, operation));
        let survey = estate.survey(&plan.targets).await.remove(0);
        estate.mock.heal();
        let denied: Vec<(FaultKind, &str)> = survey
            .unread
            .iter()
            .map(|fault| (fault.kind, &*fault.operation))
            .collect();
        assert_eq!(
            denied,
            [(FaultKind::Denied, &*format!("{service}:{operation}"))],
            "{name}"
        );
        let told = otherwise(
            &Survey {
                unread: Vec::new(),
                ..survey
            },
            &left,
        );
        assert_eq!(told, None, "{ask:?} {name}");
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_does_not_tell_is_not_taken_for_well() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    for (name, ask, operation, why) in [
        (
            "silent-notebook",
            Ask::Stop,
            "cloudwatch:GetMetricData",
            "whether somebody is at work is not known",
        ),
        (
            "unreported",
            Ask::Stop,
            "sagemaker:DescribeApp",
            "whether somebody is at work is not known",
        ),
        (
            "lost-endpoint",
            Ask::Scale(1),
            "sagemaker:DescribeEndpointConfig",
            "Could not find endpoint configuration",
        ),
    ] {
        let survey = estate
            .survey(&plan(&rows, &[name], &ask).targets)
            .await
            .remove(0);
        assert_eq!(survey.warnings, [], "{name}");
        let [fault] = survey.unread.as_slice() else {
            panic!("{name}: {:?}", survey.unread)
        };
        assert_eq!(&*fault.operation, operation);
        assert!(fault.message.contains(why), "{fault}");
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_slow_is_not_waited_for_longer_than_five_seconds() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    for (service, operation, name, ask, still) in [
        ("ec2", "DescribeInstanceTypes", "big", Ask::Stop, "scarce"),
        (
            "cloudwatch",
            "GetMetricData",
            "steered-endpoint",
            Ask::Scale(1),
            "it is set back",
        ),
        ("sagemaker", "DescribeSpace", "in-use", Ask::Stop, "in use"),
    ] {
        estate
            .mock
            .plan(Rule::new(MockFault::Slow(Duration::from_secs(30))).of(service, operation));
        let plan = plan(&rows, &[name], &ask);
        let begun = Instant::now();
        let survey = estate.survey(&plan.targets).await.remove(0);
        estate.mock.heal();
        assert!(
            begun.elapsed() < Duration::from_secs(8),
            "{:?}",
            begun.elapsed()
        );
        let late = (FaultKind::Timeout, format!("{service}:{operation}"));
        assert!(
            survey
                .unread
                .iter()
                .any(|fault| (fault.kind, fault.operation.to_string()) == late),
            "{survey:?}"
        );
        assert!(
            survey
                .warnings
                .iter()
                .any(|warning| warning.to_string().contains(still)),
            "{survey:?}"
        );
    }
    estate.mock.stop().await;
}
