//! What the rest of the house knows of a pane: its fields, operations, needs and rhythm. Built once from
//! the pane's file.

use super::{Operation, Record, Timestamp, Value, resource::record::CommonField};
use std::time::Duration;

/// A pane's word: `gpus`, `notebooks`. Used in `ls`, keymaps, config and `--pane`.
pub type PaneId = &'static str;

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Exactly so many columns.
    Fixed(u16),
    /// At least `min`; shares what is left by `weight`.
    Flex {
        /// Fewest columns.
        min: u16,
        /// Share of the rest.
        weight: u16,
    },
}

/// When a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// In a tile and at 80 columns.
    Always,
    /// From about 100 columns.
    Medium,
    /// From about 140 columns.
    Wide,
    /// Only in details, filters and export.
    Detail,
}

/// Where a field's value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSource {
    /// In the head.
    Head(CommonField),
    /// At this place of the record's own values.
    Own(usize),
}

/// One column, detail line, sort key, filter word and export field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMeta {
    /// snake_case word: filter, sort, JSON.
    pub id: &'static str,
    /// Column heading.
    pub title: &'static str,
    /// What it means and its unit, for help and details.
    pub doc: &'static str,
    /// Column width.
    pub width: Width,
    /// Text alignment.
    pub align: Align,
    /// When it is shown.
    pub show: Visibility,
    /// Where its value is.
    pub from: FieldSource,
}

impl FieldMeta {
    /// The value of this field in `record` as of `now`.
    pub fn value(&self, record: &Record, now: Timestamp) -> Value {
        match self.from {
            FieldSource::Head(field) => field.value(&record.head, now),
            FieldSource::Own(place) => record.own.get(place).cloned().unwrap_or(Value::None),
        }
    }
}

/// How often a pane's source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// Between two looks at the inventory.
    pub inventory: Duration,
    /// Between two readings of its metrics.
    pub metrics: Duration,
}

/// What one source of a pane covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceScope {
    /// One account in one region.
    Region,
    /// One account, all regions.
    Account,
}

/// A pane, erased.
#[derive(Clone, Debug, PartialEq)]
pub struct PaneMeta {
    /// Its word.
    pub id: PaneId,
    /// Its tab's text.
    pub title: &'static str,
    /// What its rows are, for help.
    pub doc: &'static str,
    /// All fields, in column order.
    pub fields: Vec<FieldMeta>,
    /// Operations its rows may offer.
    pub operations: &'static [Operation],
    /// IAM actions that its collection needs.
    pub needs: &'static [&'static str],
    /// How often it is read.
    pub cadence: Cadence,
    /// What one source covers.
    pub scope: SourceScope,
    /// The field it is sorted by at first, descending.
    pub sort: &'static str,
    /// Fields with series of dollars, by day or hour, that the full pane draws as a chart: one at a
    /// time, the first at first; of the row under the cursor, or all rows' sum.
    pub chart: &'static [&'static str],
    /// A text field whose values are views of their own: one is shown at a time, the first row's at
    /// first.
    pub facet: Option<&'static str>,
}

impl PaneMeta {
    /// The field named `id`.
    pub fn field(&self, id: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.id == id)
    }
}
