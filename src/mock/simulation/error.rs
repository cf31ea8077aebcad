//! AWS saying no: the code, message and status a real client would see.

/// A request that the simulation's state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// `IncorrectInstanceState`, `ValidationException`, ...
    pub code: &'static str,
    /// AWS's words.
    pub message: String,
    /// HTTP status.
    pub status: u16,
}

impl ServiceError {
    /// A refusal with status 400, which most have.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: 400,
        }
    }

    /// The same with another status.
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
