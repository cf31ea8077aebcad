//! What a table and a page are called.

use crate::domain::{PaneId, pane_id::FINDINGS};

/// Which table: also the name of a tile of the Overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tile {
    /// The findings, ranked by what they waste.
    Waste,
    /// The rows of a pane.
    Pane(PaneId),
}

impl Tile {
    /// The word for it in commands, file names and preferences.
    pub fn id(self) -> &'static str {
        match self {
            Self::Waste => FINDINGS,
            Self::Pane(id) => id,
        }
    }
}

/// What fills the body of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// All tiles.
    Overview,
    /// One table in full.
    Full(Tile),
}
