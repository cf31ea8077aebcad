//! The journal panel: its entries grouped by action, newest first, the cursor and the filter.

use super::modal_stack::Scroll;
use crate::domain::{
    Operation, PlanId, ResourceKey, StatusKind, Timestamp, audit::AuditEntry, text::printable,
};
use crate::screen::input::text_field::TextField;
use crate::screen::notices::sheets::journal;
use std::{collections::HashMap, sync::Arc};

/// The contents of the journal as last read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalContents {
    /// Its newest entries, oldest first.
    pub entries: Vec<AuditEntry>,
    /// Number of entries in all files.
    pub total: u64,
    /// Integrity violations: file, line and message.
    pub violations: Vec<String>,
    /// Number of writes that a crash interrupted; these are no violations.
    pub interrupted_writes: usize,
}

/// One row of the panel: all entries about one resource of one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalRow {
    /// The entries, oldest first; never none.
    pub entries: Vec<AuditEntry>,
}

impl JournalRow {
    /// The oldest entry: the intent, with the requests and the prior state.
    pub fn first(&self) -> Option<&AuditEntry> {
        self.entries.first()
    }

    /// The newest entry: the result, or the intent while there is none.
    pub fn last(&self) -> Option<&AuditEntry> {
        self.entries.last()
    }

    /// When it started.
    pub fn at(&self) -> Option<Timestamp> {
        self.first().map(|entry| entry.at)
    }

    /// The plan it belongs to.
    pub fn plan(&self) -> Option<&PlanId> {
        self.first().map(|entry| &entry.plan)
    }

    /// The operation.
    pub fn operation(&self) -> Option<Operation> {
        self.first().map(|entry| entry.operation)
    }

    /// The last part of the identity that AWS saw, else the user of the machine.
    pub fn actor(&self) -> String {
        self.first()
            .map_or_else(String::new, |entry| printable(entry.actor()).into_owned())
    }

    /// The newest event; `None` of an intent without a result.
    pub fn status(&self) -> Option<StatusKind> {
        let event = self.last()?.event;
        (event != StatusKind::Recorded).then_some(event)
    }

    /// The newest event in one or two words.
    pub fn status_text(&self) -> &'static str {
        self.status().map_or(journal::NO_RESULT, StatusKind::short)
    }

    /// The detail of the newest event, else the reason of the plan.
    pub fn reason(&self) -> String {
        let detail = self.last().and_then(|entry| entry.detail.as_deref());
        let reason = detail.or_else(|| self.first()?.reason.as_deref());
        printable(reason.unwrap_or("")).into_owned()
    }

    /// Whether every word of `filter` occurs in it.
    fn matches(&self, filter: &str) -> bool {
        let Some(entry) = self.first() else {
            return false;
        };
        let columns = [
            self.actor(),
            entry.operation.to_string(),
            self.status_text().to_owned(),
            self.reason(),
            entry.plan.to_string(),
            entry.at.to_string(),
        ];
        let resource = [
            &entry.name,
            &entry.id,
            &entry.account,
            &entry.region,
            &entry.profile,
        ]
        .map(ToString::to_string);
        let text = format!("{} {}", columns.join(" "), resource.join(" ")).to_lowercase();
        filter
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

/// The panel.
#[derive(Clone, Debug, Default)]
pub struct JournalSheet {
    /// Path of the file.
    pub path: String,
    /// The contents; `None` until the first read.
    pub contents: Option<Arc<JournalContents>>,
    /// All rows, newest first.
    rows: Vec<Arc<JournalRow>>,
    /// The rows that match the filter.
    pub shown: Vec<Arc<JournalRow>>,
    /// Index of the cursor among them.
    pub cursor: usize,
    /// The filter.
    pub filter: TextField,
    /// The filter is being typed.
    pub typing: bool,
    /// The scroll offset.
    pub scroll: Scroll,
}

impl JournalSheet {
    /// The panel of the journal at `path`, not read yet.
    pub fn new(path: String) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }

    /// Shows `contents`.
    pub fn set_contents(&mut self, contents: JournalContents) {
        let mut rows: Vec<JournalRow> = Vec::new();
        let mut places: HashMap<(PlanId, ResourceKey), usize> = HashMap::new();
        for entry in &contents.entries {
            let place = *places
                .entry((entry.plan.clone(), entry.key()))
                .or_insert(rows.len());
            match rows.get_mut(place) {
                Some(row) => row.entries.push(entry.clone()),
                None => rows.push(JournalRow {
                    entries: vec![entry.clone()],
                }),
            }
        }
        rows.reverse();
        self.rows = rows.into_iter().map(Arc::new).collect();
        self.contents = Some(Arc::new(contents));
        self.apply_filter();
    }

    /// Applies the filter; the cursor stays on its row where that is shown.
    pub fn apply_filter(&mut self) {
        let at = self.current().cloned();
        let filter = self.filter.text().to_owned();
        self.shown = self
            .rows
            .iter()
            .filter(|row| row.matches(&filter))
            .cloned()
            .collect();
        self.cursor = at
            .and_then(|at| self.shown.iter().position(|row| Arc::ptr_eq(row, &at)))
            .unwrap_or(0);
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&Arc<JournalRow>> {
        self.shown.get(self.cursor)
    }

    /// Number of rows, shown or not.
    pub fn total(&self) -> usize {
        self.rows.len()
    }
}

/// One row in full.
#[derive(Clone, Debug)]
pub struct EntrySheet {
    /// The row.
    pub row: Arc<JournalRow>,
    /// The scroll offset.
    pub scroll: Scroll,
}
