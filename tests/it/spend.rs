//! The Spend pane over HTTP; its figures are computed independently here.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::panes::start_mock;
use spendtop::{
    aws::{Clock, Session},
    collectors::{self, ConfiguredBudget, PollKind, Source, SpendSettings},
    domain::{Discount, FaultKind, Record, Report, Service, Timestamp, Usd, Value},
    inventory::Inventory,
    mock::{FaultEffect as MockFault, Mock, Scenario},
    pricing::Prices,
    rules::Thresholds,
};

/// Two instances since Nov 3 10:30 and four replicas since Nov 13 10:30. Cost Explorer has data
/// until Nov 23 02:00.
const DEALS: &str = r#"
description = "deals"
now = "2026-11-23T10:30:00Z"
seed = 3
account = { id = "111122223333", alias = "deals", caller = "user/finops" }
regions = ["us-east-1"]
hourly-granularity = true
[[instance]]
name = "gpu-{n}"
count = 2
type = "p4d.24xlarge"
launched = "-20d"
gpu = "steady 60"
tags = { team = "search" }
[[endpoint]]
name = "ep"
type = "ml.g5.12xlarge"
instances = 4
created = "-10d"
requests = "steady 100"
[[discount]]
service = "ec2"
percent = 20
[[discount]]
service = "sagemaker"
percent = 10
[[credit]]
service = "Amazon Elastic Compute Cloud - Compute"
usd = 5000
at = "-3d"
[[budget]]
name = "all of it"
usd-per-month = 100000
"#;
/// Cost per hour of each, after the discount.
const MACHINES: f64 = 2.0 * 21.957_642 * 0.8;
const REPLICAS: f64 = 4.0 * 7.09 * 0.9;

fn source(sessions: &[Session], clock: &Clock, spending: SpendSettings) -> Box<dyn Source> {
    let sources = collectors::sources_with(sessions, Prices::embedded(), clock, &[], spending);
    sources
        .into_iter()
        .find(|source| source.id().pane == "spend")
        .unwrap()
}

async fn spend(sessions: &[Session], clock: &Clock, spending: SpendSettings) -> Report {
    source(sessions, clock, spending)
        .poll(PollKind::Inventory)
        .await
}

fn cell(row: &Record, field: &str, now: Timestamp) -> Value {
    let metas = collectors::metas();
    let meta = metas.iter().find(|meta| meta.id == "spend").unwrap();
    meta.field(field)
        .unwrap_or_else(|| panic!("no {field}"))
        .value(row, now)
}

fn row<'a>(report: &'a Report, id: &str) -> &'a Record {
    let ids: Vec<_> = report
        .rows
        .iter()
        .map(|row| row.head.key.id.to_string())
        .collect();
    report
        .rows
        .iter()
        .find(|row| &*row.head.key.id == id)
        .unwrap_or_else(|| panic!("no {id} in {ids:#?}"))
}

fn usd(row: &Record, field: &str, now: Timestamp) -> f64 {
    cell(row, field, now)
        .number()
        .unwrap_or_else(|| panic!("{field}: {:?}", cell(row, field, now)))
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 0.01,
        "{found}, expected {expected}"
    );
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

async fn deals() -> (Mock, Vec<Session>, Clock) {
    start_mock(
        Scenario::parse(DEALS, "deals.toml").unwrap(),
        1.0,
        &["us-east-1"],
    )
    .await
}

#[tokio::test]
async fn every_grouping_has_the_same_total() {
    let (mock, sessions, clock) = start_mock(
        Scenario::find("weekend-spike").unwrap(),
        1.0,
        &["us-east-1"],
    )
    .await;
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
    // One spike is one finding: the rules judge only the lines of services.
    for row in report
        .rows
        .iter()
        .filter(|row| row.head.key.kind.0 == "cost-line")
    {
        let judged = matches!(row.head.evidence, spendtop::domain::Evidence::Spend { .. });
        assert_eq!(
            judged,
            cell(row, "group", clock.now()).show() == "service",
            "{}",
            row.head.name
        );
    }
    // Totals exclude bill lines.
    let mut known = Inventory::new(collectors::metas(), Thresholds::default());
    known.apply(report, clock.now());
    assert_eq!(
        (
            known.totals(None).burn.0,
            known.totals(None).effective.0,
            known.totals(None).billed_rows
        ),
        (0.0, 0.0, 0)
    );
    mock.stop().await;
}

#[tokio::test]
async fn discounts_are_learned_from_the_bill() {
    let (mock, sessions, clock) = deals().await;
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
    assert_eq!((report.complete, &report.faults), (true, &Vec::new()));
    let costs = report.costs.clone().unwrap();

    // Nov 3 10:30 to Nov 23 02:00 are 471.5 hours, without the credit.
    let ec2 = row(&report, "service/ec2");
    since_launch(usd(ec2, "month", now), 471.5);
    near(usd(ec2, "last_day", now), 24.0 * MACHINES);
    near(usd(ec2, "mean_7d", now), 24.0 * MACHINES);
    near(usd(ec2, "growth", now), 0.0);
    near(usd(ec2, "list_7d", now), 168.0 * 2.0 * 21.957_642);
    near(usd(ec2, "paid_7d", now), 168.0 * MACHINES);
    near(usd(ec2, "discount", now), 0.2);
    // 469.5 hours until the end of the last closed day, and eight days more.
    since_launch(usd(ec2, "forecast", now), 469.5 + 8.0 * 24.0);
    let hours = cell(ec2, "hours", now);
    let Value::Series(hours) = &hours else {
        panic!("{hours:?}")
    };
    near(hours.last().unwrap(), MACHINES);
    since_launch(
        usd(row(&report, "tag:team/team$search"), "month", now),
        471.5,
    );
    let untagged = row(&report, "tag:team/team$");
    assert_eq!(&*untagged.head.name, "(untagged)");
    near(
        usd(untagged, "last_day", now),
        usd(row(&report, "service/sagemaker"), "last_day", now),
    );
    near(
        usd(
            row(
                &report,
                "usage-type/Amazon SageMaker USE1-Host:ml.g5.12xlarge",
            ),
            "last_day",
            now,
        ),
        24.0 * REPLICAS,
    );

    let discount = |service| {
        costs
            .discounts
            .iter()
            .find(|one| one.service == service)
            .unwrap()
            .clone()
    };
    near(discount(Service::Ec2).share, 0.2);
    near(discount(Service::SageMaker).share, 0.1);
    assert_eq!(
        &*discount(Service::Ec2).source,
        "Cost Explorer, 2026-11-16 to 2026-11-22"
    );

    // The configured budget is exceeded four days after the last closed day; the pace has no
    // variance.
    let budget = row(&report, "budgets/configuration/machines");
    since_launch(usd(budget, "month", now), 471.5);
    assert_eq!(
        cell(budget, "exceeds_on", now).show(),
        "Nov 27 (Nov 27 to Nov 27)"
    );
    assert_eq!(&*budget.head.state.name, "breach");
    let mut known = Inventory::new(collectors::metas(), Thresholds::default());
    known.apply(report.clone(), now);
    let breaches: Vec<_> = known
        .findings()
        .iter()
        .filter(|finding| finding.rule == "budget-breach")
        .map(|finding| finding.name.as_ref())
        .collect();
    assert_eq!(breaches, ["machines"]);
    assert_eq!(
        &*known.month_forecast(now).budget.unwrap().budget.name,
        "machines"
    );
    let aws = row(&report, "budgets/AWS Budgets/all of it");
    assert_eq!(
        (
            usd(aws, "limit", now),
            cell(aws, "exceeds_on", now).show().as_ref()
        ),
        (100_000.0, "not this month")
    );
    mock.stop().await;
}

#[tokio::test]
async fn rows_are_discounted_and_the_day_reconciles_with_the_bill() {
    let (mock, sessions, clock) = deals().await;
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

#[tokio::test]
async fn no_page_is_read_twice_in_six_hours() {
    let (mock, sessions, clock) = deals().await;
    let folder = tempfile::tempdir().unwrap();
    let bills = folder.path().join("bills");
    let spending = || SpendSettings {
        cache: Some(bills.clone()),
        ..SpendSettings::default()
    };
    let operations = || -> Vec<String> {
        let calls = mock.calls().into_iter();
        calls
            .filter(|call| call.service == "ce")
            .map(|call| call.operation)
            .collect()
    };
    let asked = || operations().len();
    let first = spend(&sessions, &clock, spending()).await;
    let once = asked();
    assert!(once > 0 && once <= 10, "{once} pages");
    let mut again = source(&sessions, &clock, spending());
    let months = |report: &Report| -> Vec<Value> {
        report
            .rows
            .iter()
            .map(|row| cell(row, "month", clock.now()))
            .collect()
    };
    assert_eq!(
        months(&again.poll(PollKind::Inventory).await),
        months(&first)
    );
    assert_eq!(asked(), once, "the second start asks nothing");
    again.poll(PollKind::Inventory).await;
    assert_eq!(
        asked(),
        once,
        "who asks again is answered with what is known"
    );
    // Two starts at the same time: one asks, the other waits for it.
    let folder = tempfile::tempdir().unwrap();
    let shared = || SpendSettings {
        cache: Some(folder.path().to_owned()),
        ..SpendSettings::default()
    };
    let before = asked();
    let (one, other) = tokio::join!(
        spend(&sessions, &clock, shared()),
        spend(&sessions, &clock, shared())
    );
    assert_eq!((asked() - before, months(&one)), (once, months(&other)));
    let files: Vec<_> = std::fs::read_dir(&bills)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&files[0]).unwrap().permissions()
        ) & 0o777,
        0o600
    );
    // Another tag key is one more question; a later hour is all of them; what cannot be read is as
    // if there were none.
    let before = asked();
    spend(
        &sessions,
        &clock,
        SpendSettings {
            showback: vec!["env".into()],
            ..spending()
        },
    )
    .await;
    assert_eq!(asked(), before + 1);
    let later = clock.clone();
    let later = Clock::new(move || later.now() + jiff::SignedDuration::from_hours(7));
    spend(
        &sessions,
        &later,
        SpendSettings {
            showback: vec!["env".into()],
            ..spending()
        },
    )
    .await;
    let mut again = operations().split_off(before + 1);
    let mut first = operations()[..once].to_vec();
    for asked in [&mut first, &mut again] {
        asked.sort_unstable();
        asked.dedup();
    }
    assert_eq!(again, first, "all of them again");
    let before = asked();
    std::fs::write(&files[0], "{").unwrap();
    assert!(spend(&sessions, &clock, spending()).await.complete);
    assert!(asked() > before);
    mock.stop().await;
}

#[tokio::test]
async fn refused_reads_are_faults_or_reasons() {
    let (mock, sessions, clock) = deals().await;
    let now = clock.now();
    mock.fail("budgets", "DescribeBudgets", MockFault::Deny, usize::MAX);
    mock.fail("ce", "GetCostForecast", MockFault::Deny, usize::MAX);
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    let mut faults: Vec<_> = report
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.operation.to_string()))
        .collect();
    faults.sort();
    assert_eq!(
        faults,
        [
            (FaultKind::Denied, "budgets:ViewBudget".into()),
            (FaultKind::Denied, "ce:GetCostForecast".into())
        ]
    );
    assert!(report.complete && usd(row(&report, "service/ec2"), "month", now) > 0.0);
    // Without Cost Explorer's forecast, the closed days forecast the month.
    let mut known = Inventory::new(collectors::metas(), Thresholds::default());
    known.apply(report, now);
    assert!(
        known
            .month_forecast(now)
            .month_end
            .known()
            .unwrap()
            .source
            .starts_with("own: ")
    );
    mock.clear_faults();
    mock.fail("ce", "GetCostAndUsage", MockFault::Deny, usize::MAX);
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    assert!(
        !report.complete
            && report
                .costs
                .unwrap()
                .month_to_date
                .why()
                .unwrap()
                .text()
                .contains("denied")
    );
    mock.stop().await;
    // Disabled hourly granularity is not a fault.
    let text = DEALS.replace("hourly-granularity = true", "hourly-granularity = false");
    let (mock, sessions, clock) = start_mock(
        Scenario::parse(&text, "deals.toml").unwrap(),
        1.0,
        &["us-east-1"],
    )
    .await;
    let report = spend(&sessions, &clock, SpendSettings::default()).await;
    assert_eq!(report.faults, []);
    assert!(matches!(
        cell(row(&report, "service/ec2"), "hours", clock.now()),
        Value::Unknown(_)
    ));
    mock.stop().await;
}

/// A plan for half of the replicas at 40 % less, and a reservation for one of the two machines at
/// $10 an hour.
pub(crate) fn commitments() -> Scenario {
    let deals = r#"
[[savings-plan]]
type = "sagemaker"
commitment = 8.508
percent = 40
start = "-40d"
[[reservation]]
type = "p4d.24xlarge"
count = 1
usd-per-hour = 10
start = "-40d"
"#;
    let text = DEALS.split("[[discount]]").next().unwrap().to_owned() + deals;
    Scenario::parse(&text, "plans.toml").unwrap()
}

#[tokio::test]
async fn commitments_are_rows_and_lower_the_effective_price() {
    let (mock, sessions, clock) = start_mock(commitments(), 1.0, &["us-east-1"]).await;
    let now = clock.now();
    let mut source = source(&sessions, &clock, SpendSettings::default());
    let first = source.poll(PollKind::Inventory).await;
    let reserved = "coverage/reservations/Amazon Elastic Compute Cloud - Compute";
    let Value::Unknown(why) = cell(row(&first, reserved), "covered", now) else {
        panic!("the first look has no page left for it");
    };
    assert!(why.to_string().contains("the next look"), "{why}");
    let report = source.poll(PollKind::Inventory).await;
    assert_eq!(report.faults, []);
    let asked = mock
        .calls()
        .into_iter()
        .filter(|call| call.service == "ce" && call.operation == "GetReservationUtilization");
    assert_eq!(asked.count(), 1, "its use is paid for once");
    let costs = report.costs.clone().unwrap();
    let share = |service| {
        costs
            .discounts
            .iter()
            .find(|one| one.service == service)
            .unwrap()
            .share
    };
    // Two of four replicas are paid at 60 %: 7.09 x 2 x 0.6 = 8.508 an hour, all of the commitment.
    near(share(Service::SageMaker), 0.2);
    near(
        share(Service::Ec2),
        1.0 - (21.957_642 + 10.0) / (2.0 * 21.957_642),
    );
    let plans = row(&report, "coverage/Savings Plans/Amazon SageMaker");
    assert!(
        (usd(plans, "covered", now) - 0.5).abs() < 0.01,
        "{:?}",
        cell(plans, "covered", now)
    );
    let all = row(&report, "coverage/Savings Plans/all");
    assert!(
        (usd(all, "used", now) - 1.0).abs() < 0.01 && usd(all, "unused", now) < 0.1,
        "{:?}",
        cell(all, "used", now)
    );
    let reserved = row(&report, reserved);
    assert!(
        (usd(reserved, "covered", now) - 0.5).abs() < 0.01
            && (usd(reserved, "used", now) - 1.0).abs() < 0.01
    );
    // The usage that no plan covers.
    near(
        usd(
            row(
                &report,
                "coverage/Savings Plans/Amazon Elastic Compute Cloud - Compute",
            ),
            "covered",
            now,
        ),
        0.0,
    );
    assert_eq!(costs.coverage.len(), 4);
    mock.stop().await;
}
