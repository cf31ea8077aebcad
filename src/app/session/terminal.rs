//! The terminal: taken over, given back. Given back after quitting, a panic, a signal, and for as
//! long as the console is suspended.

use super::event_loop::TerminalControl;
use crossterm::{
    clipboard::CopyToClipboard,
    cursor, event,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use futures_util::{Stream, stream};
use ratatui::{Terminal, backend::CrosstermBackend};
use std::{
    io::{self, BufWriter, Stdout, Write},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tokio::sync::mpsc;

/// Enough for a whole frame on a large terminal: one write a frame.
const BUFFER: usize = 256 * 1024;

/// How many terminal events may wait for the screen; the rest waits in the terminal.
const EVENTS: usize = 1024;

/// Whether the terminal is ours now. The panic hook has no other way to know.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What is drawn on.
pub type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// The terminal, ours until dropped.
#[derive(Debug)]
pub struct RawTerminal {
    mouse: bool,
}

impl RawTerminal {
    /// Takes the terminal over: raw mode, alternate screen, bracketed paste, and the mouse if
    /// wanted.
    pub fn take(mouse: bool) -> io::Result<Self> {
        let taken = Self { mouse };
        enter(mouse)?;
        Ok(taken)
    }
}

/// Something to draw on.
pub fn screen() -> io::Result<Screen> {
    Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(
        BUFFER,
        io::stdout(),
    )))
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        give_back();
    }
}

impl TerminalControl for RawTerminal {
    fn suspend(&mut self) -> io::Result<()> {
        give_back();
        // To the whole foreground job, as the terminal itself does for ctrl-z: so a wrapper (`cargo
        // run`) stops as well.
        let stopped = Command::new("kill").args(["-s", "TSTP", "0"]).status();
        enter(self.mouse)?;
        stopped.map(drop)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        cursor::Hide
    )?;
    if mouse {
        execute!(io::stdout(), EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back as it was; a second time does nothing. A terminal that is gone (SIGHUP)
/// cannot be told.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let told = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let cooked = terminal::disable_raw_mode();
    if let Some(error) = told.err().or(cooked.err()) {
        tracing::warn!(%error, "the terminal could not be told that we leave");
    }
    drop(io::stdout().flush());
}

/// Panics of the drawing thread (this one) give the terminal back first and are then reported as
/// usual; the process ends. Panics elsewhere cost a source its reading and are only logged: a
/// report across the screen would help nobody.
pub fn install_panic_hook() {
    let drawing = thread::current().id();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panic");
        if thread::current().id() == drawing {
            give_back();
            report(panic);
        }
    }));
}

/// The terminal's events, read by a thread of their own, so that all that came together is applied
/// before one frame.
///
/// The crate's feature `use-dev-tty` matters: without it a key that comes with a resize, or beyond
/// the first thousand of a paste, lies unread until the next one.
pub fn events() -> io::Result<impl Stream<Item = io::Result<event::Event>> + Unpin> {
    let (read, mut events) = mpsc::channel(EVENTS);
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            loop {
                let event = event::read();
                let failed = event.is_err();
                if read.blocking_send(event).is_err() || failed {
                    return;
                }
            }
        })?;
    Ok(stream::poll_fn(move |context| events.poll_recv(context)))
}
