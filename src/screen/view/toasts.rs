//! Short messages above the footer, at the right, newest lowest.
//!
//! Must not know who sent them.

use super::pen::{Canvas, wrap};
use crate::{
    domain::text,
    screen::{App, app::Tone, theme::Role},
};
use ratatui::layout::Rect;

/// Widest message, and most lines of one.
const WIDEST: u16 = 72;
const LINES: usize = 3;

/// Draws them above `footer`.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, footer: Rect) {
    let widest = WIDEST.min(footer.width.saturating_sub(6));
    let mut bottom = footer.y;
    for toast in app.toasts.iter().rev() {
        let (sign, role) = match toast.tone {
            Tone::Info => (canvas.glyphs.bullet, Role::Focus),
            Tone::Good => (canvas.glyphs.done, Role::Good),
            Tone::Bad => (canvas.glyphs.failed, Role::Bad),
        };
        let lines = wrap(&toast.text, widest);
        let lines = &lines[..lines.len().min(LINES)];
        let width = lines.iter().map(|line| text::width(line)).max().unwrap_or(0) as u16 + 4;
        let height = lines.len() as u16;
        if bottom < footer.y.saturating_sub(12) || bottom < height + 3 {
            break;
        }
        bottom -= height;
        let area = Rect::new(footer.right().saturating_sub(width + 1), bottom, width, height);
        let ground = canvas.skin.surface();
        canvas.clear(area, ground);
        for (y, line) in lines.iter().enumerate() {
            let mut pen = canvas.line(area, y as u16);
            pen.say(" ", role).say(if y == 0 { sign } else { " " }, role).say(" ", role);
            pen.say(line, if toast.tone == Tone::Bad { Role::Bad } else { Role::Text });
        }
    }
}
