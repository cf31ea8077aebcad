//! The rows of a pane as they are shown: filtered and in order.
//!
//! Must not know columns' widths or the screen.

use super::{World, query::Query};
use crate::domain::{FieldMeta, PaneId, Record, Stamp, Value};
use std::{cmp::Ordering, sync::Arc};

/// By which field rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// Field id; an id the pane does not have orders by name.
    pub field: &'static str,
    /// Largest first. What is not known comes last either way.
    pub descending: bool,
}

/// A value's place in the order, worked out once a row. Agrees with [`Value::order`].
enum Rank {
    Number(f64),
    Text(String),
    Missing,
}

impl Rank {
    fn of(value: &Value) -> Self {
        match value.number() {
            Some(number) => Self::Number(number),
            None if value.is_known() && !matches!(value, Value::Series(_)) => Self::Text(value.show().to_lowercase()),
            None => Self::Missing,
        }
    }

    fn order(&self, other: &Self, descending: bool) -> Ordering {
        let ascending = match (self, other) {
            (Self::Missing, Self::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Text(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Text(_)) => Ordering::Greater,
        };
        if descending { ascending.reverse() } else { ascending }
    }
}

/// The rows of `pane` that `query` lets through, ordered by `sort`; what is not known last, ties by name, then by key.
pub fn view(world: &World, pane: PaneId, query: &Query, sort: &Sort, now: Stamp) -> Vec<Arc<Record>> {
    let Some(meta) = world.pane(pane) else { return Vec::new() };
    let field = meta.field(sort.field);
    let rows = world.rows(pane).filter(|record| query.matches(record, &meta.fields, now));
    ordered(rows, field, sort.descending, now)
}

/// `rows` ordered by `field` (by name without one).
pub fn ordered<'a>(
    rows: impl Iterator<Item = &'a Arc<Record>>,
    field: Option<&FieldMeta>,
    descending: bool,
    now: Stamp,
) -> Vec<Arc<Record>> {
    let mut ranked: Vec<(Rank, &Arc<Record>)> =
        rows.map(|record| (field.map_or(Rank::Missing, |field| Rank::of(&field.value(record, now))), record)).collect();
    ranked.sort_unstable_by(|(a, left), (b, right)| {
        a.order(b, descending).then_with(|| (&left.head.name, &left.head.key).cmp(&(&right.head.name, &right.head.key)))
    });
    ranked.into_iter().map(|(_, record)| record.clone()).collect()
}
