//! The bill: usage over time at list price, with the names and the delay of Cost Explorer.

pub(super) mod agreements;
mod bill;
#[cfg(test)]
mod bill_tests;
mod budgets;
mod capacity_lines;
pub(super) mod commitments;
mod coverage;
pub(super) mod forecast;
mod jobs;
mod lines;
mod models;
pub(super) mod names;
mod resource_lines;
mod serverless_lines;
mod tokens;

pub(super) use agreements::Agreements;
pub(super) use budgets::BudgetStatus;
pub(super) use tokens::Tokens;

use super::{
    load_shape::Load,
    simulation::{Simulation, after},
};
use crate::domain::{Tags, Timestamp};
use jiff::{ToSpan, Unit, ZonedRound, tz::TimeZone};

/// A cost that no simulated resource makes (S3, data transfer, support): dollars per day.
#[derive(Clone, Debug)]
pub struct NonResourceCost {
    pub(super) service: String,
    pub(super) usage_type: String,
    pub(super) region: String,
    pub(super) daily: Load,
    /// Dollars of one unit of usage; `None`: the line has no quantity.
    pub(super) usd_per_unit: Option<f64>,
    pub(super) unit: String,
    pub(super) since: Option<Timestamp>,
    pub(super) account: Option<String>,
    pub(super) record_type: &'static str,
    pub(super) tags: Tags,
}

/// Cost Explorer's granularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingPeriod {
    /// UTC hours.
    Hour,
    /// UTC days.
    Day,
    /// Calendar months, UTC.
    Month,
}

impl BillingPeriod {
    /// The start of the period that contains `t`.
    pub fn start_of(self, t: Timestamp) -> Timestamp {
        let day = t.as_second().div_euclid(86_400) * 86_400;
        match self {
            Self::Hour => {
                Timestamp::from_second(t.as_second().div_euclid(3_600) * 3_600).unwrap_or(t)
            }
            Self::Day => Timestamp::from_second(day).unwrap_or(t),
            Self::Month => {
                let zoned = Timestamp::from_second(day)
                    .unwrap_or(t)
                    .to_zoned(TimeZone::UTC);
                zoned
                    .first_of_month()
                    .and_then(|first| first.round(ZonedRound::new().smallest(Unit::Day)))
                    .map_or(t, |first| first.timestamp())
            }
        }
    }

    /// The start of the period after the one that contains `t`.
    pub fn next(self, t: Timestamp) -> Timestamp {
        let start = self.start_of(t);
        match self {
            Self::Hour => after(start, 3_600.0),
            Self::Day => after(start, 86_400.0),
            Self::Month => start
                .to_zoned(TimeZone::UTC)
                .checked_add(1.month())
                .map_or(after(start, 31.0 * 86_400.0), |next| next.timestamp()),
        }
    }

    /// The parts of `[from, to)` that fall in one step each.
    pub fn parts(self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut parts = Vec::new();
        let mut t = from;
        while t < to {
            let end = self.next(t).min(to);
            parts.push((t, end));
            t = end;
        }
        parts
    }
}

/// A line of the bill: one resource, one usage type, one step of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charge {
    /// Beginning of the step.
    pub at: Timestamp,
    /// `LINKED_ACCOUNT`
    pub account: String,
    /// `SERVICE`: `Amazon Elastic Compute Cloud - Compute`, `Amazon SageMaker`, ...
    pub service: String,
    /// `USAGE_TYPE`: `BoxUsage:p4d.24xlarge`, `USE1-Host:ml.g5.xlarge`, ...
    pub usage_type: String,
    /// `OPERATION`: `RunInstances`, ...
    pub operation: &'static str,
    /// `RECORD_TYPE`: `Usage`, `Fee` for a one-time payment, `SavingsPlanCoveredUsage`, `Credit`,
    /// ...
    pub record_type: &'static str,
    /// `REGION`
    pub region: String,
    /// `AZ`, where there is one.
    pub zone: Option<String>,
    /// `INSTANCE_TYPE`, where there is one.
    pub instance_type: Option<String>,
    /// `PURCHASE_TYPE`
    pub purchase_type: &'static str,
    /// Resource id or ARN, where there is one.
    pub resource: Option<String>,
    /// Its tags now.
    pub tags: Tags,
    /// `UsageQuantity`
    pub quantity: f64,
    /// Its unit: `Hrs`, `GB-Mo`, `1K tokens`, `Units` of a million
    /// tokens.
    pub unit: String,
    /// Dollars, unblended. Without discounts and commitments the other three are the same.
    pub usd: f64,
    /// Dollars, amortized.
    pub amortized: f64,
    /// Dollars, net unblended: after discounts.
    pub net: f64,
    /// Dollars, net amortized.
    pub net_amortized: f64,
}

/// The time up to which Cost Explorer has costs at `now`.
///
/// It refreshes at 02:00, 10:00 and 18:00 UTC, each time with the costs up to eight hours before.
pub fn settled_until(now: Timestamp) -> Timestamp {
    let hours = now.as_second().div_euclid(3_600);
    let refresh = (hours - 2).div_euclid(8) * 8 + 2;
    Timestamp::from_second((refresh - 8) * 3_600).unwrap_or(now)
}

impl Simulation {
    /// The charges in `[from, to)` that are known at `now`, each resource's line by line and step
    /// by step.
    pub fn charges(
        &self,
        from: Timestamp,
        to: Timestamp,
        step: BillingPeriod,
        now: Timestamp,
    ) -> Vec<Charge> {
        self.charges_of(None, from, to.min(settled_until(now)), step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::Scenario;

    #[test]
    fn costs_settle_up_to_the_afternoon_before_a_monday_morning() {
        for (now, until) in [
            ("2026-11-23T08:30:00Z", "2026-11-22T18:00:00Z"),
            ("2026-11-23T10:00:00Z", "2026-11-23T02:00:00Z"),
            ("2026-11-23T01:59:00Z", "2026-11-22T10:00:00Z"),
        ] {
            assert_eq!(settled_until(now.parse().unwrap()).to_string(), until);
        }
    }

    #[test]
    fn billing_periods_are_utc_hours_days_and_months() {
        let t: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        assert_eq!(
            BillingPeriod::Hour.start_of(t).to_string(),
            "2026-11-23T08:00:00Z"
        );
        assert_eq!(
            BillingPeriod::Day.start_of(t).to_string(),
            "2026-11-23T00:00:00Z"
        );
        assert_eq!(
            (
                BillingPeriod::Month.start_of(t).to_string(),
                BillingPeriod::Month.next(t).to_string()
            ),
            ("2026-11-01T00:00:00Z".into(), "2026-12-01T00:00:00Z".into())
        );
        assert_eq!(
            BillingPeriod::Day.parts(t, after(t, 2.0 * 86_400.0)).len(),
            3
        );
    }

    /// A simulation small enough to add up by hand.
    const LEDGER: &str = r#"
description = "ledger"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1", "us-west-2"]
[[instance]]
name = "gpu-{n}"
count = 2
type = "p4d.24xlarge"
launched = "fri 17:00"
gpu = "steady 3"
volume-gb = 100
[[notebook]]
name = "nb"
type = "ml.g5.xlarge"
region = "us-west-2"
created = "-10d"
stopped = "-9d"
[[endpoint]]
name = "ep"
type = "ml.g5.12xlarge"
instances = 8
created = "-20d"
requests = "steady 100"
[[throughput]]
name = "pt"
model = "anthropic.claude-v2:1"
commitment = "six-months"
purchased = "-40d"
units = 2
utilization = "steady 30"
tokens-per-minute = 1000
[[model]]
id = "amazon.nova-pro-v1:0"
requests = "steady 10"
input-tokens = 1000
output-tokens = 100
[[cost]]
service = "Amazon Simple Storage Service"
usage-type = "TimedStorage-ByteHrs"
usd-per-day = "steady 24"
usd-per-unit = 0.5
unit = "GB-Mo"
"#;

    /// Quantity and dollars of the service's lines with `part` in their usage type.
    fn sum(charges: &[Charge], service: &str, part: &str) -> (f64, f64) {
        charges
            .iter()
            .filter(|charge| charge.service == service && charge.usage_type.contains(part))
            .fold((0.0, 0.0), |(quantity, usd), charge| {
                (quantity + charge.quantity, usd + charge.usd)
            })
    }

    fn near((quantity, usd): (f64, f64), expected_quantity: f64, expected_usd: f64) {
        assert!(
            (quantity - expected_quantity).abs() < 1e-6 * expected_quantity.max(1.0)
                && (usd - expected_usd).abs() < 1e-6 * expected_usd.max(1.0),
            "{quantity} {usd}, expected {expected_quantity} {expected_usd}"
        );
    }

    #[test]
    fn the_bill_is_usage_times_list_price() {
        let scenario = Scenario::parse(LEDGER, "ledger.toml").unwrap();
        let simulation = Simulation::new(&scenario, scenario.now, 1.0);
        let (from, to): (Timestamp, Timestamp) = (
            "2026-11-21T00:00:00Z".parse().unwrap(),
            "2026-11-22T00:00:00Z".parse().unwrap(),
        );
        let saturday = simulation.charges(from, to, BillingPeriod::Day, scenario.now);
        let ec2 = "Amazon Elastic Compute Cloud - Compute";
        near(
            sum(&saturday, ec2, "BoxUsage:p4d.24xlarge"),
            48.0,
            48.0 * 21.957_642,
        );
        near(
            sum(&saturday, "EC2 - Other", "VolumeUsage.gp3"),
            200.0 * 24.0 / 730.0,
            200.0 * 24.0 / 730.0 * 0.08,
        );
        near(
            sum(&saturday, "Amazon SageMaker", "Host:ml.g5.12xlarge"),
            192.0,
            192.0 * 7.09,
        );
        near(sum(&saturday, "Amazon SageMaker", "Notebk:ml"), 0.0, 0.0);
        near(
            sum(&saturday, "Amazon Bedrock", "provisioned"),
            48.0,
            48.0 * 35.0,
        );
        near(
            sum(&saturday, "Amazon Simple Storage Service", ""),
            48.0,
            24.0,
        );
        // 1,440 minutes x 10 requests of about 1,000 input tokens.
        let (thousands, usd) = sum(&saturday, "Amazon Bedrock", "input-tokens");
        assert!(
            (thousands - 14_400.0).abs() < 144.0 && (usd - thousands * 0.0008).abs() < 1e-6,
            "{thousands} {usd}"
        );
        // The notebook ran one day, less the 150 seconds it took to start.
        let (hours, _) = sum(
            &simulation.charges(
                after(scenario.now, -12.0 * 86_400.0),
                scenario.now,
                BillingPeriod::Month,
                scenario.now,
            ),
            "Amazon SageMaker",
            "Notebk:ml.g5.xlarge",
        );
        assert!((hours - (24.0 - 150.0 / 3_600.0)).abs() < 1e-9, "{hours}");
    }

    #[test]
    fn unsettled_costs_are_absent_and_a_day_is_the_sum_of_its_hours() {
        let scenario = Scenario::parse(LEDGER, "ledger.toml").unwrap();
        let simulation = Simulation::new(&scenario, scenario.now, 1.0);
        let (from, to): (Timestamp, Timestamp) = (
            "2026-11-21T00:00:00Z".parse().unwrap(),
            "2026-11-22T00:00:00Z".parse().unwrap(),
        );
        let saturday = simulation.charges(from, to, BillingPeriod::Day, scenario.now);
        assert!(
            simulation
                .charges(from, scenario.now, BillingPeriod::Hour, scenario.now)
                .iter()
                .all(|charge| charge.at < settled_until(scenario.now))
        );
        let hours = simulation.charges(from, to, BillingPeriod::Hour, scenario.now);
        let total = |charges: &[Charge]| charges.iter().map(|charge| charge.usd).sum::<f64>();
        assert!((total(&hours) - total(&saturday)).abs() < 1e-6);
    }
}
