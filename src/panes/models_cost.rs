//! Tokens by the hour and what they cost at list, for each model called on demand.
//!
//! # Formulas
//!
//! Dollars of an hour = (input tokens x input rate + output x output rate + cache reads x read rate + cache writes x write rate) / 1000.
//! CloudWatch counts the four kinds apart: its input tokens hold neither reads nor writes of the prompt cache.
//! Burn = dollars of the last full hour, as one unit at that price. An hour without a point had no token, once the model was called at all.
//!
//! # Cost of asking
//!
//! Seven metrics a model every five minutes: about 2,000 a day, $0.02. A longer look costs nothing more.
//!
//! Must not know where models are listed.

use super::{Context, Measured, models::Item};
use crate::{
    aws::{
        meters::{self, Query},
        stamps::shifted,
    },
    domain::{Burn, Reading, Series, Stamp, Usd, UsdPerHour, Value, Why, Window, evidence::Tokens},
    pricing::{Term, TokenPrice},
};
use std::sync::Arc;

const PERIOD: u32 = 3600;
/// Hours looked back on: a month, and a day for the one that has 31.
const HOURS: i64 = 32 * 24;
const DAY: usize = 24;
const WEEK: usize = 7 * DAY;
const METRICS: [(&str, &str); 7] = [
    ("InputTokenCount", "Sum"),
    ("OutputTokenCount", "Sum"),
    ("CacheReadInputTokens", "Sum"),
    ("CacheWriteInputTokens", "Sum"),
    ("Invocations", "Sum"),
    ("InvocationThrottles", "Sum"),
    ("InvocationLatency", "Average"),
];

/// What is measured of one model, by the hour.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// Input, output, cache reads, cache writes.
    tokens: [Reading<Series>; 4],
    requests: Reading<Series>,
    throttles: Reading<Series>,
    /// Seconds.
    latency: Reading<Series>,
}

/// The cells of a row.
pub(super) struct Cells {
    pub requests: Value,
    pub input: Value,
    pub output: Value,
    pub cached: Value,
    pub day: Value,
    pub fortnight: Value,
    pub today: Value,
    pub month: Value,
    pub week: Value,
    pub throttles: Value,
    pub per_1k: Value,
    pub latency: Value,
    pub tokens: Value,
}

/// Reads all of them.
pub(super) async fn measure(cx: &Context, items: &[Item]) -> Measured<Signals> {
    let of = |item: &Item| METRICS.map(|(metric, stat)| Query::new("AWS/Bedrock", metric, &[("ModelId", &item.id)], stat, PERIOD));
    let queries: Vec<Query> = items.iter().flat_map(of).collect();
    let now = cx.clock.now();
    let read = meters::fetch(&cx.session, &queries, shifted(now, -HOURS * 3600), now).await;
    let mut series = read.series.into_iter();
    let signals = items.iter().filter_map(|item| {
        let seven: [Reading<Series>; 7] = series.by_ref().take(7).collect::<Vec<_>>().try_into().ok()?;
        Some((item.id.clone(), signals(seven)))
    });
    Measured { signals: signals.collect(), faults: read.faults }
}

fn signals([input, output, reads, writes, requests, throttles, latency]: [Reading<Series>; 7]) -> Signals {
    // The first hour with any sign of it: before, nobody may have called it, or nobody may have known it.
    let first = [&input, &output, &requests].into_iter().filter_map(|series| series.known()?.points.iter().position(Option::is_some)).min();
    let counted = |series: Reading<Series>| series.map(|series| zero_from(&series, first));
    Signals {
        tokens: [input, output, reads, writes].map(counted),
        requests: counted(requests),
        throttles: counted(throttles),
        latency: latency.map(|series| series.scaled(1e-3)),
    }
}

/// Gaps from point `first` on are zero.
fn zero_from(series: &Series, first: Option<usize>) -> Series {
    let filled =
        series.points.iter().enumerate().map(|(place, point)| point.or_else(|| first.is_some_and(|first| place >= first).then_some(0.0)));
    Series { points: filled.collect(), ..*series }
}

/// Tokens with their price.
pub(super) struct Cost<'a> {
    signals: Option<&'a Signals>,
    price: &'a Reading<TokenPrice>,
    /// List dollars of each hour.
    dollars: Reading<Series>,
}

impl<'a> Cost<'a> {
    /// `signals` at `price`.
    pub fn new(signals: Option<&'a Signals>, price: &'a Reading<TokenPrice>) -> Self {
        let dollars = match (signals, price) {
            (_, Reading::Unknown(why)) => Reading::Unknown(why.clone()),
            (None, _) => Reading::unknown("not measured yet"),
            (Some(signals), Reading::Known(price)) => dollars(signals, price),
        };
        Self { signals, price, dollars }
    }

    fn of<T>(&self, get: impl FnOnce(&'a Signals) -> Reading<T>) -> Reading<T> {
        self.signals.map_or_else(|| Reading::unknown("not measured yet"), get)
    }

    /// The last full hour as one unit.
    pub fn burn(&self) -> Burn {
        let (series, price) = match (&self.dollars, self.price) {
            (Reading::Known(series), Reading::Known(price)) => (series, price),
            (Reading::Unknown(why), _) | (_, Reading::Unknown(why)) => return Burn::Unpriced(why.clone()),
        };
        match series.points.last().copied().flatten() {
            Some(usd) if usd > 0.0 => {
                let hour = series.at(series.points.len() - 1).strftime("%H:%M");
                let source = format!("tokens of the hour from {hour} UTC x {}", rates(price));
                Burn::Priced { unit: UsdPerHour(usd), quantity: 1.0, source: source.into(), estimate: price.estimate }
            }
            Some(_) => Burn::Nothing(Why::new("no token in the last full hour")),
            None => Burn::Nothing(Why::new("not called yet")),
        }
    }

    /// The facts for the rules: dollars of two weeks, means of one.
    pub fn evidence(&self) -> Tokens {
        let mean = |place: usize| {
            let week = self.of(|signals| signals.tokens[place].as_ref().map(|series| series.tail(WEEK)));
            known_mean(&week)
        };
        let rates = self.price.as_ref().map(|price| (price.input, price.cache_read));
        Tokens {
            dollars: self.dollars.as_ref().map(|series| Arc::new(series.tail(2 * WEEK))),
            input: mean(0),
            cache_read: mean(2),
            output: mean(1),
            requests: known_mean(&self.of(|signals| signals.requests.as_ref().map(|series| series.tail(WEEK)))),
            rates,
            unit: Reading::unknown("not priced"),
        }
    }

    /// The cells as of `now`.
    pub fn cells(&self, now: Stamp) -> Cells {
        let hour = |get: fn(&Signals) -> &Reading<Series>| {
            let last = self.of(|signals| get(signals).clone());
            Value::read(&last, |series| series.points.last().copied().flatten().map_or(Value::Number(0.0), |n| Value::Number(n / 60.0)))
        };
        let series = |points: usize| Value::read(&self.dollars, |series| Value::Series(Arc::new(series.tail(points))));
        let since = |window: Window| Value::read(&self.dollars, |series| Value::Usd(Usd(sum_since(&series, window.begins(now)))));
        let day: [Reading<f64>; 4] = [0, 1, 2, 3].map(|place| self.of(|signals| signals.tokens[place].as_ref().map(|s| s.tail(DAY).sum())));
        let all = total(&day);
        Cells {
            requests: hour(|signals| &signals.requests),
            input: hour(|signals| &signals.tokens[0]),
            output: hour(|signals| &signals.tokens[1]),
            cached: cached(&day),
            day: series(DAY),
            fortnight: series(2 * WEEK),
            today: since(Window::Today),
            month: since(Window::Month),
            week: Value::read(&self.dollars, |series| week_on_week(&series)),
            throttles: Value::read(&self.of(|signals| signals.throttles.clone()), |series| {
                Value::Count(series.tail(DAY).sum().round() as u64)
            }),
            per_1k: match (&self.dollars, &all) {
                (Reading::Unknown(why), _) | (_, Reading::Unknown(why)) => Value::Unknown(why.clone()),
                (Reading::Known(series), Reading::Known(tokens)) if *tokens > 0.0 => {
                    Value::Usd(Usd(series.tail(DAY).sum() / tokens * 1000.0))
                }
                _ => Value::Unknown(Why::new("no token in a day")),
            },
            latency: Value::read(&self.of(|signals| signals.latency.clone()), |series| Value::opt(series.last(), Value::Number)),
            tokens: Value::read(&all, Value::Number),
        }
    }
}

/// List dollars of each hour. A kind of token that was used and has no price makes all of it unknown.
fn dollars(signals: &Signals, price: &TokenPrice) -> Reading<Series> {
    let kinds = ["input", "output", "read from the cache", "written to the cache"];
    let rates = [Some(price.input), price.output, price.cache_read, price.cache_write];
    let mut sum: Option<Series> = None;
    for ((series, rate), kind) in signals.tokens.iter().zip(rates).zip(kinds) {
        let series = match series {
            Reading::Known(series) => series,
            Reading::Unknown(why) => return Reading::Unknown(why.clone()),
        };
        let Some(rate) = rate else {
            if series.sum() > 0.0 {
                return Reading::unknown(format!("no price for tokens {kind} in the list"));
            }
            continue;
        };
        let cost = series.scaled(rate.0 / 1000.0);
        sum = Some(match sum {
            None => cost,
            Some(sum) => {
                let points = sum
                    .points
                    .iter()
                    .zip(&cost.points)
                    .map(|(a, b)| Some(a.unwrap_or(0.0) + b.unwrap_or(0.0)).filter(|_| a.is_some() || b.is_some()));
                Series { points: points.collect(), ..sum }
            }
        });
    }
    Reading::or_why(sum, "no kind of token has a price")
}

fn rates(price: &TokenPrice) -> String {
    let part = |name: &str, rate: Option<Usd>| rate.map(|rate| format!("{name} ${}", rate.0));
    let parts = [
        part("in", Some(price.input)),
        part("out", price.output),
        part("cache read", price.cache_read),
        part("cache write", price.cache_write),
    ];
    format!("{} per 1K, {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "), price.source)
}

fn known_mean(series: &Reading<Series>) -> Reading<f64> {
    match series {
        Reading::Known(series) => Reading::or_why(series.observed().map(|seen| seen.mean), "no hour of data"),
        Reading::Unknown(why) => Reading::Unknown(why.clone()),
    }
}

fn total(day: &[Reading<f64>; 4]) -> Reading<f64> {
    let mut sum = 0.0;
    for tokens in day {
        match tokens {
            Reading::Known(tokens) => sum += tokens,
            Reading::Unknown(why) => return Reading::Unknown(why.clone()),
        }
    }
    Reading::Known(sum)
}

/// Reads over all input tokens: fresh, read and written.
fn cached([input, _, reads, writes]: &[Reading<f64>; 4]) -> Value {
    match (input, reads, writes) {
        (Reading::Known(input), Reading::Known(reads), Reading::Known(writes)) => match input + reads + writes {
            all if all > 0.0 => Value::Percent(reads / all),
            _ => Value::None,
        },
        (Reading::Unknown(why), ..) | (_, Reading::Unknown(why), _) | (.., Reading::Unknown(why)) => Value::Unknown(why.clone()),
    }
}

/// The sum of the hours that began at `begins` or later.
fn sum_since(series: &Series, begins: Option<Stamp>) -> f64 {
    let counted = |place: usize| begins.is_none_or(|begins| series.at(place) >= begins);
    series.points.iter().enumerate().filter(|(place, _)| counted(*place)).filter_map(|(_, point)| *point).sum()
}

/// The last seven days over the seven before, less one.
fn week_on_week(series: &Series) -> Value {
    let tail = series.tail(2 * WEEK);
    let (Some(before), Some(last)) = (tail.points.get(..WEEK), tail.points.get(WEEK..)) else {
        return Value::Unknown(Why::new("less than two weeks of hours"));
    };
    let sum = |points: &[Option<f64>]| points.iter().flatten().sum::<f64>();
    if before.first().is_none_or(Option::is_none) {
        return Value::Unknown(Why::new("first called less than two weeks ago"));
    }
    match sum(before) {
        usd if usd > 0.0 => Value::Percent(sum(last) / usd - 1.0),
        _ => Value::Unknown(Why::new("no token in the week before")),
    }
}

/// What one provisioned unit of `model` costs: without commitment where that is sold, else for the shortest term.
pub(super) fn unit(cx: &Context, model: &str) -> Reading<(UsdPerHour, Arc<str>)> {
    let terms = [Term::NoCommitment, Term::OneMonth, Term::SixMonths];
    let sold = terms.into_iter().find_map(|term| {
        let quote = cx.prices.model_unit(model, term, cx.region()).known()?.clone();
        Some((quote.unit, Arc::from(term.words())))
    });
    Reading::or_why(sold, "no provisioned unit of this model is in the list")
}
