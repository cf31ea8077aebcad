//! Changes of instances, notebooks and cluster nodes: intermediate states, savings and unchanged
//! settings.

use super::{observe, plan_one, row_of, rows, start_mock};
use crate::requests::request;
use spendtop::{
    aws::{Clock, actions},
    domain::{
        FaultKind, Input, Operation, Plan, PlanId, Record, UsdPerHour,
        action::{ApiCall, ObservedState},
        ops,
    },
};
use std::time::{Duration, Instant};

/// Kind and name of a row, a request, the state in between, and the saving of the change in dollars
/// per hour; `None`: the negative cost of one row, because the change starts one more.
#[rustfmt::skip]
const CHANGES: &[(&str, &str, &str, &str, Option<f64>)] = &[
    ("ec2-instance", "d-stopped", "start", "pending", Some(-1.006)),
    ("ec2-instance", "b-running", "reboot", "running", Some(0.0)),
    ("ec2-instance", "b-running", "terminate", "shutting-down", Some(1.006)),
    ("ec2-instance", "i-spot-off", "terminate", "shutting-down", Some(0.0)),
    ("notebook-instance", "d-stopped", "start", "Pending", Some(-1.41)),
    ("hyperpod-node", "pretrain/workers", "scale 3", "Updating", None),
];

/// Each change passes its intermediate state, reaches its expected state and saves the amount that
/// the plan announced.
#[tokio::test]
async fn changes_reach_their_expected_state() {
    let (mock, session, clock) = start_mock("scenario").await;
    for (kind, name, words, between, saves) in CHANGES {
        let request = request(words);
        let row = row_of(&session, &clock, kind, name).await;
        let target = plan_one(&row, &request, &clock).unwrap();
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
            *between,
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

/// The nodes of the cluster among `rows`.
fn nodes(rows: &[Record]) -> Vec<&Record> {
    rows.iter()
        .filter(|row| row.head.name.starts_with("pretrain/"))
        .collect()
}

/// A plan that scales both instance groups to `count`.
fn scale_groups(nodes: &[&Record], count: u32, clock: &Clock) -> Plan {
    let request = Operation::Scale.request(Input::Count(count));
    Plan::new(PlanId("test".into()), &request, nodes, clock.now())
}

/// A plan scales an instance group once for all marked nodes.
#[tokio::test]
async fn instance_group_is_one_target_for_all_its_nodes() {
    let (mock, session, clock) = start_mock("scenario").await;
    let all = rows(&session, &clock).await;
    let nodes = nodes(&all);
    assert_eq!(nodes.len(), 3);
    let plan = scale_groups(&nodes, 4, &clock);
    let names: Vec<&str> = plan.targets.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["pretrain/head", "pretrain/workers"]);
    let skipped: Vec<String> = plan.skipped.iter().map(|one| one.why.to_string()).collect();
    assert_eq!(
        skipped,
        [format!("same instance group as {}", plan.targets[1].key.id)]
    );
    let observed = &plan.targets[1].observed;
    assert_eq!(
        (observed.count, observed.desired),
        (Some(2), Some(2)),
        "of the group, not of the node"
    );
    mock.stop().await;
}

#[tokio::test]
async fn scaling_a_group_keeps_its_other_settings() {
    let (mock, session, clock) = start_mock("scenario").await;
    let all = rows(&session, &clock).await;
    let target = &scale_groups(&nodes(&all), 4, &clock).targets[1];
    let ApiCall::Scale(ops::scale::Call::InstanceGroup { cluster, .. }) = &target.call else {
        panic!("{:?}", target.call)
    };
    let client =
        aws_sdk_sagemaker::Client::new(&crate::mock_wire::config(&mock, "us-east-1").await);
    let settings = || async {
        let described = client.describe_cluster().cluster_name(cluster.as_ref());
        let groups = described.send().await.unwrap().instance_groups.unwrap();
        let kept = groups.into_iter().map(|group| {
            let (role, threads) = (group.execution_role, group.threads_per_core);
            (role, threads, group.life_cycle_config)
        });
        kept.collect::<Vec<_>>()
    };
    let before = settings().await;
    assert_eq!(before.len(), 2);
    actions::execute(&session, &target.call).await.unwrap();
    mock.clock().advance(600.0);
    assert_eq!(settings().await, before);
    mock.stop().await;
}

#[tokio::test]
async fn cluster_accepts_no_other_change_while_updating() {
    let (mock, session, clock) = start_mock("scenario").await;
    let all = rows(&session, &clock).await;
    let plan = scale_groups(&nodes(&all), 4, &clock);
    actions::execute(&session, &plan.targets[1].call)
        .await
        .unwrap();
    let answer = actions::execute(&session, &plan.targets[0].call).await;
    let busy = answer.unwrap_err();
    assert!(
        busy.kind == FaultKind::Refused && busy.message.contains("Updating"),
        "{busy}"
    );
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/head").await;
    assert_eq!(
        plan_one(&row, &request("scale 2"), &clock).unwrap_err(),
        "its cluster pretrain is Updating"
    );
    mock.stop().await;
}

#[tokio::test]
async fn scaling_down_removes_the_youngest_nodes() {
    let (mock, session, clock) = start_mock("scenario").await;
    let ids = |rows: &[Record]| -> Vec<_> {
        nodes(rows)
            .iter()
            .map(|row| row.head.key.id.clone())
            .collect()
    };
    let before = rows(&session, &clock).await;
    let up = &scale_groups(&nodes(&before), 4, &clock).targets[1];
    actions::execute(&session, &up.call).await.unwrap();
    mock.clock().advance(600.0);
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let target = plan_one(&row, &request("scale 2"), &clock).unwrap();
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
    let now = observe(&session, &target.call).await;
    assert!(target.expected.is_met_by(&now), "{now:?}");
    assert_eq!(ids(&rows(&session, &clock).await), ids(&before));
    mock.stop().await;
}

/// Only running instances are billed.
#[tokio::test]
async fn started_instance_is_billed_and_terminated_one_is_not() {
    let (mock, session, clock) = start_mock("scenario").await;
    let burn = |row: &Record| row.head.burn.rate();
    let start = Instant::now();
    for (name, now) in [("d-stopped", Some(UsdPerHour(1.006))), ("i-spot-off", None)] {
        let row = row_of(&session, &clock, "ec2-instance", name).await;
        assert_eq!(burn(&row), Some(UsdPerHour::ZERO));
        let target = plan_one(&row, &request("start"), &clock).unwrap();
        actions::execute(&session, &target.call).await.unwrap();
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
    let target = plan_one(&row, &request("terminate"), &clock).unwrap();
    actions::execute(&session, &target.call).await.unwrap();
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
