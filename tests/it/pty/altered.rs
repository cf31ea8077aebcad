//! A journal that somebody put a hand to: `spendtop journal --verify` says which line.

use super::Estate;
use spendtop::mock::Scenario;
use std::{fs, process::Command};

/// Exit code and everything that `spendtop journal --verify` says.
fn verify(estate: &Estate) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
    command.env_clear().args(["journal", "--verify"]);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, estate.home.path());
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
    let estate = Estate::new(Scenario::find("bad-day").unwrap());
    estate.mock.clear_faults();
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    seat.gpus_called("worker-12");
    seat.press("S");
    seat.yes("worker-12");
    estate.wait(&seat, "settled stop", |estate| {
        estate.steps().contains(&"worker-12 succeeded".to_owned())
    });
    seat.leave();
    let (code, said) = verify(&estate);
    assert_eq!(code, Some(0), "{said}");
    let honest = fs::read_to_string(estate.journal_file()).unwrap();
    let lines: Vec<&str> = honest.lines().collect();
    assert_eq!(lines.len(), 3);
    let altered = honest.replacen("\"accepted\"", "\"refused\"", 1);
    let without: String = [lines[0], lines[2]]
        .map(|line| format!("{line}\n"))
        .concat();
    for (text, what) in [(altered, "altered"), (without, "taken out")] {
        fs::write(estate.journal_file(), text).unwrap();
        let (code, said) = verify(&estate);
        assert_eq!(code, Some(1), "{what}: {said}");
        assert!(said.contains("journal.jsonl:2"), "{what}: {said}");
    }
    estate.stop();
}
