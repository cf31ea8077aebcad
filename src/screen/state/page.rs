//! The names of tables and pages.

use crate::domain::{PaneId, pane_id::FINDINGS};

/// A table, and its tile on the Overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tile {
    /// The findings, ranked by waste.
    Waste,
    /// The rows of a pane.
    Pane(PaneId),
}

impl Tile {
    /// Its name in commands, file names and preferences.
    pub fn id(self) -> &'static str {
        match self {
            Self::Waste => FINDINGS,
            Self::Pane(id) => id,
        }
    }
}

/// The page in the body of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// All tiles.
    Overview,
    /// One table over the whole body.
    Full(Tile),
}
