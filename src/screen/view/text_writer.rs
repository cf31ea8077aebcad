//! Writes text into a buffer, left to right, never past an edge. The only way text reaches a cell:
//! [`text::printable`] replaces control characters here, whatever a name from AWS holds.

use super::glyphs::Glyphs;
use crate::{
    domain::text,
    screen::{
        state::{Measurements, MouseTarget},
        theme::{Role, ThemeStyles},
    },
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};
use unicode_segmentation::UnicodeSegmentation;

/// The frame being drawn: its buffer, styles, symbols and measurements.
pub struct Canvas<'a> {
    /// The cells.
    pub buf: &'a mut Buffer,
    /// The styles of roles.
    pub styles: &'a ThemeStyles,
    /// The signs.
    pub glyphs: &'static Glyphs,
    /// The measurements of the frame so far.
    pub measured: Measurements,
}

impl<'a> Canvas<'a> {
    /// Draws into `buf`; nothing is measured yet.
    pub fn new(buf: &'a mut Buffer, styles: &'a ThemeStyles, glyphs: &'static Glyphs) -> Self {
        Self {
            buf,
            styles,
            glyphs,
            measured: Measurements::default(),
        }
    }

    /// A click in `area` acts on `target`.
    pub fn target(&mut self, area: Rect, target: MouseTarget) {
        self.measured.targets.push((area, target));
    }

    /// The style of `role`.
    pub fn style(&self, role: Role) -> Style {
        self.styles.of(role)
    }

    /// A writer at the start of line `y` of `area`; it writes nothing if the line is outside.
    pub fn line(&mut self, area: Rect, y: u16) -> TextWriter<'_> {
        let area = area.intersection(self.buf.area);
        let inside = y < area.height;
        TextWriter {
            buf: self.buf,
            styles: self.styles,
            glyphs: self.glyphs,
            x: area.x,
            y: area.y.saturating_add(y),
            end: if inside { area.right() } else { area.x },
        }
    }

    /// Clears `area` in `style`, with a wide character that reaches into it from the left, which
    /// ratatui's `Clear` leaves in half.
    pub fn clear(&mut self, area: Rect, style: Style) {
        for y in area.top()..area.bottom() {
            if let Some(cell) = area
                .x
                .checked_sub(1)
                .and_then(|x| self.buf.cell_mut((x, y)))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Highlights `area` as the cursor. A symbol whose colour equals that background takes another
    /// colour, so that it stays visible with few colours.
    pub fn highlight(&mut self, area: Rect) {
        let cursor = self.style(Role::Cursor);
        let others = [
            cursor.fg,
            self.style(Role::Text).fg,
            self.style(Role::Background).bg,
        ];
        let area = area.intersection(self.buf.area);
        self.buf.set_style(area, Style { fg: None, ..cursor });
        for place in area.positions() {
            let Some(cell) = self
                .buf
                .cell_mut(place)
                .filter(|cell| cell.fg == cell.bg && cell.fg != Color::Reset)
            else {
                continue;
            };
            if let Some(other) = others.into_iter().flatten().find(|color| *color != cell.bg) {
                cell.set_fg(other);
            }
        }
    }
}

/// A position on one line, with the columns right of it.
pub struct TextWriter<'a> {
    buf: &'a mut Buffer,
    styles: &'a ThemeStyles,
    /// The signs.
    pub glyphs: &'static Glyphs,
    x: u16,
    y: u16,
    end: u16,
}

impl TextWriter<'_> {
    /// Columns left.
    pub fn remaining(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// The column of the next character.
    pub fn x(&self) -> u16 {
        self.x
    }

    /// Moves `columns` to the right.
    pub fn advance(&mut self, columns: u16) -> &mut Self {
        self.x = self.x.saturating_add(columns).min(self.end);
        self
    }

    /// Moves to column `x` of the buffer, if that is ahead.
    pub fn move_to(&mut self, x: u16) -> &mut Self {
        self.x = x.clamp(self.x, self.end.max(self.x));
        self
    }

    /// Ends the line `columns` columns earlier.
    pub fn reserve(&mut self, columns: u16) -> &mut Self {
        self.end = self.end.saturating_sub(columns).max(self.x);
        self
    }

    /// Writes `text` in `role`.
    pub fn write(&mut self, text: &str, role: Role) -> &mut Self {
        let style = self.styles.of(role);
        self.write_styled(text, style)
    }

    /// Writes `text` in `style`, cut with an ellipsis where it does not fit.
    pub fn write_styled(&mut self, text: &str, style: Style) -> &mut Self {
        let room = self.remaining();
        let text = text::printable(text);
        if text.is_ascii() {
            if text.len() <= usize::from(room) {
                self.ascii(&text, style);
            } else if room > 0 {
                self.ascii(text.get(..usize::from(room) - 1).unwrap_or_default(), style);
                self.cell(self.glyphs.more_text, 1, style);
            }
            return self;
        }
        let fits = text::width(&text) <= usize::from(room);
        let last = if fits {
            self.end
        } else {
            self.end.saturating_sub(1)
        };
        for cluster in text.graphemes(true) {
            let width = text::width(cluster) as u16;
            if width == 0 {
                continue;
            }
            if self.x + width > last {
                break;
            }
            self.cell(cluster, width, style);
        }
        if !fits && room > 0 {
            self.cell(self.glyphs.more_text, 1, style);
        }
        self
    }

    /// A writer on the next `columns` columns; this one moves past them.
    pub fn split_left(&mut self, columns: u16) -> TextWriter<'_> {
        let start = self.x;
        self.advance(columns);
        TextWriter {
            buf: self.buf,
            styles: self.styles,
            glyphs: self.glyphs,
            x: start,
            y: self.y,
            end: self.x,
        }
    }

    /// A writer on the last `columns` columns; this one ends before them.
    pub fn split_right(&mut self, columns: u16) -> TextWriter<'_> {
        let (start, end) = (self.end.saturating_sub(columns).max(self.x), self.end);
        self.end = start;
        TextWriter {
            buf: self.buf,
            styles: self.styles,
            glyphs: self.glyphs,
            x: start,
            y: self.y,
            end,
        }
    }

    fn ascii(&mut self, text: &str, style: Style) {
        for byte in text.as_bytes() {
            if let Some(cell) = self.buf.cell_mut((self.x, self.y)) {
                cell.set_char(char::from(*byte)).set_style(style);
            }
            self.x += 1;
        }
    }

    fn cell(&mut self, cluster: &str, width: u16, style: Style) {
        let cluster = self.glyphs.plain(cluster);
        if let Some(cell) = self.buf.cell_mut((self.x, self.y)) {
            cell.set_symbol(cluster).set_style(style);
        }
        for x in self.x + 1..self.x + width {
            if let Some(cell) = self.buf.cell_mut((x, self.y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
        self.x += width;
    }
}

/// Wraps `text` at spaces to lines of at most `columns` columns; longer words are broken.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = usize::from(columns.max(1));
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text::printable(text).split(' ') {
        if !line.is_empty() {
            if text::width(&line) + 1 + text::width(word) <= columns {
                line.push(' ');
                line.push_str(word);
                continue;
            }
            lines.push(std::mem::take(&mut line));
        }
        if text::width(word) <= columns {
            line.push_str(word);
            continue;
        }
        for cluster in word.graphemes(true) {
            // One cluster may be wider than the line.
            let cluster = if text::width(cluster) > columns {
                "…"
            } else {
                cluster
            };
            if text::width(&line) + text::width(cluster) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(cluster);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{
        theme::{ColorSupport, Theme},
        view::glyphs::UNICODE,
    };
    use proptest::prelude::*;

    fn written(text: &str, width: u16) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
        let theme = Theme::default();
        Canvas::new(&mut buf, theme.styles(ColorSupport::None), &UNICODE)
            .line(Rect::new(0, 0, width, 1), 0)
            .write_styled(text, Style::new());
        buf
    }

    /// The line as a terminal shows it: the cell after a wide one is not printed.
    fn shown(buf: &Buffer) -> String {
        let mut out = String::new();
        let mut skip = 0;
        for cell in &buf.content {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = text::width(cell.symbol()).saturating_sub(1);
            out.push_str(cell.symbol());
        }
        out
    }

    #[test]
    fn text_is_cut_at_the_width() {
        assert_eq!(shown(&written("abcdef", 4)), "abc…");
        assert_eq!(shown(&written("訓練ジョブ", 6)), "訓練… ");
        assert_eq!(shown(&written("訓練ジョ", 8)), "訓練ジョ");
        assert_eq!(shown(&written("a\u{1b}[0m", 8)), "a·[0m   ");
        assert_eq!(shown(&written("x", 0)), "");
    }

    #[test]
    fn lines_wrap_at_spaces_and_in_long_words() {
        assert_eq!(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("訓練ジョブ", 4), ["訓練", "ジョ", "ブ"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("並ං！", 2), ["…", "！"], "a cluster of three columns");
    }

    proptest! {
        #[test]
        fn line_fills_exactly_its_width(text in any::<String>(), width in 0u16..40) {
            let buf = written(&text, width);
            prop_assert_eq!(text::width(&shown(&buf)), usize::from(width));
            for cell in &buf.content {
                prop_assert!(!cell.symbol().chars().any(char::is_control));
                prop_assert!(text::width(cell.symbol()) > 0);
            }
        }

        #[test]
        fn wrapped_lines_fit(text in any::<String>(), columns in 2u16..30) {
            for line in wrap(&text, columns) {
                prop_assert!(text::width(&line) <= usize::from(columns));
            }
        }
    }
}
