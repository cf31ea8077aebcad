//! Signals that ask to leave.

use std::io;

/// Listens from now on: a signal that comes while the console starts is kept.
#[cfg(unix)]
pub struct Signals {
    term: tokio::signal::unix::Signal,
    hup: tokio::signal::unix::Signal,
    int: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes SIGTERM, SIGHUP and SIGINT over from their defaults.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
        })
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.hup.recv() => 1,
            _ = self.int.recv() => 2,
            _ = self.term.recv() => 15,
        }
    }
}

/// Listens for ctrl-c.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Takes ctrl-c over from its default.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
