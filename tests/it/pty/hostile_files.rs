//! Files that others planted, and the modes of those that the program writes.

use super::Fixture;
use spendtop::mock::Scenario;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

fn pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A pipe has no end until somebody writes: reading one would hold the start up.
#[test]
fn pipes_in_place_of_files_do_not_hold_up_the_start() {
    let fixture = Fixture::new(Scenario::find("half-idle-gpu").unwrap());
    for name in [
        "spendtop/prefs.toml",
        "spendtop/schedules.jsonl",
        "spendtop/themes/mine.toml",
        "spendtop/keymaps/mine.toml",
        ".cache/spendtop/prices/sagemaker.csv",
    ] {
        pipe(&fixture.home.path().join(name));
    }
    let mut session = fixture.open_session(&[]);
    session.wait_for("nlp-serve");
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
    fixture.stop();
}

/// The modes of `path` and of everything in it that are wider than their owner's.
fn wide_modes(path: &Path) -> Vec<String> {
    let data = fs::metadata(path).unwrap();
    let mode = data.permissions().mode() & 0o777;
    let mut wide = Vec::new();
    if mode & 0o077 != 0 {
        wide.push(format!("{mode:o} {}", path.display()));
    }
    if data.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            wide.extend(wide_modes(&entry.unwrap().path()));
        }
    }
    wide
}

#[test]
fn written_files_and_folders_are_for_their_owner_only() {
    let fixture = Fixture::new(Scenario::find("half-idle-gpu").unwrap());
    let state = fixture.home.path().join("spendtop");
    // As an earlier run, or the user, may have made it.
    fs::create_dir(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    let mut session = fixture.open_session(&[]);
    session.wait_for("nlp-serve");
    // Another theme is kept for the next run.
    session.press(":theme light\r");
    fixture.wait(&session, "preferences", |_| {
        state.join("prefs.toml").exists()
    });
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    assert!(state.join("spendtop.log").exists());
    assert_eq!(wide_modes(&state), Vec::<String>::new());
    fixture.stop();
}
