//! Where everything stands for a given state and size: shared by drawing and by the mouse.
//!
//! Pure: the same state and size give the same places.

use super::{App, Page, Tile};

/// What is under the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A page's tab.
    Tab(Page),
    /// A tile, not one of its rows.
    Tile(Tile),
    /// A row of a table, counted among all its rows.
    Row(Tile, usize),
    /// The head of a column: the field's id.
    Column(Tile, &'static str),
    /// A line of the list in the layer on top (picker, verbs, palette).
    Line(usize),
}

/// What is at column `x`, line `y`.
pub fn hit(_app: &App, _x: u16, _y: u16) -> Option<Hit> {
    None
}

/// Rows of `tile` that can be seen at once; at least 1.
pub fn rows_shown(app: &App, _tile: Tile) -> usize {
    usize::from(app.size.1.saturating_sub(6)).max(1)
}

/// The tiles that the Overview shows at this size, in the order of Tab.
pub fn tiles(app: &App) -> Vec<Tile> {
    app.tables.iter().map(|table| table.tile).collect()
}

/// Lines of the top layer's content that do not fit: the most it can be scrolled.
pub fn overflow(_app: &App) -> usize {
    0
}
