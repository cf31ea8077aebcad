//! Where everything stands: pure arithmetic on the size of the terminal and what wants room.
//!
//! Shared by drawing, by paging keys and by the mouse.
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

/// Fewest columns and rows the console draws itself in.
pub const SMALLEST: (u16, u16) = (40, 10);
/// From so many columns tiles stand side by side.
const SIDE_BY_SIDE: u16 = 120;
/// From so many columns there are three columns of tiles.
const THREE: u16 = 190;
/// Rows of a tile besides its records: two of frame, one of headings.
pub const FRAME: u16 = 3;
/// Fewest rows of an open tile.
const LEAST: u16 = 5;
/// Fewest and most rows for a look at the row under the cursor, where there is room for it.
const PREVIEW: (u16, u16) = (9, 18);

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

/// What one tile asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TileRequest {
    /// Records it has.
    pub rows: usize,
    /// Dollars per hour at stake: what is open first where room is short.
    pub dollars: f64,
    /// Its keys act now: always open.
    pub focused: bool,
    /// Tells of the whole account: stands below the others, over all columns.
    pub wide: bool,
}

/// Where tiles stand, by their place in the list of wants. Frames of neighbours share a line.
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

/// Where the records of a framed table stand.
pub fn rows(table: Rect) -> Rect {
    Rect {
        x: table.x.saturating_add(1),
        y: table.y.saturating_add(2),
        width: table.width.saturating_sub(2),
        height: table.height.saturating_sub(FRAME),
    }
}

/// A line of choices and a chart above one table, where `facets` and `chart` ask for them and there
/// is room; and what is left.
pub fn above(body: Rect, facets: bool, chart: bool) -> (Option<Rect>, Option<Rect>, Rect) {
    let (mut line, mut bars, mut rest) = (None, None, body);
    if facets && rest.height > LEAST {
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

/// One table alone, with a look at its row below where room is left over.
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

/// The tiles of the Overview. The first want is that of the findings.
pub fn overview(body: Rect, wants: &[TileRequest]) -> TileLayout {
    side_by_side(body, wants).unwrap_or_else(|| stacked(body, wants))
}

fn natural(rows: usize) -> u16 {
    u16::try_from(rows)
        .unwrap_or(u16::MAX)
        .max(1)
        .saturating_add(FRAME)
}

fn side_by_side(body: Rect, wants: &[TileRequest]) -> Option<TileLayout> {
    if body.width < SIDE_BY_SIDE || wants.len() < 3 {
        return None;
    }
    let columns: usize = if body.width >= THREE { 3 } else { 2 };
    let places = columns_of(columns, wants);
    let strips: Vec<usize> = (0..wants.len()).filter(|tile| wants[*tile].wide).collect();
    let tallest = places.iter().map(Vec::len).max().unwrap_or(0) as u16;
    // Strips take what they need, up to a quarter.
    let below: u16 = strips
        .iter()
        .map(|tile| natural(wants[*tile].rows).min((body.height / 4).max(LEAST)) - 1)
        .sum();
    let above = body.height.checked_sub(below)?;
    if above < tallest * (LEAST - 1) + 1 {
        return None;
    }
    let mut out = TileLayout::default();
    let left_share = match (columns, body.width) {
        (2, 0..136) => 52,
        (2, _) => 55,
        _ => 36,
    };
    let mut x = body.x;
    for (place, tiles) in places.iter().enumerate() {
        let last = place + 1 == columns;
        let rest = body.right() - x;
        let share = if place == 0 {
            body.width * left_share / 100
        } else {
            rest / (columns - place) as u16
        };
        let column = Rect {
            x,
            y: body.y,
            width: if last { rest } else { share + 1 },
            height: above,
        };
        // A look at the row under the cursor stands below the findings, if these leave room.
        let spare = above.saturating_sub(
            tiles
                .iter()
                .map(|tile| natural(wants[*tile].rows) - 1)
                .sum::<u16>(),
        );
        let look = if place == 0 && spare >= PREVIEW.0 {
            spare.min(PREVIEW.1)
        } else {
            0
        };
        let heights = share_out(above - look.saturating_sub(1), tiles, wants);
        let mut y = body.y;
        for (tile, height) in tiles.iter().zip(heights) {
            out.open.push((
                *tile,
                Rect {
                    y,
                    height,
                    ..column
                },
            ));
            y += height - 1;
        }
        if look > 0 {
            out.preview = Some(Rect {
                y,
                height: body.y + above - y,
                ..column
            });
        }
        x += column.width - 1;
    }
    let mut y = body.y + above - 1;
    for (place, tile) in strips.iter().enumerate() {
        let height = natural(wants[*tile].rows).min((body.height / 4).max(LEAST));
        let height = if place + 1 == strips.len() {
            body.bottom() - y
        } else {
            height
        };
        out.open.push((*tile, Rect { y, height, ..body }));
        y += height - 1;
    }
    Some(out)
}

/// Which tiles stand in which column. The findings lead the first; the others keep their order and
/// their column, however many rows they have, so that nothing jumps.
fn columns_of(columns: usize, wants: &[TileRequest]) -> Vec<Vec<usize>> {
    let mut places = vec![vec![0]];
    places.resize(columns, Vec::new());
    let panes: Vec<usize> = (1..wants.len()).filter(|tile| !wants[*tile].wide).collect();
    for (place, tile) in panes.iter().enumerate() {
        let column = if columns == 2 {
            usize::from(place % 3 != 1)
        } else {
            1 + place * (columns - 1) / panes.len()
        };
        places[column].push(*tile);
    }
    places
}

/// Heights of `tiles` below each other in `height` rows with shared frames: all reach what they
/// want, or the largest give way together. What is left over goes to the last.
fn share_out(height: u16, tiles: &[usize], wants: &[TileRequest]) -> Vec<u16> {
    let wanted: Vec<u16> = tiles
        .iter()
        .map(|tile| natural(wants[*tile].rows))
        .collect();
    let shared = (tiles.len() as u16).saturating_sub(1);
    let sum = |cap: u16| {
        wanted
            .iter()
            .map(|expected| u32::from((*expected).min(cap)))
            .sum::<u32>()
    };
    let room = u32::from(height + shared);
    let cap = (LEAST..=height.max(LEAST))
        .take_while(|cap| sum(*cap) <= room)
        .last()
        .unwrap_or(LEAST);
    let mut heights: Vec<u16> = wanted.iter().map(|expected| (*expected).min(cap)).collect();
    let mut left =
        room.saturating_sub(heights.iter().map(|height| u32::from(*height)).sum()) as u16;
    for (height, expected) in heights.iter_mut().zip(&wanted) {
        let more = (*expected - *height).min(left);
        *height += more;
        left -= more;
    }
    if let Some(last) = heights.last_mut() {
        *last += left;
    }
    heights
}

fn stacked(body: Rect, wants: &[TileRequest]) -> TileLayout {
    let mut order: Vec<usize> = (0..wants.len()).collect();
    order.sort_by(|a, b| rank(*b, wants).total_cmp(&rank(*a, wants)));
    // Folded tiles are left to the tabs where even they have no room.
    let folds = body.height >= LEAST + (order.len() as u16).saturating_sub(1);
    let fold_lines = |open: usize| {
        if folds {
            (order.len() - open) as u16
        } else {
            0
        }
    };
    let least =
        |tile: usize| natural(wants[tile].rows).min(if tile == 0 { FRAME + 8 } else { FRAME + 4 });
    let focused = (0..wants.len())
        .find(|tile| wants[*tile].focused)
        .unwrap_or(0);
    let both = focused != 0 && 2 * LEAST - 1 + fold_lines(2) <= body.height;
    let mut open = if both {
        vec![0, focused]
    } else {
        vec![focused]
    };
    let mut used: u16 = 1 + open.iter().map(|tile| least(*tile) - 1).sum::<u16>();
    for tile in &order {
        if !open.contains(tile)
            && used + least(*tile) - 1 + fold_lines(open.len() + 1) <= body.height
        {
            used += least(*tile) - 1;
            open.push(*tile);
        }
    }
    let room = body.height - fold_lines(open.len());
    let natural_sum: u16 = open
        .iter()
        .map(|tile| natural(wants[*tile].rows) - 1)
        .fold(0, u16::saturating_add);
    let spare = room.saturating_sub(natural_sum);
    let look = if spare >= PREVIEW.0 {
        spare.min(PREVIEW.1)
    } else {
        0
    };
    let mut out = TileLayout::default();
    let mut y = body.y;
    let floors: Vec<u16> = open.iter().map(|tile| least(*tile)).collect();
    for (tile, height) in open.iter().zip(in_turn(
        room - look.saturating_sub(1),
        &open,
        &floors,
        wants,
    )) {
        out.open.push((*tile, Rect { y, height, ..body }));
        y += height - 1;
    }
    if look > 0 {
        out.preview = Some(Rect {
            y,
            height: body.y + room - y,
            ..body
        });
    }
    let rest = (0..wants.len()).filter(|tile| folds && !open.contains(tile));
    out.folded = rest
        .enumerate()
        .map(|(place, tile)| {
            (
                tile,
                Rect {
                    y: body.y + room + place as u16,
                    height: 1,
                    ..body
                },
            )
        })
        .collect();
    out
}

/// Heights of `tiles` below each other in `height` rows with shared frames: each has its floor,
/// then the first takes all it wants, then the next. What is left over goes to the last; what is
/// short is taken from the first.
fn in_turn(height: u16, tiles: &[usize], floors: &[u16], wants: &[TileRequest]) -> Vec<u16> {
    let mut heights = floors.to_vec();
    let mut left = i32::from(height) + i32::from(tiles.len() as u16)
        - 1
        - heights.iter().map(|height| i32::from(*height)).sum::<i32>();
    for (tile, height) in tiles.iter().zip(&mut heights) {
        let change = left
            .min(i32::from(natural(wants[*tile].rows)) - i32::from(*height))
            .max(i32::from(LEAST - 1) - i32::from(*height));
        *height = (i32::from(*height) + change) as u16;
        left -= change;
    }
    if let (Some(last), 1..) = (heights.last_mut(), left) {
        *last += left as u16;
    }
    heights
}

/// The findings and the focused tile first, then by dollars, tiles of the whole account last.
fn rank(tile: usize, wants: &[TileRequest]) -> f64 {
    let expected = wants[tile];
    match (tile, expected.focused, expected.wide) {
        (0, _, _) => f64::INFINITY,
        (_, true, _) => f64::MAX,
        (_, _, true) => -1.0,
        _ => expected.dollars,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn estate() -> Vec<TileRequest> {
        let expected = |rows, dollars, wide| TileRequest {
            rows,
            dollars,
            focused: false,
            wide,
        };
        let mut all = vec![
            expected(9, 413.0, false),
            expected(14, 689.0, false),
            expected(9, 11.0, false),
            expected(12, 201.0, false),
            expected(3, 117.0, false),
            expected(2, 0.0, true),
        ];
        all[0].focused = true;
        all
    }

    fn body(width: u16, height: u16) -> Rect {
        lines(Rect::new(0, 0, width, height)).body
    }

    #[test]
    fn wide_screens_show_every_tile() {
        for (width, height) in [(120, 40), (140, 40), (200, 60), (320, 100)] {
            let arranged = overview(body(width, height), &estate());
            assert_eq!(
                (arranged.open.len(), arranged.folded.len()),
                (6, 0),
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn a_small_screen_keeps_the_findings_and_folds_the_rest() {
        let arranged = overview(body(80, 24), &estate());
        assert_eq!(arranged.open[0].0, 0);
        assert!(rows(arranged.open[0].1).height >= 8);
        assert_eq!(arranged.open.len() + arranged.folded.len(), 6);
    }

    #[test]
    fn the_focused_tile_is_always_open() {
        for focus in 0..6 {
            let mut wants = estate();
            wants
                .iter_mut()
                .enumerate()
                .for_each(|(tile, expected)| expected.focused = tile == focus);
            let arranged = overview(body(80, 24), &wants);
            assert!(
                arranged
                    .open
                    .iter()
                    .any(|(tile, area)| *tile == focus && rows(*area).height > 0),
                "{focus}: {arranged:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn everything_stands_within_the_body_and_only_frames_are_shared(
            width in 0u16..260, height in 0u16..90, focus in 0usize..6,
            rows_of in proptest::collection::vec(0usize..400, 6), dollars in proptest::collection::vec(0.0f64..500.0, 6),
        ) {
            let wants: Vec<TileRequest> = (0..6).map(|n| TileRequest { rows: rows_of[n], dollars: dollars[n], focused: n == focus, wide: n == 5 }).collect();
            let body = body(width, height);
            prop_assume!(body.height > 0);
            let arranged = overview(body, &wants);
            prop_assert!(arranged.open.iter().any(|(tile, _)| *tile == focus));
            if body.height >= 12 {
                prop_assert_eq!(arranged.open.len() + arranged.folded.len(), 6);
            }
            let areas: Vec<Rect> = arranged.open.iter().chain(&arranged.folded).map(|(_, area)| *area).chain(arranged.preview).collect();
            for (place, area) in areas.iter().enumerate() {
                prop_assert_eq!(body.intersection(*area), *area, "{:?}", arranged);
                prop_assert!(area.height > 0);
                for other in &areas[place + 1..] {
                    let shared = area.intersection(*other);
                    prop_assert!(shared.width.min(shared.height) <= 1, "{:?} {:?}", area, other);
                }
            }
            let (line, bars, rest) = above(body, dollars[0] > 250.0, dollars[1] > 250.0);
            let stacked = line.map_or(0, |area| area.height) + bars.map_or(0, |area| area.height - 1) + rest.height;
            prop_assert_eq!(stacked, body.height);
            prop_assert!(rest.height >= LEAST && rest.bottom() == body.bottom());
            let alone = full(body, rows_of[0]);
            for area in alone.open.iter().map(|(_, area)| *area).chain(alone.preview) {
                prop_assert_eq!(body.intersection(area), area);
            }
        }
    }
}
