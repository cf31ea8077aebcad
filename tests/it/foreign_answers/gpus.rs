//! GPU instances as an account shows them: agents that name hosts, nodes that Container Insights
//! measures, and instances of which CloudWatch knows nothing.

use super::ls;
use crate::stub::{
    Stub,
    metrics::{StubMetric, metric, metric_answer},
};

fn instance(id: &str, host: &str) -> String {
    format!(
        "<item><reservationId>r</reservationId><ownerId>111122223333</ownerId><instancesSet><item>\
         <instanceId>{id}</instanceId><instanceType>g5.12xlarge</instanceType><instanceState>\
         <code>16</code><name>running</name></instanceState><privateDnsName>{host}</privateDnsName>\
         <launchTime>2026-11-20T08:00:00.000Z</launchTime></item></instancesSet></item>"
    )
}

/// The metrics of a node that Container Insights measures, and of a host that the agent names.
fn published() -> Vec<StubMetric> {
    let insights = ("ContainerInsights", "node_gpu_utilization");
    let agent = ("CWAgent", "nvidia_smi_utilization_gpu");
    let node = [
        ("ClusterName", "ml"),
        ("InstanceId", "i-node"),
        ("NodeName", "ip-10-0-0-1.ec2.internal"),
    ];
    let device = |gpu| {
        let mut dims = node.to_vec();
        dims.push(("GpuDevice", gpu));
        metric(insights, &dims, 40.0)
    };
    vec![
        metric(insights, &node, 40.0),
        device("nvidia0"),
        device("nvidia1"),
        metric(insights, &[("ClusterName", "ml")], 90.0),
        // An agent without `append_dimensions` names the host only.
        metric(
            agent,
            &[
                ("host", "ip-10-0-0-2"),
                ("index", "0"),
                ("name", "NVIDIA A10G"),
            ],
            70.0,
        ),
    ]
}

/// CloudWatch User Guide, "Container Insights metrics": a node as a whole, and each of its GPUs.
#[test]
fn utilization_comes_from_whoever_reports_it() {
    let stub = Stub::new(move |request| {
        if request.operation == "DescribeInstances" {
            let items = [("i-node", 1), ("i-host", 2), ("i-silent", 3)]
                .map(|(id, last)| instance(id, &format!("ip-10-0-0-{last}.ec2.internal")))
                .concat();
            let text = format!(
                "<DescribeInstancesResponse><reservationSet>{items}</reservationSet>\
                 </DescribeInstancesResponse>"
            );
            return Some((200, "text/xml", text.into()));
        }
        metric_answer(request, &published())
    });
    let run = ls(&stub, "gpus");
    let used = |id: &str| {
        let row = run.rows.iter().find(|row| row["id"] == id).unwrap();
        row["fields"]["gpu"].as_f64()
    };
    assert!(
        (used("i-node").unwrap() - 0.4).abs() < 0.01,
        "{:?}",
        run.rows
    );
    assert!(
        (used("i-host").unwrap() - 0.7).abs() < 0.01,
        "{:?}",
        run.rows
    );
    assert_eq!(used("i-silent"), None, "absence is unknown, never zero");
    let findings = ls(&stub, "findings");
    assert!(
        findings.rows.iter().all(|row| row["kind"] == "untagged"),
        "{:?}",
        findings.rows
    );
}
