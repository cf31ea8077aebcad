//! Ends a console: restores the terminal, shuts the engine down, returns the exit code.

use super::{
    SHUTDOWN_GRACE, connect,
    event_loop::{ExitReason, SessionEnd},
    signals,
    terminal::{self, RawTerminal},
};
use crate::{app::cli_error::CliError, engine::Engine};
use std::{
    io::{self, Write},
    pin::pin,
    process::ExitCode,
};

/// Restores the terminal and shuts the engine down; returns how the program exits.
pub(super) async fn exit(
    end: SessionEnd<RawTerminal>,
    profiles: &[Option<String>],
) -> Result<ExitCode, CliError> {
    // A lost terminal may block a write to it: the calls under way are recorded first.
    if end.reason.is_terminal_alive() {
        terminal::restore();
    }
    if let Some(engine) = end.engine {
        shut_down(engine).await;
    }
    drop(end.terminal_control);
    match end.reason {
        ExitReason::Quit => Ok(ExitCode::SUCCESS),
        ExitReason::Signal(number) => Ok(ExitCode::from(128 + number)),
        ExitReason::NoCredentials(fault) => Err(connect::credentials_error(&fault, profiles)),
        ExitReason::TerminalLost(error) => {
            tracing::warn!(%error, "lost the terminal");
            Ok(ExitCode::from(128 + signals::HANGUP))
        }
    }
}

/// Shuts the engine down; explains the wait on stderr if a call in flight takes long.
async fn shut_down(engine: Engine) {
    let mut shutdown = pin!(engine.shutdown());
    if tokio::time::timeout(SHUTDOWN_GRACE, &mut shutdown)
        .await
        .is_err()
    {
        drop(writeln!(
            io::stderr(),
            "spendtop: waiting for AWS to answer a call, to record its outcome in the journal"
        ));
        shutdown.await;
    }
}
