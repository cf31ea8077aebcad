//! Rows as machines read them: one object with stable keys, as JSON, CSV or aligned text.
//!
//! Base units throughout: seconds, fractions of one, US dollars, RFC 3339 UTC.

#[cfg(test)]
mod tests;

use crate::{
    domain::{
        Align, CommonField, FieldMeta, PaneMeta, Record, Timestamp, Value, Visibility,
        pane::FieldSource,
        text::{self, fit, width},
    },
    inventory::Inventory,
    rules::Finding,
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value as Json, json};

/// Maximum width of a column of `--output table`.
const MAX_WIDTH: usize = 60;

/// Keys of the `fields` that every finding has; its evidence follows.
pub const FINDING_FIELDS: [&str; 3] = ["message", "confidence", "recommendation"];

/// Keys and values, in insertion order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Pairs(Vec<(String, Json)>);

impl Pairs {
    fn get(&self, key: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    fn set(&mut self, key: &str, value: Json) {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// One row as an object: the common columns by key, and the other columns under `fields`.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRow {
    head: Pairs,
    fields: Pairs,
}

impl Serialize for OutputRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.head.0.len() + 1))?;
        for (key, value) in &self.head.0 {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("fields", &self.fields)?;
        map.end()
    }
}

impl OutputRow {
    /// A row of `meta`'s pane.
    pub fn of_record(record: &Record, meta: &PaneMeta, now: Timestamp) -> Self {
        let fields = own(meta)
            .map(|field| (field.id.to_owned(), field.value(record, now).json()))
            .collect();
        Self {
            head: head(record, now),
            fields: Pairs(fields),
        }
    }

    /// A finding about `record`.
    pub fn of_finding(finding: &Finding, record: &Record, now: Timestamp) -> Self {
        let mut head = head(record, now);
        let mut set = |field: CommonField, value| {
            if let Some(key) = field.column().key {
                head.set(key, value);
            }
        };
        set(CommonField::Kind, json!(finding.rule));
        set(CommonField::Waste, json!(finding.waste.0));
        let mut fields = Pairs::default();
        let recommendation = finding
            .fix
            .map_or(Json::Null, |operation| json!(operation.id()));
        let own = [
            json!(finding.message),
            json!(finding.confidence.word()),
            recommendation,
        ];
        for (key, value) in FINDING_FIELDS.into_iter().zip(own) {
            fields.set(key, value);
        }
        for (name, value) in &finding.evidence {
            fields.set(name, value.json());
        }
        Self { head, fields }
    }
}

/// The fields of the pane's own, without the common columns.
pub fn own(meta: &PaneMeta) -> impl Iterator<Item = &FieldMeta> {
    meta.fields
        .iter()
        .filter(|field| matches!(field.from, FieldSource::Own(_)))
}

/// The common columns of `record`, by key.
fn head(record: &Record, now: Timestamp) -> Pairs {
    let pairs = CommonField::keyed()
        .map(|(key, field)| (key.to_owned(), field.value(&record.head, now).json()));
    Pairs(pairs.collect())
}

/// An array of objects, an object a line, ending in a newline. Characters that would act on a
/// terminal are escaped.
pub fn json<T: serde::Serialize>(lines: &[T]) -> String {
    let object = |line: &T| serde_json::to_string(line).unwrap_or_else(|_| "null".to_owned());
    let objects: Vec<String> = lines
        .iter()
        .map(|line| format!("  {}", text::escape_json(&object(line))))
        .collect();
    if objects.is_empty() {
        "[]\n".to_owned()
    } else {
        format!("[\n{}\n]\n", objects.join(",\n"))
    }
}

/// CSV: the keys of the common columns, then `own` and any other field that a row has.
pub fn csv(lines: &[OutputRow], own: &[String]) -> String {
    let heads: Vec<String> = CommonField::keyed()
        .map(|(key, _)| key.to_owned())
        .collect();
    let mut fields = own.to_vec();
    for key in lines
        .iter()
        .flat_map(|line| line.fields.0.iter().map(|(key, _)| key))
    {
        if !fields.contains(key) {
            fields.push(key.clone());
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| {
        if let Err(error) = writer.write_record(cells) {
            tracing::error!(%error, "a CSV line could not be written");
        }
    };
    // A spreadsheet tells columns apart by their headings.
    let own = fields.iter().map(|key| {
        if heads.contains(key) {
            format!("evidence_{key}")
        } else {
            key.clone()
        }
    });
    write(heads.iter().cloned().chain(own).collect());
    for line in lines {
        let cells = heads.iter().map(|key| cell(line.head.get(key)));
        write(
            cells
                .chain(fields.iter().map(|key| cell(line.fields.get(key))))
                .collect(),
        );
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// Plain cells as CSV.
pub fn written(headings: &[&str], lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| {
        if let Err(error) = writer.write_record(cells) {
            tracing::error!(%error, "a CSV line could not be written");
        }
    };
    write(
        headings
            .iter()
            .map(|heading| (*heading).to_owned())
            .collect(),
    );
    for cells in lines {
        write(
            cells
                .iter()
                .map(|cell| text::spreadsheet_cell(cell))
                .collect(),
        );
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// One line of CSV, without headings.
pub fn record(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells = cells.iter().map(|cell| text::spreadsheet_cell(cell));
    if let Err(error) = writer.write_record(cells) {
        tracing::error!(%error, "a CSV line could not be written");
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(value @ (Json::Number(_) | Json::Bool(_))) => value.to_string(),
        Some(value) => text::spreadsheet_cell(&plain(value)),
    }
}

/// A value in one line: items after spaces, pairs as `key=value` after semicolons.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        Json::Object(pairs) => pairs
            .iter()
            .map(|(key, value)| format!("{key}={}", plain(value)))
            .collect::<Vec<_>>()
            .join(";"),
        other => other.to_string(),
    }
}

/// The columns of a wide screen, aligned, without sparklines.
pub fn table(meta: &PaneMeta, records: &[std::sync::Arc<Record>], now: Timestamp) -> String {
    let drawn = |field: &FieldMeta| {
        records
            .iter()
            .any(|record| matches!(field.value(record, now), Value::Series(_)))
    };
    let fields: Vec<&FieldMeta> = meta
        .fields
        .iter()
        .filter(|field| field.show != Visibility::Detail && !drawn(field))
        .collect();
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

/// The ranked findings, aligned.
pub fn findings_table(world: &Inventory, lines: &[OutputRow]) -> String {
    let headings = ["WASTE/h", "KIND", "NAME", "REGION", "OWNER", "MESSAGE"];
    let headings = headings.map(|text| (text.to_owned(), text.ends_with("/h")));
    let text =
        |line: &OutputRow, key: &str| cell(line.head.get(key).or_else(|| line.fields.get(key)));
    let lines = lines
        .iter()
        .map(|line| {
            let waste = line
                .head
                .get("waste_usd_per_hour")
                .and_then(Json::as_f64)
                .unwrap_or_default();
            let mut cells = vec![crate::domain::Usd(waste).to_string()];
            cells.extend(["kind", "name", "region", "owner", "message"].map(|key| text(line, key)));
            cells
        })
        .collect();
    let table = aligned(&headings, lines);
    match world.totals(None).unpriced_rows {
        0 => table,
        more => format!("{table}({more} more unpriced)\n"),
    }
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
                .map(|cell| width(cell))
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
            .map(|((cell, columns), (_, right))| fit(cell, *columns, *right))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}
