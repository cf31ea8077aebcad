//! Preferences: choices that the screen keeps from one run to the next.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Choices made on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// The theme's name.
    pub theme: Option<String>,
    /// The sort order by pane id: the field, and whether it is descending.
    pub sorts: BTreeMap<String, (String, bool)>,
}
