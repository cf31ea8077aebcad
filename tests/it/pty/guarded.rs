//! What the configuration and the console forbid: a deny, a name to be typed, read-only set and
//! lifted.

use super::Estate;
use spendtop::mock::Scenario;

const GUARDS: &str = r#"
[[guard]]
match = "name=worker-1"
operations = ["stop"]
effect = "deny"
reason = "payroll runs on it"

[[guard]]
match = "name=worker-2"
effect = "type-name"
reason = "ask Ana first"
"#;

fn calm(config: &str) -> Estate {
    let estate = Estate::new(Scenario::find("bad-day").unwrap()).configured(config);
    estate.mock.clear_faults();
    estate
}

#[test]
fn denied_row_is_refused_and_skipped_in_a_bulk() {
    let estate = calm(GUARDS);
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-1");
    seat.wait("worker-1 alone", |screen| {
        screen.contents().contains("worker-1 ") && !screen.contents().contains("worker-12")
    });
    seat.press("S");
    seat.wait_for("payroll runs on it");
    seat.press("y");
    seat.press("/\u{15}name=worker-1*\r");
    seat.wait_for("worker-12");
    seat.press("*");
    seat.wait_for("4 marked");
    seat.press("S");
    seat.wait_for("1 of 4 left out");
    seat.wait_for("payroll runs on it");
    seat.yes("3 resources");
    estate.wait(&seat, "three succeeded", |estate| {
        estate
            .steps()
            .iter()
            .filter(|step| step.ends_with(" succeeded"))
            .count()
            == 3
    });
    assert_eq!(estate.effects("StopInstances", "worker-1"), 0);
    assert!(
        estate
            .steps()
            .iter()
            .all(|step| !step.starts_with("worker-1 ")),
        "not even an intent"
    );
    assert_eq!(estate.all_effects().len(), 3);
    seat.leave();
    estate.stop();
}

#[test]
fn typed_name_must_match_exactly() {
    let estate = calm(GUARDS);
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-2");
    seat.press("S");
    seat.wait_for("type worker-2 >");
    seat.wait_for("ask Ana first");
    seat.wait("facts", |screen| {
        !screen.contents().contains("reading what could go wrong")
    });
    seat.press("worker-\r");
    seat.wait_for("not what is to be typed");
    assert!(estate.all_effects().is_empty() && estate.journal().is_empty());
    seat.press("2\r");
    estate.wait(&seat, "settled", |estate| {
        estate.steps().contains(&"worker-2 succeeded".to_owned())
    });
    assert_eq!(estate.all_effects(), ["StopInstances worker-2"]);
    seat.leave();
    estate.stop();
}

#[test]
fn read_only_switches_unless_started_with_the_flag() {
    let estate = calm("");
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-3");
    seat.press(":read-only on\r");
    seat.wait_for("READ-ONLY");
    seat.press("S");
    seat.wait_for("`:read-only off` allows");
    seat.press("y");
    seat.press(":read-only off\r");
    seat.wait("the badge gone", |screen| {
        !screen.contents().contains("READ-ONLY")
    });
    assert!(estate.all_effects().is_empty() && estate.journal().is_empty());
    seat.press("S");
    seat.yes("worker-3");
    estate.wait(&seat, "settled", |estate| {
        estate.steps().contains(&"worker-3 succeeded".to_owned())
    });
    assert_eq!(estate.all_effects(), ["StopInstances worker-3"]);
    // Nothing is taken back, and nothing agreed, while it is set.
    seat.press(":read-only on\r");
    seat.wait_for("READ-ONLY");
    seat.press("u");
    seat.wait_for("`:read-only off` allows");
    seat.press("LyuyTy");
    assert_eq!(estate.all_effects().len(), 1);
    seat.leave();
    let mut seat = estate.seat(&["--read-only"]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-4");
    seat.press("S");
    seat.wait_for("this session cannot change");
    seat.press("y:read-only off\r");
    seat.wait_for("started read-only and");
    seat.leave();
    assert_eq!(estate.all_effects().len(), 1);
    estate.stop();
}

#[test]
fn profile_configured_read_only_stays_read_only() {
    let estate = calm("[profile.ml-prod]\nread_only = true\n");
    let mut seat = estate.seat_of("ml-prod", &["--write"]);
    seat.wait_for("worker-12");
    seat.wait_for("READ-ONLY");
    seat.gpus_called("name=worker-5");
    seat.press("S");
    seat.wait_for("is read-only in the configuration");
    seat.press("y:read-only off ml-prod\r");
    seat.wait_for("The configuration sets profile");
    seat.press("\u{1b}");
    seat.wait("the palette closed", |screen| {
        !screen.contents().contains("The configuration sets profile")
    });
    seat.press(":read-only off\r");
    seat.wait_for("operations are refused");
    seat.press("Sy");
    seat.wait_for("READ-ONLY");
    seat.leave();
    assert!(estate.all_effects().is_empty() && estate.journal().is_empty());
    // Another profile is not meant.
    let mut seat = estate.seat_of("ml-dev", &[]);
    seat.wait_for("worker-12");
    seat.gpus_called("name=worker-5");
    seat.press("S");
    seat.yes("worker-5");
    estate.wait(&seat, "settled", |estate| {
        estate.steps().contains(&"worker-5 succeeded".to_owned())
    });
    assert_eq!(estate.all_effects(), ["StopInstances worker-5"]);
    // The rule is of a profile that none of AWS's files defines now: it is told.
    seat.press("!");
    seat.wait_for("[profile.ml-prod]");
    seat.leave();
    estate.stop();
}
