//! The Endpoints pane: a row for each variant of a SageMaker endpoint and each inference component.
//!
//! The instances of an endpoint are billed once, in its variants' rows; components share them.

mod actions;
mod async_requests;
mod autoscaling;
mod columns;
mod configs;
mod cost;
mod counts;
mod history;
mod inventory;
mod item;
mod metrics;
mod undeployed;

use self::{
    actions::{
        autoscaling_limits, delete, scale, scheduled_scaling, stop, suggested_replicas, tag,
    },
    columns::{EndpointCells, row},
    configs::ConfigCache,
    cost::{burn, evidence, storage},
    inventory::{EndpointCache, inventory},
    item::EndpointItem,
    metrics::EndpointMetrics,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{column::Column, context::push_fault, tag_cache::TagCache},
};
use crate::aws::Api;
use crate::domain::{
    Cadence, CommonFields, Compute, Evidence, Measured, Operation, PaneId, ResourceKind, Service,
    SourceScope, Timestamp, Value, pane_id,
};
use std::{collections::HashMap, sync::Arc, time::Duration};

const VARIANT: ResourceKind = ResourceKind::ENDPOINT_VARIANT;
const COMPONENT: ResourceKind = ResourceKind::INFERENCE_COMPONENT;

/// The pane, with its caches of tags, descriptions, configurations and two weeks of hourly metrics.
#[derive(Default)]
pub(crate) struct EndpointsPane {
    tags: TagCache,
    configs: ConfigCache,
    endpoints: EndpointCache,
}

impl Pane for EndpointsPane {
    type Item = EndpointItem;
    type Metrics = EndpointMetrics;
    type Cells = EndpointCells;

    const ID: PaneId = pane_id::ENDPOINTS;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::ENDPOINT_VARIANT,
        ResourceKind::INFERENCE_COMPONENT,
    ];
    const TITLE: &'static str = "Endpoints";
    const DOC: &'static str = "SageMaker endpoint variants (real-time, asynchronous, serverless) \
                               and inference components";
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
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(30),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<EndpointCells>] = columns::FIELDS;
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
        let mut found = inventory(&mut self.endpoints, &mut self.configs, cx).await;
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

    fn is_partial(&self) -> bool {
        self.endpoints.is_partial
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[EndpointItem],
    ) -> MetricReport<EndpointMetrics> {
        let mut measured = metrics::measure(cx, items).await;
        let (mut hours, failed) = history::read(cx, items).await;
        let (mut counts, uncounted) = counts::read(cx, items).await;
        for fault in failed.into_iter().chain(uncounted) {
            push_fault(&mut measured.faults, fault);
        }
        let items: HashMap<Arc<str>, &EndpointItem> =
            items.iter().map(|item| (item.key(), item)).collect();
        for (key, signals, _) in &mut measured.signals {
            if let Some(item) = items.get(key) {
                signals.hours = history::of(&mut hours, item);
                signals.counts = counts.remove(key);
            }
        }
        measured
    }

    fn count_unread(metrics: &EndpointMetrics) -> usize {
        metrics.count_unread()
    }

    fn row(
        cx: &Context,
        item: &EndpointItem,
        signals: Option<&EndpointMetrics>,
        now: Timestamp,
    ) -> (CommonFields, EndpointCells) {
        let (burn, per_unit) = burn(cx, item, signals);
        let utilization = signals.map_or_else(Measured::pending, EndpointMetrics::busiest);
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
        let mut head = common_fields(cx, item, now);
        head.burn = burn;
        head.history = counts::history(cx, item, signals, per_unit);
        head.evidence = evidence(cx, item, signals, utilization);
        if let Evidence::Replicas { serverless, .. } = &head.evidence {
            row.serverless_cost = Value::read(serverless, Value::Rate);
        }
        head.actions = vec![
            scale(item, suggested.known().copied(), per_unit),
            autoscaling_limits(item, per_unit),
            scheduled_scaling(item, signals, per_unit),
            delete(item),
            stop(item),
            tag(item),
        ];
        (head, row)
    }
}

/// The common fields of `item` that come from its description.
fn common_fields(cx: &Context, item: &EndpointItem, now: Timestamp) -> CommonFields {
    let is_component = item.component.is_some();
    let kind = if is_component { COMPONENT } else { VARIANT };
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
    head.prepaid = item.prepaid();
    let count = item.current.or(item.desired);
    head.compute = count.is_some().then(|| Compute {
        unit: item.unit().unwrap_or_else(|| {
            let unit = if is_component { "copies" } else { "unknown" };
            unit.into()
        }),
        count: item.current.unwrap_or(0),
        desired: item.desired.or(item.current).unwrap_or(0),
    });
    head
}
