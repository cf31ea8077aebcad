//! Reads one rate card: CSV with a header, each row with its source and date.
//!
//! Must not know what the columns mean.

use serde::de::DeserializeOwned;
use std::{collections::HashMap, sync::Arc};

/// A row of a card that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{card} line {line}: {message}")]
pub struct CardError {
    /// File name of the card.
    pub card: &'static str,
    /// Line in it.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

/// Reads cards, keeps what went wrong, and holds every source text once.
#[derive(Default)]
pub(super) struct Reader {
    pub errors: Vec<CardError>,
    texts: HashMap<String, Arc<str>>,
}

impl Reader {
    /// The readable rows of `text`.
    pub fn rows<Row: DeserializeOwned>(&mut self, card: &'static str, text: &str) -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (row, line) in reader.deserialize().zip(2..) {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => self.errors.push(CardError { card, line, message: error.to_string() }),
            }
        }
        rows
    }

    /// `text`, shared with all equal ones.
    pub fn share(&mut self, text: String) -> Arc<str> {
        self.texts.entry(text).or_insert_with_key(|text| Arc::from(text.as_str())).clone()
    }
}
