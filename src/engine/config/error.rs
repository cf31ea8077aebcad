//! Errors of the configuration file, with line and remedy.

use std::{fmt, io, path::PathBuf};

/// The configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The file has an invalid line.
    #[error("{}:{problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line and the message.
        problem: ConfigProblem,
    },
}

/// An invalid line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Line number, from one.
    pub line: usize,
    /// The problem and its remedy.
    pub message: String,
    /// The text of the line.
    pub text: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)?;
        if self.text.is_empty() {
            Ok(())
        } else {
            write!(f, "\n  | {}", self.text)
        }
    }
}

/// Number of the line of `text` with the byte `start`, from one.
pub(super) fn line_of(text: &str, start: usize) -> usize {
    text.get(..start.min(text.len()))
        .unwrap_or_default()
        .matches('\n')
        .count()
        + 1
}

/// A problem at the byte `start` of `text`.
pub(super) fn locate(text: &str, start: usize, message: String) -> ConfigProblem {
    let line = line_of(text, start);
    let source = text.lines().nth(line - 1).unwrap_or_default();
    ConfigProblem {
        line,
        message,
        text: crate::domain::text::printable(source.trim()).into_owned(),
    }
}
