//! The Throughput pane: a row for each Bedrock provisioned throughput, with the share of its value
//! that is used, and for each deployed custom model and imported model.

mod actions;
mod columns;
mod cost;
mod deployed;
mod inventory;
mod item;

use self::{
    actions::actions,
    columns::{ThroughputCells, row},
    cost::value,
    deployed::{DeployedModel, DeployedModels},
    inventory::inventory,
    item::ThroughputItem,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{column::Column, context::push_fault, series::count_unread, tag_cache::TagCache},
};
use crate::aws::Api;
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        Arn, Cadence, CommonFields, Compute, Evidence, HourlyCost, Measured, Operation, PaneId,
        Phase, Reason, ResourceKind, Series, Service, SourceScope, Timestamp, pane_id,
    },
    pricing::{self, Quote},
};
use std::{sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::PROVISIONED_THROUGHPUT;
/// Seconds a point covers, and hours looked back on.
const PERIOD: u32 = 3600;
const HOURS: i64 = 7 * 24;

/// The pane, with its cache of tags.
#[derive(Default)]
pub(crate) struct ThroughputPane {
    tags: TagCache,
    models: DeployedModels,
}

/// Provisioned throughput, or a model of the account's own that answers on demand.
#[derive(Clone, Debug)]
pub(crate) enum ModelCapacity {
    Provisioned(Box<ThroughputItem>),
    Deployed(Box<DeployedModel>),
}

impl ModelCapacity {
    fn arn(&self) -> &Arc<str> {
        match self {
            Self::Provisioned(item) => &item.arn,
            Self::Deployed(model) => &model.arn,
        }
    }

    fn provisioned(&self) -> Option<&ThroughputItem> {
        match self {
            Self::Provisioned(item) => Some(item),
            Self::Deployed(_) => None,
        }
    }
}

/// The metrics of a row.
#[derive(Clone, Debug)]
pub(crate) enum ThroughputMetrics {
    /// Hourly tokens of provisioned throughput.
    Tokens {
        input: Measured<Series>,
        output: Measured<Series>,
    },
    /// Copies of an imported model.
    Copies(Measured<Series>),
}

impl Pane for ThroughputPane {
    type Item = ModelCapacity;
    type Metrics = ThroughputMetrics;
    type Cells = ThroughputCells;

    const ID: PaneId = pane_id::THROUGHPUT;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::PROVISIONED_THROUGHPUT,
        ResourceKind::MODEL_DEPLOYMENT,
        ResourceKind::IMPORTED_MODEL,
    ];
    const TITLE: &'static str = "Throughput";
    const DOC: &'static str = "Bedrock provisioned throughput against what the same tokens would \
                               cost on demand, and deployed and imported models";
    const NEEDS: &'static [Api] = &[
        Api::BedrockGetImportedModel,
        Api::BedrockListCustomModelDeployments,
        Api::BedrockListCustomModels,
        Api::BedrockListImportedModels,
        Api::BedrockListProvisionedModelThroughputs,
        Api::BedrockListTagsForResource,
        Api::CloudWatchGetMetricData,
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_mins(1),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<ThroughputCells>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] =
        &[Operation::SwapModel, Operation::Delete, Operation::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &ModelCapacity) -> Arc<str> {
        match item {
            ModelCapacity::Provisioned(item) => item.id.clone(),
            ModelCapacity::Deployed(model) => model.id(),
        }
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<ModelCapacity> {
        let Listing {
            items,
            complete,
            has_answer,
            mut faults,
        } = inventory(cx).await;
        let (models, has_all) = self.models.list(cx, &mut faults).await;
        let provisioned = items
            .into_iter()
            .map(|item| ModelCapacity::Provisioned(Box::new(item)));
        let deployed = models
            .into_iter()
            .map(|model| ModelCapacity::Deployed(Box::new(model)));
        let mut items: Vec<ModelCapacity> = provisioned.chain(deployed).collect();
        let arns = items.iter().map(|item| item.arn().clone()).collect();
        for fault in self.tags.bedrock(cx, arns).await {
            push_fault(&mut faults, fault);
        }
        for item in &mut items {
            let tags = self.tags.of(item.arn());
            match item {
                ModelCapacity::Provisioned(item) => item.tags = tags,
                ModelCapacity::Deployed(model) => model.tags = tags,
            }
        }
        Listing {
            items,
            complete: complete && has_all,
            has_answer,
            faults,
        }
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[ModelCapacity],
    ) -> MetricReport<ThroughputMetrics> {
        let now = cx.clock.now();
        let provisioned: Vec<&ThroughputItem> = items
            .iter()
            .filter_map(ModelCapacity::provisioned)
            .collect();
        let of = |item: &&ThroughputItem| {
            let dims = [("ModelId", item.arn.as_ref())];
            ["InputTokenCount", "OutputTokenCount"]
                .map(|metric| MetricQuery::new("AWS/Bedrock", metric, &dims, "Sum", PERIOD))
                .map(|query| query.of_burn(cx.burn(&item.id)))
        };
        let queries: Vec<MetricQuery> = provisioned.iter().flat_map(of).collect();
        let (read, (copies, failed)) = tokio::join!(
            metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now),
            deployed::measure(cx, items, now),
        );
        let mut series = read.series().zip(read.asked());
        let tokens = provisioned.iter().filter_map(|item| {
            let ((input, _), (output, asked)) = (series.next()?, series.next()?);
            let tokens = ThroughputMetrics::Tokens { input, output };
            Some((item.id.clone(), tokens, asked))
        });
        let signals = tokens.chain(copies).collect();
        let mut faults = read.faults.clone();
        for fault in failed {
            push_fault(&mut faults, fault);
        }
        MetricReport { signals, faults }
    }

    fn count_unread(metrics: &ThroughputMetrics) -> usize {
        match metrics {
            ThroughputMetrics::Tokens { input, output } => count_unread([input, output]),
            ThroughputMetrics::Copies(copies) => count_unread([copies]),
        }
    }

    fn row(
        cx: &Context,
        item: &ModelCapacity,
        signals: Option<&ThroughputMetrics>,
        now: Timestamp,
    ) -> (CommonFields, ThroughputCells) {
        let item = match item {
            ModelCapacity::Provisioned(item) => item,
            ModelCapacity::Deployed(model) => {
                let copies = match signals {
                    Some(ThroughputMetrics::Copies(copies)) => Some(copies),
                    _ => None,
                };
                return model.row(cx, copies, now);
            }
        };
        let quote = cx.prices.model_unit(&item.model, item.term, cx.region());
        let burn = burn(item, &quote);
        let used = tokens(item, signals);
        let price = cx.prices.tokens(&item.model, cx.region());
        let value = value(&used, &price, &burn);
        let utilization = value.as_ref().map(|value| &value.share);
        let utilization = match utilization {
            Measured::Known(share) => Measured::or_why(share.observed(), "no hour of data"),
            Measured::Unknown(why) => Measured::Unknown(why),
        };
        let mut head = cx.head(
            KIND,
            &item.id,
            &item.name,
            item.state.clone(),
            &item.tags,
            now,
        );
        head.arn = item.arn.parse::<Arn>().ok();
        head.since = item.created;
        head.service = Some(Service::Bedrock);
        head.compute = Some(Compute {
            unit: item.model.clone(),
            count: item.units,
            desired: item.desired,
        });
        let on_demand = value
            .as_ref()
            .map(|worth| Arc::new(worth.share.scaled(burn.rate().map_or(0.0, |rate| rate.0))));
        let row = row(item, &used, &value, &utilization, &burn, now);
        let floor = cx.prices.lowest_model_unit(item.term);
        let floor = floor.filter(|_| matches!(burn, HourlyCost::Unpriced(_)));
        head.burn = burn;
        head.evidence = Evidence::Units {
            units: item.units,
            utilization,
            on_demand,
            committed_until: item.ends,
            floor: floor.map(|unit| unit * f64::from(item.units)),
        };
        head.actions = actions(item, now);
        (head, row)
    }
}

fn burn(item: &ThroughputItem, quote: &Measured<Quote>) -> HourlyCost {
    match item.state.name.as_ref() {
        "Creating" => HourlyCost::Nothing(Reason::new("being created: not billed yet")),
        _ if item.state.phase == Phase::Failed => {
            HourlyCost::Nothing(Reason::new("failed: not billed"))
        }
        _ => pricing::burn(quote, f64::from(item.units)),
    }
}

/// Hourly input and output tokens. An hour without a point after creation has none.
fn tokens(
    item: &ThroughputItem,
    signals: Option<&ThroughputMetrics>,
) -> Measured<(Series, Series)> {
    let Some(ThroughputMetrics::Tokens { input, output }) = signals else {
        return Measured::pending();
    };
    let since_created = |series: &Series| series.fill_gaps_since(item.created);
    match (input, output) {
        (Measured::Known(input), Measured::Known(output)) => {
            Measured::Known((since_created(input), since_created(output)))
        }
        (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Measured::Unknown(why.clone()),
    }
}
