//! The instance groups of HyperPod clusters: how their nodes are paid for, how many there are,
//! whether they take another count.

use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::context::{available, unavailable},
};
use crate::domain::ops;
use crate::{
    aws::{convert::state, fault},
    domain::{
        AvailableAction, Fault, Measured, ObservedState, Operation, Phase, Reason, State,
        UsdPerHour,
        action::{ApiCall, Capability, SharedCount},
    },
};
use std::{collections::HashMap, sync::Arc};

/// How the nodes of a group are paid for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NodeMarket {
    OnDemand,
    Spot,
    /// In advance, by the training plan with this ARN.
    Plan(Arc<str>),
}

/// An instance group as its cluster's description has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InstanceGroup {
    pub paid: NodeMarket,
    /// The cluster's state: a change of one group keeps all others waiting.
    pub cluster: State,
    /// Nodes that are there.
    pub count: Option<u32>,
    /// Desired nodes.
    pub desired: Option<u32>,
    /// The fewest AWS accepts.
    pub minimum: u32,
    /// Karpenter chooses the count.
    pub automatic: bool,
}

/// The groups of one cluster, by name.
pub(super) type InstanceGroups = HashMap<Arc<str>, InstanceGroup>;

/// The groups of the cluster with this ARN.
pub(super) async fn describe(cx: &Context, arn: &str) -> Result<InstanceGroups, Fault> {
    let found = cx
        .session
        .sagemaker
        .describe_cluster()
        .cluster_name(arn)
        .send()
        .await;
    let found = found.map_err(|error| fault::from_sdk(Api::SageMakerDescribeCluster, &error))?;
    let cluster = state::cluster(
        found
            .cluster_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let mode = found.auto_scaling().map(|scaling| scaling.mode().as_str());
    let make = |paid, count: Option<i32>, desired: Option<i32>, least: Option<i32>| InstanceGroup {
        paid,
        cluster: cluster.clone(),
        count: count.and_then(|n| u32::try_from(n).ok()),
        desired: desired.and_then(|n| u32::try_from(n).ok()),
        minimum: least.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        automatic: mode == Some("Enable"),
    };
    let plain = found.instance_groups().iter().filter_map(|group| {
        let spot = group
            .capacity_requirements()
            .is_some_and(|capacity| capacity.spot().is_some());
        let paid = match group.training_plan_arn() {
            Some(plan) => NodeMarket::Plan(plan.into()),
            None if spot => NodeMarket::Spot,
            None => NodeMarket::OnDemand,
        };
        Some((
            Arc::from(group.instance_group_name()?),
            make(
                paid,
                group.current_count(),
                group.target_count(),
                group.min_count(),
            ),
        ))
    });
    let restricted = found
        .restricted_instance_groups()
        .iter()
        .filter_map(|group| {
            let plan = group.training_plan_arn();
            let paid = plan.map_or(NodeMarket::OnDemand, |plan| NodeMarket::Plan(plan.into()));
            Some((
                Arc::from(group.instance_group_name()?),
                make(paid, group.current_count(), group.target_count(), None),
            ))
        });
    Ok(plain.chain(restricted).collect())
}

/// Scaling of the instance group `name` of `cluster` (its name and ARN); a node costs `per_unit`.
pub(super) fn scale(
    (cluster, arn): (&str, &Arc<str>),
    name: &Arc<str>,
    group: &Measured<InstanceGroup>,
    per_unit: Option<UsdPerHour>,
) -> AvailableAction {
    let (group, count, desired) = match scalable(cluster, group) {
        Ok(found) => found,
        Err(why) => return unavailable(Operation::Scale, why),
    };
    let observed = ObservedState {
        state: group.cluster.clone(),
        count: Some(count),
        desired: Some(desired),
        tags: None,
        scheduled_actions: None,
        setting: None,
    };
    let call = ApiCall::Scale(ops::scale::Call::InstanceGroup {
        cluster: arn.clone(),
        group: name.clone(),
        count: desired,
    });
    available(
        Operation::Scale,
        Capability::Count {
            unit: "nodes",
            minimum: group.minimum,
            suggested: None,
            per_unit,
            call,
            shared: Some(SharedCount {
                name: format!("{cluster}/{name}").into(),
                observed,
            }),
            at_zero: None,
        },
    )
}

/// A group that can be scaled, with its current and desired count; the error says why it cannot.
fn scalable<'a>(
    cluster: &str,
    group: &'a Measured<InstanceGroup>,
) -> Result<(&'a InstanceGroup, u32, u32), String> {
    let group = match group {
        Measured::Known(group) => group,
        Measured::Unknown(why) => return Err(format!("its instance group is not known: {why}")),
    };
    let (Some(count), Some(desired)) = (group.count, group.desired) else {
        return Err("AWS does not say how many nodes its instance group has".to_owned());
    };
    if group.automatic {
        return Err("Karpenter sets the number of nodes: change its node pool".to_owned());
    }
    if group.cluster.phase != Phase::Running {
        return Err(format!("its cluster {cluster} is {}", group.cluster.name));
    }
    Ok((group, count, desired))
}

/// Why a node has no operation of its own.
pub(super) fn unavailable_on_node(
    operation: Operation,
    cluster: &str,
    group: &str,
) -> AvailableAction {
    let why = match operation {
        Operation::Stop | Operation::Terminate => {
            format!("HyperPod scales by instance group: give {group} of {cluster} a smaller count")
        }
        Operation::Start => {
            format!("HyperPod scales by instance group: give {group} of {cluster} a larger count")
        }
        _ => "HyperPod's API cannot reboot it from here: its orchestrator can".to_owned(),
    };
    AvailableAction {
        operation,
        capability: Measured::Unknown(Reason::new(why)),
    }
}
