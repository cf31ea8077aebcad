//! The hourly tokens of a model on demand, and their list price.
//!
//! # Formulas
//!
//! Dollars of an hour = (input tokens x input rate + output x output rate + cache reads x read
//! rate + cache writes x write rate) / 1000. CloudWatch counts the four kinds apart: its input
//! tokens hold neither reads nor writes of the prompt cache. Tokens asked for at the flex or
//! priority tier are in these sums too: the difference between that tier's rates and the standard
//! ones is added to them. Tokens of the reserved tier are prepaid: their rate is zero. Burn =
//! dollars of the last full hour, as one unit at that price. An hour without a point had no token,
//! once the model was called at all. The cost so far holds the tokens counted in the hour that is
//! not over; the burn counts from the moment of that count.

mod dollars;
#[cfg(test)]
mod tests;

use self::dollars::{dollars, open_span};
use super::metrics::ModelMetrics;
use crate::collectors::Context;
use crate::{
    domain::{
        CostHistory, CostSpan, CostWindow, HourlyCost, Measured, Reason, Series, Timestamp, Usd,
        UsdPerHour, Value, evidence::TokenUse,
    },
    pricing::{Term, Tier, TokenPrice, UnitItem},
};
use std::sync::Arc;

const DAY: usize = 24;
const WEEK: usize = 7 * DAY;

/// The cells that show tokens and dollars.
pub(super) struct ModelMetricCells {
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
    pub per_1m: Value,
    pub latency: Value,
    pub tokens: Value,
}

/// The tokens of a model with their price.
pub(super) struct ModelCost<'a> {
    signals: Option<&'a ModelMetrics>,
    price: &'a Measured<TokenPrice>,
    /// The price of a request, for a model that is billed by the piece.
    piece: Option<&'a UnitItem>,
    /// List dollars of each full hour.
    dollars: Measured<Series>,
    /// The cost of the hour that is not over, as far as it is counted.
    open: Option<CostSpan>,
}

impl<'a> ModelCost<'a> {
    /// `signals` at `price`, and those of other tiers at theirs. A model without a price of tokens
    /// costs `piece` a request.
    pub(super) fn new(
        signals: Option<&'a ModelMetrics>,
        price: &'a Measured<TokenPrice>,
        at_tier: impl Fn(Tier) -> Measured<TokenPrice>,
        piece: Option<&'a UnitItem>,
    ) -> Self {
        let piece = piece.filter(|_| price.known().is_none());
        let dollars = |tokens, tiers, requests: &Measured<Series>| match (price, piece) {
            (Measured::Known(price), _) => dollars(tokens, tiers, price, &at_tier),
            (Measured::Unknown(_), Some(piece)) => requests
                .as_ref()
                .map(|requests| requests.scaled(piece.usd.0)),
            (Measured::Unknown(why), None) => Measured::Unknown(why.clone()),
        };
        let open = signals.and_then(|signals| signals.open.as_ref());
        Self {
            signals,
            price,
            piece,
            dollars: match (signals, price, piece) {
                (Some(own), ..) => dollars(&own.tokens, &own.tiers, &own.requests),
                (None, Measured::Unknown(why), None) => Measured::Unknown(why.clone()),
                (None, ..) => Measured::pending(),
            },
            open: open.and_then(|open| {
                let usd = dollars(&open.tokens, &open.tiers, &open.requests);
                open_span(usd.known()?, open.until)
            }),
        }
    }

    fn of<T>(&self, get: impl FnOnce(&'a ModelMetrics) -> Measured<T>) -> Measured<T> {
        self.signals.map_or_else(Measured::pending, get)
    }

    /// The dollars of the last full hour, as one unit.
    pub(super) fn burn(&self) -> HourlyCost {
        let series = match &self.dollars {
            Measured::Known(series) => series,
            Measured::Unknown(why) => return HourlyCost::Unpriced(why.clone()),
        };
        let (what, rates, estimate) = match (self.price, self.piece) {
            (Measured::Known(price), _) => ("tokens", rates(price), price.estimate),
            (Measured::Unknown(_), Some(piece)) => {
                let UnitItem {
                    usd, unit, source, ..
                } = piece;
                // A request may ask for more than one.
                let said = format!("one {unit} at ${}, {source}", usd.0);
                ("requests", said, true)
            }
            (Measured::Unknown(why), None) => return HourlyCost::Unpriced(why.clone()),
        };
        match series.points.last().copied().flatten() {
            Some(usd) if usd > 0.0 => {
                let hour = series.at(series.points.len() - 1).strftime("%H:%M");
                let source = format!("{what} of the hour from {hour} UTC x {rates}");
                HourlyCost::Priced {
                    unit: UsdPerHour(usd),
                    quantity: 1.0,
                    source: source.into(),
                    estimate,
                }
            }
            Some(_) => HourlyCost::Nothing(Reason::new("no token in the last full hour")),
            None => HourlyCost::Nothing(Reason::new("not called yet")),
        }
    }

    /// The cost of its tokens, hour by hour, and of the hour that is not over.
    pub(super) fn history(&self) -> CostHistory {
        let known = self.dollars.known();
        let hours = known.map_or_else(CostHistory::default, CostHistory::of_series);
        match self.open {
            Some(open) if known.is_some() => hours.followed_by(open),
            _ => hours,
        }
    }

    /// The evidence for the rules: dollars of two weeks, means of one week.
    pub(super) fn evidence(&self) -> TokenUse {
        let mean = |place: usize| {
            let week = self.of(|signals| {
                signals.tokens[place]
                    .as_ref()
                    .map(|series| series.tail(WEEK))
            });
            known_mean(&week)
        };
        let rates = self
            .price
            .as_ref()
            .map(|price| (price.input, price.cache_read));
        TokenUse {
            dollars: self
                .dollars
                .as_ref()
                .map(|series| Arc::new(series.tail(2 * WEEK))),
            input: mean(0),
            cache_read: mean(2),
            output: mean(1),
            requests: known_mean(
                &self.of(|signals| signals.requests.as_ref().map(|series| series.tail(WEEK))),
            ),
            rates,
            unit: Measured::unknown("not priced"),
        }
    }

    /// The cells as of `now`.
    pub(super) fn cells(&self, now: Timestamp) -> ModelMetricCells {
        let hour = |get: fn(&ModelMetrics) -> &Measured<Series>| {
            let last = self.of(|signals| get(signals).clone());
            Value::read(&last, |series| {
                series
                    .points
                    .last()
                    .copied()
                    .flatten()
                    .map_or(Value::Number(0.0), |n| Value::Number(n / 60.0))
            })
        };
        let series = |points: usize| {
            Value::read(&self.dollars, |series| {
                Value::Series(Arc::new(series.tail(points)))
            })
        };
        let since = |window: CostWindow| {
            Value::read(&self.dollars, |series| {
                Value::Usd(Usd(sum_since(&series, window.start(now))))
            })
        };
        let day: [Measured<f64>; 4] = [0, 1, 2, 3].map(|place| {
            self.of(|signals| signals.tokens[place].as_ref().map(|s| s.tail(DAY).sum()))
        });
        let all = total(&day);
        ModelMetricCells {
            requests: hour(|signals| &signals.requests),
            input: hour(|signals| &signals.tokens[0]),
            output: hour(|signals| &signals.tokens[1]),
            cached: cached_share(&day),
            day: series(DAY),
            fortnight: series(2 * WEEK),
            today: since(CostWindow::Today),
            month: since(CostWindow::Month),
            week: Value::read(&self.dollars, |series| week_on_week(&series)),
            throttles: Value::read(&self.of(|signals| signals.throttles.clone()), |series| {
                Value::Count(series.tail(DAY).sum().round() as u64)
            }),
            per_1m: match (&self.dollars, &all) {
                (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => {
                    Value::Unknown(why.clone())
                }
                (Measured::Known(series), Measured::Known(tokens)) if *tokens > 0.0 => {
                    Value::Usd(Usd(series.tail(DAY).sum() / tokens * 1e6))
                }
                _ => Value::Unknown(Reason::new("no token in a day")),
            },
            latency: Value::read(&self.of(|signals| signals.latency.clone()), |series| {
                Value::opt(series.last(), Value::Number)
            }),
            tokens: Value::read(&all, Value::Number),
        }
    }
}

fn rates(price: &TokenPrice) -> String {
    // Rounded to a billionth: a multiple of a decimal number is none.
    let per_1m = |rate: Usd| (rate.0 * 1e12).round() / 1e9;
    let part = |name: &str, rate: Option<Usd>| rate.map(|rate| format!("{name} ${}", per_1m(rate)));
    let parts = [
        part("in", Some(price.input)),
        part("out", price.output),
        part("cache read", price.cache_read),
        part("cache write", price.cache_write),
    ];
    format!(
        "{} per 1M, {}",
        parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        price.source
    )
}

fn known_mean(series: &Measured<Series>) -> Measured<f64> {
    match series {
        Measured::Known(series) => {
            Measured::or_why(series.observed().map(|seen| seen.mean), "no hour of data")
        }
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    }
}

fn total(day: &[Measured<f64>; 4]) -> Measured<f64> {
    let mut sum = 0.0;
    for tokens in day {
        match tokens {
            Measured::Known(tokens) => sum += tokens,
            Measured::Unknown(why) => return Measured::Unknown(why.clone()),
        }
    }
    Measured::Known(sum)
}

/// Reads over all input tokens: fresh, read and written.
fn cached_share([input, _, reads, writes]: &[Measured<f64>; 4]) -> Value {
    match (input, reads, writes) {
        (Measured::Known(input), Measured::Known(reads), Measured::Known(writes)) => {
            match input + reads + writes {
                all if all > 0.0 => Value::Percent(reads / all),
                _ => Value::None,
            }
        }
        (Measured::Unknown(why), ..)
        | (_, Measured::Unknown(why), _)
        | (.., Measured::Unknown(why)) => Value::Unknown(why.clone()),
    }
}

/// The sum of the hours that began at `begins` or later.
fn sum_since(series: &Series, begins: Option<Timestamp>) -> f64 {
    let counted = |place: usize| begins.is_none_or(|begins| series.at(place) >= begins);
    series
        .points
        .iter()
        .enumerate()
        .filter(|(place, _)| counted(*place))
        .filter_map(|(_, point)| *point)
        .sum()
}

/// The last seven days over the seven before, less one.
fn week_on_week(series: &Series) -> Value {
    let tail = series.tail(2 * WEEK);
    let Some((before, last)) = tail
        .points
        .split_at_checked(WEEK)
        .filter(|(_, last)| last.len() == WEEK)
    else {
        return Value::Unknown(Reason::new("less than two weeks of hours"));
    };
    let sum = |points: &[Option<f64>]| points.iter().flatten().sum::<f64>();
    if before.first().is_none_or(Option::is_none) {
        return Value::Unknown(Reason::new("first called less than two weeks ago"));
    }
    match sum(before) {
        usd if usd > 0.0 => Value::Percent(sum(last) / usd - 1.0),
        _ => Value::Unknown(Reason::new("no token in the week before")),
    }
}

/// The price of one provisioned unit of `model` and its term: without commitment where AWS sells
/// that, else for the shortest term.
pub(super) fn unit(cx: &Context, model: &str) -> Measured<(UsdPerHour, Arc<str>)> {
    let terms = [Term::NoCommitment, Term::OneMonth, Term::SixMonths];
    let sold = terms.into_iter().find_map(|term| {
        let quote = cx
            .prices
            .model_unit(model, term, cx.region())
            .known()?
            .clone();
        Some((quote.unit, Arc::from(term.words())))
    });
    Measured::or_why(sold, "no provisioned unit of this model is in the list")
}
