//! The built program in a real pseudo-terminal: it draws, takes keys, follows a resize, and gives the terminal back
//! however it ends.
//!
//! Unix only. Must not know the insides of any room.

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use std::{
    io::{Read, Write},
    num::NonZeroU16,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Long enough for a debug build on a busy machine.
const SOON: Duration = Duration::from_mins(1);

/// What the terminal shows, and a bell for when that changes.
type Shown = Arc<(Mutex<vt100::Parser>, Condvar)>;

/// The program and its terminal.
struct Seat {
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the terminal outlives the program.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    shown: Shown,
    before: String,
    _home: TempDir,
}

impl Seat {
    fn new(args: &[&str], env: &[(&str, &str)], (columns, rows): (u16, u16)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let pair = native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
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
        let shown: Shown = Arc::new((Mutex::new(parser(columns, rows)), Condvar::new()));
        let reader = pair.master.try_clone_reader().unwrap();
        let screen = shown.clone();
        thread::spawn(move || read(reader, &screen));
        let keys = pair.master.take_writer().unwrap();
        Self { master: pair.master, _slave: pair.slave, child, keys, shown, before, _home: home }
    }

    fn demo(env: &[(&str, &str)]) -> Self {
        Self::new(&["demo"], env, (140, 40))
    }

    /// Waits until the screen satisfies `wanted`.
    fn wait(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let (parser, bell) = &*self.shown;
        let (parser, late) = bell.wait_timeout_while(parser.lock().unwrap(), SOON, |parser| !wanted(parser.screen())).unwrap();
        assert!(!late.timed_out(), "no {what} in:\n{}", parser.screen().contents());
    }

    fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn resize(&self, columns: u16, rows: u16) {
        resize(&mut self.shown.0.lock().unwrap(), columns, rows);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
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
        self.wait("alternate screen", |screen| screen.alternate_screen() && screen.hide_cursor());
        assert_ne!(modes(self.master.as_ref()), self.before);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Of a test that failed; one that ended cannot be killed again.
        drop(self.child.kill());
    }
}

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

fn parser(columns: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(size(rows), size(columns), 0)
}

fn resize(parser: &mut vt100::Parser, columns: u16, rows: u16) {
    parser.set_size(size(rows), size(columns));
}

fn read(mut reader: Box<dyn Read + Send>, shown: &Shown) {
    let mut block = [0; 8_192];
    while let Ok(length @ 1..) = reader.read(&mut block) {
        shown.0.lock().unwrap().process(&block[..length]);
        shown.1.notify_all();
    }
}

/// The line discipline: raw mode, echo, signals by key.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

#[test]
fn the_demo_draws_takes_keys_follows_a_resize_and_leaves_no_trace() {
    let mut seat = Seat::demo(&[("COLORTERM", "truecolor")]);
    seat.is_taken();
    seat.wait_for("p4d.24xlarge");
    seat.press("?");
    seat.wait_for("on rows: a tile, a pane");
    seat.press("\u{1b}");
    seat.wait("help closed", |screen| !screen.contents().contains("on rows: a tile, a pane"));
    seat.press("2");
    seat.press("z");
    seat.wait("the tile in full", |screen| !screen.contents().contains("Burning"));
    seat.resize(80, 24);
    seat.wait("a frame of 80x24", |screen| {
        let rows: Vec<String> = screen.rows(0, 80).collect();
        rows.len() == 24
            && rows.first().is_some_and(|row| row.contains("spendtop"))
            && rows.last().is_some_and(|row| row.contains("S stop"))
    });
    seat.press("q");
    seat.press("q");
    assert_eq!(seat.end().exit_code(), 0);
    seat.is_given_back();
}

/// A terminal that does not bracket its pastes types them. No key may wait for the next one.
#[test]
fn more_keys_at_once_than_one_read_holds_are_all_taken() {
    let mut seat = Seat::demo(&[]);
    seat.wait_for("p4d.24xlarge");
    seat.press(&format!("/{}end", "ab\u{7f}\u{7f}".repeat(700)));
    seat.wait_for(" /end ");
    seat.signal("TERM");
    assert_eq!(seat.end().exit_code(), 128 + 15);
}

/// Whatever comes first, a resize or a key, neither waits for the next of its kind.
#[test]
fn a_key_and_a_resize_at_the_same_moment_are_both_taken() {
    let mut seat = Seat::demo(&[]);
    seat.wait_for("p4d.24xlarge");
    for turn in 0..40 {
        seat.resize(if turn % 2 == 0 { 100 } else { 140 }, 40);
        seat.press("?");
        seat.wait_for("on rows: a tile, a pane");
        seat.press("q");
        seat.wait("help closed", |screen| !screen.contents().contains("on rows: a tile, a pane"));
    }
    seat.press("q");
    assert_eq!(seat.end().exit_code(), 0);
}

#[test]
fn signals_end_it_with_the_terminal_given_back() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2)] {
        let mut seat = Seat::demo(&[]);
        seat.is_taken();
        seat.wait_for("p4d.24xlarge");
        seat.signal(name);
        assert_eq!(seat.end().exit_code(), 128 + number, "{name}");
        seat.is_given_back();
    }
}

/// The panic is one that debug builds offer for this test.
#[cfg(debug_assertions)]
#[test]
fn a_panic_is_reported_on_a_terminal_given_back() {
    let mut seat = Seat::demo(&[("SPENDTOP_PANIC_AFTER", "4")]);
    assert_eq!(seat.end().exit_code(), 101);
    seat.is_given_back();
    seat.wait_for("SPENDTOP_PANIC_AFTER");
}

#[test]
fn without_credentials_one_sentence_is_left_on_a_terminal_given_back() {
    let mut seat = Seat::new(&[], &[("AWS_EC2_METADATA_DISABLED", "true")], (100, 30));
    assert_eq!(seat.end().exit_code(), 2);
    seat.is_given_back();
    seat.wait_for("spendtop demo");
}
