//! The screen of the terminal, as the program's output leaves it.

use portable_pty::PtySize;
use std::{
    io::Read,
    num::NonZeroU16,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

/// The terminal's screen, and the confirm dialogs it has shown.
pub(super) struct View {
    pub parser: vt100::Parser,
    /// The targets of each confirm dialog in order, for example `worker-3` or `12 resources`.
    pub questions: Vec<String>,
    current_question: Option<String>,
}

impl View {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        Self {
            parser: parser(columns, rows),
            questions: Vec::new(),
            current_question: None,
        }
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
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
pub(super) fn dialog_target(frame: &str) -> Option<String> {
    if !frame.contains("re-checked") {
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

/// The view, and a condition variable that signals its changes.
pub(super) type SharedView = Arc<(Mutex<View>, Condvar)>;

pub(super) fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

pub(super) fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

pub(super) fn parser(columns: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(size(rows), size(columns), 0)
}

/// Prefix of the sequences that hide or show the cursor.
const CURSOR: &[u8] = b"\x1b[?25";

pub(super) fn read(mut reader: Box<dyn Read + Send>, shown: &SharedView) {
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
