//! The cursor of a table.

use super::Table;
use crate::domain::{Record, Timestamp};

impl Table {
    /// Puts the cursor on `record` at the next rebuild, and drops filters that would hide it.
    pub fn select(&mut self, record: &Record, now: Timestamp) {
        self.groupings.ask(record, now);
        self.set_filter("");
        self.waste_only = false;
        self.at = Some(record.head.key.clone());
        self.touched = true;
        self.built = None;
    }

    /// Moves the cursor to index `to`, at most to the end.
    pub fn go(&mut self, to: usize) {
        self.cursor = to.min(self.rows.len().saturating_sub(1));
        self.at = self.key().cloned();
        self.pin_cursor();
    }

    /// Keeps the cursor on its row from now on, because the user acts on that row.
    pub fn pin_cursor(&mut self) {
        self.touched |= !self.rows.is_empty();
    }

    /// Resets the cursor: the rows change, and the user has chosen none of the new ones.
    pub fn reset_cursor(&mut self) {
        (self.at, self.cursor, self.top, self.touched) = (None, 0, 0, false);
        self.built = None;
    }

    /// Moves a cursor that was never used to the first row.
    pub fn reset_unused_cursor(&mut self) {
        if !self.touched && self.cursor > 0 {
            (self.cursor, self.top) = (0, 0);
            self.at = self.key().cloned();
        }
    }

    /// The first visible row when `height` rows are visible: as last drawn, or the nearest one with
    /// which the cursor is visible.
    pub fn first_visible(&self, height: usize) -> usize {
        let height = height.max(1);
        let last = self.rows.len().saturating_sub(height);
        self.top
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(last)
    }
}
