//! HyperPod nodes among the instances.

use super::{EAST, assert_dollars, start};
use crate::{
    findings::list_prices,
    panes::{cell, collect_pane, poll, row},
};
use spendtop::{
    domain::{HourlyCost, Operation, Reason, Value},
    mock::FaultEffect as MockFault,
};

#[tokio::test]
async fn cluster_nodes_are_listed_with_instances() {
    let (mock, sessions, clock) = start().await;
    let now = clock.now();
    let inventory = collect_pane(&sessions, &clock, "gpus").await;
    let workers: Vec<_> = inventory
        .rows("gpus")
        .filter(|row| &*row.head.name == "research/workers")
        .collect();
    assert_eq!(workers.len(), 3);
    for node in &workers {
        assert_eq!(
            (node.head.key.kind.0, &*node.head.state.name),
            ("hyperpod-node", "Running")
        );
        assert_dollars(
            "node",
            node.head.burn.rate().unwrap().0,
            list_prices::ml_by_rule("ml.p4d.24xlarge", 1.18, EAST),
        );
        assert_eq!(node.head.since.unwrap().to_string(), "2026-11-21T08:35:00Z");
        assert_eq!(
            (
                cell("gpus", node, "cluster", now).show(),
                cell("gpus", node, "instance_group", now).show()
            ),
            ("research".into(), "workers".into())
        );
        assert_eq!(
            cell("gpus", node, "gpu", now),
            Value::Unknown(Reason::new("HyperPod publishes no metrics of its nodes"))
        );
        assert!(
            node.head
                .capability(Operation::Stop)
                .why()
                .unwrap()
                .text()
                .starts_with("HyperPod scales by instance group")
        );
        assert_eq!(node.head.owner.as_deref(), Some("ml"));
    }
    // The rate cards have no cluster price of this type: the multiplier of its family estimates it.
    let head = &row(&inventory, "gpus", "research/head").head.burn;
    assert!(matches!(head, HourlyCost::Priced { estimate: true, .. }));
    let cpu = list_prices::cpu("ml.m5.2xlarge");
    assert_dollars("head", head.rate().unwrap().0, cpu);
    assert_dollars(
        "dev-box",
        row(&inventory, "gpus", "dev-box")
            .head
            .burn
            .rate()
            .unwrap()
            .0,
        list_prices::ec2("g5.xlarge", EAST),
    );
    mock.stop().await;
}

#[tokio::test]
async fn denied_cluster_list_keeps_instances() {
    let (mock, sessions, clock) = start().await;
    mock.fail("sagemaker", "ListClusters", MockFault::Deny, 100);
    let (listed, _) = poll(&sessions, &clock, Some("gpus")).await.remove(0);
    assert!(listed.complete);
    assert_eq!(
        listed
            .faults
            .iter()
            .map(|fault| &*fault.operation)
            .collect::<Vec<_>>(),
        ["sagemaker:ListClusters"]
    );
    assert_eq!(
        listed
            .rows
            .iter()
            .map(|row| &*row.head.name)
            .collect::<Vec<_>>(),
        ["dev-box"]
    );
    mock.stop().await;
}
