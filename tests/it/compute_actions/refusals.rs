//! Calls that AWS refuses or does not answer, and dry runs.

use super::{observe, plan_one, row_of, rows, start_mock};
use crate::requests::{request, tags};
use spendtop::{
    aws::{Session, actions},
    domain::{
        Capability,
        FaultKind::{self, NotFound, Refused},
        Operation,
        action::{ApiCall, TagRoute},
        ops,
    },
    mock::FaultEffect as MockFault,
};
use std::sync::Arc;

fn stop(id: Arc<str>) -> ApiCall {
    ApiCall::Stop(ops::stop::Call::Instance(id))
}

fn start(id: Arc<str>) -> ApiCall {
    ApiCall::Start(ops::start::Call::Instance(id))
}

fn start_notebook(name: &str) -> ApiCall {
    ApiCall::Start(ops::start::Call::Notebook(name.into()))
}

fn reboot(id: Arc<str>) -> ApiCall {
    ApiCall::Reboot(ops::reboot::Call::Instance(id))
}

fn terminate(id: Arc<str>) -> ApiCall {
    ApiCall::Terminate(ops::terminate::Call::Instance(id))
}

/// Asserts that AWS answers each call with its fault, whose message has the words, and that the
/// resource is as before.
async fn assert_refused(session: &Session, cases: &[(ApiCall, FaultKind, &str)]) {
    for (call, kind, words) in cases {
        let before = observe(session, call).await;
        let fault = actions::execute(session, call).await.unwrap_err();
        assert_eq!(fault.kind, *kind, "{call:?}: {fault}");
        assert!(fault.message.contains(words), "{call:?}: {fault}");
        assert_eq!(observe(session, call).await, before, "{call:?}");
    }
}

#[tokio::test]
async fn refused_call_returns_its_fault_and_changes_nothing() {
    let (mock, session, clock) = start_mock("refusals").await;
    let all = rows(&session, &clock).await;
    let id = |name: &str| {
        let row = all.iter().find(|row| *row.head.name == *name);
        row.unwrap_or_else(|| panic!("no {name}"))
            .head
            .key
            .id
            .clone()
    };
    let cases = [
        (stop(id("guarded")), Refused, "OperationNotPermitted"),
        (terminate(id("guarded")), Refused, "OperationNotPermitted"),
        (start(id("scarce")), Refused, "InsufficientInstanceCapacity"),
        (reboot(id("off")), Refused, "IncorrectState"),
        (start_notebook("lab"), Refused, "Unable to transition"),
    ];
    assert_refused(&session, &cases).await;
    mock.stop().await;
}

#[tokio::test]
async fn call_on_a_missing_resource_is_not_found_and_changes_nothing() {
    let (mock, session, clock) = start_mock("refusals").await;
    let all = rows(&session, &clock).await;
    let cluster = all
        .iter()
        .find_map(|row| match row.head.capability(Operation::Scale).known() {
            Some(Capability::Count {
                call: ApiCall::Scale(ops::scale::Call::InstanceGroup { cluster, .. }),
                ..
            }) => Some(cluster.clone()),
            _ => None,
        })
        .unwrap();
    let group = |cluster: &str, group: &str| {
        ApiCall::Scale(ops::scale::Call::InstanceGroup {
            cluster: cluster.into(),
            group: group.into(),
            count: 3,
        })
    };
    let missing = || "i-0123456789abcdef0".into();
    let cases = [
        (start(missing()), NotFound, "InvalidInstanceID.NotFound"),
        (reboot(missing()), NotFound, "InvalidInstanceID.NotFound"),
        (terminate(missing()), NotFound, "InvalidInstanceID.NotFound"),
        (start_notebook("nobody"), NotFound, "RecordNotFound"),
        (group("nobody", "workers"), NotFound, "not found"),
        (
            group(&cluster, "nobody"),
            NotFound,
            "no instance group nobody",
        ),
    ];
    assert_refused(&session, &cases).await;
    mock.stop().await;
}

#[tokio::test]
async fn failed_call_is_sent_once_and_throttled_one_is_retried() {
    let (mock, session, clock) = start_mock("refusals").await;
    let row = row_of(&session, &clock, "ec2-instance", "off").await;
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    for (row, words, service, operation) in [
        (&row, "start", "ec2", "StartInstances"),
        (&node, "scale 3", "sagemaker", "UpdateCluster"),
    ] {
        let call = plan_one(row, &request(words), &clock).unwrap().call;
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
    mock.stop().await;
}

#[tokio::test]
async fn call_is_not_made_if_the_read_before_it_fails() {
    let (mock, session, clock) = start_mock("refusals").await;
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let call = plan_one(&node, &request("scale 1"), &clock).unwrap().call;
    mock.fail("sagemaker", "DescribeCluster", MockFault::BrokenBody, 9);
    let fault = actions::execute(&session, &call).await.unwrap_err();
    assert_eq!(
        (fault.kind, mock.count("sagemaker", "UpdateCluster")),
        (FaultKind::Refused, 0),
        "{fault}"
    );
    mock.stop().await;
}

/// The EC2 calls on an instance that runs and on one that is stopped, with their AWS operations.
fn ec2_calls(running: &Arc<str>, stopped: &Arc<str>) -> [(ApiCall, &'static [&'static str]); 5] {
    let tag = ApiCall::Tag(ops::tag::Call {
        route: TagRoute::Ec2(running.clone()),
        set: tags(&[("cost-centre", "42")]),
        remove: vec!["team".to_owned()],
    });
    [
        (stop(running.clone()), &["StopInstances"]),
        (start(stopped.clone()), &["StartInstances"]),
        (reboot(running.clone()), &["RebootInstances"]),
        (terminate(running.clone()), &["TerminateInstances"]),
        (tag, &["CreateTags", "DeleteTags"]),
    ]
}

/// A dry run reports permissions and changes nothing.
#[tokio::test]
async fn dry_run_checks_permission_and_changes_nothing() {
    let (mock, session, clock) = start_mock("scenario").await;
    let running = row_of(&session, &clock, "ec2-instance", "b-running").await;
    let stopped = row_of(&session, &clock, "ec2-instance", "d-stopped").await;
    let before = rows(&session, &clock).await;
    for (call, operations) in ec2_calls(&running.head.key.id, &stopped.head.key.id) {
        let permitted = actions::dry_run(&session, &call).await;
        assert_eq!(permitted, Some(Ok(())), "{call:?}");
        for operation in operations {
            mock.fail("ec2", operation, MockFault::Deny, 1);
            let answer = actions::dry_run(&session, &call).await;
            let denied = answer.unwrap().unwrap_err();
            assert_eq!(
                (denied.kind, &*denied.operation),
                (FaultKind::Denied, format!("ec2:{operation}").as_str())
            );
            // A dry run does not use up a fault.
            mock.clear_faults();
        }
    }
    let notebook = ApiCall::Stop(ops::stop::Call::Notebook("b-in-service".into()));
    assert_eq!(
        actions::dry_run(&session, &notebook).await,
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
