//! Every pane and the costs, collected over HTTP.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use spendtop::{
    aws::{Clock, Session, SessionSettings, StaticCredentials, sessions},
    collectors::{self, PollKind},
    domain::{FaultKind, HourlyCost, Operation, PaneId, Record, Report, Timestamp, Value},
    inventory::Inventory,
    mock::{FaultEffect as MockFault, Mock, Options, Scenario},
    pricing::Prices,
    rules::Thresholds,
};
use std::time::{Duration, Instant};

const REGIONS: &[&str] = &["us-east-1", "us-west-2"];

/// Sessions on `url` with demo credentials.
pub(crate) async fn open(url: &str, regions: &[&str]) -> Vec<Session> {
    let settings = SessionSettings {
        regions: regions.iter().map(ToString::to_string).collect(),
        endpoint_url: Some(url.to_owned()),
        keys: Some(StaticCredentials::demo()),
        ..SessionSettings::default()
    };
    sessions(&settings).await.expect("sessions open").sessions
}

/// A mock in scenario time, and sessions on it.
pub(crate) async fn start_mock(
    scenario: Scenario,
    pace: f64,
    regions: &[&str],
) -> (Mock, Vec<Session>, Clock) {
    let mock = Mock::start(Options {
        pace,
        ..Options::new(scenario)
    })
    .unwrap();
    let sessions = open(&mock.url(), regions).await;
    let at = mock.clock();
    (mock, sessions, Clock::new(move || at.now()))
}

/// The inventory and metrics reports of each source, of one `pane` or all.
pub(crate) async fn poll(
    sessions: &[Session],
    clock: &Clock,
    pane: Option<PaneId>,
) -> Vec<(Report, Report)> {
    let sources = collectors::sources(sessions, Prices::embedded(), clock, &[]);
    let selected = sources
        .into_iter()
        .filter(|source| pane.is_none_or(|pane| source.id().pane == pane));
    let polls = selected.map(|mut source| async move {
        (
            source.poll(PollKind::Inventory).await,
            source.poll(PollKind::Metrics).await,
        )
    });
    futures_util::future::join_all(polls).await
}

/// The inventory after all sources were polled.
pub(crate) async fn collect_inventory(sessions: &[Session], clock: &Clock) -> Inventory {
    let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
    for (listed, measured) in poll(sessions, clock, None).await {
        assert!(
            listed.complete && measured.complete,
            "{}",
            show(&measured, clock.now())
        );
        assert_eq!(measured.faults, [], "{}", measured.source.pane);
        assert_eq!(listed.rows.len(), measured.rows.len());
        inventory.apply(listed, clock.now());
        inventory.apply(measured, clock.now());
    }
    inventory
}

pub(crate) fn row<'a>(inventory: &'a Inventory, pane: PaneId, name: &str) -> &'a Record {
    let mut rows = inventory
        .rows(pane)
        .filter(|row| row.head.name.as_ref() == name);
    rows.next()
        .unwrap_or_else(|| panic!("{name} is not in {pane}"))
}

pub(crate) fn cell(pane: PaneId, row: &Record, field: &str, now: Timestamp) -> Value {
    let metas = collectors::metas();
    let meta = metas.iter().find(|meta| meta.id == pane).unwrap();
    meta.field(field)
        .unwrap_or_else(|| panic!("{pane} has no {field}"))
        .value(row, now)
}

/// A report as text for failure messages.
pub(crate) fn show(report: &Report, now: Timestamp) -> String {
    let metas = collectors::metas();
    let meta = metas
        .iter()
        .find(|meta| meta.id == report.source.pane)
        .unwrap();
    let mut lines = vec![format!(
        "{} {} complete={}",
        report.source.pane, report.source.place.region, report.complete
    )];
    lines.extend(report.faults.iter().map(|fault| format!("  ! {fault}")));
    for row in &report.rows {
        let cells = meta.fields.iter().map(|field| match field.value(row, now) {
            Value::Unknown(why) => format!("{}=?({why})", field.id),
            value => format!("{}={}", field.id, value.show()),
        });
        lines.push(format!("  - {}", cells.collect::<Vec<_>>().join(" ")));
    }
    lines.join("\n")
}

#[tokio::test]
async fn weekend_spike_appears_on_every_pane() {
    let (mock, sessions, clock) =
        start_mock(Scenario::find("weekend-spike").unwrap(), 1.0, REGIONS).await;
    let now = clock.now();
    let inventory = collect_inventory(&sessions, &clock).await;
    let price =
        |quote: spendtop::domain::Measured<spendtop::pricing::Quote>| quote.known().unwrap().unit.0;
    let prices = Prices::embedded();

    // The forgotten fleet: eight instances at list price, almost unused.
    let fleet: Vec<_> = inventory
        .rows("gpus")
        .filter(|row| row.head.name.starts_with("hpo-worker-"))
        .collect();
    assert_eq!(fleet.len(), 8);
    for worker in &fleet {
        assert_eq!(
            worker.head.burn.rate().unwrap().0,
            price(prices.ec2("p4d.24xlarge", "us-east-1"))
        );
        assert_eq!(worker.head.owner.as_deref(), Some("mlops"));
        let gpu = cell("gpus", worker, "gpu", now).number().unwrap();
        assert!((0.015..0.045).contains(&gpu), "{gpu}");
        assert!(worker.head.capability(Operation::Stop).known().is_some());
        assert_eq!(cell("gpus", worker, "accelerators", now).show(), "8xA100");
    }
    let finding = inventory
        .findings()
        .iter()
        .find(|finding| finding.name.starts_with("hpo-worker-"))
        .unwrap();
    assert_eq!(
        (finding.rule, finding.fix),
        ("gpu-idle", Some(Operation::Stop)),
        "{}",
        finding.message
    );

    // Utilization without the CloudWatch agent is unknown, but power is known; a prepaid block
    // costs nothing per hour; one-time Spot instances cannot be stopped.
    let bench = row(&inventory, "gpus", "rag-bench");
    assert_eq!(
        cell("gpus", bench, "gpu", now),
        Value::Unknown(spendtop::domain::Reason::new(
            "CloudWatch has no GPU utilisation of it: neither its agent nor Container Insights \
             reports one"
        ))
    );
    assert!(cell("gpus", bench, "gpu_power", now).is_known());
    assert!(matches!(
        row(&inventory, "gpus", "pretrain-block-1").head.burn,
        HourlyCost::Nothing(_)
    ));
    let spot = row(&inventory, "gpus", "render-spot-1");
    assert!(matches!(
        spot.head.burn,
        HourlyCost::Priced { estimate: true, .. }
    ));
    assert!(
        spot.head
            .capability(Operation::Stop)
            .why()
            .unwrap()
            .text()
            .contains("one-time")
    );
    assert!(
        inventory
            .rows("gpus")
            .all(|row| !row.head.name.starts_with("airflow")),
        "no accelerator, no row"
    );

    // Eight instances where two suffice.
    let rec = row(&inventory, "endpoints", "rec-endpoint");
    assert_eq!(
        rec.head.burn.rate().unwrap().0,
        8.0 * price(prices.sagemaker(
            "ml.g5.12xlarge",
            spendtop::pricing::Component::Hosting,
            "us-east-1"
        ))
    );
    assert_eq!(cell("endpoints", rec, "suggested", now), Value::Count(2));
    assert!(cell("endpoints", rec, "gpu", now).number().unwrap() < 0.2);
    let finding = inventory
        .findings()
        .iter()
        .find(|finding| finding.name.as_ref() == "rec-endpoint")
        .unwrap();
    assert_eq!(
        (finding.rule, finding.fix),
        ("oversized-endpoint", Some(Operation::Scale)),
        "{}",
        finding.message
    );
    // Components share the instances of their endpoint, which are billed once.
    assert_eq!(
        row(&inventory, "endpoints", "guard-2b")
            .head
            .burn
            .rate()
            .unwrap()
            .0,
        0.0
    );
    assert!(
        row(&inventory, "endpoints", "llm-host")
            .head
            .burn
            .rate()
            .unwrap()
            .0
            > 0.0
    );
    let deleted = row(&inventory, "endpoints", "legacy-forecast");
    assert!(
        matches!(&deleted.head.burn, HourlyCost::Unpriced(why) if why.text().contains("configuration was deleted"))
    );

    // Notebooks running since Friday; an app with health checks only has unknown activity.
    for (name, pane) in [
        ("churn-model-dev", "notebooks"),
        ("vision-labeling", "notebooks"),
        ("LLM-eval-scratch", "notebooks"),
    ] {
        let idle = cell(pane, row(&inventory, pane, name), "idle", now)
            .number()
            .unwrap()
            / 3600.0;
        assert!((58.0..66.0).contains(&idle), "{name}: {idle} h");
    }
    assert!(
        inventory.findings().iter().any(
            |finding| finding.name.as_ref() == "distil-eval" && finding.rule == "idle-notebook"
        )
    );
    assert!(
        inventory
            .findings()
            .iter()
            .all(|finding| finding.waste.0 == 0.0 || finding.name.as_ref() != "fraud-research")
    );

    // Unused throughput with a commitment.
    let pilot = row(&inventory, "throughput", "chat-pilot-pt");
    let p50 = cell("throughput", pilot, "util_p50", now).number().unwrap();
    assert!((0.2..0.4).contains(&p50), "{p50}");
    assert!(
        cell("throughput", pilot, "verdict", now)
            .show()
            .contains("bound to Jan 14")
    );
    assert!(
        inventory
            .findings()
            .iter()
            .any(|finding| finding.name.as_ref() == "chat-pilot-pt")
    );
    assert!(
        inventory
            .findings()
            .iter()
            .all(|finding| finding.waste.0 == 0.0 || finding.name.as_ref() != "support-assist-pt")
    );

    let mut services: Vec<_> = inventory
        .rows("anomalies")
        .map(|row| {
            cell("anomalies", row, "usage_type", now)
                .show()
                .into_owned()
        })
        .collect();
    services.sort();
    assert_eq!(
        services,
        ["BoxUsage:p4d.24xlarge", "USE1-NovaPro-input-tokens"]
    );
    let month = *inventory.month_to_date().known().unwrap();
    assert!(
        month.amount.0 > 1_000.0 && month.through.unwrap() <= now,
        "{month:?}"
    );
    assert!(
        sessions[0].calls.dollars().0 < 0.20,
        "one look at everything costs {:#}",
        sessions[0].calls.dollars()
    );
    mock.stop().await;
}

#[tokio::test]
async fn quiet_scenario_has_rows_and_no_findings() {
    let (mock, sessions, clock) =
        start_mock(Scenario::find("quiet").unwrap(), 1.0, &["us-east-1"]).await;
    let inventory = collect_inventory(&sessions, &clock).await;
    let sentences: Vec<_> = inventory
        .findings()
        .iter()
        .map(|finding| format!("{}: {}", finding.name, finding.message))
        .collect();
    assert_eq!(sentences, [""; 0]);
    assert!(inventory.totals(None).burn.0 > 0.0);
    mock.stop().await;
}

#[tokio::test]
async fn denied_call_is_a_fault_and_rows_stay() {
    let (mock, sessions, clock) = start_mock(
        Scenario::find("weekend-spike").unwrap(),
        1.0,
        &["us-west-2"],
    )
    .await;
    for (service, operation) in [
        ("sagemaker", "ListTags"),
        ("tag", "GetResources"),
        ("cloudwatch", "GetMetricData"),
        ("application-autoscaling", "DescribeScalableTargets"),
    ] {
        mock.fail(service, operation, MockFault::Deny, usize::MAX);
    }
    for (_, report) in poll(&sessions, &clock, Some("endpoints")).await {
        assert!(
            report.complete && report.rows.len() == 4,
            "{}",
            show(&report, clock.now())
        );
        let mut denied: Vec<_> = report
            .faults
            .iter()
            .map(|fault| (fault.operation.as_ref(), fault.kind))
            .collect();
        denied.sort_unstable_by_key(|(operation, _)| *operation);
        let expected = [
            "application-autoscaling:DescribeScalableTargets",
            "cloudwatch:GetMetricData",
            "sagemaker:ListTags",
        ];
        assert_eq!(
            denied,
            expected.map(|operation| (operation, FaultKind::Denied))
        );
        for row in &report.rows {
            assert!(
                row.head.tags.why().is_some()
                    && !cell("endpoints", row, "autoscaling", clock.now()).is_known()
            );
        }
    }
    mock.clear_faults();
    mock.fail("ec2", "DescribeInstances", MockFault::Deny, usize::MAX);
    for (report, _) in poll(&sessions, &clock, Some("gpus")).await {
        let is_instance = |row: &Record| row.head.key.kind.0 == "ec2-instance";
        assert!(!report.complete && !report.rows.iter().any(is_instance));
        assert_eq!(
            (report.faults[0].kind, report.faults[0].operation.as_ref()),
            (FaultKind::Denied, "ec2:DescribeInstances")
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn failed_describe_keeps_the_other_rows() {
    let (mock, sessions, clock) = start_mock(
        Scenario::find("weekend-spike").unwrap(),
        1.0,
        &["us-west-2"],
    )
    .await;
    let mut sources = collectors::sources(&sessions, Prices::embedded(), &clock, &[]);
    let source = sources
        .iter_mut()
        .find(|source| source.id().pane == "endpoints")
        .unwrap();
    let complete = source.poll(PollKind::Inventory).await;
    // An endpoint that did not change is described again after a minute.
    mock.clock().advance(90.0);
    mock.fail("sagemaker", "DescribeEndpoint", MockFault::Deny, 1);
    let partial = source.poll(PollKind::Inventory).await;
    assert!(complete.complete && !partial.complete);
    assert_eq!(
        partial.rows.len(),
        complete.rows.len(),
        "what is known stays"
    );
    assert_eq!(
        partial.faults[0].operation.as_ref(),
        "sagemaker:DescribeEndpoint"
    );
    mock.fail("sagemaker", "DescribeEndpoint", MockFault::BrokenBody, 1);
    assert_eq!(
        source.poll(PollKind::Inventory).await.faults[0].kind,
        FaultKind::Broken
    );
    assert!(source.poll(PollKind::Inventory).await.complete);
    mock.stop().await;
}

/// More instances than a page holds and more metrics than a request allows.
#[tokio::test]
async fn every_page_is_read() {
    let text = r#"
description = "a crowd"
now = "2026-11-23T08:30:00Z"
seed = 1
account = { id = "111122223333", alias = "crowd", caller = "user/finops" }
regions = ["us-east-1"]

[[instance]]
name = "crowd-{n}"
count = 1101
type = "g5.xlarge"
launched = "-2h"
gpu = "steady 50-60"
"#;
    let (mock, sessions, clock) = start_mock(
        Scenario::parse(text, "crowd.toml").unwrap(),
        1.0,
        &["us-east-1"],
    )
    .await;
    for (_, report) in poll(&sessions, &clock, Some("gpus")).await {
        assert_eq!(
            (report.rows.len(), report.complete, report.faults.len()),
            (1101, true, 0)
        );
        let now = clock.now();
        assert!(
            report
                .rows
                .iter()
                .all(|row| cell("gpus", row, "gpu", now).is_known()
                    && cell("gpus", row, "cpu", now).is_known())
        );
    }
    assert!(mock.count("ec2", "DescribeInstances") >= 2);
    assert!(mock.count("cloudwatch", "GetMetricData") >= 5);
    mock.stop().await;
}

/// Against any emulator, nothing panics or hangs, and every source has rows or faults.
#[tokio::test]
#[ignore = "needs an AWS emulator at SPENDTOP_TEST_ENDPOINT"]
async fn incomplete_emulator_is_shown_with_faults() {
    let url = std::env::var("SPENDTOP_TEST_ENDPOINT").expect("SPENDTOP_TEST_ENDPOINT");
    let start = Instant::now();
    let sessions = open(&url, &["us-east-1"]).await;
    println!(
        "{:?} unidentified: {:?}",
        sessions[0].place, sessions[0].unidentified
    );
    let clock = Clock::system();
    for (listed, measured) in poll(&sessions, &clock, None).await {
        println!("{}", show(&measured, clock.now()));
        println!("{:?}", measured.costs);
        assert!(listed.complete || !listed.faults.is_empty());
        assert_eq!(listed.rows.len(), measured.rows.len());
    }
    println!(
        "{} requests, {:#}, {:?}",
        sessions[0].calls.requests(),
        sessions[0].calls.dollars(),
        start.elapsed()
    );
    assert!(start.elapsed() < Duration::from_mins(2));
}

#[tokio::test]
async fn missing_profile_is_one_immediate_fault() {
    let start = Instant::now();
    let settings = SessionSettings {
        profiles: vec![Some("spendtop-no-such-profile".into())],
        endpoint_url: Some("http://127.0.0.1:9".into()),
        ..SessionSettings::default()
    };
    let fault = sessions(&settings).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials);
    let begins = "profile `spendtop-no-such-profile` does not exist in ";
    assert!(fault.message.starts_with(begins), "{}", fault.message);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

/// No server listens: every source reports a network fault soon.
#[tokio::test]
async fn unreachable_endpoint_is_a_fault_of_every_source() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let sessions = open(&url, &["us-east-1"]).await;
    assert_eq!(sessions[0].place.account.as_ref(), "-");
    assert!(sessions[0].unidentified.is_some());
    for (listed, _) in poll(&sessions, &Clock::system(), Some("gpus")).await {
        assert!(!listed.complete && listed.rows.is_empty());
        assert_eq!(
            listed.faults[0].kind,
            FaultKind::Network,
            "{:?}",
            listed.faults
        );
    }
}
