//! Rows as machines read them: one object with stable keys, as JSON, CSV or aligned text.
//!
//! Base units throughout: seconds, fractions of one, US dollars, RFC 3339 UTC.

mod csv;
mod focus;
mod table;
#[cfg(test)]
mod tests;

pub use csv::{csv, csv_columns, record, written};
pub use focus::focus;
pub use table::{aligned, findings_columns, findings_table, table, table_fields};

use crate::{
    domain::{
        CommonField, FieldMeta, PaneMeta, Record, SortKey, Timestamp, UsdPerHour, Value,
        pane::FieldSource, text,
    },
    rules::Finding,
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value as Json, json};

/// Keys of the `fields` that every finding has; its evidence follows.
pub const FINDING_FIELDS: [&str; 10] = [
    "message",
    "confidence",
    "recommendation",
    "remedy",
    "saving_usd_per_hour",
    "saving_usd_per_month",
    "exposure_usd_per_hour",
    "exposure_usd_per_month",
    "waste_usd_per_month",
    "arithmetic",
];

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
        head.set(CommonField::Kind.key(), json!(finding.rule));
        let priced = |waste: UsdPerHour| match finding.waste_estimate {
            Some(_) => Json::Null,
            None => json!(waste.0),
        };
        head.set(CommonField::Waste.key(), priced(finding.waste));
        let estimate = Value::opt(finding.waste_estimate, Value::Rate);
        head.set(CommonField::WasteEstimate.key(), estimate.json());
        let as_of = Value::opt(finding.as_of, Value::Moment);
        head.set(CommonField::AsOf.key(), as_of.json());
        // At the effective price, as the burn beside it.
        let paid = record.head.paid_share();
        let waste = finding.waste * paid;
        // Prepaid capacity has no discount.
        let prepaid = record.head.is_prepaid();
        let exposure = finding.exposure * if prepaid { 1.0 } else { paid };
        head.set(CommonField::EffectiveWaste.key(), priced(waste));
        let mut fields = Pairs::default();
        let recommendation = finding
            .fix
            .map_or(Json::Null, |operation| json!(operation.id()));
        let own = [
            json!(finding.message),
            json!(finding.confidence.word()),
            recommendation,
            json!(finding.recommendation),
            json!((finding.saving * paid).0),
            json!(finding.within_month(finding.saving * paid).0),
            json!(exposure.0),
            json!(finding.within_month(exposure).0),
            json!(finding.within_month(waste).0),
            json!(finding.arithmetic),
        ];
        for (key, value) in FINDING_FIELDS.into_iter().zip(own) {
            fields.set(key, value);
        }
        for (name, value) in &finding.evidence {
            fields.set(name, value.json());
        }
        Self { head, fields }
    }

    /// The value of a common column or of a field.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.head.get(key).or_else(|| self.fields.get(key))
    }

    /// The value as a number, if it is one.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key).and_then(Json::as_f64)
    }

    /// Drops all but `keys` and brings them into their order.
    pub fn keep(&mut self, keys: &[String]) {
        for pairs in [&mut self.head, &mut self.fields] {
            let kept = keys.iter().filter_map(|key| {
                let value = pairs.get(key)?;
                Some((key.clone(), value.clone()))
            });
            *pairs = Pairs(kept.collect());
        }
    }
}

/// The place of a value in an order of rows.
pub fn sort_key(value: Option<&Json>) -> SortKey {
    match value {
        None | Some(Json::Null) => SortKey::Missing,
        Some(value) => value
            .as_f64()
            .map_or_else(|| SortKey::text(&plain(value)), SortKey::number),
    }
}

/// The fields of the pane's own, without the common columns.
pub fn own(meta: &PaneMeta) -> impl Iterator<Item = &FieldMeta> {
    meta.fields
        .iter()
        .filter(|field| !matches!(field.from, FieldSource::Head(_)))
}

/// The common columns of `record`, by key.
fn head(record: &Record, now: Timestamp) -> Pairs {
    let pairs = CommonField::ALL.iter().map(|field| {
        let value = field.value(&record.head, now);
        (field.key().to_owned(), value.json())
    });
    Pairs(pairs.collect())
}

/// An array of objects, an object a line, ending in a newline. Characters that would act on a
/// terminal are escaped.
pub fn json<T: serde::Serialize>(lines: &[T]) -> String {
    let objects: Vec<String> = lines
        .iter()
        .map(|line| format!("  {}", object(line)))
        .collect();
    if objects.is_empty() {
        "[]\n".to_owned()
    } else {
        format!("[\n{}\n]\n", objects.join(",\n"))
    }
}

/// An object a line, for programs that read a stream (NDJSON).
pub fn ndjson<T: serde::Serialize>(lines: &[T]) -> String {
    lines.iter().map(|line| object(line) + "\n").collect()
}

/// JSON without characters that would act on a terminal.
fn object<T: serde::Serialize>(line: &T) -> String {
    text::escape_json(&serde_json::to_string(line).unwrap_or_else(|_| "null".to_owned()))
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

/// The text of a value; empty without one.
fn plain_cell(value: Option<&Json>) -> String {
    value.map(plain).unwrap_or_default()
}
