//! SageMaker endpoints: a row for every variant and every inference component, what each costs and
//! how much of it is needed.
//!
//! The instances of an endpoint are billed once, in its variants' rows; components share them. Must
//! not know how they are listed (`endpoints_collect`) or measured (`endpoints_signals`).

mod actions;
mod columns;
mod cost;
mod history;
mod inventory;
mod metrics;

use self::{
    actions::{autoscaling_limits, delete, scale, schedule, stop, suggested_replicas, tag},
    columns::{EndpointRow, row},
    cost::{burn, evidence, storage},
    history::InvocationHistory,
    inventory::{ConfigCache, inventory},
    metrics::EndpointMetrics,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{context::push_fault, field::Field, tag_cache::TagCache},
};
use crate::aws::Api;
use crate::domain::{
    Arn, Cadence, CommonFields, Compute, Evidence, Measured, Operation, PaneId, Parent,
    ResourceKind, Service, SourceScope, State, Tags, Timestamp, Value, pane_id,
};
use std::{sync::Arc, time::Duration};

const VARIANT: ResourceKind = ResourceKind::ENDPOINT_VARIANT;
const COMPONENT: ResourceKind = ResourceKind::INFERENCE_COMPONENT;

/// The pane, and what it remembers: tags, configurations, and two weeks by the hour.
#[derive(Default)]
pub(crate) struct EndpointsPane {
    tags: TagCache,
    configs: ConfigCache,
    hours: InvocationHistory,
}

/// A variant or a component as SageMaker describes it.
#[derive(Clone, Debug)]
pub(crate) struct EndpointItem {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// Of a variant: its endpoint's.
    pub arn: Option<Arn>,
    pub state: State,
    pub created: Option<Timestamp>,
    pub current: Option<u32>,
    pub desired: Option<u32>,
    /// Least and most by Application Auto Scaling; `None`: not registered there.
    pub scaling: Measured<Option<Scaling>>,
    /// Scheduled actions follow the hours already.
    pub scheduled: Measured<bool>,
    pub tags: Measured<Tags>,
    /// Of a variant.
    pub fleet: Option<Fleet>,
    /// Of a component: the `endpoint/variant` it is placed on.
    pub component: Option<Arc<str>>,
    /// Of a component: the fewest instances that its host keeps, where managed instance scaling
    /// says so.
    pub host_least: Option<u32>,
}

/// What is a variant's own.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub endpoint: Arc<str>,
    pub variant: Arc<str>,
    pub shadow: bool,
    pub shape: Shape,
    pub hosts_components: bool,
    /// How many inference components are placed on its endpoint.
    pub components: usize,
    /// GB of each instance's volume, where its size was chosen.
    pub volume_gb: Option<i32>,
    /// Managed instance scaling, which sets the count itself.
    pub managed: Option<Scaling>,
}

/// What serves.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Instances {
        ty: Measured<Arc<str>>,
        /// Types and counts of a mixed fleet.
        pools: Vec<(Arc<str>, u32)>,
        asynchronous: bool,
    },
    Serverless {
        memory_mb: i32,
        concurrency: i32,
        provisioned: i32,
    },
}

/// Least and most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scaling {
    pub least: u32,
    pub most: u32,
}

impl EndpointItem {
    /// Unique in its source.
    pub fn key(&self) -> Arc<str> {
        if self.component.is_some() {
            format!("component {}", self.id).into()
        } else {
            self.id.clone()
        }
    }

    /// Its instance type, if it has one and it is known.
    pub fn unit(&self) -> Option<Arc<str>> {
        match &self.fleet.as_ref()?.shape {
            Shape::Instances { ty, .. } => ty.known().cloned(),
            Shape::Serverless { .. } => None,
        }
    }

    /// Of a variant: its endpoint. Of a component: the variant that it is placed on.
    fn parent(&self) -> Option<Parent> {
        match (&self.fleet, &self.component) {
            (Some(fleet), _) => Some(Parent::Endpoint(fleet.endpoint.clone())),
            (None, Some(host)) => host
                .split_once('/')
                .map(|(endpoint, variant)| Parent::Variant {
                    endpoint: endpoint.into(),
                    variant: variant.into(),
                }),
            (None, None) => None,
        }
    }

    /// Whether inference components are placed on it.
    pub fn hosts_components(&self) -> bool {
        self.fleet
            .as_ref()
            .is_some_and(|fleet| fleet.hosts_components)
    }

    /// The fewest that may run: what scales it says so, else what AWS accepts.
    pub fn minimum(&self) -> u32 {
        let managed = self.fleet.as_ref().and_then(|fleet| fleet.managed);
        let registered = self.scaling.known().copied().flatten();
        managed
            .or(registered)
            .map_or_else(|| self.accepted(), |scaling| scaling.least)
    }

    /// The fewest that AWS accepts: a real-time variant keeps at least one instance.
    pub fn accepted(&self) -> u32 {
        match self.fleet.as_ref().map(|fleet| &fleet.shape) {
            Some(Shape::Instances {
                asynchronous: false,
                ..
            }) => 1,
            _ => 0,
        }
    }
}

impl Pane for EndpointsPane {
    type Item = EndpointItem;
    type Metrics = EndpointMetrics;
    type Row = EndpointRow;

    const ID: PaneId = pane_id::ENDPOINTS;
    const TITLE: &'static str = "Endpoints";
    const DOC: &'static str = "SageMaker endpoint variants (real-time, asynchronous, serverless) and inference components";
    const NEEDS: &'static [Api] = &[
        Api::AutoScalingDescribeScalableTargets,
        Api::AutoScalingDescribeScheduledActions,
        Api::CloudWatchGetMetricData,
        Api::SageMakerDescribeEndpoint,
        Api::SageMakerDescribeEndpointConfig,
        Api::SageMakerDescribeInferenceComponent,
        Api::SageMakerListEndpoints,
        Api::SageMakerListInferenceComponents,
        Api::SageMakerListTags,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(20),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Field<EndpointRow>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] = &[
        Operation::Scale,
        Operation::AutoscalingLimits,
        Operation::ScheduledScaling,
        Operation::Delete,
        Operation::Tag,
    ];
    const SORT: &'static str = "burn";

    fn id(item: &EndpointItem) -> Arc<str> {
        item.key()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<EndpointItem> {
        let mut found = inventory(&mut self.configs, cx).await;
        let mut arns: Vec<Arc<str>> = found
            .items
            .iter()
            .filter_map(|item| item.arn.as_ref())
            .map(|arn| arn.as_str().into())
            .collect();
        arns.sort_unstable();
        arns.dedup();
        for fault in self.tags.sagemaker(cx, arns).await {
            push_fault(&mut found.faults, fault);
        }
        for item in &mut found.items {
            if let Some(arn) = &item.arn {
                item.tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[EndpointItem],
    ) -> MetricReport<EndpointMetrics> {
        let mut measured = metrics::measure(cx, items).await;
        for fault in self.hours.refresh(cx, items).await {
            push_fault(&mut measured.faults, fault);
        }
        for item in items {
            if let Some((_, signals)) = measured
                .signals
                .iter_mut()
                .find(|(key, _)| *key == item.key())
            {
                signals.hours = self.hours.of(item);
            }
        }
        measured
    }

    fn row(
        cx: &Context,
        item: &EndpointItem,
        signals: Option<&EndpointMetrics>,
        now: Timestamp,
    ) -> (CommonFields, EndpointRow) {
        let (burn, per_unit) = burn(cx, item, signals);
        let utilization = signals.map_or_else(
            || Measured::unknown("not measured yet"),
            EndpointMetrics::busiest,
        );
        let suggested = suggested_replicas(item, &utilization);
        let without_gpu = item
            .unit()
            .and_then(|ty| cx.prices.spec(&ty))
            .is_some_and(|spec| spec.accelerators <= 0.0);
        let mut row = row(item, signals, &utilization, &suggested, &burn);
        row.storage = Value::opt(storage(cx, item), |rate| Value::read(&rate, Value::Rate));
        if without_gpu {
            row.gpu = Value::None;
        }
        let kind = if item.component.is_some() {
            COMPONENT
        } else {
            VARIANT
        };
        let mut head = cx.head(
            kind,
            &item.id,
            &item.name,
            item.state.clone(),
            &item.tags,
            now,
        );
        head.arn.clone_from(&item.arn);
        head.parent = item.parent();
        head.since = item.created;
        head.service = Some(Service::SageMaker);
        head.compute = match (item.current, item.desired) {
            (None, None) => None,
            (current, desired) => Some(Compute {
                unit: item.unit().unwrap_or_else(|| {
                    if item.component.is_some() {
                        "copies".into()
                    } else {
                        "unknown".into()
                    }
                }),
                count: current.unwrap_or(0),
                desired: desired.or(current).unwrap_or(0),
            }),
        };
        head.burn = burn;
        head.evidence = evidence(cx, item, signals, utilization);
        if let Evidence::Replicas { serverless, .. } = &head.evidence {
            row.serverless = Value::read(serverless, Value::Rate);
        }
        head.actions = vec![
            scale(item, suggested.known().copied(), per_unit),
            autoscaling_limits(item, per_unit),
            schedule(item, signals, per_unit),
            delete(item),
            stop(item),
            tag(item),
        ];
        (head, row)
    }
}
