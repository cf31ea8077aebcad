//! The program in a pseudo-terminal that another thread reads.

use super::{
    TIMEOUT, command,
    view::{SharedView, View, dialog_target, pty_size, read, size},
};
use portable_pty::{Child, ExitStatus, MasterPty, SlavePty, native_pty_system};
use std::{
    io::Write,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The program and its terminal.
pub(super) struct PtySession {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal outlives the program.
    _slave: Box<dyn SlavePty + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    pub keys: Box<dyn Write + Send>,
    pub shown: SharedView,
    initial_modes: String,
    _home: Arc<TempDir>,
}

impl PtySession {
    pub(super) fn new(args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), args, env, size)
    }

    /// Like [`PtySession::new`], in an existing home.
    pub(super) fn at(
        home: Arc<TempDir>,
        args: &[&str],
        env: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system()
            .openpty(pty_size(columns, rows))
            .unwrap();
        let initial_modes = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(command(&home, args, env)).unwrap();
        let shown: SharedView = Arc::new((Mutex::new(View::new(columns, rows)), Condvar::new()));
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

    pub(super) fn demo(env: &[(&str, &str)]) -> Self {
        Self::new(&["demo"], env, (140, 40))
    }

    /// Waits until the screen satisfies `condition`.
    pub(super) fn wait(&self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) {
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

    pub(super) fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    pub(super) fn wait_until_gone(&self, text: &str) {
        self.wait(&format!("screen without `{text}`"), |screen| {
            !screen.contents().contains(text)
        });
    }

    pub(super) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Opens the GPUs pane in full.
    pub(super) fn maximize_gpus(&mut self) {
        self.press("2z");
        self.wait_until_gone("Burning");
    }

    /// Opens the GPUs pane and filters it by `name`.
    pub(super) fn filter_gpus(&mut self, name: &str) {
        self.maximize_gpus();
        self.press(&format!("/{name}\r"));
        self.wait(name, |screen| {
            screen.contents().contains(name) && screen.contents().contains("GPUs")
        });
    }

    /// Confirms the dialog about `target`.
    pub(super) fn confirm(&mut self, target: &str) {
        self.wait(&format!("question about {target}"), |screen| {
            let frame = screen.contents();
            dialog_target(&frame).is_some_and(|about| about == target)
                && !frame.contains("Running preflight checks")
        });
        self.press("y");
    }

    /// Sends SIGTERM and waits for the exit, which waits for running calls.
    pub(super) fn terminate(&mut self) {
        self.signal("TERM");
        assert_eq!(self.wait_for_exit().exit_code(), 128 + 15);
    }

    pub(super) fn resize(&self, columns: u16, rows: u16) {
        self.shown
            .0
            .lock()
            .unwrap()
            .parser
            .set_size(size(rows), size(columns));
        self.master.resize(pty_size(columns, rows)).unwrap();
    }

    pub(super) fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    pub(super) fn wait_for_exit(&mut self) -> ExitStatus {
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
    pub(super) fn assert_restored(&self) {
        self.wait("terminal given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert_eq!(modes(self.master.as_ref()), self.initial_modes);
    }

    pub(super) fn assert_taken_over(&self) {
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

/// The terminal modes: raw mode, echo, signals by key.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}
