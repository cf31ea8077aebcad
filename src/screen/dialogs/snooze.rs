//! For how long is the finding of a row to rest?

use super::super::input::text_field::TextField;
use crate::domain::{Record, ResourceKey, UsdPerHour, time::when};
use std::sync::Arc;

/// What is offered at first.
const USUAL: &str = "2h";

/// Asks for a length of time.
#[derive(Clone, Debug)]
pub struct SnoozeInput {
    /// Whose findings.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// What they waste, as far as it is known.
    pub waste: UsdPerHour,
    /// Changes agreed for them: put off by as much.
    pub agreed: usize,
    /// The answer.
    pub field: TextField,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl SnoozeInput {
    /// Asks about `records`, for which so many changes are agreed.
    pub fn new(records: &[Arc<Record>], agreed: usize) -> Self {
        Self {
            targets: records
                .iter()
                .map(|record| record.head.key.clone())
                .collect(),
            names: records
                .iter()
                .map(|record| record.head.name.clone())
                .collect(),
            waste: records
                .iter()
                .filter_map(|record| record.head.waste.known().copied())
                .sum(),
            agreed,
            field: TextField::new(USUAL),
            error: None,
        }
    }

    /// The seconds typed, or what is wrong with them.
    pub fn seconds(&self) -> Result<f64, String> {
        when::parse_length(self.field.text())
    }
}
