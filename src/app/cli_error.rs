//! An error that ends the program: a message and an exit code.

use std::{fmt, process::ExitCode};

/// Exit code: the command failed.
pub const FAILED: u8 = 1;
/// Exit code: the arguments, the configuration or the credentials cannot be used.
pub const UNUSABLE: u8 = 2;
/// Exit code: some sources did not answer.
pub const INCOMPLETE: u8 = 3;

/// An error that ends the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CliError {
    /// The message; empty: nothing is printed.
    pub message: String,
    /// The exit code.
    pub code: u8,
}

impl CliError {
    /// Arguments, configuration or credentials that cannot be used.
    pub fn unusable(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            code: UNUSABLE,
        }
    }

    /// A command that failed.
    pub fn failed(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            code: FAILED,
        }
    }

    /// A name that is none of `known`; `kind` is the noun for it.
    pub fn unknown<'a>(kind: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::unusable(format!(
            "there is no {kind} `{}`: expected one of {}",
            crate::domain::text::printable(name),
            known.join(", ")
        ))
    }

    /// The exit code for the process.
    pub fn exit_code(&self) -> ExitCode {
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
    /// A closed pipe (`spendtop ls gpus | head -1`) ends the program quietly and successfully.
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                message: String::new(),
                code: 0,
            };
        }
        Self::failed(error)
    }
}
