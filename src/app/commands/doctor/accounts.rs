//! Credentials, clock and regions of each profile.

use super::{Check, State};
use crate::app::session::connect;
use crate::{
    aws::{self, SessionSet, SessionSettings, probe},
    domain::{
        Fault, FaultKind, Timestamp,
        text::printable,
        time::timestamp::{seconds_between, short},
    },
    screen::notices::fault_remedies::remedy,
};
use futures_util::future::join_all;
use std::time::{Duration, SystemTime};

const CREDENTIALS: &str = "credentials";
/// Longest time for a profile to open.
const OPEN: Duration = Duration::from_secs(40);
/// AWS rejects requests of a clock that is farther off, in seconds. IAM User Guide, "Signature
/// Version 4": five minutes.
const MAX_SKEW: i64 = 300;
/// Seconds of an answer's way that are no skew.
const SLACK: i64 = 5;

/// A profile, and what opening it brought.
pub(super) struct Account {
    /// The profile's name; `None`: the environment's own credentials.
    profile: Option<String>,
    opened: Result<SessionSet, Fault>,
    /// Where the credentials come from.
    origin: String,
    /// When they expire.
    expiry: Option<SystemTime>,
}

impl Account {
    /// `profile ml-prod`.
    pub(super) fn label(&self) -> String {
        match &self.profile {
            Some(profile) => format!("profile {}", printable(profile)),
            None => "environment".to_owned(),
        }
    }

    /// The profile's name; empty for the environment's own credentials.
    pub(super) fn name(&self) -> &str {
        self.profile.as_deref().unwrap_or_default()
    }

    /// Whether AWS accepts its requests: STS has named the account, or is the only one that lacks
    /// an answer (an emulator without STS).
    fn reaches_aws(&self) -> bool {
        let is_cut_off =
            |fault: &Fault| matches!(fault.kind, FaultKind::Network | FaultKind::Timeout);
        let sessions = self.usable().map_or(&[][..], |set| &set.sessions);
        let mut faults = sessions.iter().map(|session| &session.unidentified);
        faults.any(|fault| !fault.as_ref().is_some_and(is_cut_off))
    }

    /// The sessions, if requests can be sent with them.
    pub(super) fn usable(&self) -> Option<&SessionSet> {
        self.opened
            .as_ref()
            .ok()
            .filter(|set| !set.sessions.is_empty())
    }
}

/// Opens each profile on its own, as the console does at its start.
pub(super) async fn open(settings: &SessionSettings) -> Vec<Account> {
    let profiles = if settings.profiles.is_empty() {
        vec![None]
    } else {
        settings.profiles.clone()
    };
    join_all(profiles.into_iter().map(async |profile| {
        let own = SessionSettings {
            profiles: vec![profile.clone()],
            ..settings.clone()
        };
        let opened = tokio::time::timeout(OPEN, Box::pin(aws::sessions(&own))).await;
        let opened = opened.unwrap_or_else(|_| {
            let message = format!("no answer within {} s", OPEN.as_secs());
            Err(Fault::new(
                FaultKind::Timeout,
                "sts:GetCallerIdentity",
                message,
            ))
        });
        let credentials = own.credentials.of(profile.as_deref(), &own);
        Account {
            origin: credentials.origin(),
            expiry: credentials.expiry(),
            profile,
            opened,
        }
    }))
    .await
}

/// A line for the credentials of each profile. Spendtop cannot work if none is accepted, or if AWS
/// cannot be reached with any.
pub(super) fn credentials(accounts: &[Account], now: Timestamp) -> Vec<Check> {
    let bad = if accounts.iter().any(Account::reaches_aws) {
        State::Limited
    } else {
        State::Failed
    };
    let lines = accounts.iter().map(|account| match &account.opened {
        Ok(set) => identity(account, set, bad, now),
        Err(fault) => {
            let error = connect::credentials_error(fault, std::slice::from_ref(&account.profile));
            Check::new(CREDENTIALS, account.label(), bad, error.message)
        }
    });
    lines.collect()
}

/// Account, principal, source and end of the credentials.
fn identity(account: &Account, set: &SessionSet, bad: State, now: Timestamp) -> Check {
    let Some(session) = set.sessions.first() else {
        return Check::new(CREDENTIALS, account.label(), bad, "no region to watch");
    };
    if let Some(fault) = &session.unidentified {
        let check = Check::new(
            CREDENTIALS,
            account.label(),
            bad,
            format!("{}; the account is not known: {fault}", account.origin),
        );
        return match remedy(fault, account.name(), &[]) {
            Some(remedy) => check.with_remedy(remedy),
            None => check,
        };
    }
    let aliases = connect::account_aliases(&set.sessions);
    let name = aliases.name(&session.place.account);
    let mut parts = vec![format!("account {name}")];
    parts.extend(session.who.as_ref().map(|arn| printable(arn).into_owned()));
    parts.push(account.origin.clone());
    let expiry = account.expiry.and_then(|at| Timestamp::try_from(at).ok());
    parts.extend(expiry.map(|at| format!("expire in {}", short(seconds_between(now, at)))));
    Check::new(CREDENTIALS, account.label(), State::Ok, parts.join("; "))
}

/// The regions of the account, those that are watched, and this machine's clock.
pub(super) async fn regions(account: &Account, set: &SessionSet) -> Vec<Check> {
    let Some(session) = set.sessions.first() else {
        return Vec::new();
    };
    let answer = probe::ask_regions(session).await;
    let watched: Vec<&str> = set.sessions.iter().map(|one| &*one.place.region).collect();
    let watched = watched.join(", ");
    let line = |state, detail| Check::new("regions", account.label(), state, detail);
    let mut checks = vec![match &answer.regions {
        Ok(enabled) => line(
            State::Ok,
            format!("{} enabled; watched: {watched}", enabled.len()),
        ),
        Err(fault) => line(State::Note, format!("watched: {watched}; {fault}")),
    }];
    for (_, fault) in &set.notes {
        let check = line(State::Limited, printable(&fault.message).into_owned());
        checks.push(match remedy(fault, account.name(), &[]) {
            Some(remedy) => check.with_remedy(remedy),
            None => check,
        });
    }
    checks.extend(answer.clock_ahead.map(|ahead| clock(account, ahead)));
    checks
}

fn clock(account: &Account, ahead: i64) -> Check {
    let seconds = ahead.abs();
    let side = if ahead < 0 { "behind" } else { "ahead of" };
    let line = |state, detail| Check::new("clock", account.label(), state, detail);
    if seconds <= SLACK {
        return line(State::Ok, "as AWS's".to_owned());
    }
    let detail = format!("{} {side} AWS", short(seconds as f64));
    if seconds < MAX_SKEW {
        line(
            State::Note,
            format!("{detail}; AWS rejects requests from 5 minutes on"),
        )
    } else {
        line(State::Limited, detail).with_remedy("Set the clock of this machine (NTP).")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(opened: Result<SessionSet, Fault>) -> Account {
        Account {
            profile: Some("old".to_owned()),
            opened,
            origin: "keys of profile old".to_owned(),
            expiry: None,
        }
    }

    #[test]
    fn clock_beyond_five_minutes_limits() {
        let account = account(Ok(SessionSet::default()));
        let state = |ahead| clock(&account, ahead).state;
        assert_eq!(
            [0, -5, 60, -299].map(state),
            [State::Ok, State::Ok, State::Note, State::Note]
        );
        assert_eq!([300, -900].map(state), [State::Limited; 2]);
        let check = clock(&account, -900);
        assert_eq!(check.detail, "15m behind AWS");
        assert!(check.remedy.is_some());
    }

    #[test]
    fn no_usable_profile_is_a_failure() {
        let fault = Fault::new(
            FaultKind::BadCredentials,
            "sts:GetCallerIdentity",
            "expired",
        );
        let checks = credentials(&[account(Err(fault))], Timestamp::UNIX_EPOCH);
        assert_eq!(checks[0].state, State::Failed);
        assert!(
            checks[0].detail.contains("aws sso login --profile old"),
            "{checks:?}"
        );
    }
}
