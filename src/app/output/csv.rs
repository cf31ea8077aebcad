//! Rows and other cells as CSV.

use super::{OutputRow, plain_cell};
use crate::domain::{CommonField, text};
use serde_json::Value as Json;

/// CSV with the columns `keys`.
pub fn csv_columns(lines: &[OutputRow], keys: &[String]) -> String {
    let cells = |line: &OutputRow| keys.iter().map(|key| plain_cell(line.get(key))).collect();
    let headings: Vec<&str> = keys.iter().map(String::as_str).collect();
    written(&headings, lines.iter().map(cells))
}

/// CSV: the keys of the common columns, then `own` and any other field that a row has.
pub fn csv(lines: &[OutputRow], own: &[String]) -> String {
    let heads: Vec<String> = CommonField::ALL
        .iter()
        .map(|field| field.key().to_owned())
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
    let mut writer = ::csv::Writer::from_writer(Vec::new());
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
    let mut writer = ::csv::Writer::from_writer(Vec::new());
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
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let cells = cells.iter().map(|cell| text::spreadsheet_cell(cell));
    if let Err(error) = writer.write_record(cells) {
        tracing::error!(%error, "a CSV line could not be written");
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// A cell of CSV, safe for spreadsheets.
pub(super) fn cell(value: Option<&Json>) -> String {
    match value {
        Some(value @ (Json::Number(_) | Json::Bool(_))) => value.to_string(),
        value => text::spreadsheet_cell(&plain_cell(value)),
    }
}
