//! The program in a pseudo-terminal that can hang up.

use super::{
    TIMEOUT,
    view::{parser, pty_size},
};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, native_pty_system};
use std::{
    io::{Read, Write},
    time::Instant,
};

/// A terminal that the test reads itself, so that it can hang up: no other thread holds it open.
pub(super) struct OwnTerminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Box<dyn Read + Send>,
    parser: vt100::Parser,
}

impl OwnTerminal {
    pub(super) fn open(command: CommandBuilder) -> Self {
        let (columns, rows) = (150, 50);
        let pair = native_pty_system()
            .openpty(pty_size(columns, rows))
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
    pub(super) fn wait(&mut self, what: &str, mut condition: impl FnMut(&str) -> bool) {
        let start = Instant::now();
        let mut bytes = vec![0; 65_536];
        while !condition(&self.parser.screen().contents()) {
            assert!(start.elapsed() < TIMEOUT, "no {what}");
            let read = self.output.read(&mut bytes).unwrap();
            self.parser.process(&bytes[..read]);
        }
    }

    pub(super) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Closes the terminal and waits for the program to end.
    pub(super) fn hang_up(self) -> ExitStatus {
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
