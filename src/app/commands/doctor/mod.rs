//! `spendtop doctor`: what works, what limits spendtop, and what to do about it.
//!
//! It changes nothing: it reads, and asks about operations on EC2 instances by dry runs. It takes
//! at most [`LONGEST`] once the credentials are there.

mod accounts;
mod costs;
mod machine;
mod permissions;
mod print;

use crate::app::{
    cli::DoctorArgs,
    cli_error::CliError,
    session::{ConsoleSession, interactive_credentials},
};
use accounts::Account;
use futures_util::future::join_all;
use serde::Serialize;
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};
use tokio::time::Instant;

/// Longest time for all requests after the sessions are open.
const LONGEST: Duration = Duration::from_mins(1);

/// The state of what was checked. A later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It works.
    Ok,
    /// A fact that limits nothing.
    Note,
    /// Nobody asked.
    NotAsked,
    /// It limits what spendtop shows or does.
    Limited,
    /// Spendtop cannot work because of it.
    Failed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::NotAsked => "not asked",
            Self::Limited => "limited",
            Self::Failed => "failed",
        }
    }

    /// The exit code of a run whose worst check has this state.
    fn exit_code(self) -> u8 {
        match self {
            Self::Ok | Self::Note | Self::NotAsked => 0,
            Self::Limited => 1,
            Self::Failed => 2,
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, Serialize)]
struct Check {
    /// The heading that it stands under.
    area: &'static str,
    /// What was checked.
    subject: String,
    state: State,
    detail: String,
    /// What to do; `None`: nothing.
    remedy: Option<String>,
}

impl Check {
    fn new(
        area: &'static str,
        subject: impl Into<String>,
        state: State,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            area,
            subject: subject.into(),
            state,
            detail: detail.into(),
            remedy: None,
        }
    }

    fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}

/// Checks everything and prints the report.
pub(in crate::app) async fn run(
    console: ConsoleSession,
    args: DoctorArgs,
) -> Result<ExitCode, CliError> {
    let mut checks = machine::checks(&console).await;
    if !interactive_credentials::log_in(&console.options.settings).await {
        return Err(CliError::unusable("no MFA code was entered"));
    }
    let accounts = accounts::open(&console.options.settings).await;
    let until = Instant::now() + LONGEST;
    let read = accounts
        .iter()
        .map(|account| examine(&console, account, args, until));
    let read: Vec<Vec<Check>> = join_all(read).await;
    checks.extend(accounts::credentials(
        &accounts,
        console.options.clock.now(),
    ));
    checks.extend(read.into_iter().flatten());
    let is_colored = io::stdout().is_terminal() && console.has_colors();
    io::stdout().write_all(print::report(&checks, args.output, is_colored).as_bytes())?;
    let worst = checks.iter().map(|check| check.state).max();
    Ok(ExitCode::from(worst.map_or(0, State::exit_code)))
}

/// What AWS tells about one account.
async fn examine(
    console: &ConsoleSession,
    account: &Account,
    args: DoctorArgs,
    until: Instant,
) -> Vec<Check> {
    let Some(set) = account.usable() else {
        return Vec::new();
    };
    let (regions, panes, verbs, costs) = tokio::join!(
        accounts::regions(account, set),
        permissions::panes(account, &set.sessions, until),
        permissions::operations(console, account, &set.sessions, until),
        costs::checks(console, account, &set.sessions, args.paid, until),
    );
    [regions, panes, verbs, costs].concat()
}
