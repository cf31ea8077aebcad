//! Calls that fail during a poll: each is a fault of its source, and known rows stay.

use super::{cell, open, poll, show, source, start_mock};
use spendtop::{
    aws::{Clock, SessionSettings, sessions},
    collectors::PollKind,
    domain::{FaultKind, Record},
    mock::{FaultEffect as MockFault, Scenario},
};
use std::time::{Duration, Instant};

#[tokio::test]
async fn denied_call_is_a_fault_and_rows_stay() {
    let (mock, sessions, clock) = start_mock(
        Scenario::find("weekend-spike").unwrap(),
        1.0,
        &["us-west-2"],
    )
    .await;
    for (service, operation) in [
        ("sagemaker", "ListTags"),
        ("tag", "GetResources"),
        ("cloudwatch", "GetMetricData"),
        ("application-autoscaling", "DescribeScalableTargets"),
    ] {
        mock.fail(service, operation, MockFault::Deny, usize::MAX);
    }
    for (_, report) in poll(&sessions, &clock, Some("endpoints")).await {
        assert!(
            report.complete && report.rows.len() == 4,
            "{}",
            show(&report, clock.now())
        );
        let mut denied: Vec<_> = report
            .faults
            .iter()
            .map(|fault| (fault.operation.as_ref(), fault.kind))
            .collect();
        denied.sort_unstable_by_key(|(operation, _)| *operation);
        let expected = [
            "application-autoscaling:DescribeScalableTargets",
            "cloudwatch:GetMetricData",
            "sagemaker:ListTags",
        ];
        assert_eq!(
            denied,
            expected.map(|operation| (operation, FaultKind::Denied))
        );
        for row in &report.rows {
            assert!(
                row.head.tags.why().is_some()
                    && !cell("endpoints", row, "autoscaling", clock.now()).is_known()
            );
        }
    }
    mock.clear_faults();
    mock.fail("ec2", "DescribeInstances", MockFault::Deny, usize::MAX);
    for (report, _) in poll(&sessions, &clock, Some("gpus")).await {
        let is_instance = |row: &Record| row.head.key.kind.0 == "ec2-instance";
        assert!(!report.complete && !report.rows.iter().any(is_instance));
        assert_eq!(
            (report.faults[0].kind, report.faults[0].operation.as_ref()),
            (FaultKind::Denied, "ec2:DescribeInstances")
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn failed_describe_keeps_the_other_rows() {
    let (mock, sessions, clock) = start_mock(
        Scenario::find("weekend-spike").unwrap(),
        1.0,
        &["us-west-2"],
    )
    .await;
    let mut source = source(&sessions, &clock, "endpoints");
    let complete = source.poll(PollKind::Inventory).await;
    // An endpoint that did not change is described again after a minute.
    mock.clock().advance(90.0);
    mock.fail("sagemaker", "DescribeEndpoint", MockFault::Deny, 1);
    let partial = source.poll(PollKind::Inventory).await;
    assert!(complete.complete && !partial.complete);
    assert_eq!(
        partial.rows.len(),
        complete.rows.len(),
        "what is known stays"
    );
    assert_eq!(
        partial.faults[0].operation.as_ref(),
        "sagemaker:DescribeEndpoint"
    );
    mock.fail("sagemaker", "DescribeEndpoint", MockFault::BrokenBody, 1);
    assert_eq!(
        source.poll(PollKind::Inventory).await.faults[0].kind,
        FaultKind::Broken
    );
    assert!(source.poll(PollKind::Inventory).await.complete);
    mock.stop().await;
}

#[tokio::test]
async fn missing_profile_is_one_immediate_fault() {
    let start = Instant::now();
    let settings = SessionSettings {
        profiles: vec![Some("spendtop-no-such-profile".into())],
        endpoint_url: Some("http://127.0.0.1:9".into()),
        ..SessionSettings::default()
    };
    let fault = sessions(&settings).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials);
    let begins = "profile `spendtop-no-such-profile` does not exist in ";
    assert!(fault.message.starts_with(begins), "{}", fault.message);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

/// No server listens: every source reports a network fault soon.
#[tokio::test]
async fn unreachable_endpoint_is_a_fault_of_every_source() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let sessions = open(&url, &["us-east-1"]).await;
    assert_eq!(sessions[0].place.account.as_ref(), "-");
    assert!(sessions[0].unidentified.is_some());
    for (listed, _) in poll(&sessions, &Clock::system(), Some("gpus")).await {
        assert!(!listed.complete && listed.rows.is_empty());
        assert_eq!(
            listed.faults[0].kind,
            FaultKind::Network,
            "{:?}",
            listed.faults
        );
    }
}
