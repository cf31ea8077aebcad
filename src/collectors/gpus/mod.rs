//! EC2 instances with accelerators and nodes of HyperPod: the cost and use of each, and whether AWS
//! can stop it.

mod accelerators;
mod actions;
mod clusters;
mod columns;
mod cost;
mod history;
mod instance_groups;
mod inventory;
mod metric_queries;
mod metrics;
mod nodes;
mod reservation_rows;
mod reservations;

use self::{
    actions::available_actions,
    clusters::Clusters,
    cost::{burn, past_runs, prepaid, quote},
    inventory::{InstanceItem, Lifecycle, TypeCache, inventory},
    metrics::GpuMetrics,
    nodes::Node,
    reservations::{Reservations, ReservedCapacity},
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        column::Column,
        context::{is_answered, push_fault},
    },
};
use crate::aws::Api;
use crate::domain::{
    Cadence, CommonFields, Compute, Controller, Evidence, HourlyCost, Measured, Operation, PaneId,
    Phase, ResourceKind, Service, SourceScope, Timestamp, Value, pane_id,
};
use std::{collections::HashSet, sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::EC2_INSTANCE;

/// The pane, with its caches of types, clusters and hourly metrics.
#[derive(Default)]
pub(crate) struct GpusPane {
    types: TypeCache,
    clusters: Clusters,
    reservations: Reservations,
    /// Instances that are terminated, which AWS lists for about an hour; blocks and plans that are
    /// over.
    gone: Vec<Machine>,
}

/// An instance of this account, one that a HyperPod cluster holds, or capacity that is reserved.
#[derive(Clone, Debug)]
pub(crate) enum Machine {
    Instance(Box<InstanceItem>),
    Node(Box<Node>),
    Reserved(Box<ReservedCapacity>),
}

impl Machine {
    fn is_gone(&self) -> bool {
        match self {
            Self::Instance(item) => item.state.phase == Phase::Gone,
            Self::Node(_) => false,
            Self::Reserved(one) => one.state.phase == Phase::Gone,
        }
    }
}

/// The pane's own cells of a row.
pub(crate) struct GpuCells {
    ty: Arc<str>,
    accelerators: Value,
    lifecycle: Value,
    unused: Value,
    prepaid: Value,
    ends: Value,
    gpu: Value,
    spark: Value,
    power: Value,
    cpu: Value,
    controller: Value,
    controller_tag: Value,
    lever: Value,
    cluster: Value,
    instance_group: Value,
    signal: Value,
}

impl Pane for GpusPane {
    type Item = Machine;
    type Metrics = GpuMetrics;
    type Cells = GpuCells;

    const ID: PaneId = pane_id::GPUS;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::EC2_INSTANCE,
        ResourceKind::HYPERPOD_NODE,
        ResourceKind::CAPACITY_RESERVATION,
        ResourceKind::TRAINING_PLAN,
    ];
    const TITLE: &'static str = "GPUs";
    const DOC: &'static str = "EC2 instances with GPUs, Trainium, Inferentia or other \
                               accelerators, all nodes of SageMaker HyperPod clusters, and the \
                               capacity reservations and training plans for them";
    const NEEDS: &'static [Api] = &[
        Api::CloudWatchGetMetricData,
        Api::CloudWatchListMetrics,
        Api::Ec2DescribeCapacityReservations,
        Api::Ec2DescribeInstanceTypes,
        Api::Ec2DescribeInstances,
        Api::Ec2DescribeSpotInstanceRequests,
        Api::SageMakerDescribeCluster,
        Api::SageMakerListClusterNodes,
        Api::SageMakerListClusters,
        Api::SageMakerListTags,
        Api::SageMakerListTrainingPlans,
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(15),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<GpuCells>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] = &[
        Operation::Stop,
        Operation::Start,
        Operation::Reboot,
        Operation::Terminate,
        Operation::Scale,
        Operation::Tag,
    ];
    const SORT: &'static str = "burn";

    fn id(machine: &Machine) -> Arc<str> {
        match machine {
            Machine::Instance(item) => item.id.clone(),
            Machine::Node(node) => node.id.clone(),
            Machine::Reserved(one) => one.id.clone(),
        }
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<Machine> {
        let (nodes, all, failed) = self.clusters.nodes(cx).await;
        let Listing {
            mut items,
            complete,
            has_answer,
            mut faults,
        } = inventory(&mut self.types, cx).await;
        // That there is no cluster may be remembered.
        let has_answer = has_answer || !nodes.is_empty() && is_answered(&failed);
        let (reserved, all_reserved, denied) = self.reservations.list(cx).await;
        for fault in failed.into_iter().chain(denied) {
            push_fault(&mut faults, fault);
        }
        // Should EC2 list a cluster's node as well, it is one machine, and billed as a node.
        let held: HashSet<&str> = nodes.iter().map(|node| node.id.as_ref()).collect();
        items.retain(|item| !held.contains(item.id.as_ref()));
        let (gone, instances): (Vec<Machine>, Vec<Machine>) = items
            .into_iter()
            .map(|item| Machine::Instance(Box::new(item)))
            .partition(Machine::is_gone);
        self.gone = gone;
        let has_none = instances.is_empty() && nodes.is_empty();
        let (over, reserved): (Vec<Machine>, Vec<Machine>) = reserved
            .into_iter()
            .map(|one| Machine::Reserved(Box::new(one)))
            .partition(Machine::is_gone);
        self.gone.extend(over);
        let machines: Vec<Machine> = instances
            .into_iter()
            .chain(nodes.into_iter().map(|node| Machine::Node(Box::new(node))))
            .chain(reserved)
            .collect();
        // If EC2 refused the list and there are no other machines, the list is a failure, not an
        // empty estate.
        let is_instances = |fault: &crate::domain::Fault| {
            *fault.operation == *Api::Ec2DescribeInstances.iam_action()
        };
        let refused = has_none && faults.iter().any(is_instances);
        Listing {
            items: machines,
            complete: complete && all && all_reserved && !refused,
            has_answer,
            faults,
        }
    }

    fn ended(&self) -> Vec<Machine> {
        self.gone.clone()
    }

    async fn metrics(&mut self, cx: &Context, machines: &[Machine]) -> MetricReport<GpuMetrics> {
        let instance = |machine: &Machine| match machine {
            Machine::Instance(item) => Some((**item).clone()),
            Machine::Node(_) | Machine::Reserved(_) => None,
        };
        let items: Vec<InstanceItem> = machines.iter().filter_map(instance).collect();
        metrics::measure(cx, &items).await
    }

    fn count_unread(metrics: &GpuMetrics) -> usize {
        metrics.count_unread()
    }

    fn row(
        cx: &Context,
        machine: &Machine,
        signals: Option<&GpuMetrics>,
        now: Timestamp,
    ) -> (CommonFields, GpuCells) {
        match machine {
            Machine::Instance(item) => instance(cx, item, signals, now),
            Machine::Node(node) => (node.head(cx, now), node_row(cx, node)),
            Machine::Reserved(one) => one.row(cx, now),
        }
    }
}

fn node_row(cx: &Context, node: &Node) -> GpuCells {
    let cells = node.cells(cx);
    GpuCells {
        ty: cells.ty,
        accelerators: cells.accelerators,
        lifecycle: cells.lifecycle,
        unused: Value::None,
        prepaid: Value::None,
        ends: Value::None,
        spark: cells.gpu.clone(),
        power: Value::None,
        cpu: Value::None,
        controller: Value::text(format!("HyperPod cluster {}", node.cluster)),
        controller_tag: Value::None,
        lever: Value::None,
        cluster: cells.cluster,
        instance_group: cells.group,
        signal: cells.gpu.clone(),
        gpu: cells.gpu,
    }
}

fn instance(
    cx: &Context,
    item: &InstanceItem,
    signals: Option<&GpuMetrics>,
    now: Timestamp,
) -> (CommonFields, GpuCells) {
    let quote = quote(cx, item);
    let up = item.state.phase == Phase::Running;
    let mut head = cx.head(
        KIND,
        &item.id,
        &item.name,
        item.state.clone(),
        &Measured::Known(item.tags.clone()),
        now,
    );
    let path = format!("instance/{}", item.id);
    head.arn = cx.arn("ec2", item.account.as_deref(), &path);
    head.since = item.launched;
    // Commitments and inferred discounts apply to list prices; spot has prices of its own.
    let is_spot = matches!(item.lifecycle, Lifecycle::Spot(_));
    head.service = (!is_spot).then_some(Service::Ec2);
    head.compute = Some(Compute {
        unit: item.ty.clone(),
        count: u32::from(up),
        desired: u32::from(up),
    });
    head.history = past_runs(item, &quote);
    head.burn = burn(item, &quote);
    if matches!(head.burn, HourlyCost::Unpriced(_)) {
        let known = item.accelerators.as_ref();
        let accelerators = known.map(|one| (one.count, &*one.name));
        let nearest = cx.prices.nearest(&item.ty, cx.region(), accelerators);
        head.price_estimate = nearest.map(|nearest| Arc::new(nearest.of(1.0)));
    }
    head.prepaid = prepaid(item, &quote);
    head.evidence = Evidence::Accelerators {
        utilization: metrics::utilization(signals),
        cpu: metrics::cpu(signals),
        running: item.age(now),
        neighbours: cx.prices.adjacent_types(&item.ty, cx.region(), is_spot),
        past: metrics::past(signals),
    };
    head.actions = available_actions(item, &quote);
    let mut cells = instance_cells(item, metrics::shown(signals, up));
    cells.prepaid = Value::opt(head.prepaid.as_ref(), |one| {
        Value::read(&one.rate(), Value::Rate)
    });
    (head, cells)
}

fn instance_cells(item: &InstanceItem, seen: metrics::GpuMetricCells) -> GpuCells {
    let controller = Controller::find(&item.tags);
    GpuCells {
        ty: item.ty.clone(),
        accelerators: Value::opt(item.accelerators.as_ref(), |what| {
            Value::text(what.to_string())
        }),
        lifecycle: Value::text(lifecycle_word(&item.lifecycle)),
        unused: Value::None,
        prepaid: Value::None,
        ends: Value::None,
        gpu: seen.gpu,
        spark: seen.spark,
        power: seen.power,
        cpu: seen.cpu,
        controller: controller_cell(controller.as_ref(), item),
        controller_tag: Value::opt(controller.as_ref(), |it| Value::text(it.evidence())),
        lever: Value::opt(controller, |it| Value::Text(it.lever)),
        cluster: Value::None,
        instance_group: Value::None,
        signal: seen.signal,
    }
}

/// The controller that starts the instance, else the AWS service that manages it.
fn controller_cell(controller: Option<&Controller>, item: &InstanceItem) -> Value {
    match (controller, &item.managed_by) {
        (Some(controller), _) => Value::text(controller.to_string()),
        (None, manager) => Value::opt(manager.clone(), Value::Text),
    }
}

fn lifecycle_word(lifecycle: &Lifecycle) -> Arc<str> {
    match lifecycle {
        Lifecycle::OnDemand => "od".into(),
        Lifecycle::Spot(_) => "spot".into(),
        Lifecycle::CapacityBlock => "block".into(),
        Lifecycle::Other(word) => word.clone(),
    }
}
