//! Calls that AWS refuses or does not answer, and dry runs.

use super::{observe, plan_one, row_of, rows, start_mock};
use spendtop::domain::{Input, ops};
use spendtop::{
    aws::actions,
    domain::{FaultKind, Operation, action::ApiCall},
    mock::FaultEffect as MockFault,
};

#[tokio::test]
async fn refused_call_returns_its_fault_and_changes_nothing() {
    let (mock, session, clock) = start_mock("refusals").await;
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
        .find_map(|row| match row.head.capability(Operation::Scale).known() {
            Some(spendtop::domain::Capability::Count {
                call: ApiCall::Scale(ops::scale::Call::InstanceGroup { cluster, .. }),
                ..
            }) => Some(cluster.clone()),
            _ => None,
        });
    let arn = arn.unwrap();
    let group = |cluster: &str, group: &str| {
        ApiCall::Scale(ops::scale::Call::InstanceGroup {
            cluster: cluster.into(),
            group: group.into(),
            count: 3,
        })
    };
    let missing_id: std::sync::Arc<str> = "i-0123456789abcdef0".into();
    for (call, kind, words) in [
        (
            ApiCall::Stop(ops::stop::Call::Instance(id("guarded"))),
            FaultKind::Refused,
            "OperationNotPermitted",
        ),
        (
            ApiCall::Terminate(ops::terminate::Call::Instance(id("guarded"))),
            FaultKind::Refused,
            "OperationNotPermitted",
        ),
        (
            ApiCall::Start(ops::start::Call::Instance(id("scarce"))),
            FaultKind::Refused,
            "InsufficientInstanceCapacity",
        ),
        (
            ApiCall::Reboot(ops::reboot::Call::Instance(id("off"))),
            FaultKind::Refused,
            "IncorrectState",
        ),
        (
            ApiCall::Start(ops::start::Call::Instance(missing_id.clone())),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            ApiCall::Reboot(ops::reboot::Call::Instance(missing_id.clone())),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            ApiCall::Terminate(ops::terminate::Call::Instance(missing_id)),
            FaultKind::NotFound,
            "InvalidInstanceID.NotFound",
        ),
        (
            ApiCall::Start(ops::start::Call::Notebook("lab".into())),
            FaultKind::Refused,
            "Unable to transition",
        ),
        (
            ApiCall::Start(ops::start::Call::Notebook("nobody".into())),
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
        let before = observe(&session, &call).await;
        let fault = actions::execute(&session, &call).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{call:?}: {fault}");
        assert!(fault.message.contains(words), "{call:?}: {fault}");
        assert_eq!(observe(&session, &call).await, before, "{call:?}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn failed_call_is_sent_once_and_throttled_one_is_retried() {
    let (mock, session, clock) = start_mock("refusals").await;
    let row = row_of(&session, &clock, "ec2-instance", "off").await;
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    for (row, request, service, operation) in [
        (
            &row,
            Operation::Start.request(Input::None),
            "ec2",
            "StartInstances",
        ),
        (
            &node,
            Operation::Scale.request(Input::Count(3)),
            "sagemaker",
            "UpdateCluster",
        ),
    ] {
        let call = plan_one(row, &request, &clock).unwrap().call;
        mock.fail(service, operation, MockFault::Status500, 1);
        assert_eq!(
            actions::execute(&session, &call).await.unwrap_err().kind,
            FaultKind::Service
        );
        assert_eq!(mock.count(service, operation), 1, "{operation}");
        mock.fail(service, operation, MockFault::Throttle, 1);
        actions::execute(&session, &call).await.unwrap();
        assert_eq!(mock.count(service, operation), 3, "{operation}");
    }
    // If the read before the change fails, the call is not made.
    mock.clock().advance(600.0);
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let call = plan_one(&node, &Operation::Scale.request(Input::Count(1)), &clock)
        .unwrap()
        .call;
    mock.fail("sagemaker", "DescribeCluster", MockFault::BrokenBody, 9);
    let fault = actions::execute(&session, &call).await.unwrap_err();
    assert_eq!(
        (fault.kind, mock.count("sagemaker", "UpdateCluster")),
        (FaultKind::Refused, 3),
        "{fault}"
    );
    mock.stop().await;
}

/// A dry run reports permissions and changes nothing.
#[tokio::test]
async fn dry_run_checks_permission_and_changes_nothing() {
    let (mock, session, clock) = start_mock("scenario").await;
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
    let route = spendtop::domain::action::TagRoute::Ec2(running.clone());
    let before = rows(&session, &clock).await;
    for (call, operations) in [
        (
            ApiCall::Stop(ops::stop::Call::Instance(running.clone())),
            vec!["StopInstances"],
        ),
        (
            ApiCall::Start(ops::start::Call::Instance(stopped)),
            vec!["StartInstances"],
        ),
        (
            ApiCall::Reboot(ops::reboot::Call::Instance(running.clone())),
            vec!["RebootInstances"],
        ),
        (
            ApiCall::Terminate(ops::terminate::Call::Instance(running)),
            vec!["TerminateInstances"],
        ),
        (
            ApiCall::Tag(ops::tag::Call {
                route,
                set,
                remove: vec!["team".to_owned()],
            }),
            vec!["CreateTags", "DeleteTags"],
        ),
    ] {
        assert_eq!(
            actions::dry_run(&session, &call).await,
            Some(Ok(())),
            "{call:?}"
        );
        for operation in operations {
            mock.fail("ec2", operation, MockFault::Deny, 1);
            let denied = actions::dry_run(&session, &call)
                .await
                .unwrap()
                .unwrap_err();
            assert_eq!(
                (denied.kind, &*denied.operation),
                (FaultKind::Denied, format!("ec2:{operation}").as_str())
            );
            // A dry run does not use up a fault.
            mock.clear_faults();
        }
    }
    assert_eq!(
        actions::dry_run(
            &session,
            &ApiCall::Stop(ops::stop::Call::Notebook("b-in-service".into()))
        )
        .await,
        None,
        "SageMaker cannot be asked"
    );
    let mut after = rows(&session, &clock).await;
    for (row, was) in after.iter_mut().zip(&before) {
        row.head.read_at = was.head.read_at;
    }
    assert_eq!(after, before);
    mock.stop().await;
}
