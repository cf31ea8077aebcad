//! Totals: burn, waste, and the month.

use super::*;

/// An inventory with two wasteful rows, a busy one, and three that are not judged.
fn judged_world() -> (Location, Inventory) {
    let (here, mut world) = (place("", "1"), world());
    let rows = vec![
        with_gpu(record(&here, "idle", Some(20.0)), 0.02, 60.0),
        with_gpu(record(&here, "dear", Some(30.0)), 0.01, 60.0),
        with_gpu(record(&here, "busy", Some(40.0)), 0.9, 60.0),
        with_gpu(record(&here, "young", Some(5.0)), 0.0, 1.0),
        record(&here, "stopped", Some(0.0)),
        record(&here, "unpriced", None),
    ];
    world.apply(report(&here, 0.0, true, rows), at(0.0));
    (here, world)
}

fn waste(world: &Inventory, here: &Location, id: &str) -> Measured<UsdPerHour> {
    let key = record(here, id, None).head.key;
    world.record(&key).unwrap().head.waste.clone()
}

#[test]
fn waste_is_the_sum_of_findings() {
    let (_, world) = judged_world();
    let names: Vec<&str> = world
        .findings()
        .iter()
        .map(|finding| &*finding.name)
        .collect();
    assert_eq!(names, ["dear", "idle"]);
    let totals = world.totals(None);
    assert_eq!(
        (totals.burn, totals.waste),
        (UsdPerHour(95.0), UsdPerHour(50.0))
    );
    assert_eq!(
        (
            totals.rows,
            totals.billed_rows,
            totals.unpriced_rows,
            totals.wasting_rows,
            totals.unjudged_rows
        ),
        (6, 5, 1, 2, 1)
    );
}

#[test]
fn a_row_without_a_finding_wastes_nothing_or_is_unknown() {
    let (here, mut world) = judged_world();
    let nothing = Measured::Known(UsdPerHour::ZERO);
    let unknown = Measured::unknown("only 1 h of data, gpu-idle needs 6 h");
    assert_eq!(waste(&world, &here, "busy"), nothing);
    assert_eq!(waste(&world, &here, "stopped"), nothing);
    assert_eq!(waste(&world, &here, "young"), unknown);
    // A finding without waste does not make the waste known.
    let mut untagged = with_gpu(record(&here, "young", Some(5.0)), 0.0, 1.0);
    untagged.head.tags = Measured::Known(crate::domain::Tags::new());
    world.apply(report(&here, 1.0, false, vec![untagged]), at(1.0));
    assert_eq!(waste(&world, &here, "young"), unknown);
    assert_eq!(
        (world.findings().len(), world.totals(None).wasting_rows),
        (3, 2)
    );
    let busy = world.verdicts(&record(&here, "busy", None).head.key);
    let is_finding = |verdict: &&Verdict| matches!(verdict, Verdict::Finding(_));
    assert!(!busy.is_empty(), "no rule judges it");
    assert_eq!(busy.iter().find(is_finding), None);
}

#[test]
fn metrics_that_could_not_be_read_again_date_the_waste() {
    let (here, mut world) = judged_world();
    assert_eq!(
        (world.totals(None).judged_rows, world.totals(None).as_of),
        (3, None)
    );
    let mut old = with_gpu(record(&here, "idle", Some(20.0)), 0.02, 60.0);
    old.head.as_of = Some(at(-7.0));
    let mut waiting = record(&here, "waiting", Some(1.0));
    waiting.head.evidence =
        Evidence::accelerators(Measured::pending(), Measured::pending(), 90_000.0);
    world.apply(report(&here, 1.0, false, vec![old, waiting]), at(1.0));
    let totals = world.totals(None);
    assert_eq!(
        (
            totals.judged_rows,
            totals.unjudged_rows,
            totals.pending_rows
        ),
        (3, 2, 1)
    );
    assert_eq!(totals.as_of, Some(at(-7.0)));
    let as_of = |name: &str| {
        let mut findings = world.findings().iter();
        findings
            .find(|finding| &*finding.name == name)
            .unwrap()
            .as_of
    };
    assert_eq!((as_of("idle"), as_of("dear")), (Some(at(-7.0)), None));
}

#[test]
fn month_to_date_sums_accounts() {
    let mut world = world();
    let costs = |account: &str, minutes, usd: Option<f64>| Costs {
        place: place(account, account),
        at: at(minutes),
        month_to_date: Measured::or_why(usd.map(Usd), "denied"),
        through: Some(at(minutes)),
        discounts: Vec::new(),
        rest: Measured::unknown("none"),
        budgets: Vec::new(),
        days: Vec::new(),
        hours: Vec::new(),
        coverage: Vec::new(),
        currency: crate::domain::Currency::USD,
        last_day: Vec::new(),
        daily: Vec::new(),
        rates: Vec::new(),
        unlisted: Vec::new(),
        linked: Vec::new(),
    };
    assert!(world.month_to_date().why().is_some());
    for (account, minutes, usd) in [
        ("1", 0.0, Some(10.0)),
        ("2", 1.0, Some(5.0)),
        ("1", 2.0, Some(12.0)),
        ("1", 3.0, None),
        ("3", 3.0, None),
    ] {
        let source = SourceId {
            pane: "gpus",
            place: place(account, account),
        };
        let costs = Some(Box::new(costs(account, minutes, usd)));
        world.apply(
            Report {
                source,
                costs,
                ..report(&place("", "1"), minutes, true, Vec::new())
            },
            at(minutes),
        );
    }
    let month = *world.month_to_date().known().unwrap();
    assert_eq!(
        (month.amount, month.accounts, month.missing, month.through),
        (Usd(17.0), 2, 1, Some(at(1.0)))
    );
}

#[test]
fn burn_history_keeps_gaps() {
    let (here, mut world) = (place("", "1"), world());
    world.tick(at(0.0));
    assert_eq!(world.burn_history().points, []);
    world.apply(
        report(&here, 0.0, true, vec![record(&here, "a", Some(1.0))]),
        at(0.0),
    );
    world.apply(
        report(&here, 2.0, true, vec![record(&here, "a", Some(3.0))]),
        at(2.0),
    );
    let history = world.burn_history();
    assert_eq!(
        (history.points.first(), history.points.len(), history.last()),
        (Some(&Some(1.0)), 5, Some(3.0))
    );
    assert_eq!(history.at(4), at(2.0));
    let started = world.burn_by_start();
    assert_eq!(
        (started.points.len(), started.last(), started.points[0]),
        (96, Some(3.0), Some(3.0))
    );
    world.tick(at(3000.0));
    assert_eq!(world.burn_history().points, [Some(3.0)]);
}

fn any_rows(place: &Location) -> impl Strategy<Value = Vec<Record>> + use<> {
    let place = place.clone();
    let usd = prop_oneof![Just(Some(0.0)), Just(None), (0.01f64..100.0).prop_map(Some)];
    let row = (0u8..12, usd, 0.0f64..1.0, 0.0f64..80.0);
    proptest::collection::vec(row, 0..10).prop_map(move |rows| {
        rows.into_iter()
            .map(|(id, usd, level, hours)| {
                with_gpu(record(&place, &format!("i-{id}"), usd), level, hours)
            })
            .collect()
    })
}

fn any_report() -> impl Strategy<Value = Report> {
    let source = (
        prop_oneof![Just("x"), Just("y")],
        prop_oneof![Just("-"), Just("1"), Just("2")],
    );
    (source, 0u8..20, any::<bool>()).prop_flat_map(|((profile, account), minutes, complete)| {
        let place = place(profile, account);
        any_rows(&place).prop_map(move |rows| report(&place, minutes.into(), complete, rows))
    })
}

proptest! {
    #[test]
    fn totals_sum_rows(reports in proptest::collection::vec(any_report(), 1..8)) {
        let mut world = world();
        for report in reports {
            let now = report.at;
            let before = world.version();
            world.apply(report, now);
            prop_assert!(world.version() > before);
        }
        let rows: Vec<_> = world.rows("gpus").cloned().collect();
        let totals = world.totals(None);
        let burn: f64 = rows
            .iter()
            .filter_map(|row| row.head.burn.rate())
            .map(|rate| rate.0)
            .sum();
        let waste: f64 = rows
            .iter()
            .filter_map(|row| row.head.waste.known())
            .map(|rate| rate.0)
            .sum();
        prop_assert_eq!(totals.rows, rows.len());
        prop_assert!((totals.burn.0 - burn).abs() < 1e-9 && (totals.waste.0 - waste).abs() < 1e-9);
        prop_assert!(totals.waste.0 <= totals.burn.0 + 1e-9);
        prop_assert_eq!(
            totals.unpriced_rows,
            rows.iter()
                .filter(|row| row.head.burn.rate().is_none())
                .count()
        );
        let mut keys = std::collections::HashSet::new();
        for row in &rows {
            prop_assert!(keys.insert(row.head.key.clone()), "{} twice", row.head.key);
            prop_assert_eq!(world.record(&row.head.key), Some(row));
            if row.head.state.phase == Phase::Stopped {
                prop_assert_eq!(row.head.burn.rate(), Some(UsdPerHour::ZERO));
                prop_assert_eq!(&row.head.waste, &Measured::Known(UsdPerHour::ZERO));
            }
        }
        for finding in world.findings() {
            let row = world.record(&finding.key);
            let waste = row.and_then(|row| row.head.waste.known());
            match finding.waste_estimate {
                Some(estimate) => {
                    prop_assert!(row.and_then(|row| row.head.waste_estimate) >= Some(estimate));
                    prop_assert_eq!(finding.waste, UsdPerHour::ZERO);
                }
                None => prop_assert!(waste.is_none_or(|waste| *waste >= finding.waste)),
            }
        }
        let rank = |finding: &Finding| finding.waste_estimate.unwrap_or(finding.waste);
        prop_assert!(world.findings().is_sorted_by(|a, b| rank(a) >= rank(b)));
    }
}

/// The costs of an account with an EC2 discount of `share`.
pub(super) fn bill(account: &str, share: f64, minutes: f64) -> Costs {
    let source = "Cost Explorer, a week".into();
    Costs {
        place: place("", account),
        at: at(minutes),
        month_to_date: Measured::Known(Usd(10.0)),
        through: None,
        discounts: vec![crate::domain::Discount {
            service: crate::domain::Service::Ec2,
            share,
            source,
        }],
        rest: Measured::unknown("none"),
        budgets: Vec::new(),
        days: Vec::new(),
        hours: Vec::new(),
        coverage: Vec::new(),
        currency: crate::domain::Currency::USD,
        last_day: Vec::new(),
        daily: Vec::new(),
        rates: Vec::new(),
        unlisted: Vec::new(),
        linked: Vec::new(),
    }
}

proptest! {
    #[test]
    fn effective_total_sums_rows_and_stays_below_list(
        rows in any_rows(&place("", "1")),
        shares in proptest::collection::vec((prop_oneof![Just("1"), Just("2")], 0.0f64..1.0), 0..4),
        own in proptest::option::of(0.0f64..1.0),
        first: bool,
    ) {
        let own = own.map(|share| crate::domain::Discount {
            service: crate::domain::Service::Ec2,
            share,
            source: "configured".into(),
        });
        let mut world = world().with_discounts(own.iter().cloned().collect());
        let mut rows = rows;
        for row in &mut rows {
            row.head.service = Some(crate::domain::Service::Ec2);
        }
        let listed = report(&place("", "1"), 1.0, true, rows);
        if first {
            world.apply(listed.clone(), at(1.0));
        }
        for (minutes, (account, share)) in shares.iter().enumerate() {
            let costs = Some(Box::new(bill(account, *share, minutes as f64)));
            let source = SourceId {
                pane: "endpoints",
                place: place("", account),
            };
            world.apply(
                Report {
                    source,
                    costs,
                    ..report(&place("", account), minutes as f64, true, Vec::new())
                },
                at(2.0),
            );
        }
        if !first {
            world.apply(listed, at(1.0));
        }
        let inferred = shares
            .iter()
            .rev()
            .find(|(account, _)| *account == "1")
            .map(|(_, share)| *share);
        let share = own.map(|own| own.share).or(inferred).unwrap_or_default();
        let totals = world.totals(None);
        let sum: f64 = world
            .rows("gpus")
            .filter_map(|row| row.head.effective())
            .map(|rate| rate.0)
            .sum();
        prop_assert!((totals.effective.0 - sum).abs() < 1e-9);
        prop_assert!(
            (totals.effective.0 - totals.burn.0 * (1.0 - share)).abs() < 1e-6
                && totals.effective.0 <= totals.burn.0 + 1e-9
        );
    }
}
