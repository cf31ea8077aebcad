//! EC2 instances with the tags of controllers, tags that only one request may read, and a HyperPod
//! group that AWS describes in more detail than the SDK knows.

use super::{ARN, answer, body, ls};
use crate::{
    panes::open,
    stub::{Answer, Request, Stub, refuse},
};
use serde_json::{Value, json};
use spendtop::{
    aws::actions,
    domain::{ApiCall, FaultKind, ops},
};

/// `DescribeInstances` with one running g5.xlarge for each list of tags.
fn instances(all: &[&[(&str, &str)]]) -> Answer {
    let instance = |(n, tags): (usize, &&[(&str, &str)])| {
        let item = |(key, value): &(&str, &str)| {
            format!("<item><key>{key}</key><value>{value}</value></item>")
        };
        let tags = tags.iter().map(item).collect::<Vec<_>>().concat();
        format!(
            "<item><reservationId>r-0{n:016}</reservationId><ownerId>111122223333</ownerId>\
             <instancesSet><item><instanceId>i-0{n:016}</instanceId>\
             <instanceState><code>16</code><name>running</name></instanceState>\
             <instanceType>g5.xlarge</instanceType>\
             <launchTime>2026-11-20T08:00:00.000Z</launchTime>\
             <rootDeviceType>ebs</rootDeviceType><tagSet>{tags}</tagSet></item>\
             </instancesSet></item>"
        )
    };
    let items: String = all.iter().enumerate().map(instance).collect();
    let text = format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r</requestId><reservationSet>{items}</reservationSet>\
         </DescribeInstancesResponse>"
    );
    (200, "text/xml", text.into())
}

#[test]
fn machines_name_what_starts_them() {
    type Tags<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(Tags<'_>, &str, &str)] = &[
        (
            &[
                ("AWSBatchServiceTag", "batch"),
                ("aws:autoscaling:groupName", "AWSBatch-gpu-2024-asg-64"),
            ],
            "Batch scaling group AWSBatch-gpu-2024-asg-64",
            "aws batch update-compute-environment",
        ),
        (
            &[
                ("aws:pcs:compute-node-group-id", "pcs_abc"),
                ("aws:pcs:cluster-id", "pcs_xyz"),
                ("aws:ec2:fleet-id", "fleet-1"),
            ],
            "PCS compute node group pcs_abc",
            "aws pcs update-compute-node-group --cluster-identifier pcs_xyz",
        ),
        (
            &[("aws:ec2spot:fleet-request-id", "sfr-123")],
            "Spot Fleet sfr-123",
            "aws ec2 modify-spot-fleet-request --spot-fleet-request-id sfr-123 --target-capacity 0",
        ),
        (
            &[
                ("aws:elasticmapreduce:job-flow-id", "j-1ABC"),
                ("aws:elasticmapreduce:instance-group-role", "CORE"),
            ],
            "EMR cluster j-1ABC",
            "aws emr terminate-clusters --cluster-ids j-1ABC",
        ),
        (
            &[("aws:cloudformation:stack-name", "ml-lab")],
            "CloudFormation stack ml-lab",
            "aws cloudformation delete-stack --stack-name ml-lab",
        ),
    ];
    let tags: Vec<&[(&str, &str)]> = cases.iter().map(|(tags, _, _)| *tags).collect();
    let described = instances(&tags);
    let stub = Stub::new(move |request| {
        (request.operation == "DescribeInstances").then(|| described.clone())
    });
    let run = ls(&stub, "gpus");
    for (n, (_, controller, lever)) in cases.iter().enumerate() {
        let fields = &run.row(&format!("i-0{n:016}"))["fields"];
        assert_eq!(fields["controller"], *controller);
        let found = fields["lever"].as_str().unwrap();
        assert!(found.starts_with(lever), "{found}");
    }
}

fn notebook_arn(name: &str) -> String {
    format!("{ARN}:notebook-instance/{name}")
}

/// Two stopped notebook instances. The Tagging API lists those in `listed` with the tag `team`;
/// `own` is the answer of SageMaker to a request for the tags of one.
fn notebooks(listed: &'static [&str], own: fn(&Request) -> Option<Answer>) -> Stub {
    let notebook = |name: &str| {
        json!({
            "NotebookInstanceName": name, "NotebookInstanceArn": notebook_arn(name),
            "NotebookInstanceStatus": "Stopped", "InstanceType": "ml.t3.medium",
        })
    };
    let tagged = |name: &&str| {
        json!({
            "ResourceARN": notebook_arn(name), "Tags": [{ "Key": "team", "Value": "search" }],
        })
    };
    Stub::new(move |request| match request.operation.as_str() {
        "ListNotebookInstances" => answer(&json!({
            "NotebookInstances": [notebook("tagged"), notebook("bare")],
        })),
        "ListTags" => own(request),
        "GetResources" => answer(&json!({
            "PaginationToken": "",
            "ResourceTagMappingList": listed.iter().map(tagged).collect::<Vec<_>>(),
        })),
        _ => None,
    })
}

/// AWS leaves out resources that never had tags, and those of kinds that the Tagging API does not
/// serve: only SageMaker itself can tell them apart.
#[test]
fn tags_come_from_the_request_that_knows_them() {
    let denies = |request: &Request| Some(refuse(request, "AccessDeniedException", "not allowed"));
    let tags = |_: &Request| answer(&json!({ "Tags": [{ "Key": "team", "Value": "search" }] }));
    let none = |_: &Request| answer(&json!({ "Tags": [] }));
    for (listed, own, asked, bare) in [
        (&["tagged"][..], denies as fn(&Request) -> _, 1, json!({})),
        (&["tagged"], none, 1, json!({})),
        (&[], tags, 2, json!({ "team": "search" })),
    ] {
        let stub = notebooks(listed, own);
        let run = ls(&stub, "notebooks");
        assert_eq!(run.code, 0, "{}", run.errors);
        assert_eq!(run.row("tagged")["owner"], "search");
        assert_eq!(run.row("bare")["tags"], bare);
        let calls = stub.calls.lock().unwrap();
        let count = |operation: &str| {
            let of = |call: &&Request| call.operation == operation;
            calls.iter().filter(of).count()
        };
        assert_eq!((count("ListTags"), count("GetResources")), (asked, 1));
    }
}

/// A cluster whose group has these members besides the usual ones.
fn cluster(more: &Value) -> Stub {
    let mut group = json!({
        "InstanceGroupName": "workers", "InstanceType": "ml.p5.48xlarge",
        "CurrentCount": 4, "TargetCount": 4, "Status": "InService",
        "ExecutionRole": "arn:aws:iam::111122223333:role/hyperpod",
        "LifeCycleConfig": { "SourceS3Uri": "s3://b/c", "OnCreate": "on_create.sh" },
        "ThreadsPerCore": 1, "CurrentImageId": "ami-0123456789abcdef0",
    });
    let members = more.as_object().unwrap().clone();
    group.as_object_mut().unwrap().extend(members);
    Stub::new(move |request| match request.operation.as_str() {
        "DescribeCluster" => answer(&json!({
            "ClusterArn": format!("{ARN}:cluster/abcdefghijkl"), "ClusterName": "pretrain",
            "ClusterStatus": "InService", "InstanceGroups": [group],
        })),
        "UpdateCluster" => answer(&json!({ "ClusterArn": format!("{ARN}:cluster/abcdefghijkl") })),
        _ => None,
    })
}

fn scale() -> ApiCall {
    ApiCall::Scale(ops::scale::Call::InstanceGroup {
        cluster: "pretrain".into(),
        group: "workers".into(),
        count: 2,
    })
}

#[tokio::test]
async fn scaling_a_group_sends_back_what_the_sdk_does_not_know() {
    let stub = cluster(&json!({ "AutoPatchConfig": {
        "PatchingStrategy": "WhenIdle",
        "IdleWaitWindowInSeconds": 7200,
        "DrainPolicy": { "DrainTimeoutInSeconds": 600, "OnDrainTimeout": "Skip" },
    } }));
    let session = open(&stub.url, &["us-east-1"]).await.remove(0);
    actions::execute(&session, &scale()).await.unwrap();
    let calls = stub.calls.lock().unwrap();
    let sent = calls
        .iter()
        .find(|call| call.operation == "UpdateCluster")
        .unwrap();
    assert_eq!(
        body(sent),
        json!({ "ClusterName": "pretrain", "InstanceGroups": [{
            "InstanceGroupName": "workers", "InstanceType": "ml.p5.48xlarge", "InstanceCount": 2,
            "ExecutionRole": "arn:aws:iam::111122223333:role/hyperpod",
            "LifeCycleConfig": { "SourceS3Uri": "s3://b/c", "OnCreate": "on_create.sh" },
            "ThreadsPerCore": 1, "ImageId": "ami-0123456789abcdef0",
            "AutoPatchConfig": {
                "PatchingStrategy": "WhenIdle",
                "IdleWaitWindowInSeconds": 7200,
                "DrainPolicy": { "DrainTimeoutInSeconds": 600, "OnDrainTimeout": "Skip" },
            },
        }] })
    );
}

#[tokio::test]
async fn scaling_a_group_with_an_unknown_member_is_refused_unsent() {
    let stub = cluster(&json!({ "SpareNodes": 2 }));
    let session = open(&stub.url, &["us-east-1"]).await.remove(0);
    let fault = actions::execute(&session, &scale()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("SpareNodes"), "{fault}");
    let calls = stub.calls.lock().unwrap();
    assert!(calls.iter().all(|call| call.operation != "UpdateCluster"));
}
