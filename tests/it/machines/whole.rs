//! What goes with a node or a tuning job as AWS lists them: the rows that a call reaches beyond its
//! own.

use super::*;
use spendtop::domain::{Input, Operation, ResourceKind};

#[tokio::test]
async fn cluster_and_tuning_calls_cover_their_scope() {
    let (mock, session, clock) = estate("estate").await;
    let all = rows(&session, &clock).await;
    mock.stop().await;
    let reached = |call: &ApiCall| -> Vec<&Record> {
        let reach = call.blast_radius();
        all.iter()
            .filter(|row| {
                reach
                    .as_ref()
                    .is_some_and(|reach| row.head.is_covered_by(reach))
            })
            .collect()
    };
    let node = |name: &str| {
        all.iter()
            .find(|row| &*row.head.name == name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    for (name, count) in [("pretrain/workers", 2), ("pretrain/head", 1)] {
        let ask = asks(node(name))
            .into_iter()
            .find(|ask| ask.operation == Operation::Scale)
            .unwrap();
        let found = reached(&planned(node(name), &ask, &clock).unwrap().call);
        assert_eq!(found.len(), count, "{name}");
        assert!(found.iter().all(|row| &*row.head.name == name), "{name}");
    }
    let tags = Operation::Tag.request(Input::Tags {
        set: [("a".to_owned(), "b".to_owned())].into(),
        remove: Vec::new(),
    });
    let mut found: Vec<&str> =
        reached(&planned(node("pretrain/head"), &tags, &clock).unwrap().call)
            .iter()
            .map(|row| &*row.head.name)
            .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        ["pretrain/head", "pretrain/workers", "pretrain/workers"],
        "a node's tags are its cluster's"
    );
    let stop = planned(node("g-hpo"), &Operation::Stop.request(Input::None), &clock).unwrap();
    let tries = reached(&stop.call);
    assert!(
        !tries.is_empty()
            && tries
                .iter()
                .all(|row| row.head.key.kind == ResourceKind("training-job")),
        "{tries:?}"
    );
}
