//! Tags on many rows, some of them refused: the journal matches the effects row by row.

use super::{EngineHarness, twenty_of_each};
use crate::requests::tags;
use spendtop::{
    domain::{ActionRequest, Input, Operation, Outcome, Record, Tags},
    mock::{FaultEffect, FaultRule},
};

fn pairs(count: usize) -> Tags {
    (1..=count)
        .map(|n| (format!("key-{n}"), format!("value {n}")))
        .collect()
}

fn tag(set: Tags) -> ActionRequest {
    Operation::Tag.request(Input::Tags {
        fill: spendtop::domain::Tags::new(),
        set,
        remove: Vec::new(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_tagging_journals_each_outcome() {
    let mut harness = EngineHarness::new(&twenty_of_each()).await;
    let mut known = harness.rows("gpus").await;
    let names: Vec<String> = (1..=25).map(|n| format!("worker-{n}")).collect();
    let rows: Vec<Record> = names
        .iter()
        .map(|name| known.remove(name).unwrap())
        .collect();
    let create_tags = |fault| FaultRule::new(fault).of("ec2", "CreateTags");
    for rule in [
        create_tags(FaultEffect::Deny).resource("worker-2"),
        create_tags(FaultEffect::Gone).resource("worker-3"),
        create_tags(FaultEffect::Throttle)
            .resource("worker-4")
            .times(2),
        create_tags(FaultEffect::ResetAfter).resource("worker-5"),
    ] {
        harness.mock.add_fault(rule);
    }
    harness.run(&tag(pairs(3)), &rows.iter().collect::<Vec<_>>());
    harness.wait_for_final(25).await;
    assert_eq!(harness.find_mismatches(&names, false), Vec::<String>::new());
    let histories = harness.histories();
    for (name, requests, effects, outcome) in [
        ("worker-1", 1, 1, Outcome::Succeeded),
        ("worker-2", 1, 0, Outcome::Denied),
        ("worker-3", 1, 0, Outcome::Refused),
        ("worker-4", 3, 1, Outcome::Succeeded),
        ("worker-5", 1, 1, Outcome::Succeeded),
        ("worker-25", 1, 1, Outcome::Succeeded),
    ] {
        let calls = harness.mutating_calls(name);
        let counted = (calls.len(), calls.iter().filter(|call| call.effect).count());
        assert_eq!(
            (counted, histories[name].1),
            ((requests, effects), Some(outcome)),
            "{name}"
        );
    }
    assert_eq!(harness.mock.effects("ec2", "CreateTags"), 23);
    let (simulation, now) = (harness.mock.simulation(), harness.mock.now());
    let all = simulation.instances("us-east-1", now);
    let tagged = all.iter().filter(|one| {
        pairs(3)
            .iter()
            .all(|(key, value)| one.tags.get(key) == Some(value))
    });
    assert_eq!(tagged.count(), 23);
}

/// AWS refuses invalid tags, and no tag of the plan is set.
#[tokio::test(flavor = "multi_thread")]
async fn invalid_tags_are_refused_without_effect() {
    let mut harness = EngineHarness::new(&twenty_of_each()).await;
    let cases = [
        tag(tags(&[("aws:mine", "1")])),
        tag(tags(&[(&"k".repeat(129), "1")])),
        tag(tags(&[("key", &"v".repeat(257))])),
        tag(pairs(51)),
    ];
    for pane in ["gpus", "notebooks"] {
        let known = harness.rows(pane).await;
        let name = if pane == "gpus" { "worker" } else { "book" };
        for (place, request) in cases.iter().enumerate() {
            let name = format!("{name}-{}", place + 1);
            harness.run(request, &[&known[&name]]);
            harness.wait_for_final(1).await;
            assert_eq!(
                harness.histories()[&name],
                ("intent refused".to_owned(), Some(Outcome::Refused)),
                "{name} {request:?}"
            );
            assert!(
                harness
                    .mutating_calls(&name)
                    .iter()
                    .all(|call| !call.effect),
                "{name}"
            );
        }
    }
    let all: Vec<String> = ["worker", "book"]
        .iter()
        .flat_map(|name| (1..=4).map(move |n| format!("{name}-{n}")))
        .collect();
    assert_eq!(harness.find_mismatches(&all, false), Vec::<String>::new());
    // SageMaker's model excludes these tags; EC2's model has no limits of tags.
    let refused = harness.mock.take_mismatches();
    let paths: Vec<&str> = refused
        .iter()
        .map(|one| one.mismatch.path.as_str())
        .collect();
    assert_eq!(paths, ["Tags.1.member.Key", "Tags.1.member.Value", "Tags"]);
}
