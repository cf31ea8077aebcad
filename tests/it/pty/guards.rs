//! Guards in the terminal: deny, typed names and read-only mode.

use super::Fixture;
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

fn bad_day_without_faults(config: &str) -> Fixture {
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap()).with_config(config);
    fixture.mock.clear_faults();
    fixture
}

#[test]
fn denied_row_is_refused_and_skipped_in_a_bulk() {
    let fixture = bad_day_without_faults(GUARDS);
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-1");
    session.wait("worker-1 alone", |screen| {
        screen.contents().contains("worker-1 ") && !screen.contents().contains("worker-12")
    });
    session.press("S");
    session.wait_for("payroll runs on it");
    session.press("y");
    session.press("/\u{15}name=worker-1*\r");
    session.wait_for("worker-12");
    session.press("*");
    session.wait_for("4 marked");
    session.press("S");
    session.wait_for("1 of 4 skipped");
    session.wait_for("payroll runs on it");
    session.confirm("3 resources");
    fixture.wait(&session, "three succeeded", |fixture| {
        fixture
            .journal_events()
            .iter()
            .filter(|step| step.ends_with(" succeeded"))
            .count()
            == 3
    });
    assert_eq!(fixture.effects("StopInstances", "worker-1"), 0);
    assert!(
        fixture
            .journal_events()
            .iter()
            .all(|step| !step.starts_with("worker-1 ")),
        "not even an intent"
    );
    assert_eq!(fixture.all_effects().len(), 3);
    session.terminate();
    fixture.stop();
}

#[test]
fn typed_name_must_match_exactly() {
    let fixture = bad_day_without_faults(GUARDS);
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-2");
    session.press("S");
    session.wait_for("type worker-2 >");
    session.wait_for("ask Ana first");
    session.wait_until_gone("Running preflight checks");
    session.press("worker-\r");
    session.wait_for("typed text does not match");
    assert!(fixture.all_effects().is_empty() && fixture.journal().is_empty());
    session.press("2\r");
    fixture.wait(&session, "settled", |fixture| {
        fixture.has_journalled("worker-2 succeeded")
    });
    assert_eq!(fixture.all_effects(), ["StopInstances worker-2"]);
    session.terminate();
    fixture.stop();
}

#[test]
fn read_only_switches_unless_started_with_the_flag() {
    let fixture = bad_day_without_faults("");
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-3");
    session.press(":read-only on\r");
    session.wait_for("READ-ONLY");
    session.press("S");
    session.wait_for("`:read-only off` allows");
    session.press("y");
    session.press(":read-only off\r");
    session.wait_until_gone("READ-ONLY");
    assert!(fixture.all_effects().is_empty() && fixture.journal().is_empty());
    session.press("S");
    session.confirm("worker-3");
    fixture.wait(&session, "settled", |fixture| {
        fixture.has_journalled("worker-3 succeeded")
    });
    assert_eq!(fixture.all_effects(), ["StopInstances worker-3"]);
    // Read-only mode refuses undo and scheduled actions.
    session.press(":read-only on\r");
    session.wait_for("READ-ONLY");
    session.press("u");
    session.wait_for("`:read-only off` allows");
    session.press("LyuyTy");
    assert_eq!(fixture.all_effects().len(), 1);
    session.terminate();
    let mut session = fixture.open_session(&["--read-only"]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-4");
    session.press("S");
    session.wait_for("this session cannot change");
    session.press("y:read-only off\r");
    session.wait_for("started read-only and");
    session.terminate();
    assert_eq!(fixture.all_effects().len(), 1);
    fixture.stop();
}

#[test]
fn profile_configured_read_only_stays_read_only() {
    let fixture = bad_day_without_faults("[profile.ml-prod]\nread_only = true\n");
    let mut session = fixture.open_session_as("ml-prod", &["--write"]);
    session.wait_for("worker-12");
    session.wait_for("READ-ONLY");
    session.filter_gpus("name=worker-5");
    session.press("S");
    session.wait_for("is read-only in the configuration");
    session.press("y:read-only off ml-prod\r");
    session.wait_for("The configuration sets profile");
    session.press("\u{1b}");
    session.wait_until_gone("The configuration sets profile");
    session.press(":read-only off\r");
    session.wait_for("operations are refused");
    session.press("Sy");
    session.wait_for("READ-ONLY");
    session.terminate();
    assert!(fixture.all_effects().is_empty() && fixture.journal().is_empty());
    // The rule does not apply to another profile.
    let mut session = fixture.open_session_as("ml-dev", &[]);
    session.wait_for("worker-12");
    session.filter_gpus("name=worker-5");
    session.press("S");
    session.confirm("worker-5");
    fixture.wait(&session, "settled", |fixture| {
        fixture.has_journalled("worker-5 succeeded")
    });
    assert_eq!(fixture.all_effects(), ["StopInstances worker-5"]);
    // No AWS file defines the profile of the rule now, which is an error.
    session.press("!");
    session.wait_for("[profile.ml-prod]");
    session.terminate();
    fixture.stop();
}
