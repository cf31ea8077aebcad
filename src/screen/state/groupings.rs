//! Views of one pane that are shown one at a time: the values of its facet field, and which of them
//! is chosen.

use crate::domain::{FieldMeta, Record, Timestamp, Value};
use std::sync::Arc;

/// The facets of a table; none for most.
#[derive(Clone, Debug, Default)]
pub struct Groupings {
    /// The field whose values they are.
    field: Option<FieldMeta>,
    /// The values, in the order in which the rows first have them.
    pub values: Vec<Arc<str>>,
    /// The one asked for; the first until then, and while there is no such row.
    asked: Option<Arc<str>>,
}

impl Groupings {
    /// The facets by `field`.
    pub fn by(field: Option<&FieldMeta>) -> Self {
        Self {
            field: field.cloned(),
            ..Self::default()
        }
    }

    /// The field, if the table has facets.
    pub fn field(&self) -> Option<&FieldMeta> {
        self.field.as_ref()
    }

    /// Which is shown, by its place.
    pub fn place(&self) -> usize {
        let asked = self
            .asked
            .as_ref()
            .and_then(|asked| self.values.iter().position(|value| value == asked));
        asked.unwrap_or(0)
    }

    /// Which is shown.
    pub fn shown(&self) -> Option<&Arc<str>> {
        self.values.get(self.place())
    }

    /// Shows the one at `place`; says whether there is one.
    pub fn choose(&mut self, place: usize) -> bool {
        let found = self.values.get(place).cloned();
        let there = found.is_some();
        self.asked = found.or(self.asked.take());
        there
    }

    /// Shows the one that `row` is in.
    pub fn ask(&mut self, row: &Record, now: Timestamp) {
        let asked = self.field.as_ref().and_then(|field| value(field, row, now));
        self.asked = asked.or(self.asked.take());
    }

    /// The next one, or the one before, around the ends.
    pub fn step(&mut self, forward: bool) -> bool {
        let len = self.values.len();
        len > 0 && self.choose((self.place() + if forward { 1 } else { len - 1 }) % len)
    }

    /// Learns the values from `rows`.
    pub fn learn<'a>(&mut self, rows: impl Iterator<Item = &'a Arc<Record>>, now: Timestamp) {
        let Some(field) = &self.field else { return };
        self.values.clear();
        for row in rows {
            if let Some(value) = value(field, row, now)
                && !self.values.contains(&value)
            {
                self.values.push(value);
            }
        }
    }

    /// Whether `row` is in the one shown.
    pub fn holds(&self, row: &Record, now: Timestamp) -> bool {
        match (&self.field, self.shown()) {
            (Some(field), Some(shown)) => value(field, row, now).as_ref() == Some(shown),
            _ => true,
        }
    }
}

fn value(field: &FieldMeta, row: &Record, now: Timestamp) -> Option<Arc<str>> {
    match field.value(row, now) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
