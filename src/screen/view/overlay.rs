//! The shape of every layer over the page: a frame with a title, fixed lines above and below, and
//! lines that scroll between them. Sheets and dialogs only supply their lines.

use super::{borders, styled_line::StyledLine, text_writer::Canvas};
use crate::screen::notices::page as wording;
use crate::screen::{state::MouseTarget, theme::Role};
use ratatui::layout::{Position, Rect};

/// The content of a layer.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The title in the upper edge.
    pub title: StyledLine,
    /// Fixed lines above.
    pub head: Vec<StyledLine>,
    /// Lines that scroll.
    pub lines: Vec<StyledLine>,
    /// Fixed lines below.
    pub foot: Vec<StyledLine>,
    /// The scroll offset.
    pub scroll: usize,
    /// The line under the cursor: always visible and highlighted.
    pub selected: Option<usize>,
    /// The first line of a list that takes clicks.
    pub list: Option<usize>,
    /// The text cursor: line of `head`, column.
    pub typing: Option<(usize, u16)>,
    /// The text cursor: line of `foot`, column.
    pub answering: Option<(usize, u16)>,
    /// Width within the frame, in columns.
    pub width: u16,
    /// The role of the frame.
    pub role: Role,
    /// The key that scrolls by a page.
    pub page_key: String,
}

impl Overlay {
    /// An empty layer, `width` columns wide.
    pub fn new(title: StyledLine, width: u16) -> Self {
        Self {
            title,
            head: Vec::new(),
            lines: Vec::new(),
            foot: Vec::new(),
            scroll: 0,
            selected: None,
            list: None,
            typing: None,
            answering: None,
            width,
            role: Role::Focus,
            page_key: String::new(),
        }
    }

    /// The area of its frame on `screen`; header and footer stay visible where possible.
    fn area(&self, screen: Rect) -> Rect {
        let all = self.head.len() + self.lines.len() + self.foot.len() + 2;
        let most = screen.height.saturating_sub(3);
        let height = u16::try_from(all).unwrap_or(u16::MAX).min(most);
        let width = (self.width + 4).min(screen.width);
        Rect::new(
            screen.x + (screen.width - width) / 2,
            screen.y + 2 + (most - height) / 3,
            width,
            height,
        )
    }

    /// Rows for the lines that scroll.
    fn room(&self, area: Rect) -> usize {
        usize::from(area.height).saturating_sub(2 + self.head.len() + self.foot.len())
    }

    /// The first visible line: as scrolled, but with the selected line visible.
    fn top(&self, room: usize) -> usize {
        let most = self.lines.len().saturating_sub(room);
        match self.selected {
            Some(selected) => self
                .scroll
                .max((selected + 1).saturating_sub(room))
                .min(selected)
                .min(most),
            None => self.scroll.min(most),
        }
    }
}

/// Draws it. Returns its area and the position of the text cursor.
pub fn draw(canvas: &mut Canvas<'_>, overlay: &Overlay) -> (Rect, Option<Position>) {
    let area = overlay.area(canvas.buf.area);
    let ground = canvas.styles.dialog_background();
    canvas.clear(area, ground);
    borders::frame(canvas, area, overlay.role);
    let mut writer = borders::title(canvas, area);
    writer.write(" ", Role::Text);
    overlay.title.write_to(&mut writer);
    writer.write(" ", Role::Text);
    let inner = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    };
    let room = overlay.room(area);
    let top = overlay.top(room);
    lines(canvas, overlay, area, inner);
    for (y, words) in overlay.foot.iter().rev().enumerate() {
        if let Some(line) = inner.height.checked_sub(y as u16 + 1) {
            words.write_to(&mut canvas.line(inner, line));
        }
    }
    // Right below the lines that scroll, where the foot leaves a line free for it.
    let free = overlay
        .foot
        .first()
        .is_some_and(StyledLine::is_empty)
        .then(|| area.height.checked_sub(1 + overlay.foot.len() as u16))
        .flatten();
    scroll_note(
        canvas,
        area,
        free,
        (top, overlay.lines.len(), room),
        &overlay.page_key,
    );
    let below = |(line, column): (usize, u16)| {
        Some((
            inner
                .height
                .checked_sub((overlay.foot.len() - line) as u16)?,
            column,
        ))
    };
    let typing = overlay
        .answering
        .and_then(below)
        .or_else(|| overlay.typing.map(|(line, column)| (line as u16, column)))
        .map(|(line, column)| {
            Position::new(
                (inner.x + column).min(inner.right().saturating_sub(1)),
                inner.y + line,
            )
        });
    (area, typing)
}

/// Draws the fixed lines above, and the visible ones of those that scroll.
fn lines(canvas: &mut Canvas<'_>, overlay: &Overlay, area: Rect, inner: Rect) {
    for (y, words) in overlay.head.iter().enumerate() {
        words.write_to(&mut canvas.line(inner, y as u16));
    }
    let room = overlay.room(area);
    let top = overlay.top(room);
    canvas.measured.layer_height = Some(room);
    canvas.measured.scroll_limit = overlay.lines.len().saturating_sub(room);
    let first = overlay.head.len();
    for (y, (place, words)) in overlay
        .lines
        .iter()
        .enumerate()
        .skip(top)
        .take(room)
        .enumerate()
    {
        let y = (first + y) as u16;
        words.write_to(&mut canvas.line(inner, y));
        let line = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(2),
            y: inner.y + y,
            height: 1,
        };
        if let Some(entry) = overlay.list.and_then(|list| place.checked_sub(list)) {
            canvas.target(line, MouseTarget::Line(entry));
        }
        if overlay.selected == Some(place) {
            canvas.highlight(line);
        }
    }
}

/// Draws how many lines are scrolled out (given: lines above, all, visible) and the key that
/// scrolls to them: on line `free` of `area`, else in its lower edge.
fn scroll_note(
    canvas: &mut Canvas<'_>,
    area: Rect,
    free: Option<u16>,
    (top, all, room): (usize, usize, usize),
    turns: &str,
) {
    if all <= room {
        return;
    }
    let (above, below) = canvas.glyphs.more;
    let mut note = StyledLine::new();
    if top > 0 {
        note = note.add(format!(" {above} {top} "), Role::Key);
    }
    if all > top + room {
        note = note.add(
            format!(" {below} {} ", wording::more_below(all - top - room)),
            Role::Key,
        );
        if !turns.is_empty() {
            note = note.add(format!("{turns} "), Role::Key);
        }
    }
    if let Some(y) = free {
        let mut writer = canvas.line(
            Rect {
                x: area.x + 2,
                width: area.width.saturating_sub(4),
                ..area
            },
            y,
        );
        note.write_to(&mut writer);
    } else {
        let mut writer = borders::foot(canvas, area);
        writer.advance(writer.remaining().saturating_sub(note.width() as u16 + 1));
        note.write_to(&mut writer);
    }
}
