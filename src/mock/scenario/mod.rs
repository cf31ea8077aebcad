//! Scenario files, read and checked. An error has the file, the line and the valid form.

mod check;
pub mod load;
pub(crate) mod spec;
#[cfg(test)]
pub(super) mod tests;
pub mod when;

pub(crate) use check::faults::check as check_faults;

use crate::domain::Timestamp;
use std::sync::Arc;

/// A scenario file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ScenarioError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The problem and the valid form.
    pub message: String,
}

/// The start of a simulation, read from a file and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its description, one line.
    pub description: String,
    /// The time at which it starts.
    pub now: Timestamp,
    /// Enabled regions, the first is home.
    pub regions: Vec<String>,
    /// Twelve digits.
    pub account: String,
    pub(super) file: Arc<spec::File>,
}

impl Scenario {
    /// The shipped scenario `name`.
    pub fn find(name: &str) -> Result<Self, ScenarioError> {
        let shipped = super::SCENARIOS.iter().find(|(known, _)| *known == name);
        let (file, text) = shipped.ok_or_else(|| {
            let known: Vec<_> = super::SCENARIOS.iter().map(|(name, _)| *name).collect();
            ScenarioError {
                file: name.to_owned(),
                line: 0,
                message: format!("no such scenario; shipped are {}", known.join(", ")),
            }
        })?;
        Self::parse(text, &format!("{file}.toml"))
    }

    /// Whether calls beyond AWS's request limits are throttled.
    pub fn has_rate_limits(&self) -> bool {
        self.file.rate_limits
    }

    /// Reads and checks `text`; `file` is for the error.
    pub fn parse(text: &str, file: &str) -> Result<Self, ScenarioError> {
        let fail = |at: usize, message: String| {
            let line = text
                .as_bytes()
                .iter()
                .take(at)
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            ScenarioError {
                file: file.to_owned(),
                line,
                message,
            }
        };
        let read: spec::File = toml::from_str(text).map_err(|error| {
            fail(
                error.span().map_or(0, |span| span.start),
                error.message().to_owned(),
            )
        })?;
        check::check(&read)
            .and_then(|()| check::numbers::check(text))
            .map_err(|(span, message)| fail(span.start, message))?;
        Ok(Self {
            description: read.description.get_ref().clone(),
            now: read.now.0,
            regions: read
                .regions
                .iter()
                .map(|region| region.get_ref().clone())
                .collect(),
            account: read.account.id.get_ref().clone(),
            file: Arc::new(read),
        })
    }
}
