//! Metadata of a pane: its fields, operations, IAM actions, refresh intervals and what the screen
//! needs to know to lay it out. Built once from the pane's folder in `collectors`.

use super::{
    Operation, PaneId, Record, ResourceKind, Service, Timestamp, Value,
    resource::columns::CommonField,
};
use std::time::Duration;

/// Alignment of a column's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// Width of a column, in terminal columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Exactly this many.
    Fixed(u16),
    /// At least `min`; the columns that are left are shared by `weight`.
    Flex {
        /// Minimum.
        min: u16,
        /// Weight among the flexible columns.
        weight: u16,
    },
}

/// When a column, or a pane's tile, is shown.
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

/// Source of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSource {
    /// A common column.
    Head(CommonField),
    /// Index into the record's own values.
    Own(usize),
    /// Index into the record's own values: dollars at list, which are shown as they are paid.
    Paid(usize),
}

impl FieldSource {
    /// The value in `record` as of `now`.
    pub fn value(self, record: &Record, now: Timestamp) -> Value {
        let own = |place: usize| record.own.get(place).cloned().unwrap_or(Value::None);
        match self {
            Self::Head(field) => field.value(&record.head, now),
            Self::Own(place) => own(place),
            Self::Paid(place) => match own(place) {
                Value::Usd(list) => Value::Usd(list * record.head.paid_share()),
                other => other,
            },
        }
    }
}

/// One column, detail line, sort key, filter word and export field, with the source `S` of its
/// value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMeta<S = FieldSource> {
    /// snake_case word: filter, sort, JSON.
    pub id: &'static str,
    /// Column heading: the id, or an abbreviation of it.
    pub title: &'static str,
    /// Meaning and unit, for help and details.
    pub doc: &'static str,
    /// Column width.
    pub width: Width,
    /// Text alignment.
    pub align: Align,
    /// When it is shown.
    pub show: Visibility,
    /// Source of its value.
    pub from: S,
}

impl<S> FieldMeta<S> {
    /// The field of a common column, whose value comes from `from`.
    pub const fn of(field: CommonField, show: Visibility, from: S) -> Self {
        let column = field.column();
        Self {
            id: column.id,
            title: column.title,
            doc: column.doc,
            width: column.width,
            align: column.align,
            show,
            from,
        }
    }

    /// The same field with another source.
    pub fn with_source<T>(&self, from: T) -> FieldMeta<T> {
        FieldMeta {
            id: self.id,
            title: self.title,
            doc: self.doc,
            width: self.width,
            align: self.align,
            show: self.show,
            from,
        }
    }
}

impl FieldMeta {
    /// The field of a common column.
    pub const fn head(field: CommonField, show: Visibility) -> Self {
        Self::of(field, show, FieldSource::Head(field))
    }

    /// The value of this field in `record` as of `now`.
    pub fn value(&self, record: &Record, now: Timestamp) -> Value {
        self.from.value(record, now)
    }
}

/// Refresh intervals of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// Between two reads of the inventory.
    pub inventory: Duration,
    /// Between two reads of the metrics.
    pub metrics: Duration,
}

/// The extent of one source of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceScope {
    /// One account in one region.
    Region,
    /// One account, all regions.
    Account,
}

/// Metadata of a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct PaneMeta {
    /// Its id.
    pub id: PaneId,
    /// Text of its tab.
    pub title: &'static str,
    /// Its rows, in words, for help and docs.
    pub doc: &'static str,
    /// The kinds of its rows, the main one first.
    pub kinds: &'static [ResourceKind],
    /// All fields, in column order.
    pub fields: Vec<FieldMeta>,
    /// Operations its rows may offer.
    pub operations: &'static [Operation],
    /// IAM actions that its collection needs.
    pub needs: Vec<&'static str>,
    /// Refresh intervals.
    pub cadence: Cadence,
    /// The extent of one source.
    pub scope: SourceScope,
    /// The field of the default sort order, descending.
    pub sort: &'static str,
    /// When it has a tile on the Overview: `Always`, or on a large terminal (`Wide`) only.
    pub tile: Visibility,
    /// Its reports carry the account's bill: month to date, budgets, discounts.
    pub is_bill: bool,
    /// Its rows have contributing resources in other panes.
    pub has_contributors: bool,
    /// Fields with series of dollars, by day or hour, that the full pane draws as a chart: one at a
    /// time, the first one by default; of the row under the cursor, or the sum of all rows.
    pub chart: &'static [&'static str],
    /// A text field that groups the rows: one group is shown at a time, by default that of the
    /// first row.
    pub grouping: Option<&'static str>,
}

impl PaneMeta {
    /// The service whose bill has its rows; `None` of a pane about the bill itself.
    pub fn service(&self) -> Option<Service> {
        self.kinds.first()?.service()
    }

    /// The field named `id`.
    pub fn field(&self, id: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.id == id)
    }
}
