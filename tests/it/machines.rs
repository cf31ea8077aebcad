//! What can be done to machines: every verb in every state, by the row's word, by what AWS takes, and by what comes of it.
//!
//! Must not know plans' dialogs or the journal: those are the engine's and the screen's.

#![cfg(test)]

use crate::panes::{open, poll};
use spendtop::{
    aws::{Clock, Session, reads, writes},
    domain::{
        Ask, FaultKind, Key, Kind, Look, Plan, PlanId, Record, Target, UsdPerHour, Verb,
        verb::{Call, Look as Seen, Want},
    },
    mock::{Fault as MockFault, Mock, Options, Scenario},
};
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

const PANES: [&str; 3] = ["gpus", "notebooks", "jobs"];

/// The world of a file beside this one, whose time stands still until it is moved, and a session on it.
async fn estate(name: &str) -> (Mock, Session, Clock) {
    let path = format!("{}/tests/it/machines/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap(), &path).unwrap();
    let mock = Mock::start(Options { speed: 0.0, ..Options::new(scenario) }).unwrap();
    let session = open(&mock.url(), &["us-east-1"]).await.remove(0);
    let at = mock.clock();
    (mock, session, Clock::new(move || at.now()))
}

/// The rows of the panes of machines, by name.
async fn rows(session: &Session, clock: &Clock) -> Vec<Record> {
    let mut all = Vec::new();
    for pane in PANES {
        let mut found: Vec<Record> = Vec::new();
        for (listed, _) in poll(std::slice::from_ref(session), clock, Some(pane)).await {
            assert_eq!(listed.faults, [], "{pane}");
            found.extend(listed.rows);
        }
        found.sort_by(|a, b| (&a.head.name, &a.head.key.id).cmp(&(&b.head.name, &b.head.key.id)));
        all.extend(found);
    }
    all
}

fn asks(record: &Record) -> Vec<Ask> {
    let count = match record.head.offer(Verb::Scale).known() {
        Some(offer) => offer.desired(1) + 1,
        None => 1,
    };
    vec![Ask::Stop, Ask::Start, Ask::Reboot, Ask::Terminate, Ask::Scale(count), Ask::Delete]
}

/// What `ask` comes to on `record`: its one target, or why it is left out.
fn planned(record: &Record, ask: &Ask, clock: &Clock) -> Result<Target, String> {
    let plan = Plan::new(PlanId("test".into()), ask, &[record], clock.now());
    let skipped = plan.skipped.first().map(|skipped| skipped.why.to_string());
    plan.targets.into_iter().next().ok_or_else(|| skipped.unwrap_or_default())
}

async fn look(session: &Session, call: &Call) -> Look {
    let key = Key::new(&session.place, Kind("any"), "any");
    reads::look(session, call, &key).await.unwrap()
}

/// The row called `name` of `pane`'s kind.
async fn row_of(session: &Session, clock: &Clock, kind: &str, name: &str) -> Record {
    let all = rows(session, clock).await;
    let found = all.into_iter().find(|row| row.head.key.kind.0 == kind && *row.head.name == *name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Every verb of every row: the request, or the reason against it.
#[tokio::test]
async fn every_verb_in_every_state() {
    let (mock, session, clock) = estate("estate").await;
    let mut told = String::new();
    for row in rows(&session, &clock).await {
        let head = &row.head;
        writeln!(told, "{} {} ({})", head.key.kind, head.name, head.state.name).unwrap();
        for ask in asks(&row) {
            let what = match planned(&row, &ask, &clock) {
                Ok(target) => target.call.requests().join("; "),
                Err(why) => format!("- {why}"),
            };
            // Ids are made up, and say nothing here.
            let what = what.replace(&*head.key.id, "<id>");
            writeln!(told, "  {} {what}", ask.verb()).unwrap();
        }
    }
    mock.stop().await;
    insta::assert_snapshot!(told);
}

/// Whatever is offered, at whatever moment, is taken: nothing is offered in a state in which AWS refuses it.
#[tokio::test]
async fn what_is_offered_is_taken() {
    for seed in [1, 7, 42] {
        let (mock, session, clock) = estate("estate").await;
        let mut dice = Dice(seed);
        let mut made = 0;
        for step in 0..40 {
            let all = rows(&session, &clock).await;
            let offered: Vec<Target> = all
                .iter()
                .flat_map(|row| asks(row).into_iter().map(move |ask| (row, ask)))
                .filter_map(|(row, ask)| planned(row, &ask, &clock).ok())
                .collect();
            // What ends a thing for good comes late, or nothing is left to try the rest on.
            let mild = |target: &&Target| step >= 30 || target.want != Want::Gone;
            let choice: Vec<&Target> = offered.iter().filter(mild).collect();
            if choice.is_empty() {
                break;
            }
            let target = choice[dice.roll(choice.len())];
            let now = look(&session, &target.call).await;
            assert_eq!(target.want.still(&target.seen, &now), Ok(()), "seed {seed} step {step}: {:?}", target.call);
            let answer = writes::carry_out(&session, &target.call).await;
            assert!(answer.is_ok(), "seed {seed} step {step}: {:?} is offered, and {answer:?}", target.call);
            made += 1;
            mock.clock().advance([0.0, 3.0, 20.0, 200.0, 900.0][dice.roll(5)]);
        }
        assert!(made > 30, "{made}");
        mock.stop().await;
    }
}

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Each new change, to its end; what it costs or saves was said before.
#[tokio::test]
async fn changes_come_to_their_end() {
    let (mock, session, clock) = estate("estate").await;
    for (kind, name, ask, between, saves) in [
        ("ec2-instance", "d-stopped", Ask::Start, "pending", Some(-1.006)),
        ("ec2-instance", "b-running", Ask::Reboot, "running", Some(0.0)),
        ("ec2-instance", "b-running", Ask::Terminate, "shutting-down", Some(1.006)),
        ("ec2-instance", "i-spot-off", Ask::Terminate, "shutting-down", Some(0.0)),
        ("notebook-instance", "d-stopped", Ask::Start, "Pending", Some(-1.41)),
        ("hyperpod-node", "pretrain/workers", Ask::Scale(3), "Updating", None),
    ] {
        let row = row_of(&session, &clock, kind, name).await;
        let target = planned(&row, &ask, &clock).unwrap();
        // One node more costs what this node costs, where that is known.
        let wanted: Option<f64> = saves.or_else(|| row.head.burn.rate().map(|rate| -rate.0));
        let cents = |usd: f64| (usd * 1e3).round();
        assert_eq!(target.saves.map(|UsdPerHour(usd)| cents(usd)), wanted.map(cents), "{name}");
        assert_eq!(target.want.still(&target.seen, &look(&session, &target.call).await), Ok(()));
        writes::carry_out(&session, &target.call).await.unwrap();
        let on_its_way: Seen = look(&session, &target.call).await;
        assert_eq!(on_its_way.state.name.as_ref(), between, "{name} {}", ask.verb());
        mock.clock().advance(600.0);
        let end = look(&session, &target.call).await;
        assert!(target.want.holds(&end), "{name} {}: {end:?}", ask.verb());
    }
    assert_eq!(mock.count("ec2", "RebootInstances"), 1);
    mock.stop().await;
}

/// A group is scaled once, however many of its nodes are marked, and nothing else of it changes.
#[tokio::test]
async fn a_group_is_one_target_and_keeps_its_settings() {
    let (mock, session, clock) = estate("estate").await;
    let all = rows(&session, &clock).await;
    let nodes: Vec<&Record> = all.iter().filter(|row| row.head.name.starts_with("pretrain/")).collect();
    assert_eq!(nodes.len(), 3);
    let plan = Plan::new(PlanId("test".into()), &Ask::Scale(4), &nodes, clock.now());
    let names: Vec<&str> = plan.targets.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["pretrain/head", "pretrain/workers"]);
    assert_eq!(plan.skipped.len(), 1);
    assert_eq!(plan.skipped[0].why.to_string(), format!("same instance group as {}", plan.targets[1].key.id));
    let target = &plan.targets[1];
    assert_eq!((target.seen.count, target.seen.desired), (Some(2), Some(2)), "of the group, not of the node");
    let Call::ScaleGroup { cluster, .. } = &target.call else { panic!("{:?}", target.call) };
    let client = aws_sdk_sagemaker::Client::new(&crate::mock_wire::config(&mock, "us-east-1").await);
    let describe = || async { client.describe_cluster().cluster_name(cluster.as_ref()).send().await.unwrap() };
    let before = describe().await;
    writes::carry_out(&session, &target.call).await.unwrap();
    // While it changes, the cluster takes no other change.
    let busy = writes::carry_out(&session, &plan.targets[0].call).await.unwrap_err();
    assert!(busy.kind == FaultKind::Refused && busy.message.contains("Updating"), "{busy}");
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/head").await;
    assert_eq!(planned(&row, &Ask::Scale(2), &clock).unwrap_err(), "its cluster pretrain is Updating");
    mock.clock().advance(600.0);
    let after = describe().await;
    for (old, new) in before.instance_groups().iter().zip(after.instance_groups()) {
        assert_eq!(
            (old.execution_role(), old.threads_per_core(), old.life_cycle_config()),
            (new.execution_role(), new.threads_per_core(), new.life_cycle_config())
        );
    }
    // Down again: the youngest two go, and what is left is what was there.
    let row = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let target = planned(&row, &Ask::Scale(2), &clock).unwrap();
    assert!(target.warnings.iter().any(|why| why.to_string().contains("AWS chooses which nodes go")), "{:?}", target.warnings);
    writes::carry_out(&session, &target.call).await.unwrap();
    mock.clock().advance(600.0);
    assert!(target.want.holds(&look(&session, &target.call).await));
    let left: Vec<Record> = rows(&session, &clock).await;
    let ids = |rows: &[&Record]| rows.iter().map(|row| row.head.key.id.clone()).collect::<Vec<_>>();
    let left: Vec<&Record> = left.iter().filter(|row| row.head.name.starts_with("pretrain/")).collect();
    assert_eq!(ids(&left), ids(&nodes));
    mock.stop().await;
}

#[tokio::test]
async fn what_is_refused_says_so_and_changes_nothing() {
    let (mock, session, clock) = estate("mistakes").await;
    let all = rows(&session, &clock).await;
    let id = |name: &str| all.iter().find(|row| *row.head.name == *name).unwrap_or_else(|| panic!("no {name}")).head.key.id.clone();
    let arn = all.iter().find_map(|row| match row.head.offer(Verb::Scale).known() {
        Some(spendtop::domain::Offer::Scale { call: Call::ScaleGroup { cluster, .. }, .. }) => Some(cluster.clone()),
        _ => None,
    });
    let arn = arn.unwrap();
    let group = |cluster: &str, group: &str| Call::ScaleGroup { cluster: cluster.into(), group: group.into(), count: 3 };
    let nobody: std::sync::Arc<str> = "i-0123456789abcdef0".into();
    for (call, kind, words) in [
        (Call::StopInstance(id("guarded")), FaultKind::Refused, "OperationNotPermitted"),
        (Call::TerminateInstance(id("guarded")), FaultKind::Refused, "OperationNotPermitted"),
        (Call::StartInstance(id("scarce")), FaultKind::Refused, "InsufficientInstanceCapacity"),
        (Call::RebootInstance(id("off")), FaultKind::Refused, "IncorrectState"),
        (Call::StartInstance(nobody.clone()), FaultKind::NotFound, "InvalidInstanceID.NotFound"),
        (Call::RebootInstance(nobody.clone()), FaultKind::NotFound, "InvalidInstanceID.NotFound"),
        (Call::TerminateInstance(nobody), FaultKind::NotFound, "InvalidInstanceID.NotFound"),
        (Call::StartNotebook("lab".into()), FaultKind::Refused, "Unable to transition"),
        (Call::StartNotebook("nobody".into()), FaultKind::NotFound, "RecordNotFound"),
        (group("nobody", "workers"), FaultKind::NotFound, "not found"),
        (group(&arn, "nobody"), FaultKind::NotFound, "no instance group nobody"),
    ] {
        let before = look(&session, &call).await;
        let fault = writes::carry_out(&session, &call).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{call:?}: {fault}");
        assert!(fault.message.contains(words), "{call:?}: {fault}");
        assert_eq!(look(&session, &call).await, before, "{call:?}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn new_changes_are_sent_once_and_throttled_ones_again() {
    let (mock, session, clock) = estate("mistakes").await;
    let row = row_of(&session, &clock, "ec2-instance", "off").await;
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    for (row, ask, service, operation) in
        [(&row, Ask::Start, "ec2", "StartInstances"), (&node, Ask::Scale(3), "sagemaker", "UpdateCluster")]
    {
        let call = planned(row, &ask, &clock).unwrap().call;
        mock.fail(service, operation, MockFault::Status500, 1);
        assert_eq!(writes::carry_out(&session, &call).await.unwrap_err().kind, FaultKind::Service);
        assert_eq!(mock.count(service, operation), 1, "{operation}");
        mock.fail(service, operation, MockFault::Throttle, 1);
        writes::carry_out(&session, &call).await.unwrap();
        assert_eq!(mock.count(service, operation), 3, "{operation}");
    }
    // What could not be read before the change was no change.
    mock.clock().advance(600.0);
    let node = row_of(&session, &clock, "hyperpod-node", "pretrain/workers").await;
    let call = planned(&node, &Ask::Scale(1), &clock).unwrap().call;
    mock.fail("sagemaker", "DescribeCluster", MockFault::Garbage, 9);
    let fault = writes::carry_out(&session, &call).await.unwrap_err();
    assert_eq!((fault.kind, mock.count("sagemaker", "UpdateCluster")), (FaultKind::Refused, 3), "{fault}");
    mock.stop().await;
}

/// The rehearsal tells what is permitted and changes nothing, whatever the answer.
#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let (mock, session, clock) = estate("estate").await;
    let running = row_of(&session, &clock, "ec2-instance", "b-running").await.head.key.id;
    let stopped = row_of(&session, &clock, "ec2-instance", "d-stopped").await.head.key.id;
    let set = [("cost-centre".to_owned(), "42".to_owned())].into();
    let route = spendtop::domain::verb::TagRoute::Ec2(running.clone());
    let before = rows(&session, &clock).await;
    for (call, operations) in [
        (Call::StopInstance(running.clone()), vec!["StopInstances"]),
        (Call::StartInstance(stopped), vec!["StartInstances"]),
        (Call::RebootInstance(running.clone()), vec!["RebootInstances"]),
        (Call::TerminateInstance(running), vec!["TerminateInstances"]),
        (Call::Tag { route, set, remove: vec!["team".to_owned()] }, vec!["CreateTags", "DeleteTags"]),
    ] {
        assert_eq!(writes::dry_run(&session, &call).await, Some(Ok(())), "{call:?}");
        for operation in operations {
            mock.fail("ec2", operation, MockFault::Deny, 1);
            let denied = writes::dry_run(&session, &call).await.unwrap().unwrap_err();
            assert_eq!((denied.kind, &*denied.operation), (FaultKind::Denied, format!("ec2:{operation}").as_str()));
            // A rehearsal uses up no fault.
            mock.heal();
        }
    }
    assert_eq!(writes::dry_run(&session, &Call::StopNotebook("b-in-service".into())).await, None, "SageMaker cannot be asked");
    let mut after = rows(&session, &clock).await;
    for (row, was) in after.iter_mut().zip(&before) {
        row.head.seen = was.head.seen;
    }
    assert_eq!(after, before);
    mock.stop().await;
}

/// A bill goes on only while a machine runs.
#[tokio::test]
async fn a_started_machine_is_billed_and_a_terminated_one_is_not() {
    let (mock, session, clock) = estate("estate").await;
    let burn = |row: &Record| row.head.burn.rate();
    let begun = Instant::now();
    for (name, ask, now) in [("d-stopped", Ask::Start, Some(UsdPerHour(1.006))), ("i-spot-off", Ask::Start, None)] {
        let row = row_of(&session, &clock, "ec2-instance", name).await;
        assert_eq!(burn(&row), Some(UsdPerHour::ZERO));
        writes::carry_out(&session, &planned(&row, &ask, &clock).unwrap().call).await.unwrap();
        mock.clock().advance(60.0);
        let row = row_of(&session, &clock, "ec2-instance", name).await;
        assert_eq!(&*row.head.state.name, "running");
        assert!(now.is_none_or(|now| burn(&row) == Some(now)), "{:?}", burn(&row));
    }
    let row = row_of(&session, &clock, "ec2-instance", "b-running").await;
    writes::carry_out(&session, &planned(&row, &Ask::Terminate, &clock).unwrap().call).await.unwrap();
    mock.clock().advance(60.0);
    assert!(rows(&session, &clock).await.iter().all(|other| other.head.key.id != row.head.key.id), "it left the table");
    assert!(begun.elapsed() < Duration::from_secs(60));
    mock.stop().await;
}
