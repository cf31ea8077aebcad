//! What an account pays less than list, service by service: learnt from its bill, or as configured.
//!
//! ```text
//! discount = 1 - net amortized dollars / list dollars of the same usage
//! ```
//!
//! over the last 7 closed UTC days and the usage types that have a list rate. Credits, refunds and
//! tax are not in the bill's days, spot has no list rate. Fewer than [`LEAST`] list dollars teach
//! nothing.

use crate::domain::{DayCost, Discount, Measured, Service, Timestamp, Usd};

/// Closed days looked back on.
pub const DAYS: i64 = 7;
/// Fewest list dollars to learn from.
pub const LEAST: Usd = Usd(1.0);
/// Above list by less than this is rounding.
const ROUNDING: f64 = 0.001;
const DAY: i64 = 86_400;

/// What `service` pays less than list by its closed days; unknown without enough usage.
pub fn learn(service: Service, days: &[DayCost]) -> Measured<Discount> {
    let closed = || days.iter().filter(|day| day.closed);
    let Some(last) = closed().map(|day| day.day).max() else {
        return Measured::unknown("no closed day on the bill yet");
    };
    let begins = last.as_second() - (DAYS - 1) * DAY;
    let window = || closed().filter(|day| day.service == service && day.day.as_second() >= begins);
    let paid: Usd = window().map(|day| day.priced).sum();
    let list: Usd = window().map(|day| day.list).sum();
    if list < LEAST {
        return Measured::unknown(format!(
            "{service} used {list:#} at list in {DAYS} closed days: too little to learn a discount from"
        ));
    }
    let share = 1.0 - paid.0 / list.0;
    let share = if (-ROUNDING..0.0).contains(&share) {
        0.0
    } else {
        share
    };
    let date = |second: i64| {
        Timestamp::from_second(second)
            .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let above = if share < 0.0 {
        "; above list: the rate cards are older than a price rise, or commitments were underused"
    } else {
        ""
    };
    let source = format!(
        "Cost Explorer, {} to {}{above}",
        date(begins),
        date(last.as_second())
    );
    Measured::Known(Discount {
        service,
        share,
        source: source.into(),
    })
}

/// `configured` discounts, and what the days teach of the other services.
pub fn settle(configured: &[Discount], days: &[DayCost]) -> Vec<Discount> {
    let of = |service| {
        let own = configured
            .iter()
            .find(|discount| discount.service == service)
            .cloned();
        own.or_else(|| learn(service, days).known().cloned())
    };
    Service::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i64, service: Service, priced: f64, list: f64, closed: bool) -> DayCost {
        let day = Timestamp::from_second(1_794_700_800 + number * DAY).unwrap();
        DayCost {
            day,
            service,
            billed: Usd(priced + 5.0),
            priced: Usd(priced),
            list: Usd(list),
            closed,
        }
    }

    #[test]
    fn discount_is_learned_from_seven_closed_days() {
        let mut days = vec![day(0, Service::Ec2, 100.0, 100.0, true)];
        days.extend((1..8).map(|number| day(number, Service::Ec2, 75.0, 100.0, true)));
        days.push(day(8, Service::Ec2, 100.0, 100.0, false));
        days.push(day(7, Service::Bedrock, 0.4, 0.5, true));
        let learnt = learn(Service::Ec2, &days).known().unwrap().clone();
        assert!((learnt.share - 0.25).abs() < 1e-12);
        let window = |number: i64| {
            day(number, Service::Ec2, 0.0, 0.0, true)
                .day
                .strftime("%Y-%m-%d")
                .to_string()
        };
        assert_eq!(
            &*learnt.source,
            format!("Cost Explorer, {} to {}", window(1), window(7))
        );
        assert!(
            learn(Service::Bedrock, &days)
                .why()
                .unwrap()
                .0
                .contains("too little")
        );
        assert!(learn(Service::SageMaker, &[]).why().is_some());
    }

    #[test]
    fn configured_discount_wins_and_negative_one_has_a_reason() {
        let days = [
            day(0, Service::Ec2, 110.0, 100.0, true),
            day(0, Service::SageMaker, 100.05, 100.0, true),
        ];
        let learnt = settle(&[], &days);
        assert_eq!(learnt.len(), 2);
        assert!(learnt[0].share < -0.09 && learnt[0].source.contains("above list: "));
        assert_eq!(
            (learnt[1].share, learnt[1].source.contains("above")),
            (0.0, false)
        );
        let own = Discount {
            service: Service::Ec2,
            share: 0.3,
            source: "configured".into(),
        };
        assert_eq!(settle(std::slice::from_ref(&own), &days)[0], own);
        assert_eq!(settle(std::slice::from_ref(&own), &[]), [own]);
    }

    proptest! {
        #[test]
        fn effective_price_equals_paid_amount(lines in proptest::collection::vec((0i64..7, 0.0f64..1e4, 1.0f64..1e4), 1..30)) {
            let days: Vec<DayCost> = lines.iter().map(|(number, paid, list)| day(*number, Service::Ec2, *paid, *list, true)).collect();
            let (paid, list) = lines.iter().fold((0.0, 0.0), |(paid, list), line| (paid + line.1, list + line.2));
            let learnt = learn(Service::Ec2, &days).known().unwrap().clone();
            prop_assert!((list * (1.0 - learnt.share) - paid).abs() <= paid * ROUNDING + 1e-6);
            prop_assert!(learnt.share >= 0.0 || learnt.source.contains("above list"));
        }
    }
}
