//! A one-line text field without control characters.

use crate::domain::text::line;
use tui_input::{Input, InputRequest};

/// Longest text that a field takes, in characters: a longer one is an accidental paste.
const MAX_CHARS: usize = 1000;

/// A one-line text field with its cursor.
#[derive(Clone, Debug, Default)]
pub struct TextField(Input);

impl TextField {
    /// A field that holds `text`, cursor at its end.
    pub fn new(text: &str) -> Self {
        Self(Input::new(line(text)))
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.value().is_empty()
    }

    /// The cursor's distance from the start, in display columns.
    pub fn column(&self) -> usize {
        self.0.visual_cursor()
    }

    /// Display columns to leave out at the left so that the cursor shows in `width` columns.
    pub fn scroll_columns(&self, width: usize) -> usize {
        self.0.visual_scroll(width.saturating_sub(1))
    }

    /// Everything before the cursor.
    pub fn before(&self) -> &str {
        let text = self.0.value();
        text.char_indices()
            .nth(self.0.cursor())
            .map_or(text, |(place, _)| &text[..place])
    }

    /// Puts `text` in its place, cursor at its end.
    pub fn set(&mut self, text: &str) {
        self.0 = Input::new(line(text));
    }

    /// Empties it and returns its text.
    pub fn take(&mut self) -> String {
        self.0.value_and_reset()
    }

    /// Inserts `text` at the cursor. Line ends and tabs become spaces, other control characters are
    /// dropped.
    pub fn insert(&mut self, text: &str) {
        let room = MAX_CHARS.saturating_sub(self.0.value().chars().count());
        for c in line(text).chars().take(room) {
            self.0.handle(InputRequest::InsertChar(c));
        }
    }

    /// Moves the cursor or deletes.
    pub fn edit(&mut self, request: InputRequest) {
        self.0.handle(request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paste_drops_control_characters() {
        let mut field = TextField::new("a");
        field.insert("b\u{1b}[31m\r\nc\td\u{202e}\n");
        assert_eq!(field.text(), "ab[31m  c d");
    }

    #[test]
    fn cursor_counts_columns_and_view_follows() {
        let mut field = TextField::new("訓練");
        assert_eq!((field.column(), field.before()), (4, "訓練"));
        field.edit(InputRequest::GoToPrevChar);
        assert_eq!((field.column(), field.before()), (2, "訓"));
        let long = TextField::new(&"x".repeat(50));
        assert_eq!(long.scroll_columns(20), 31);
    }

    #[test]
    fn field_has_a_maximum_length() {
        let mut field = TextField::default();
        field.insert(&"x".repeat(5000));
        assert_eq!(field.text().len(), MAX_CHARS);
    }
}
