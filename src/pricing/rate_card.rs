//! Reads one rate card: CSV with a header, each row with its source and date. Rows of the user's
//! copy of a card override embedded ones.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use std::{
    collections::HashMap,
    fs, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A row of a card that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{card}:{line}: {message}")]
pub struct CardError {
    /// The card: its name if it is embedded, else its path.
    pub card: String,
    /// Line in it.
    pub line: u64,
    /// The problem.
    pub message: String,
}

/// The facts of a card: rows and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFacts {
    /// The card: its name if it is embedded, else its path.
    pub card: String,
    /// Rows that could be read.
    pub rows: usize,
    /// The oldest and the newest date in it, as written.
    pub dates: Option<(String, String)>,
}

/// Reads cards, collects their errors, and keeps each source text once.
#[derive(Default)]
pub(super) struct RateCardReader {
    pub errors: Vec<CardError>,
    pub cards: Vec<CardFacts>,
    /// The folder of the user's copies.
    folder: Option<PathBuf>,
    texts: HashMap<String, Arc<str>>,
}

/// The text of a regular file: reading a pipe would block.
fn read_file(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.is_file() {
        fs::read_to_string(path)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

impl RateCardReader {
    /// Reads copies in `folder` over the embedded cards.
    pub(super) fn with_override_folder(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    /// The readable rows of `text`, then those of the user's copy: the later row wins.
    pub(super) fn rows<Row: DeserializeOwned>(
        &mut self,
        card: &'static str,
        text: &str,
    ) -> Vec<Row> {
        let mut rows = self.parse(card, text);
        let Some(path) = self.folder.as_ref().map(|folder| folder.join(card)) else {
            return rows;
        };
        let name = path.display().to_string();
        match read_file(&path) {
            Ok(text) => rows.extend(self.parse(&name, &text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.errors.push(CardError {
                card: name,
                line: 0,
                message: error.to_string(),
            }),
        }
        rows
    }

    fn parse<Row: DeserializeOwned>(&mut self, card: &str, text: &str) -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        let dated = headers.iter().position(|heading| heading == "as_of");
        let mut facts = CardFacts {
            card: card.to_owned(),
            rows: 0,
            dates: None,
        };
        let mut rows = Vec::new();
        for record in reader.records() {
            let line = match &record {
                Ok(record) => record.position(),
                Err(error) => error.position(),
            };
            let line = line.map_or(0, csv::Position::line);
            match record
                .and_then(|record| record.deserialize(Some(&headers)).map(|row| (row, record)))
            {
                Ok((row, record)) => {
                    rows.push(row);
                    facts.see(dated.and_then(|place| record.get(place)));
                }
                Err(error) => self.errors.push(CardError {
                    card: card.to_owned(),
                    line,
                    message: plain(&error),
                }),
            }
        }
        self.cards.push(facts);
        rows
    }

    /// `text`, shared with all equal ones.
    pub(super) fn share(&mut self, text: String) -> Arc<str> {
        self.texts
            .entry(text)
            .or_insert_with_key(|text| Arc::from(text.as_str()))
            .clone()
    }
}

impl CardFacts {
    fn see(&mut self, date: Option<&str>) {
        self.rows += 1;
        let Some(date) = date.filter(|date| !date.is_empty()) else {
            return;
        };
        match &mut self.dates {
            None => self.dates = Some((date.to_owned(), date.to_owned())),
            Some((oldest, _)) if date < oldest.as_str() => date.clone_into(oldest),
            Some((_, newest)) if date > newest.as_str() => date.clone_into(newest),
            Some(_) => {}
        }
    }
}

/// How a price is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Basis {
    /// A list names it. Also where a user's copy has no such column.
    #[default]
    List,
    /// It follows from other prices.
    Estimate,
}

impl Basis {
    pub(super) fn is_estimate(self) -> bool {
        self == Self::Estimate
    }
}

/// The message of a CSV error without its position.
fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => match err.field() {
            Some(field) => format!("field {}: {}", field + 1, err.kind()),
            None => err.kind().to_string(),
        },
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} fields where the heading has {expected_len}"),
        _ => error.to_string(),
    }
}

/// The accepted prices, in dollars: AWS's lowest is $0.00000875, for 1,000 cached tokens, its
/// highest $761.904, for an hour of a Capacity Block. Others are mistakes, which would dominate a
/// sum.
const PLAUSIBLE: RangeInclusive<f64> = 0.000_001..=1_000_000.0;

/// The problem of a price; `None` if it is valid.
pub(super) fn price_problem(usd: f64) -> Option<String> {
    // NaN is not contained either.
    (!PLAUSIBLE.contains(&usd)).then(|| {
        let shown = if usd != 0.0 && !(1e-9..1e12).contains(&usd.abs()) {
            format!("{usd:e}")
        } else {
            usd.to_string()
        };
        format!("`{shown}` is not a price: expected US dollars from 0.000001 to 1000000")
    })
}

/// A plausible price.
pub(super) fn price<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let usd = f64::deserialize(from)?;
    price_problem(usd).map_or(Ok(usd), |problem| Err(D::Error::custom(problem)))
}

/// A price of tokens, or an empty cell. Zero is valid: AWS bills nothing for tokens that Nova
/// writes to its prompt cache.
pub(super) fn maybe_token_price<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<f64>, D::Error> {
    let usd = Option::<f64>::deserialize(from)?;
    usd.filter(|usd| *usd != 0.0)
        .and_then(price_problem)
        .map_or(Ok(usd), |problem| {
            Err(D::Error::custom(format!("{problem}, or 0")))
        })
}

/// A price, or an empty cell.
pub(super) fn maybe_price<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let usd = Option::<f64>::deserialize(from)?;
    usd.and_then(price_problem)
        .map_or(Ok(usd), |problem| Err(D::Error::custom(problem)))
}
