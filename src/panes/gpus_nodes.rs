//! Nodes of SageMaker HyperPod clusters: lists them, and makes rows of them beside those of EC2.
//!
//! They live in an account of AWS's and cost what the cluster price list says. Must not know EC2 instances.

use super::{
    Context,
    context::{bounded, note, offered, refused, whole},
    tagbook::Tagbook,
};
use crate::{
    aws::{fault, stamps::stamped, states},
    domain::{
        Arn, Burn, Compute, Evidence, Fault, FaultKind, Head, Kind, Phase, Reading, Service, Stamp, State, Tags, Value, Verb, Why,
        evidence::Past, series::Observed, time::seconds_between,
    },
    pricing::{self, Component},
};
use aws_sdk_sagemaker::types::ClusterNodeSummary;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

const KIND: Kind = Kind("hyperpod-node");
/// Why nothing is known of what one does.
const UNSEEN: &str = "HyperPod publishes no metrics of its nodes";
/// Seconds after which a cluster is described again.
const STALE: f64 = 600.0;

/// What is remembered between polls.
#[derive(Default)]
pub(super) struct Clusters {
    /// Groups by the ARN of their cluster, and when they were read.
    groups: HashMap<Arc<str>, (Groups, Stamp)>,
    tags: Tagbook,
    seen: bool,
}

/// How each instance group is paid for; or why that is not known.
type Groups = Reading<HashMap<Arc<str>, Paid>>;

/// How the nodes of a group are paid for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Paid {
    OnDemand,
    Spot,
    /// By a training plan, in advance.
    Plan,
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
    launched: Option<Stamp>,
    paid: Reading<Paid>,
    tags: Reading<Tags>,
}

/// The cells that are its own.
pub(super) struct Cells {
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
        let answers = bounded(clusters.iter().map(|(name, arn)| nodes_of(cx, name, arn)).collect()).await;
        let mut nodes = Vec::new();
        for (found, fault) in answers {
            nodes.extend(found);
            if let Some(fault) = fault.filter(|fault| fault.kind != FaultKind::NotFound) {
                note(&mut faults, fault);
            }
        }
        let complete = whole(&faults, self.seen);
        self.seen |= faults.is_empty();
        self.learn(cx, &clusters, &nodes, &mut faults).await;
        for fault in self.tags.sagemaker(cx, clusters.iter().map(|(_, arn)| arn.clone()).collect()).await {
            note(&mut faults, fault);
        }
        for node in &mut nodes {
            node.tags = self.tags.of(&node.arn);
            node.paid = self.paid(node);
        }
        nodes.sort_by(|a, b| (&a.cluster, &a.group, &a.id).cmp(&(&b.cluster, &b.group, &b.id)));
        (nodes, complete, faults)
    }

    /// Describes the clusters that were not lately, or have a group that was not there then.
    async fn learn(&mut self, cx: &Context, clusters: &[(Arc<str>, Arc<str>)], nodes: &[Node], faults: &mut Vec<Fault>) {
        let now = cx.clock.now();
        self.groups.retain(|known, _| clusters.iter().any(|(_, arn)| arn == known));
        let strange: BTreeSet<&Arc<str>> = nodes
            .iter()
            .filter(|node| {
                let groups = self.groups.get(&node.arn).and_then(|(groups, _)| groups.known());
                groups.is_some_and(|groups| !groups.contains_key(&node.group))
            })
            .map(|node| &node.arn)
            .collect();
        let due = clusters
            .iter()
            .filter(|(_, arn)| self.groups.get(arn).is_none_or(|(_, at)| strange.contains(arn) || seconds_between(*at, now) > STALE));
        let answers = bounded(due.map(|(_, arn)| async move { (arn.clone(), groups(cx, arn).await) }).collect()).await;
        for (arn, answer) in answers {
            let groups = answer.map_or_else(
                |fault| {
                    let why = format!("{}: {}", fault.operation, fault.kind.word());
                    note(faults, fault);
                    Reading::unknown(why)
                },
                Reading::Known,
            );
            self.groups.insert(arn, (groups, now));
        }
    }

    fn paid(&self, node: &Node) -> Reading<Paid> {
        match self.groups.get(&node.arn) {
            Some((Reading::Known(groups), _)) => Reading::Known(groups.get(&node.group).copied().unwrap_or(Paid::OnDemand)),
            Some((Reading::Unknown(why), _)) => Reading::Unknown(why.clone()),
            None => Reading::unknown("its cluster is not described yet"),
        }
    }
}

/// Name and ARN of each cluster.
async fn list(cx: &Context) -> (Vec<(Arc<str>, Arc<str>)>, Vec<Fault>) {
    let mut pages = cx.session.sagemaker.list_clusters().max_results(100).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Err(error) => return (found, vec![fault::from_sdk("sagemaker:ListClusters", &error)]),
            Ok(page) => found.extend(
                page.cluster_summaries().iter().filter_map(|one| Some((Arc::from(one.cluster_name()?), Arc::from(one.cluster_arn()?)))),
            ),
        }
    }
    (found, Vec::new())
}

async fn nodes_of(cx: &Context, cluster: &Arc<str>, arn: &Arc<str>) -> (Vec<Node>, Option<Fault>) {
    let mut pages = cx.session.sagemaker.list_cluster_nodes().cluster_name(arn.as_ref()).max_results(100).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Err(error) => return (found, Some(fault::from_sdk("sagemaker:ListClusterNodes", &error))),
            Ok(page) => found.extend(page.cluster_node_summaries().iter().filter_map(|one| node(cluster, arn, one))),
        }
    }
    (found, None)
}

fn node(cluster: &Arc<str>, arn: &Arc<str>, one: &ClusterNodeSummary) -> Option<Node> {
    let status = one.instance_status().and_then(|status| status.status()).map_or("unknown", |status| status.as_str());
    let state = states::node(status);
    (state.phase != Phase::Gone).then_some(())?;
    Some(Node {
        id: one.instance_id()?.into(),
        cluster: cluster.clone(),
        arn: arn.clone(),
        group: one.instance_group_name().unwrap_or("unknown").into(),
        ty: one.instance_type().map_or("unknown", |ty| ty.as_str()).into(),
        state,
        launched: stamped(one.launch_time()),
        paid: Reading::unknown("not described yet"),
        tags: Reading::unknown("tags not read yet"),
    })
}

async fn groups(cx: &Context, arn: &str) -> Result<HashMap<Arc<str>, Paid>, Fault> {
    let found = cx.session.sagemaker.describe_cluster().cluster_name(arn).send().await;
    let found = found.map_err(|error| fault::from_sdk("sagemaker:DescribeCluster", &error))?;
    let plain = found.instance_groups().iter().filter_map(|group| {
        let spot = group.capacity_requirements().is_some_and(|capacity| capacity.spot().is_some());
        let paid = match group.training_plan_arn() {
            Some(_) => Paid::Plan,
            None if spot => Paid::Spot,
            None => Paid::OnDemand,
        };
        Some((Arc::from(group.instance_group_name()?), paid))
    });
    let restricted = found.restricted_instance_groups().iter().filter_map(|group| {
        let paid = if group.training_plan_arn().is_some() { Paid::Plan } else { Paid::OnDemand };
        Some((Arc::from(group.instance_group_name()?), paid))
    });
    Ok(plain.chain(restricted).collect())
}

impl Node {
    fn is_up(&self) -> bool {
        matches!(&*self.state.name, "Running" | "SystemUpdating" | "DeepHealthCheckInProgress")
    }

    /// What it costs now, at list.
    fn burn(&self, cx: &Context) -> Burn {
        if &*self.state.name == "Failure" {
            return Burn::Unpriced(Why::new("AWS does not say whether a node in Failure is billed"));
        }
        if !self.is_up() {
            return Burn::Nothing(Why::new(format!("{}: not billed", self.state.name)));
        }
        let quote = cx.prices.sagemaker(&self.ty, Component::Cluster, cx.region());
        match &self.paid {
            Reading::Known(Paid::Plan) => Burn::Nothing(Why::new("on capacity of a training plan, paid in advance")),
            Reading::Known(Paid::Spot) => Burn::Unpriced(Why::new("spot capacity of HyperPod: its price is not listed")),
            Reading::Known(Paid::OnDemand) => pricing::burn(&quote, 1.0),
            // Most nodes are on demand: better told as an estimate than not at all.
            Reading::Unknown(why) => match pricing::burn(&quote, 1.0) {
                Burn::Priced { unit, quantity, source, .. } => {
                    let source = format!("{source}; taken for on demand: {why}").into();
                    Burn::Priced { unit, quantity, source, estimate: true }
                }
                other => other,
            },
        }
    }

    /// Its row's head.
    pub fn head(&self, cx: &Context, now: Stamp) -> Head {
        let name: Arc<str> = format!("{}/{}", self.cluster, self.group).into();
        let mut head = cx.head(KIND, &self.id, &name, self.state.clone(), &self.tags, now);
        head.arn = self.arn.parse::<Arn>().ok();
        head.since = self.launched;
        head.service = Some(Service::SageMaker);
        let up = u32::from(self.is_up());
        head.compute = Some(Compute { unit: self.ty.clone(), count: up, desired: up });
        head.burn = self.burn(cx);
        head.evidence = if self.accelerators(cx) > 0.0 {
            Evidence::Accelerators {
                utilization: Reading::<Observed>::unknown(UNSEEN),
                cpu: Reading::<Observed>::unknown(UNSEEN),
                running: self.launched.map_or(0.0, |from| seconds_between(from, now).max(0.0)),
                neighbours: cx.prices.ml_neighbours(&self.ty, Component::Cluster, cx.region()),
                past: Reading::<Past>::unknown(UNSEEN),
            }
        } else {
            Evidence::None
        };
        head.offers = vec![
            refused(Verb::Stop, format!("HyperPod scales by instance group: change {} of {} there", self.group, self.cluster)),
            offered(Verb::Tag, crate::domain::Offer::Tag(crate::domain::verb::TagRoute::SageMaker(self.arn.clone()))),
        ];
        head
    }

    /// What only its row shows.
    pub fn cells(&self, cx: &Context) -> Cells {
        let spec = cx.prices.spec(&self.ty);
        let what = spec.filter(|spec| spec.accelerators > 0.0).map(|spec| format!("{}x{}", spec.accelerators, spec.accelerator));
        let gpu = if self.is_up() && self.accelerators(cx) > 0.0 { Value::Unknown(Why::new(UNSEEN)) } else { Value::None };
        Cells {
            ty: self.ty.clone(),
            accelerators: Value::opt(what, Value::text),
            lifecycle: match &self.paid {
                Reading::Known(Paid::OnDemand) => Value::text("od"),
                Reading::Known(Paid::Spot) => Value::text("spot"),
                Reading::Known(Paid::Plan) => Value::text("plan"),
                Reading::Unknown(why) => Value::Unknown(why.clone()),
            },
            gpu,
            cluster: Value::Text(self.cluster.clone()),
            group: Value::Text(self.group.clone()),
        }
    }

    fn accelerators(&self, cx: &Context) -> f64 {
        cx.prices.spec(&self.ty).map_or(0.0, |spec| spec.accelerators)
    }
}
