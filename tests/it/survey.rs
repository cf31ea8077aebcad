//! What is read before a question is answered: each fact of each kind of resource over HTTP, seen where it is so and only there.
//!
//! Must not know how a fact is read.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use super::{panes, rig::Rig};
use crossterm::event::KeyCode;
use spendtop::{
    aws::{Clock, Session},
    domain::{Ask, FaultKind, Plan, PlanId, Record, Survey, Target, Weight},
    engine::{Hands, hands::AwsHands},
    mock::{Fault as MockFault, Mock, Rule, Scenario},
};
use std::time::{Duration, Instant};

const ESTATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/survey.toml");

/// A mock world and who can reach it.
struct Estate {
    mock: Mock,
    sessions: Vec<Session>,
    clock: Clock,
    hands: AwsHands,
}

impl Estate {
    async fn new() -> Self {
        let scenario = Scenario::parse(&std::fs::read_to_string(ESTATE).unwrap(), "survey.toml").unwrap();
        let (mock, sessions, clock) = panes::world(scenario, 0.001, &["us-east-1"]).await;
        let hands = AwsHands::new(sessions.clone(), clock.clone());
        Self { mock, sessions, clock, hands }
    }

    async fn rows(&self) -> Vec<Record> {
        panes::poll(&self.sessions, &self.clock, None).await.into_iter().flat_map(|(_, measured)| measured.rows).collect()
    }

    async fn survey(&self, targets: &[Target]) -> Vec<Survey> {
        let facts = self.hands.survey(targets).await;
        assert_eq!(facts.len(), targets.len());
        let of = |target: &Target| facts.iter().find(|(key, _)| *key == target.key).unwrap().1.clone();
        targets.iter().map(of).collect()
    }
}

fn plan(rows: &[Record], names: &[&str], ask: &Ask) -> Plan {
    let found = |name: &&str| {
        let offered = |row: &&Record| row.head.name.as_ref() == *name && row.head.offer(ask.verb()).known().is_some();
        rows.iter().find(offered).unwrap_or_else(|| panic!("{name} offers no {}", ask.verb()))
    };
    let records: Vec<&Record> = names.iter().map(found).collect();
    let plan = Plan::new(PlanId::new(rows[0].head.seen, 1), ask, &records, rows[0].head.seen);
    assert_eq!(plan.targets.len(), names.len(), "{:?}", plan.skipped);
    plan
}

fn sentences(survey: &Survey) -> Vec<String> {
    assert_eq!(survey.unread, []);
    survey.warnings.iter().map(ToString::to_string).collect()
}

/// What is told, unless it is each of these and nothing else.
fn otherwise(survey: &Survey, expected: &[&str]) -> Option<Vec<String>> {
    let told = sentences(survey);
    let fits = told.len() == expected.len() && expected.iter().all(|expected| told.iter().any(|told| told.contains(expected)));
    (!fits).then_some(told)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fact_is_told_where_it_is_so_and_only_there() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let cases: &[(&str, Ask, &[&str])] = &[
        ("plain", Ask::Stop, &[]),
        ("plain", Ask::Terminate, &[]),
        ("plain", Ask::Reboot, &[]),
        ("big", Ask::Stop, &["8000 GB on its instance store", "p4d.24xlarge is scarce"]),
        ("big", Ask::Reboot, &[]),
        ("in-group", Ask::Stop, &["Auto Scaling group serve-asg replaces it"]),
        ("in-group", Ask::Terminate, &["Auto Scaling group serve-asg replaces it"]),
        ("spot-once", Ask::Terminate, &["125 GB"]),
        ("spot-again", Ask::Stop, &["125 GB", "stays open"]),
        ("spot-again", Ask::Terminate, &["is persistent: it launches another", "125 GB"]),
        ("guarded", Ask::Terminate, &["stop protection is on", "termination protection is on"]),
        ("kept", Ask::Stop, &[]),
        ("kept", Ask::Terminate, &["termination protection is on"]),
        ("block", Ask::Terminate, &["is paid for until 2026-11-25 08:30 UTC, whether it runs or not", "p5.48xlarge is scarce", "30400 GB"]),
        ("busy-endpoint", Ask::Scale(3), &[" must carry them"]),
        ("busy-endpoint", Ask::Scale(9), &[]),
        ("steered-endpoint", Ask::Scale(1), &["autoscaled between 2 and 6, 1 policy: it is set back", " must carry them"]),
        ("steered-endpoint", Ask::Scale(4), &["autoscaled between 2 and 6, 1 policy: it may be set anew"]),
        ("timed-endpoint", Ask::Scale(1), &["autoscaled between 1 and 4, 1 scheduled action: it may be set anew"]),
        ("quiet-endpoint", Ask::Scale(1), &[]),
        ("scarce-endpoint", Ask::Scale(1), &["ml.p4d.24xlarge is scarce"]),
        ("units", Ask::Delete, &[]),
        ("idle-notebook", Ask::Stop, &[]),
        ("used-notebook", Ask::Stop, &["in use "]),
        ("in-use", Ask::Stop, &["in use "]),
        ("left-alone", Ask::Stop, &[]),
        ("no-checkpoints", Ask::Stop, &["no checkpoints: 2h of work are lost, $"]),
        ("with-checkpoints", Ask::Stop, &[]),
        ("etl", Ask::Stop, &["no checkpoints: "]),
        ("sweep", Ask::Stop, &["2 training jobs run for it"]),
        ("scores", Ask::Stop, &[]),
    ];
    let mut wrong = Vec::new();
    for (name, ask, expected) in cases {
        let plan = plan(&rows, &[name], ask);
        let survey = estate.survey(&plan.targets).await.remove(0);
        wrong.extend(otherwise(&survey, expected).map(|told| format!("{ask:?} {name}: {told:?} is not {expected:?}")));
        assert!(survey.warnings.is_sorted_by_key(|warning| std::cmp::Reverse((warning.weight(), warning.loses()))), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_forbidden_is_told_by_a_dry_run_and_the_others_are_read() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    estate.mock.plan(Rule::new(MockFault::Deny).of("ec2", "StopInstances").row("big"));
    let plan = plan(&rows, &["big", "plain"], &Ask::Stop);
    let surveys = estate.survey(&plan.targets).await;
    assert_eq!(surveys[0].warnings[0].weight(), Weight::Refusal);
    assert!(sentences(&surveys[0])[0].starts_with("AWS will refuse ec2:StopInstances"), "{:?}", surveys[0]);
    assert_eq!((surveys[0].warnings.len(), sentences(&surveys[1])), (3, Vec::new()));
    assert_eq!(
        estate
            .mock
            .world()
            .instances("us-east-1", estate.mock.now())
            .iter()
            .filter(|one| one.state(estate.mock.now()).unwrap().name() != "running")
            .count(),
        0
    );
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_is_named_and_stops_nothing_else() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    for (service, operation, name, ask, left) in [
        ("ec2", "DescribeInstances", "guarded", Ask::Stop, vec!["stop protection is on"]),
        ("ec2", "DescribeInstanceAttribute", "big", Ask::Stop, vec!["8000 GB", "is scarce"]),
        ("ec2", "DescribeInstanceTypes", "big", Ask::Stop, vec!["is scarce"]),
        ("ec2", "DescribeCapacityReservations", "block", Ask::Terminate, vec!["is paid for to its end", "is scarce", "30400 GB"]),
        ("ec2", "DescribeSpotInstanceRequests", "spot-again", Ask::Stop, vec!["125 GB"]),
        ("sagemaker", "DescribeEndpoint", "steered-endpoint", Ask::Scale(1), vec!["it is set back"]),
        ("application-autoscaling", "DescribeScalingPolicies", "steered-endpoint", Ask::Scale(1), vec!["must carry them"]),
        ("cloudwatch", "GetMetricData", "steered-endpoint", Ask::Scale(1), vec!["it is set back"]),
        ("sagemaker", "DescribeTrainingJob", "no-checkpoints", Ask::Stop, vec![]),
        ("bedrock", "GetProvisionedModelThroughput", "units", Ask::Delete, vec![]),
    ] {
        let plan = plan(&rows, &[name], &ask);
        estate.mock.plan(Rule::new(MockFault::Deny).of(service, operation));
        let survey = estate.survey(&plan.targets).await.remove(0);
        estate.mock.heal();
        let denied: Vec<(FaultKind, &str)> = survey.unread.iter().map(|fault| (fault.kind, &*fault.operation)).collect();
        assert_eq!(denied, [(FaultKind::Denied, &*format!("{service}:{operation}"))], "{name}");
        let told = otherwise(&Survey { unread: Vec::new(), ..survey }, &left);
        assert_eq!(told, None, "{ask:?} {name}");
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_slow_is_not_waited_for_longer_than_five_seconds() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    estate.mock.plan(Rule::new(MockFault::Slow(Duration::from_secs(30))).of("ec2", "DescribeInstanceTypes"));
    let plan = plan(&rows, &["big"], &Ask::Stop);
    let begun = Instant::now();
    let survey = estate.survey(&plan.targets).await.remove(0);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(survey.unread.iter().any(|fault| (fault.kind, &*fault.operation) == (FaultKind::Timeout, "ec2:DescribeInstanceTypes")));
    assert!(survey.warnings.iter().any(|warning| warning.to_string().contains("scarce")), "{survey:?}");
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_are_described_in_one_go() {
    let estate = Estate::new().await;
    let rows = estate.rows().await;
    let names: Vec<String> = (1..=50).map(|n| format!("worker-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = plan(&rows, &names, &Ask::Stop);
    let before = (estate.mock.count("ec2", "DescribeInstances"), estate.mock.count("ec2", "DescribeInstanceTypes"));
    let surveys = estate.survey(&plan.targets).await;
    assert_eq!(estate.mock.count("ec2", "DescribeInstances") - before.0, 1);
    assert_eq!(estate.mock.count("ec2", "DescribeInstanceTypes") - before.1, 1);
    for survey in surveys {
        assert_eq!(sentences(&survey), ["125 GB on its instance store are lost for good"]);
    }
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forgotten_fleet_is_scarce_and_would_lose_its_disks() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-8").await;
    rig.type_text("2/hpo-worker");
    rig.press(KeyCode::Enter);
    rig.type_text("        S");
    let told = |frame: &str| frame.contains("Stop 8 resources") && frame.contains("scarce") && frame.contains("lost for good");
    rig.wait("what may go wrong", told).await;
    rig.wait("who owns it", |frame| frame.contains("ml-prod 1111-2222-3333")).await;
    assert_eq!(rig.mock.count("ec2", "StopInstances"), 0, "only rehearsed");
    rig.yes().await;
    rig.wait_in_journal("all eight", |lines| lines.iter().filter(|line| line.ends_with(" settled")).count() == 8).await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_waits_for_what_may_go_wrong_and_counts_without_it_in_the_end() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.mock.plan(Rule::new(MockFault::Slow(Duration::from_secs(40))).of("sagemaker", "DescribeNotebookInstance").times(1));
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("S");
    rig.wait("that it is being read", |frame| frame.contains("reading what could go wrong")).await;
    rig.type_text("y");
    rig.wait("that it is too early", |frame| frame.contains("not yet")).await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 0);
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.quit().await;
}
