//! The rows that an operation acts on.

use super::super::super::{
    App,
    state::{group::by_rule::is_alike, modal_stack::Layer, table::Table},
};
use crate::domain::{Record, ResourceKey};
use std::{collections::HashSet, sync::Arc};

/// The [`targets`] of an operation; the cursor stays on its row from now on.
pub fn pin_targets(app: &mut App) -> Vec<Arc<Record>> {
    app.pin_cursor();
    targets(app)
}

/// The present records of the resource of the top sheet, else of the marked rows, else of the row
/// or group under the cursor. Current even while the table is paused.
pub fn targets(app: &App) -> Vec<Arc<Record>> {
    let keys: Vec<ResourceKey> = match (app.layers.last(), app.focused()) {
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), Some(table)) if is_alike(&sheet.key) => {
            table.members(&sheet.key).to_vec()
        }
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), _) => vec![sheet.key.clone()],
        (Some(Layer::Contributors(sheet)), _) => sheet.targets(),
        (_, Some(table)) if !table.marks.is_empty() => in_order(table, &table.marks),
        (_, Some(table)) => table
            .key()
            .map(|key| table.members(key).to_vec())
            .unwrap_or_default(),
        (_, None) => Vec::new(),
    };
    keys.iter()
        .filter_map(|key| app.inventory.record(key))
        .cloned()
        .collect()
}

/// The marked keys: visible ones first, in the order of the table.
fn in_order(table: &Table, marks: &HashSet<ResourceKey>) -> Vec<ResourceKey> {
    let visible = table
        .rows
        .iter()
        .flat_map(|record| table.members(&record.head.key));
    let mut unique = HashSet::new();
    let mut keys: Vec<ResourceKey> = visible
        .filter(|key| marks.contains(key) && unique.insert(*key))
        .cloned()
        .collect();
    if keys.len() < marks.len() {
        let included: HashSet<&ResourceKey> = keys.iter().collect();
        let mut hidden: Vec<ResourceKey> = marks
            .iter()
            .filter(|key| !included.contains(key))
            .cloned()
            .collect();
        hidden.sort();
        keys.extend(hidden);
    }
    keys
}
