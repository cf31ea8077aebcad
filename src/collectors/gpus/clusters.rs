//! Lists SageMaker HyperPod clusters with their nodes and instance groups.

use super::{
    instance_groups::{self, InstanceGroup, InstanceGroups},
    nodes::Node,
};
use crate::{
    aws::{Api, paging::read_pages},
    collectors::{
        Context,
        shared::{
            context::{is_complete, push_fault, run_bounded},
            tag_cache::TagCache,
        },
    },
    domain::{Fault, FaultKind, Measured, Timestamp, time::timestamp::seconds_between},
};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which a cluster is described again.
const DESCRIPTION_AGE: f64 = 600.0;
/// Seconds after which clusters are listed again where there was none.
const NONE_AGE: f64 = 60.0;

/// The clusters as last described, and their tags.
#[derive(Default)]
pub(super) struct Clusters {
    /// By the ARN of the cluster.
    described: HashMap<Arc<str>, ClusterDescription>,
    tags: TagCache,
    /// Whether clusters were listed before.
    is_listed: bool,
    /// When there was none.
    none_at: Option<Timestamp>,
}

/// The groups of a cluster, or why they are unknown.
struct ClusterDescription {
    groups: Measured<InstanceGroups>,
    at: Timestamp,
    /// The state of the cluster and its nodes by group at that time, as listed.
    state: Arc<str>,
    nodes: HashMap<Arc<str>, usize>,
}

/// A cluster as listed.
struct ClusterSummary {
    name: Arc<str>,
    arn: Arc<str>,
    state: Arc<str>,
}

impl Clusters {
    /// Lists the nodes of all clusters; the flag says whether the list is complete.
    pub(super) async fn nodes(&mut self, cx: &Context) -> (Vec<Node>, bool, Vec<Fault>) {
        let now = cx.clock.now();
        if self
            .none_at
            .is_some_and(|at| seconds_between(at, now) < NONE_AGE)
        {
            return (Vec::new(), true, Vec::new());
        }
        let (clusters, mut faults) = list(cx).await;
        self.none_at = (clusters.is_empty() && faults.is_empty()).then_some(now);
        let answers = run_bounded(
            clusters
                .iter()
                .map(|one| nodes_of(cx, &one.name, &one.arn))
                .collect(),
        )
        .await;
        let mut nodes = Vec::new();
        for (found, fault) in answers {
            nodes.extend(found);
            if let Some(fault) = fault.filter(|fault| fault.kind != FaultKind::NotFound) {
                push_fault(&mut faults, fault);
            }
        }
        let complete = is_complete(&faults, self.is_listed);
        self.is_listed |= faults.is_empty();
        self.refresh(cx, &clusters, &nodes, &mut faults).await;
        for fault in self
            .tags
            .sagemaker(cx, clusters.iter().map(|one| one.arn.clone()).collect())
            .await
        {
            push_fault(&mut faults, fault);
        }
        for node in &mut nodes {
            node.tags = self.tags.of(&node.arn);
            node.instance_group = self.group(node);
        }
        nodes.sort_by(|a, b| (&a.cluster, &a.group, &a.id).cmp(&(&b.cluster, &b.group, &b.id)));
        (nodes, complete, faults)
    }

    /// Describes the clusters whose description is old, or whose state or nodes have changed since.
    async fn refresh(
        &mut self,
        cx: &Context,
        clusters: &[ClusterSummary],
        nodes: &[Node],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        self.described
            .retain(|known, _| clusters.iter().any(|one| one.arn == *known));
        let mut counted: HashMap<&Arc<str>, HashMap<Arc<str>, usize>> = HashMap::new();
        for node in nodes {
            *counted
                .entry(&node.arn)
                .or_default()
                .entry(node.group.clone())
                .or_default() += 1;
        }
        let due = clusters.iter().filter(|one| {
            self.described.get(&one.arn).is_none_or(|then| {
                let same = then.state == one.state
                    && counted
                        .get(&one.arn)
                        .is_none_or(|nodes| *nodes == then.nodes);
                !same || seconds_between(then.at, now) > DESCRIPTION_AGE
            })
        });
        let answers = run_bounded(
            due.map(|one| async move { (one, instance_groups::describe(cx, &one.arn).await) })
                .collect(),
        )
        .await;
        for (one, answer) in answers {
            let groups = answer.map_or_else(
                |fault| {
                    let why = format!("{}: {}", fault.operation, fault.kind.word());
                    push_fault(faults, fault);
                    Measured::unknown(why)
                },
                Measured::Known,
            );
            let nodes = counted.get(&one.arn).cloned().unwrap_or_default();
            self.described.insert(
                one.arn.clone(),
                ClusterDescription {
                    groups,
                    at: now,
                    state: one.state.clone(),
                    nodes,
                },
            );
        }
    }

    fn group(&self, node: &Node) -> Measured<InstanceGroup> {
        match self.described.get(&node.arn).map(|then| &then.groups) {
            Some(Measured::Known(groups)) => groups.get(&node.group).map_or_else(
                || Measured::unknown("its cluster does not list it"),
                |group| Measured::Known(group.clone()),
            ),
            Some(Measured::Unknown(why)) => Measured::Unknown(why.clone()),
            None => Measured::unknown("its cluster is not described yet"),
        }
    }
}

/// Lists the clusters.
async fn list(cx: &Context) -> (Vec<ClusterSummary>, Vec<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_clusters()
        .max_results(100)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    let read = read_pages(Api::SageMakerListClusters, pages, |page| {
        found.extend(page.cluster_summaries().iter().filter_map(|one| {
            let state = one
                .cluster_status()
                .map_or("unknown", |status| status.as_str())
                .into();
            Some(ClusterSummary {
                name: one.cluster_name()?.into(),
                arn: one.cluster_arn()?.into(),
                state,
            })
        }));
    });
    let faults = read.await.err().into_iter().collect();
    (found, faults)
}

async fn nodes_of(cx: &Context, cluster: &Arc<str>, arn: &Arc<str>) -> (Vec<Node>, Option<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_cluster_nodes()
        .cluster_name(arn.as_ref())
        .max_results(100)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    let read = read_pages(Api::SageMakerListClusterNodes, pages, |page| {
        let nodes = page.cluster_node_summaries().iter();
        found.extend(nodes.filter_map(|one| Node::new(cluster, arn, one)));
    });
    let fault = read.await.err();
    (found, fault)
}
