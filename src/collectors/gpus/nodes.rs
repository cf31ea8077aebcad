//! Nodes of SageMaker HyperPod clusters: lists them, and makes rows of them beside those of EC2.
//!
//! They live in an account of AWS's and cost what the cluster price list says.

use super::instance_groups::{
    self, InstanceGroup, InstanceGroups, NodeMarket, unavailable_on_node,
};
use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::{
        context::{available, is_complete, push_fault, run_bounded},
        tag_cache::TagCache,
    },
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
    },
    domain::{
        Arn, CommonFields, Compute, Evidence, Fault, FaultKind, HourlyCost, Measured, Operation,
        Parent, Phase, Reason, ResourceKind, Service, State, Tags, Timestamp, UsdPerHour, Value,
        action::{Capability, TagRoute},
        evidence::PastRuns,
        time::{series::SeriesSummary, timestamp::seconds_between},
    },
    pricing::{self, Component},
};
use aws_sdk_sagemaker::types::ClusterNodeSummary;
use std::{collections::HashMap, sync::Arc};

const KIND: ResourceKind = ResourceKind::HYPERPOD_NODE;
/// Why nothing is known of what one does.
const UNSEEN: &str = "HyperPod publishes no metrics of its nodes";
/// Seconds after which a cluster is described again.
const STALE: f64 = 600.0;

/// What is remembered between polls.
#[derive(Default)]
pub(super) struct Clusters {
    /// By the ARN of the cluster.
    described: HashMap<Arc<str>, ClusterDescription>,
    tags: TagCache,
    seen: bool,
}

/// A cluster's groups as they were described, or why they are not known.
struct ClusterDescription {
    groups: Measured<InstanceGroups>,
    at: Timestamp,
    /// The cluster's state then, as the list had it, and the nodes of each group.
    state: Arc<str>,
    nodes: HashMap<Arc<str>, usize>,
}

/// A cluster as it is listed.
struct ClusterSummary {
    name: Arc<str>,
    arn: Arc<str>,
    state: Arc<str>,
}

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(super) id: Arc<str>,
    cluster: Arc<str>,
    arn: Arc<str>,
    group: Arc<str>,
    ty: Arc<str>,
    state: State,
    launched: Option<Timestamp>,
    pub(super) of: Measured<InstanceGroup>,
    tags: Measured<Tags>,
}

/// The cells that are its own.
pub(super) struct NodeCells {
    pub ty: Arc<str>,
    pub accelerators: Value,
    pub lifecycle: Value,
    pub gpu: Value,
    pub cluster: Value,
    pub group: Value,
}

impl Clusters {
    /// Every node of every cluster; whether that is all there is.
    pub async fn nodes(&mut self, cx: &Context) -> (Vec<Node>, bool, Vec<Fault>) {
        let (clusters, mut faults) = list(cx).await;
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
        let complete = is_complete(&faults, self.seen);
        self.seen |= faults.is_empty();
        self.learn(cx, &clusters, &nodes, &mut faults).await;
        for fault in self
            .tags
            .sagemaker(cx, clusters.iter().map(|one| one.arn.clone()).collect())
            .await
        {
            push_fault(&mut faults, fault);
        }
        for node in &mut nodes {
            node.tags = self.tags.of(&node.arn);
            node.of = self.group(node);
        }
        nodes.sort_by(|a, b| (&a.cluster, &a.group, &a.id).cmp(&(&b.cluster, &b.group, &b.id)));
        (nodes, complete, faults)
    }

    /// Describes the clusters that were not lately, or are not as they were then: another state,
    /// other nodes.
    async fn learn(
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
                !same || seconds_between(then.at, now) > STALE
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

/// Every cluster.
async fn list(cx: &Context) -> (Vec<ClusterSummary>, Vec<Fault>) {
    let mut pages = cx
        .session
        .sagemaker
        .list_clusters()
        .max_results(100)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Err(error) => {
                return (
                    found,
                    vec![fault::from_sdk(Api::SageMakerListClusters, &error)],
                );
            }
            Ok(page) => found.extend(page.cluster_summaries().iter().filter_map(|one| {
                let state = one
                    .cluster_status()
                    .map_or("unknown", |status| status.as_str())
                    .into();
                Some(ClusterSummary {
                    name: one.cluster_name()?.into(),
                    arn: one.cluster_arn()?.into(),
                    state,
                })
            })),
        }
    }
    (found, Vec::new())
}

async fn nodes_of(cx: &Context, cluster: &Arc<str>, arn: &Arc<str>) -> (Vec<Node>, Option<Fault>) {
    let mut pages = cx
        .session
        .sagemaker
        .list_cluster_nodes()
        .cluster_name(arn.as_ref())
        .max_results(100)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Err(error) => {
                return (
                    found,
                    Some(fault::from_sdk(Api::SageMakerListClusterNodes, &error)),
                );
            }
            Ok(page) => found.extend(
                page.cluster_node_summaries()
                    .iter()
                    .filter_map(|one| node(cluster, arn, one)),
            ),
        }
    }
    (found, None)
}

fn node(cluster: &Arc<str>, arn: &Arc<str>, one: &ClusterNodeSummary) -> Option<Node> {
    let status = one
        .instance_status()
        .and_then(|status| status.status())
        .map_or("unknown", |status| status.as_str());
    let state = state::node(status);
    (state.phase != Phase::Gone).then_some(())?;
    Some(Node {
        id: one.instance_id()?.into(),
        cluster: cluster.clone(),
        arn: arn.clone(),
        group: one.instance_group_name().unwrap_or("unknown").into(),
        ty: one
            .instance_type()
            .map_or("unknown", |ty| ty.as_str())
            .into(),
        state,
        launched: optional_timestamp(one.launch_time()),
        of: Measured::unknown("not described yet"),
        tags: Measured::unknown("tags not read yet"),
    })
}

impl Node {
    fn paid(&self) -> Measured<NodeMarket> {
        self.of.as_ref().map(|group| group.paid)
    }

    /// What one more or one less changes.
    fn per_unit(&self, cx: &Context) -> Option<UsdPerHour> {
        match self.paid() {
            Measured::Known(NodeMarket::Plan) => Some(UsdPerHour::ZERO),
            Measured::Known(NodeMarket::Spot) => None,
            _ => cx
                .prices
                .sagemaker(&self.ty, Component::Cluster, cx.region())
                .known()
                .map(|quote| quote.unit),
        }
    }

    fn is_up(&self) -> bool {
        matches!(
            &*self.state.name,
            "Running" | "SystemUpdating" | "DeepHealthCheckInProgress"
        )
    }

    /// What it costs now, at list.
    fn burn(&self, cx: &Context) -> HourlyCost {
        if &*self.state.name == "Failure" {
            return HourlyCost::Unpriced(Reason::new(
                "AWS does not say whether a node in Failure is billed",
            ));
        }
        if !self.is_up() {
            return HourlyCost::Nothing(Reason::new(format!("{}: not billed", self.state.name)));
        }
        let quote = cx
            .prices
            .sagemaker(&self.ty, Component::Cluster, cx.region());
        match &self.paid() {
            Measured::Known(NodeMarket::Plan) => HourlyCost::Nothing(Reason::new(
                "on capacity of a training plan, paid in advance",
            )),
            Measured::Known(NodeMarket::Spot) => HourlyCost::Unpriced(Reason::new(
                "spot capacity of HyperPod: its price is not listed",
            )),
            Measured::Known(NodeMarket::OnDemand) => pricing::burn(&quote, 1.0),
            // Most nodes are on demand: better told as an estimate than not at all.
            Measured::Unknown(why) => match pricing::burn(&quote, 1.0) {
                HourlyCost::Priced {
                    unit,
                    quantity,
                    source,
                    ..
                } => {
                    let source = format!("{source}; taken for on demand: {why}").into();
                    HourlyCost::Priced {
                        unit,
                        quantity,
                        source,
                        estimate: true,
                    }
                }
                other => other,
            },
        }
    }

    /// Its row's head.
    pub fn head(&self, cx: &Context, now: Timestamp) -> CommonFields {
        let name: Arc<str> = format!("{}/{}", self.cluster, self.group).into();
        let mut head = cx.head(KIND, &self.id, &name, self.state.clone(), &self.tags, now);
        head.arn = self.arn.parse::<Arn>().ok();
        head.parent = Some(Parent::Group {
            cluster: self.arn.clone(),
            group: self.group.clone(),
        });
        head.since = self.launched;
        head.service = Some(Service::SageMaker);
        let up = u32::from(self.is_up());
        head.compute = Some(Compute {
            unit: self.ty.clone(),
            count: up,
            desired: up,
        });
        head.burn = self.burn(cx);
        head.evidence = if self.accelerators(cx) > 0.0 {
            Evidence::Accelerators {
                utilization: Measured::<SeriesSummary>::unknown(UNSEEN),
                cpu: Measured::<SeriesSummary>::unknown(UNSEEN),
                running: self
                    .launched
                    .map_or(0.0, |from| seconds_between(from, now).max(0.0)),
                neighbours: cx
                    .prices
                    .adjacent_ml_types(&self.ty, Component::Cluster, cx.region()),
                past: Measured::<PastRuns>::unknown(UNSEEN),
            }
        } else {
            Evidence::None
        };
        head.actions = vec![
            unavailable_on_node(Operation::Stop, &self.cluster, &self.group),
            unavailable_on_node(Operation::Start, &self.cluster, &self.group),
            unavailable_on_node(Operation::Reboot, &self.cluster, &self.group),
            unavailable_on_node(Operation::Terminate, &self.cluster, &self.group),
            instance_groups::scale(
                (&self.cluster, &self.arn),
                &self.group,
                &self.of,
                self.per_unit(cx),
            ),
            available(
                Operation::Tag,
                Capability::Tags(TagRoute::SageMaker(self.arn.clone())),
            ),
        ];
        head
    }

    /// What only its row shows.
    pub(super) fn cells(&self, cx: &Context) -> NodeCells {
        let spec = cx.prices.spec(&self.ty);
        let what = spec
            .filter(|spec| spec.accelerators > 0.0)
            .map(|spec| format!("{}x{}", spec.accelerators, spec.accelerator));
        let gpu = if self.is_up() && self.accelerators(cx) > 0.0 {
            Value::Unknown(Reason::new(UNSEEN))
        } else {
            Value::None
        };
        NodeCells {
            ty: self.ty.clone(),
            accelerators: Value::opt(what, Value::text),
            lifecycle: match self.paid() {
                Measured::Known(NodeMarket::OnDemand) => Value::text("od"),
                Measured::Known(NodeMarket::Spot) => Value::text("spot"),
                Measured::Known(NodeMarket::Plan) => Value::text("plan"),
                Measured::Unknown(why) => Value::Unknown(why),
            },
            gpu,
            cluster: Value::Text(self.cluster.clone()),
            group: Value::Text(self.group.clone()),
        }
    }

    fn accelerators(&self, cx: &Context) -> f64 {
        cx.prices
            .spec(&self.ty)
            .map_or(0.0, |spec| spec.accelerators)
    }
}
