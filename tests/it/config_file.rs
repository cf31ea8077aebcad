//! `spendtop config`: the built program writes, checks and describes the configuration file.

#![cfg(test)]

use crate::cli::{CommandOutput, run, run_spendtop, spendtop};
use std::{fs, path::Path};

/// Runs `config` with `arguments` for a user whose home is `home`.
fn config(home: &Path, arguments: &[&str]) -> CommandOutput {
    run(&mut spendtop(home, &[&["config"], arguments].concat()))
}

#[test]
fn written_file_is_valid_and_never_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("spendtop/config.toml");
    let name = path.display().to_string();
    let before = config(home.path(), &["check"]);
    assert_eq!((before.code, before.err.as_str()), (0, ""));
    assert!(before.out.starts_with(&format!("{name}: there is no file")));
    let written = config(home.path(), &["init"]);
    assert_eq!(written.out, format!("wrote {name}\n"), "{}", written.err);
    let valid = config(home.path(), &["check"]);
    assert_eq!((valid.code, valid.out), (0, format!("{name}: valid\n")));
    let text = fs::read_to_string(&path).unwrap();
    for line in ["#read_only = false", "#[[guard]]", "#[thresholds.gpu-idle]"] {
        assert!(text.lines().any(|one| one == line), "{line} in {text}");
    }
    fs::write(&path, "read_only = true\n").unwrap();
    let again = config(home.path(), &["init"]);
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert!(
        again.err.contains("the file exists and stays as it is"),
        "{}",
        again.err
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "read_only = true\n");
}

#[test]
fn check_names_file_line_mistake_and_remedy() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mine.toml");
    let name = path.to_str().unwrap();
    for (text, expected) in [
        (
            "mouse = true\nregions = [\"useast\"]\n",
            ":2: `useast` is not a region code",
        ),
        (
            "[[guard]]\neffect = \"forbid\"\n",
            ":2: there is no effect `forbid`: expected one of deny, confirm",
        ),
        (
            "theme = \"drak\"\n",
            "there is no theme `drak`: expected one of dark",
        ),
        (
            "\n[profile.ml-prdo]\nread_only = true\n",
            ":2: [profile.ml-prdo]: no AWS profile is called ml-prdo: it protects nothing",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let checked = config(home.path(), &["check", "--config", name]);
        assert_eq!((checked.code, checked.out.as_str()), (2, ""), "{text}");
        assert!(checked.err.contains(expected), "{}", checked.err);
        if expected.starts_with(':') {
            assert!(
                checked.err.contains(&format!("{name}{expected}")),
                "{}",
                checked.err
            );
        }
    }
}

#[test]
fn schema_is_json() {
    let printed = run_spendtop(&["config", "schema"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    let schema: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(schema["properties"]["read_only"]["type"], "boolean");
    assert_eq!(schema["additionalProperties"], false);
}
