//! The lines of the screen and one table in full: pure arithmetic on the size of the terminal and
//! the rows that want room. [`super::overview`] arranges the tiles of the Overview.
//!
//! ```text
//!  header                                     one line
//!  tabs                                       one line
//!  body     at 120 columns and more:          under 120 columns:
//!           ┌ findings ─┬ pane ──────┐        ┌ findings ────────┐
//!           │           │            │        │                  │
//!           ├ pane ─────┼ pane ──────┤        └──────────────────┘
//!           ├ pane of the account ───┤         2 GPUs      14 $689/h
//!           └────────────────────────┘         3 Notebooks  9  $11/h
//!  footer                                     one line
//! ```

use ratatui::layout::Rect;

/// The smallest terminal that the console draws in: columns and rows.
pub const SMALLEST: (u16, u16) = (40, 10);
/// Rows of a tile besides its records: two of frame, one of headings.
pub const FRAME: u16 = 3;
/// Fewest rows of an open tile.
pub(super) const MIN_HEIGHT: u16 = 5;
/// Fewest and most rows for a look at the row under the cursor, where there is room for it.
pub(super) const PREVIEW: (u16, u16) = (9, 18);

/// Rows under which a table has no chart above it.
const CHARTED: u16 = 14;
/// Fewest and most rows of a chart, frame included.
const CHART: (u16, u16) = (7, 16);

/// The lines of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenLines {
    /// Account, burn, idle, month to date.
    pub header: Rect,
    /// Pages, and how fresh the numbers are.
    pub tabs: Rect,
    /// Tiles or one table.
    pub body: Rect,
    /// Keys, or a line of input.
    pub footer: Rect,
}

/// The input of the layout about one tile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TileRequest {
    /// The number of its rows.
    pub rows: usize,
    /// Exposure in US dollars per hour: tiles with a high one open first.
    pub dollars: f64,
    /// It has the focus: always open.
    pub focused: bool,
    /// It is about the whole account: placed below the others, over all columns.
    pub wide: bool,
}

/// The areas of tiles, by their index in the requests. Frames of neighbours share a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileLayout {
    /// Tiles with their rows.
    pub open: Vec<(usize, Rect)>,
    /// Tiles folded to one line.
    pub folded: Vec<(usize, Rect)>,
    /// Room for a look at the row under the cursor.
    pub preview: Option<Rect>,
}

/// The lines of a terminal of `area`; all empty if it is smaller than [`SMALLEST`].
pub fn lines(area: Rect) -> ScreenLines {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return ScreenLines::default();
    }
    let line = |y: u16| Rect {
        y: area.y + y,
        height: 1,
        ..area
    };
    let body = Rect {
        y: area.y + 2,
        height: area.height - 3,
        ..area
    };
    ScreenLines {
        header: line(0),
        tabs: line(1),
        body,
        footer: line(area.height - 1),
    }
}

/// The area of the rows of a framed table.
pub fn rows(table: Rect) -> Rect {
    Rect {
        x: table.x.saturating_add(1),
        y: table.y.saturating_add(2),
        width: table.width.saturating_sub(2),
        height: table.height.saturating_sub(FRAME),
    }
}

/// The areas of the groupings and the chart above one table, if it has them and there is room; and
/// the rest.
pub fn above(body: Rect, groupings: bool, chart: bool) -> (Option<Rect>, Option<Rect>, Rect) {
    let (mut line, mut bars, mut rest) = (None, None, body);
    if groupings && rest.height > MIN_HEIGHT {
        line = Some(Rect { height: 1, ..rest });
        rest = Rect {
            y: rest.y + 1,
            height: rest.height - 1,
            ..rest
        };
    }
    if chart && rest.height >= CHARTED {
        let height = (rest.height * 2 / 5).clamp(CHART.0, CHART.1);
        bars = Some(Rect { height, ..rest });
        rest = Rect {
            y: rest.y + height - 1,
            height: rest.height - height + 1,
            ..rest
        };
    }
    (line, bars, rest)
}

/// One table alone, with a preview of its row below where there is room.
pub fn full(body: Rect, rows: usize) -> TileLayout {
    let natural = natural(rows);
    let room = body.height.saturating_sub(natural) + 1;
    if rows > 0 && body.height > natural && room >= PREVIEW.0 {
        let height = room.min(PREVIEW.1);
        let split = body.height - height;
        return TileLayout {
            open: vec![(
                0,
                Rect {
                    height: split + 1,
                    ..body
                },
            )],
            folded: Vec::new(),
            preview: Some(Rect {
                y: body.y + split,
                height,
                ..body
            }),
        };
    }
    TileLayout {
        open: vec![(0, body)],
        ..TileLayout::default()
    }
}

pub(super) fn natural(rows: usize) -> u16 {
    u16::try_from(rows)
        .unwrap_or(u16::MAX)
        .max(1)
        .saturating_add(FRAME)
}
