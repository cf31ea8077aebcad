//! The command palette: the typed line, its candidates and the chosen one. And completion of
//! filters.

use super::table::Table;
use crate::domain::{Align, Record, Timestamp};
use crate::screen::{dialogs::around, input::text_field::TextField, notices::Notice};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use std::{collections::BTreeSet, sync::Arc};

/// The largest number of candidates.
const MAX_CANDIDATES: usize = 100;
/// The largest number of values offered for a field.
const MAX_VALUES: usize = 30;

/// A line that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The command.
    pub text: String,
    /// The effect of the command.
    pub doc: String,
    /// Its keys; empty if it has none.
    pub keys: String,
    /// The characters of `text` that match the typed line, for highlighting.
    pub hits: Vec<usize>,
}

/// The palette.
#[derive(Clone, Debug)]
pub struct Palette {
    /// The typed line.
    pub field: TextField,
    /// The candidates for it, best first.
    pub shown: Vec<Candidate>,
    /// The index of the cursor in `shown`.
    pub cursor: usize,
    /// The cursor was moved: Enter runs its line instead of the typed one.
    pub chosen: bool,
    /// The error of the line that was run last.
    pub error: Option<Notice>,
    all: Vec<Candidate>,
}

impl Palette {
    /// An empty line with `all` commands as candidates.
    pub fn new(all: Vec<Candidate>) -> Self {
        let shown = all.iter().take(MAX_CANDIDATES).cloned().collect();
        Self {
            field: TextField::default(),
            shown,
            cursor: 0,
            chosen: false,
            error: None,
            all,
        }
    }

    /// Ranks the candidates anew after an edit; `fresh` are completions with arguments, offered
    /// first.
    pub fn refresh(&mut self, fresh: Vec<Candidate>) {
        let mut shown = fresh;
        let known: BTreeSet<String> = shown
            .iter()
            .map(|candidate| candidate.text.clone())
            .collect();
        shown.extend(
            rank(&self.all, self.field.text())
                .into_iter()
                .filter(|candidate| !known.contains(&candidate.text)),
        );
        shown.truncate(MAX_CANDIDATES);
        self.shown = shown;
        self.cursor = 0;
        self.chosen = false;
        self.error = None;
    }

    /// Moves the cursor by `by`, around the ends.
    pub fn step(&mut self, by: isize) {
        self.cursor = around(self.cursor, by, self.shown.len());
        self.chosen = true;
    }

    /// Puts the cursor on this line.
    pub fn choose(&mut self, line: usize) {
        self.cursor = line.min(self.shown.len().saturating_sub(1));
        self.chosen = true;
    }

    /// Completes to the line under the cursor; if it is typed already, to the one `by` further.
    pub fn complete(&mut self, by: isize) -> Option<String> {
        if self.shown.get(self.cursor)?.text == self.field.text() || (by < 0 && !self.chosen) {
            self.step(by);
        }
        self.chosen = true;
        self.shown
            .get(self.cursor)
            .map(|candidate| candidate.text.clone())
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<&Candidate> {
        self.shown.get(self.cursor)
    }
}

/// The candidates of `all` that match `typed`, best first; ties keep their order.
pub fn rank(all: &[Candidate], typed: &str) -> Vec<Candidate> {
    let typed = typed.trim();
    if typed.is_empty() {
        return all.to_vec();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut ranked: Vec<(u32, Candidate)> = all
        .iter()
        .filter_map(|candidate| {
            let mut hits = Vec::new();
            let score = pattern.indices(
                Utf32Str::new(&candidate.text, &mut buffer),
                &mut matcher,
                &mut hits,
            )?;
            // A command that begins as typed comes before one that only has the letters.
            let begins = u32::from(candidate.text.starts_with(typed)) * 10_000;
            hits.sort_unstable();
            hits.dedup();
            let hits = hits
                .into_iter()
                .filter_map(|hit| usize::try_from(hit).ok())
                .collect();
            Some((
                score + begins,
                Candidate {
                    hits,
                    ..candidate.clone()
                },
            ))
        })
        .collect();
    ranked.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.text.len().cmp(&y.text.len())));
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Completions of `before` (the text up to the cursor): field ids, or after `field:` the values of
/// `records`.
pub fn filter_completions(
    table: &Table,
    records: &[&Arc<Record>],
    before: &str,
    now: Timestamp,
) -> Vec<String> {
    let start = before.rfind(' ').map_or(0, |place| place + 1);
    let (head, word) = before.split_at(start);
    let (not, word) = word
        .strip_prefix('!')
        .map_or(("", word), |rest| ("!", rest));
    if let Some((id, begun)) = word.split_once([':', '=']) {
        let begun = begun.trim_start_matches('"').to_lowercase();
        return values(table, records, id, now)
            .into_iter()
            .filter(|value| {
                value.to_lowercase().starts_with(&begun) && value.to_lowercase() != begun
            })
            .take(MAX_VALUES)
            .map(|value| {
                let value = if value.contains([' ', ':', '<', '>', '=']) {
                    format!("\"{value}\"")
                } else {
                    value
                };
                format!("{head}{not}{id}:{value}")
            })
            .collect();
    }
    let sign = |align: Align| if align == Align::Right { ">" } else { ":" };
    table
        .fields
        .iter()
        .filter(|field| field.id != "tags")
        .map(|field| format!("{}{}", field.id, sign(field.align)))
        .chain(["tag:".to_owned()])
        .filter(|option| option.starts_with(&word.to_lowercase()))
        .map(|option| format!("{head}{not}{option}"))
        .collect()
}

/// The distinct values of a field in `records`; `tag` gives keys and `key=value`.
fn values(table: &Table, records: &[&Arc<Record>], id: &str, now: Timestamp) -> BTreeSet<String> {
    if id == "tag" {
        let tags = records
            .iter()
            .filter_map(|record| record.head.tags.known())
            .flatten();
        return tags
            .flat_map(|(key, value)| [key.clone(), format!("{key}={value}")])
            .collect();
    }
    let Some(field) = table.field(id) else {
        return BTreeSet::new();
    };
    let known = records
        .iter()
        .map(|record| field.value(record, now))
        .filter(crate::domain::Value::is_known);
    known.map(|value| value.show().into_owned()).collect()
}
