//! Toasts: above the footer at the right, the newest lowest; beside an open question.

use super::text_writer::{Canvas, wrap};
use crate::{
    domain::text,
    screen::{App, notices::Tone, state::Toast, theme::Role},
};
use ratatui::layout::Rect;

/// Widest message, and most lines of one.
const WIDEST: u16 = 72;
const LINES: usize = 3;

/// Draws them above `footer`. They never cover a question: if it leaves no room below, the newest
/// one is above it.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, footer: Rect, question: Option<Rect>) {
    let floor = question.map_or(3, Rect::bottom);
    let mut bottom = footer.y;
    for (age, toast) in app.toasts.iter().rev().enumerate() {
        let lines = wrapped(toast, footer.width);
        let height = lines.len().min(LINES) as u16;
        if bottom >= footer.y.saturating_sub(12) && bottom >= height + floor {
            bottom -= height;
            one(canvas, toast, &lines[..usize::from(height)], footer, bottom);
        } else {
            if let Some(area) = question.filter(|_| age == 0) {
                one(
                    canvas,
                    toast,
                    &lines[..lines.len().min(usize::from(area.y))],
                    footer,
                    0,
                );
            }
            break;
        }
    }
}

fn wrapped(toast: &Toast, columns: u16) -> Vec<String> {
    wrap(&toast.text(), WIDEST.min(columns.saturating_sub(6)))
}

/// `lines` of `toast` at the right of `screen`, from line `y`.
fn one(canvas: &mut Canvas<'_>, toast: &Toast, lines: &[String], screen: Rect, y: u16) {
    let (sign, role) = match toast.notice.tone() {
        Tone::Info => (canvas.glyphs.bullet, Role::Focus),
        Tone::Good => (canvas.glyphs.done, Role::Success),
        Tone::Bad => (canvas.glyphs.failed, Role::Error),
    };
    let width = lines
        .iter()
        .map(|line| text::width(line))
        .max()
        .unwrap_or(0) as u16
        + 4;
    let area = Rect::new(
        screen.right().saturating_sub(width + 1),
        y,
        width,
        lines.len() as u16,
    );
    let ground = canvas.styles.dialog_background();
    canvas.clear(area, ground);
    for (y, line) in lines.iter().enumerate() {
        let mut writer = canvas.line(area, y as u16);
        writer
            .write(" ", role)
            .write(if y == 0 { sign } else { " " }, role)
            .write(" ", role);
        writer.write(
            line,
            if toast.notice.tone() == Tone::Bad {
                Role::Error
            } else {
                Role::Text
            },
        );
    }
}
