//! What ends the program early: one clear sentence and an exit code.

use std::{fmt, process::ExitCode};

/// Something went wrong while running.
pub const FAILED: u8 = 1;
/// The arguments, the configuration or the credentials are of no use.
pub const UNUSABLE: u8 = 2;
/// Some sources did not answer.
pub const INCOMPLETE: u8 = 3;

/// The end, with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CliError {
    /// What to say.
    pub message: String,
    /// The exit code.
    pub code: u8,
}

impl CliError {
    /// What was asked for cannot be.
    pub fn unusable(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            code: UNUSABLE,
        }
    }

    /// It should have worked.
    pub fn failed(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            code: FAILED,
        }
    }

    /// `word` is none of `known`, which are `what`.
    pub fn unknown<'a>(what: &str, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::unusable(format!(
            "there is no {what} `{}`: expected one of {}",
            crate::domain::text::printable(word),
            known.join(", ")
        ))
    }

    /// Its exit code.
    pub fn exit(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}
