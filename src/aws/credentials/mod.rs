//! The credentials of a profile: where they come from, how long they are good, when they are read
//! again.
//!
//! The program loads a profile's credentials once, before it takes over the terminal, with all the
//! time that a helper needs; requests then use that one copy. It loads them again when they expire,
//! when AWS rejects them, when one of AWS's files changes, or when the user asks: one load at a
//! time, and at most one a minute. Such a load gets no terminal.

mod load;
mod origin;
mod process;
mod provider;
mod role;

pub use load::{LoadMode, LoadSettings};
pub use provider::ProfileCredentials;
pub use role::MemberRole;

use super::SessionSettings;
use crate::domain::{Fault, FaultCause, FaultKind, HelperOutput};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Why a profile has no credentials to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsFault {
    /// The kind of failure.
    pub kind: FaultKind,
    /// Its cause.
    pub cause: FaultCause,
    /// One sentence that names the profile; no secrets.
    pub message: Arc<str>,
    /// The output of a helper; not part of the sentence, which the log may contain.
    pub output: Option<HelperOutput>,
}

impl CredentialsFault {
    fn new(kind: FaultKind, cause: FaultCause, message: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            cause,
            message: message.into(),
            output: None,
        }
    }

    /// The same as the failure of `operation`.
    pub fn into_fault(self, operation: impl Into<Arc<str>>) -> Fault {
        Fault {
            output: self.output,
            ..Fault::new(self.kind, operation, self.message).with_cause(self.cause)
        }
    }

    /// Credentials that are missing, or that the files describe wrongly.
    fn missing(message: impl Into<Arc<str>>) -> Self {
        Self::new(FaultKind::NoCredentials, FaultCause::Other, message)
    }

    /// An unusable setting of AWS's files; `message` names the place and the correction.
    fn unusable(message: impl Into<Arc<str>>) -> Self {
        Self::new(FaultKind::NoCredentials, FaultCause::Configuration, message)
    }

    /// Credentials that could not be loaded.
    fn failed(message: impl Into<Arc<str>>) -> Self {
        Self::new(FaultKind::BadCredentials, FaultCause::Other, message)
    }
}

impl fmt::Display for CredentialsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CredentialsFault {}

/// The credentials of the profiles of a run. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct CredentialStore(Arc<Mutex<HashMap<Option<String>, ProfileCredentials>>>);

impl CredentialStore {
    /// The credentials of `profile`; the same ones at each call.
    pub fn of(&self, profile: Option<&str>, settings: &SessionSettings) -> ProfileCredentials {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = profile.map(ToOwned::to_owned);
        known
            .entry(profile.clone())
            .or_insert_with(|| {
                ProfileCredentials::new(LoadSettings {
                    profile,
                    keys: settings.keys.clone(),
                    endpoint_url: settings.endpoint_url.clone(),
                    member: None,
                })
            })
            .clone()
    }
}
