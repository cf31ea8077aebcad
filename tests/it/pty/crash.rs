//! Ends in the middle of a call: `kill -9`, after which the next start looks at what was left open,
//! and SIGTERM, which waits.

use super::{Estate, Seat};
use spendtop::mock::{FaultEffect, FaultRule, Scenario};
use std::time::Duration;

/// A console whose stop of the notebook meets `fault` and has arrived.
fn in_the_middle(fault: FaultEffect) -> (Estate, Seat) {
    let estate = Estate::new(Scenario::find("bad-day").unwrap());
    estate.mock.clear_faults();
    estate
        .mock
        .add_fault(FaultRule::new(fault).of("sagemaker", "StopNotebookInstance"));
    let mut seat = estate.seat(&[]);
    seat.wait_for("scratch");
    seat.press("3z");
    seat.wait("the tile in full", |screen| {
        !screen.contents().contains("Burning")
    });
    seat.press("S");
    seat.yes("scratch");
    estate.wait(&seat, "call that arrived", |estate| {
        estate.mock.count("sagemaker", "StopNotebookInstance") == 1
    });
    (estate, seat)
}

#[test]
fn start_after_kill_recovers_and_repeats_nothing() {
    for (fault, effects, found) in [
        (FaultEffect::Slow(Duration::from_mins(2)), 1, "is done"),
        (FaultEffect::TimeoutBefore, 0, "was not done"),
    ] {
        let (estate, mut seat) = in_the_middle(fault);
        seat.signal("KILL");
        seat.end();
        assert_eq!(
            estate.steps(),
            ["scratch intent"],
            "on disk before the call"
        );
        let stopped = |estate: &Estate| {
            let (world, now) = (estate.mock.simulation(), estate.mock.now());
            effects == 0
                || world
                    .notebooks("us-east-1", now)
                    .iter()
                    .any(|one| one.name == "scratch" && one.state(now).name() == "Stopped")
        };
        estate.wait(&seat, "notebook that stopped by itself", stopped);
        let mut again = estate.seat(&[]);
        again.wait("what was found", |screen| {
            let text = screen.contents().replace(['\n', '│'], " ");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            text.contains("was interrupted: stop scratch") && text.contains(found)
        });
        estate.wait(&again, "a result of the intent", |estate| {
            estate.steps().len() == 2
        });
        let journal = estate.journal();
        assert!(
            journal[1].to_string().contains("recovered"),
            "{}",
            journal[1]
        );
        assert_eq!(journal[1]["plan"], journal[0]["plan"]);
        again.leave();
        assert_eq!(
            estate.mock.count("sagemaker", "StopNotebookInstance"),
            1,
            "looked at, never called again"
        );
        assert_eq!(
            estate.mock.effects("sagemaker", "StopNotebookInstance"),
            effects
        );
        estate.stop();
    }
}

#[test]
fn third_start_recovers_nothing() {
    let (estate, mut seat) = in_the_middle(FaultEffect::Slow(Duration::from_mins(2)));
    seat.signal("KILL");
    seat.end();
    let mut again = estate.seat(&[]);
    estate.wait(&again, "a result of the intent", |estate| {
        estate.steps().len() == 2
    });
    again.leave();
    let lines = estate.steps();
    let mut third = estate.seat(&[]);
    third.wait_for("scratch");
    third.press("r");
    third.wait_for("Nothing was done in this session");
    third.leave();
    assert_eq!(estate.steps(), lines);
    estate.stop();
}

#[test]
fn sigterm_waits_for_the_call_and_writes_its_result() {
    let (estate, mut seat) = in_the_middle(FaultEffect::Slow(Duration::from_secs(3)));
    assert_eq!(
        estate.steps(),
        ["scratch intent"],
        "the answer is not there yet"
    );
    seat.signal("TERM");
    assert_eq!(seat.end().exit_code(), 128 + 15);
    seat.is_given_back();
    assert_eq!(estate.steps(), ["scratch intent", "scratch accepted"]);
    assert_eq!(estate.mock.effects("sagemaker", "StopNotebookInstance"), 1);
    estate.stop();
}
