//! The built program in a pseudo-terminal, on a mock that outlives it.
//!
//! Unix only.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod actions;
mod crash;
mod credentials;
mod guards;
mod hostile_files;
mod journal_tampering;
mod own_terminal;
mod random_keys;
mod reconciliation;
mod regions;
mod session;
mod terminal;
mod view;

use own_terminal::OwnTerminal;
use portable_pty::CommandBuilder;
use session::PtySession;
use spendtop::mock::{ClockMode, Mock, Options, Scenario};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use view::dialog_target;

/// Credentials that the mock accepts, and nothing of the machine's own.
const MOCK_ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "mock"),
    ("AWS_SECRET_ACCESS_KEY", "mock"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The program with `args` and `env`, at home in `home`.
fn command(home: &TempDir, args: &[&str], env: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_spendtop"));
    command.args(args);
    command.env_clear();
    command.cwd(home.path());
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, home.path());
    }
    command.env("PATH", std::env::var("PATH").unwrap_or_default());
    command.env("TERM", "xterm-256color");
    for (name, value) in env {
        command.env(name, value);
    }
    command
}

/// An account on a mock, and a home for the program.
struct Fixture {
    mock: Mock,
    runtime: tokio::runtime::Runtime,
    home: Arc<TempDir>,
}

impl Fixture {
    /// `scenario` in real time; changes take a twentieth of their duration.
    fn new(scenario: Scenario) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let options = Options {
            clock: ClockMode::Real,
            pace: 0.05,
            ..Options::new(scenario)
        };
        let mock = runtime.block_on(async { Mock::start(options) }).unwrap();
        Self {
            mock,
            runtime,
            home: Arc::new(tempfile::tempdir().unwrap()),
        }
    }

    /// Writes the configuration.
    fn with_config(self, text: &str) -> Self {
        let folder = self.home.path().join("spendtop");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
        self
    }

    /// Starts the program on the mock.
    fn open_session(&self, args: &[&str]) -> PtySession {
        let url = self.mock.url();
        let args: Vec<&str> = ["--endpoint-url", url.as_str()]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        PtySession::at(self.home.clone(), &args, MOCK_ENVIRONMENT, (150, 50))
    }

    /// Starts the program on the mock, in a terminal that can hang up.
    fn open_own_terminal(&self) -> OwnTerminal {
        let url = self.mock.url();
        let args = ["--endpoint-url", url.as_str()];
        OwnTerminal::open(command(&self.home, &args, MOCK_ENVIRONMENT))
    }

    /// Starts the program with a profile of the AWS files and no AWS variables in the environment.
    fn open_session_as(&self, profile: &str, args: &[&str]) -> PtySession {
        let folder = self.home.path().join(".aws");
        std::fs::create_dir_all(&folder).unwrap();
        let keys = format!("[{profile}]\naws_access_key_id = mock\naws_secret_access_key = mock\n");
        std::fs::write(folder.join("credentials"), keys).unwrap();
        let url = self.mock.url();
        let own = [
            "--endpoint-url",
            url.as_str(),
            "--region",
            "us-east-1",
            "--profile",
            profile,
        ];
        let args: Vec<&str> = own.into_iter().chain(args.iter().copied()).collect();
        PtySession::at(
            self.home.clone(),
            &args,
            &[("AWS_EC2_METADATA_DISABLED", "true")],
            (150, 50),
        )
    }

    fn journal_file(&self) -> PathBuf {
        self.home.path().join("spendtop/journal.jsonl")
    }

    /// The complete lines of the journal.
    fn journal(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.journal_file()).unwrap_or_default();
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        complete
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// The journalled events as `name event`.
    fn journal_events(&self) -> Vec<String> {
        let word = |line: &serde_json::Value, name: &str| {
            line[name].as_str().unwrap_or_default().to_owned()
        };
        self.journal()
            .iter()
            .map(|line| format!("{} {}", word(line, "name"), word(line, "event")))
            .collect()
    }

    /// Whether the journal has `event`, given as `name event`.
    fn has_journalled(&self, event: &str) -> bool {
        self.journal_events().iter().any(|known| known == event)
    }

    /// Waits until `condition`; checks at each change of the screen and every 20 ms.
    fn wait(&self, session: &PtySession, what: &str, condition: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        let (parser, changed) = &*session.shown;
        let mut shown = parser.lock().unwrap();
        while !condition(self) {
            assert!(
                start.elapsed() < 2 * TIMEOUT,
                "no {what} in:\n{}\n{:#?}",
                shown.screen().contents(),
                self.journal_events()
            );
            shown = changed
                .wait_timeout(shown, Duration::from_millis(20))
                .unwrap()
                .0;
        }
    }

    /// Number of effects of an operation on the row `name`.
    fn effects(&self, operation: &str, name: &str) -> usize {
        let own = |call: &spendtop::mock::LoggedCall| {
            call.effect
                && call.operation == operation
                && call.resources.iter().any(|row| row.name == name)
        };
        self.mock.calls().iter().filter(|call| own(call)).count()
    }

    /// All effects as `operation row`.
    fn all_effects(&self) -> Vec<String> {
        let named = |call: &spendtop::mock::LoggedCall| {
            let rows: Vec<&str> = call.resources.iter().map(|row| row.name.as_str()).collect();
            format!("{} {}", call.operation, rows.join(" "))
        };
        self.mock
            .calls()
            .iter()
            .filter(|call| call.effect)
            .map(named)
            .collect()
    }

    fn stop(self) {
        self.runtime.block_on(self.mock.stop());
    }
}
