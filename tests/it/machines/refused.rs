//! Changes of machines that AWS refuses, fails to answer or only rehearses.
//!
//! Must not know what comes of those that it takes.

use super::{estate, look, planned, row_of, rows};
use spendtop::{
    aws::writes,
    domain::{Ask, FaultKind, Verb, verb::Call},
    mock::Fault as MockFault,
};

#[tokio::test]
async fn what_is_refused_says_so_and_changes_nothing() {
    let (mock, session, clock) = estate("mistakes").await;
    let all = rows(&session, &clock).await;
    let id = |name: &str| {
        all.iter()
            .find(|row| *row.head.name == *name)
            .unwrap_or_else(|| panic!("no {name}"))
            .head
            .key
            .id
            .clone()
    };
    let arn = all
        .iter()
        .find_map(|row| match row.head.offer(Verb::Scale).known() {
            Some(spendtop::domain::Offer::Scale {
                call: Call::ScaleGroup { cluster, .. },
                ..
            }) => Some(cluster.clone()),
            _ => None,
        });
    let arn = arn.unwrap();
    let group = |cluster: &str, group: &str| Call::ScaleGroup {
        cluster: cluster.into(),
        group: group.into(),
        count: 3,
    };
    let nobody: std::sync::Arc<str> = "i-0123456789abcdef0".into();
    for (call, kind, words) in [
        (
            Call::StopInstance(id("guarded")),
            FaultKind::Refused,
            "OperationNotPermitted",
        ),
        (
            Call::TerminateInstance(id("guarded")),
            FaultKind::Refused,
            "OperationNotPermitted",
        ),
        (
            Call::StartInstance(id("scarce")),
            FaultKind::Refused,
            "InsufficientInstanceCapacity",
        ),
        (
            Call::RebootInstance(id("off")),
            FaultKind::Refused,
            "IncorrectState",
        ),
        (
            Call::StartInstance(nobody.clone()),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            Call::RebootInstance(nobody.clone()),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            Call::TerminateInstance(nobody),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            Call::StartNotebook("lab".into()),
            FaultKind::Refused,
            "Unable to transition",
        ),
        (
            Call::StartNotebook("nobody".into()),
            FaultKind::NotFound,
            "RecordNotFound",
        ),
        (group("nobody", "workers"), FaultKind::NotFound, "not found"),
        (
            group(&arn, "nobody"),
            FaultKind::NotFound,
            "no instance group nobody",
        ),
    ] {
        let before = look(&session, &call).await;
        let fault = writes::carry_out(&session, &call).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{call:?}: {fault}");
        assert!(fault.message.contains(words), "{call:?}: {fault}");
        assert_eq!(look(&session, &call).await, before, "{call:?}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn new_changes_are_sent_once_and_throttled_ones_again() {
    let (mock, session, clock) = estate("mistakes").await;
    let row = row_of(&session, &clock, "ec2-instance", "off").await;
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    for (row, ask, service, operation) in [
        (&row, Ask::Start, "ec2", "StartInstances"),
        (&node, Ask::Scale(3), "sagemaker", "UpdateCluster"),
    ] {
        let call = planned(row, &ask, &clock).unwrap().call;
        mock.fail(service, operation, MockFault::Status500, 1);
        assert_eq!(
            writes::carry_out(&session, &call).await.unwrap_err().kind,
            FaultKind::Service
        );
        assert_eq!(mock.count(service, operation), 1, "{operation}");
        mock.fail(service, operation, MockFault::Throttle, 1);
        writes::carry_out(&session, &call).await.unwrap();
        assert_eq!(mock.count(service, operation), 3, "{operation}");
    }
    // What could not be read before the change was no change.
    mock.clock().advance(600.0);
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let call = planned(&node, &Ask::Scale(1), &clock).unwrap().call;
    mock.fail("sagemaker", "DescribeCluster", MockFault::Garbage, 9);
    let fault = writes::carry_out(&session, &call).await.unwrap_err();
    assert_eq!(
        (fault.kind, mock.count("sagemaker", "UpdateCluster")),
        (FaultKind::Refused, 3),
        "{fault}"
    );
    mock.stop().await;
}

/// The rehearsal tells what is permitted and changes nothing, whatever the answer.
#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let (mock, session, clock) = estate("estate").await;
    let running = row_of(&session, &clock, "ec2-instance", "b-running")
        .await
        .head
        .key
        .id;
    let stopped = row_of(&session, &clock, "ec2-instance", "d-stopped")
        .await
        .head
        .key
        .id;
    let set = [("cost-centre".to_owned(), "42".to_owned())].into();
    let route = spendtop::domain::verb::TagRoute::Ec2(running.clone());
    let before = rows(&session, &clock).await;
    for (call, operations) in [
        (Call::StopInstance(running.clone()), vec!["StopInstances"]),
        (Call::StartInstance(stopped), vec!["StartInstances"]),
        (
            Call::RebootInstance(running.clone()),
            vec!["RebootInstances"],
        ),
        (Call::TerminateInstance(running), vec!["TerminateInstances"]),
        (
            Call::Tag {
                route,
                set,
                remove: vec!["team".to_owned()],
            },
            vec!["CreateTags", "DeleteTags"],
        ),
    ] {
        assert_eq!(
            writes::dry_run(&session, &call).await,
            Some(Ok(())),
            "{call:?}"
        );
        for operation in operations {
            mock.fail("ec2", operation, MockFault::Deny, 1);
            let denied = writes::dry_run(&session, &call).await.unwrap().unwrap_err();
            assert_eq!(
                (denied.kind, &*denied.operation),
                (FaultKind::Denied, format!("ec2:{operation}").as_str())
            );
            // A rehearsal uses up no fault.
            mock.heal();
        }
    }
    assert_eq!(
        writes::dry_run(&session, &Call::StopNotebook("b-in-service".into())).await,
        None,
        "SageMaker cannot be asked"
    );
    let mut after = rows(&session, &clock).await;
    for (row, was) in after.iter_mut().zip(&before) {
        row.head.seen = was.head.seen;
    }
    assert_eq!(after, before);
    mock.stop().await;
}
