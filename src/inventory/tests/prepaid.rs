//! Prepaid capacity counts once, besides burn and waste.

use super::*;
use crate::domain::{CostWindow, Prepaid};

const BLOCK: &str = "cr-1";

fn free(id: &str, prepaid: Prepaid) -> Record {
    let mut row = record(&place("", "1"), id, Some(0.0));
    row.head.state = State::new(Phase::Running, "active");
    row.head.prepaid = Some(Box::new(prepaid));
    row
}

/// A block of four instances at ten dollars an hour, from a day ago to a day ahead.
fn block() -> Record {
    let bought = Prepaid {
        unit: Measured::Known(UsdPerHour(10.0)),
        source: "list".into(),
        instances: 4,
        elsewhere: 0,
        by: None,
        from: Some(at(-1_440.0)),
        to: Some(at(1_440.0)),
    };
    free(BLOCK, bought)
}

/// An instance in `by`, for two hours.
fn inside(id: &str, by: &str) -> Record {
    free(id, Prepaid::on(by.into(), 1, Some(at(-120.0))))
}

fn rates(world: &Inventory) -> Vec<(String, f64)> {
    let rate = |row: &Arc<Record>| {
        let prepaid = row.head.prepaid.as_ref()?;
        Some((row.head.key.id.to_string(), prepaid.rate().known()?.0))
    };
    world.rows("gpus").filter_map(rate).collect()
}

fn due(world: &Inventory, minutes: f64) -> f64 {
    world
        .store()
        .spent(at(minutes - 600.0), at(minutes))
        .prepaid
        .0
}

fn of(rows: Vec<Record>) -> Inventory {
    let mut world = world();
    world.apply(report(&place("", "1"), 0.0, true, rows), at(0.0));
    world
}

#[test]
fn an_instance_in_a_block_counts_once() {
    let world = of(vec![block(), inside("i-1", BLOCK), inside("i-2", BLOCK)]);
    assert_eq!(
        rates(&world),
        [
            (BLOCK.to_owned(), 20.0),
            ("i-1".to_owned(), 10.0),
            ("i-2".to_owned(), 10.0)
        ]
    );
    let totals = world.totals(None);
    assert_eq!(totals.prepaid, UsdPerHour(40.0));
    assert_eq!(
        (totals.burn, totals.effective, totals.waste),
        (UsdPerHour::ZERO, UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    assert_eq!(due(&world, 0.0), 400.0, "ten hours of four instances");
}

#[test]
fn a_block_counts_its_fee_to_its_end_whatever_happens_in_it() {
    let mut world = of(vec![block(), inside("i-1", BLOCK)]);
    let rows = vec![block()];
    world.apply(report(&place("", "1"), 60.0, true, rows), at(60.0));
    assert_eq!(rates(&world), [(BLOCK.to_owned(), 40.0)]);
    assert_eq!(due(&world, 60.0), 400.0, "the instance is gone");
    let rows = vec![inside("i-2", BLOCK)];
    world.apply(report(&place("", "1"), 1_500.0, true, rows), at(1_500.0));
    assert_eq!(due(&world, 1_500.0), 360.0, "it ended an hour ago");
}

#[test]
fn what_runs_on_a_block_of_nobody_here_counts_itself() {
    let mut alone = inside("i-1", "cr-of-others");
    let prepaid = alone.head.prepaid.as_mut().unwrap();
    prepaid.unit = Measured::Known(UsdPerHour(10.0));
    let world = of(vec![alone]);
    assert_eq!(world.totals(None).prepaid, UsdPerHour(10.0));
    assert_eq!(due(&world, 0.0), 20.0, "two hours");
}

#[test]
fn a_plan_of_an_unknown_price_makes_the_sum_a_least_one() {
    let world = of(vec![inside("job", "arn:unseen")]);
    let spent = world.store().spent(at(-600.0), at(0.0));
    assert_eq!(spent.prepaid, Usd::ZERO);
    assert!(spent.gap.unwrap().text().starts_with("job: what it was"));
}

#[test]
fn a_row_tells_what_fell_due_and_burns_nothing() {
    let world = of(vec![block(), inside("i-1", BLOCK)]);
    for (id, today, burn) in [(BLOCK, 340.0, 0.0), ("i-1", 20.0, 0.0)] {
        let mut rows = world.rows("gpus");
        let row = rows.find(|row| &*row.head.key.id == id).unwrap();
        let cost = row.head.accrued(CostWindow::Today, at(0.0));
        assert_eq!(cost.number().map(f64::round), Some(today), "{id}");
        assert_eq!(row.head.burn.rate(), Some(UsdPerHour(burn)));
    }
}
