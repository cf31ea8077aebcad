//! The process ends during a call: after `kill -9` the next start recovers the intent, SIGTERM
//! waits for the call.

use super::{Fixture, PtySession};
use spendtop::mock::{FaultEffect, FaultRule, Scenario};
use std::time::Duration;

/// A console whose stop of a notebook has reached the mock, which applies `fault`.
fn session_in_call(fault: FaultEffect) -> (Fixture, PtySession) {
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap());
    fixture.mock.clear_faults();
    fixture
        .mock
        .add_fault(FaultRule::new(fault).of("sagemaker", "StopNotebookInstance"));
    let mut session = fixture.open_session(&[]);
    session.wait_for("scratch");
    session.press("3z");
    session.wait_until_gone("Burning");
    session.press("S");
    session.confirm("scratch");
    fixture.wait(&session, "call that arrived", |fixture| {
        fixture.mock.count("sagemaker", "StopNotebookInstance") == 1
    });
    (fixture, session)
}

#[test]
fn start_after_kill_recovers_and_repeats_nothing() {
    for (fault, effects, found) in [
        (FaultEffect::Slow(Duration::from_mins(2)), 1, "is done"),
        (FaultEffect::TimeoutBefore, 0, "was not done"),
    ] {
        let (fixture, mut session) = session_in_call(fault);
        session.signal("KILL");
        session.wait_for_exit();
        assert_eq!(
            fixture.journal_events(),
            ["scratch intent"],
            "on disk before the call"
        );
        let stopped = |fixture: &Fixture| {
            let (world, now) = (fixture.mock.simulation(), fixture.mock.now());
            effects == 0
                || world
                    .notebooks("us-east-1", now)
                    .iter()
                    .any(|one| one.name == "scratch" && one.state(now).name() == "Stopped")
        };
        fixture.wait(&session, "notebook that stopped by itself", stopped);
        let mut again = fixture.open_session(&[]);
        again.wait("the recovered outcome", |screen| {
            let text = screen.contents().replace(['\n', '│'], " ");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            text.contains("was interrupted: stop scratch") && text.contains(found)
        });
        fixture.wait(&again, "a result of the intent", |fixture| {
            fixture.journal_events().len() == 2
        });
        let journal = fixture.journal();
        assert!(
            journal[1].to_string().contains("recovered"),
            "{}",
            journal[1]
        );
        assert_eq!(journal[1]["plan"], journal[0]["plan"]);
        again.terminate();
        assert_eq!(
            fixture.mock.count("sagemaker", "StopNotebookInstance"),
            1,
            "described, not called again"
        );
        assert_eq!(
            fixture.mock.effects("sagemaker", "StopNotebookInstance"),
            effects
        );
        fixture.stop();
    }
}

#[test]
fn third_start_recovers_nothing() {
    let (fixture, mut session) = session_in_call(FaultEffect::Slow(Duration::from_mins(2)));
    session.signal("KILL");
    session.wait_for_exit();
    let mut again = fixture.open_session(&[]);
    fixture.wait(&again, "a result of the intent", |fixture| {
        fixture.journal_events().len() == 2
    });
    again.terminate();
    let lines = fixture.journal_events();
    let mut third = fixture.open_session(&[]);
    third.wait_for("scratch");
    third.press("r");
    third.wait_for("Nothing was done in this session");
    third.terminate();
    assert_eq!(fixture.journal_events(), lines);
    fixture.stop();
}

#[test]
fn sigterm_waits_for_the_call_and_writes_its_result() {
    let (fixture, mut session) = session_in_call(FaultEffect::Slow(Duration::from_secs(3)));
    assert_eq!(
        fixture.journal_events(),
        ["scratch intent"],
        "the answer is not there yet"
    );
    session.signal("TERM");
    assert_eq!(session.wait_for_exit().exit_code(), 128 + 15);
    session.assert_restored();
    assert_eq!(
        fixture.journal_events(),
        ["scratch intent", "scratch accepted"]
    );
    assert_eq!(fixture.mock.effects("sagemaker", "StopNotebookInstance"), 1);
    fixture.stop();
}

/// As when ssh drops or tmux is killed: every write to the terminal fails from then on.
#[test]
fn hang_up_waits_for_the_call_and_writes_its_result() {
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap());
    fixture.mock.clear_faults();
    let slow = FaultRule::new(FaultEffect::Slow(Duration::from_secs(3)));
    fixture
        .mock
        .add_fault(slow.of("sagemaker", "StopNotebookInstance"));
    let mut terminal = fixture.open_own_terminal();
    terminal.wait("the notebook", |frame| frame.contains("scratch"));
    terminal.press("3z");
    terminal.wait("the pane", |frame| !frame.contains("Burning"));
    terminal.press("S");
    terminal.wait("the question", |frame| {
        frame.contains("re-checked") && !frame.contains("Running preflight checks")
    });
    terminal.press("y");
    terminal.wait("the call", |_| {
        fixture.mock.count("sagemaker", "StopNotebookInstance") == 1
    });
    let status = terminal.hang_up();
    assert_eq!(status.exit_code(), 128 + 1, "{status:?}");
    assert_eq!(
        fixture.journal_events(),
        ["scratch intent", "scratch accepted"]
    );
    assert_eq!(fixture.mock.effects("sagemaker", "StopNotebookInstance"), 1);
    fixture.stop();
}
