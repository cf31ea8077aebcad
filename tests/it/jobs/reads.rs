//! The reads that the list of jobs needs, and the rows that remain if AWS denies one.

use super::start;
use crate::panes::{poll, show, source};
use spendtop::{collectors::PollKind, domain::FaultKind, mock::FaultEffect as MockFault};

#[tokio::test]
async fn finished_jobs_are_described_once() {
    let (mock, sessions, clock) = start().await;
    let mut source = source(&sessions, &clock, "jobs");
    source.poll(PollKind::Inventory).await;
    let first = mock.count("sagemaker", "DescribeTrainingJob");
    source.poll(PollKind::Inventory).await;
    assert!(first > 10, "{first}");
    assert_eq!(
        mock.count("sagemaker", "DescribeTrainingJob"),
        first,
        "nothing has changed since"
    );
    mock.stop().await;
}

#[tokio::test]
async fn denied_job_type_is_a_fault_and_others_stay() {
    let (mock, sessions, clock) = start().await;
    for (service, operation) in [
        ("sagemaker", "ListProcessingJobs"),
        ("bedrock", "ListModelCustomizationJobs"),
    ] {
        mock.fail(service, operation, MockFault::Deny, 100);
    }
    let (listed, _) = poll(&sessions, &clock, Some("jobs")).await.remove(0);
    assert!(listed.complete, "{}", show(&listed, clock.now()));
    let denied: Vec<_> = listed
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.operation.to_string()))
        .collect();
    let expected = [
        "sagemaker:ListProcessingJobs",
        "bedrock:ListModelCustomizationJobs",
    ];
    assert_eq!(
        denied,
        expected.map(|operation| (FaultKind::Denied, operation.to_owned()))
    );
    let kinds: std::collections::BTreeSet<_> =
        listed.rows.iter().map(|row| row.head.key.kind.0).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "batch-inference-job",
            "training-job",
            "transform-job",
            "tuning-job"
        ]
    );
    mock.stop().await;
}
