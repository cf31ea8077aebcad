//! A series as a line of bars. Not ratatui's `Sparkline`: it does not average points that share a
//! column, and rounds small readings down to nothing.

use super::text_writer::TextWriter;
use crate::{domain::Series, screen::theme::Role};

/// Draws the newest part of `series` over all columns of `writer`, one bar a column; readings that
/// share a column are averaged, a column without a reading shows a dot. `full` is the reading of
/// the highest bar: a fraction's 1, or `None` for the series' own peak.
pub fn spark(writer: &mut TextWriter<'_>, series: &Series, full: Option<f64>, role: Role) {
    let columns = usize::from(writer.remaining());
    if columns == 0 {
        return;
    }
    let points = &series.points;
    let per = points.len().div_ceil(columns).max(1);
    let shown = points.len().div_ceil(per);
    writer.advance((columns - shown.min(columns)) as u16);
    let peak = full.unwrap_or_else(|| points.iter().flatten().copied().fold(0.0, f64::max));
    for bucket in points.chunks(per) {
        match mean(bucket) {
            Some(reading) => writer.write(
                writer.glyphs.levels[level(reading, peak, writer.glyphs.levels.len())],
                role,
            ),
            None => writer.write(writer.glyphs.gap, Role::Dim),
        };
    }
}

fn mean(bucket: &[Option<f64>]) -> Option<f64> {
    let (sum, count) = bucket
        .iter()
        .flatten()
        .filter(|reading| reading.is_finite())
        .fold((0.0, 0.0), |(sum, count), reading| {
            (sum + reading, count + 1.0)
        });
    (count > 0.0).then(|| sum / count)
}

/// The index of the bar for `reading` among `levels` bars, of which `peak` fills the highest.
fn level(reading: f64, peak: f64, levels: usize) -> usize {
    if peak <= 0.0 || reading <= 0.0 {
        return 0;
    }
    ((reading / peak * levels as f64).ceil() as usize).clamp(1, levels) - 1
}

/// A bar of `columns` columns, `share` of it full.
pub fn gauge(writer: &mut TextWriter<'_>, columns: u16, share: f64, role: Role) {
    let full = (share.clamp(0.0, 1.0) * f64::from(columns)).round() as u16;
    let (on, off) = writer.glyphs.bar;
    for column in 0..columns {
        if column < full {
            writer.write(on, role)
        } else {
            writer.write(off, Role::Border)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Timestamp,
        screen::{
            theme::{ColorSupport, Theme},
            view::{glyphs::Glyphs, text_writer::Canvas},
        },
    };
    use ratatui::{buffer::Buffer, layout::Rect};

    fn drawn(points: &[Option<f64>], full: Option<f64>, width: u16, ascii: bool) -> String {
        let area = Rect::new(0, 0, width, 1);
        let mut buf = Buffer::empty(area);
        let theme = Theme::default();
        let series = Series {
            start: Timestamp::UNIX_EPOCH,
            step: 60,
            points: points.to_vec(),
        };
        let mut canvas = Canvas::new(
            &mut buf,
            theme.styles(ColorSupport::None),
            Glyphs::of(ascii),
        );
        spark(&mut canvas.line(area, 0), &series, full, Role::Chart);
        buf.content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn sparkline_draws_bars_and_gaps() {
        let rising: Vec<_> = (0..8).map(|n| Some(f64::from(n))).collect();
        assert_eq!(drawn(&rising, Some(8.0), 10, false), "  ▁▁▂▃▄▅▆▇");
        assert_eq!(drawn(&rising, None, 4, false), "▁▃▆█");
        assert_eq!(drawn(&[Some(0.0), None, Some(1.0)], None, 3, false), "▁·█");
        assert_eq!(drawn(&[Some(0.0), None, Some(1.0)], None, 3, true), "_ #");
        assert_eq!(drawn(&[Some(0.03), Some(0.05)], Some(1.0), 2, false), "▁▁");
        assert_eq!(drawn(&[], None, 3, false), "   ");
        assert_eq!(drawn(&rising, None, 0, false), "");
    }
}
