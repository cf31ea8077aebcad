//! Discounts of an account by service: inferred from its bill, or configured.
//!
//! ```text
//! discount = 1 - net amortized dollars / list dollars of the same usage
//! ```
//!
//! over the last 7 closed UTC days and the usage types that have a list rate. The days of the bill
//! hold no credits, refunds and tax; spot has no list rate. Nothing is inferred from less than
//! [`MIN_LIST`] list dollars, nor from a share outside [`PLAUSIBLE`]: a unit, a currency or a
//! product is misread then, and every rate multiplied by it would be wrong.

use crate::domain::{DayCost, Discount, Measured, Reason, Service, Timestamp, Usd};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// Number of closed days in the window.
pub const DAYS: i64 = 7;
/// Fewest list dollars to infer from.
pub const MIN_LIST: Usd = Usd(1.0);
/// Accepted shares: from prices that rose since the cards were made, to the largest agreements.
pub const PLAUSIBLE: RangeInclusive<f64> = -0.3..=0.95;
/// A share above list by less than this is rounding.
const ROUNDING: f64 = 0.001;
const DAY: i64 = 86_400;
/// A usage type contradicts a single discount if its difference exceeds this many times that of
/// all.
const CONTRADICTS: f64 = 1.5;
/// A difference below this share of the list contradicts nothing.
const MATERIAL: f64 = 0.1;

/// A usage type over the window of days.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageTotal {
    /// Dollars paid.
    pub paid: f64,
    /// Dollars at list.
    pub list: f64,
}

impl UsageTotal {
    /// Paid over list.
    pub fn ratio(&self) -> f64 {
        self.paid / self.list
    }

    /// Whether the bill and the list cover the same usage: a discount within [`PLAUSIBLE`].
    pub fn is_plausible(&self) -> bool {
        PLAUSIBLE.contains(&(1.0 - self.ratio()))
    }
}

/// The index of the usage type that alone differs from list by more than all together do: one
/// discount cannot describe them.
pub fn find_contradiction(totals: &[UsageTotal]) -> Option<usize> {
    let difference = |total: &UsageTotal| total.list - total.paid;
    let list: f64 = totals.iter().map(|total| total.list).sum();
    let all: f64 = totals.iter().map(difference).sum();
    let (place, largest) = totals
        .iter()
        .map(|total| difference(total).abs())
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    (largest > CONTRADICTS * all.abs() && largest > MATERIAL * list).then_some(place)
}

/// The discount of `service` from its closed days. Unknown without enough usage, and where the
/// share is not [`PLAUSIBLE`].
pub fn infer(service: Service, days: &[DayCost]) -> Measured<Discount> {
    let closed = || days.iter().filter(|day| day.closed);
    let Some(last) = closed().map(|day| day.day).max() else {
        return Measured::unknown("no closed day on the bill yet");
    };
    let start = last.as_second() - (DAYS - 1) * DAY;
    let window = || closed().filter(|day| day.service == service && day.day.as_second() >= start);
    let paid: Usd = window().map(|day| day.priced).sum();
    let list: Usd = window().map(|day| day.list).sum();
    if list < MIN_LIST {
        return Measured::unknown(format!(
            "{service} used {list:#} at list in {DAYS} closed days: too little to infer a discount"
        ));
    }
    let share = 1.0 - paid.0 / list.0;
    if !PLAUSIBLE.contains(&share) {
        return Measured::unknown(format!(
            "the bill is {} x list, unit unclear",
            format_ratio(paid.0 / list.0)
        ));
    }
    let share = if (-ROUNDING..0.0).contains(&share) {
        0.0
    } else {
        share
    };
    let above = if share < 0.0 {
        "; above list: the rate cards are older than a price rise, or commitments were underused"
    } else {
        ""
    };
    let source = format!(
        "Cost Explorer, {} to {}{above}",
        format_day(start),
        format_day(last.as_second())
    );
    Measured::Known(Discount {
        service,
        share,
        source: source.into(),
    })
}

/// `16.9`, `1,000`, `0.003`: bill over list.
pub fn format_ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 100.0 => format!("{ratio:.0}"),
        ratio if ratio >= 0.1 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.4}"),
    }
}

fn format_day(second: i64) -> String {
    Timestamp::from_second(second)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// The `configured` discounts, and inferred ones of the other services except `refused` ones.
pub fn resolve_discounts(
    configured: &[Discount],
    days: &[DayCost],
    refused: &BTreeMap<Service, Reason>,
) -> Vec<Discount> {
    let of = |service| {
        let own = configured
            .iter()
            .find(|discount| discount.service == service);
        match own {
            Some(own) => Some(own.clone()),
            None if refused.contains_key(&service) => None,
            None => infer(service, days).known().cloned(),
        }
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
            fees: Usd::ZERO,
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
        let inferred = infer(Service::Ec2, &days).known().unwrap().clone();
        assert!((inferred.share - 0.25).abs() < 1e-12);
        let window = |number: i64| {
            day(number, Service::Ec2, 0.0, 0.0, true)
                .day
                .strftime("%Y-%m-%d")
                .to_string()
        };
        assert_eq!(
            &*inferred.source,
            format!("Cost Explorer, {} to {}", window(1), window(7))
        );
        assert!(
            infer(Service::Bedrock, &days)
                .why()
                .unwrap()
                .text()
                .contains("too little")
        );
        assert!(infer(Service::SageMaker, &[]).why().is_some());
    }

    #[test]
    fn configured_discount_wins_and_negative_one_has_a_reason() {
        let days = [
            day(0, Service::Ec2, 110.0, 100.0, true),
            day(0, Service::SageMaker, 100.05, 100.0, true),
        ];
        let inferred = resolve_discounts(&[], &days, &BTreeMap::new());
        assert_eq!(inferred.len(), 2);
        assert!(inferred[0].share < -0.09 && inferred[0].source.contains("above list: "));
        assert_eq!(
            (inferred[1].share, inferred[1].source.contains("above")),
            (0.0, false)
        );
        let own = Discount {
            service: Service::Ec2,
            share: 0.3,
            source: "configured".into(),
        };
        assert_eq!(
            resolve_discounts(std::slice::from_ref(&own), &days, &BTreeMap::new())[0],
            own
        );
        assert_eq!(
            resolve_discounts(std::slice::from_ref(&own), &[], &BTreeMap::new()),
            [own]
        );
    }

    /// Claude's Marketplace lines and Nova's, read in thousands instead of millions: the bill was
    /// 16.9 times list, and every row of Bedrock was multiplied by it.
    #[test]
    fn a_share_that_cannot_be_is_not_inferred() {
        for (paid, list) in [(457.0, 27.0), (100.0, 76.0), (4.0, 100.0)] {
            let inferred = infer(
                Service::Bedrock,
                &[day(0, Service::Bedrock, paid, list, true)],
            );
            let why = inferred.why().expect("refused").to_string();
            assert!(why.contains("x list, unit unclear"), "{why}");
        }
        for (paid, list) in [(129.0, 100.0), (6.0, 100.0)] {
            let inferred = infer(
                Service::Bedrock,
                &[day(0, Service::Bedrock, paid, list, true)],
            );
            assert!(inferred.known().is_some());
        }
    }

    #[test]
    fn one_line_may_not_explain_more_than_the_whole() {
        let total = |paid, list| UsageTotal { paid, list };
        for (totals, place) in [
            (vec![total(80.0, 100.0), total(8.0, 10.0)], None),
            // A Savings Plan on one type, nothing on the other.
            (vec![total(50.0, 100.0), total(100.0, 100.0)], None),
            // Half of list for one type, twice the list for the other.
            (vec![total(50.0, 100.0), total(80.0, 40.0)], Some(0)),
            // Rounding.
            (vec![total(100.1, 100.0), total(49.9, 50.0)], None),
            (vec![], None),
        ] {
            assert_eq!(find_contradiction(&totals), place, "{totals:?}");
        }
    }

    proptest! {
        #[test]
        fn effective_price_equals_paid_amount(
            lines in proptest::collection::vec((0i64..7, 0.0f64..1e4, 1.0f64..1e4), 1..30),
        ) {
            let days: Vec<DayCost> = lines
                .iter()
                .map(|(number, paid, list)| day(*number, Service::Ec2, *paid, *list, true))
                .collect();
            let (paid, list) = lines
                .iter()
                .fold((0.0, 0.0), |(paid, list), line| (paid + line.1, list + line.2));
            let inferred = infer(Service::Ec2, &days);
            prop_assert_eq!(inferred.known().is_some(), PLAUSIBLE.contains(&(1.0 - paid / list)));
            if let Some(found) = inferred.known() {
                prop_assert!((list * (1.0 - found.share) - paid).abs() <= paid * ROUNDING + 1e-6);
                prop_assert!(found.share >= 0.0 || found.source.contains("above list"));
            }
        }
    }
}
