//! Refusals: AWS's code, message and HTTP status.

/// A request that the simulation's state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// `IncorrectInstanceState`, `ValidationException`, ...
    pub code: &'static str,
    /// AWS's message.
    pub message: String,
    /// HTTP status.
    pub status: u16,
}

impl ServiceError {
    /// A refusal with status 400.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: 400,
        }
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// `ValidationException`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }
}
