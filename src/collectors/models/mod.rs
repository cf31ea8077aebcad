//! The Models pane: a row for each Bedrock model and inference profile that is called on demand,
//! with its tokens and their list price.

mod columns;
mod cost;
mod inventory;
mod item;
mod mantle;
mod metrics;
mod tiers;

use self::{
    cost::ModelMetricCells,
    inventory::{ModelNames, inventory},
    item::{InvocationTarget, ModelItem},
    metrics::ModelMetrics,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        column::Column,
        context::{available, push_fault, unavailable},
        tag_cache::TagCache,
    },
};
use crate::aws::Api;
use crate::domain::{
    AvailableAction, Cadence, CommonField, CommonFields, Evidence, Measured, Operation, PaneId,
    ResourceKind, Service, SourceScope, Timestamp, Value, Visibility,
    action::{Capability, TagRoute},
    evidence::TokenUse,
    pane_id,
};
use crate::pricing::{Tier, TokenPrice, UnitItem};
use std::{sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::MODEL;

/// The pane, with its caches of names and of the tags of application profiles.
#[derive(Default)]
pub(crate) struct ModelsPane {
    names: ModelNames,
    tags: TagCache,
}

/// The pane's own cells of a row.
pub(crate) struct ModelCells {
    id: Arc<str>,
    model: Value,
    provider: Value,
    via: &'static str,
    cells: ModelMetricCells,
}

impl Pane for ModelsPane {
    type Item = ModelItem;
    type Metrics = ModelMetrics;
    type Cells = ModelCells;

    const ID: PaneId = pane_id::MODELS;
    const KINDS: &'static [ResourceKind] = &[ResourceKind::MODEL];
    const TITLE: &'static str = "Models";
    const DOC: &'static str = "Bedrock models and inference profiles called on demand: tokens, \
                               their list price, and how they grow";
    const NEEDS: &'static [Api] = &[
        Api::BedrockGetInferenceProfile,
        Api::BedrockListFoundationModels,
        Api::BedrockListInferenceProfiles,
        Api::BedrockListTagsForResource,
        Api::CloudWatchGetMetricData,
        Api::CloudWatchListMetrics,
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_mins(5),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<ModelCells>] = columns::FIELDS;
    const MONEY: &'static [CommonField] = &[CommonField::Effective];
    const OPERATIONS: &'static [Operation] = &[Operation::Tag];
    const SORT: &'static str = "burn";
    const TILE: Visibility = Visibility::Wide;
    const CHART: &'static [&'static str] = &["dollars_14d"];

    fn id(item: &ModelItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<ModelItem> {
        let mut found = inventory(&mut self.names, cx).await;
        let arns = found
            .items
            .iter()
            .filter(|item| item.via == InvocationTarget::Application)
            .filter_map(|item| item.arn.as_ref());
        let arns: Vec<Arc<str>> = arns.map(|arn| arn.as_str().into()).collect();
        for fault in self.tags.bedrock(cx, arns).await {
            push_fault(&mut found.faults, fault);
        }
        for item in found
            .items
            .iter_mut()
            .filter(|item| item.via == InvocationTarget::Application)
        {
            if let Some(arn) = &item.arn {
                item.tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    async fn metrics(&mut self, cx: &Context, items: &[ModelItem]) -> MetricReport<ModelMetrics> {
        metrics::measure(cx, items).await
    }

    fn count_unread(metrics: &ModelMetrics) -> usize {
        metrics.count_unread()
    }

    fn row(
        cx: &Context,
        item: &ModelItem,
        signals: Option<&ModelMetrics>,
        now: Timestamp,
    ) -> (CommonFields, ModelCells) {
        let price = match (&item.model, item.via) {
            (_, InvocationTarget::Imported) => {
                Measured::unknown("an imported model is billed by the minute of its copies")
            }
            (Measured::Known(model), _) => token_price(cx, item, model, now),
            (Measured::Unknown(why), _) => Measured::Unknown(why.clone()),
        };
        let at_tier = |tier| match &item.model {
            Measured::Known(model) => cx.prices.token_tier(model, cx.region(), tier),
            Measured::Unknown(why) => Measured::Unknown(why.clone()),
        };
        let pieces = match &item.model {
            Measured::Known(model) => cx.prices.pieces(model, cx.region()),
            Measured::Unknown(why) => Measured::Unknown(why.clone()),
        };
        let by_request = |piece: &&UnitItem| ["image", "query"].contains(&piece.unit.as_ref());
        let pieces = pieces.known().map_or(&[][..], Vec::as_slice);
        let piece = pieces.iter().find(by_request);
        let cost = cost::ModelCost::new(signals, &price, at_tier, piece);
        let mut head = cx.head(
            KIND,
            &item.id,
            &item.name,
            item.state.clone(),
            &item.tags,
            now,
        );
        head.arn.clone_from(&item.arn);
        head.service = Some(Service::Bedrock);
        head.burn = cost.burn();
        head.history = cost.history();
        let unit = match &item.model {
            Measured::Known(model) => cost::unit(cx, model),
            Measured::Unknown(why) => Measured::Unknown(why.clone()),
        };
        head.evidence = Evidence::Tokens(Box::new(TokenUse {
            unit,
            ..cost.evidence()
        }));
        head.actions = actions(item);
        let row = ModelCells {
            id: item.id.clone(),
            model: Value::read(&item.model, Value::Text),
            provider: Value::opt(item.provider.clone(), Value::Text),
            via: item.via.words(),
            cells: cost.cells(now),
        };
        (head, row)
    }
}

/// The price of the standard tier, or of extended access once that has begun (Bedrock User Guide,
/// "Model lifecycle": the provider sets a higher price). Without a price of extended access the
/// standard one is the least that it costs.
fn token_price(
    cx: &Context,
    item: &ModelItem,
    model: &str,
    now: Timestamp,
) -> Measured<TokenPrice> {
    let standard = cx.prices.tokens(model, cx.region());
    if item.extended_access.is_none_or(|begin| now < begin) {
        return standard;
    }
    let extended = cx
        .prices
        .token_tier(model, cx.region(), Tier::ExtendedAccess);
    if extended.known().is_some() {
        return extended;
    }
    standard.map(|price| TokenPrice {
        source: format!("{}; extended access may cost more", price.source).into(),
        estimate: true,
        ..price
    })
}

fn actions(item: &ModelItem) -> Vec<AvailableAction> {
    vec![
        unavailable(
            Operation::Stop,
            "nothing runs: who calls it must call it less",
        ),
        unavailable(
            Operation::Scale,
            "nothing runs that could be scaled: it is billed by the token",
        ),
        unavailable(
            Operation::Delete,
            "nothing runs that could be deleted: it is billed by the token",
        ),
        tag(item),
    ]
}

fn tag(item: &ModelItem) -> AvailableAction {
    match (&item.arn, item.via) {
        (Some(arn), InvocationTarget::Application) => available(
            Operation::Tag,
            Capability::Tags(TagRoute::Bedrock(arn.as_str().into())),
        ),
        _ => unavailable(
            Operation::Tag,
            "it belongs to AWS: call it through an application inference profile, which has tags",
        ),
    }
}
