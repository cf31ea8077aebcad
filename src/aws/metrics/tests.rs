//! Tests of the store: which queries it asks, from when on, and what it makes of the answers.

use super::{
    store::{Ask, COST_EXPLORER},
    *,
};
use crate::aws::api_cost::METRIC_MICRO_USD;

const REGION: &str = "us-east-1";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn cpu(period: u32) -> MetricQuery {
    let dims = [("InstanceId", "i-1")];
    MetricQuery::new("AWS/EC2", "CPUUtilization", &dims, "Average", period)
}

/// The last `hours` up to `now`.
fn window(hours: i64, now: i64) -> Window {
    Window::of_closed(at(now - hours * 3_600), at(now))
}

/// Answers `asks` for `queries` at `now` with the reading `value` in each period.
fn answer(store: &MetricStore, queries: &[MetricQuery], asks: &[Ask], now: i64, value: f64) {
    for ask in asks {
        let times = (ask.from..at(now).as_second()).step_by(ask.period as usize);
        let points = times.map(|time| (time, value)).collect();
        store.add(REGION, &queries[ask.place], ask, at(now), &points);
    }
}

/// The places of `queries` that are asked over `window`, after which they are answered.
fn ask(store: &MetricStore, queries: &[MetricQuery], window: Window, value: f64) -> Vec<usize> {
    let asks = store.due(REGION, queries, window);
    let now = window.to.as_second() - 1_800_000_000;
    answer(store, queries, &asks, now, value);
    asks.iter().map(|ask| ask.place).collect()
}

#[test]
fn second_question_begins_three_periods_before_the_last_answer() {
    let (store, queries) = (MetricStore::default(), [cpu(300)]);
    let first = store.due(REGION, &queries, window(72, 0));
    assert_eq!(first[0].from, at(-72 * 3_600).as_second());
    answer(&store, &queries, &first, 0, 5.0);
    assert!(store.due(REGION, &queries, window(72, 200)).is_empty());
    let second = store.due(REGION, &queries, window(72, 300));
    assert_eq!(second[0].from, at(-900).as_second());
    answer(&store, &queries, &second, 300, 7.0);
    let series = store.series(REGION, &queries[0], window(72, 300));
    assert_eq!(
        (series.points.len(), series.start),
        (864, at(300 - 72 * 3_600))
    );
    let last: Vec<f64> = series.tail(5).points.into_iter().flatten().collect();
    assert_eq!(last, [5.0, 7.0, 7.0, 7.0, 7.0]);
}

/// A query that is not due ends where it was asked: a gap behind it would count as no use.
#[test]
fn series_ends_where_it_was_asked() {
    let (store, queries) = (MetricStore::default(), [cpu(300).every(6)]);
    ask(&store, &queries, window(72, 0), 5.0);
    for now in [300, 600, 1_500] {
        assert!(ask(&store, &queries, window(72, now), 9.0).is_empty());
        let series = store.series(REGION, &queries[0], window(72, now));
        assert_eq!(series.at(series.points.len()), at(0), "{now}");
        assert_eq!(store.asked(REGION, &queries[0]), Some(at(0)));
    }
    assert_eq!(ask(&store, &queries, window(72, 1_800), 9.0), [0]);
}

#[test]
fn longer_window_is_asked_whole() {
    let (store, queries) = (MetricStore::default(), [cpu(300)]);
    ask(&store, &queries, window(72, 0), 5.0);
    let longer = store.due(REGION, &queries, window(216, 10));
    assert_eq!(longer[0].from, at(-216 * 3_600).as_second());
    answer(&store, &queries, &longer, 10, 5.0);
    assert!(store.due(REGION, &queries, window(72, 20)).is_empty());
    let series = store.series(REGION, &queries[0], window(216, 20));
    assert_eq!(series.points.iter().flatten().count(), 216 * 12);
}

#[test]
fn hours_follow_from_the_points_of_minutes() {
    let (store, queries) = (MetricStore::default(), [cpu(300), cpu(3_600)]);
    let (minutes, hours) = (&queries[..1], &queries[1..]);
    ask(&store, minutes, window(72, 0), 5.0);
    assert_eq!(ask(&store, hours, window(500, 0), 5.0), [0]);
    for now in (300..=7_200).step_by(300) {
        ask(&store, minutes, window(72, now), 8.0);
        assert!(
            ask(&store, hours, window(500, now), 0.0).is_empty(),
            "{now}"
        );
    }
    let series = store.series(REGION, &queries[1], window(500, 7_200));
    assert_eq!((series.points.len(), series.at(500)), (500, at(7_200)));
    let last: Vec<f64> = series.tail(3).points.into_iter().flatten().collect();
    // The last three periods before the first question were read again.
    assert_eq!(last, [5.75, 8.0, 8.0]);
}

#[test]
fn devices_take_turns() {
    let store = MetricStore::default();
    let device = |place: usize| {
        let index = place.to_string();
        let dims = [("InstanceId", "i-1"), ("index", index.as_str())];
        MetricQuery::new(
            "CWAgent",
            "nvidia_smi_utilization_gpu",
            &dims,
            "Average",
            300,
        )
        .in_turn(place, 4)
    };
    let queries: Vec<MetricQuery> = (0..4).map(device).collect();
    assert_eq!(ask(&store, &queries, window(72, 0), 5.0).len(), 4);
    let asked: Vec<Vec<usize>> = (1..=8)
        .map(|round| ask(&store, &queries, window(72, round * 300), 5.0))
        .collect();
    assert_eq!(asked, [[0], [1], [2], [3], [0], [1], [2], [3]]);
}

#[test]
fn user_and_actions_need_not_wait() {
    let (store, queries) = (MetricStore::default(), [cpu(300).every(6)]);
    ask(&store, &queries, window(72, 0), 5.0);
    assert!(ask(&store, &queries, window(72, 400), 5.0).is_empty());
    let urgent = Window {
        is_urgent: true,
        ..window(72, 400)
    };
    assert_eq!(ask(&store, &queries, urgent, 5.0), [0]);
    store.refresh();
    assert_eq!(ask(&store, &queries, window(72, 800), 5.0), [0]);
}

#[test]
fn large_account_keeps_to_its_budget() {
    let store = MetricStore::limited(WatchBudget::Dollars(1.0));
    let query = |place: usize| {
        let id = format!("i-{place}");
        MetricQuery::new(
            "AWS/EC2",
            "CPUUtilization",
            &[("InstanceId", &id)],
            "Average",
            300,
        )
        .of_burn(UsdPerHour(1.0 + (place % 40) as f64))
    };
    let queries: Vec<MetricQuery> = (0..2_000).map(query).collect();
    ask(&store, &queries, window(72, 0), 5.0);
    let asked: usize = (1..=288)
        .map(|round| ask(&store, &queries, window(72, round * 300), 5.0).len())
        .sum();
    let dollars = asked as f64 * METRIC_MICRO_USD as f64 / 1e6;
    let left = 1.0 - COST_EXPLORER;
    assert!((0.6 * left..=left).contains(&dollars), "${dollars} a day");
    let plan = store.plan();
    assert!(
        plan.is_limited && plan.budget == Some(crate::domain::Usd(1.0)),
        "{plan:?}"
    );
}

#[test]
fn restored_store_asks_only_for_what_is_new() {
    let (store, queries) = (MetricStore::default(), [cpu(300)]);
    assert_eq!(store.to_bytes(), None);
    ask(&store, &queries, window(72, 0), 5.0);
    let bytes = store.to_bytes().unwrap();
    let next = MetricStore::default();
    next.restore(&bytes, at(60)).unwrap();
    assert!(next.due(REGION, &queries, window(72, 60)).is_empty());
    let series = next.series(REGION, &queries[0], window(72, 60));
    assert_eq!(series, store.series(REGION, &queries[0], window(72, 60)));
    let asks = next.due(REGION, &queries, window(72, 300));
    assert_eq!(asks[0].from, at(-900).as_second());
}

#[test]
fn damaged_file_changes_nothing() {
    let (store, queries) = (MetricStore::default(), [cpu(300)]);
    ask(&store, &queries, window(1, 0), 5.0);
    let bytes = store.to_bytes().unwrap();
    let earlier = MetricStore::default();
    earlier.restore(&bytes, at(-60)).unwrap();
    assert_eq!(
        earlier.to_bytes(),
        None,
        "readings of a later time do not count"
    );
    let mut flipped = bytes.clone();
    flipped[40] ^= 1;
    for damaged in [&bytes[..bytes.len() - 1], &bytes[..20], &[], &flipped] {
        let next = MetricStore::default();
        assert!(next.restore(damaged, at(60)).is_err());
        assert_eq!(next.to_bytes(), None);
    }
}

/// A point far from what was asked, as a broken server may send, takes no memory.
#[test]
fn points_outside_of_the_window_are_left_out() {
    let (store, queries) = (MetricStore::default(), [cpu(300)]);
    let asks = store.due(REGION, &queries, window(1, 0));
    let points = vec![(-300, 1.0), (i64::MAX, 2.0), (at(-600).as_second(), 3.0)];
    store.add(REGION, &queries[0], &asks[0], at(0), &points);
    let series = store.series(REGION, &queries[0], window(1, 0));
    assert_eq!(series.points.iter().flatten().collect::<Vec<_>>(), [&3.0]);
    assert!(store.to_bytes().unwrap().len() < 200);
}
