//! Frames that grow together where they touch, with a title in the upper edge and notes in the
//! lower one.

use super::text_writer::{Canvas, TextWriter};
use crate::screen::theme::Role;
use ratatui::layout::Rect;

const UP: usize = 1;
const RIGHT: usize = 2;
const DOWN: usize = 4;
const LEFT: usize = 8;

/// Draws the frame of `area` in `role`. Where another frame stands already, the two are joined.
pub fn frame(canvas: &mut Canvas<'_>, area: Rect, role: Role) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (left, right, top, bottom) = (area.left(), area.right() - 1, area.top(), area.bottom() - 1);
    for x in left..=right {
        let sides = if x > left { LEFT } else { 0 } | if x < right { RIGHT } else { 0 };
        let down = if x == left || x == right { DOWN } else { 0 };
        let up = if x == left || x == right { UP } else { 0 };
        join(canvas, x, top, sides | down, role);
        join(canvas, x, bottom, sides | up, role);
    }
    for y in top + 1..bottom {
        join(canvas, left, y, UP | DOWN, role);
        join(canvas, right, y, UP | DOWN, role);
    }
}

fn join(canvas: &mut Canvas<'_>, x: u16, y: u16, arms: usize, role: Role) {
    let (style, signs) = (canvas.style(role), canvas.glyphs.frame);
    if let Some(cell) = canvas.buf.cell_mut((x, y)) {
        let there = signs
            .iter()
            .position(|sign| *sign == cell.symbol())
            .unwrap_or(0);
        cell.set_symbol(signs[there | arms]).set_style(style);
    }
}

/// What lies within the frame of `area`.
pub fn inside(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// A pen on the upper edge, for a title. It leaves the corners alone and starts with a space.
pub fn title<'a>(canvas: &'a mut Canvas<'_>, area: Rect) -> TextWriter<'a> {
    edge(canvas, area, 0)
}

/// A pen on the lower edge.
pub fn foot<'a>(canvas: &'a mut Canvas<'_>, area: Rect) -> TextWriter<'a> {
    edge(canvas, area, area.height.saturating_sub(1))
}

fn edge<'a>(canvas: &'a mut Canvas<'_>, area: Rect, y: u16) -> TextWriter<'a> {
    let inner = Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2),
        ..area
    };
    canvas.line(inner, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{
        theme::{ColorSupport, Theme},
        view::glyphs::UNICODE,
    };
    use ratatui::buffer::Buffer;

    #[test]
    fn touching_frames_are_joined() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 7, 5));
        let theme = Theme::default();
        let mut canvas = Canvas::new(&mut buf, theme.skin(ColorSupport::None), &UNICODE);
        frame(&mut canvas, Rect::new(0, 0, 4, 3), Role::Line);
        frame(&mut canvas, Rect::new(3, 0, 4, 3), Role::Line);
        frame(&mut canvas, Rect::new(0, 2, 7, 3), Role::Line);
        let rows: Vec<String> = buf
            .content
            .chunks(7)
            .map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect())
            .collect();
        assert_eq!(
            rows,
            ["┌──┬──┐", "│  │  │", "├──┴──┤", "│     │", "└─────┘"]
        );
    }

    #[test]
    fn a_frame_too_small_is_no_frame() {
        assert_eq!(inside(Rect::new(3, 3, 1, 9)).area(), 0);
    }
}
