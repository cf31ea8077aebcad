//! Scope of calls on cluster nodes and tuning jobs: the rows that a call affects besides its
//! target.

use super::*;
use spendtop::domain::{Input, Operation, ResourceKind};

#[tokio::test]
async fn cluster_and_tuning_calls_cover_their_scope() {
    let (mock, session, clock) = start_mock("scenario").await;
    let all = rows(&session, &clock).await;
    mock.stop().await;
    let rows_in_scope = |call: &ApiCall| -> Vec<&Record> {
        let scope = call.blast_radius();
        all.iter()
            .filter(|row| {
                scope
                    .as_ref()
                    .is_some_and(|scope| row.head.is_covered_by(scope))
            })
            .collect()
    };
    let node = |name: &str| {
        all.iter()
            .find(|row| &*row.head.name == name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    for (name, count) in [("pretrain/workers", 2), ("pretrain/head", 1)] {
        let request = all_requests(node(name))
            .into_iter()
            .find(|request| request.operation == Operation::Scale)
            .unwrap();
        let found = rows_in_scope(&plan_one(node(name), &request, &clock).unwrap().call);
        assert_eq!(found.len(), count, "{name}");
        assert!(found.iter().all(|row| &*row.head.name == name), "{name}");
    }
    let tags = Operation::Tag.request(Input::Tags {
        fill: spendtop::domain::Tags::new(),
        set: [("a".to_owned(), "b".to_owned())].into(),
        remove: Vec::new(),
    });
    let mut found: Vec<&str> =
        rows_in_scope(&plan_one(node("pretrain/head"), &tags, &clock).unwrap().call)
            .iter()
            .map(|row| &*row.head.name)
            .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        ["pretrain/head", "pretrain/workers", "pretrain/workers"],
        "a node's tags are its cluster's"
    );
    let stop = plan_one(node("g-hpo"), &Operation::Stop.request(Input::None), &clock).unwrap();
    let trials = rows_in_scope(&stop.call);
    assert!(
        !trials.is_empty()
            && trials
                .iter()
                .all(|row| row.head.key.kind == ResourceKind("training-job")),
        "{trials:?}"
    );
}
