//! Tests of the inventory.

mod bills;
mod contributors;
mod contributors_over_time;
mod money;
mod prepaid;
mod reports;
mod spent;
mod totals;
mod unpriced;

use super::*;
use crate::domain::{
    ActionStatus, Align, Cadence, CommonFields, Costs, Evidence, Fault, FaultKind, FieldMeta,
    Freshness, HourlyCost, Location, Measured, Operation, Phase, PlanId, Reason, ResourceKind,
    SourceScope, State, Usd, UsdPerHour, Value, Visibility, Width, pane::FieldSource,
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
        kinds: &[],
        fields: vec![
            FieldMeta::head(CommonField::Name, Visibility::Always),
            FieldMeta::head(CommonField::State, Visibility::Always),
            FieldMeta::head(CommonField::Burn, Visibility::Always),
            FieldMeta::head(CommonField::Waste, Visibility::Always),
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
        grouping: None,
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
            price_estimate: None,
            history: crate::domain::CostHistory::default(),
            prepaid: None,
            service: None,
            discount: None,
            waste: Measured::unknown("not judged"),
            waste_estimate: None,
            owner: None,
            tags: Measured::Known(
                ["team", "environment", "model", "cost-centre"]
                    .map(|key| (key.to_owned(), "a".to_owned()))
                    .into(),
            ),
            evidence: Evidence::None,
            as_of: None,
            measured_at: None,
            actions: Vec::new(),
            read_at: at(0.0),
        },
        own: Vec::new(),
    }
}

/// The record with GPU utilization `level` for the given hours.
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
        ended: Vec::new(),
        rows,
        complete,
        faults: Vec::new(),
        notes: Vec::new(),
        costs: None,
        watch: None,
    }
}

fn ids(world: &Inventory) -> Vec<String> {
    world
        .rows("gpus")
        .map(|row| row.head.key.id.to_string())
        .collect()
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
        (0.1, ActionStatus::Accepted, "stop: accepted, in progress"),
        (0.05, ActionStatus::Calling, "stop: accepted, in progress"),
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

/// A row for filters and sorting.
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
