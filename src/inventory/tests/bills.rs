//! Bills of several accounts together, and the budget to look at first.

use super::{totals::bill, *};
use crate::domain::{Budget, BudgetScope, CostGap, Currency, Discount, Note, RegionCost, Service};

fn take(world: &mut Inventory, costs: Costs) {
    let source = SourceId {
        pane: "gpus",
        place: costs.place.clone(),
    };
    let report = Report {
        source,
        costs: Some(Box::new(costs)),
        ..report(&place("", "1"), 1.0, true, Vec::new())
    };
    world.apply(report, at(1.0));
}

/// A payer's bill includes its member's: $1,000 a day, on both bills, is $1,000 a day.
#[test]
fn a_member_is_counted_within_its_payer() {
    for payer_first in [true, false] {
        let mut world = world();
        let payer = Costs {
            month_to_date: Measured::Known(Usd(29_000.0)),
            linked: vec!["1".into(), "2".into()],
            ..bill("1", 0.0, 0.0)
        };
        let member = Costs {
            month_to_date: Measured::Known(Usd(29_000.0)),
            linked: vec!["2".into()],
            ..bill("2", 0.0, 0.0)
        };
        let both = if payer_first {
            [payer, member]
        } else {
            [member, payer]
        };
        for costs in both {
            take(&mut world, costs);
        }
        let month = *world.month_to_date().known().unwrap();
        assert_eq!(
            (month.amount, month.accounts, month.missing),
            (Usd(29_000.0), 1, 0)
        );
        let note = Note::BilledByPayer {
            account: "2".into(),
            payer: "1".into(),
        };
        assert_eq!(world.notes(), [note]);
    }
}

/// The payer's bill has the usage of its members at its own discounts; a member that reads a bill
/// of its own has those of that bill.
#[test]
fn discounts_of_a_payer_are_those_of_its_members() {
    for own in [None, Some(0.05)] {
        let mut world = world();
        let payer = Costs {
            linked: vec!["1".into(), "2".into(), "3".into()],
            ..bill("1", 0.2, 0.0)
        };
        take(&mut world, payer);
        if let Some(share) = own {
            let member = Costs {
                linked: vec!["2".into()],
                ..bill("2", share, 0.0)
            };
            take(&mut world, member);
        }
        let mut row = record(&place("", "2"), "a", Some(10.0));
        row.head.service = Some(Service::Ec2);
        let key = row.head.key.clone();
        let rows = report(&place("", "2"), 1.0, true, vec![row]);
        world.apply(rows, at(1.0));
        let discount = world.record(&key).unwrap().head.discount.clone();
        assert_eq!(discount.unwrap().share, own.unwrap_or(0.2));
    }
}

#[test]
fn currencies_are_not_added_up() {
    let mut world = world();
    take(&mut world, bill("1", 0.0, 0.0));
    let currency = Currency::parse("CNY").unwrap();
    take(
        &mut world,
        Costs {
            currency,
            ..bill("2", 0.0, 0.0)
        },
    );
    let month = *world.month_to_date().known().unwrap();
    assert_eq!(
        (month.amount, month.currency, month.missing),
        (Usd(10.0), Currency::USD, 1)
    );
}

fn budget(name: &str, limit: f64, spent: f64) -> Budget {
    Budget {
        name: name.into(),
        limit: Usd(limit),
        spent: Usd(spent),
        forecast: Measured::unknown("none"),
        source: "AWS Budgets".into(),
        scope: BudgetScope::Account,
        services: Vec::new(),
        is_configured: false,
        currency: Currency::USD,
    }
}

/// The zero-spend budget that AWS proposes to every new account, and a budget for databases, do not
/// measure the month.
#[test]
fn the_smallest_budget_does_not_own_the_header() {
    let mut world = world();
    let databases = Budget {
        scope: BudgetScope::Other,
        ..budget("rds", 100_000.0, 50_000.0)
    };
    let mut costs = Costs {
        month_to_date: Measured::Known(Usd(182_000.0)),
        budgets: vec![
            budget("zero-spend", 1.0, 182_000.0),
            databases,
            budget("team-a", 20_000.0, 60_000.0),
            budget("team-b", 20_000.0, 90_000.0),
        ],
        ..bill("1", 0.0, 0.0)
    };
    take(&mut world, costs.clone());
    let first = |world: &Inventory| world.month_forecast(at(2.0)).budget.unwrap().budget.name;
    assert_eq!(&*first(&world), "team-b", "the largest excess");
    costs
        .budgets
        .push(budget("ml-platform", 250_000.0, 175_000.0));
    costs.at = at(1.5);
    take(&mut world, costs);
    assert_eq!(&*first(&world), "ml-platform", "it can still be kept");
}

/// The rows of the day cost $1,054 at list, the bill is $20 or $5,000: one of them covers other
/// usage. Where a row stopped that day and nobody says when it began, a larger bill may be its.
#[test]
fn a_bill_far_from_the_rows_discounts_nothing() {
    let day: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    for (billed, has_gap, applied) in [
        (843.0, false, true),
        (20.0, false, false),
        (20.0, true, false),
        (5_000.0, false, false),
        (5_000.0, true, true),
    ] {
        let mut world = world();
        let mut rows = vec![record(&place("", "1"), "a", Some(43.915_284))];
        if has_gap {
            let mut stopped = record(&self::place("", "1"), "b", None);
            stopped.head.service = Some(Service::Ec2);
            stopped.head.burn = HourlyCost::Nothing(Reason::new("stopped"));
            stopped.head.history.gap = Some(CostGap {
                until: "2026-11-22T14:00:00Z".parse().unwrap(),
                why: Reason::new("nobody says when it began"),
                rate: Some(UsdPerHour(300.0)),
            });
            rows.push(stopped);
        }
        rows[0].head.service = Some(Service::Ec2);
        rows[0].head.since = "2026-11-01T00:00:00Z".parse().ok();
        rows[0].head.read_at = "2026-11-23T08:00:00Z".parse().unwrap();
        let place = rows[0].head.key.clone();
        let closed = crate::domain::DayCost {
            day,
            service: Service::Ec2,
            billed: Usd(billed),
            fees: Usd::ZERO,
            priced: Usd(billed),
            list: Usd(1_054.0),
            closed: true,
        };
        let source = "Cost Explorer, a week".into();
        let costs = Costs {
            days: vec![closed],
            discounts: vec![Discount {
                service: Service::Ec2,
                share: 0.2,
                source,
            }],
            last_day: vec![RegionCost {
                service: Service::Ec2,
                region: "us-east-1",
                billed: Usd(billed),
            }],
            ..bill("1", 0.2, 0.0)
        };
        let report = Report {
            costs: Some(Box::new(costs)),
            ..report(&super::place("", "1"), 1.0, true, rows)
        };
        world.apply(report, at(1.0));
        let head = &world.record(&place).unwrap().head;
        assert_eq!(head.discount.is_some(), applied, "{billed}");
        assert_eq!(world.notes().is_empty(), applied, "{:?}", world.notes());
    }
}
