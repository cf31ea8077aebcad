//! Bedrock provisioned throughput: what was bought, how much of its value is used, and whether it
//! pays.

mod columns;
mod cost;

use self::cost::{OnDemandValue, break_even_peak, mean, units_floor, value, verdict};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        context::{available, push_fault, unavailable},
        field::Field,
        tag_cache::TagCache,
    },
};
use crate::aws::Api;
use crate::domain::ops;
use crate::{
    aws::{
        convert::{
            state,
            time::{add_seconds, optional_timestamp, timestamp},
        },
        fault,
        metrics::{self, MetricQuery},
    },
    domain::{
        Arn, AvailableAction, Cadence, CommonFields, Compute, Evidence, Fault, HourlyCost,
        Measured, Operation, PaneId, Phase, Reason, ResourceKind, Series, Service, SourceScope,
        State, Tags, Timestamp, Usd, UsdPerHour, Value,
        action::{ApiCall, Capability, TagRoute},
        pane_id,
        time::series::SeriesSummary,
    },
    pricing::{self, Quote, Term},
};
use aws_sdk_bedrock::types::{CommitmentDuration, ProvisionedModelSummary};
use std::{sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::PROVISIONED_THROUGHPUT;
/// Seconds a point covers, and hours looked back on.
const PERIOD: u32 = 3600;
const HOURS: i64 = 7 * 24;

/// The pane, and what it remembers: tags.
#[derive(Default)]
pub(crate) struct ThroughputPane {
    tags: TagCache,
}

/// Provisioned throughput as Bedrock lists it.
#[derive(Clone, Debug)]
pub(crate) struct ThroughputItem {
    id: Arc<str>,
    name: Arc<str>,
    arn: Arc<str>,
    model: Arc<str>,
    /// ARN of what serves: the foundation model's, or that of a custom model.
    serves: Arc<str>,
    units: u32,
    desired: u32,
    state: State,
    term: Term,
    ends: Option<Timestamp>,
    created: Option<Timestamp>,
    tags: Measured<Tags>,
    /// ARNs of the account's custom models of the same base.
    others: Vec<Arc<str>>,
}

/// Tokens by the hour.
#[derive(Clone, Debug)]
pub(crate) struct ThroughputMetrics {
    input: Measured<Series>,
    output: Measured<Series>,
}

/// What is shown.
pub(crate) struct ThroughputRow {
    model: Arc<str>,
    units: Value,
    term: &'static str,
    ends: Value,
    p50: Value,
    p75: Value,
    p95: Value,
    spark: Value,
    tpm: Value,
    effective: Value,
    on_demand: Value,
    break_even: Value,
    even_share: Value,
    floor: Value,
    verdict: Value,
}

impl Pane for ThroughputPane {
    type Item = ThroughputItem;
    type Metrics = ThroughputMetrics;
    type Row = ThroughputRow;

    const ID: PaneId = pane_id::THROUGHPUT;
    const TITLE: &'static str = "Throughput";
    const DOC: &'static str =
        "Bedrock provisioned throughput, against what the same tokens would cost on demand";
    const NEEDS: &'static [Api] = &[
        Api::BedrockListCustomModels,
        Api::BedrockListProvisionedModelThroughputs,
        Api::BedrockListTagsForResource,
        Api::CloudWatchGetMetricData,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(30),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Field<ThroughputRow>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] =
        &[Operation::SwapModel, Operation::Delete, Operation::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &ThroughputItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<ThroughputItem> {
        let mut pages = cx
            .session
            .bedrock
            .list_provisioned_model_throughputs()
            .into_paginator()
            .send();
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => items.extend(page.provisioned_model_summaries().iter().map(item)),
                Err(error) => {
                    faults.push(fault::from_sdk(
                        Api::BedrockListProvisionedModelThroughputs,
                        &error,
                    ));
                    break;
                }
            }
        }
        let complete = faults.is_empty();
        if let Some(fault) = custom_models(cx, &mut items).await {
            push_fault(&mut faults, fault);
        }
        for fault in self
            .tags
            .bedrock(cx, items.iter().map(|item| item.arn.clone()).collect())
            .await
        {
            push_fault(&mut faults, fault);
        }
        for item in &mut items {
            item.tags = self.tags.of(&item.arn);
        }
        Listing {
            items,
            complete,
            faults,
        }
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[ThroughputItem],
    ) -> MetricReport<ThroughputMetrics> {
        let of = |item: &ThroughputItem| {
            let dims = [("ModelId", item.arn.as_ref())];
            ["InputTokenCount", "OutputTokenCount"]
                .map(|metric| MetricQuery::new("AWS/Bedrock", metric, &dims, "Sum", PERIOD))
        };
        let queries: Vec<MetricQuery> = items.iter().flat_map(of).collect();
        let now = cx.clock.now();
        let read =
            metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now).await;
        let mut series = read.series.into_iter();
        let signals = items
            .iter()
            .filter_map(|item| {
                Some((
                    item.id.clone(),
                    ThroughputMetrics {
                        input: series.next()?,
                        output: series.next()?,
                    },
                ))
            })
            .collect();
        MetricReport {
            signals,
            faults: read.faults,
        }
    }

    fn row(
        cx: &Context,
        item: &ThroughputItem,
        signals: Option<&ThroughputMetrics>,
        now: Timestamp,
    ) -> (CommonFields, ThroughputRow) {
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
        let row = row(item, &used, &value, &utilization, &burn);
        head.burn = burn;
        head.evidence = Evidence::Units {
            units: item.units,
            utilization,
            on_demand,
            committed_until: item.ends,
        };
        head.actions = vec![
            available(
                Operation::Tag,
                Capability::Tags(TagRoute::Bedrock(item.arn.clone())),
            ),
            unavailable(
                Operation::Scale,
                "AWS cannot change the units of a purchase: delete it and buy again",
            ),
            unavailable(
                Operation::Stop,
                "it cannot be stopped, only deleted when its commitment allows",
            ),
            delete(item, now),
            swap(item),
        ];
        (head, row)
    }
}

/// Only custom models are exchanged, one for another of the same base.
fn swap(item: &ThroughputItem) -> AvailableAction {
    if !is_custom(&item.serves) {
        return unavailable(
            Operation::SwapModel,
            "it serves a foundation model: AWS exchanges custom models only",
        );
    }
    if item.state.phase != Phase::Running {
        return unavailable(Operation::SwapModel, format!("it is {}", item.state.name));
    }
    let known = item
        .others
        .iter()
        .filter(|model| **model != item.serves)
        .cloned()
        .collect();
    available(
        Operation::SwapModel,
        Capability::Model {
            arn: item.arn.clone(),
            now: item.serves.clone(),
            known,
        },
    )
}

fn is_custom(arn: &str) -> bool {
    arn.contains(":custom-model/")
}

/// The custom models that could take another's place: asked for only where units serve one.
async fn custom_models(cx: &Context, items: &mut [ThroughputItem]) -> Option<Fault> {
    if !items.iter().any(|item| is_custom(&item.serves)) {
        return None;
    }
    let mut pages = cx
        .session
        .bedrock
        .list_custom_models()
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => return Some(fault::from_sdk(Api::BedrockListCustomModels, &error)),
        };
        for model in page.model_summaries() {
            let base = model
                .base_model_arn()
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let fits = |item: &&mut ThroughputItem| {
                is_custom(&item.serves) && same_base(&item.model, base)
            };
            items
                .iter_mut()
                .filter(fits)
                .for_each(|item| item.others.push(model.model_arn().into()));
        }
    }
    None
}

/// `amazon.titan-text-lite-v1` and `amazon.titan-text-lite-v1:0:4k` are of one base.
fn same_base(a: &str, b: &str) -> bool {
    a.split(':').next() == b.split(':').next()
}

/// What was bought by the hour may go at any time; what was committed to only when the term ends.
fn delete(item: &ThroughputItem, now: Timestamp) -> AvailableAction {
    match item.ends {
        _ if item.state.phase == Phase::Changing => {
            unavailable(Operation::Delete, format!("it is {}", item.state.name))
        }
        Some(end) if end > now => unavailable(
            Operation::Delete,
            format!(
                "committed until {}: AWS refuses before",
                end.strftime("%Y-%m-%d %H:%M UTC")
            ),
        ),
        _ if item.term != Term::NoCommitment && item.ends.is_none() => unavailable(
            Operation::Delete,
            "committed, and AWS does not say until when",
        ),
        _ => available(
            Operation::Delete,
            Capability::Ready(ApiCall::Delete(ops::delete::Call::Throughput(
                item.arn.clone(),
            ))),
        ),
    }
}

fn item(summary: &ProvisionedModelSummary) -> ThroughputItem {
    let arn: Arc<str> = summary.provisioned_model_arn().into();
    let id: Arc<str> = arn.rsplit('/').next().unwrap_or(&arn).into();
    let model = summary.foundation_model_arn();
    let (term, committed) = match summary
        .commitment_duration()
        .map(CommitmentDuration::as_str)
    {
        Some("OneMonth") => (Term::OneMonth, true),
        Some("SixMonths") => (Term::SixMonths, true),
        _ => (Term::NoCommitment, false),
    };
    ThroughputItem {
        name: match summary.provisioned_model_name() {
            "" => id.clone(),
            name => name.into(),
        },
        model: model.rsplit('/').next().unwrap_or(model).into(),
        serves: summary.model_arn().into(),
        units: u32::try_from(summary.model_units()).unwrap_or(0),
        desired: u32::try_from(summary.desired_model_units()).unwrap_or(0),
        state: state::throughput(summary.status().as_str()),
        term,
        ends: optional_timestamp(summary.commitment_expiration_time()).filter(|_| committed),
        created: timestamp(summary.creation_time()),
        tags: Measured::unknown("tags not read yet"),
        others: Vec::new(),
        arn,
        id,
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

/// Input and output tokens by the hour. An hour without a point had no token, once the units were
/// there.
fn tokens(
    item: &ThroughputItem,
    signals: Option<&ThroughputMetrics>,
) -> Measured<(Series, Series)> {
    let Some(signals) = signals else {
        return Measured::unknown("not measured yet");
    };
    let since_created = |series: &Series| {
        let filled = series.points.iter().enumerate().map(|(place, point)| {
            let lived = item
                .created
                .is_none_or(|created| series.at(place) >= created);
            point.or_else(|| lived.then_some(0.0))
        });
        Series {
            points: filled.collect(),
            ..*series
        }
    };
    match (&signals.input, &signals.output) {
        (Measured::Known(input), Measured::Known(output)) => {
            Measured::Known((since_created(input), since_created(output)))
        }
        (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Measured::Unknown(why.clone()),
    }
}

fn row(
    item: &ThroughputItem,
    used: &Measured<(Series, Series)>,
    value: &Measured<OnDemandValue>,
    utilization: &Measured<SeriesSummary>,
    burn: &HourlyCost,
) -> ThroughputRow {
    let per_hour = used
        .as_ref()
        .map(|(input, output)| mean(input) + mean(output));
    let share = |get: fn(&SeriesSummary) -> f64| {
        Value::read(utilization, |seen| Value::Percent(get(&seen)))
    };
    let rate = burn
        .rate()
        .filter(|_| matches!(burn, HourlyCost::Priced { .. }));
    let per_1k = |rate: Option<UsdPerHour>, tokens: f64| match rate {
        Some(rate) if tokens > 0.0 => Value::Usd(Usd(rate.0 / tokens * 1000.0)),
        Some(_) => Value::Unknown(Reason::new("no token in 7 days")),
        None => burn.value(),
    };
    ThroughputRow {
        model: item.model.clone(),
        units: Value::Moving {
            now: item.units,
            to: item.desired,
        },
        term: item.term.words(),
        ends: Value::opt(item.ends, Value::Moment),
        p50: share(|seen| seen.p50),
        p75: match value {
            Measured::Known(worth) => Value::opt(worth.share.rank(0.75), Value::Percent),
            Measured::Unknown(why) => Value::Unknown(why.clone()),
        },
        p95: share(|seen| seen.p95),
        spark: match value {
            Measured::Known(worth) => Value::Series(Arc::new(worth.share.tail(24))),
            Measured::Unknown(why) => Value::Unknown(why.clone()),
        },
        tpm: Value::read(
            &used
                .as_ref()
                .map(|(input, output)| (mean(&input.tail(24)) + mean(&output.tail(24))) / 60.0),
            Value::Number,
        ),
        effective: Value::read(&per_hour, |tokens| per_1k(rate, tokens)),
        on_demand: match (value, &per_hour) {
            (Measured::Known(worth), Measured::Known(tokens)) => {
                per_1k(Some(worth.on_demand), *tokens)
            }
            (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => {
                Value::Unknown(why.clone())
            }
        },
        break_even: match (value, &per_hour, rate) {
            (Measured::Known(worth), Measured::Known(tokens), Some(rate))
                if worth.on_demand.0 > 0.0 =>
            {
                Value::Number(tokens / 60.0 * rate.0 / worth.on_demand.0)
            }
            (Measured::Unknown(why), ..) => Value::Unknown(why.clone()),
            _ => Value::Unknown(Reason::new("no token in 7 days")),
        },
        even_share: Value::read(utilization, |seen| match break_even_peak(seen.max) {
            Some(share) => Value::Percent(share),
            None => Value::Unknown(Reason::new("no token in 7 days")),
        }),
        floor: Value::read(utilization, |seen| {
            Value::Count(units_floor(seen.p50, item.units).into())
        }),
        verdict: match (value, rate) {
            (Measured::Known(worth), Some(rate)) => {
                Value::text(verdict(rate, worth.on_demand, item.ends))
            }
            (Measured::Unknown(why), _) => Value::Unknown(why.clone()),
            (_, None) => burn.value(),
        },
    }
}
