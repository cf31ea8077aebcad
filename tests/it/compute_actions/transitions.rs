//! Changes of instances, notebooks and cluster nodes: intermediate states, savings and unchanged
//! settings.

use super::{observe, plan_one, row_of, rows, start_mock};
use spendtop::domain::{Input, Operation, ops};
use spendtop::{
    aws::actions,
    domain::{
        FaultKind, Plan, PlanId, Record, UsdPerHour,
        action::{ApiCall, ObservedState},
    },
};
use std::time::{Duration, Instant};

/// Each change passes its intermediate state, reaches its expected state and saves what the plan
/// announced.
#[tokio::test]
async fn changes_reach_their_expected_state() {
    let (mock, session, clock) = start_mock("scenario").await;
    for (kind, name, request, between, saves) in [
        (
            "ec2-instance",
            "d-stopped",
            Operation::Start.request(Input::None),
            "pending",
            Some(-1.006),
        ),
        (
            "ec2-instance",
            "b-running",
            Operation::Reboot.request(Input::None),
            "running",
            Some(0.0),
        ),
        (
            "ec2-instance",
            "b-running",
            Operation::Terminate.request(Input::None),
            "shutting-down",
            Some(1.006),
        ),
        (
            "ec2-instance",
            "i-spot-off",
            Operation::Terminate.request(Input::None),
            "shutting-down",
            Some(0.0),
        ),
        (
            "notebook-instance",
            "d-stopped",
            Operation::Start.request(Input::None),
            "Pending",
            Some(-1.41),
        ),
        (
            "hyperpod-node",
            "pretrain/workers",
            Operation::Scale.request(Input::Count(3)),
            "Updating",
            None,
        ),
    ] {
        let row = row_of(&session, &clock, kind, name).await;
        let target = plan_one(&row, &request, &clock).unwrap();
        // One more node costs as much as this node, if its price is known.
        let expected: Option<f64> = saves.or_else(|| row.head.burn.rate().map(|rate| -rate.0));
        let cents = |usd: f64| (usd * 1e3).round();
        assert_eq!(
            target.saves.map(|UsdPerHour(usd)| cents(usd)),
            expected.map(cents),
            "{name}"
        );
        assert_eq!(
            target
                .expected
                .check_unchanged(&target.observed, &observe(&session, &target.call).await),
            Ok(())
        );
        actions::execute(&session, &target.call).await.unwrap();
        let in_transition: ObservedState = observe(&session, &target.call).await;
        assert_eq!(
            in_transition.state.name.as_ref(),
            between,
            "{name} {}",
            request.operation
        );
        mock.clock().advance(600.0);
        let end = observe(&session, &target.call).await;
        assert!(
            target.expected.is_met_by(&end),
            "{name} {}: {end:?}",
            request.operation
        );
    }
    assert_eq!(mock.count("ec2", "RebootInstances"), 1);
    mock.stop().await;
}

/// A plan scales an instance group once for all marked nodes and changes no other setting.
#[tokio::test]
async fn instance_group_is_one_target_and_keeps_its_settings() {
    let (mock, session, clock) = start_mock("scenario").await;
    let all = rows(&session, &clock).await;
    let nodes: Vec<&Record> = all
        .iter()
        .filter(|row| row.head.name.starts_with("pretrain/"))
        .collect();
    assert_eq!(nodes.len(), 3);
    let plan = Plan::new(
        PlanId("test".into()),
        &Operation::Scale.request(Input::Count(4)),
        &nodes,
        clock.now(),
    );
    let names: Vec<&str> = plan.targets.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["pretrain/head", "pretrain/workers"]);
    assert_eq!(plan.skipped.len(), 1);
    assert_eq!(
        plan.skipped[0].why.to_string(),
        format!("same instance group as {}", plan.targets[1].key.id)
    );
    let target = &plan.targets[1];
    assert_eq!(
        (target.observed.count, target.observed.desired),
        (Some(2), Some(2)),
        "of the group, not of the node"
    );
    let ApiCall::Scale(ops::scale::Call::InstanceGroup { cluster, .. }) = &target.call else {
        panic!("{:?}", target.call)
    };
    let client =
        aws_sdk_sagemaker::Client::new(&crate::mock_wire::config(&mock, "us-east-1").await);
    let describe = || async {
        client
            .describe_cluster()
            .cluster_name(cluster.as_ref())
            .send()
            .await
            .unwrap()
    };
    let before = describe().await;
    actions::execute(&session, &target.call).await.unwrap();
    // The cluster accepts no other change while it is updating.
    let busy = actions::execute(&session, &plan.targets[0].call)
        .await
        .unwrap_err();
    assert!(
        busy.kind == FaultKind::Refused && busy.message.contains("Updating"),
        "{busy}"
    );
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/head").await;
    assert_eq!(
        plan_one(&row, &Operation::Scale.request(Input::Count(2)), &clock).unwrap_err(),
        "its cluster pretrain is Updating"
    );
    mock.clock().advance(600.0);
    let after = describe().await;
    for (old, new) in before.instance_groups().iter().zip(after.instance_groups()) {
        assert_eq!(
            (
                old.execution_role(),
                old.threads_per_core(),
                old.life_cycle_config()
            ),
            (
                new.execution_role(),
                new.threads_per_core(),
                new.life_cycle_config()
            )
        );
    }
    // Scaling down removes the youngest two nodes; the original nodes remain.
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let target = plan_one(&row, &Operation::Scale.request(Input::Count(2)), &clock).unwrap();
    assert!(
        target
            .warnings
            .iter()
            .any(|why| why.to_string().contains("AWS chooses the nodes to remove")),
        "{:?}",
        target.warnings
    );
    actions::execute(&session, &target.call).await.unwrap();
    mock.clock().advance(600.0);
    assert!(
        target
            .expected
            .is_met_by(&observe(&session, &target.call).await)
    );
    let remaining: Vec<Record> = rows(&session, &clock).await;
    let ids = |rows: &[&Record]| {
        rows.iter()
            .map(|row| row.head.key.id.clone())
            .collect::<Vec<_>>()
    };
    let remaining: Vec<&Record> = remaining
        .iter()
        .filter(|row| row.head.name.starts_with("pretrain/"))
        .collect();
    assert_eq!(ids(&remaining), ids(&nodes));
    mock.stop().await;
}

/// Only running instances are billed.
#[tokio::test]
async fn started_instance_is_billed_and_terminated_one_is_not() {
    let (mock, session, clock) = start_mock("scenario").await;
    let burn = |row: &Record| row.head.burn.rate();
    let start = Instant::now();
    for (name, request, now) in [
        (
            "d-stopped",
            Operation::Start.request(Input::None),
            Some(UsdPerHour(1.006)),
        ),
        ("i-spot-off", Operation::Start.request(Input::None), None),
    ] {
        let row = row_of(&session, &clock, "ec2-instance", name).await;
        assert_eq!(burn(&row), Some(UsdPerHour::ZERO));
        actions::execute(&session, &plan_one(&row, &request, &clock).unwrap().call)
            .await
            .unwrap();
        mock.clock().advance(60.0);
        let row = row_of(&session, &clock, "ec2-instance", name).await;
        assert_eq!(&*row.head.state.name, "running");
        assert!(
            now.is_none_or(|now| burn(&row) == Some(now)),
            "{:?}",
            burn(&row)
        );
    }
    let row = row_of(&session, &clock, "ec2-instance", "b-running").await;
    actions::execute(
        &session,
        &plan_one(&row, &Operation::Terminate.request(Input::None), &clock)
            .unwrap()
            .call,
    )
    .await
    .unwrap();
    mock.clock().advance(60.0);
    assert!(
        rows(&session, &clock)
            .await
            .iter()
            .all(|other| other.head.key.id != row.head.key.id),
        "the row disappears"
    );
    assert!(start.elapsed() < Duration::from_mins(1));
    mock.stop().await;
}
