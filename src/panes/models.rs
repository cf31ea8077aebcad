//! Bedrock on demand: what each model and inference profile is asked, what its tokens cost, and how
//! that moves.
//!
//! Must not know how models are found (`models_collect`), measured (`models_signals`) and priced
//! (`models_cost`).

use super::{
    Context, Inventory, Measured, Pane,
    context::{note, offered, refused},
    field::Field,
    models_collect::{Names, inventory},
    models_cost::{self, Cells},
    models_signals::{self, Signals},
    tagbook::Tagbook,
};
use crate::{
    domain::{
        Arn, Cadence, Evidence, Head, HeadField, Kind, Reading, Scope, Service, Show, Stamp, State,
        Tags, Value, Verb, Why,
        evidence::Tokens,
        verb::{Offer, TagRoute},
    },
    pricing::Tier,
};
use std::{sync::Arc, time::Duration};

const KIND: Kind = Kind("model");

/// The pane, and what it remembers: names, and tags of application profiles.
#[derive(Default)]
pub(crate) struct This {
    names: Names,
    tags: Tagbook,
}

/// A model or profile that was called lately.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// As CloudWatch has it: what the callers name.
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// The id whose price list it has; unknown for what is not in Bedrock's lists of models and
    /// profiles.
    pub model: Reading<Arc<str>>,
    pub provider: Option<Arc<str>>,
    pub via: Via,
    /// Tiers besides the standard one that it was called at.
    pub tiers: Vec<Tier>,
    pub arn: Option<Arn>,
    pub state: State,
    pub tags: Reading<Tags>,
}

/// What the callers name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// The model itself.
    Model,
    /// A cross-region inference profile of AWS.
    Profile,
    /// An application inference profile of the account.
    Application,
    /// An imported model.
    Imported,
}

impl Via {
    fn words(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Profile => "profile",
            Self::Application => "app profile",
            Self::Imported => "imported",
        }
    }
}

/// What is shown.
pub(crate) struct Row {
    id: Arc<str>,
    model: Value,
    provider: Value,
    via: &'static str,
    cells: Cells,
}

impl Pane for This {
    type Item = Item;
    type Signals = Signals;
    type Row = Row;

    const ID: &'static str = "models";
    const TITLE: &'static str = "Models";
    const DOC: &'static str = "Bedrock models and inference profiles called on demand: tokens, their list price, and how they grow";
    const NEEDS: &'static [&'static str] = &[
        "bedrock:GetInferenceProfile",
        "bedrock:ListFoundationModels",
        "bedrock:ListInferenceProfiles",
        "bedrock:ListTagsForResource",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_mins(5),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: Scope = Scope::Region;
    const FIELDS: &'static [Field<Row>] = &[
        Field::name(16),
        Field::text(
            "via",
            "via",
            8,
            Show::Wide,
            "what callers name: the model, AWS's cross-region profile, or an app profile",
            |row| Value::text(row.via),
        ),
        Field::number(
            "requests",
            "req/m",
            6,
            Show::Always,
            "requests per minute, last full hour",
            |row| row.cells.requests.clone(),
        ),
        Field::number(
            "input",
            "in/m",
            6,
            Show::Always,
            "input tokens per minute, cached ones not counted, last full hour",
            |row| row.cells.input.clone(),
        ),
        Field::number(
            "output",
            "out/m",
            6,
            Show::Medium,
            "output tokens per minute, last full hour",
            |row| row.cells.output.clone(),
        ),
        Field::number(
            "cached",
            "cache",
            5,
            Show::Always,
            "input tokens read from the prompt cache over all input tokens, last day",
            |row| row.cells.cached.clone(),
        ),
        Field::text(
            "dollars_24h",
            "$ 24h",
            12,
            Show::Medium,
            "list dollars of each hour of a day",
            |row| row.cells.day.clone(),
        ),
        Field::burn(),
        Field::number(
            "today",
            "today",
            7,
            Show::Always,
            "list dollars of its tokens since midnight UTC, to the last full hour",
            |row| row.cells.today.clone(),
        ),
        Field::number(
            "month",
            "month",
            7,
            Show::Medium,
            "list dollars of its tokens since the first of the month, UTC",
            |row| row.cells.month.clone(),
        ),
        Field::number(
            "week",
            "wk/wk",
            6,
            Show::Always,
            "dollars of the last 7 days over those of the 7 before, less one; fraction",
            |row| row.cells.week.clone(),
        ),
        Field::number(
            "throttles",
            "thrtl",
            5,
            Show::Medium,
            "requests refused for lack of quota, last day",
            |row| row.cells.throttles.clone(),
        ),
        Field::number(
            "per_1k",
            "$/1K",
            7,
            Show::Wide,
            "list dollars per 1,000 tokens of its mix, last day",
            |row| row.cells.per_1k.clone(),
        ),
        Field::number(
            "latency",
            "lat",
            5,
            Show::Wide,
            "mean latency of a request, last full hour with one, seconds",
            |row| row.cells.latency.clone(),
        ),
        Field::waste(Show::Detail),
        Field::region(Show::Medium),
        Field::text(
            "model",
            "model",
            28,
            Show::Detail,
            "model id that its price is of",
            |row| row.model.clone(),
        ),
        Field::text(
            "model_id",
            "called",
            28,
            Show::Detail,
            "the id that callers name",
            |row| Value::Text(row.id.clone()),
        ),
        Field::text(
            "provider",
            "provider",
            10,
            Show::Detail,
            "who made the model",
            |row| row.provider.clone(),
        ),
        Field::number(
            "tokens_24h",
            "tok 24h",
            7,
            Show::Detail,
            "tokens of the last day, all kinds",
            |row| row.cells.tokens.clone(),
        ),
        Field::text(
            "dollars_14d",
            "$ 14d",
            12,
            Show::Detail,
            "list dollars of each hour of 14 days",
            |row| row.cells.fortnight.clone(),
        ),
        Field::state(8, Show::Detail),
        Field::owner(10, Show::Detail),
    ];
    const MONEY: &'static [HeadField] = &[HeadField::Effective];
    const VERBS: &'static [Verb] = &[Verb::Tag];
    const SORT: &'static str = "burn";
    const CHART: &'static [&'static str] = &["dollars_14d"];

    fn id(item: &Item) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let mut found = inventory(&mut self.names, cx).await;
        let arns = found
            .items
            .iter()
            .filter(|item| item.via == Via::Application)
            .filter_map(|item| item.arn.as_ref());
        let arns: Vec<Arc<str>> = arns.map(|arn| arn.as_str().into()).collect();
        for fault in self.tags.bedrock(cx, arns).await {
            note(&mut found.faults, fault);
        }
        for item in found
            .items
            .iter_mut()
            .filter(|item| item.via == Via::Application)
        {
            if let Some(arn) = &item.arn {
                item.tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    async fn metrics(&mut self, cx: &Context, items: &[Item]) -> Measured<Signals> {
        models_signals::measure(cx, items).await
    }

    fn row(cx: &Context, item: &Item, signals: Option<&Signals>, now: Stamp) -> (Head, Row) {
        let price = match (&item.model, item.via) {
            (_, Via::Imported) => {
                Reading::unknown("an imported model is billed by the minute of its copies")
            }
            (Reading::Known(model), _) => cx.prices.tokens(model, cx.region()),
            (Reading::Unknown(why), _) => Reading::Unknown(why.clone()),
        };
        let at_tier = |tier| match &item.model {
            Reading::Known(model) => cx.prices.token_tier(model, cx.region(), tier),
            Reading::Unknown(why) => Reading::Unknown(why.clone()),
        };
        let cost = models_cost::Cost::new(signals, &price, at_tier);
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
        let unit = match &item.model {
            Reading::Known(model) => models_cost::unit(cx, model),
            Reading::Unknown(why) => Reading::Unknown(why.clone()),
        };
        head.evidence = Evidence::Tokens(Box::new(Tokens {
            unit,
            ..cost.evidence()
        }));
        head.offers = vec![
            refused(Verb::Stop, "nothing runs: who calls it must call it less"),
            refused(
                Verb::Scale,
                "nothing runs that could be scaled: it is billed by the token",
            ),
            refused(
                Verb::Delete,
                "nothing runs that could be deleted: it is billed by the token",
            ),
            tag(item),
        ];
        let row = Row {
            id: item.id.clone(),
            model: Value::read(&item.model, Value::Text),
            provider: Value::opt(item.provider.clone(), Value::Text),
            via: item.via.words(),
            cells: cost.cells(now),
        };
        (head, row)
    }
}

fn tag(item: &Item) -> crate::domain::Offered {
    match (&item.arn, item.via) {
        (Some(arn), Via::Application) => offered(
            Verb::Tag,
            Offer::Tag(TagRoute::Bedrock(arn.as_str().into())),
        ),
        _ => refused(
            Verb::Tag,
            "it belongs to AWS: call it through an application inference profile, which has tags",
        ),
    }
}

/// Why `item` has no tags to read.
pub(super) fn untaggable() -> Reading<Tags> {
    Reading::Unknown(Why::new("it belongs to AWS and has no tags"))
}
