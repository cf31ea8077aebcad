//! Stops of machines that a controller may start again.

use super::*;
use crate::engine::test_doubles::confirmed_in_group;

fn stopped() -> Script {
    ["i-1", "i-2"]
        .into_iter()
        .fold(Script::default(), |backend, id| {
            backend.states(id, [Ok(observed("running")), Ok(observed("stopped"))])
        })
}

fn is_replaced(status: Option<&ActionStatus>, words: &str) -> bool {
    matches!(status, Some(ActionStatus::Replaced(why)) if why.contains(words))
}

#[tokio::test]
async fn started_machine_replaces_one_of_two() {
    let backend = stopped().started([Ok(Vec::new()), Ok(vec!["i-9".into()])]);
    let mut harness = Harness::new(Some(backend), Vec::new());
    harness
        .engine
        .submit(confirmed_in_group(&["i-1", "i-2"]))
        .unwrap();
    let steps = harness.final_statuses(2).await;
    let last = |id: &str| steps[id].last();
    let (one, two) = (last("i-1"), last("i-2"));
    let words = "Auto Scaling group trainers started i-9; to keep it off: aws autoscaling";
    assert_ne!(
        is_replaced(one, words),
        is_replaced(two, words),
        "{steps:?}"
    );
    assert!([one, two].contains(&Some(&ActionStatus::Succeeded)));
    for steps in steps.values() {
        let kinds: Vec<&str> = steps.iter().map(|status| status.kind().id()).collect();
        assert_eq!(kinds[..4], ["intent", "calling", "accepted", "watching"]);
    }
}

#[tokio::test]
async fn same_machine_started_again_came_back() {
    let backend = stopped().started([Ok(vec!["i-1".into()])]);
    let mut harness = Harness::new(Some(backend), Vec::new());
    harness.engine.submit(confirmed_in_group(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    assert!(
        is_replaced(steps["i-1"].last(), "started it again"),
        "{steps:?}"
    );
}

#[tokio::test]
async fn unread_watch_claims_nothing() {
    let backend = stopped().started([Err(fault(FaultKind::Denied))]);
    let mut harness = Harness::new(Some(backend), Vec::new());
    harness.engine.submit(confirmed_in_group(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    assert!(
        matches!(
            steps["i-1"].last(),
            Some(ActionStatus::TimedOut(why)) if why.contains("is unknown")
        ),
        "{steps:?}"
    );
}
