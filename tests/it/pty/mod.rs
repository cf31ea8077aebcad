//! The built program in a real pseudo-terminal, on a mock of the test's own that outlives it.
//!
//! Unix only.

// Says to the lints that helpers are tests too.
#![cfg(test)]

mod accounted;
mod acting;
mod altered;
mod crash;
mod guarded;
mod mashed;
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

/// Long enough for a debug build on a busy machine.
const SOON: Duration = Duration::from_mins(1);

/// What the terminal shows, and has shown.
struct View {
    parser: vt100::Parser,
    /// What each confirm dialog asked about, one entry an opening: `worker-3`, `12 resources`.
    questions: Vec<String>,
    asking: Option<String>,
}

impl View {
    fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// A frame is whole.
    fn look(&mut self) {
        let now = question(&self.parser.screen().contents());
        if now.is_some() && now != self.asking {
            self.questions.extend(now.clone());
        }
        self.asking = now;
    }
}

/// Whom the confirm dialog on the screen is about.
fn question(frame: &str) -> Option<String> {
    if !frame.contains("looked at again") {
        return None;
    }
    let titled = |line: &str| {
        let (before, _) = line.split_once("? ")?;
        before
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

/// The view, and a bell for when it changes.
type SharedView = Arc<(Mutex<View>, Condvar)>;

/// The program and its terminal.
struct Seat {
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the terminal outlives the program.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    shown: SharedView,
    before: String,
    _home: Arc<TempDir>,
}

impl Seat {
    fn new(args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), args, env, size)
    }

    /// As [`Seat::new`], in the home of somebody who was here before.
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
        let before = modes(pair.master.as_ref());
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
        let child = pair.slave.spawn_command(command).unwrap();
        let shown: SharedView = Arc::new((
            Mutex::new(View {
                parser: parser(columns, rows),
                questions: Vec::new(),
                asking: None,
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
            before,
            _home: home,
        }
    }

    fn demo(env: &[(&str, &str)]) -> Self {
        Self::new(&["demo"], env, (140, 40))
    }

    /// Waits until the screen satisfies `wanted`.
    fn wait(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let (parser, bell) = &*self.shown;
        let (parser, late) = bell
            .wait_timeout_while(parser.lock().unwrap(), SOON, |parser| {
                !wanted(parser.screen())
            })
            .unwrap();
        assert!(
            !late.timed_out(),
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

    /// Narrows the GPUs, in full, to those called so.
    fn gpus_called(&mut self, name: &str) {
        self.press("2z");
        self.wait("the tile in full", |screen| {
            !screen.contents().contains("Burning")
        });
        self.press(&format!("/{name}\r"));
        self.wait(name, |screen| {
            screen.contents().contains(name) && screen.contents().contains("GPUs")
        });
    }

    /// Says yes to the question about `whom`.
    fn yes(&mut self, whom: &str) {
        self.wait(&format!("question about {whom}"), |screen| {
            let frame = screen.contents();
            question(&frame).is_some_and(|about| about == whom)
                && !frame.contains("reading what could go wrong")
        });
        self.press("y");
    }

    /// Ends, whatever is on the screen; calls on their way are waited for.
    fn leave(&mut self) {
        self.signal("TERM");
        assert_eq!(self.end().exit_code(), 128 + 15);
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

    fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < SOON, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The terminal is as it was before the program started.
    fn is_given_back(&self) {
        self.wait("terminal given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert_eq!(modes(self.master.as_ref()), self.before);
    }

    fn is_taken(&self) {
        self.wait("alternate screen", |screen| {
            screen.alternate_screen() && screen.hide_cursor()
        });
        assert_ne!(modes(self.master.as_ref()), self.before);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Of a test that failed; one that ended cannot be killed again.
        drop(self.child.kill());
    }
}

/// An account on a mock, and the home of who looks at it.
struct Estate {
    mock: Mock,
    runtime: tokio::runtime::Runtime,
    home: Arc<TempDir>,
}

impl Estate {
    /// `scenario` in real time, whose changes take a twentieth of theirs.
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
    fn configured(self, text: &str) -> Self {
        let folder = self.home.path().join("spendtop");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
        self
    }

    /// The console on it.
    fn seat(&self, args: &[&str]) -> Seat {
        let url = self.mock.url();
        let args: Vec<&str> = ["--endpoint-url", url.as_str()]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let env = [
            ("AWS_ACCESS_KEY_ID", "mock"),
            ("AWS_SECRET_ACCESS_KEY", "mock"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        Seat::at(self.home.clone(), &args, &env, (150, 50))
    }

    /// The console on it through this profile of AWS's own files, with nothing of AWS in the
    /// environment.
    fn seat_of(&self, profile: &str, args: &[&str]) -> Seat {
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
        Seat::at(
            self.home.clone(),
            &args,
            &[("AWS_EC2_METADATA_DISABLED", "true")],
            (150, 50),
        )
    }

    fn journal_file(&self) -> PathBuf {
        self.home.path().join("spendtop/journal.jsonl")
    }

    /// The lines of the journal that are whole.
    fn journal(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.journal_file()).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// The steps in the journal, as `name step`.
    fn steps(&self) -> Vec<String> {
        let word = |line: &serde_json::Value, name: &str| {
            line[name].as_str().unwrap_or_default().to_owned()
        };
        self.journal()
            .iter()
            .map(|line| format!("{} {}", word(line, "name"), word(line, "event")))
            .collect()
    }

    /// Waits until `wanted`; looks again at each change of the screen, and often anyhow.
    fn wait(&self, seat: &Seat, what: &str, wanted: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        let (parser, bell) = &*seat.shown;
        let mut shown = parser.lock().unwrap();
        while !wanted(self) {
            assert!(
                begun.elapsed() < 2 * SOON,
                "no {what} in:\n{}\n{:#?}",
                shown.screen().contents(),
                self.steps()
            );
            shown = bell
                .wait_timeout(shown, Duration::from_millis(20))
                .unwrap()
                .0;
        }
    }

    /// Effects of one operation on the row called `name`.
    fn effects(&self, operation: &str, name: &str) -> usize {
        let own = |asked: &spendtop::mock::LoggedCall| {
            asked.effect
                && asked.operation == operation
                && asked.resources.iter().any(|row| row.name == name)
        };
        self.mock.calls().iter().filter(|asked| own(asked)).count()
    }

    /// Everything that took effect, as `operation row`.
    fn all_effects(&self) -> Vec<String> {
        let named = |asked: &spendtop::mock::LoggedCall| {
            let rows: Vec<&str> = asked
                .resources
                .iter()
                .map(|row| row.name.as_str())
                .collect();
            format!("{} {}", asked.operation, rows.join(" "))
        };
        self.mock
            .calls()
            .iter()
            .filter(|asked| asked.effect)
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

/// How the bytes begin that hide or show the cursor.
const CURSOR: &[u8] = b"\x1b[?25";

fn read(mut reader: Box<dyn Read + Send>, shown: &SharedView) {
    let mut block = [0; 8_192];
    while let Ok(length @ 1..) = reader.read(&mut block) {
        // Of a test that failed while it looked.
        let mut view = shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Each frame ends by hiding or placing the cursor.
        let mut rest = &block[..length];
        while let Some(end) = rest.windows(CURSOR.len()).position(|bytes| bytes == CURSOR) {
            let (frame, after) = rest.split_at(end + CURSOR.len());
            view.parser.process(frame);
            view.look();
            rest = after;
        }
        view.parser.process(rest);
        shown.1.notify_all();
    }
}

/// The line discipline: raw mode, echo, signals by key.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}
