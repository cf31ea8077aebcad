//! A failed request to AWS: its kind, the operation and AWS's message.

pub use super::fault_cause::FaultCause;
use std::{borrow::Cow, fmt, sync::Arc};

/// The kind of a failure. Each kind calls for a different reaction.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum FaultKind {
    /// No credentials found.
    NoCredentials,
    /// Credentials expired or are invalid.
    BadCredentials,
    /// The identity lacks the permission.
    Denied,
    /// Too many requests; retried later.
    Throttled,
    /// The endpoint could not be reached.
    Network,
    /// No answer in time. A change may or may not have been made.
    Timeout,
    /// The service, feature or region is not enabled or not offered here (an emulator lacks the
    /// operation, say).
    Unavailable,
    /// The resource does not exist.
    NotFound,
    /// The service refused the request.
    Refused,
    /// The service failed (5xx).
    Service,
    /// The answer could not be read.
    Broken,
    /// A list was not read to its end.
    Incomplete,
}

impl FaultKind {
    /// The kind in one or two words, for a badge.
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
            Self::Incomplete => "incomplete",
        }
    }
}

/// One failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of failure.
    pub kind: FaultKind,
    /// The operation as an IAM action: `sagemaker:ListApps`.
    pub operation: Arc<str>,
    /// The service's code and message, or the transport's; no secrets.
    pub message: Arc<str>,
    /// The cause.
    pub cause: FaultCause,
    /// The output of a credential helper.
    pub output: Option<HelperOutput>,
}

/// The output of a credential helper that failed. The screen shows it; no log and no journal has
/// it, because it may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct HelperOutput(pub Arc<str>);

impl fmt::Debug for HelperOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HelperOutput(..)")
    }
}

impl Fault {
    /// The fault of `operation`; its cause is the one that `message` names.
    pub fn new(
        kind: FaultKind,
        operation: impl Into<Arc<str>>,
        message: impl Into<Arc<str>>,
    ) -> Self {
        let message = message.into();
        Self {
            kind,
            operation: operation.into(),
            cause: FaultCause::of_message(&message),
            message,
            output: None,
        }
    }

    /// The message for a person, with the output of a credential helper.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.output {
            None => Cow::Borrowed(&self.message),
            Some(HelperOutput(output)) => Cow::Owned(format!("{}: {output}", self.message)),
        }
    }

    /// The fault with another cause.
    #[must_use]
    pub fn with_cause(self, cause: FaultCause) -> Self {
        Self { cause, ..self }
    }

    /// See [`FaultCause::is_quiet`].
    pub fn is_quiet(&self) -> bool {
        self.cause.is_quiet()
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
