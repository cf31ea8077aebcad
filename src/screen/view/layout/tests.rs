//! Tiles stay within the body and share only borders.

use super::tiles::{TileRequest, above, full, lines, rows};
use super::{overview::overview, tiles::MIN_HEIGHT};
use proptest::prelude::*;
use ratatui::layout::Rect;

fn estate() -> Vec<TileRequest> {
    let want = |rows, dollars, wide| TileRequest {
        rows,
        dollars,
        focused: false,
        wide,
    };
    let mut all = vec![
        want(9, 413.0, false),
        want(14, 689.0, false),
        want(9, 11.0, false),
        want(12, 201.0, false),
        want(3, 117.0, false),
        want(2, 0.0, true),
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
fn small_screen_keeps_findings_and_folds_other_tiles() {
    let arranged = overview(body(80, 24), &estate());
    assert_eq!(arranged.open[0].0, 0);
    assert!(rows(arranged.open[0].1).height >= 8);
    assert_eq!(arranged.open.len() + arranged.folded.len(), 6);
}

#[test]
fn focused_tile_is_always_open() {
    for focus in 0..6 {
        let mut wants = estate();
        wants
            .iter_mut()
            .enumerate()
            .for_each(|(tile, want)| want.focused = tile == focus);
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
    fn tiles_stay_within_the_body_and_share_only_borders(
        width in 0u16..260, height in 0u16..90, focus in 0usize..6,
        rows_of in proptest::collection::vec(0usize..400, 6),
        dollars in proptest::collection::vec(0.0f64..500.0, 6),
    ) {
        let request = |n: usize| TileRequest {
            rows: rows_of[n],
            dollars: dollars[n],
            focused: n == focus,
            wide: n == 5,
        };
        let wants: Vec<TileRequest> = (0..6).map(request).collect();
        let body = body(width, height);
        prop_assume!(body.height > 0);
        let arranged = overview(body, &wants);
        prop_assert!(arranged.open.iter().any(|(tile, _)| *tile == focus));
        if body.height >= 12 {
            prop_assert_eq!(arranged.open.len() + arranged.folded.len(), 6);
        }
        let tiles = arranged.open.iter().chain(&arranged.folded);
        let areas: Vec<Rect> = tiles.map(|(_, area)| *area).chain(arranged.preview).collect();
        for (place, area) in areas.iter().enumerate() {
            prop_assert_eq!(body.intersection(*area), *area, "{:?}", arranged);
            prop_assert!(area.height > 0);
            for other in &areas[place + 1..] {
                let shared = area.intersection(*other);
                prop_assert!(shared.width.min(shared.height) <= 1, "{:?} {:?}", area, other);
            }
        }
        let (line, bars, rest) = above(body, dollars[0] > 250.0, dollars[1] > 250.0);
        let above = line.map_or(0, |area| area.height) + bars.map_or(0, |area| area.height - 1);
        prop_assert_eq!(above + rest.height, body.height);
        prop_assert!(rest.height >= MIN_HEIGHT && rest.bottom() == body.bottom());
        let alone = full(body, rows_of[0]);
        for area in alone.open.iter().map(|(_, area)| *area).chain(alone.preview) {
            prop_assert_eq!(body.intersection(area), area);
        }
    }
}
