//! The state after the end of the event loop, and the reason for that end.

use crate::{app::session::signals::HANGUP, domain::Fault, engine::Engine, screen::App};
use std::io;

/// The reason the loop ended.
#[derive(Debug)]
pub enum ExitReason {
    /// The user quit.
    Quit,
    /// The signal with this number arrived.
    Signal(u8),
    /// No profile has credentials that AWS takes, or a region that it watches.
    NoCredentials(Fault),
    /// Reading from or drawing on the terminal failed.
    TerminalLost(io::Error),
}

impl ExitReason {
    /// Whether the terminal can still be written to.
    pub fn is_terminal_alive(&self) -> bool {
        !matches!(self, Self::TerminalLost(_) | Self::Signal(HANGUP))
    }
}

/// The state after the loop has ended. The engine still runs.
pub struct SessionEnd<D> {
    /// The reason.
    pub reason: ExitReason,
    /// The engine, if it was started.
    pub engine: Option<Engine>,
    /// The last state of the screen.
    pub app: App,
    /// Dropping it restores the terminal.
    pub terminal_control: D,
}
