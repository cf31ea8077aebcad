//! The marks of a table.

use super::Table;
use crate::domain::ResourceKey;

impl Table {
    /// Whether the row or group `key` is marked.
    pub fn is_marked(&self, key: &ResourceKey) -> bool {
        !self.marks.is_empty()
            && self.marks.contains(
                self.ranking
                    .groups
                    .get(key)
                    .and_then(|members| members.first())
                    .unwrap_or(key),
            )
    }

    /// Marks or unmarks the row under the cursor, with all members of its group.
    pub fn toggle_mark(&mut self) {
        let Some(key) = self.key().cloned() else {
            return;
        };
        let members = self.members(&key).to_vec();
        if self.is_marked(&key) {
            self.marks.retain(|mark| !members.contains(mark));
        } else {
            self.marks.extend(members);
        }
    }

    /// The number of marked rows that the filter hides.
    pub fn hidden_marks(&self) -> usize {
        self.hidden
    }

    /// Clears all marks, of hidden rows too.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.hidden = 0;
    }
}
