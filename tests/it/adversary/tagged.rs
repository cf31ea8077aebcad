//! Tags on many rows, each by its own service: 25 rows, three tags, some refused. What was done is
//! what the journal says, row by row.

use super::{Bench, twenty};
use spendtop::domain::{Input, Operation};
use spendtop::{
    domain::{Outcome, Record, Tags},
    mock::{FaultEffect, FaultRule},
};

fn pairs(count: usize) -> Tags {
    (1..=count)
        .map(|n| (format!("key-{n}"), format!("value {n}")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_tagging_journals_each_outcome() {
    let mut bench = Bench::new(&twenty()).await;
    let mut known = bench.rows("gpus").await;
    let names: Vec<String> = (1..=25).map(|n| format!("worker-{n}")).collect();
    let rows: Vec<Record> = names
        .iter()
        .map(|name| known.remove(name).unwrap())
        .collect();
    bench.mock.add_fault(
        FaultRule::new(FaultEffect::Deny)
            .of("ec2", "CreateTags")
            .resource("worker-2"),
    );
    bench.mock.add_fault(
        FaultRule::new(FaultEffect::Gone)
            .of("ec2", "CreateTags")
            .resource("worker-3"),
    );
    bench.mock.add_fault(
        FaultRule::new(FaultEffect::Throttle)
            .of("ec2", "CreateTags")
            .resource("worker-4")
            .times(2),
    );
    bench.mock.add_fault(
        FaultRule::new(FaultEffect::ResetAfter)
            .of("ec2", "CreateTags")
            .resource("worker-5"),
    );
    bench.begin(
        &Operation::Tag.request(Input::Tags {
            set: pairs(3),
            remove: Vec::new(),
        }),
        &rows.iter().collect::<Vec<_>>(),
    );
    bench.ends(25).await;
    assert_eq!(bench.judge(&names, false), Vec::<String>::new());
    let stories = bench.stories();
    for (name, requests, effects, class) in [
        ("worker-1", 1, 1, Outcome::Succeeded),
        ("worker-2", 1, 0, Outcome::Denied),
        ("worker-3", 1, 0, Outcome::Refused),
        ("worker-4", 3, 1, Outcome::Succeeded),
        ("worker-5", 1, 1, Outcome::Succeeded),
        ("worker-25", 1, 1, Outcome::Succeeded),
    ] {
        let asked = bench.asked(name);
        let counted = (
            asked.len(),
            asked.iter().filter(|asked| asked.effect).count(),
        );
        assert_eq!(
            (counted, stories[name].1),
            ((requests, effects), Some(class)),
            "{name}"
        );
    }
    assert_eq!(bench.mock.effects("ec2", "CreateTags"), 23);
    let (world, now) = (bench.mock.simulation(), bench.mock.now());
    let all = world.instances("us-east-1", now);
    let tagged = all.iter().filter(|one| {
        pairs(3)
            .iter()
            .all(|(key, value)| one.tags.get(key) == Some(value))
    });
    assert_eq!(tagged.count(), 23);
}

/// What AWS takes of tags it says itself, and nothing is done by halves.
#[tokio::test(flavor = "multi_thread")]
async fn invalid_tags_are_refused_without_effect() {
    let mut bench = Bench::new(&twenty()).await;
    let tag = |key: &str, value: &str| {
        Operation::Tag.request(Input::Tags {
            set: [(key.to_owned(), value.to_owned())].into(),
            remove: Vec::new(),
        })
    };
    let many = Operation::Tag.request(Input::Tags {
        set: pairs(51),
        remove: Vec::new(),
    });
    let cases = [
        tag("aws:mine", "1"),
        tag(&"k".repeat(129), "1"),
        tag("key", &"v".repeat(257)),
        many,
    ];
    for pane in ["gpus", "notebooks"] {
        let known = bench.rows(pane).await;
        let name = if pane == "gpus" { "worker" } else { "book" };
        for (place, ask) in cases.iter().enumerate() {
            let name = format!("{name}-{}", place + 1);
            bench.begin(ask, &[&known[&name]]);
            bench.ends(1).await;
            assert_eq!(
                bench.stories()[&name],
                ("intent refused".to_owned(), Some(Outcome::Refused)),
                "{name} {ask:?}"
            );
            assert!(
                bench.asked(&name).iter().all(|asked| !asked.effect),
                "{name}"
            );
        }
    }
    let all: Vec<String> = ["worker", "book"]
        .iter()
        .flat_map(|name| (1..=4).map(move |n| format!("{name}-{n}")))
        .collect();
    assert_eq!(bench.judge(&all, false), Vec::<String>::new());
}
