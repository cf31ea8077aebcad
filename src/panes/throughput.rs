//! Bedrock provisioned throughput: what was bought, how much of its value is used, and whether it pays.
//!
//! # Value utilisation
//!
//! AWS does not publish how many tokens a model unit carries, so the share of *capacity* used cannot be known. What can be is the
//! share of *value* used: what the tokens of an hour would have cost on demand over what the units cost in that hour. At 1 the
//! purchase breaks even; under 1 the difference is the waste. It needs both prices; without one it is unknown.
//!
//! Must not know the screen.

use super::{
    Context, Inventory, Measured, Pane,
    context::{note, offered, refused},
    field::Field,
    tagbook::Tagbook,
};
use crate::{
    aws::{
        fault,
        meters::{self, Query},
        stamps::{shifted, stamp, stamped},
        states,
    },
    domain::{
        Arn, Burn, Cadence, Compute, Evidence, Head, Kind, Phase, Reading, Scope, Series, Show, Stamp, State, Tags, Usd, UsdPerHour, Value,
        Verb, Why,
        series::Observed,
        verb::{Offer, TagRoute},
    },
    pricing::{self, Quote, Term, TokenPrice},
};
use aws_sdk_bedrock::types::ProvisionedModelSummary;
use std::{sync::Arc, time::Duration};

const KIND: Kind = Kind("provisioned-throughput");
/// Seconds a point covers, and hours looked back on.
const PERIOD: u32 = 3600;
const HOURS: i64 = 7 * 24;

/// The pane, and what it remembers: tags.
#[derive(Default)]
pub(crate) struct This {
    tags: Tagbook,
}

/// Provisioned throughput as Bedrock lists it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    id: Arc<str>,
    name: Arc<str>,
    arn: Arc<str>,
    model: Arc<str>,
    units: u32,
    desired: u32,
    state: State,
    term: Term,
    ends: Option<Stamp>,
    created: Option<Stamp>,
    tags: Reading<Tags>,
}

/// Tokens by the hour.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    input: Reading<Series>,
    output: Reading<Series>,
}

/// What is shown.
pub(crate) struct Row {
    model: Arc<str>,
    units: Value,
    term: &'static str,
    ends: Value,
    p50: Value,
    p95: Value,
    spark: Value,
    tpm: Value,
    effective: Value,
    on_demand: Value,
    break_even: Value,
    verdict: Value,
}

impl Pane for This {
    type Item = Item;
    type Signals = Signals;
    type Row = Row;

    const ID: &'static str = "throughput";
    const TITLE: &'static str = "Throughput";
    const DOC: &'static str = "Bedrock provisioned throughput, against what the same tokens would cost on demand";
    const NEEDS: &'static [&'static str] =
        &["bedrock:ListProvisionedModelThroughputs", "bedrock:ListTagsForResource", "cloudwatch:GetMetricData"];
    const CADENCE: Cadence = Cadence { inventory: Duration::from_secs(30), metrics: Duration::from_secs(300) };
    const SCOPE: Scope = Scope::Region;
    const FIELDS: &'static [Field<Row>] = &[
        Field::name(12),
        Field::text("model", "model", 20, Show::Medium, "model id", |row| Value::Text(row.model.clone())),
        Field::number("units", "MU", 4, Show::Always, "model units: bought, and asked for", |row| row.units.clone()),
        Field::text("commitment", "term", 8, Show::Wide, "commitment: none, 1 month, 6 months", |row| Value::text(row.term)),
        Field::text("ends", "ends", 16, Show::Wide, "end of the commitment; it renews itself", |row| row.ends.clone()),
        Field::state(9, Show::Medium),
        Field::number(
            "util_p50",
            "p50",
            4,
            Show::Always,
            "value utilisation: on-demand dollars of its tokens over its price, median hour of 7 days, fraction",
            |row| row.p50.clone(),
        ),
        Field::number("util_p95", "p95", 4, Show::Always, "the same, 95th percentile", |row| row.p95.clone()),
        Field::text("util_24h", "24h", 12, Show::Wide, "value utilisation by the hour, a day", |row| row.spark.clone()),
        Field::number("tokens_per_minute", "tok/m", 6, Show::Medium, "input and output tokens per minute, mean of a day", |row| {
            row.tpm.clone()
        }),
        Field::number("effective_per_1k", "$/1K", 6, Show::Medium, "dollars per 1,000 tokens really paid, mean of 7 days", |row| {
            row.effective.clone()
        }),
        Field::number("on_demand_per_1k", "od/1K", 6, Show::Wide, "dollars per 1,000 tokens of the same mix on demand", |row| {
            row.on_demand.clone()
        }),
        Field::number("break_even", "even", 6, Show::Wide, "tokens per minute of this mix from which it pays", |row| {
            row.break_even.clone()
        }),
        Field::burn(),
        Field::waste(Show::Always),
        Field::text("verdict", "verdict", 24, Show::Always, "whether it pays, in words", |row| row.verdict.clone()),
        Field::age(Show::Medium),
        Field::owner(10, Show::Medium),
        Field::region(Show::Wide),
        Field::account(),
        Field::id(),
        Field::arn(),
        Field::kind(),
        Field::tags(),
    ];
    const VERBS: &'static [Verb] = &[Verb::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &Item) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let mut pages = cx.session.bedrock.list_provisioned_model_throughputs().into_paginator().send();
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => items.extend(page.provisioned_model_summaries().iter().map(item)),
                Err(error) => {
                    faults.push(fault::from_sdk("bedrock:ListProvisionedModelThroughputs", &error));
                    break;
                }
            }
        }
        let complete = faults.is_empty();
        for fault in self.tags.bedrock(cx, items.iter().map(|item| item.arn.clone()).collect()).await {
            note(&mut faults, fault);
        }
        for item in &mut items {
            item.tags = self.tags.of(&item.arn);
        }
        Inventory { items, complete, faults }
    }

    async fn metrics(&mut self, cx: &Context, items: &[Item]) -> Measured<Signals> {
        let of = |item: &Item| {
            let dims = [("ModelId", item.arn.as_ref())];
            ["InputTokenCount", "OutputTokenCount"].map(|metric| Query::new("AWS/Bedrock", metric, &dims, "Sum", PERIOD))
        };
        let queries: Vec<Query> = items.iter().flat_map(of).collect();
        let now = cx.clock.now();
        let read = meters::fetch(&cx.session, &queries, shifted(now, -HOURS * 3600), now).await;
        let mut series = read.series.into_iter();
        let signals =
            items.iter().filter_map(|item| Some((item.id.clone(), Signals { input: series.next()?, output: series.next()? }))).collect();
        Measured { signals, faults: read.faults }
    }

    fn row(cx: &Context, item: &Item, signals: Option<&Signals>, now: Stamp) -> (Head, Row) {
        let quote = cx.prices.model_unit(&item.model, item.term, cx.region());
        let burn = burn(item, &quote);
        let used = tokens(item, signals);
        let price = cx.prices.tokens(&item.model, cx.region());
        let value = value(&used, &price, &burn);
        let utilization = value.as_ref().map(|value| &value.share);
        let utilization = match utilization {
            Reading::Known(share) => Reading::or_why(share.observed(), "no hour of data"),
            Reading::Unknown(why) => Reading::Unknown(why),
        };
        let mut head = cx.head(KIND, &item.id, &item.name, item.state.clone(), &item.tags, now);
        head.arn = item.arn.parse::<Arn>().ok();
        head.since = item.created;
        head.compute = Some(Compute { unit: item.model.clone(), count: item.units, desired: item.desired });
        let row = row(item, &used, &value, &utilization, &burn);
        head.burn = burn;
        head.evidence = Evidence::Units { units: item.units, utilization, committed_until: item.ends };
        head.offers = vec![
            offered(Verb::Tag, Offer::Tag(TagRoute::Bedrock(item.arn.clone()))),
            refused(Verb::Scale, "AWS cannot change the units of a purchase: delete it and buy again"),
            refused(Verb::Stop, "it cannot be stopped, only deleted when its commitment allows"),
        ];
        (head, row)
    }
}

fn item(summary: &ProvisionedModelSummary) -> Item {
    let arn: Arc<str> = summary.provisioned_model_arn().into();
    let id: Arc<str> = arn.rsplit('/').next().unwrap_or(&arn).into();
    let model = summary.foundation_model_arn();
    let (term, committed) = match summary.commitment_duration().map(|duration| duration.as_str()) {
        Some("OneMonth") => (Term::OneMonth, true),
        Some("SixMonths") => (Term::SixMonths, true),
        _ => (Term::NoCommitment, false),
    };
    Item {
        name: match summary.provisioned_model_name() {
            "" => id.clone(),
            name => name.into(),
        },
        model: model.rsplit('/').next().unwrap_or(model).into(),
        units: u32::try_from(summary.model_units()).unwrap_or(0),
        desired: u32::try_from(summary.desired_model_units()).unwrap_or(0),
        state: states::throughput(summary.status().as_str()),
        term,
        ends: stamped(summary.commitment_expiration_time()).filter(|_| committed),
        created: stamp(summary.creation_time()),
        tags: Reading::unknown("tags not read yet"),
        arn,
        id,
    }
}

fn burn(item: &Item, quote: &Reading<Quote>) -> Burn {
    match item.state.name.as_ref() {
        "Creating" => Burn::Nothing(Why::new("being created: not billed yet")),
        _ if item.state.phase == Phase::Failed => Burn::Nothing(Why::new("failed: not billed")),
        _ => pricing::burn(quote, f64::from(item.units)),
    }
}

/// Input and output tokens by the hour. An hour without a point had no token, once the units were there.
fn tokens(item: &Item, signals: Option<&Signals>) -> Reading<(Series, Series)> {
    let Some(signals) = signals else { return Reading::unknown("not measured yet") };
    let since_created = |series: &Series| {
        let filled = series.points.iter().enumerate().map(|(place, point)| {
            let lived = item.created.is_none_or(|created| series.at(place) >= created);
            point.or_else(|| lived.then_some(0.0))
        });
        Series { points: filled.collect(), ..*series }
    };
    match (&signals.input, &signals.output) {
        (Reading::Known(input), Reading::Known(output)) => Reading::Known((since_created(input), since_created(output))),
        (Reading::Unknown(why), _) | (_, Reading::Unknown(why)) => Reading::Unknown(why.clone()),
    }
}

/// What the tokens would have cost on demand.
struct Worth {
    /// By the hour, over what the units cost in that hour.
    share: Series,
    /// Mean dollars per hour.
    on_demand: UsdPerHour,
}

/// See the head of this file.
fn value(used: &Reading<(Series, Series)>, price: &Reading<TokenPrice>, burn: &Burn) -> Reading<Worth> {
    let (input, output) = match used {
        Reading::Known(used) => used,
        Reading::Unknown(why) => return Reading::Unknown(why.clone()),
    };
    let price = match price {
        Reading::Known(price) => price,
        Reading::Unknown(why) => return Reading::Unknown(why.clone()),
    };
    let rate = match burn {
        Burn::Priced { .. } => burn.rate().map_or(0.0, |rate| rate.0),
        Burn::Nothing(why) | Burn::Unpriced(why) => return Reading::Unknown(why.clone()),
    };
    if rate <= 0.0 {
        return Reading::unknown("its price is zero");
    }
    let out = price.output.map_or(0.0, |output| output.0);
    let dollars = input.points.iter().zip(&output.points).map(|pair| match pair {
        (None, None) => None,
        (input, output) => Some((input.unwrap_or(0.0) * price.input.0 + output.unwrap_or(0.0) * out) / 1000.0),
    });
    let dollars = Series { points: dollars.collect(), ..*input };
    let Some(seen) = dollars.observed() else { return Reading::unknown("no whole hour yet") };
    Reading::Known(Worth { share: dollars.scaled(1.0 / rate), on_demand: UsdPerHour(seen.mean) })
}

fn row(item: &Item, used: &Reading<(Series, Series)>, value: &Reading<Worth>, utilization: &Reading<Observed>, burn: &Burn) -> Row {
    let per_hour = used.as_ref().map(|(input, output)| mean(input) + mean(output));
    let share = |get: fn(&Observed) -> f64| Value::read(utilization, |seen| Value::Percent(get(&seen)));
    let rate = burn.rate().filter(|_| matches!(burn, Burn::Priced { .. }));
    let per_1k = |rate: Option<UsdPerHour>, tokens: f64| match rate {
        Some(rate) if tokens > 0.0 => Value::Usd(Usd(rate.0 / tokens * 1000.0)),
        Some(_) => Value::Unknown(Why::new("no token in 7 days")),
        None => burn.value(),
    };
    Row {
        model: item.model.clone(),
        units: Value::Moving { now: item.units, to: item.desired },
        term: item.term.words(),
        ends: Value::opt(item.ends, Value::Moment),
        p50: share(|seen| seen.p50),
        p95: share(|seen| seen.p95),
        spark: match value {
            Reading::Known(worth) => Value::Series(Arc::new(worth.share.tail(24))),
            Reading::Unknown(why) => Value::Unknown(why.clone()),
        },
        tpm: Value::read(&used.as_ref().map(|(input, output)| (mean(&input.tail(24)) + mean(&output.tail(24))) / 60.0), Value::Number),
        effective: Value::read(&per_hour, |tokens| per_1k(rate, tokens)),
        on_demand: match (value, &per_hour) {
            (Reading::Known(worth), Reading::Known(tokens)) => per_1k(Some(worth.on_demand), *tokens),
            (Reading::Unknown(why), _) | (_, Reading::Unknown(why)) => Value::Unknown(why.clone()),
        },
        break_even: match (value, &per_hour, rate) {
            (Reading::Known(worth), Reading::Known(tokens), Some(rate)) if worth.on_demand.0 > 0.0 => {
                Value::Number(tokens / 60.0 * rate.0 / worth.on_demand.0)
            }
            (Reading::Unknown(why), ..) => Value::Unknown(why.clone()),
            _ => Value::Unknown(Why::new("no token in 7 days")),
        },
        verdict: match (value, rate) {
            (Reading::Known(worth), Some(rate)) => Value::text(verdict(rate, worth.on_demand, item.ends)),
            (Reading::Unknown(why), _) => Value::Unknown(why.clone()),
            (_, None) => burn.value(),
        },
    }
}

fn mean(series: &Series) -> f64 {
    series.observed().map_or(0.0, |seen| seen.mean)
}

/// Whether `rate` pays for what would cost `on_demand`.
fn verdict(rate: UsdPerHour, on_demand: UsdPerHour, ends: Option<Stamp>) -> String {
    let until = ends.map_or_else(String::new, |end| format!("; bound to {}", end.strftime("%b %-d")));
    if on_demand.0 <= 0.0 {
        format!("unused: {rate} for nothing{until}")
    } else if on_demand < rate {
        format!("on demand: {on_demand} not {rate}{until}")
    } else {
        format!("pays: on demand {on_demand}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(points: &[f64]) -> Series {
        Series { start: Stamp::UNIX_EPOCH, step: PERIOD, points: points.iter().map(|point| Some(*point)).collect() }
    }

    #[test]
    fn value_used_is_on_demand_dollars_over_dollars_paid() {
        let price = TokenPrice {
            input: Usd(0.003),
            output: Some(Usd(0.015)),
            cache_read: None,
            cache_write: None,
            source: "test".into(),
            estimate: false,
        };
        let burn = Burn::Priced { unit: UsdPerHour(30.0), quantity: 2.0, source: "test".into(), estimate: false };
        // 5,000,000 in x $0.003/1K + 1,000,000 out x $0.015/1K = $30 of $60; then nothing.
        let used = Reading::Known((hours(&[5e6, 0.0]), hours(&[1e6, 0.0])));
        let worth = value(&used, &Reading::Known(price.clone()), &burn);
        let worth = worth.known().unwrap();
        assert_eq!(worth.share.points, [Some(0.5), Some(0.0)]);
        assert_eq!(worth.on_demand, UsdPerHour(15.0));
        assert!(value(&used, &Reading::unknown("no price"), &burn).known().is_none());
        assert!(value(&used, &Reading::Known(price), &Burn::Unpriced(Why::new("no price"))).known().is_none());
    }

    #[test]
    fn the_verdict_is_in_dollars() {
        let end = Some("2027-01-14T00:00:00Z".parse().unwrap());
        assert_eq!(verdict(UsdPerHour(39.0), UsdPerHour(11.0), end), "on demand: $11/h not $39/h; bound to Jan 14");
        assert_eq!(verdict(UsdPerHour(39.0), UsdPerHour(0.0), None), "unused: $39/h for nothing");
        assert_eq!(verdict(UsdPerHour(39.0), UsdPerHour(50.0), None), "pays: on demand $50/h");
    }
}
