//! Signals that end the program.

use std::{io, task::Poll};

/// The number of SIGHUP: the terminal is gone.
pub(crate) const HANGUP: u8 = 1;

/// Receives every signal that ends a program unless it is handled, including those that arrive
/// while the console starts: each restores the terminal.
#[cfg(unix)]
pub(crate) struct Signals(Vec<(u8, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    /// Replaces the default handlers.
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
            SignalKind::alarm(),
            SignalKind::user_defined1(),
            SignalKind::user_defined2(),
        ];
        let listen = |kind: SignalKind| {
            let number = u8::try_from(kind.as_raw_value()).map_err(io::Error::other)?;
            Ok((number, signal(kind)?))
        };
        kinds
            .into_iter()
            .map(listen)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Waits for a signal and returns its number.
    pub(crate) async fn next(&mut self) -> u8 {
        std::future::poll_fn(|context| {
            for (number, signal) in &mut self.0 {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(*number);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// Receives ctrl-c.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Replaces the default handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for a signal and returns its number.
    pub async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
