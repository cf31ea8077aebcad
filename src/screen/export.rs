//! A table as text for a file: CSV, JSON, Markdown.

use crate::domain::{FieldMeta, Record, Timestamp, Value, pane::Visibility, text};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

macro_rules! formats {
    ($($name:ident $id:literal $ending:literal $doc:literal;)*) => {
        /// A file format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ExportFormat { $(#[doc = $doc] $name,)* }
        impl ExportFormat {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its word.
            pub fn id(self) -> &'static str { match self { $(Self::$name => $id,)* } }
            /// The extension of its file names.
            pub fn ending(self) -> &'static str { match self { $(Self::$name => $ending,)* } }
            /// Its contents and use.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

formats! {
    Csv "csv" "csv" "all fields, plain numbers: for a spreadsheet";
    Json "json" "json" "all fields, plain numbers: for a program";
    Markdown "markdown" "md" "the columns of the screen: for a report";
}

/// `rows` in `format`, as of `now`.
pub fn write(
    format: ExportFormat,
    fields: &[FieldMeta],
    rows: &[Arc<Record>],
    now: Timestamp,
) -> String {
    match format {
        ExportFormat::Csv => csv(fields, rows, now),
        ExportFormat::Json => json(fields, rows, now),
        ExportFormat::Markdown => markdown(fields, rows, now),
    }
}

fn csv(fields: &[FieldMeta], rows: &[Arc<Record>], now: Timestamp) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut lines = vec![
        fields
            .iter()
            .map(|field| field.id.to_owned())
            .collect::<Vec<_>>(),
    ];
    lines.extend(rows.iter().map(|row| {
        fields
            .iter()
            .map(|field| plain(&field.value(row, now)))
            .collect()
    }));
    for line in lines {
        // Writing to memory does not fail.
        let _ = writer.write_record(line);
    }
    writer
        .into_inner()
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// A value as a spreadsheet takes it: numbers bare, and no text that a spreadsheet would run as a
/// formula.
fn plain(value: &Value) -> String {
    if let Value::Tags(_) = value {
        return text::spreadsheet_cell(&value.show());
    }
    match value.json() {
        Json::Null => String::new(),
        Json::String(value) => text::spreadsheet_cell(&value),
        Json::Array(_) => value
            .number()
            .map(|newest| newest.to_string())
            .unwrap_or_default(),
        other => other.to_string(),
    }
}

fn json(fields: &[FieldMeta], rows: &[Arc<Record>], now: Timestamp) -> String {
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            Json::Object(
                fields
                    .iter()
                    .map(|field| (field.id.to_owned(), field.value(row, now).json()))
                    .collect::<Map<_, _>>(),
            )
        })
        .collect();
    text::escape_json(&serde_json::to_string_pretty(&rows).unwrap_or_default()) + "\n"
}

fn markdown(fields: &[FieldMeta], rows: &[Arc<Record>], now: Timestamp) -> String {
    let fields: Vec<&FieldMeta> = fields
        .iter()
        .filter(|field| field.show != Visibility::Detail)
        .collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(fields.iter().map(|field| field.title.to_owned()).collect());
    let rule = |field: &&FieldMeta| {
        if field.align == crate::domain::Align::Right {
            "---:"
        } else {
            "---"
        }
    };
    text += &line(fields.iter().map(|field| rule(field).to_owned()).collect());
    for row in rows {
        text += &line(
            fields
                .iter()
                .map(|field| text::markdown_cell(&field.value(row, now).show()))
                .collect(),
        );
    }
    text
}
