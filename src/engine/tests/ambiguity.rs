//! Calls whose outcome is ambiguous.

use super::*;

#[tokio::test]
async fn unanswered_call_is_never_repeated() {
    for (looks, last) in [
        (
            vec![Ok(observed("running")), Ok(observed("running"))],
            ActionStatus::Unknown(fault(FaultKind::Timeout)),
        ),
        (
            vec![Ok(observed("running")), Err(fault(FaultKind::Network))],
            ActionStatus::Unknown(fault(FaultKind::Timeout)),
        ),
        (
            vec![
                Ok(observed("running")),
                Ok(observed("running")),
                Ok(observed("stopping")),
                Ok(observed("stopped")),
            ],
            ActionStatus::Succeeded,
        ),
    ] {
        let backend = Script::default()
            .states("i-1", looks)
            .answers("i-1", Err(fault(FaultKind::Timeout)));
        let mut harness = Harness::new(Some(backend.clone()), Vec::new());
        harness.engine.submit(confirmed(&["i-1"])).unwrap();
        let steps = harness.final_statuses(1).await;
        assert_eq!(steps["i-1"].last(), Some(&last));
        assert_eq!(backend.calls(), ["i-1"]);
    }
}

/// A busy machine may describe the resource only after the timeout.
#[tokio::test]
async fn unanswered_call_is_resolved_however_late() {
    let backend = Script::default()
        .states("i-1", [Ok(observed("running")), Ok(observed("stopped"))])
        .answers("i-1", Err(fault(FaultKind::Timeout)));
    let late = WaiterConfig {
        ambiguity_timeout: Duration::ZERO,
        timeout: Duration::ZERO,
        ..fast_waiter()
    };
    let mut harness = Harness::with_waiter(Some(backend.clone()), Vec::new(), late);
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    assert_eq!(
        harness.final_statuses(1).await["i-1"].last(),
        Some(&ActionStatus::Succeeded)
    );
    assert_eq!(backend.calls(), ["i-1"]);
}

/// A web page as response: an emulator lacks the operation, or a gateway hides the effect.
#[tokio::test]
async fn refusal_by_a_gateway_is_resolved_by_describing() {
    let no = || fault(FaultKind::Unavailable);
    for (looks, last) in [
        (
            vec![Ok(observed("running"))],
            "as scripted: not carried out, the resource is unchanged",
        ),
        // The first changed state resolves the call, however late a busy machine describes it.
        (
            vec![
                Ok(observed("running")),
                Ok(observed("stopping")),
                Ok(observed("stopped")),
            ],
            "settled",
        ),
        (
            vec![Ok(observed("running")), Err(fault(FaultKind::Network))],
            "unknown",
        ),
    ] {
        let backend = Script::default()
            .states("i-1", looks)
            .answers("i-1", Err(no()));
        let mut harness = Harness::new(Some(backend.clone()), Vec::new());
        harness.engine.submit(confirmed(&["i-1"])).unwrap();
        let steps = harness.final_statuses(1).await;
        let told = match steps["i-1"].last() {
            Some(ActionStatus::Refused(fault)) => fault.message.to_string(),
            Some(ActionStatus::Succeeded) => "settled".to_owned(),
            Some(ActionStatus::Unknown(fault)) if *fault == no() => "unknown".to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told, last);
        assert_eq!(backend.calls(), ["i-1"]);
    }
}

/// Ambiguous calls do not block the next target.
#[tokio::test]
async fn ambiguous_call_frees_its_slot() {
    let backend =
        Script::default().states("i-3", [Ok(observed("running")), Ok(observed("stopped"))]);
    let backend = ["i-1", "i-2"].into_iter().fold(backend, |backend, id| {
        backend.answers(id, Err(fault(FaultKind::Timeout)))
    });
    let mut harness = Harness::with_waiter(
        Some(backend),
        Vec::new(),
        WaiterConfig {
            ambiguity_timeout: TIMEOUT * 6,
            ..fast_waiter()
        },
    );
    harness
        .engine
        .submit(confirmed(&["i-1", "i-2", "i-3"]))
        .unwrap();
    assert_eq!(
        harness.final_statuses(1).await["i-3"].last(),
        Some(&ActionStatus::Succeeded)
    );
}

/// The credentials expire after the call was accepted: waiting ends at once.
#[tokio::test]
async fn waiting_ends_when_credentials_expire() {
    let backend = Script::default().states(
        "i-1",
        [
            Ok(observed("running")),
            Ok(observed("stopping")),
            Err(fault(FaultKind::BadCredentials)),
        ],
    );
    let mut harness = Harness::with_waiter(
        Some(backend),
        Vec::new(),
        WaiterConfig {
            timeout: TIMEOUT * 6,
            ..fast_waiter()
        },
    );
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    let steps = harness.final_statuses(1).await;
    assert!(
        matches!(
            steps["i-1"].last(),
            Some(ActionStatus::TimedOut(why)) if why.contains("cannot be described")
        ),
        "{steps:?}"
    );
}
