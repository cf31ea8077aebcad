//! Tests of the cost of tokens.

use super::*;
use crate::collectors::models::metrics::OpenHour;

fn hours(points: &[f64]) -> Series {
    Series {
        start: Timestamp::UNIX_EPOCH,
        step: 3600,
        points: points.iter().map(|point| Some(*point)).collect(),
    }
}

fn known(points: &[f64]) -> Measured<Series> {
    Measured::Known(hours(points))
}

fn price(input: f64, cache_read: Option<f64>) -> TokenPrice {
    TokenPrice {
        input: Usd(input),
        output: Some(Usd(5.0 * input)),
        cache_read: cache_read.map(Usd),
        cache_write: None,
        cache_write_1h: None,
        source: "test".into(),
        estimate: false,
    }
}

fn signals(reads: f64, tiers: Vec<(Option<Tier>, [Measured<Series>; 4])>) -> ModelMetrics {
    let tokens = [
        known(&[1e6, 2e6]),
        known(&[1e5, 0.0]),
        known(&[reads, 0.0]),
        known(&[0.0, 0.0]),
    ];
    ModelMetrics {
        tokens,
        requests: known(&[60.0, 0.0]),
        throttles: known(&[0.0, 0.0]),
        latency: known(&[1.0, 1.0]),
        tiers,
        open: None,
    }
}

#[test]
fn hourly_cost_sums_tokens_by_kind_and_tier() {
    let half = |_| Measured::Known(price(0.0015, Some(0.000_15)));
    let flex = || {
        vec![(
            Some(Tier::Flex),
            [
                known(&[4e5, 0.0]),
                known(&[0.0, 0.0]),
                known(&[0.0, 0.0]),
                known(&[0.0, 0.0]),
            ],
        )]
    };
    let reserved = || {
        flex()
            .into_iter()
            .map(|(_, tokens)| (None, tokens))
            .collect()
    };
    for (reads, tiers, cache, expected) in [
        // 1,000K x $0.003 + 100K x $0.015; 2,000K x $0.003.
        (0.0, Vec::new(), None, Some([4.5, 6.0])),
        // and 3,000K x $0.0003.
        (3e6, Vec::new(), Some(0.0003), Some([5.4, 6.0])),
        // 400K of the 1,000K at half the rate.
        (0.0, flex(), None, Some([3.9, 6.0])),
        // 400K of the 1,000K prepaid by the reserved tier.
        (0.0, reserved(), None, Some([3.3, 6.0])),
        // Read from a cache that has no price.
        (3e6, Vec::new(), None, None),
    ] {
        let (signals, price) = (signals(reads, tiers), Measured::Known(price(0.003, cache)));
        let cost = ModelCost::new(Some(&signals), &price, half, None);
        let found = cost
            .dollars
            .known()
            .map(|series| series.points.iter().map(|p| p.unwrap()).collect::<Vec<_>>());
        match (expected, found) {
            (Some(expected), Some(found)) => assert!(
                found
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-9),
                "{found:?}"
            ),
            (None, None) => assert!(cost.burn().value().show() == "n/a"),
            (expected, found) => panic!("{expected:?} {found:?}"),
        }
    }
    let none = Measured::unknown("no token price");
    assert!(matches!(
        ModelCost::new(None, &none, half, None).burn(),
        HourlyCost::Unpriced(why) if why.text() == "no token price"
    ));
}

#[test]
fn tokens_of_the_open_hour_count_up_to_the_reading() {
    let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
    let point = |count: f64| {
        Measured::Known(Series {
            start: at(120),
            ..hours(&[count])
        })
    };
    let mut signals = signals(0.0, Vec::new());
    signals.open = Some(OpenHour {
        tokens: [4e6, 0.0, 0.0, 0.0].map(point),
        requests: point(9.0),
        tiers: Vec::new(),
        until: at(150),
    });
    let price = Measured::Known(price(0.003, None));
    let cost = ModelCost::new(Some(&signals), &price, |_| price.clone(), None);
    let history = cost.history();
    assert_eq!(history.end(), Some(at(150)));
    let within = |from, to| (history.within(at(from), at(to)).0 * 1e6).round() / 1e6;
    // 4,000K x $0.003, after hours of $4.5 and $6.
    assert_eq!((within(120, 180), within(0, 180)), (12.0, 22.5));
    assert_eq!(cost.burn().rate(), Some(UsdPerHour(6.0)));
}

#[test]
fn weekly_growth_requires_two_complete_weeks() {
    let mut points = vec![Some(1.0); WEEK];
    points.extend(vec![Some(1.5); WEEK]);
    let mut series = Series {
        start: Timestamp::UNIX_EPOCH,
        step: 3600,
        points,
    };
    assert_eq!(week_on_week(&series), Value::Percent(0.5));
    series.points[0] = None;
    assert!(!week_on_week(&series).is_known());
    assert!(!week_on_week(&series.tail(WEEK)).is_known());
}

#[test]
fn window_sums_hours_that_start_in_it() {
    let series = Series {
        start: "2026-11-22T22:00:00Z".parse().unwrap(),
        ..hours(&[1.0, 2.0, 4.0, 8.0])
    };
    assert_eq!(
        sum_since(&series, "2026-11-23T00:00:00Z".parse().ok()),
        12.0
    );
}

#[test]
fn written_tokens_that_cost_nothing_leave_the_model_priced() {
    let mut signals = signals(0.0, Vec::new());
    signals.tokens[3] = known(&[9e5, 9e5]);
    let unknown = |_| Measured::unknown("not asked");
    let nova = TokenPrice {
        cache_write: Some(Usd::ZERO),
        ..price(0.0008, Some(0.0002))
    };
    for (price, usd) in [
        (nova.clone(), Some(1.6)),
        (
            TokenPrice {
                cache_write: None,
                ..nova
            },
            None,
        ),
    ] {
        let price = Measured::Known(price);
        let burn = ModelCost::new(Some(&signals), &price, unknown, None).burn();
        assert_eq!(burn.rate().map(|rate| rate.0), usd, "{burn:?}");
    }
}

#[test]
fn model_that_asks_by_the_query_is_priced_by_its_requests() {
    let mut signals = signals(0.0, Vec::new());
    signals.requests = known(&[60.0, 30.0]);
    let piece = UnitItem {
        usd: Usd(0.002),
        unit: "query".into(),
        source: "list".into(),
        estimate: false,
    };
    let none = Measured::unknown("no token price");
    let burn = ModelCost::new(Some(&signals), &none, |_| none.clone(), Some(&piece)).burn();
    let HourlyCost::Priced {
        unit,
        source,
        estimate,
        ..
    } = burn
    else {
        panic!("{burn:?}")
    };
    assert!((unit.0 - 0.06).abs() < 1e-12 && estimate);
    assert!(
        source.starts_with("requests of the hour from 01:00 UTC x one query at $0.002, list"),
        "{source}"
    );
}
