//! Loads the credentials that a helper prints, or that need an MFA code, before the terminal is
//! taken: until then the helper can ask, and the user can answer.

use crate::{
    aws::{
        SessionSettings,
        credentials::{LoadMode, ProfileCredentials},
    },
    domain::FaultCause,
};
use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

/// Time after which a command without a terminal names the credentials that it waits for.
const SILENCE: Duration = Duration::from_secs(2);

/// Loads them, one profile after the other; false if the user left at a prompt. Another failure is
/// kept with the profile and reported when its session is opened.
pub(in crate::app) async fn log_in(settings: &SessionSettings) -> bool {
    let mode = if io::stdin().is_terminal() && io::stderr().is_terminal() {
        LoadMode::Interactive
    } else {
        LoadMode::Detached
    };
    for credentials in settings.interactive_credentials() {
        match mode {
            LoadMode::Interactive => {
                say(&credentials);
                let loaded = credentials.resolve(mode).await;
                if loaded.is_err_and(|fault| fault.cause == FaultCause::Declined) {
                    return false;
                }
            }
            LoadMode::Detached => {
                let load = credentials.resolve(mode);
                tokio::pin!(load);
                if tokio::time::timeout(SILENCE, &mut load).await.is_err() {
                    say(&credentials);
                    drop(load.await);
                }
            }
        }
    }
    true
}

fn say(credentials: &ProfileCredentials) {
    // A closed stderr is not an error.
    drop(writeln!(
        io::stderr(),
        "spendtop: waiting for {} (ctrl-c leaves)",
        credentials.description()
    ));
}
