//! The amount spent in a window, from bills and rows.

use super::{totals::bill, *};
use crate::domain::{CostGap, CostHistory, DayCost, HourCosts, Service};

fn moment(text: &str) -> Timestamp {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

/// Monday morning.
fn now() -> Timestamp {
    moment("23T08:30")
}

/// A machine that costs `rate` an hour since `since`.
fn machine(id: &str, rate: f64, since: &str) -> Record {
    let mut row = record(&place("", "1"), id, Some(rate));
    row.head.service = Some(Service::Ec2);
    row.head.since = Some(moment(since));
    row.head.read_at = now();
    row
}

fn stopped(mut row: Record, at: &str) -> Record {
    let rate = row.head.burn.rate().unwrap();
    row.head.history = CostHistory::once(row.head.since.unwrap(), moment(at), rate);
    row.head.burn = HourlyCost::Nothing(Reason::new("stopped"));
    row
}

/// The bill of EC2: dollars of each hour of `days` closed days, and of the hours until `through`.
fn ec2(rate: f64, through: Option<&str>) -> Costs {
    let day = |day: u8, billed: f64, closed: bool| DayCost {
        day: moment(&format!("{day:02}T00:00")),
        service: Service::Ec2,
        billed: Usd(billed),
        fees: Usd::ZERO,
        priced: Usd(billed),
        list: Usd(billed),
        closed,
    };
    let mut days: Vec<DayCost> = (9..22).map(|of| day(of, 24.0 * rate, true)).collect();
    days.push(day(22, 17.0 * rate, false));
    let first = moment("20T18:00");
    let hours = through.map(|through| {
        let length = (moment(through).as_second() - first.as_second()) / 3_600;
        HourCosts {
            service: Service::Ec2,
            hours: Series {
                start: first,
                step: 3_600,
                points: vec![Some(rate); usize::try_from(length).unwrap()],
            },
        }
    });
    Costs {
        discounts: Vec::new(),
        through: Some(moment("22T00:00")),
        days,
        hours: hours.into_iter().collect(),
        ..bill("1", 0.0, 0.0)
    }
}

fn world_of(rows: Vec<Record>, costs: Option<Costs>) -> Inventory {
    let mut world = world();
    let report = Report {
        at: now(),
        costs: costs.map(Box::new),
        ..report(&place("", "1"), 0.0, true, rows)
    };
    world.apply(report, now());
    world
}

fn friday(world: &Inventory) -> WindowCost {
    world.store().spent(moment("20T18:00"), now())
}

#[track_caller]
fn near(found: Usd, expected: f64) {
    assert!(
        (found.0 - expected).abs() < 0.01,
        "{found:?} not {expected}"
    );
}

#[test]
fn stopped_and_running_rows_count_what_they_cost() {
    let rows = vec![
        machine("runs", 10.0, "10T00:00"),
        stopped(machine("stopped", 4.0, "20T12:00"), "21T18:00"),
    ];
    let spent = friday(&world_of(rows, None));
    near(spent.usage, 62.5 * 10.0 + 24.0 * 4.0);
    assert_eq!(
        (spent.through, spent.billed, spent.gap),
        (None, Usd::ZERO, None)
    );
}

#[test]
fn closed_hours_come_from_the_bill_and_the_rest_from_the_rows() {
    // The bill has 12 an hour, the rows 10: the difference is not lost.
    let rows = || vec![machine("runs", 10.0, "10T00:00")];
    let spent = friday(&world_of(rows(), Some(ec2(12.0, Some("22T17:00")))));
    // The bill has two dollars an hour more on each of the last days: they continue.
    near(spent.billed, 47.0 * 12.0);
    near(spent.usage, 47.0 * 12.0 + 15.5 * 12.0);
    assert_eq!(spent.through, Some(moment("22T17:00")));
}

#[test]
fn without_hours_whole_days_come_from_the_bill() {
    let rows = vec![machine("runs", 12.0, "10T00:00")];
    let spent = friday(&world_of(rows, Some(ec2(12.0, None))));
    near(spent.billed, 24.0 * 12.0);
    near(spent.usage, 62.5 * 12.0);
    assert_eq!(spent.through, Some(moment("22T00:00")));
}

#[test]
fn what_ran_on_a_closed_friday_and_is_gone_counts_for_its_evening() {
    // The rows account for 10 of the 15 dollars an hour.
    let rows = vec![machine("runs", 10.0, "10T00:00")];
    let spent = friday(&world_of(rows, Some(ec2(15.0, None))));
    let friday_evening = 6.0 * 15.0;
    let sunday_and_monday = 32.5 * 15.0;
    near(
        spent.usage,
        friday_evening + 24.0 * 15.0 + sunday_and_monday,
    );
}

#[test]
fn an_account_without_a_bill_is_estimated_from_the_beginning() {
    let mut other = machine("other", 3.0, "10T00:00");
    other.head.key = record(&place("", "2"), "other", None).head.key;
    let rows = vec![machine("runs", 12.0, "10T00:00"), other];
    let spent = friday(&world_of(rows, Some(ec2(12.0, Some("22T17:00")))));
    near(spent.usage, 62.5 * 15.0);
}

#[test]
fn a_bill_in_another_currency_is_not_added_to_dollars() {
    let rows = vec![machine("runs", 10.0, "10T00:00")];
    let costs = Costs {
        currency: crate::domain::Currency::parse("CNY").unwrap(),
        ..ec2(70.0, Some("22T17:00"))
    };
    near(friday(&world_of(rows, Some(costs))).usage, 62.5 * 10.0);
}

/// A notebook reports when it stopped; only the bill shows that it ran at the end of the bill.
#[test]
fn the_bill_tells_what_a_row_does_not() {
    let row = || {
        let mut row = machine("stopped", 4.0, "01T00:00");
        row.head.burn = HourlyCost::Nothing(Reason::new("stopped"));
        row.head.history.gap = Some(CostGap {
            until: moment("23T05:00"),
            why: Reason::new("nobody says when it began"),
            rate: Some(UsdPerHour(4.0)),
        });
        row
    };
    let running = || machine("runs", 10.0, "10T00:00");
    let spent = friday(&world_of(
        vec![running(), row()],
        Some(ec2(14.0, Some("22T17:00"))),
    ));
    near(spent.usage, 47.0 * 14.0 + 15.5 * 10.0 + 12.0 * 4.0);
    assert_eq!(spent.gap, None);
    let spent = friday(&world_of(
        vec![running(), row()],
        Some(ec2(10.0, Some("22T17:00"))),
    ));
    near(spent.usage, 62.5 * 10.0);
    assert_eq!(spent.gap, Some(Reason::new("nobody says when it began")));
}

#[test]
fn a_price_that_is_not_known_makes_it_a_least_sum() {
    let mut row = machine("x", 1.0, "10T00:00");
    row.head.burn = HourlyCost::Unpriced(Reason::new("no price"));
    let spent = friday(&world_of(vec![row], None));
    assert_eq!(
        (spent.usage, spent.gap),
        (Usd::ZERO, Some(Reason::new("no price")))
    );
}

/// A row that is no longer listed, shrinks or is stopped keeps its costs.
#[test]
fn what_was_seen_stays_in_the_sums() {
    let here = place("", "1");
    let changes: [(&str, Option<Record>); 4] = [
        ("gone", None),
        ("shrunk", Some(machine("a", 2.0, "20T12:00"))),
        (
            "stopped",
            Some(stopped(machine("a", 8.0, "20T12:00"), "23T08:30")),
        ),
        ("started again", Some(machine("a", 8.0, "23T08:30"))),
    ];
    for (what, row) in changes {
        let mut world = world();
        let mut first = machine("a", 8.0, "20T12:00");
        first.head.read_at = now();
        let take = |world: &mut Inventory, rows: Vec<Record>, minutes: f64| {
            let at = at(minutes);
            let rows = rows.into_iter().map(|mut row| {
                row.head.read_at = at;
                row
            });
            world.apply(report(&here, minutes, true, rows.collect()), at);
        };
        take(&mut world, vec![first], 0.0);
        let before = world.store().spent(moment("20T18:00"), at(0.0)).usage;
        near(before, 62.5 * 8.0);
        for minutes in [1.0, 2.0, 90.0] {
            take(&mut world, row.clone().into_iter().collect(), minutes);
            let spent = world.store().spent(moment("20T18:00"), at(minutes)).usage;
            let ran = match what {
                "shrunk" => 8.0 + 2.0 * (minutes - 1.0),
                "started again" => 8.0 * minutes,
                "gone" => 8.0,
                _ => 0.0,
            };
            near(spent, before.0 + ran / 60.0);
        }
    }
}
