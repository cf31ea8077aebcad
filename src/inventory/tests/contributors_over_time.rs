//! Contributors that stopped, grew or are discounted: their dollars within the window.

use super::{
    at,
    contributors::{EC2, anomaly, names, of, row, stamp},
    place, record, report,
    totals::bill,
    world,
};
use crate::domain::{
    CostHistory, CostSpan, Costs, Discount, Evidence, HourCosts, Record, Report, ResourceKind,
    Series, Service, Usd, UsdPerHour,
};
use crate::inventory::Inventory;

/// `row`, with earlier spans: dollars an hour from the first moment to the second.
fn billed(mut row: Record, spans: &[(&str, &str, f64)]) -> Record {
    let span = |&(from, to, usd): &(&str, &str, f64)| CostSpan {
        from: stamp(from),
        to: stamp(to),
        rate: UsdPerHour(usd),
    };
    row.head.history = CostHistory::of(spans.iter().map(span).collect());
    row
}

#[test]
fn what_stopped_since_explains_what_it_cost() {
    let stopped = row(
        "ec2-instance",
        "stopped",
        "p4d.24xlarge",
        Some(0.0),
        None,
        "od",
    );
    let stopped = billed(
        stopped,
        &[("2026-11-20T17:00:00Z", "2026-11-22T12:00:00Z", 20.0)],
    );
    let found = of(
        &anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 1_000.0),
        &[stopped],
    );
    assert_eq!(names(&found), ["stopped"]);
    assert_eq!(found.ranked[0].explains.known(), Some(&Usd(720.0)));
    assert_eq!(
        found.ranked[0].why,
        "BoxUsage:p4d.24xlarge; ($720.00 in 48 h - $0.00/h before)"
    );
}

#[test]
fn only_growth_counts_of_what_ran_before() {
    let grown = |before: f64| {
        let since = Some("2026-11-02T00:00:00Z");
        let row = row(
            "ec2-instance",
            "fleet",
            "p4d.24xlarge",
            Some(80.0),
            since,
            "od",
        );
        billed(
            row,
            &[("2026-11-02T00:00:00Z", "2026-11-21T00:00:00Z", before)],
        )
    };
    let anomaly = anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 3_360.0);
    let found = of(&anomaly, &[grown(10.0)]);
    assert_eq!(found.ranked[0].explains.known(), Some(&Usd(70.0 * 48.0)));
    assert_eq!(found.ranked[0].share, Some(1.0));
    let steady = of(&anomaly, &[grown(80.0)]);
    assert_eq!((names(&steady).len(), steady.earlier), (0, 1));
}

#[test]
fn contributors_explain_dollars_after_discounts() {
    let mut row = row(
        "ec2-instance",
        "one",
        "p4d.24xlarge",
        Some(10.0),
        Some("2026-11-21T00:00:00Z"),
        "od",
    );
    row.head.discount = Some(Discount {
        service: Service::Ec2,
        share: 0.25,
        source: "the bill".into(),
    });
    let found = of(&anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 360.0), &[row]);
    assert_eq!(found.ranked[0].explains.known(), Some(&Usd(360.0)));
    assert!(
        found.ranked[0].why.ends_with("48.0 h × $10.00/h × 0.750"),
        "{}",
        found.ranked[0].why
    );
}

const USAGE: &str = "BoxUsage:p4d.24xlarge";

#[test]
fn contributors_explain_what_the_bill_has_so_far() {
    let mut world = world();
    let mut suspect = record(&place("", "111122223333"), "an-1", Some(0.0));
    suspect.head.key.kind = ResourceKind("anomaly");
    suspect.head.evidence = Evidence::Anomaly(Box::new(anomaly(EC2, Some(USAGE), 480.0)));
    let since = Some("2026-11-21T00:00:00Z");
    let rows = vec![
        suspect,
        row(
            "ec2-instance",
            "one",
            "p4d.24xlarge",
            Some(10.0),
            since,
            "od",
        ),
    ];
    let key = rows[0].head.key.clone();
    let read = |costs| Report {
        costs,
        ..report(&place("", "111122223333"), 1.0, true, rows.clone())
    };
    let explained = |world: &Inventory| {
        let found = world.contributors(&key, at(1.0)).unwrap();
        found.ranked[0].explains.known().copied()
    };
    world.apply(read(None), at(1.0));
    assert_eq!(explained(&world), Some(Usd(480.0)), "both days");
    let days_only = Costs {
        through: Some(stamp("2026-11-22T00:00:00Z")),
        ..bill("111122223333", 0.0, 1.0)
    };
    let hours = Series {
        start: stamp("2026-11-21T00:00:00Z"),
        step: 3_600,
        points: [Some(10.0); 30].into(),
    };
    let by_hour = Costs {
        hours: vec![HourCosts {
            service: Service::Ec2,
            hours,
        }],
        ..days_only.clone()
    };
    world.apply(read(Some(Box::new(days_only))), at(1.0));
    let open_day = "of an open day the impact may hold any part";
    assert_eq!(explained(&world), Some(Usd(480.0)), "{open_day}");
    world.apply(read(Some(Box::new(by_hour))), at(1.0));
    assert_eq!(explained(&world), Some(Usd(300.0)), "the hours on the bill");
}
