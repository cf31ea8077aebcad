//! The areas of the parts of the page, for a given state and size. [`tiles`] computes them.

mod overview;
#[cfg(test)]
mod tests;
pub mod tiles;

use crate::domain::{PaneMeta, SourceScope};
use crate::screen::{App, Page, Tile, state::table::Table};
use ratatui::layout::Rect;
use tiles::{ScreenLines, TileLayout, TileRequest};

/// Lines for the reason why a tile is empty.
const EXPLAINED: usize = 4;

/// The whole screen.
#[derive(Clone, Debug, Default)]
pub struct ScreenLayout {
    /// Header, tabs, body, footer.
    pub lines: ScreenLines,
    /// Tables with their rows, frame included.
    pub open: Vec<(Tile, Rect)>,
    /// Tables folded to one line.
    pub folded: Vec<(Tile, Rect)>,
    /// A look at the row under the cursor.
    pub preview: Option<Rect>,
    /// The line of groupings above a table.
    pub groupings: Option<Rect>,
    /// The chart above a table.
    pub chart: Option<Rect>,
}

impl ScreenLayout {
    /// The layout of this page at this size; no body if the terminal is too small.
    pub fn of(app: &App) -> Self {
        let lines = tiles::lines(Rect::new(0, 0, app.size.0, app.size.1));
        if lines.body.height == 0 {
            return Self {
                lines,
                ..Self::default()
            };
        }
        let (mut groupings, mut chart) = (None, None);
        let (arranged, of): (TileLayout, Vec<Tile>) = match app.page {
            Page::Full(tile) => {
                let table = app.table(tile);
                let has = |what: fn(&Table) -> bool| table.is_some_and(what);
                let rest;
                (groupings, chart, rest) = tiles::above(
                    lines.body,
                    has(|table| !table.groupings.values.is_empty()),
                    has(|table| table.dollars.is_some()),
                );
                (
                    tiles::full(rest, table.map_or(0, |table| table.rows.len())),
                    vec![tile],
                )
            }
            Page::Overview => {
                let open = app.tiles();
                (overview::overview(lines.body, &requests(app, &open)), open)
            }
        };
        let named = |list: Vec<(usize, Rect)>| {
            list.into_iter()
                .filter_map(|(place, area)| of.get(place).map(|tile| (*tile, area)))
                .collect()
        };
        Self {
            lines,
            open: named(arranged.open),
            folded: named(arranged.folded),
            preview: arranged.preview,
            groupings,
            chart,
        }
    }
}

fn requests(app: &App, tiles: &[Tile]) -> Vec<TileRequest> {
    tiles
        .iter()
        .filter_map(|tile| app.table(*tile))
        .map(|table| {
            let pane = match table.tile {
                Tile::Pane(id) => app.pane(id),
                Tile::Waste => None,
            };
            TileRequest {
                // The reason why there are none takes a few lines.
                rows: if table.rows.is_empty() {
                    EXPLAINED
                } else {
                    table.rows.len()
                },
                dollars: pane.map_or(0.0, |pane| app.inventory.totals(Some(pane.id)).burn.0),
                focused: table.tile == app.focus,
                wide: pane.is_some_and(|pane: &PaneMeta| pane.scope == SourceScope::Account),
            }
        })
        .collect()
}
