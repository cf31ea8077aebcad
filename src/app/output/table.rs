//! Rows and other cells as aligned text.

use super::{OutputRow, plain_cell};
use crate::{
    domain::{
        Align, CommonField, FieldMeta, PaneMeta, Record, Timestamp, Usd, UsdPerHour, Value,
        Visibility,
        text::{fit, printable, width},
    },
    inventory::Inventory,
    screen::notices::page,
};
use std::sync::Arc;

/// Maximum width of a column of `--output table`.
const MAX_WIDTH: usize = 60;

/// The fields of `meta` that a wide screen shows, without sparklines.
pub fn table_fields<'a>(
    meta: &'a PaneMeta,
    records: &[Arc<Record>],
    now: Timestamp,
) -> Vec<&'a FieldMeta> {
    let is_drawn = |field: &FieldMeta| {
        records
            .iter()
            .any(|record| matches!(field.value(record, now), Value::Series(_)))
    };
    meta.fields
        .iter()
        .filter(|field| field.show != Visibility::Detail && !is_drawn(field))
        .collect()
}

/// The `fields` of `records`, aligned.
pub fn table(fields: &[&FieldMeta], records: &[Arc<Record>], now: Timestamp) -> String {
    let headings: Vec<_> = fields
        .iter()
        .map(|field| (field.title.to_owned(), field.align == Align::Right))
        .collect();
    let lines = records
        .iter()
        .map(|record| {
            fields
                .iter()
                .map(|field| field.value(record, now).show().into_owned())
                .collect()
        })
        .collect();
    aligned(&headings, lines)
}

/// The columns `keys` of findings, aligned.
pub fn findings_columns(lines: &[OutputRow], keys: &[String]) -> String {
    let is_number = |key: &String| lines.iter().any(|line| line.number(key).is_some());
    let headings: Vec<_> = keys
        .iter()
        .map(|key| (key.clone(), is_number(key)))
        .collect();
    let cells = |line: &OutputRow| keys.iter().map(|key| plain_cell(line.get(key))).collect();
    aligned(&headings, lines.iter().map(cells).collect())
}

/// The ranked findings, aligned.
pub fn findings_table(world: &Inventory, lines: &[OutputRow]) -> String {
    let headings = ["WASTE/h", "KIND", "NAME", "REGION", "OWNER", "MESSAGE"];
    let headings = headings.map(|text| (text.to_owned(), text.ends_with("/h")));
    let lines = lines
        .iter()
        .map(|line| {
            let waste = line.number(CommonField::Waste.key());
            let estimate = || Some(UsdPerHour(line.number(CommonField::WasteEstimate.key())?));
            let waste = waste.map(|waste| Usd(waste).to_string());
            let estimate = || estimate().map(page::estimated_waste);
            let mut cells = vec![waste.or_else(estimate).unwrap_or_default()];
            let text = |key| plain_cell(line.get(key));
            cells.extend(["kind", "name", "region", "owner", "message"].map(text));
            cells
        })
        .collect();
    let table = aligned(&headings, lines);
    let totals = world.totals(None);
    let count = |count, what| (count > 0).then(|| format!("({count} more {what})\n"));
    let unpriced = count(totals.unpriced_rows, "unpriced");
    let wasting = count(totals.unpriced_wasting_rows, "of unknown price are waste");
    let unjudged = count(totals.unjudged_rows, "could not be judged");
    table
        + &unpriced.unwrap_or_default()
        + &wasting.unwrap_or_default()
        + &unjudged.unwrap_or_default()
}

/// Cells under their headings; `true` aligns a column to the right. The last column is not cut.
pub fn aligned(headings: &[(String, bool)], lines: Vec<Vec<String>>) -> String {
    let last = headings.len().saturating_sub(1);
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(place, (title, _))| {
            let widest = lines
                .iter()
                .filter_map(|cells| cells.get(place))
                .map(|cell| width(&printable(cell)))
                .max()
                .unwrap_or_default();
            let widest = if place == last {
                widest
            } else {
                widest.min(MAX_WIDTH)
            };
            widest.max(width(title))
        })
        .collect();
    let titles = headings.iter().map(|(title, _)| title.clone()).collect();
    let mut out = String::new();
    for cells in std::iter::once(titles).chain(lines) {
        let cells: Vec<String> = cells
            .iter()
            .zip(&widths)
            .zip(headings)
            .map(|((cell, columns), (_, right))| fit(&printable(cell), *columns, *right))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}
