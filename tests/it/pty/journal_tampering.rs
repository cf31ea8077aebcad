//! `spendtop journal --verify` reports the line of an altered journal.

use super::Fixture;
use spendtop::mock::Scenario;
use std::{fs, process::Command};

/// Exit code and output of `spendtop journal --verify`.
fn verify(fixture: &Fixture) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
    command.env_clear().args(["journal", "--verify"]);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, fixture.home.path());
    }
    let output = command.output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr),
    )
}

#[test]
fn verify_reports_altered_and_removed_lines() {
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap());
    fixture.mock.clear_faults();
    let mut session = fixture.open_session(&[]);
    session.wait_for("worker-12");
    session.filter_gpus("worker-12");
    session.press("S");
    session.confirm("worker-12");
    fixture.wait(&session, "succeeded stop", |fixture| {
        fixture.has_journalled("worker-12 succeeded")
    });
    session.terminate();
    let (code, output) = verify(&fixture);
    assert_eq!(code, Some(0), "{output}");
    let original = fs::read_to_string(fixture.journal_file()).unwrap();
    let lines: Vec<&str> = original.lines().collect();
    assert_eq!(lines.len(), 3);
    let altered = original.replacen("\"accepted\"", "\"refused\"", 1);
    let without: String = [lines[0], lines[2]]
        .map(|line| format!("{line}\n"))
        .concat();
    for (text, what) in [(altered, "altered"), (without, "taken out")] {
        fs::write(fixture.journal_file(), text).unwrap();
        let (code, output) = verify(&fixture);
        assert_eq!(code, Some(1), "{what}: {output}");
        assert!(output.contains("journal.jsonl:2"), "{what}: {output}");
    }
    fixture.stop();
}
