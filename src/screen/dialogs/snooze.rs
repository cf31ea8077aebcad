//! The snooze dialog: how long the ranking hides the findings of rows.

use super::super::input::text_field::TextField;
use super::{keys_of, names_of};
use crate::domain::{Record, ResourceKey, UsdPerHour, time::when};
use std::sync::Arc;

/// The duration offered at first.
const USUAL: &str = "2h";

/// Asks for a length of time.
#[derive(Clone, Debug)]
pub struct SnoozeInput {
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// Their known waste.
    pub waste: UsdPerHour,
    /// Their scheduled operations, which are postponed by the same time.
    pub scheduled: usize,
    /// The answer.
    pub field: TextField,
    /// The error in the answer.
    pub error: Option<String>,
}

impl SnoozeInput {
    /// Asks about `records`, which have `scheduled` operations.
    pub fn new(records: &[Arc<Record>], scheduled: usize) -> Self {
        Self {
            targets: keys_of(records),
            names: names_of(records),
            waste: records
                .iter()
                .filter_map(|record| record.head.waste.known().copied())
                .sum(),
            scheduled,
            field: TextField::new(USUAL),
            error: None,
        }
    }

    /// The typed seconds, or the error in them.
    pub fn seconds(&self) -> Result<f64, String> {
        when::parse_length(self.field.text())
    }
}
