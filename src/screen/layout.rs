//! Where everything stands for a given state and size: shared by drawing, by paging keys and by the
//! mouse.
//!
//! Pure: the same state and size give the same places. The arithmetic is [`super::tile_layout`]'s.

use super::{
    App, Page, Tile,
    state::table::Table,
    tile_layout::{self, ScreenLines, TileLayout, TileRequest},
    view::{columns, groupings, overlay, rows, tabs},
};
use crate::domain::{PaneMeta, SourceScope, Visibility};
use ratatui::layout::{Position, Rect};

/// Lines for the reason why a tile is empty.
const EXPLAINED: usize = 4;

/// Terminal size, columns and rows, from which panes of [`PaneMeta::tile`] `Wide` have a tile.
const LARGE: (u16, u16) = (190, 45);

/// What is under the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseTarget {
    /// A page's tab.
    Tab(Page),
    /// A tile, not one of its rows.
    Tile(Tile),
    /// A row of a table, counted among all its rows.
    Row(Tile, usize),
    /// The head of a column: the field's id.
    Column(Tile, &'static str),
    /// A choice of the line above a table, by its place.
    Facet(usize),
    /// A line of the list in the layer on top (picker, verbs, palette).
    Line(usize),
}

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
    /// The line of choices above a table.
    pub facets: Option<Rect>,
    /// The chart above a table.
    pub chart: Option<Rect>,
}

/// Where everything stands.
pub fn places(app: &App) -> ScreenLayout {
    let lines = tile_layout::lines(Rect::new(0, 0, app.size.0, app.size.1));
    if lines.body.height == 0 {
        return ScreenLayout {
            lines,
            ..ScreenLayout::default()
        };
    }
    let (mut facets, mut chart) = (None, None);
    let (arranged, of): (TileLayout, Vec<Tile>) = match app.page {
        Page::Full(tile) => {
            let table = app.table(tile);
            let has = |what: fn(&Table) -> bool| table.is_some_and(what);
            let rest;
            (facets, chart, rest) = tile_layout::above(
                lines.body,
                has(|table| !table.facets.values.is_empty()),
                has(|table| table.dollars.is_some()),
            );
            (
                tile_layout::full(rest, table.map_or(0, |table| table.rows.len())),
                vec![tile],
            )
        }
        Page::Overview => {
            let tiles = tiles(app);
            (
                tile_layout::overview(lines.body, &wants(app, &tiles)),
                tiles,
            )
        }
    };
    let named = |list: Vec<(usize, Rect)>| {
        list.into_iter()
            .filter_map(|(place, area)| of.get(place).map(|tile| (*tile, area)))
            .collect()
    };
    ScreenLayout {
        lines,
        open: named(arranged.open),
        folded: named(arranged.folded),
        preview: arranged.preview,
        facets,
        chart,
    }
}

fn wants(app: &App, tiles: &[Tile]) -> Vec<TileRequest> {
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
                dollars: pane.map_or(0.0, |pane| app.world.totals(Some(pane.id)).burn.0),
                focused: table.tile == app.focus,
                wide: pane.is_some_and(|pane: &PaneMeta| pane.scope == SourceScope::Account),
            }
        })
        .collect()
}

/// What is at column `x`, line `y`.
pub fn hit(app: &App, x: u16, y: u16) -> Option<MouseTarget> {
    let at = Position::new(x, y);
    if !app.layers.is_empty() {
        return overlay::line_at(app, at).map(MouseTarget::Line);
    }
    let places = places(app);
    if places.lines.tabs.contains(at) {
        return tabs::at(app, places.lines.tabs, x).map(MouseTarget::Tab);
    }
    if let Some(line) = places.facets.filter(|line| line.contains(at)) {
        return groupings::at(app, line, x).map(MouseTarget::Facet);
    }
    if let Some((tile, _)) = places.folded.iter().find(|(_, area)| area.contains(at)) {
        return Some(MouseTarget::Tile(*tile));
    }
    // Neighbours share an edge: who has the point inside comes first.
    let inside = |area: &Rect| Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    let found = places
        .open
        .iter()
        .find(|(_, area)| inside(area).contains(at))
        .or_else(|| places.open.iter().find(|(_, area)| area.contains(at)));
    let (tile, area) = *found?;
    let table = app.table(tile)?;
    let body = tile_layout::rows(area);
    if body.contains(at) {
        let row = table.top + usize::from(y - body.y);
        return Some(if row < table.rows.len() {
            MouseTarget::Row(tile, row)
        } else {
            MouseTarget::Tile(tile)
        });
    }
    if y + 1 == body.y && tile != Tile::Waste {
        let left = body.x + rows::GUTTER;
        let chosen = columns::choose(&table.fields, body.width.saturating_sub(rows::GUTTER + 1));
        let column = chosen
            .iter()
            .find(|column| x >= left + column.x && x < left + column.x + column.width);
        if let Some(field) = column.and_then(|column| table.fields.get(column.field)) {
            return Some(MouseTarget::Column(tile, field.id));
        }
    }
    Some(MouseTarget::Tile(tile))
}

/// Rows of `tile` that can be seen at once; at least 1.
pub fn rows_shown(app: &App, tile: Tile) -> usize {
    let places = places(app);
    let area = places
        .open
        .iter()
        .find(|(open, _)| *open == tile)
        .map(|(_, area)| *area);
    area.map_or(1, |area| usize::from(tile_layout::rows(area).height))
        .max(1)
}

/// The tiles that the Overview shows at this size, in the order of Tab. One that is folded opens
/// when it gets the keys.
///
/// A pane with a chart has no tile; some panes have one on a large terminal only.
pub fn tiles(app: &App) -> Vec<Tile> {
    let is_large = app.size.0 >= LARGE.0 && app.size.1 >= LARGE.1;
    let is_always = |id| {
        app.pane(id)
            .is_some_and(|pane| pane.tile == Visibility::Always)
    };
    let has_tile = |table: &&Table| match table.tile {
        Tile::Waste => true,
        Tile::Pane(id) => table.chart.is_none() && (is_large || is_always(id)),
    };
    app.tables
        .iter()
        .filter(has_tile)
        .map(|table| table.tile)
        .collect()
}

/// Lines of the top layer's content that do not fit: the most it can be scrolled.
pub fn overflow(app: &App) -> usize {
    overlay::overflow(app)
}
