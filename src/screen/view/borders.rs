//! Frames that are joined where they touch, with a title in the upper edge and notes in the lower
//! one. A [`Block`] draws the frame; the title is written after all frames and cut at the end of
//! the edge.

use super::text_writer::{Canvas, TextWriter};
use crate::screen::theme::Role;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    symbols::merge::MergeStrategy,
    widgets::{Block, Widget},
};

/// Draws the frame of `area` in `role`, joined with the frames that were drawn before.
pub fn frame(canvas: &mut Canvas<'_>, area: Rect, role: Role) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    Block::bordered()
        .border_style(canvas.style(role))
        .merge_borders(MergeStrategy::Exact)
        .render(area, canvas.buf);
}

/// Replaces the signs of frames by ASCII: ratatui joins box-drawing characters only, so frames are
/// drawn with these first.
pub fn to_ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        match cell.symbol() {
            "─" => cell.set_symbol("-"),
            "│" => cell.set_symbol("|"),
            "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴" | "┼" => {
                cell.set_symbol("+")
            }
            _ => continue,
        };
    }
}

/// A writer on the upper edge, for a title. It leaves the corners alone.
pub fn title<'a>(canvas: &'a mut Canvas<'_>, area: Rect) -> TextWriter<'a> {
    edge(canvas, area, 0)
}

/// A writer on the lower edge.
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

    #[test]
    fn adjacent_borders_are_joined() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 7, 5));
        let theme = Theme::default();
        let mut canvas = Canvas::new(&mut buf, theme.styles(ColorSupport::None), &UNICODE);
        frame(&mut canvas, Rect::new(0, 0, 4, 3), Role::Border);
        frame(&mut canvas, Rect::new(3, 0, 4, 3), Role::Border);
        frame(&mut canvas, Rect::new(0, 2, 7, 3), Role::Border);
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
    fn borders_are_ascii_on_ascii_terminals() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 7, 3));
        let theme = Theme::default();
        let mut canvas = Canvas::new(&mut buf, theme.styles(ColorSupport::None), &UNICODE);
        frame(&mut canvas, Rect::new(0, 0, 4, 3), Role::Border);
        frame(&mut canvas, Rect::new(3, 0, 4, 3), Role::Border);
        to_ascii(&mut buf);
        let signs: String = buf
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(signs, "+--+--+|  |  |+--+--+");
    }
}
