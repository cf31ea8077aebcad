//! Rows of the bill, by service, usage type, tag and budget.

use super::{DEALS, MACHINES, REPLICAS, cell, inventory_of, near, row, share, spend, start, usd};
use crate::panes::start_mock;
use spendtop::{
    aws::{Clock, Session},
    collectors::{self, ConfiguredBudget, PollKind, SpendSettings},
    domain::{Discount, Evidence, Report, Service, Timestamp, Usd, Value},
    inventory::Inventory,
    mock::{Mock, Scenario},
    pricing::Prices,
    rules::Thresholds,
};
use std::sync::LazyLock;

/// The bill of the scenario, read once with a budget for the instances.
struct Bill {
    report: Report,
    now: Timestamp,
}

static BILL: LazyLock<Bill> = LazyLock::new(|| {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (mock, sessions, clock) = start(DEALS).await;
        let now = clock.now();
        let own = ConfiguredBudget {
            name: "machines".into(),
            monthly: Usd(469.5 * MACHINES + 4.0 * 24.0 * MACHINES),
            services: vec![Service::Ec2],
        };
        let spending = SpendSettings {
            budgets: vec![own],
            ..SpendSettings::default()
        };
        let report = spend(&sessions, &clock, spending).await;
        mock.stop().await;
        assert_eq!((report.complete, &report.faults), (true, &Vec::new()));
        Bill { report, now }
    })
});

impl Bill {
    fn cell(&self, id: &str, field: &str) -> Value {
        cell(row(&self.report, id), field, self.now)
    }

    fn usd(&self, id: &str, field: &str) -> f64 {
        usd(row(&self.report, id), field, self.now)
    }
}

/// Cost of the instances for `hours`, less at most half a minute of startup.
#[track_caller]
fn since_launch(found: f64, hours: f64) {
    assert!(
        found <= hours * MACHINES && found > (hours - 0.01) * MACHINES,
        "{found}, expected {}",
        hours * MACHINES
    );
}

/// Nov 3 10:30 to Nov 23 02:00 are 471.5 hours, without the credit; 469.5 hours until the end of
/// the last closed day, and eight days more.
#[test]
fn line_of_a_service_has_its_days_and_its_forecast() {
    since_launch(BILL.usd("service/ec2", "month"), 471.5);
    for (field, expected) in [
        ("last_day", 24.0 * MACHINES),
        ("mean_7d", 24.0 * MACHINES),
        ("growth", 0.0),
        ("list_7d", 168.0 * 2.0 * 21.957_642),
        ("paid_7d", 168.0 * MACHINES),
        ("discount", 0.2),
    ] {
        near(BILL.usd("service/ec2", field), expected);
    }
    // Only the bill is read: the time since its last hour costs nothing yet.
    let known = inventory_of(BILL.report.clone(), BILL.now);
    let end: f64 = ["service/ec2", "service/sagemaker"]
        .map(|id| {
            let line = known.rows("spend").find(|row| &*row.head.key.id == id);
            usd(line.unwrap(), "forecast", BILL.now)
        })
        .iter()
        .sum();
    let month = known.month_forecast(BILL.now);
    near(end, month.month_end.known().unwrap().mean.0);
    let hours = BILL.cell("service/ec2", "hours");
    let Value::Series(hours) = &hours else {
        panic!("{hours:?}")
    };
    near(hours.last().unwrap(), MACHINES);
}

#[test]
fn lines_of_tags_and_usage_types_divide_the_bill() {
    since_launch(BILL.usd("tag:team/team$search", "month"), 471.5);
    let untagged = row(&BILL.report, "tag:team/team$");
    assert_eq!(&*untagged.head.name, "(untagged)");
    near(
        BILL.usd("tag:team/team$", "last_day"),
        BILL.usd("service/sagemaker", "last_day"),
    );
    let usage_type = "usage-type/Amazon SageMaker USE1-Host:ml.g5.12xlarge";
    near(BILL.usd(usage_type, "last_day"), 24.0 * REPLICAS);
}

#[test]
fn discounts_are_learned_from_the_bill() {
    near(share(&BILL.report, Service::Ec2), 0.2);
    near(share(&BILL.report, Service::SageMaker), 0.1);
    let costs = BILL.report.costs.as_ref().unwrap();
    let of_ec2 = |one: &&Discount| one.service == Service::Ec2;
    assert_eq!(
        &*costs.discounts.iter().find(of_ec2).unwrap().source,
        "Cost Explorer, 2026-11-16 to 2026-11-22"
    );
}

/// It is exceeded four days after the last closed day; the pace has no variance.
#[test]
fn configured_budget_is_forecast_to_be_exceeded() {
    let id = "budgets/configuration/machines";
    // The billed cost, and since the bill hours x burn: Nov 3 10:30 to Nov 23 10:30.
    let hours = BILL.usd(id, "month") / MACHINES;
    assert!((479.9..=480.0).contains(&hours), "{hours}");
    assert_eq!(
        BILL.cell(id, "exceeds_on").show(),
        "Nov 27 (Nov 26 to Nov 27)"
    );
    assert_eq!(&*row(&BILL.report, id).head.state.name, "breach");
    let known = inventory_of(BILL.report.clone(), BILL.now);
    let breaches: Vec<_> = known
        .findings()
        .iter()
        .filter(|finding| finding.rule == "budget-breach")
        .map(|finding| finding.name.as_ref())
        .collect();
    assert_eq!(breaches, ["machines"]);
    let budget = known.month_forecast(BILL.now).budget.unwrap().budget;
    assert_eq!(&*budget.name, "machines");
}

#[test]
fn budget_of_aws_is_not_exceeded_this_month() {
    let id = "budgets/AWS Budgets/all of it";
    assert_eq!(BILL.usd(id, "limit"), 100_000.0);
    assert_eq!(BILL.cell(id, "exceeds_on").show(), "not this month");
}

async fn weekend_spike() -> (Mock, Vec<Session>, Clock) {
    let scenario = Scenario::find("weekend-spike").unwrap();
    start_mock(scenario, 1.0, &["us-east-1"]).await
}

#[tokio::test]
async fn every_grouping_has_the_same_total() {
    let (mock, sessions, clock) = weekend_spike().await;
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    let costs = report.costs.clone().unwrap();
    assert_eq!((report.complete, report.faults.len()), (true, 0));
    let sum = |group: &str| -> f64 {
        let rows = report
            .rows
            .iter()
            .filter(|row| cell(row, "group", clock.now()).show() == group);
        rows.filter_map(|row| cell(row, "month", clock.now()).number())
            .sum()
    };
    let month = costs.month_to_date.known().unwrap().0;
    for group in ["service", "usage-type", "tag:team", "account"] {
        near(sum(group), month);
    }
    let mut groups: Vec<String> = Vec::new();
    for row in &report.rows {
        let group = cell(row, "group", clock.now()).show().into_owned();
        if groups.last() != Some(&group) {
            groups.push(group);
        }
    }
    assert_eq!(
        groups[..5],
        ["service", "usage-type", "tag:team", "model", "account"].map(str::to_owned)
    );
    mock.stop().await;
}

/// One spike is one finding: the rules judge only the lines of services. Totals exclude bill lines.
#[tokio::test]
async fn each_dollar_of_the_bill_is_judged_once_and_in_no_total() {
    let (mock, sessions, clock) = weekend_spike().await;
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    for row in report
        .rows
        .iter()
        .filter(|row| row.head.key.kind.0 == "cost-line")
    {
        let judged = matches!(row.head.evidence, Evidence::Spend { .. });
        assert_eq!(
            judged,
            cell(row, "group", clock.now()).show() == "service",
            "{}",
            row.head.name
        );
    }
    let totals = inventory_of(report, clock.now()).totals(None);
    assert_eq!(
        (totals.burn.0, totals.effective.0, totals.billed_rows),
        (0.0, 0.0, 0)
    );
    mock.stop().await;
}

#[tokio::test]
async fn rows_are_discounted_and_the_day_reconciles_with_the_bill() {
    let (mock, sessions, clock) = start(DEALS).await;
    let now = clock.now();
    let own = Discount {
        service: Service::SageMaker,
        share: 0.5,
        source: "configured".into(),
    };
    for (configured, replicas) in [(Vec::new(), REPLICAS), (vec![own], 4.0 * 7.09 * 0.5)] {
        let mut known = Inventory::new(collectors::metas(), Thresholds::default())
            .with_discounts(configured.clone());
        let spending = SpendSettings {
            discounts: configured,
            ..SpendSettings::default()
        };
        // The bill arrives last: existing rows get its discounts.
        let mut sources =
            collectors::sources_with(&sessions, Prices::embedded(), &clock, &[], spending);
        sources.sort_by_key(|source| source.id().pane == "spend");
        for mut source in sources {
            known.apply(source.poll(PollKind::Inventory).await, now);
        }
        let totals = known.totals(None);
        near(totals.burn.0, 2.0 * 21.957_642 + 4.0 * 7.09);
        near(totals.effective.0, MACHINES + replicas);
        let reconciled = known.reconciliation();
        let of = |service| {
            reconciled
                .iter()
                .find(|one| one.service == service)
                .unwrap()
        };
        assert_eq!(of(Service::Ec2).day.to_string(), "2026-11-22T00:00:00Z");
        near(of(Service::Ec2).error().unwrap(), 0.0);
        near(of(Service::SageMaker).billed.0, 24.0 * REPLICAS);
        near(of(Service::SageMaker).estimate.0, 24.0 * replicas);
        let forecast = known.month_forecast(now);
        assert_eq!(&*forecast.budget.unwrap().budget.name, "all of it");
        let (month, end) = (
            forecast.month_to_date.known().unwrap().amount,
            forecast.month_end.known().unwrap().clone(),
        );
        assert!(
            month < end.low
                && end.low <= end.mean
                && end.mean <= end.high
                && &*end.source == "Cost Explorer",
            "{end:?}"
        );
        // From Nov 23 00:00 both run on for eight days.
        let days = (469.5 * MACHINES) + (229.5 * REPLICAS) + 192.0 * (MACHINES + REPLICAS);
        assert!(
            (end.mean.0 / days - 1.0).abs() < 0.1,
            "{} beside {days}",
            end.mean.0
        );
    }
    mock.stop().await;
}
