//! Enters raw mode and restores the terminal after quitting, a panic or a signal, and while the
//! console is suspended.

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
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tokio::sync::mpsc;

/// Size of the output buffer: a frame of a large terminal fits, so each frame is one write.
const BUFFER: usize = 256 * 1024;

/// Capacity of the channel of terminal events.
const EVENTS: usize = 1024;

/// Whether the terminal is in raw mode. A static, because the panic hook needs it.
static IN_RAW_MODE: AtomicBool = AtomicBool::new(false);

/// The terminal that the console draws on.
pub(crate) type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// The terminal in raw mode; dropping it restores the terminal.
#[derive(Debug)]
pub(crate) struct RawTerminal {
    mouse: bool,
}

impl RawTerminal {
    /// Enters raw mode and the alternate screen; enables bracketed paste and, if `mouse`, the
    /// mouse.
    pub(crate) fn enter(mouse: bool) -> io::Result<Self> {
        let terminal = Self { mouse };
        enter(mouse)?;
        Ok(terminal)
    }
}

/// Opens the terminal for drawing.
pub(crate) fn open() -> io::Result<Screen> {
    Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(
        BUFFER,
        io::stdout(),
    )))
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        restore();
    }
}

impl TerminalControl for RawTerminal {
    fn suspend(&mut self) -> io::Result<()> {
        restore();
        let stopped = stop_job();
        enter(self.mouse)?;
        stopped
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }
}

/// Stops the whole foreground job, as ctrl-z does, so that a wrapper (`cargo run`) stops as well;
/// returns once it continues.
#[cfg(unix)]
fn stop_job() -> io::Result<()> {
    use rustix::process::{Signal, kill_current_process_group};
    Ok(kill_current_process_group(Signal::TSTP)?)
}

#[cfg(not(unix))]
fn stop_job() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn enter(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    IN_RAW_MODE.store(true, Ordering::SeqCst);
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

/// Restores the terminal; a second call does nothing. Errors are logged: after SIGHUP the terminal
/// no longer exists.
pub(crate) fn restore() {
    if !IN_RAW_MODE.swap(false, Ordering::SeqCst) {
        return;
    }
    let left = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let cooked = terminal::disable_raw_mode();
    if let Some(error) = left.err().or(cooked.err()) {
        tracing::warn!(%error, "cannot restore the terminal");
    }
    drop(io::stdout().flush());
}

/// Makes panics of the calling thread, which draws, restore the terminal before they are reported.
/// Panics of other threads only stop a source; they are logged, not printed across the screen.
pub(crate) fn install_panic_hook() {
    let drawing = thread::current().id();
    let (report, _) = color_eyre::config::HookBuilder::default().into_hooks();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panic");
        if thread::current().id() == drawing {
            restore();
            // `eprintln!` would panic again where the terminal is gone, and abort.
            drop(writeln!(io::stderr(), "{}", report.panic_report(panic)));
        }
    }));
}

/// Reads terminal events on a separate thread, so that the loop can apply all pending ones before
/// it draws.
///
/// Needs crossterm's feature `use-dev-tty`: without it a key that arrives together with a resize,
/// or beyond the first thousand of a paste, is not read until the next key.
pub(crate) fn read_events() -> io::Result<impl Stream<Item = io::Result<event::Event>> + Unpin> {
    let (sender, mut events) = mpsc::channel(EVENTS);
    thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            loop {
                let event = event::read();
                let failed = event.is_err();
                if sender.blocking_send(event).is_err() || failed {
                    return;
                }
            }
        })?;
    Ok(stream::poll_fn(move |context| events.poll_recv(context)))
}
