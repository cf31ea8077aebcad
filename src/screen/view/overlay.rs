//! One shape for everything that lies over the page: a frame with a title, fixed lines above and
//! below, and lines that scroll between them.
//!
//! Each sheet and dialog only says its words.

use super::{
    borders,
    dialogs::{self, confirm},
    sheets::{activity, contributors, details, errors, forecast, help, journal, palette},
    styled_line::StyledLine,
    text_writer::Canvas,
};
use crate::screen::{
    App,
    actions::Action,
    input::keymap::Chord,
    state::{MouseTarget, modal_stack::Layer},
    theme::Role,
};
use ratatui::layout::{Position, Rect};

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Stands in the upper edge.
    pub title: StyledLine,
    /// Always seen, above.
    pub head: Vec<StyledLine>,
    /// Seen in part, where there are many.
    pub lines: Vec<StyledLine>,
    /// Always seen, below.
    pub foot: Vec<StyledLine>,
    /// Lines scrolled out.
    pub scroll: usize,
    /// The line under the cursor: always seen, and lit.
    pub lit: Option<usize>,
    /// The line that is the first of a list one can click on.
    pub list: Option<usize>,
    /// Where the text cursor stands: line of `head`, column.
    pub typing: Option<(usize, u16)>,
    /// The same in `foot`.
    pub answering: Option<(usize, u16)>,
    /// Columns within the frame.
    pub width: u16,
    /// Of the frame.
    pub role: Role,
    /// The key that turns the page of what scrolls.
    pub turns: String,
}

impl Overlay {
    /// Nothing yet, `width` columns wide.
    pub fn new(title: StyledLine, width: u16) -> Self {
        Self {
            title,
            head: Vec::new(),
            lines: Vec::new(),
            foot: Vec::new(),
            scroll: 0,
            lit: None,
            list: None,
            typing: None,
            answering: None,
            width,
            role: Role::Focus,
            turns: String::new(),
        }
    }

    /// Where its frame stands on a screen of `screen`, header and footer left free where that can
    /// be.
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

    /// The first line seen: as scrolled, but never without the lit one.
    fn top(&self, room: usize) -> usize {
        let most = self.lines.len().saturating_sub(room);
        match self.lit {
            Some(lit) => self
                .scroll
                .max((lit + 1).saturating_sub(room))
                .min(lit)
                .min(most),
            None => self.scroll.min(most),
        }
    }
}

/// Columns within a frame that would like `wanted`, on this screen.
pub fn room(screen: Rect, wanted: u16) -> u16 {
    wanted
        .min(
            screen
                .width
                .saturating_sub(if screen.width > 84 { 8 } else { 4 }),
        )
        .max(24)
}

/// What `layer` looks like; `None` if it does not lie over the page.
pub fn of(app: &App, layer: &Layer, screen: Rect) -> Option<Overlay> {
    let mut overlay = match layer {
        Layer::Details(sheet) => details::details(app, sheet, room(screen, 116)),
        Layer::Why(sheet) => details::why(app, sheet, room(screen, 96)),
        Layer::Help(sheet) => help::help(app, sheet, room(screen, 116)),
        Layer::Errors(scroll) => errors::errors(app, *scroll, room(screen, 116)),
        Layer::Outlook(scroll) => forecast::outlook(app, *scroll, room(screen, 116)),
        Layer::Unpriced(scroll) => forecast::unpriced(app, *scroll, room(screen, 100)),
        Layer::Journal(sheet) => journal::journal(app, sheet, room(screen, 160)),
        Layer::Deed(sheet) => journal::deed(app, sheet, room(screen, 116)),
        Layer::Deeds(scroll) => activity::deeds(app, *scroll, room(screen, 140)),
        Layer::Suspects(sheet) => contributors::suspects(app, sheet, room(screen, 150)),
        Layer::Palette(palette) => palette::palette(palette, room(screen, 90)),
        Layer::Dialog(dialog) => match dialog {
            crate::screen::dialogs::Dialog::Confirm(ask) => {
                confirm::confirm(app, ask, room(screen, 104))
            }
            other @ crate::screen::dialogs::Dialog::Laters(_) => {
                dialogs::dialog(app, other, room(screen, 100))
            }
            other => dialogs::dialog(app, other, room(screen, 76)),
        },
        Layer::Filter(_) => return None,
    };
    // Through a list one goes with the cursor.
    if overlay.lit.is_none() {
        overlay.turns = turns(app, layer);
    }
    Some(overlay)
}

/// The key that turns the page of `layer`, the shortest of them; empty if there is none.
fn turns(app: &App, layer: &Layer) -> String {
    let keys = layer
        .contexts()
        .iter()
        .flat_map(|context| app.keymap.keys(*context, &Action::PageDown));
    let spell = |keys: &[Chord]| {
        keys.iter()
            .map(if app.ascii {
                ToString::to_string
            } else {
                Chord::short
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    keys.map(spell).min_by_key(String::len).unwrap_or_default()
}

/// Draws it. Returns its area and the position of the text cursor.
pub fn draw(canvas: &mut Canvas<'_>, overlay: &Overlay) -> (Rect, Option<Position>) {
    let area = overlay.area(canvas.buf.area);
    let ground = canvas.skin.surface();
    canvas.clear(area, ground);
    borders::frame(canvas, area, overlay.role);
    let mut pen = borders::title(canvas, area);
    pen.say(" ", Role::Text);
    overlay.title.write(&mut pen);
    pen.say(" ", Role::Text);
    let inner = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    };
    for (y, words) in overlay.head.iter().enumerate() {
        words.write(&mut canvas.line(inner, y as u16));
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
        words.write(&mut canvas.line(inner, y));
        let line = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(2),
            y: inner.y + y,
            height: 1,
        };
        if let Some(entry) = overlay.list.and_then(|list| place.checked_sub(list)) {
            canvas.target(line, MouseTarget::Line(entry));
        }
        if overlay.lit == Some(place) {
            canvas.light(line);
        }
    }
    for (y, words) in overlay.foot.iter().rev().enumerate() {
        if let Some(line) = inner.height.checked_sub(y as u16 + 1) {
            words.write(&mut canvas.line(inner, line));
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
        &overlay.turns,
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

/// What is scrolled out (lines above, all, seen), and the key that brings it: on line `free` of
/// `area`, else in its lower edge.
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
            format!(" {below} {} more below ", all - top - room),
            Role::Key,
        );
        if !turns.is_empty() {
            note = note.add(format!("{turns} "), Role::Key);
        }
    }
    if let Some(y) = free {
        let mut pen = canvas.line(
            Rect {
                x: area.x + 2,
                width: area.width.saturating_sub(4),
                ..area
            },
            y,
        );
        note.write(&mut pen);
    } else {
        let mut pen = borders::foot(canvas, area);
        pen.skip(pen.left().saturating_sub(note.width() as u16 + 1));
        note.write(&mut pen);
    }
}
