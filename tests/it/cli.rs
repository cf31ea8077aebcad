//! The built program without a terminal: exit codes, the output on stdout and that on stderr.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// The program with an environment that is independent of the user.
pub(crate) fn spendtop(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
    command
        .args(args)
        .env_clear()
        .current_dir(home)
        .stdin(Stdio::null());
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, home);
    }
    command
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// The program with keys that a mock at `url` accepts.
pub(crate) fn at_endpoint(home: &Path, url: &str, args: &[&str]) -> Command {
    let mut command = spendtop(home, args);
    command
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", "x")
        .env("AWS_SECRET_ACCESS_KEY", "x")
        .env("AWS_REGION", "us-east-1");
    command
}

pub(crate) struct CommandOutput {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub(crate) fn run(command: &mut Command) -> CommandOutput {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    CommandOutput {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

pub(crate) fn run_spendtop(args: &[&str]) -> CommandOutput {
    let home = tempfile::tempdir().unwrap();
    run(&mut spendtop(home.path(), args))
}

/// A mock that serves until dropped.
pub(crate) struct MockServer {
    child: Child,
    url: String,
    home: TempDir,
}

impl MockServer {
    pub(crate) fn new(scenario: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = spendtop(home.path(), &["mock", scenario, "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("{line}"))
            .to_owned();
        Self { child, url, home }
    }

    fn command(&self, args: &[&str]) -> Command {
        at_endpoint(self.home.path(), &self.url, args)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs the program without an endpoint in its environment; its requests to AWS itself go to a
    /// proxy that refuses them.
    pub(crate) fn ask_aws(&self, args: &[&str]) -> CommandOutput {
        let mut command = self.command(args);
        for name in [
            "AWS_ENDPOINT_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            command.env_remove(name);
        }
        run(command
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("NO_PROXY", "127.0.0.1"))
    }

    /// Runs the program on a machine whose clock is in `zone`.
    pub(crate) fn ask_in_zone(&self, zone: &str, args: &[&str]) -> CommandOutput {
        run(self.command(args).env("TZ", zone))
    }

    pub(crate) fn ask(&self, args: &[&str]) -> CommandOutput {
        run(&mut self.command(args))
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn invalid_arguments_are_rejected_with_valid_ones() {
    for (args, sentence) in [
        (
            &["--pane", "gpu"][..],
            "there is no pane `gpu`: expected one of overview, findings, gpus",
        ),
        (
            &["--theme", "drak"],
            "there is no theme `drak`: expected one of dark",
        ),
        (
            &["--keymap", "vmi"],
            "there is no keymap `vmi`: expected one of default",
        ),
        (
            &["demo", "nowhere"],
            "there is no scenario `nowhere`: expected one of weekend-spike",
        ),
        (
            &["ls", "gpu"],
            "there is no pane `gpu`: expected one of gpus",
        ),
        (&["ls", "gpus", "burn>"], "filter: "),
        (&["--region", "useast"], "`useast` is not a region code"),
        (&["--config", "none.toml"], "none.toml: "),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
    ] {
        let output = run_spendtop(args);
        assert_eq!(output.code, 2, "{args:?}: {}", output.err);
        assert!(output.err.contains(sentence), "{args:?}: {}", output.err);
        assert!(output.out.is_empty(), "{args:?}: {}", output.out);
    }
}

#[test]
fn invalid_configuration_is_reported_with_file_and_line() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("spendtop");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("config.toml"),
        "theme = \"dark\"\nregoins = []\n",
    )
    .unwrap();
    let output = run(&mut spendtop(home.path(), &["--once"]));
    assert_eq!(output.code, 2);
    assert!(
        output
            .err
            .contains("config.toml:2: unknown field `regoins`"),
        "{}",
        output.err
    );
}

#[test]
fn missing_credentials_are_reported_with_a_way_to_try() {
    for args in [&["--once"][..], &[], &["ls", "gpus"]] {
        let output = run_spendtop(args);
        assert_eq!(output.code, 2, "{}", output.err);
        assert!(
            output
                .err
                .starts_with("spendtop: no AWS credentials were found"),
            "{}",
            output.err
        );
        assert!(
            output.err.trim_end().ends_with("spendtop demo"),
            "{}",
            output.err
        );
        assert_eq!(output.err.lines().count(), 1);
        assert!(output.out.is_empty());
    }
}

#[test]
fn completions_and_man_page_are_printed() {
    for (args, word) in [
        (&["completions", "bash"][..], "_spendtop"),
        (&["completions", "zsh"], "#compdef spendtop"),
        (&["completions", "fish"], "complete -c spendtop"),
        (&["man"], ".TH spendtop"),
        (&["demo", "--list"], "weekend-spike"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["--help"], "--read-only"),
    ] {
        let output = run_spendtop(args);
        assert_eq!(output.code, 0, "{args:?}: {}", output.err);
        assert!(output.out.contains(word), "{args:?}: {}", output.out);
    }
}

#[test]
fn demo_without_a_terminal_prints_one_frame() {
    let home = tempfile::tempdir().unwrap();
    let output = run(spendtop(home.path(), &["demo"])
        .env("COLUMNS", "100")
        .env("LINES", "30")
        .env("AWS_PROFILE", "not-there"));
    assert_eq!(output.code, 0, "{}", output.err);
    assert_eq!(output.out.lines().count(), 30, "{}", output.out);
    assert!(
        output.out.contains("spendtop") && output.out.contains("p4d.24xlarge"),
        "{}",
        output.out
    );
    assert!(!output.out.contains('\u{1b}'));
}

/// The keys of each row of `ls -o json`.
const ROW_KEYS: &[&str] = &[
    "id",
    "name",
    "arn",
    "kind",
    "state",
    "account",
    "region",
    "since",
    "usd_per_hour",
    "usd_per_hour_list",
    "waste_usd_per_hour",
    "owner",
    "tags",
    "read_age_seconds",
    "source",
    "fields",
];

/// The rows that `ls` prints as JSON.
fn list(server: &MockServer, pane: &str) -> Vec<serde_json::Value> {
    let output = server.ask(&["ls", pane, "--output", "json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
    assert!(!rows.is_empty());
    rows
}

#[test]
fn ls_prints_machine_readable_output() {
    let server = MockServer::new("weekend-spike");
    let rows = list(&server, "gpus");
    for key in ROW_KEYS {
        assert!(rows[0].get(key).is_some(), "{key} in {}", rows[0]);
    }
    assert!(
        rows.iter()
            .any(|row| row["usd_per_hour"].as_f64().is_some_and(|rate| rate > 1.0)),
        "{rows:#?}"
    );

    let csv = server.ask(&["ls", "gpus", "burn>5", "-o", "csv"]).out;
    assert!(csv.starts_with("id,name,arn,kind,state,"), "{csv}");
    let lines = csv.lines().count();
    assert!(lines > 1 && lines < rows.len() + 1, "{csv}");
}

#[test]
fn ls_prints_findings_by_waste() {
    let server = MockServer::new("weekend-spike");
    let findings = list(&server, "findings");
    let waste: Vec<f64> = findings
        .iter()
        .map(|finding| finding["waste_usd_per_hour"].as_f64().unwrap())
        .collect();
    assert!(waste.is_sorted_by(|a, b| a >= b), "{waste:?}");
    let message = findings[0]["fields"]["message"].as_str();
    assert!(message.is_some_and(|message| !message.is_empty()));
}

#[test]
fn ls_prints_partial_output_when_sources_fail() {
    let home = tempfile::tempdir().unwrap();
    let mut command = spendtop(home.path(), &["ls", "gpus", "-o", "json"]);
    // Port 9 of loopback: nothing listens there.
    command
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_ACCESS_KEY_ID", "x")
        .env("AWS_SECRET_ACCESS_KEY", "x")
        .env("AWS_REGION", "us-east-1");
    let output = run(&mut command);
    assert_eq!(
        (output.code, output.out.as_str()),
        (3, "[]\n"),
        "{}",
        output.err
    );
    assert!(output.err.contains("gpus in us-east-1"), "{}", output.err);
}

#[test]
fn unknown_profile_is_reported_with_line_and_nearest_name() {
    let server = MockServer::new("weekend-spike");
    let home = server.home.path();
    std::fs::create_dir_all(home.join("spendtop")).unwrap();
    std::fs::create_dir_all(home.join(".aws")).unwrap();
    std::fs::write(
        home.join("spendtop/config.toml"),
        "\n[profile.ml-prdo]\nread_only = true\n",
    )
    .unwrap();
    let message =
        "config.toml:2: [profile.ml-prdo]: no AWS profile is called ml-prdo: it protects nothing";
    for (aws, nearest) in [
        ("", "\n"),
        (
            "[profile ml-prod]\nregion = us-east-1\n",
            "; did you mean ml-prod?\n",
        ),
    ] {
        std::fs::write(home.join(".aws/config"), aws).unwrap();
        for args in [&["ls", "gpus", "--output", "json"][..], &["--once"]] {
            let output = server.ask(args);
            assert_eq!(output.code, 0, "{}", output.err);
            assert!(
                output.err.contains(&format!("{message}{nearest}")),
                "{args:?}: {}",
                output.err
            );
            assert!(!output.out.contains("ml-prdo"), "{args:?}");
        }
    }
    std::fs::write(home.join(".aws/config"), "[profile ml-prdo]\n").unwrap();
    let err = server.ask(&["ls", "gpus"]).err;
    assert!(!err.contains("ml-prdo"), "{err}");
}

#[test]
fn ls_ends_quietly_on_a_closed_pipe() {
    let server = MockServer::new("weekend-spike");
    let mut child = server
        .command(&["ls", "gpus"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closes the pipe before the first row is printed.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0));
    let is_note = |line: &str| line.starts_with("spendtop: note: ");
    assert!(stderr.lines().all(is_note), "{stderr}");
}

#[test]
fn list_of_scenarios_ends_quietly_on_a_closed_pipe() {
    let home = tempfile::tempdir().unwrap();
    let mut child = spendtop(home.path(), &["demo", "--list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""));
}
