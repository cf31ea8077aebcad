//! The visible rows and the click targets of the last frame. Drawing measures them, the event loop
//! stores them with [`super::App::store`], and paging, scrolling and the mouse read them.

use super::page::{Page, Tile};
use ratatui::layout::{Position, Rect};

/// The target of a mouse event at a point of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseTarget {
    /// A page's tab.
    Tab(Page),
    /// A tile, not one of its rows.
    Tile(Tile),
    /// A row of a table, counted among all its rows.
    Row(Tile, usize),
    /// The heading of a column: the field's id.
    Column(Tile, &'static str),
    /// A grouping of the line above a table, by its place.
    Grouping(usize),
    /// A line of the list in the layer on top (picker, operations, palette).
    Line(usize),
}

/// The rows of a table that are visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableWindow {
    /// The table.
    pub tile: Tile,
    /// The first visible row.
    pub top: usize,
    /// How many rows are visible at once; at least 1.
    pub height: usize,
}

/// The visible rows and the click targets of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measurements {
    /// The terminal had room for the page and its layers.
    pub fits: bool,
    /// The open tables.
    pub tables: Vec<TableWindow>,
    /// Lines that the layer on top scrolls through at once; `None` without a layer.
    pub layer_height: Option<usize>,
    /// How far the layer on top can be scrolled.
    pub scroll_limit: usize,
    /// The areas that take clicks; the last one that contains the point counts.
    pub targets: Vec<(Rect, MouseTarget)>,
}

impl Measurements {
    /// Rows of `tile` that are visible at once; 1 if the table is not open.
    pub fn visible_rows(&self, tile: Tile) -> usize {
        self.tables
            .iter()
            .find(|table| table.tile == tile)
            .map_or(1, |table| table.height)
    }

    /// The target at column `x`, line `y`.
    pub fn target(&self, x: u16, y: u16) -> Option<MouseTarget> {
        self.targets
            .iter()
            .rev()
            .find(|(area, _)| area.contains(Position::new(x, y)))
            .map(|(_, target)| *target)
    }
}
