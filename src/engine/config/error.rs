//! What is wrong with a configuration file, and where.

use std::{fmt, io, path::PathBuf};

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}:{at}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, and what is wrong there.
        at: ConfigProblem,
    },
}

/// A line of a file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// From one.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
    /// The line itself.
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

/// The number of the line that `start`, a byte of `text`, stands in; from one.
pub(super) fn line_of(text: &str, start: usize) -> usize {
    text.get(..start.min(text.len()))
        .unwrap_or_default()
        .matches('\n')
        .count()
        + 1
}

/// What is wrong at `start`, a byte of `text`.
pub(super) fn place(text: &str, start: usize, message: String) -> ConfigProblem {
    let line = line_of(text, start);
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    ConfigProblem {
        line,
        message,
        text: crate::domain::text::printable(shown.trim()).into_owned(),
    }
}
