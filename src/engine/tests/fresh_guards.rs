//! Guards on the resource as read right before the call.

use super::{super::test_doubles::plan_to_stop, *};
use crate::domain::{ConfirmLevel, ConfirmationAnswer, ObservedState, Reason, Tags};
use crate::engine::test_doubles::stamp;

/// A running machine that is tagged as production.
fn in_production() -> ObservedState {
    let tags = Tags::from([("env".to_owned(), "prod".to_owned())]);
    ObservedState {
        tags: Some(tags),
        ..observed("running")
    }
}

/// A harness that has listed `i-1` without a tag of production.
async fn listed(backend: &Script) -> Harness {
    let source = CountingSource::new("gpus", Duration::from_hours(1), |_, report| report);
    let guards = Guards::new(Vec::new(), true, &metas());
    let mut harness = Harness::guarded(
        Some(backend.clone()),
        vec![Box::new(source)],
        fast_waiter(),
        guards,
    );
    let event = timeout(TIMEOUT, harness.events.recv()).await.unwrap();
    assert!(matches!(event, Some(Event::Report(_))));
    harness
}

#[tokio::test]
async fn production_tag_put_on_after_the_confirmation_stops_the_call() {
    let backend = Script::default().states("i-1", [Ok(in_production())]);
    let mut harness = listed(&backend).await;
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    let Some(ActionStatus::Refused(fault)) = steps["i-1"].last() else {
        panic!("{steps:?}")
    };
    assert!(fault.message.contains("production"), "{fault}");
    assert_eq!(backend.calls(), Vec::<String>::new());
    assert_eq!(
        harness.journalled(),
        [("i-1", "intent"), ("i-1", "refused")].map(|(id, event)| (id.into(), event.into()))
    );
}

#[tokio::test]
async fn typed_name_is_enough_for_a_production_tag_put_on_meanwhile() {
    let states = [Ok(in_production()), Ok(observed("stopped"))];
    let backend = Script::default().states("i-1", states);
    let mut harness = listed(&backend).await;
    let mut plan = plan_to_stop(&["i-1"]);
    plan.escalate(
        ConfirmLevel::Type("name-of-i-1".into()),
        Reason::new("guard"),
    );
    let confirmed = plan.confirm(ConfirmationAnswer::Typed("name-of-i-1"), stamp());
    harness.engine.submit(confirmed.unwrap()).unwrap();
    let steps = harness.final_statuses(1).await;
    assert_eq!(steps["i-1"].last(), Some(&ActionStatus::Succeeded));
    assert_eq!(backend.calls(), ["i-1"]);
}
