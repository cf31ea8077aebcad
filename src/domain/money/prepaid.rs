//! Prepaid capacity: it has no burn, and each hour of it has a price.

use super::accrual::CostSpan;
use crate::domain::{Measured, Reason, Timestamp, Usd, UsdPerHour};
use std::sync::Arc;

/// Instances of a capacity block or training plan.
///
/// The row of a purchase and the rows of the instances that run on it share its dollars: an hour of
/// an instance counts in the row that uses it, the fee over time in the row of the purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepaid {
    /// The price of an hour of one instance at the purchase.
    pub unit: Measured<UsdPerHour>,
    /// The source of `unit`.
    pub source: Arc<str>,
    /// The purchased instances, or those that the row uses.
    pub instances: u32,
    /// Of the purchased instances, those that other rows use. Set by `inventory`.
    pub elsewhere: u32,
    /// Id or ARN of the block or plan that the row runs on; `None`: the row is the block or plan
    /// itself.
    pub by: Option<Arc<str>>,
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends; `None`: not known.
    pub to: Option<Timestamp>,
}

impl Prepaid {
    /// The use of `instances` of the block or plan `by` since `from`. `inventory` sets the price.
    pub fn on(by: Arc<str>, instances: u32, from: Option<Timestamp>) -> Self {
        Self {
            unit: Measured::unknown("what it was bought for is not known"),
            source: "the price of its block or plan".into(),
            instances,
            elsewhere: 0,
            by: Some(by),
            from,
            to: None,
        }
    }

    /// Dollars an hour of the instances that no other row uses.
    pub fn rate(&self) -> Measured<UsdPerHour> {
        let own = self.instances.saturating_sub(self.elsewhere);
        self.unit.as_ref().map(|unit| *unit * f64::from(own))
    }

    /// Dollars of all its instances that fall due in `[from, to)`.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Measured<Usd> {
        let Some(begin) = self.from else {
            return Measured::Unknown(Reason::new("AWS does not report its start"));
        };
        self.unit.as_ref().map(|unit| {
            let span = CostSpan {
                from: begin,
                to: self.to.unwrap_or(Timestamp::MAX),
                rate: *unit * f64::from(self.instances),
            };
            span.within(from, to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    #[test]
    fn a_fee_falls_due_by_the_hour_between_its_begin_and_its_end() {
        let block = Prepaid {
            unit: Measured::Known(UsdPerHour(10.0)),
            source: "list".into(),
            instances: 4,
            elsewhere: 1,
            by: None,
            from: Some(at("20T12:00")),
            to: Some(at("21T12:00")),
        };
        assert_eq!(block.rate(), Measured::Known(UsdPerHour(30.0)));
        for (from, to, usd) in [
            ("19T00:00", "23T00:00", 960.0),
            ("20T00:00", "20T13:30", 60.0),
            ("21T11:00", "22T00:00", 40.0),
            ("21T12:00", "22T00:00", 0.0),
        ] {
            let due = block.within(at(from), at(to));
            assert_eq!(due, Measured::Known(Usd(usd)), "{from} to {to}");
        }
    }

    #[test]
    fn what_runs_on_a_plan_has_no_price_before_its_plan_is_found() {
        let user = Prepaid::on("arn".into(), 2, Some(at("20T12:00")));
        assert_eq!(user.rate().known(), None);
        assert_eq!(user.within(at("20T00:00"), at("21T00:00")).known(), None);
    }
}
