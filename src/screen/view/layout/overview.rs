//! The tiles of the Overview: side by side, or stacked and folded where room is short.

use super::tiles::{FRAME, MIN_HEIGHT, PREVIEW, TileLayout, TileRequest, natural};
use ratatui::layout::Rect;

/// Width from which tiles are placed side by side.
const SIDE_BY_SIDE: u16 = 120;
/// Width from which there are three columns of tiles.
const THREE: u16 = 190;

/// The tiles of the Overview. The first request is that of the findings.
pub(super) fn overview(body: Rect, wants: &[TileRequest]) -> TileLayout {
    side_by_side(body, wants).unwrap_or_else(|| stacked(body, wants))
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
        .map(|tile| natural(wants[*tile].rows).min((body.height / 4).max(MIN_HEIGHT)) - 1)
        .sum();
    let above = body.height.checked_sub(below)?;
    if above < tallest * (MIN_HEIGHT - 1) + 1 {
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
        column_of_tiles(&mut out, column, tiles, place == 0, wants);
        x += column.width - 1;
    }
    strip_rows(&mut out, body, body.y + above - 1, &strips, wants);
    Some(out)
}

/// Puts `tiles` below each other into `column`, with a look at the row under the cursor below them
/// if `has_preview` and they leave room.
fn column_of_tiles(
    out: &mut TileLayout,
    column: Rect,
    tiles: &[usize],
    has_preview: bool,
    wants: &[TileRequest],
) {
    // The preview is below the findings, if there is room.
    let spare = column.height.saturating_sub(
        tiles
            .iter()
            .map(|tile| natural(wants[*tile].rows) - 1)
            .sum::<u16>(),
    );
    let look = if has_preview && spare >= PREVIEW.0 {
        spare.min(PREVIEW.1)
    } else {
        0
    };
    let heights = share_out(column.height - look.saturating_sub(1), tiles, wants);
    let mut y = column.y;
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
            height: column.bottom() - y,
            ..column
        });
    }
}

/// Puts the tiles of the whole account below the others, from line `y`, over all columns.
fn strip_rows(out: &mut TileLayout, body: Rect, y: u16, strips: &[usize], wants: &[TileRequest]) {
    let mut y = y;
    for (place, tile) in strips.iter().enumerate() {
        let height = natural(wants[*tile].rows).min((body.height / 4).max(MIN_HEIGHT));
        let height = if place + 1 == strips.len() {
            body.bottom() - y
        } else {
            height
        };
        out.open.push((*tile, Rect { y, height, ..body }));
        y += height - 1;
    }
}

/// The tiles of each column. The findings lead the first; the others keep their order and their
/// column, however many rows they have, so that no tile jumps.
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

/// Heights of `tiles` below each other in `height` rows with shared frames: all get the height they
/// want, or the largest shrink together. The last one gets the remaining rows.
fn share_out(height: u16, tiles: &[usize], wants: &[TileRequest]) -> Vec<u16> {
    let wanted: Vec<u16> = tiles
        .iter()
        .map(|tile| natural(wants[*tile].rows))
        .collect();
    let shared = (tiles.len() as u16).saturating_sub(1);
    let sum = |cap: u16| {
        wanted
            .iter()
            .map(|want| u32::from((*want).min(cap)))
            .sum::<u32>()
    };
    let room = u32::from(height + shared);
    let cap = (MIN_HEIGHT..=height.max(MIN_HEIGHT))
        .take_while(|cap| sum(*cap) <= room)
        .last()
        .unwrap_or(MIN_HEIGHT);
    let mut heights: Vec<u16> = wanted.iter().map(|want| (*want).min(cap)).collect();
    let mut left =
        room.saturating_sub(heights.iter().map(|height| u32::from(*height)).sum()) as u16;
    for (height, want) in heights.iter_mut().zip(&wanted) {
        let more = (*want - *height).min(left);
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
    // If even folded tiles have no room, only the tabs show them.
    let folds = body.height >= MIN_HEIGHT + (order.len() as u16).saturating_sub(1);
    let fold_lines = |open: usize| {
        if folds {
            (order.len() - open) as u16
        } else {
            0
        }
    };
    let least =
        |tile: usize| natural(wants[tile].rows).min(if tile == 0 { FRAME + 8 } else { FRAME + 4 });
    let open = open_tiles(body.height, &order, &fold_lines, &least, wants);
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
    let folded = rest.zip(body.y + room..).map(|(tile, y)| {
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        (tile, line)
    });
    out.folded = folded.collect();
    out
}

/// The tiles that are open in `height` rows: the findings and the focused one, then by rank.
fn open_tiles(
    height: u16,
    order: &[usize],
    fold_lines: &dyn Fn(usize) -> u16,
    least: &dyn Fn(usize) -> u16,
    wants: &[TileRequest],
) -> Vec<usize> {
    let focused = (0..wants.len())
        .find(|tile| wants[*tile].focused)
        .unwrap_or(0);
    let both = focused != 0 && 2 * MIN_HEIGHT - 1 + fold_lines(2) <= height;
    let mut open = if both {
        vec![0, focused]
    } else {
        vec![focused]
    };
    let mut used: u16 = 1 + open.iter().map(|tile| least(*tile) - 1).sum::<u16>();
    for tile in order {
        if !open.contains(tile) && used + least(*tile) - 1 + fold_lines(open.len() + 1) <= height {
            used += least(*tile) - 1;
            open.push(*tile);
        }
    }
    open
}

/// Heights of `tiles` below each other in `height` rows with shared frames: each has its floor,
/// then the first takes all it wants, then the next. The last one gets the remaining rows; if rows
/// are missing, the first ones shrink.
fn in_turn(height: u16, tiles: &[usize], floors: &[u16], wants: &[TileRequest]) -> Vec<u16> {
    let mut heights = floors.to_vec();
    let mut left = i32::from(height) + i32::from(tiles.len() as u16)
        - 1
        - heights.iter().map(|height| i32::from(*height)).sum::<i32>();
    for (tile, height) in tiles.iter().zip(&mut heights) {
        let change = left
            .min(i32::from(natural(wants[*tile].rows)) - i32::from(*height))
            .max(i32::from(MIN_HEIGHT - 1) - i32::from(*height));
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
    let want = wants[tile];
    match (tile, want.focused, want.wide) {
        (0, _, _) => f64::INFINITY,
        (_, true, _) => f64::MAX,
        (_, _, true) => -1.0,
        _ => want.dollars,
    }
}
