//! `HyperPod` clusters and nodes.

use super::super::{Answer, Context};
use super::listing;
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, value::fields},
        simulation::{
            Cluster, ClusterNode, Group, GroupUpdate, InstanceGroupSettings, ServiceError,
        },
    },
};

/// `ListClusters`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now, input) = (context.simulation(), context.now, &context.input);
    let part = input.text("NameContains")?;
    let (after, before) = (
        input.timestamp("CreationTimeAfter")?,
        input.timestamp("CreationTimeBefore")?,
    );
    let by_name = input.text("SortBy")? == Some("NAME");
    let descending = input.text("SortOrder")? == Some("Descending");
    let mut listed = simulation.clusters(context.region, now);
    listed.retain(|one| {
        part.is_none_or(|part| one.name.contains(part))
            && after.is_none_or(|at| one.created > at)
            && before.is_none_or(|at| one.created < at)
    });
    if input.has("TrainingPlanArn") {
        listed.clear();
    }
    listed.sort_by(|a, b| {
        if by_name {
            a.name.cmp(&b.name)
        } else {
            (a.created, &a.name).cmp(&(b.created, &b.name))
        }
    });
    if descending {
        listed.reverse();
    }
    listing::answer(
        context,
        listed,
        |one| one.arn.clone(),
        "ClusterSummaries",
        |one| summary(one, now),
    )
}

fn summary(one: &Cluster, now: Timestamp) -> Value {
    fields! {
        "ClusterArn": &one.arn,
        "ClusterName": &one.name,
        "CreationTime": one.created,
        "ClusterStatus": one.state(now),
    }
}

fn requested_cluster<'w>(
    context: &Context<'_>,
    simulation: &'w crate::mock::Simulation,
) -> Result<&'w Cluster, Failure> {
    let id = context.input.need_text("ClusterName")?;
    Ok(simulation.cluster(context.region, id, context.now)?)
}

/// `DescribeCluster`
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let one = requested_cluster(context, &simulation)?;
    let account = &simulation.account.id;
    let group = |group: &Group| {
        let current = group.current(now);
        let settled = current == group.target as usize;
        let InstanceGroupSettings {
            role,
            lifecycle: (source, script),
            threads,
        } = &group.settings;
        fields! {
            "InstanceGroupName": &group.name,
            "InstanceType": &group.instance_type,
            "CurrentCount": current,
            "TargetCount": group.target,
            "Status": if settled {
                "InService"
            } else if one.runs(now) {
                "Updating"
            } else {
                "Creating"
            },
            "ExecutionRole": role,
            "LifeCycleConfig": fields! { "SourceS3Uri": source, "OnCreate": script },
            "ThreadsPerCore": *threads,
        }
    };
    let eks = fields! {
        "Eks": fields! {
            "ClusterArn": format!("arn:aws:eks:{}:{account}:cluster/{}", one.region, one.name),
        },
    };
    let mut out = summary(one, now);
    out.set_all(fields! {
        "InstanceGroups": one.groups.iter().map(group).collect::<Vec<Value>>(),
        "Orchestrator": one.eks.then_some(eks),
        "NodeRecovery": "Automatic",
    });
    Ok(out)
}

fn node(group: &Group, node: &ClusterNode, now: Timestamp) -> Value {
    fields! {
        "InstanceGroupName": &group.name,
        "InstanceId": &node.id,
        "InstanceType": &group.instance_type,
        "LaunchTime": node.runs.min(now),
        "InstanceStatus": fields! { "Status": node.status(now) },
    }
}

/// `ListClusterNodes`
pub(super) fn nodes(context: &Context<'_>) -> Answer {
    let (simulation, now, input) = (context.simulation(), context.now, &context.input);
    let one = requested_cluster(context, &simulation)?;
    let part = input.text("InstanceGroupNameContains")?;
    let (after, before) = (
        input.timestamp("CreationTimeAfter")?,
        input.timestamp("CreationTimeBefore")?,
    );
    let descending = input.text("SortOrder")? == Some("Descending");
    let fits = |group: &Group, node: &ClusterNode| {
        part.is_none_or(|part| group.name.contains(part))
            && after.is_none_or(|at| node.runs > at)
            && before.is_none_or(|at| node.runs < at)
    };
    let mut listed: Vec<(&Group, &ClusterNode)> = one
        .nodes(now)
        .filter(|(group, node)| fits(group, node))
        .collect();
    if descending {
        listed.reverse();
    }
    listing::answer(
        context,
        listed,
        |(_, node)| node.id.clone(),
        "ClusterNodeSummaries",
        |(group, one)| node(group, one, now),
    )
}

/// `UpdateCluster`: replaces each group of the request whole; absent members get AWS's defaults.
pub(super) fn update(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("ClusterName")?;
    let mut updates = Vec::new();
    for group in context.input.children("InstanceGroups")? {
        let count = group.int("InstanceCount")?;
        let Some(count) = count.and_then(|count| u32::try_from(count).ok()) else {
            return Err(Failure::Missing(group.path("InstanceCount")));
        };
        let lifecycle = group.need_child("LifeCycleConfig")?;
        let threads = group
            .int("ThreadsPerCore")?
            .and_then(|threads| u32::try_from(threads).ok());
        updates.push(GroupUpdate {
            name: group.need_text("InstanceGroupName")?.to_owned(),
            instance_type: group.text("InstanceType")?.map(str::to_owned),
            count,
            settings: InstanceGroupSettings {
                role: group.need_text("ExecutionRole")?.to_owned(),
                lifecycle: (
                    lifecycle.need_text("SourceS3Uri")?.to_owned(),
                    lifecycle.need_text("OnCreate")?.to_owned(),
                ),
                threads: threads.unwrap_or(1),
            },
        });
    }
    if updates.is_empty() {
        return Err(ServiceError::invalid(
            "At least one of InstanceGroups or InstanceGroupsToDelete must be given.",
        )
        .into());
    }
    let arn = context
        .simulation_mut()
        .update_cluster(context.region, id, &updates, context.now)?;
    Ok(fields! { "ClusterArn": arn })
}
