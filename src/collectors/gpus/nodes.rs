//! A node of a SageMaker HyperPod cluster, as a row beside those of EC2.
//!
//! Its instance is in an account of AWS and is billed by the price list of clusters.

use super::instance_groups::{self, InstanceGroup, NodeMarket, unavailable_on_node};
use crate::collectors::{Context, shared::context::available};
use crate::{
    aws::convert::{state, time::optional_timestamp},
    domain::{
        Arn, CommonFields, Compute, Evidence, HourlyCost, Measured, Operation, Parent, Phase,
        Prepaid, Reason, ResourceKind, Service, State, Tags, Timestamp, UsdPerHour, Value,
        action::{Capability, TagRoute},
        evidence::PastRuns,
        time::{series::SeriesSummary, timestamp::seconds_between},
    },
    pricing::{self, Component},
};
use aws_sdk_sagemaker::types::ClusterNodeSummary;
use std::sync::Arc;

const KIND: ResourceKind = ResourceKind::HYPERPOD_NODE;
/// Why the use of a node is unknown.
const NO_METRICS: &str = "HyperPod publishes no metrics of its nodes";
/// A node.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(super) id: Arc<str>,
    pub(super) cluster: Arc<str>,
    pub(super) arn: Arc<str>,
    pub(super) group: Arc<str>,
    ty: Arc<str>,
    state: State,
    launched: Option<Timestamp>,
    pub(super) instance_group: Measured<InstanceGroup>,
    pub(super) tags: Measured<Tags>,
}

/// The pane's own cells of a node.
pub(super) struct NodeCells {
    pub ty: Arc<str>,
    pub accelerators: Value,
    pub lifecycle: Value,
    pub gpu: Value,
    pub cluster: Value,
    pub group: Value,
}

impl Node {
    /// The node of a listing; `None` for one that no longer exists.
    pub(crate) fn new(
        cluster: &Arc<str>,
        arn: &Arc<str>,
        one: &ClusterNodeSummary,
    ) -> Option<Self> {
        let status = one
            .instance_status()
            .and_then(|status| status.status())
            .map_or("unknown", |status| status.as_str());
        let state = state::node(status);
        (state.phase != Phase::Gone).then_some(())?;
        Some(Self {
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
            instance_group: Measured::unknown("not described yet"),
            tags: Measured::unknown("tags not read yet"),
        })
    }

    fn paid(&self) -> Measured<NodeMarket> {
        self.instance_group.as_ref().map(|group| group.paid.clone())
    }

    /// The cost per hour of one node more or less; `None` when unpriced.
    fn per_unit(&self, cx: &Context) -> Option<UsdPerHour> {
        match self.paid() {
            Measured::Known(NodeMarket::Plan(_)) => Some(UsdPerHour::ZERO),
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

    /// Its cost now, at list price.
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
            Measured::Known(NodeMarket::Plan(_)) => HourlyCost::Nothing(Reason::new(
                "on capacity of a training plan, paid in advance",
            )),
            Measured::Known(NodeMarket::Spot) => HourlyCost::Unpriced(Reason::new(
                "spot capacity of HyperPod: its price is not listed",
            )),
            Measured::Known(NodeMarket::OnDemand) => pricing::burn(&quote, 1.0),
            // Most nodes are on demand: an estimate is better than no price.
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

    /// Its capacity, where a training plan has paid for it.
    fn prepaid(&self) -> Option<Box<Prepaid>> {
        match self.paid() {
            Measured::Known(NodeMarket::Plan(plan)) if self.is_up() => {
                Some(Box::new(Prepaid::on(plan, 1, self.launched)))
            }
            _ => None,
        }
    }

    /// The common fields of its row.
    pub(crate) fn head(&self, cx: &Context, now: Timestamp) -> CommonFields {
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
        head.prepaid = self.prepaid();
        head.evidence = if self.accelerators(cx) > 0.0 {
            Evidence::Accelerators {
                utilization: Measured::<SeriesSummary>::unknown(NO_METRICS),
                cpu: Measured::<SeriesSummary>::unknown(NO_METRICS),
                running: self
                    .launched
                    .map_or(0.0, |from| seconds_between(from, now).max(0.0)),
                neighbours: cx
                    .prices
                    .adjacent_ml_types(&self.ty, Component::Cluster, cx.region()),
                past: Measured::<PastRuns>::unknown(NO_METRICS),
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
                &self.instance_group,
                self.per_unit(cx),
            ),
            available(
                Operation::Tag,
                Capability::Tags(TagRoute::SageMaker(self.arn.clone())),
            ),
        ];
        head
    }

    /// The pane's own cells of its row.
    pub(super) fn cells(&self, cx: &Context) -> NodeCells {
        let spec = cx.prices.spec(&self.ty);
        let what = spec
            .filter(|spec| spec.accelerators > 0.0)
            .map(|spec| format!("{}x{}", spec.accelerators, spec.accelerator));
        let gpu = if self.is_up() && self.accelerators(cx) > 0.0 {
            Value::Unknown(Reason::new(NO_METRICS))
        } else {
            Value::None
        };
        NodeCells {
            ty: self.ty.clone(),
            accelerators: Value::opt(what, Value::text),
            lifecycle: match self.paid() {
                Measured::Known(NodeMarket::OnDemand) => Value::text("od"),
                Measured::Known(NodeMarket::Spot) => Value::text("spot"),
                Measured::Known(NodeMarket::Plan(_)) => Value::text("plan"),
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
