//! The bill of small scenarios, against sums calculated by hand.

mod models;

use super::{BillingPeriod, Charge, settled_until};
use crate::{
    domain::Timestamp,
    mock::{
        scenario::Scenario,
        simulation::{Simulation, after},
    },
};

const HEAD: &str = r#"description = "bill"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1", "us-west-2"]
"#;

const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
const ML: &str = "Amazon SageMaker";
const BEDROCK: &str = "Amazon Bedrock";

fn simulation(body: &str) -> (Simulation, Timestamp) {
    let scenario = Scenario::parse(&format!("{HEAD}{body}"), "bill.toml").unwrap();
    (Simulation::new(&scenario, scenario.now, 1.0), scenario.now)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The charges of Saturday the 21st.
fn saturday(simulation: &Simulation, now: Timestamp) -> Vec<Charge> {
    simulation.charges(
        at("2026-11-21T00:00:00Z"),
        at("2026-11-22T00:00:00Z"),
        BillingPeriod::Day,
        now,
    )
}

fn sum(charges: &[Charge], service: &str, record: &str) -> [f64; 5] {
    let of = charges
        .iter()
        .filter(|charge| charge.service == service && charge.record_type == record);
    of.fold([0.0; 5], |sum, one| {
        [
            sum[0] + one.quantity,
            sum[1] + one.usd,
            sum[2] + one.amortized,
            sum[3] + one.net,
            sum[4] + one.net_amortized,
        ]
    })
}

#[track_caller]
fn near(found: [f64; 5], expected: [f64; 5]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{found}, expected {expected}"
        );
    }
}

fn totals(charges: &[Charge]) -> [f64; 4] {
    charges.iter().fold([0.0; 4], |sum, one| {
        [
            sum[0] + one.usd,
            sum[1] + one.amortized,
            sum[2] + one.net,
            sum[3] + one.net_amortized,
        ]
    })
}

#[test]
fn cost_metrics_are_equal_without_discounts() {
    let scenario = Scenario::find("weekend-spike").unwrap();
    let simulation = Simulation::new(&scenario, scenario.now, 1.0);
    for charge in saturday(&simulation, scenario.now) {
        assert!(
            [charge.amortized, charge.net, charge.net_amortized]
                .iter()
                .all(|usd| *usd == charge.usd),
            "{charge:?}"
        );
        assert!(["Usage", "Fee"].contains(&charge.record_type));
    }
}

const DISCOUNTS: &str = r#"
[[discount]]
service = "ec2"
percent = 20
[[discount]]
service = "bedrock"
percent = 12.5
kind = "private-rate"
[[instance]]
name = "gpu-{n}"
count = 2
type = "p4d.24xlarge"
launched = "-20d"
gpu = "steady 3"
[[throughput]]
name = "pt"
model = "anthropic.claude-v2:1"
commitment = "six-months"
purchased = "-40d"
units = 2
utilization = "steady 30"
tokens-per-minute = 1000
[[credit]]
service = "Amazon Bedrock"
usd = 100
at = "sat 12:00"
[[credit]]
service = "Amazon Elastic Compute Cloud - Compute"
usd = 240
at = "2026-11-20T00:00:00Z"
until = "2026-11-30T00:00:00Z"
kind = "refund"
"#;

#[test]
fn discount_lowers_net_cost_and_has_its_own_lines() {
    let (simulation, now) = simulation(DISCOUNTS);
    let charges = saturday(&simulation, now);
    let ec2 = 48.0 * 21.957_642;
    near(
        sum(&charges, EC2, "Usage"),
        [48.0, ec2, ec2, ec2 * 0.8, ec2 * 0.8],
    );
    near(
        sum(&charges, EC2, "Enterprise Discount Program Discount"),
        [0.0, -ec2 * 0.2, -ec2 * 0.2, 0.0, 0.0],
    );
    let units = 48.0 * 35.0;
    near(
        sum(&charges, BEDROCK, "Usage"),
        [48.0, units, units, units * 0.875, units * 0.875],
    );
    near(
        sum(&charges, BEDROCK, "PrivateRateDiscount"),
        [0.0, -210.0, -210.0, 0.0, 0.0],
    );
    near(
        sum(&charges, BEDROCK, "Credit"),
        [0.0, -100.0, -100.0, -100.0, -100.0],
    );
    near(
        sum(&charges, EC2, "Refund"),
        [0.0, -24.0, -24.0, -24.0, -24.0],
    );
    let [usd, amortized, net, net_amortized] = totals(&charges);
    assert!(
        (usd - net).abs() < 1e-6
            && (amortized - net_amortized).abs() < 1e-6
            && (usd - amortized).abs() < 1e-6
    );
}

const COMMITTED: &str = r#"
[[discount]]
service = "sagemaker"
percent = 10
[[savings-plan]]
type = "sagemaker"
commitment = 20
percent = 25
start = "-30d"
[[savings-plan]]
type = "compute"
commitment = 40
percent = 30
start = "-30d"
years = 3
[[reservation]]
type = "p4d.24xlarge"
usd-per-hour = 13
start = "-40d"
[[instance]]
name = "gpu-{n}"
count = 2
type = "p4d.24xlarge"
launched = "-20d"
gpu = "steady 3"
tags = { team = "a" }
[[endpoint]]
name = "ep"
type = "ml.g5.12xlarge"
instances = 4
created = "-20d"
requests = "steady 100"
[[notebook]]
name = "nb"
type = "ml.g5.xlarge"
created = "-20d"
"#;

#[test]
fn a_reservation_comes_first_and_a_compute_plan_covers_the_rest() {
    let (simulation, now) = simulation(COMMITTED);
    let charges = saturday(&simulation, now);
    // One of the two instances runs on the reservation, whose month was paid on the first.
    near(
        sum(&charges, EC2, "DiscountedUsage"),
        [24.0, 0.0, 24.0 * 13.0, 0.0, 24.0 * 13.0],
    );
    near(sum(&charges, EC2, "RIFee"), [0.0; 5]);
    // The plan covers the other whole for 21.957642 x 0.7 an hour; the rest of 40 is wasted.
    let (list, paid) = (24.0 * 21.957_642, 24.0 * 21.957_642 * 0.7);
    near(sum(&charges, EC2, "Usage"), [0.0; 5]);
    near(
        sum(&charges, EC2, "SavingsPlanCoveredUsage"),
        [24.0, list, paid, list, paid],
    );
    near(
        sum(&charges, EC2, "SavingsPlanNegation"),
        [0.0, -list, 0.0, -list, 0.0],
    );
    let fee = 24.0 * 40.0;
    near(
        sum(
            &charges,
            "Savings Plans for AWS Compute usage",
            "SavingsPlanRecurringFee",
        ),
        [24.0, fee, fee - paid, fee, fee - paid],
    );
}

#[test]
fn a_plan_covers_the_lowest_rate_first() {
    let (simulation, now) = simulation(COMMITTED);
    let charges = saturday(&simulation, now);
    // SageMaker: first the notebook (1.41 an hour), then as many of the four ml.g5.12xlarge (7.09)
    // as 20 an hour buy.
    let (small, large) = (1.41, 7.09);
    let hours = (20.0 - small * 0.75) / (large * 0.75);
    let covered = 24.0 * (small + hours * large);
    near(
        sum(&charges, ML, "SavingsPlanCoveredUsage"),
        [
            24.0 * (1.0 + hours),
            covered,
            480.0,
            covered * 0.9,
            480.0 * 0.9,
        ],
    );
    near(
        sum(&charges, ML, "SavingsPlanNegation"),
        [0.0, -covered, 0.0, -covered * 0.9, 0.0],
    );
    near(
        sum(
            &charges,
            "Savings Plans for AWS Machine Learning",
            "SavingsPlanRecurringFee",
        ),
        [24.0, 480.0, 0.0, 432.0, 0.0],
    );
    let rest = 24.0 * (4.0 - hours) * large;
    let storage = 24.0 / 730.0 * 50.0 * 0.14;
    let volume = 24.0 / 730.0 * 50.0;
    near(
        sum(&charges, ML, "Usage"),
        [
            24.0 * (4.0 - hours) + volume,
            rest + storage,
            rest + storage,
            (rest + storage) * 0.9,
            (rest + storage) * 0.9,
        ],
    );
}

#[test]
fn unblended_costs_leave_out_only_a_paid_reservation() {
    let (simulation, now) = simulation(COMMITTED);
    let charges = saturday(&simulation, now);
    // Unblended leaves out only the reservation, paid on the first; net unblended is the same sum.
    let [usd, amortized, net, net_amortized] = totals(&charges);
    assert!(
        (usd - net).abs() < 1e-6 && (amortized - net_amortized).abs() < 1e-6,
        "{usd} {net} {amortized} {net_amortized}"
    );
    assert!((amortized - usd - 24.0 * 13.0).abs() < 1e-6);
    // Negation names no resource.
    assert!(
        charges
            .iter()
            .filter(|one| one.record_type == "SavingsPlanNegation")
            .all(|one| one.resource.is_none() && one.tags.is_empty())
    );
}

#[test]
fn a_reservation_is_paid_on_the_first_of_the_month_and_unused_hours_are_lost() {
    let (simulation, now) = simulation(COMMITTED);
    let first = simulation.charges(
        at("2026-11-01T00:00:00Z"),
        at("2026-11-02T00:00:00Z"),
        BillingPeriod::Day,
        now,
    );
    // Nothing ran yet: paid 30 days, lost 24 hours.
    near(
        sum(&first, EC2, "RIFee"),
        [720.0, 720.0 * 13.0, 24.0 * 13.0, 720.0 * 13.0, 24.0 * 13.0],
    );
    let fee = sum(
        &first,
        "Savings Plans for AWS Compute usage",
        "SavingsPlanRecurringFee",
    );
    near(fee, [24.0, 960.0, 960.0, 960.0, 960.0]);
}

#[test]
fn every_granularity_has_the_same_total() {
    let (simulation, now) = simulation(COMMITTED);
    let (from, to) = (at("2026-11-19T00:00:00Z"), settled_until(now));
    let by = |step| totals(&simulation.charges(from, to, step, now));
    let (hours, days) = (by(BillingPeriod::Hour), by(BillingPeriod::Day));
    for (hour, day) in hours.iter().zip(days) {
        assert!((hour - day).abs() < 1e-6 * day.abs(), "{hour} {day}");
    }
    // From within an hour, only the requested part of it.
    let part = simulation.charges(
        after(from, 1_800.0),
        after(from, 5_400.0),
        BillingPeriod::Day,
        now,
    );
    let hour = simulation.charges(
        after(from, 3_600.0),
        after(from, 7_200.0),
        BillingPeriod::Day,
        now,
    );
    assert!((totals(&part)[3] - totals(&hour)[3]).abs() < 1e-6);
}
