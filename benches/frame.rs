//! The time of one frame with 100, 1,000 and 10,000 rows: only visible rows may cost time.
//!
//! The overview and one pane in full, on a terminal of 140 by 40.

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::{buffer::Buffer, layout::Rect};
use spendtop::screen::{
    App,
    fixture::{self, press},
    view::draw,
};
use std::hint::black_box;

const SIZE: (u16, u16) = (140, 40);

fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    for rows in [100, 1_000, 10_000] {
        for (page, keys) in [("overview", ""), ("pane", "2 2")] {
            let mut app = App::new(fixture::setup(
                fixture::inventory(&fixture::many(rows)),
                SIZE,
            ));
            assert!(press(&mut app, keys).is_ok(), "keys of the default keymap");
            let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
            group.bench_function(format!("{page}_{rows}"), |bencher| {
                bencher.iter(|| {
                    draw(black_box(&app), &mut buffer);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, frame);
criterion_main!(benches);
