//! `HyperPod` clusters and nodes.
//!
//! Must not know encodings.

use super::{
    super::{Answer, Context},
    listing,
};
use crate::{
    domain::Stamp,
    mock::{
        wire::{Failure, Node, node::fields},
        world::{Cluster, Group, Refusal},
    },
};

/// `ListClusters`
pub fn list(context: &Context<'_>) -> Answer {
    let (world, now, input) = (context.world(), context.now, &context.input);
    let part = input.text("NameContains")?;
    let (after, before) = (input.moment("CreationTimeAfter")?, input.moment("CreationTimeBefore")?);
    let by_name = input.one_of("SortBy", &["CREATION_TIME", "NAME"])? == Some("NAME");
    let descending = input.one_of("SortOrder", &["Ascending", "Descending"])? == Some("Descending");
    let mut listed = world.clusters(context.region, now);
    listed.retain(|one| {
        part.is_none_or(|part| one.name.contains(part))
            && after.is_none_or(|at| one.created > at)
            && before.is_none_or(|at| one.created < at)
    });
    if input.has("TrainingPlanArn") {
        listed.clear();
    }
    listed.sort_by(|a, b| if by_name { a.name.cmp(&b.name) } else { (a.created, &a.name).cmp(&(b.created, &b.name)) });
    if descending {
        listed.reverse();
    }
    let page = listing::page(context, listed, |one| one.arn.clone())?;
    let items: Vec<Node> = page.items.into_iter().map(|one| summary(one, now)).collect();
    Ok(fields! { "ClusterSummaries": items, "NextToken": page.next })
}

fn summary(one: &Cluster, now: Stamp) -> Node {
    fields! {
        "ClusterArn": &one.arn,
        "ClusterName": &one.name,
        "CreationTime": one.created,
        "ClusterStatus": one.state(now),
    }
}

fn asked<'w>(context: &Context<'_>, world: &'w crate::mock::World) -> Result<&'w Cluster, Failure> {
    let id = context.input.need_text("ClusterName")?;
    Ok(world.cluster(context.region, id, context.now)?)
}

/// `DescribeCluster`
pub fn describe(context: &Context<'_>) -> Answer {
    let (world, now) = (context.world(), context.now);
    let one = asked(context, &world)?;
    let account = &world.account.id;
    let group = |group: &Group| {
        let current = if one.runs(now) { group.nodes.len() } else { 0 };
        let settled = current == group.target as usize;
        fields! {
            "InstanceGroupName": &group.name,
            "InstanceType": &group.instance_type,
            "CurrentCount": current,
            "TargetCount": group.target,
            "Status": if settled { "InService" } else if one.runs(now) { "Updating" } else { "Creating" },
            "ExecutionRole": format!("arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"),
            "LifeCycleConfig": fields! { "SourceS3Uri": format!("s3://sagemaker-{}-{account}/lifecycle/", one.region), "OnCreate": "on_create.sh" },
            "ThreadsPerCore": 2_u32,
        }
    };
    let eks = fields! { "Eks": fields! { "ClusterArn": format!("arn:aws:eks:{}:{account}:cluster/{}", one.region, one.name) } };
    let mut out = summary(one, now);
    out.set("InstanceGroups", one.groups.iter().map(group).collect::<Vec<Node>>());
    out.set("Orchestrator", one.eks.then_some(eks));
    out.set("NodeRecovery", "Automatic");
    Ok(out)
}

fn node(one: &Cluster, group: &Group, id: &str, now: Stamp) -> Node {
    fields! {
        "InstanceGroupName": &group.name,
        "InstanceId": id.to_owned(),
        "InstanceType": &group.instance_type,
        "LaunchTime": one.launched().min(now),
        "InstanceStatus": fields! { "Status": if one.runs(now) { "Running" } else { "Pending" } },
    }
}

/// `ListClusterNodes`
pub fn nodes(context: &Context<'_>) -> Answer {
    let (world, now, input) = (context.world(), context.now, &context.input);
    let one = asked(context, &world)?;
    let part = input.text("InstanceGroupNameContains")?;
    let (after, before) = (input.moment("CreationTimeAfter")?, input.moment("CreationTimeBefore")?);
    input.one_of("SortBy", &["CREATION_TIME", "NAME"])?;
    let descending = input.one_of("SortOrder", &["Ascending", "Descending"])? == Some("Descending");
    let fits = |group: &Group| {
        part.is_none_or(|part| group.name.contains(part))
            && after.is_none_or(|at| one.launched() > at)
            && before.is_none_or(|at| one.launched() < at)
    };
    let mut listed: Vec<(&Group, &str)> = one.nodes().filter(|(group, _)| fits(group)).collect();
    if descending {
        listed.reverse();
    }
    let page = listing::page(context, listed, |(_, id)| (*id).to_owned())?;
    let items: Vec<Node> = page.items.into_iter().map(|(group, id)| node(one, group, id, now)).collect();
    Ok(fields! { "ClusterNodeSummaries": items, "NextToken": page.next })
}

/// `DescribeClusterNode`
pub fn describe_node(context: &Context<'_>) -> Answer {
    let (world, now) = (context.world(), context.now);
    let one = asked(context, &world)?;
    let id = context.input.need_text("NodeId")?;
    let found = one.nodes().find(|(_, known)| *known == id);
    let (group, id) = found.ok_or_else(|| Refusal::new("ResourceNotFound", format!("Instance {id} not found in cluster {}.", one.name)))?;
    let mut out = node(one, group, id, now);
    out.set("ThreadsPerCore", 2_u32);
    out.set("CapacityType", "OnDemand");
    Ok(fields! { "NodeDetails": out })
}
