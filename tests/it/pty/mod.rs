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
mod random_keys;
mod reconciliation;
mod regions;
mod terminal;

use portable_pty::{
    Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system,
};
use spendtop::mock::{ClockMode, Mock, Options, Scenario};
use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Credentials that the mock accepts, and nothing of the machine's own.
const MOCK_ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "mock"),
    ("AWS_SECRET_ACCESS_KEY", "mock"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The terminal's screen, and the confirm dialogs it has shown.
struct View {
    parser: vt100::Parser,
    /// The targets of each confirm dialog in order, for example `worker-3` or `12 resources`.
    questions: Vec<String>,
    current_question: Option<String>,
}

impl View {
    fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Records the confirm dialog of a complete frame.
    fn record_question(&mut self) {
        let now = dialog_target(&self.parser.screen().contents());
        if now.is_some() && now != self.current_question {
            self.questions.extend(now.clone());
        }
        self.current_question = now;
    }
}

/// The targets that the confirm dialog in `frame` names.
fn dialog_target(frame: &str) -> Option<String> {
    if !frame.contains("re-checked") {
        return None;
    }
    let titled = |line: &str| {
        let (initial_modes, _) = line.split_once("? ")?;
        initial_modes
            .rsplit_once("┌ ")
            .map(|(_, title)| title.to_owned())
            .filter(|title| title.contains(' '))
    };
    let title = frame.lines().find_map(titled)?;
    let about = title
        .strip_prefix("Undo ")
        .and_then(|rest| rest.split_once(" of "))
        .or_else(|| title.split_once(' '));
    about.map(|(_, about)| about.trim_end_matches(" later").to_owned())
}

/// The view, and a condition variable that signals its changes.
type SharedView = Arc<(Mutex<View>, Condvar)>;

/// The program and its terminal.
struct PtySession {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal outlives the program.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    shown: SharedView,
    initial_modes: String,
    _home: Arc<TempDir>,
}

impl PtySession {
    fn new(args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), args, env, size)
    }

    /// Like [`PtySession::new`], in an existing home.
    fn at(
        home: Arc<TempDir>,
        args: &[&str],
        env: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let initial_modes = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(command(&home, args, env)).unwrap();
        let shown: SharedView = Arc::new((
            Mutex::new(View {
                parser: parser(columns, rows),
                questions: Vec::new(),
                current_question: None,
            }),
            Condvar::new(),
        ));
        let reader = pair.master.try_clone_reader().unwrap();
        let screen = shown.clone();
        thread::spawn(move || read(reader, &screen));
        let keys = pair.master.take_writer().unwrap();
        Self {
            master: pair.master,
            _slave: pair.slave,
            child,
            keys,
            shown,
            initial_modes,
            _home: home,
        }
    }

    fn demo(env: &[(&str, &str)]) -> Self {
        Self::new(&["demo"], env, (140, 40))
    }

    /// Waits until the screen satisfies `condition`.
    fn wait(&self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) {
        let (parser, changed) = &*self.shown;
        let (parser, timeout) = changed
            .wait_timeout_while(parser.lock().unwrap(), TIMEOUT, |parser| {
                !condition(parser.screen())
            })
            .unwrap();
        assert!(
            !timeout.timed_out(),
            "no {what} in:\n{}",
            parser.screen().contents()
        );
    }

    fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Opens the GPUs pane and filters it by `name`.
    fn filter_gpus(&mut self, name: &str) {
        self.press("2z");
        self.wait("the maximized tile", |screen| {
            !screen.contents().contains("Burning")
        });
        self.press(&format!("/{name}\r"));
        self.wait(name, |screen| {
            screen.contents().contains(name) && screen.contents().contains("GPUs")
        });
    }

    /// Confirms the dialog about `target`.
    fn confirm(&mut self, target: &str) {
        self.wait(&format!("question about {target}"), |screen| {
            let frame = screen.contents();
            dialog_target(&frame).is_some_and(|about| about == target)
                && !frame.contains("Running preflight checks")
        });
        self.press("y");
    }

    /// Sends SIGTERM and waits for the exit, which waits for running calls.
    fn terminate(&mut self) {
        self.signal("TERM");
        assert_eq!(self.wait_for_exit().exit_code(), 128 + 15);
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.shown
            .0
            .lock()
            .unwrap()
            .parser
            .set_size(size(rows), size(columns));
        self.master
            .resize(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    fn wait_for_exit(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < TIMEOUT, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asserts that the terminal has its initial modes.
    fn assert_restored(&self) {
        self.wait("terminal given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert_eq!(modes(self.master.as_ref()), self.initial_modes);
    }

    fn assert_taken_over(&self) {
        self.wait("alternate screen", |screen| {
            screen.alternate_screen() && screen.hide_cursor()
        });
        assert_ne!(modes(self.master.as_ref()), self.initial_modes);
    }
}

impl Drop for PtySession {
    fn drop(&mut self) {
        // Ends the process of a failed test; killing an ended one fails.
        drop(self.child.kill());
    }
}

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

/// A terminal that the test reads itself, so that it can hang up: no other thread holds it open.
struct OwnTerminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Box<dyn Read + Send>,
    parser: vt100::Parser,
}

impl OwnTerminal {
    fn open(command: CommandBuilder) -> Self {
        let (columns, rows) = (150, 50);
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        Self {
            child: pair.slave.spawn_command(command).unwrap(),
            keys: pair.master.take_writer().unwrap(),
            output: pair.master.try_clone_reader().unwrap(),
            master: pair.master,
            parser: parser(columns, rows),
        }
    }

    /// Reads until `condition`; the program draws at least once a second.
    fn wait(&mut self, what: &str, mut condition: impl FnMut(&str) -> bool) {
        let start = Instant::now();
        let mut bytes = vec![0; 65_536];
        while !condition(&self.parser.screen().contents()) {
            assert!(start.elapsed() < TIMEOUT, "no {what}");
            let read = self.output.read(&mut bytes).unwrap();
            self.parser.process(&bytes[..read]);
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Closes the terminal and waits for the program to end.
    fn hang_up(self) -> ExitStatus {
        let Self {
            mut child,
            master,
            keys,
            output,
            ..
        } = self;
        drop((master, keys, output));
        child.wait().unwrap()
    }
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

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

fn parser(columns: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(size(rows), size(columns), 0)
}

/// Prefix of the sequences that hide or show the cursor.
const CURSOR: &[u8] = b"\x1b[?25";

fn read(mut reader: Box<dyn Read + Send>, shown: &SharedView) {
    let mut block = [0; 8_192];
    while let Ok(length @ 1..) = reader.read(&mut block) {
        // A failed test may have poisoned the lock.
        let mut view = shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Each frame ends by hiding or placing the cursor.
        let mut rest = &block[..length];
        while let Some(end) = rest.windows(CURSOR.len()).position(|bytes| bytes == CURSOR) {
            let (frame, after) = rest.split_at(end + CURSOR.len());
            view.parser.process(frame);
            view.record_question();
            rest = after;
        }
        view.parser.process(rest);
        shown.1.notify_all();
    }
}

/// The terminal modes: raw mode, echo, signals by key.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}
