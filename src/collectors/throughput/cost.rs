//! Whether provisioned throughput pays: its tokens at on-demand prices against its own price.
//!
//! # Value utilisation
//!
//! AWS does not publish how many tokens a model unit carries, so the share of *capacity* used
//! cannot be known. The share of *value* used can: the on-demand cost of the tokens of an hour over
//! the cost of the units in that hour. At 1 the purchase breaks even; under 1 the difference is the
//! waste. It needs both prices; without one it is unknown.

use crate::{
    domain::{HourlyCost, Measured, Series, Timestamp, UsdPerHour},
    pricing::TokenPrice,
};

/// The value of tokens: their cost on demand.
pub(super) struct OnDemandValue {
    /// By the hour, over the cost of the units in that hour.
    pub share: Series,
    /// Mean dollars per hour.
    pub on_demand: UsdPerHour,
}

/// The on-demand value of the `used` tokens, input and output by the hour, against `burn`. See the
/// module documentation.
pub(super) fn value(
    used: &Measured<(Series, Series)>,
    price: &Measured<TokenPrice>,
    burn: &HourlyCost,
) -> Measured<OnDemandValue> {
    let (input, output) = match used {
        Measured::Known(used) => used,
        Measured::Unknown(why) => return Measured::Unknown(why.clone()),
    };
    if let HourlyCost::Nothing(why) = burn {
        return Measured::Unknown(why.clone());
    }
    // No token is worth nothing at any price.
    if is_unused(input) && is_unused(output) {
        return Measured::Known(OnDemandValue {
            share: input.clone(),
            on_demand: UsdPerHour::ZERO,
        });
    }
    let price = match price {
        Measured::Known(price) => price,
        Measured::Unknown(why) => return Measured::Unknown(why.clone()),
    };
    let rate = match burn {
        HourlyCost::Priced { .. } => burn.rate().map_or(0.0, |rate| rate.0),
        HourlyCost::Nothing(why) | HourlyCost::Unpriced(why) => {
            return Measured::Unknown(why.clone());
        }
    };
    if rate <= 0.0 {
        return Measured::unknown("its price is zero");
    }
    let out = price.output.map_or(0.0, |output| output.0);
    let dollars = input
        .points
        .iter()
        .zip(&output.points)
        .map(|pair| match pair {
            (None, None) => None,
            (input, output) => {
                Some((input.unwrap_or(0.0) * price.input.0 + output.unwrap_or(0.0) * out) / 1000.0)
            }
        });
    let dollars = Series {
        points: dollars.collect(),
        ..*input
    };
    let Some(seen) = dollars.observed() else {
        return Measured::unknown("no whole hour yet");
    };
    Measured::Known(OnDemandValue {
        share: dollars.scaled(1.0 / rate),
        on_demand: UsdPerHour(seen.mean),
    })
}

/// Whether hours were read, and none had a token.
fn is_unused(series: &Series) -> bool {
    series.observed().is_some_and(|seen| seen.max == 0.0)
}

/// The mean of the known points; 0 without any.
pub(super) fn mean(series: &Series) -> f64 {
    series.observed().map_or(0.0, |seen| seen.mean)
}

/// The share of the busiest hour, which was worth `peak` of its price, that the mean must reach for
/// the price to be worth it.
pub(super) fn break_even_peak(peak: f64) -> Option<f64> {
    (peak > 0.0).then(|| 1.0 / peak)
}

/// The units whose price the median hour's tokens are worth, when all `units` are worth `median` of
/// theirs.
pub(super) fn units_floor(median: f64, units: u32) -> u32 {
    (median.max(0.0) * f64::from(units) + 1e-9)
        .floor()
        .min(f64::from(u32::MAX)) as u32
}

/// The verdict on `rate` against `on_demand`, as of `now`; `None` where it depends on an unknown
/// price.
pub(super) fn verdict(
    rate: Option<UsdPerHour>,
    on_demand: UsdPerHour,
    ends: Option<Timestamp>,
    now: Timestamp,
) -> Option<String> {
    let until = ends.map_or_else(String::new, |end| {
        let words = if end > now { "bound to" } else { "term ended" };
        format!("; {words} {}", end.strftime("%b %-d"))
    });
    Some(match rate {
        None if on_demand.0 > 0.0 => return None,
        None => format!("unused: price unknown{until}"),
        Some(rate) if on_demand.0 <= 0.0 => format!("unused: {rate} for nothing{until}"),
        Some(rate) if on_demand < rate => format!("on demand: {on_demand} not {rate}{until}"),
        Some(_) => format!("pays: on demand {on_demand}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Reason, Usd};

    fn hours(points: &[f64]) -> Series {
        Series {
            start: Timestamp::UNIX_EPOCH,
            step: 3600,
            points: points.iter().map(|point| Some(*point)).collect(),
        }
    }

    #[test]
    fn value_used_is_on_demand_cost_over_paid_cost() {
        let price = TokenPrice {
            input: Usd(0.003),
            output: Some(Usd(0.015)),
            cache_read: None,
            cache_write: None,
            cache_write_1h: None,
            source: "test".into(),
            estimate: false,
        };
        let burn = HourlyCost::Priced {
            unit: UsdPerHour(30.0),
            quantity: 2.0,
            source: "test".into(),
            estimate: false,
        };
        // 5,000,000 in x $0.003/1K + 1,000,000 out x $0.015/1K = $30 of $60; then nothing.
        let used = Measured::Known((hours(&[5e6, 0.0]), hours(&[1e6, 0.0])));
        let worth = value(&used, &Measured::Known(price.clone()), &burn);
        let worth = worth.known().unwrap();
        assert_eq!(worth.share.points, [Some(0.5), Some(0.0)]);
        assert_eq!(worth.on_demand, UsdPerHour(15.0));
        assert!(
            value(&used, &Measured::unknown("no price"), &burn)
                .known()
                .is_none()
        );
        assert!(
            value(
                &used,
                &Measured::Known(price),
                &HourlyCost::Unpriced(Reason::new("no price"))
            )
            .known()
            .is_none()
        );
    }

    #[test]
    fn units_floor_follows_the_median_hour() {
        for (median, units, floor) in [
            (0.49, 4, 1),
            (0.5, 4, 2),
            (1.3, 3, 3),
            (0.2, 2, 0),
            (0.0, 2, 0),
        ] {
            assert_eq!(units_floor(median, units), floor, "{median} of {units}");
        }
        assert_eq!(
            (
                break_even_peak(2.0),
                break_even_peak(0.5),
                break_even_peak(0.0)
            ),
            (Some(0.5), Some(2.0), None)
        );
    }

    #[test]
    fn verdict_compares_costs_in_dollars() {
        let at = |text: &str| text.parse().ok();
        let now = "2026-11-29T00:00:00Z".parse().unwrap();
        let (later, past) = (at("2027-01-14T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        for (rate, on_demand, ends, words) in [
            (
                Some(39.0),
                11.0,
                later,
                Some("on demand: $11/h not $39/h; bound to Jan 14"),
            ),
            (Some(39.0), 0.0, None, Some("unused: $39/h for nothing")),
            (
                Some(39.0),
                0.0,
                past,
                Some("unused: $39/h for nothing; term ended Nov 24"),
            ),
            (Some(39.0), 50.0, None, Some("pays: on demand $50/h")),
            (
                None,
                0.0,
                later,
                Some("unused: price unknown; bound to Jan 14"),
            ),
            (None, 5.0, None, None),
        ] {
            let told = verdict(rate.map(UsdPerHour), UsdPerHour(on_demand), ends, now);
            assert_eq!(told.as_deref(), words);
        }
    }

    /// A forgotten custom Titan had no price in the cards and no token for days
    /// (aws-samples/text-to-sql-bedrock-workshop#8: $2,700).
    #[test]
    fn no_token_is_unused_at_any_price() {
        let used = Measured::Known((hours(&[0.0, 0.0]), hours(&[0.0, 0.0])));
        let unpriced = HourlyCost::Unpriced(Reason::new("no price"));
        let none = Measured::unknown("no price");
        let worth = value(&used, &none, &unpriced);
        let worth = worth.known().unwrap();
        assert_eq!(
            (worth.share.points.as_slice(), worth.on_demand.0),
            (&[Some(0.0); 2][..], 0.0)
        );
        let failed = HourlyCost::Nothing(Reason::new("failed: not billed"));
        assert!(value(&used, &none, &failed).known().is_none());
    }
}
