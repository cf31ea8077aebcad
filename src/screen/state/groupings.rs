//! The groupings of a pane, shown one at a time: the values of its grouping field, and the chosen
//! one.

use crate::domain::{FieldMeta, Record, Timestamp, Value};
use std::sync::Arc;

/// The groupings of a table; most tables have none.
#[derive(Clone, Debug, Default)]
pub struct Groupings {
    /// The grouping field.
    field: Option<FieldMeta>,
    /// Its values in order of first appearance.
    pub values: Vec<Arc<str>>,
    /// The chosen value; without one, or while no row has it, the first value is shown.
    asked: Option<Arc<str>>,
}

impl Groupings {
    /// The groupings by `field`.
    pub fn by(field: Option<&FieldMeta>) -> Self {
        Self {
            field: field.cloned(),
            ..Self::default()
        }
    }

    /// The grouping field; `None` for a table without groupings.
    pub fn field(&self) -> Option<&FieldMeta> {
        self.field.as_ref()
    }

    /// The index of the value shown.
    pub fn place(&self) -> usize {
        let asked = self
            .asked
            .as_ref()
            .and_then(|asked| self.values.iter().position(|value| value == asked));
        asked.unwrap_or(0)
    }

    /// The value shown.
    pub fn shown(&self) -> Option<&Arc<str>> {
        self.values.get(self.place())
    }

    /// Shows the value at `place`; `false` if there is none.
    pub fn choose(&mut self, place: usize) -> bool {
        let found = self.values.get(place).cloned();
        let there = found.is_some();
        self.asked = found.or(self.asked.take());
        there
    }

    /// Shows the value of `row`.
    pub fn ask(&mut self, row: &Record, now: Timestamp) {
        let asked = self.field.as_ref().and_then(|field| value(field, row, now));
        self.asked = asked.or(self.asked.take());
    }

    /// Shows the next or the previous value, around the ends.
    pub fn step(&mut self, forward: bool) -> bool {
        let len = self.values.len();
        len > 0 && self.choose((self.place() + if forward { 1 } else { len - 1 }) % len)
    }

    /// Replaces `values` with the distinct grouping values of `rows`.
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

    /// Whether `row` has the value shown.
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
