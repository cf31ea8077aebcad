//! The marks of a table: rows, and what rows stand for.

use super::Table;
use crate::domain::ResourceKey;

impl Table {
    /// Whether what the row of `key` stands for is marked.
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

    /// Marks or unmarks what the row under the cursor stands for.
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

    /// Marked rows that the filter hides.
    pub fn hidden_marks(&self) -> usize {
        self.hidden
    }

    /// Takes all marks away, of hidden rows too.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.hidden = 0;
    }
}
