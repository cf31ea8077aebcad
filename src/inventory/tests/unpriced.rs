//! Rows without a price: their estimates, their rank, and that no sum includes an estimate.

use super::{at, place, record, report, totals::bill, with_gpu, world};
use crate::domain::{
    BilledRate, Compute, Costs, Currency, Measured, Record, Report, SourceId, Usd, UsdPerHour,
};
use crate::inventory::Inventory;

fn apply(world: &mut Inventory, rows: Vec<Record>) {
    world.apply(report(&place("", "1"), 0.0, true, rows), at(0.0));
}

/// An idle instance of `unit`.
fn idle(id: &str, unit: &str, usd: Option<f64>) -> Record {
    let mut row = with_gpu(record(&place("", "1"), id, usd), 0.02, 72.0);
    row.head.compute = Some(Compute {
        unit: unit.into(),
        count: 1,
        desired: 1,
    });
    row
}

fn ranked(world: &Inventory) -> Vec<(&str, Option<UsdPerHour>)> {
    let findings = world.findings().iter();
    findings
        .filter(|finding| finding.is_waste())
        .map(|finding| (&*finding.name, finding.waste_estimate))
        .collect()
}

#[test]
fn unpriced_waste_ranks_by_an_estimate_and_is_in_no_sum() {
    let mut world = world();
    apply(
        &mut world,
        vec![
            idle("priced", "p4d.24xlarge", Some(20.0)),
            idle("unlisted", "p9.48xlarge", None),
            idle("unlike", "zz9.xlarge", None),
            idle("cheap", "g4dn.xlarge", Some(0.5)),
        ],
    );
    let ranked = ranked(&world);
    let names: Vec<&str> = ranked.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["unlisted", "priced", "cheap", "unlike"]);
    assert!(ranked[0].1.is_some_and(|estimate| estimate.0 > 20.0));
    assert_eq!(ranked[3].1, Some(UsdPerHour::ZERO));
    let totals = world.totals(None);
    assert_eq!(
        (
            totals.waste,
            totals.unpriced_wasting_rows,
            totals.unjudged_rows
        ),
        (UsdPerHour(20.5), 2, 0)
    );
    let finding = &world.findings()[0];
    assert!(finding.message.ends_with("; price unknown"), "{finding:?}");
    assert!(
        finding
            .arithmetic
            .starts_with("price unknown (no price); by p6"),
        "{}",
        finding.arithmetic
    );
    let row = &world.record(&finding.key).unwrap().head;
    assert_eq!(
        (row.waste.clone(), row.is_wasting()),
        (Measured::unknown("its price is not known"), true)
    );
}

#[test]
fn the_line_of_the_bill_is_the_best_estimate() {
    let mut world = world();
    apply(&mut world, vec![idle("unlisted", "p9.48xlarge", None)]);
    let costs = Costs {
        rates: vec![BilledRate {
            unit: "p9.48xlarge".into(),
            region: "us-east-1",
            billed: Usd(240.0),
            hours: 2.0,
        }],
        ..bill("1", 0.0, 1.0)
    };
    let source = SourceId {
        pane: "endpoints",
        place: place("", "1"),
    };
    let read = |costs| Report {
        source: source.clone(),
        costs: Some(Box::new(costs)),
        ..report(&place("", "1"), 1.0, true, Vec::new())
    };
    let in_euros = Costs {
        currency: Currency::parse("EUR").unwrap(),
        ..costs.clone()
    };
    world.apply(read(in_euros), at(1.0));
    assert_ne!(ranked(&world), [("unlisted", Some(UsdPerHour(120.0)))]);
    world.apply(read(costs), at(1.0));
    assert_eq!(ranked(&world), [("unlisted", Some(UsdPerHour(120.0)))]);
    assert!(
        world.findings()[0]
            .arithmetic
            .contains("by the bill: $240.00 for 2 h"),
        "{}",
        world.findings()[0].arithmetic
    );
}
