//! The list dollars of tokens, by the hour.

use crate::collectors::shared::series;
use crate::{
    domain::{CostSpan, Measured, Series, Timestamp, UsdPerHour, time::timestamp::seconds_between},
    pricing::{Tier, TokenPrice},
};

/// List dollars of each hour. A kind of token that was used and has no price makes all of it
/// unknown.
pub(super) fn dollars(
    tokens: &[Measured<Series>; 4],
    tiers: &[(Option<Tier>, [Measured<Series>; 4])],
    price: &TokenPrice,
    at_tier: impl Fn(Tier) -> Measured<TokenPrice>,
) -> Measured<Series> {
    let standard = by_kind(price);
    let mut sum = match cost(tokens, standard, "") {
        Measured::Known(sum) => sum,
        unknown @ Measured::Unknown(_) => return unknown,
    };
    for (tier, tokens) in tiers {
        let own = match tier.map(&at_tier) {
            None => [Some(0.0); 4],
            Some(Measured::Known(own)) => by_kind(&own),
            Some(Measured::Unknown(why)) => return Measured::Unknown(why),
        };
        let more = [0, 1, 2, 3].map(|kind| {
            own[kind]
                .zip(standard[kind])
                .map(|(own, standard)| own - standard)
        });
        match cost(tokens, more, tier.map_or("reserved", Tier::words)) {
            Measured::Known(more) => sum = series::sum(&sum, &more),
            unknown @ Measured::Unknown(_) => return unknown,
        }
    }
    Measured::Known(sum)
}

/// The span of the one point of `usd`, the dollars from its start to `until`.
pub(super) fn open_span(usd: &Series, until: Timestamp) -> Option<CostSpan> {
    let hours = seconds_between(usd.start, until) / 3_600.0;
    let usd_per_hour = UsdPerHour(usd.points.first().copied().flatten()? / hours);
    (hours > 0.0).then_some(CostSpan {
        from: usd.start,
        to: until,
        rate: usd_per_hour,
    })
}

/// Per 1,000: input, output, cache read, cache write.
fn by_kind(price: &TokenPrice) -> [Option<f64>; 4] {
    [
        Some(price.input),
        price.output,
        price.cache_read,
        price.cache_write,
    ]
    .map(|rate| rate.map(|rate| rate.0))
}

fn cost(tokens: &[Measured<Series>; 4], rates: [Option<f64>; 4], tier: &str) -> Measured<Series> {
    let kinds = [
        "input",
        "output",
        "read from the cache",
        "written to the cache",
    ];
    let mut sum: Option<Series> = None;
    for ((series, rate), kind) in tokens.iter().zip(rates).zip(kinds) {
        let series = match series {
            Measured::Known(series) => series,
            Measured::Unknown(why) => return Measured::Unknown(why.clone()),
        };
        let Some(rate) = rate else {
            if series.sum() > 0.0 {
                return Measured::unknown(
                    format!("no price for {tier} tokens {kind} in the list").replace("  ", " "),
                );
            }
            continue;
        };
        let cost = series.scaled(rate / 1000.0);
        sum = Some(sum.map_or_else(|| cost.clone(), |sum| series::sum(&sum, &cost)));
    }
    Measured::or_why(sum, "no kind of token has a price")
}
