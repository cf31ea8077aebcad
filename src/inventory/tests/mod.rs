//! The store by tables and properties.

#[cfg(test)]
mod contributors;
#[cfg(test)]
mod money;

use super::*;
use crate::domain::{
    ActionStatus, Align, Cadence, CommonFields, Costs, Evidence, Fault, FaultKind, FieldMeta,
    Freshness, HourlyCost, Location, Measured, Operation, Phase, PlanId, Reason, ResourceKind,
    SourceScope, State, Usd, Value, Visibility, Width, pane::FieldSource,
    resource::columns::CommonField, time::series::SeriesSummary,
};
use proptest::prelude::*;
use std::time::Duration;

pub(super) fn at(minutes: f64) -> Timestamp {
    "2026-11-23T08:30:00Z".parse::<Timestamp>().unwrap()
        + jiff::SignedDuration::from_secs_f64(minutes * 60.0)
}

fn field(id: &'static str, from: FieldSource) -> FieldMeta {
    FieldMeta {
        id,
        title: id,
        doc: id,
        width: Width::Fixed(8),
        align: Align::Left,
        show: Visibility::Always,
        from,
    }
}

/// A pane whose own values are a type, a GPU share, an idle time and a count.
pub(super) fn pane(scope: SourceScope) -> PaneMeta {
    PaneMeta {
        id: "gpus",
        title: "GPUs",
        doc: "",
        fields: vec![
            FieldMeta::common(CommonField::Name, Visibility::Always),
            FieldMeta::common(CommonField::State, Visibility::Always),
            FieldMeta::common(CommonField::Burn, Visibility::Always),
            FieldMeta::common(CommonField::Waste, Visibility::Always),
            field("type", FieldSource::Own(0)),
            field("gpu_util", FieldSource::Own(1)),
            field("idle_seconds", FieldSource::Own(2)),
            field("count", FieldSource::Own(3)),
            field("gpu_memory", FieldSource::Own(4)),
        ],
        operations: &[],
        needs: Vec::new(),
        cadence: Cadence {
            inventory: Duration::from_secs(30),
            metrics: Duration::from_mins(1),
        },
        scope,
        sort: "burn",
        tile: Visibility::Always,
        is_bill: false,
        has_contributors: false,
        chart: &[],
        facet: None,
    }
}

pub(super) fn place(profile: &str, account: &str) -> Location {
    Location {
        profile: profile.into(),
        account: account.into(),
        region: "us-east-1".into(),
    }
}

pub(super) fn record(place: &Location, id: &str, usd: Option<f64>) -> Record {
    let burn = match usd {
        Some(0.0) => HourlyCost::Nothing(Reason::new("stopped")),
        Some(usd) => HourlyCost::Priced {
            unit: UsdPerHour(usd),
            quantity: 1.0,
            source: "list".into(),
            estimate: false,
        },
        None => HourlyCost::Unpriced(Reason::new("no price")),
    };
    let stopped = usd == Some(0.0);
    Record {
        head: CommonFields {
            key: ResourceKey::new(place, ResourceKind("ec2-instance"), id),
            profile: place.profile.clone(),
            name: id.into(),
            arn: None,
            parent: None,
            state: if stopped {
                State::new(Phase::Stopped, "stopped")
            } else {
                State::new(Phase::Running, "running")
            },
            since: Some(at(-6000.0)),
            compute: None,
            burn,
            service: None,
            discount: None,
            waste: Measured::unknown("not judged"),
            owner: None,
            tags: Measured::Known(
                ["team", "environment", "model", "cost-centre"]
                    .map(|key| (key.to_owned(), "a".to_owned()))
                    .into(),
            ),
            evidence: Evidence::None,
            actions: Vec::new(),
            read_at: at(0.0),
        },
        own: Vec::new(),
    }
}

/// With a GPU at `level` for so many hours.
pub(super) fn with_gpu(mut record: Record, level: f64, hours: f64) -> Record {
    let seen = SeriesSummary {
        mean: level,
        p50: level,
        p95: level,
        p99: level,
        max: level,
        hours,
        window: hours,
    };
    record.head.evidence = Evidence::accelerators(
        Measured::Known(seen),
        Measured::unknown("none"),
        hours * 3600.0,
    );
    record
}

fn world() -> Inventory {
    Inventory::new([pane(SourceScope::Region)].into(), Thresholds::default())
}

pub(super) fn report(place: &Location, minutes: f64, complete: bool, rows: Vec<Record>) -> Report {
    Report {
        source: SourceId {
            pane: "gpus",
            place: place.clone(),
        },
        at: at(minutes),
        freshness: if complete || !rows.is_empty() {
            Freshness::listed(at(minutes))
        } else {
            Freshness::failed(None)
        },
        rows,
        complete,
        faults: Vec::new(),
        costs: None,
    }
}

fn ids(world: &Inventory) -> Vec<String> {
    world
        .rows("gpus")
        .map(|row| row.head.key.id.to_string())
        .collect()
}

/// The network is gone: the source reports what it knew, again and again.
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
    // The first profile no longer brings it: the other takes over.
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

#[test]
fn waste_comes_from_findings_and_counts_once() {
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
    assert_eq!(
        world
            .findings()
            .iter()
            .map(|finding| &*finding.name)
            .collect::<Vec<_>>(),
        ["dear", "idle"]
    );
    let totals = world.totals(None);
    assert_eq!(
        (totals.burn, totals.waste),
        (UsdPerHour(95.0), UsdPerHour(50.0))
    );
    assert_eq!(
        (
            totals.rows,
            totals.billed,
            totals.unpriced,
            totals.wasting,
            totals.unjudged
        ),
        (6, 5, 1, 2, 1)
    );
    let waste = |world: &Inventory, id: &str| {
        world
            .record(&record(&here, id, None).head.key)
            .unwrap()
            .head
            .waste
            .clone()
    };
    assert_eq!(waste(&world, "busy"), Measured::Known(UsdPerHour::ZERO));
    assert_eq!(waste(&world, "stopped"), Measured::Known(UsdPerHour::ZERO));
    assert_eq!(
        waste(&world, "young"),
        Measured::unknown("only 1 h of data, gpu-idle needs 6 h")
    );
    // What calls nothing waste settles nothing.
    let mut untagged = with_gpu(record(&here, "young", Some(5.0)), 0.0, 1.0);
    untagged.head.tags = Measured::Known(crate::domain::Tags::new());
    world.apply(report(&here, 1.0, false, vec![untagged]), at(1.0));
    assert_eq!(
        waste(&world, "young"),
        Measured::unknown("only 1 h of data, gpu-idle needs 6 h")
    );
    assert_eq!((world.findings().len(), world.totals(None).wasting), (3, 2));
    let busy = world.verdicts(&record(&here, "busy", None).head.key);
    assert!(
        !busy.is_empty()
            && busy
                .iter()
                .all(|verdict| !matches!(verdict, Verdict::Finding(_))),
        "{busy:?}"
    );
}

fn outcome(key: &ResourceKey, minutes: f64, step: ActionStatus) -> StatusUpdate {
    StatusUpdate {
        plan: PlanId("p-1".into()),
        key: key.clone(),
        name: key.id.clone(),
        operation: Operation::Stop,
        at: at(minutes),
        status: step,
    }
}

#[test]
fn action_status_stays_until_settled_and_a_while_longer() {
    let mut world = world();
    let key = record(&place("", "1"), "a", None).head.key;
    for (minutes, step, text) in [
        (
            0.0,
            ActionStatus::Recorded,
            "stop: recorded, checking the resource",
        ),
        (0.1, ActionStatus::Accepted, "stop: accepted, under way"),
        (0.05, ActionStatus::Calling, "stop: accepted, under way"),
        (5.0, ActionStatus::Succeeded, "stop: done"),
        (5.1, ActionStatus::Accepted, "stop: done"),
    ] {
        world.acted(&outcome(&key, minutes, step));
        assert_eq!(world.pending(&key).unwrap().text(), text);
        assert_eq!(world.pending(&key).unwrap().since, at(0.0));
    }
    world.tick(at(5.1));
    assert!(world.pending(&key).is_some());
    let before = world.version();
    world.tick(at(6.0));
    assert!(world.pending(&key).is_none() && world.version() > before);
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
        month_end: Measured::unknown("none"),
        budgets: Vec::new(),
        days: Vec::new(),
        coverage: Vec::new(),
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
        let burn: f64 = rows.iter().filter_map(|row| row.head.burn.rate()).map(|rate| rate.0).sum();
        let waste: f64 = rows.iter().filter_map(|row| row.head.waste.known()).map(|rate| rate.0).sum();
        prop_assert_eq!(totals.rows, rows.len());
        prop_assert!((totals.burn.0 - burn).abs() < 1e-9 && (totals.waste.0 - waste).abs() < 1e-9);
        prop_assert!(totals.waste.0 <= totals.burn.0 + 1e-9);
        prop_assert_eq!(totals.unpriced, rows.iter().filter(|row| row.head.burn.rate().is_none()).count());
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
            prop_assert!(world.record(&finding.key).is_some_and(|row| row.head.waste.known().is_some_and(|waste| *waste >= finding.waste)));
        }
        prop_assert!(world.findings().is_sorted_by(|a, b| a.waste >= b.waste));
    }
}

/// The bill of an account that pays `share` less than list for EC2.
fn bill(account: &str, share: f64, minutes: f64) -> Costs {
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
        month_end: Measured::unknown("none"),
        budgets: Vec::new(),
        days: Vec::new(),
        coverage: Vec::new(),
    }
}

proptest! {
    #[test]
    fn effective_total_sums_rows_and_stays_below_list(
        rows in any_rows(&place("", "1")), shares in proptest::collection::vec((prop_oneof![Just("1"), Just("2")], 0.0f64..1.0), 0..4), own in proptest::option::of(0.0f64..1.0), first: bool
    ) {
        let own = own.map(|share| crate::domain::Discount { service: crate::domain::Service::Ec2, share, source: "configured".into() });
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
            let source = SourceId { pane: "endpoints", place: place("", account) };
            world.apply(Report { source, costs, ..report(&place("", account), minutes as f64, true, Vec::new()) }, at(2.0));
        }
        if !first {
            world.apply(listed, at(1.0));
        }
        let learnt = shares.iter().rev().find(|(account, _)| *account == "1").map(|(_, share)| *share);
        let share = own.map(|own| own.share).or(learnt).unwrap_or_default();
        let totals = world.totals(None);
        let sum: f64 = world.rows("gpus").filter_map(|row| row.head.effective()).map(|rate| rate.0).sum();
        prop_assert!((totals.effective.0 - sum).abs() < 1e-9);
        prop_assert!((totals.effective.0 - totals.burn.0 * (1.0 - share)).abs() < 1e-6 && totals.effective.0 <= totals.burn.0 + 1e-9);
    }
}

/// A row for filters and orders.
pub(super) fn full(id: &str, usd: Option<f64>, own: Vec<Value>) -> Record {
    let mut record = record(&place("", "111122223333"), id, usd);
    record.head.owner = Some("search".into());
    record.head.tags = Measured::Known(
        [
            ("team".to_owned(), "search".to_owned()),
            ("env".to_owned(), "prod eu".to_owned()),
        ]
        .into(),
    );
    Record { own, ..record }
}
