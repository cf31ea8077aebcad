//! What went wrong when AWS was asked: its class, which operation, and AWS's own words.

use std::{fmt, sync::Arc};

/// The classes a person acts on differently.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum FaultKind {
    /// No credentials found.
    NoCredentials,
    /// Credentials expired or are invalid.
    BadCredentials,
    /// This identity may not do that.
    Denied,
    /// Asked too often; retried later.
    Throttled,
    /// Could not be reached.
    Network,
    /// No answer in time. For a write: it may or may not have happened.
    Timeout,
    /// The service, feature or region is not enabled or not offered here (an emulator lacks the
    /// operation, say).
    Unavailable,
    /// The resource is not there.
    NotFound,
    /// The service refused the request as it stands.
    Refused,
    /// The service failed (5xx).
    Service,
    /// The answer could not be read.
    Broken,
}

impl FaultKind {
    /// One word for a badge.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoCredentials => "no credentials",
            Self::BadCredentials => "credentials",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::NotFound => "not found",
            Self::Refused => "refused",
            Self::Service => "service error",
            Self::Broken => "bad answer",
        }
    }
}

/// One failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its class.
    pub kind: FaultKind,
    /// The IAM-style operation: `sagemaker:ListApps`.
    pub operation: Arc<str>,
    /// The service's code and message, or the transport's; no secrets.
    pub message: Arc<str>,
}

impl Fault {
    /// A failure of `operation`.
    pub fn new(
        kind: FaultKind,
        operation: impl Into<Arc<str>>,
        message: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            kind,
            operation: operation.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: {}",
            self.operation,
            self.kind.word(),
            super::text::printable(&self.message)
        )
    }
}

impl std::error::Error for Fault {}
