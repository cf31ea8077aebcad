//! Preferences: what the screen keeps from one run to the next.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Choices made on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// The theme's name.
    pub theme: Option<String>,
    /// By pane id: the field it is sorted by, and whether descending.
    pub sorts: BTreeMap<String, (String, bool)>,
}
