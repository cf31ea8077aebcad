//! Jobs of every type and HyperPod nodes, collected over HTTP; their costs are computed by hand.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::{
    findings::list_prices,
    panes::{cell, poll, row, show, start_mock},
};
use spendtop::domain::ops;
use spendtop::{
    aws::{Clock, Session},
    collectors,
    domain::{
        Capability, Evidence, FaultKind, HourlyCost, Operation, PaneId, Phase, Reason, Value,
        action::ApiCall,
    },
    inventory::Inventory,
    mock::{FaultEffect as MockFault, Scenario},
    rules::Thresholds,
};

const EAST: &str = "us-east-1";

const JOBS: &str = r#"
description = "jobs"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "jobs", caller = "user/ana" }
regions = ["us-east-1"]
tags = { team = "ml" }

[[training]]
name = "ranker-{n}"
type = "ml.p4d.24xlarge"
instances = 2
created = "-9h 4m"
earlier-runs = ["2h", "1h", "3h"]
max-hours = 20
gpu = "steady 40"

[[training]]
name = "thrifty"
type = "ml.g5.xlarge"
created = "-6h"
duration = "4h"
spot = true
spot-billed-share = 0.25

[[training]]
name = "kept"
type = "ml.g5.xlarge"
instances = 3
created = "-3h 4m"
duration = "2h"
keep-alive = 120

[[training]]
name = "broken-{n}"
type = "ml.g5.xlarge"
created = "-5h 30m"
repeat-every = "1h"
fails-after = "6m"
failure = "AlgorithmError: no such file"

[[processing]]
name = "features"
type = "ml.g4dn.xlarge"
created = "-2h 2m"

[[transform]]
name = "scores"
type = "ml.m5.2xlarge"
instances = 2
created = "-1h 2m 30s"

[[transform]]
name = "old-scores"
type = "ml.m5.2xlarge"
created = "-3d"
duration = "1h"

[[tuning]]
name = "hpo"
type = "ml.g5.xlarge"
created = "-5h"
trial-interval = "2h"
duration = "90m"

[[customization]]
name = "tone"
model = "meta.llama3-1-8b-instruct-v1:0"
created = "-1h"
training-tokens = 1e6

[[batch-inference]]
name = "reviews"
model = "amazon.nova-pro-v1:0"
created = "-1h"
records = 1000
input-tokens = 900
output-tokens = 100

[[cluster]]
name = "research"
created = "-2d"
groups = [{ name = "workers", type = "ml.p4d.24xlarge", count = 3 }, { name = "head", type = "ml.m5.2xlarge", count = 1 }]

[[instance]]
name = "dev-box"
type = "g5.xlarge"
launched = "-1d"
gpu = "steady 60"
"#;

/// The inventory after one pane was polled.
async fn collect_pane(sessions: &[Session], clock: &Clock, pane: PaneId) -> Inventory {
    let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
    for (listed, measured) in poll(sessions, clock, Some(pane)).await {
        assert!(
            listed.complete && measured.complete && measured.faults.is_empty(),
            "{}",
            show(&measured, clock.now())
        );
        inventory.apply(listed, clock.now());
        inventory.apply(measured, clock.now());
    }
    inventory
}

/// Dollars: half a cent, and two seconds of the most expensive job, which pass while it is read.
const TOLERANCE: f64 = 0.005 + 2.0 * 55.0 / 3600.0;

#[track_caller]
fn assert_dollars(what: &str, found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < TOLERANCE,
        "{what}: {found}, worked out by hand: {expected}"
    );
}

#[tokio::test]
async fn jobs_of_every_type_match_hand_computed_costs() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    let now = clock.now();
    let inventory = collect_pane(&sessions, &clock, "jobs").await;
    let number = |name: &str, field: &str| {
        let value = cell("jobs", row(&inventory, "jobs", name), field, now);
        value
            .number()
            .unwrap_or_else(|| panic!("{name} {field}: {value:?}"))
    };
    let burn = |name: &str| {
        row(&inventory, "jobs", name)
            .head
            .burn
            .rate()
            .map(|rate| rate.0)
    };

    // A training job: two instances for nine hours, at most twenty; three earlier runs with a
    // median of two hours.
    let machines = 2.0 * list_prices::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST);
    assert_dollars("ranker burn", burn("ranker-4").unwrap(), machines);
    assert_dollars(
        "ranker so far",
        number("ranker-4", "cost_so_far"),
        9.0 * machines,
    );
    assert_dollars(
        "ranker at its limit",
        number("ranker-4", "cost_at_limit"),
        20.0 * machines,
    );
    assert_dollars(
        "ranker per run",
        number("ranker-4", "cost_per_run"),
        2.0 * machines,
    );
    assert!((number("ranker-4", "gpu") - 0.4).abs() < 0.05);
    assert_eq!(
        (number("ranker-4", "count"), number("ranker-4", "runs")),
        (2.0, 3.0)
    );
    let Evidence::Job(facts) = &row(&inventory, "jobs", "ranker-4").head.evidence else {
        panic!("no evidence")
    };
    assert_eq!(facts.created.unwrap().to_string(), "2026-11-22T23:26:00Z");

    // A job that ended within a day is a row without a cost rate; managed spot billed a quarter of
    // four hours.
    let small = list_prices::ml("ml.g5.xlarge", "training", EAST);
    assert!(matches!(
        row(&inventory, "jobs", "thrifty").head.burn,
        HourlyCost::Nothing(_)
    ));
    assert_dollars("thrifty so far", number("thrifty", "cost_so_far"), small);
    assert_dollars("thrifty saved", number("thrifty", "spot_saving"), 0.75);

    // Its warm pool is billed: two hours of work, one hour idle. Stop releases it.
    assert_dollars("kept burn", burn("kept").unwrap(), 3.0 * small);
    assert_dollars(
        "kept so far",
        number("kept", "cost_so_far"),
        3.0 * 3.0 * small,
    );
    assert_eq!(
        cell("jobs", row(&inventory, "jobs", "kept"), "warm_pool", now),
        Value::text("Available")
    );
    let stop = row(&inventory, "jobs", "kept")
        .head
        .capability(Operation::Stop);
    assert!(
        matches!(stop.known(), Some(Capability::Ready(ApiCall::Stop(ops::stop::Call::WarmPool(name)))) if &**name == "kept"),
        "{stop:?}"
    );

    assert_dollars(
        "features burn",
        burn("features").unwrap(),
        list_prices::ml("ml.g4dn.xlarge", "processing", EAST),
    );
    assert_dollars(
        "features so far",
        number("features", "cost_so_far"),
        2.0 * list_prices::ml("ml.g4dn.xlarge", "processing", EAST),
    );
    assert_dollars(
        "scores burn",
        burn("scores").unwrap(),
        2.0 * list_prices::cpu("ml.m5.2xlarge"),
    );
    assert_dollars(
        "scores so far",
        number("scores", "cost_so_far"),
        2.0 * list_prices::cpu("ml.m5.2xlarge"),
    );
    assert!(
        inventory
            .rows("jobs")
            .all(|row| &*row.head.name != "old-scores"),
        "over for days"
    );

    // A tuning job has no cost rate; its training jobs have. They were created 5, 3 and 1 h ago, 4
    // min before their instances started; the last one runs.
    assert!(matches!(
        row(&inventory, "jobs", "hpo").head.burn,
        HourlyCost::Nothing(_)
    ));
    let minutes = f64::from(90 + 90 + 60 - 4);
    assert_dollars(
        "hpo so far",
        number("hpo", "cost_so_far"),
        minutes / 60.0 * small,
    );
    let tries: Vec<_> = inventory
        .rows("jobs")
        .filter(|row| row.head.name.starts_with("hpo-"))
        .collect();
    assert_eq!(tries.len(), 3);
    assert_dollars(
        "tries burn",
        tries
            .iter()
            .filter_map(|row| row.head.burn.rate())
            .map(|rate| rate.0)
            .sum(),
        small,
    );

    // Bedrock jobs are billed by token and can be stopped.
    for (name, kind) in [
        ("tone", "customization-job"),
        ("reviews", "batch-inference-job"),
    ] {
        let row = row(&inventory, "jobs", name);
        assert_eq!(
            (row.head.key.kind.0, row.head.state.phase),
            (kind, Phase::Running)
        );
        assert!(
            matches!(row.head.burn, HourlyCost::Nothing(_))
                && row.head.capability(Operation::Stop).known().is_some()
        );
        assert_eq!(
            cell("jobs", row, "cost_so_far", now),
            Value::Unknown(Reason::new("billed by the token: see the models"))
        );
    }

    let all: f64 = inventory
        .rows("jobs")
        .filter_map(|row| row.head.burn.rate())
        .map(|rate| rate.0)
        .sum();
    let by_hand = machines
        + 4.0 * small
        + list_prices::ml("ml.g4dn.xlarge", "processing", EAST)
        + 2.0 * list_prices::cpu("ml.m5.2xlarge");
    assert_dollars("all together", all, by_hand);
    mock.stop().await;
}

#[tokio::test]
async fn retry_loop_is_reported_once() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    let inventory = collect_pane(&sessions, &clock, "jobs").await;
    let found: Vec<_> = inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == "retry-loop")
        .collect();
    let [found] = found.as_slice() else {
        panic!("{found:?}")
    };
    // Jobs fail at 03:00, 04:00 ... 08:00, each 6 min after its instance started; none runs at
    // 08:30.
    let each = 0.1 * list_prices::ml("ml.g5.xlarge", "training", EAST);
    assert_dollars("waste", found.waste.0, 6.0 * each / 24.0);
    assert!(
        found.message.starts_with("6 failures in 24 h")
            && found.message.contains("next try due 09:00"),
        "{}",
        found.message
    );
    assert_eq!((&*found.name, found.fix), ("broken-6", None));
    mock.stop().await;
}

#[tokio::test]
async fn finished_jobs_are_described_once() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    let sources = collectors::sources(
        &sessions,
        spendtop::pricing::Prices::embedded(),
        &clock,
        &[],
    );
    let mut source = sources
        .into_iter()
        .find(|source| source.id().pane == "jobs")
        .unwrap();
    source.poll(collectors::PollKind::Inventory).await;
    let first = mock.count("sagemaker", "DescribeTrainingJob");
    source.poll(collectors::PollKind::Inventory).await;
    assert!(first > 10, "{first}");
    assert_eq!(
        mock.count("sagemaker", "DescribeTrainingJob"),
        first,
        "nothing has changed since"
    );
    mock.stop().await;
}

#[tokio::test]
async fn denied_job_type_is_a_fault_and_others_stay() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    for (service, operation) in [
        ("sagemaker", "ListProcessingJobs"),
        ("bedrock", "ListModelCustomizationJobs"),
    ] {
        mock.fail(service, operation, MockFault::Deny, 100);
    }
    let (listed, _) = poll(&sessions, &clock, Some("jobs")).await.remove(0);
    assert!(listed.complete, "{}", show(&listed, clock.now()));
    let denied: Vec<_> = listed
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.operation.to_string()))
        .collect();
    let expected = [
        "sagemaker:ListProcessingJobs",
        "bedrock:ListModelCustomizationJobs",
    ];
    assert_eq!(
        denied,
        expected.map(|operation| (FaultKind::Denied, operation.to_owned()))
    );
    let kinds: std::collections::BTreeSet<_> =
        listed.rows.iter().map(|row| row.head.key.kind.0).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "batch-inference-job",
            "training-job",
            "transform-job",
            "tuning-job"
        ]
    );
    mock.stop().await;
}

#[tokio::test]
async fn cluster_nodes_are_listed_with_instances() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    let now = clock.now();
    let inventory = collect_pane(&sessions, &clock, "gpus").await;
    let workers: Vec<_> = inventory
        .rows("gpus")
        .filter(|row| &*row.head.name == "research/workers")
        .collect();
    assert_eq!(workers.len(), 3);
    for node in &workers {
        assert_eq!(
            (node.head.key.kind.0, &*node.head.state.name),
            ("hyperpod-node", "Running")
        );
        assert_dollars(
            "node",
            node.head.burn.rate().unwrap().0,
            list_prices::ml_by_rule("ml.p4d.24xlarge", 1.18, EAST),
        );
        assert_eq!(node.head.since.unwrap().to_string(), "2026-11-21T08:35:00Z");
        assert_eq!(
            (
                cell("gpus", node, "cluster", now).show(),
                cell("gpus", node, "instance_group", now).show()
            ),
            ("research".into(), "workers".into())
        );
        assert_eq!(
            cell("gpus", node, "gpu", now),
            Value::Unknown(Reason::new("HyperPod publishes no metrics of its nodes"))
        );
        assert!(
            node.head
                .capability(Operation::Stop)
                .why()
                .unwrap()
                .text()
                .starts_with("HyperPod scales by instance group")
        );
        assert_eq!(node.head.owner.as_deref(), Some("ml"));
    }
    // The rate cards have no cluster price for a type without accelerators: the row is unpriced.
    assert!(matches!(
        row(&inventory, "gpus", "research/head").head.burn,
        HourlyCost::Unpriced(_)
    ));
    assert_dollars(
        "dev-box",
        row(&inventory, "gpus", "dev-box")
            .head
            .burn
            .rate()
            .unwrap()
            .0,
        list_prices::ec2("g5.xlarge", EAST),
    );
    mock.stop().await;
}

#[tokio::test]
async fn denied_cluster_list_keeps_instances() {
    let (mock, sessions, clock) =
        start_mock(Scenario::parse(JOBS, "jobs.toml").unwrap(), 1.0, &[EAST]).await;
    mock.fail("sagemaker", "ListClusters", MockFault::Deny, 100);
    let (listed, _) = poll(&sessions, &clock, Some("gpus")).await.remove(0);
    assert!(listed.complete);
    assert_eq!(
        listed
            .faults
            .iter()
            .map(|fault| &*fault.operation)
            .collect::<Vec<_>>(),
        ["sagemaker:ListClusters"]
    );
    assert_eq!(
        listed
            .rows
            .iter()
            .map(|row| &*row.head.name)
            .collect::<Vec<_>>(),
        ["dev-box"]
    );
    mock.stop().await;
}
