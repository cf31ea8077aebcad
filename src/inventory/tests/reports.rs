//! Reports applied to the inventory.

use super::*;

/// Without network, the source reports its known rows again.
#[test]
fn repeated_rows_of_a_failed_poll_are_not_fresh() {
    let (here, mut world) = (place("", "1"), world());
    let row = |usd| vec![record(&here, "a", Some(usd))];
    world.apply(report(&here, 0.0, true, row(408.0)), at(0.0));
    let listed = Some(at(0.0));
    for minutes in [1.0, 2.0, 5.0] {
        let again = Report {
            freshness: Freshness::failed(listed),
            ..report(&here, minutes, false, row(345.0))
        };
        world.apply(again, at(minutes));
        let health = world.health("gpus")[0].1.clone();
        assert_eq!((health.last_good, health.is_failing()), (listed, true));
        assert_eq!(world.totals(None).burn, UsdPerHour(408.0));
    }
    // Metrics of the same rows do not make the list newer.
    let measured = Report {
        freshness: Freshness {
            is_new: true,
            is_partial: false,
            ..Freshness::failed(listed)
        },
        ..report(&here, 6.0, false, row(400.0))
    };
    world.apply(measured, at(6.0));
    assert_eq!(world.health("gpus")[0].1.last_good, listed);
    assert_eq!(world.totals(None).burn, UsdPerHour(400.0));
}

#[test]
fn snapshot_does_not_change() {
    let (here, mut world) = (place("", "1"), world());
    let row = |id: &str| record(&here, id, Some(1.0));
    world.apply(report(&here, 0.0, true, vec![row("a")]), at(0.0));
    let snapshot = world.store().clone();
    world.apply(report(&here, 1.0, true, vec![row("b")]), at(1.0));
    assert_eq!(ids(&world), ["b"]);
    let mut before = super::Inventory::of(snapshot);
    assert_eq!(ids(&before), ["a"]);
    before.replace(world.store().clone(), at(1.0));
    assert_eq!(ids(&before), ["b"]);
}

#[test]
fn only_a_complete_report_removes_rows() {
    let (here, mut world) = (place("", "1"), world());
    assert!(world.loading("gpus"));
    let row = |id: &str, usd| record(&here, id, Some(usd));
    world.apply(
        report(&here, 0.0, true, vec![row("a", 1.0), row("b", 2.0)]),
        at(0.0),
    );
    assert!(!world.loading("gpus"));
    world.apply(
        report(&here, 1.0, false, vec![row("b", 3.0), row("c", 4.0)]),
        at(1.0),
    );
    assert_eq!(ids(&world), ["a", "b", "c"]);
    assert_eq!(world.totals(None).burn, UsdPerHour(8.0));
    world.apply(
        report(&here, 2.0, true, vec![row("c", 4.0), row("b", 3.0)]),
        at(2.0),
    );
    assert_eq!(ids(&world), ["c", "b"]);
    for id in ["b", "c"] {
        assert_eq!(
            &*world.record(&row(id, 0.0).head.key).unwrap().head.name,
            id
        );
    }
    assert_eq!(world.record(&row("a", 0.0).head.key), None);
}

#[test]
fn failed_report_changes_only_health() {
    let (here, mut world) = (place("", "1"), world());
    world.apply(
        report(&here, 0.0, true, vec![record(&here, "a", Some(1.0))]),
        at(0.0),
    );
    let fault = Fault::new(FaultKind::Denied, "ec2:DescribeInstances", "no");
    for (minutes, failures) in [(1.0, 1), (2.0, 2)] {
        let failed = Report {
            faults: vec![fault.clone()],
            ..report(&here, minutes, false, Vec::new())
        };
        world.apply(failed, at(minutes));
        let health = world.health("gpus")[0].1.clone();
        assert_eq!(
            (health.last_good, health.last_try, health.failures),
            (Some(at(0.0)), at(minutes), failures)
        );
        assert_eq!(
            (health.faults, health.complete, ids(&world).len()),
            (vec![fault.clone()], true, 1)
        );
    }
    world.apply(report(&here, 3.0, true, Vec::new()), at(3.0));
    assert_eq!(
        (ids(&world).len(), world.health("gpus")[0].1.is_failing()),
        (0, false)
    );
}

#[test]
fn older_report_changes_no_row() {
    let (here, mut world) = (place("", "1"), world());
    world.apply(
        report(&here, 5.0, true, vec![record(&here, "a", Some(1.0))]),
        at(5.0),
    );
    world.apply(report(&here, 4.0, true, Vec::new()), at(5.0));
    assert_eq!(
        (ids(&world).len(), world.health("gpus")[0].1.last_good),
        (1, Some(at(5.0)))
    );
    // Metrics follow at the same moment.
    world.apply(
        report(&here, 5.0, true, vec![record(&here, "a", Some(2.0))]),
        at(5.0),
    );
    assert_eq!(world.totals(Some("gpus")).burn, UsdPerHour(2.0));
    assert_eq!(world.totals(Some("endpoints")), Totals::default());
}

#[test]
fn row_listed_twice_counts_once() {
    let (here, mut world) = (place("", "1"), world());
    let rows = || {
        vec![
            record(&here, "a", Some(1.0)),
            record(&here, "a", Some(1.0)),
            record(&here, "b", Some(1.0)),
        ]
    };
    for minutes in [0.0, 1.0] {
        world.apply(report(&here, minutes, true, rows()), at(minutes));
        assert_eq!(
            (ids(&world), world.totals(None).burn),
            (vec!["a".to_owned(), "b".to_owned()], UsdPerHour(2.0))
        );
    }
}

#[test]
fn two_profiles_of_one_account_share_a_row() {
    let (mine, yours, mut world) = (place("mine", "1"), place("yours", "1"), world());
    let row = |place: &Location, minutes| {
        let mut row = record(place, "a", Some(1.0));
        row.head.read_at = at(minutes);
        row
    };
    world.apply(report(&mine, 0.0, true, vec![row(&mine, 0.0)]), at(0.0));
    world.apply(report(&yours, 0.1, true, vec![row(&yours, 0.1)]), at(0.1));
    let profile = |world: &Inventory| {
        world
            .record(&row(&mine, 0.0).head.key)
            .unwrap()
            .head
            .profile
            .to_string()
    };
    assert_eq!(
        (world.totals(None).rows, profile(&world).as_str()),
        (1, "mine")
    );
    // The first profile no longer reports it: the other takes over.
    world.apply(report(&mine, 10.0, false, Vec::new()), at(10.0));
    world.apply(report(&mine, 10.0, true, Vec::new()), at(10.0));
    world.apply(
        report(&yours, 10.1, true, vec![row(&yours, 10.1)]),
        at(10.1),
    );
    assert_eq!(
        (world.totals(None).rows, profile(&world).as_str()),
        (1, "yours")
    );
}

#[test]
fn account_id_may_arrive_later() {
    let (nameless, named, mut world) = (place("p", "-"), place("p", "1"), world());
    world.apply(
        report(
            &nameless,
            0.0,
            true,
            vec![with_gpu(record(&nameless, "a", Some(1.0)), 0.01, 60.0)],
        ),
        at(0.0),
    );
    world.acted(&outcome(
        &record(&nameless, "a", None).head.key,
        0.0,
        ActionStatus::Accepted,
    ));
    world.apply(report(&named, 1.0, false, Vec::new()), at(1.0));
    let key = record(&named, "a", None).head.key;
    assert!(world.record(&key).is_some() && world.pending(&key).is_some());
    assert_eq!(
        (world.health("gpus").len(), &world.findings()[0].key),
        (1, &key)
    );
    // And STS may fail again.
    world.apply(
        report(
            &nameless,
            2.0,
            true,
            vec![record(&nameless, "a", Some(2.0))],
        ),
        at(2.0),
    );
    assert_eq!(
        (
            world.health("gpus").len(),
            world.totals(None).rows,
            world.totals(None).burn
        ),
        (1, 1, UsdPerHour(2.0))
    );
}
